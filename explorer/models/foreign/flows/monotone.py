"""Rising functions of one number that have no formula back: mixtures of normal distributions, Bernstein polynomials,
and integrals of sums of squares, as zuko has them. The way back is halved in, and mended by a step of Newton's.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.errors import CheckpointError
from explorer.models.fields import Fields
from explorer.models.foreign.flows.elementwise import Moved, apart
from explorer.models.foreign.layers import Shape

HALVINGS = 26  # of an interval: what is left of it is below a float32's rounding
EDGE = 1e-6  # how far shares keep from 0 and 1
ROOT = math.sqrt(2.0)


class RisingForm(nn.Module):
    """f of every number, by `each` parameters of it; it is looked for in -bound..bound."""

    each: int
    bound: float

    def forward(self, x: Tensor, raw: Tensor) -> Moved:
        return self.curve(x, self.shaped(apart(raw, self.each)))

    def inverse(self, z: Tensor, raw: Tensor) -> Moved:
        if torch.onnx.is_in_onnx_export() or torch.compiler.is_compiling():
            raise RuntimeError("Halving an interval again and again makes a graph that is too large.")
        shaped = self.shaped(apart(raw, self.each))
        low, high = torch.full_like(z, -self.bound), torch.full_like(z, self.bound)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            below = self.curve(middle, shaped)[0] < z
            low, high = torch.where(below, middle, low), torch.where(below, high, middle)
        x = ((low + high) / 2).detach()
        made, log_slope = self.curve(x, shaped)
        x = (x + (z - made) * torch.exp(-log_slope)).clamp(-self.bound, self.bound)
        return self.beyond(z, x), -self.curve(x, shaped)[1]

    def shaped(self, raw: Tensor) -> Tensor:
        """What `curve` takes of raw parameters (..., each)."""
        return raw

    def curve(self, x: Tensor, shaped: Tensor) -> Moved:
        """f(x) and the log of its slope."""
        raise NotImplementedError

    def beyond(self, z: Tensor, x: Tensor) -> Tensor:  # noqa: ARG002
        """x, where f has another form outside of the bound."""
        return x


class MixtureForm(RisingForm):
    """The normal quantile of the mean of `count` normal distributions of e^a x + b (Meng et al. 2020).

    Parameters: b of all, then a of all.
    """

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count, self.each, self.bound = count, 2 * count, 10.0

    def curve(self, x: Tensor, shaped: Tensor) -> Moved:
        shift, log_scale = shaped[..., : self.count], shaped[..., self.count :]
        at = x[..., None] * torch.exp(log_scale) + shift
        share = torch.erf(at / ROOT).mean(-1) * (1 - EDGE)
        made = torch.erfinv(share) * ROOT
        log_slope = torch.logsumexp(log_scale - at.square() / 2, -1) - math.log(self.count) + made.square() / 2
        return made, log_slope


class BernsteinForm(RisingForm):
    """A Bernstein polynomial from (-bound, -bound) to (bound, bound), the identity beyond (Arpogaus et al. 2022)."""

    def __init__(self, each: int, bound: float) -> None:
        super().__init__()
        self.each, self.bound, self.degree = each, bound, each + 4
        self.logs = [_log_choose(self.degree, i) for i in range(self.degree + 1)]
        self.lesser = [_log_choose(self.degree - 1, i) for i in range(self.degree)]

    def shaped(self, raw: Tensor) -> Tensor:
        """Coefficients (..., degree + 1), whose two first and last differences give a slope of 1."""
        edge = 2 * self.bound / self.degree
        steps = torch.softmax(raw, -1) * (2 * self.bound - 4 * edge)
        ends = torch.full_like(steps[..., :2], edge)
        start = torch.full_like(steps[..., :1], -self.bound)
        return torch.cat([start, ends, steps, ends], -1).cumsum(-1)

    def curve(self, x: Tensor, shaped: Tensor) -> Moved:
        share = ((x + self.bound) / (2 * self.bound)).clamp(EDGE, 1 - EDGE)
        made = (_basis(share, self.logs) * shaped).sum(-1)
        rises = shaped[..., 1:] - shaped[..., :-1]
        slope = (_basis(share, self.lesser) * rises).sum(-1) * self.degree / (2 * self.bound)
        inside = x.abs() < self.bound
        return torch.where(inside, made, x), torch.where(inside, torch.log(slope), torch.zeros_like(x))

    def beyond(self, z: Tensor, x: Tensor) -> Tensor:
        return torch.where(z.abs() < self.bound, x, z)


def _log_choose(count: int, taken: int) -> float:
    return math.lgamma(count + 1) - math.lgamma(taken + 1) - math.lgamma(count - taken + 1)


def _basis(share: Tensor, logs: list[float]) -> Tensor:
    """Bernstein polynomials of a share, (..., degree + 1)."""
    order = torch.arange(len(logs), dtype=share.dtype, device=share.device)
    log_share, log_rest = torch.log(share)[..., None], torch.log1p(-share)[..., None]
    return torch.exp(share.new_tensor(logs) + order * log_share + (len(logs) - 1 - order) * log_rest)


class SquaresForm(RisingForm):
    """c + the integral from 0 to x of least + the mean of `count` squares of 1 + a polynomial of u / bound.

    Jaini et al. 2019. Parameters: the coefficients of each polynomial, then c. The integral is exact (Gauss-Legendre).
    """

    def __init__(self, count: int, coefficients: int, least: float) -> None:
        super().__init__()
        self.count, self.coefficients, self.least = count, coefficients, least
        self.each, self.bound = count * coefficients + 1, 10.0
        places, weights = np.polynomial.legendre.leggauss(coefficients)
        self.places, self.weights = ((places + 1) / 2).tolist(), (weights / 2).tolist()

    def curve(self, x: Tensor, shaped: Tensor) -> Moved:
        at = x[..., None] * x.new_tensor(self.places)
        area = (self._slope(at, shaped[..., None, :]) * x.new_tensor(self.weights)).sum(-1)
        return x * area + shaped[..., -1], torch.log(self._slope(x, shaped))

    def _slope(self, u: Tensor, shaped: Tensor) -> Tensor:
        factors = shaped[..., :-1].reshape(*shaped.shape[:-1], self.count, self.coefficients)
        order = torch.arange(self.coefficients, device=u.device)
        powers = (u / self.bound)[..., None] ** order
        slope: Tensor = (1 + (factors * powers[..., None, :]).sum(-1)).square().mean(-1) + self.least
        return slope


class SoftClip(nn.Module):
    """x / (1 + |x| / bound)."""

    def __init__(self, bound: float) -> None:
        super().__init__()
        self.bound = bound

    def forward(self, x: Tensor, given: Tensor | None) -> Moved:  # noqa: ARG002
        return x / (1 + x.abs() / self.bound), -2 * torch.log1p(x.abs() / self.bound).sum(1)

    def inverse(self, z: Tensor, given: Tensor | None) -> Moved:  # noqa: ARG002
        inside = z.abs().clamp(max=self.bound * (1 - EDGE))
        x = z.sign() * inside / (1 - inside / self.bound)
        return x, 2 * torch.log1p(x.abs() / self.bound).sum(1)


class Logistic(nn.Module):
    """Logistic noise as normal noise: the normal quantile of sigmoid(x). Both tails keep their digits."""

    def forward(self, x: Tensor, given: Tensor | None) -> Moved:  # noqa: ARG002
        z = -x.sign() * torch.special.ndtri(torch.sigmoid(-x.abs()))
        return z, self._change(x, z).sum(1)

    def inverse(self, z: Tensor, given: Tensor | None) -> Moved:  # noqa: ARG002
        if torch.onnx.is_in_onnx_export() or torch.compiler.is_compiling():
            raise RuntimeError("The log of a normal distribution has no operation in a graph.")
        x = torch.special.log_ndtr(z) - torch.special.log_ndtr(-z)
        return x, -self._change(x, z).sum(1)

    def _change(self, x: Tensor, z: Tensor) -> Tensor:
        """Log of the logistic density over the normal one."""
        logistic = functional.logsigmoid(x) + functional.logsigmoid(-x)
        return logistic + z.square() / 2 + math.log(2 * math.pi) / 2


def soft_clip(raw: Fields, shape: Shape, given: int) -> tuple[nn.Module, Shape]:  # noqa: ARG001
    if len(shape) != 1:
        raise CheckpointError(f"{raw.where}: a step of vectors gets {shape}.", "The sizes of its steps disagree.")
    return SoftClip(raw.number("bound", 1e-6, 1e6)), shape


def mixture(raw: Fields) -> MixtureForm:
    return MixtureForm(raw.integer("count", 1, 1024))


def bernstein(raw: Fields) -> BernsteinForm:
    return BernsteinForm(raw.integer("each", 2, 1024), raw.number("bound", 1e-6, 1e6))


def squares(raw: Fields) -> SquaresForm:
    return SquaresForm(raw.integer("count", 1, 256), raw.integer("coefficients", 1, 64), raw.number("least", 1e-9, 1.0))
