"""Monotonous functions of one number, whose parameters a network says: affine ones and rational-quadratic splines."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.errors import CheckpointError
from explorer.models.fields import Fields
from explorer.models.foreign.layers import Shape

Moved = tuple[Tensor, Tensor]
"""What became of x, and log|derivative| of every number of it."""

ATAN = 0.636  # close to 2 / pi
SCALES = ("exp", "sigmoid", "softplus", "tanh", "atan", "soft", "one")


class AffineForm(nn.Module):
    """scale x + shift, or (x + shift) scale with `shift_first`. A network says the raw scales, then the shifts.

    The scale of a raw number r: 'exp' e^r; 'sigmoid' sigmoid(r + offset) + least; 'softplus' softplus(r) + least;
    'tanh' e^(b tanh(r)) and 'atan' (FrEIA) e^(0.636 b atan(r)), b learned a channel; 'soft' (zuko)
    e^(r / (1 + |r / ln(least)|)); 'one' 1, and no raw scales.
    """

    def __init__(self, scale: str, shape: Shape, offset: float, least: float, shift_first: bool) -> None:
        super().__init__()
        self.kind, self.offset, self.least, self.shift_first = scale, offset, least, shift_first
        self.each = 1 if scale == "one" else 2  # numbers that a network says of one
        if scale in ("tanh", "atan"):
            self.bound = nn.Parameter(torch.ones(shape[0], *(1 for _ in shape[1:])))

    def forward(self, x: Tensor, raw: Tensor) -> Moved:
        log_scale, shift = self._says(raw)
        scale = torch.exp(log_scale)
        return ((x + shift) * scale if self.shift_first else x * scale + shift), log_scale

    def inverse(self, z: Tensor, raw: Tensor) -> Moved:
        log_scale, shift = self._says(raw)
        scale = torch.exp(-log_scale)
        return (z * scale - shift if self.shift_first else (z - shift) * scale), -log_scale

    def _says(self, raw: Tensor) -> tuple[Tensor, Tensor]:
        if self.kind == "one":
            return torch.zeros_like(raw), raw
        said, shift = raw.chunk(2, 1)
        return self._log_scale(said), shift

    def _log_scale(self, said: Tensor) -> Tensor:
        if self.kind == "sigmoid":
            scale = torch.sigmoid(said + self.offset)
            return torch.log(scale + self.least) if self.least else functional.logsigmoid(said + self.offset)
        if self.kind == "softplus":
            return torch.log(functional.softplus(said) + self.least)
        if self.kind == "tanh":
            return self.bound * torch.tanh(said)
        if self.kind == "atan":
            return self.bound * ATAN * torch.atan(said)
        if self.kind == "soft":
            return said / (1 + (said / math.log(self.least)).abs())
        return said


class SplineForm(nn.Module):
    """Rational-quadratic spline in -bound..bound, the identity beyond (Durkan et al. 2019).

    A network says of each number, next to each other, `bins` raw widths, `bins` raw heights, `bins` - 1 raw slopes.
    `style` is how these become knots: that of nflows, or of zuko. `divide`: of raw widths and heights.
    """

    def __init__(self, bins: int, bound: float, style: str, divide: float, least: float) -> None:
        super().__init__()
        self.bins, self.bound, self.style, self.divide, self.least = bins, bound, style, divide, least
        self.each = 3 * bins - 1

    def forward(self, x: Tensor, raw: Tensor) -> Moved:
        across, up, slopes = self._knots(apart(raw, self.each))
        inside = x.clamp(-self.bound, self.bound)
        place = _bin(across, inside)
        x0, width, y0, height, d0, d1 = _at(place, across, up, slopes)
        z = (inside - x0) / width
        made, slope = _quadratic(z, y0, height, height / width, d0, d1)
        within = x.abs() <= self.bound
        return torch.where(within, made, x), torch.where(within, torch.log(slope), torch.zeros_like(x))

    def inverse(self, z: Tensor, raw: Tensor) -> Moved:
        across, up, slopes = self._knots(apart(raw, self.each))
        inside = z.clamp(-self.bound, self.bound)
        x0, width, y0, height, d0, d1 = _at(_bin(up, inside), across, up, slopes)
        steep, above = height / width, inside - y0
        more = above * (d0 + d1 - 2 * steep)
        a, b, c = height * (steep - d0) + more, height * d0 - more, -steep * above
        share = 2 * c / (-b - torch.sqrt((b.square() - 4 * a * c).clamp(min=0)))
        _made, slope = _quadratic(share, y0, height, steep, d0, d1)
        within = z.abs() <= self.bound
        return torch.where(within, x0 + share * width, z), torch.where(within, -torch.log(slope), torch.zeros_like(z))

    def _knots(self, raw: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Places (..., bins + 1) across and up, and slopes there."""
        widths, heights, slopes = torch.split(raw, [self.bins, self.bins, self.bins - 1], -1)
        if self.style == "zuko":
            limit = math.log(self.least)
            widths, heights = (one / (1 + (2 * one / limit).abs()) for one in (widths, heights))
            slopes = torch.exp(functional.pad(slopes / (1 + (slopes / limit).abs()), (1, 1)))
            return self._places(widths.softmax(-1)), self._places(heights.softmax(-1)), slopes
        shares = ((one / self.divide).softmax(-1) for one in (widths, heights))
        across, up = (self._places(self.least + (1 - self.least * self.bins) * one) for one in shares)
        inner = self.least + functional.softplus(slopes)
        return across, up, functional.pad(inner, (1, 1), value=1.0)

    def _places(self, shares: Tensor) -> Tensor:
        inner = self.bound * (2 * shares.cumsum(-1)[..., :-1] - 1)
        ends = torch.full_like(shares[..., :1], self.bound)
        return torch.cat([-ends, inner, ends], -1)


def apart(raw: Tensor, each: int) -> Tensor:
    """(n, features each) to (n, features, each); (n, channels each, h, w) to (n, channels, h, w, each)."""
    if raw.dim() == 2:
        return raw.reshape(raw.shape[0], -1, each)
    return raw.reshape(raw.shape[0], -1, each, *raw.shape[2:]).permute(0, 1, 3, 4, 2)


def _bin(knots: Tensor, value: Tensor) -> Tensor:
    return (value[..., None] >= knots[..., 1:-1]).sum(-1, keepdim=True)


def _at(place: Tensor, across: Tensor, up: Tensor, slopes: Tensor) -> tuple[Tensor, ...]:
    x0, x1, y0, y1, d0, d1 = (
        knots.gather(-1, place + more)[..., 0] for knots in (across, up, slopes) for more in (0, 1)
    )
    return x0, x1 - x0, y0, y1 - y0, d0, d1


def _quadratic(share: Tensor, y0: Tensor, height: Tensor, steep: Tensor, d0: Tensor, d1: Tensor) -> tuple[Tensor, ...]:
    """The spline at a share of its bin, and its derivative there (Gregory & Delbourgo 1982)."""
    both = share * (1 - share)
    below = steep + (d0 + d1 - 2 * steep) * both
    made = y0 + height * (steep * share.square() + d0 * both) / below
    slope = steep.square() * (d1 * share.square() + 2 * steep * both + d0 * (1 - share).square())
    return made, slope / below.square()


def affine(raw: Fields, shape: Shape) -> AffineForm:
    """For items of `shape`. Raises CheckpointError."""
    least, first = raw.number("least", 0, 1, 0.0), bool(raw.integer("shift_first", 0, 1, 0))
    scale = raw.choice("scale", SCALES)
    if scale == "soft" and not 0 < least < 1:
        raise CheckpointError(f"{raw.where}: 'least' should be between 0 and 1.", "The file is damaged.")
    return AffineForm(scale, shape, raw.number("offset", -100, 100, 0.0), least, first)


def spline(raw: Fields) -> SplineForm:
    """Raises CheckpointError for bins that leave no room."""
    bins, least = raw.integer("bins", 2, 1024), raw.number("least", 1e-9, 0.5)
    if bins * least >= 1:
        raise CheckpointError(f"{raw.where}: {bins} bins do not fit.", "The file is damaged.")
    style = raw.choice("style", ("nflows", "zuko"))
    return SplineForm(bins, raw.number("bound", 1e-6, 1e6), style, raw.number("divide", 1e-3, 1e6, 1.0), least)
