"""A flow of nflows over pictures for the tests: levels of squeezes, norms, 1 x 1 convolutions and couplings.

`forward` leads from what the network sees to latents (n, d), the coarsest first, and `inverse` back.
"""

from __future__ import annotations

import math

import torch
from flow_references import grown, squeezed
from torch import Tensor, nn
from torch.nn import functional
from vector_references import Keys, spline


class NflowsPictures(nn.Module):
    """The first half of the channels leaves after each level but the last. `each`: what a coupling says of a number.

    `before`: affine steps in front, as scale and shift; a logit, which leaves nothing in the file, follows two of them.
    """

    def __init__(
        self,
        size: int,
        channels: int,
        levels: int,
        steps: int,
        each: int,
        before: tuple[tuple[float, float], ...] = (),
        *,
        splits: bool = True,
    ) -> None:
        super().__init__()
        self.keys, self.each, self.splits, self.levels = Keys(each), each, splits, []
        self.low, self.high, self.logits = 0.0, 1.0, not before
        if before:
            scale, self.low = before[-1]
            self.high, self.logits = self.low + scale * (256 if len(before) == 1 else 1), len(before) == 2
        top = "_transform" if not before else "_transform._transforms.1"
        for number, (scale, shift) in enumerate(before):
            where = f"_transform._transforms.0{f'._transforms.{number}' if len(before) > 1 else ''}"
            self.keys.held |= {f"{where}._scale": torch.tensor(scale), f"{where}._shift": torch.tensor(shift)}
        for level in range(levels):
            channels, size = 4 * channels, size // 2
            start = f"{top}._transforms.{level}._transforms"
            names = [f"{start}.{1 + step}._transforms" for step in range(steps)]
            for name in names:
                self._norm(f"{name}.0", channels)
                self._mix(f"{name}.1", channels)
                self._coupling(f"{name}.2", channels)
            self._mix(f"{start}.{steps + 1}", channels)
            last = level + 1 == levels
            self.levels.append((names, f"{start}.{steps + 1}", (channels, size, size)))
            channels = channels if last or not splits else channels // 2

    def state_dict(self) -> dict[str, Tensor]:  # type: ignore[override]
        return self.keys.held

    def _norm(self, key: str, channels: int) -> None:
        self.keys.normal(f"{key}.log_scale", channels, spread=0.1)
        self.keys.normal(f"{key}.shift", channels, spread=0.1)
        self.keys.held[f"{key}.initialized"] = torch.tensor(True)

    def _mix(self, key: str, channels: int) -> None:
        self.keys.order(f"{key}.permutation._permutation", channels)
        for name in ("lower_entries", "upper_entries"):
            self.keys.normal(f"{key}.{name}", channels * (channels - 1) // 2, spread=0.3 / channels)
        self.keys.held[f"{key}.unconstrained_upper_diag"] = torch.full((channels,), 0.54)
        self.keys.normal(f"{key}.bias", channels, spread=0.1)

    def _coupling(self, key: str, channels: int) -> None:
        self.keys.held[f"{key}.identity_features"] = torch.arange(0, channels, 2)
        self.keys.held[f"{key}.transform_features"] = torch.arange(1, channels, 2)
        half, hidden = channels // 2, 6
        shapes = {"initial_layer": (hidden, half, 1), "final_layer": (self.each * half, hidden, 1)}
        shapes |= {f"blocks.0.conv_layers.{place}": (hidden, hidden, 3) for place in (0, 1)}
        for name, (out, inputs, kernel) in shapes.items():
            spread = 0.5 / math.sqrt(inputs * kernel**2)
            self.keys.normal(f"{key}.transform_net.{name}.weight", out, inputs, kernel, kernel, spread=spread)
            self.keys.normal(f"{key}.transform_net.{name}.bias", out, spread=0.05)

    def matrix(self, key: str) -> Tensor:
        held = self.keys.held
        size = len(held[f"{key}.bias"])
        lower, upper = torch.eye(size), torch.diag(functional.softplus(held[f"{key}.unconstrained_upper_diag"]) + 1e-3)
        below, above = torch.tril_indices(size, size, -1), torch.triu_indices(size, size, 1)
        lower[below[0], below[1]] = held[f"{key}.lower_entries"]
        upper[above[0], above[1]] = held[f"{key}.upper_entries"]
        return (lower @ upper)[:, torch.argsort(held[f"{key}.permutation._permutation"])]

    def mixed(self, key: str, x: Tensor, back: bool = False) -> Tensor:
        matrix, bias = self.matrix(key), self.keys.held[f"{key}.bias"][:, None, None]
        if back:
            return functional.conv2d(x - bias, matrix.inverse()[:, :, None, None])
        return functional.conv2d(x, matrix[:, :, None, None]) + bias

    def normed(self, key: str, x: Tensor, back: bool = False) -> Tensor:
        scale, shift = (self.keys.held[f"{key}.{name}"][:, None, None] for name in ("log_scale", "shift"))
        return (x - shift) / scale.exp() if back else x * scale.exp() + shift

    def says(self, key: str, kept: Tensor) -> Tensor:
        held, net = self.keys.held, f"{key}.transform_net"

        def conv(name: str, h: Tensor) -> Tensor:
            weight = held[f"{net}.{name}.weight"]
            return functional.conv2d(h, weight, held[f"{net}.{name}.bias"], padding=weight.shape[2] // 2)

        h = conv("initial_layer", kept)
        h = h + conv("blocks.0.conv_layers.1", conv("blocks.0.conv_layers.0", h.relu()).relu())
        return conv("final_layer", h)

    def coupled(self, key: str, x: Tensor, back: bool = False) -> Tensor:
        kept, said, z = x[:, 0::2], self.says(key, x[:, 0::2]), x.clone()
        moved = x[:, 1::2]
        if self.each == 1:
            z[:, 1::2] = moved - said if back else moved + said
        elif self.each == 2:
            shift, scale = said[:, : kept.shape[1]], torch.sigmoid(said[:, kept.shape[1] :] + 2) + 1e-3
            z[:, 1::2] = (moved - shift) / scale if back else moved * scale + shift
        else:
            z[:, 1::2] = self.bent(moved, said, back)
        return z

    def bent(self, x: Tensor, said: Tensor, back: bool) -> Tensor:
        """Splines, and the way back by halving."""
        n, c, h, w = x.shape
        raw = said.reshape(n, c, self.each, h, w).permute(0, 1, 3, 4, 2).reshape(1, -1, self.each)
        bins = (self.each + 1) // 3
        raw = torch.cat([raw[..., : 2 * bins] / 6**0.5, raw[..., 2 * bins :]], 2)
        flat = x.reshape(1, -1)
        if not back:
            return spline(flat, raw, 3.0, zuko=False)[0].reshape(x.shape)
        low, high = flat.clamp(max=-3.0), flat.clamp(min=3.0)
        for _ in range(25):
            middle = (low + high) / 2
            below = spline(middle, raw, 3.0, zuko=False)[0] < flat
            low, high = torch.where(below, middle, low), torch.where(below, high, middle)
        return ((low + high) / 2).reshape(x.shape)

    def forward(self, x: Tensor) -> Tensor:
        parts = []
        for names, end, _shape in self.levels:
            x = squeezed(x)
            for name in names:
                x = self.coupled(f"{name}.2", self.mixed(f"{name}.1", self.normed(f"{name}.0", x)))
            x = self.mixed(end, x)
            if self.splits and end != self.levels[-1][1]:
                gone, x = x.chunk(2, 1)
                parts.insert(0, gone.flatten(1))
        return torch.cat([x.flatten(1), *parts], 1)

    def inverse(self, latents: Tensor) -> Tensor:
        coarse = self.levels[-1][2]
        x, rest = latents[:, : math.prod(coarse)].reshape(-1, *coarse), latents[:, math.prod(coarse) :]
        for names, end, shape in reversed(self.levels):
            if self.splits and end != self.levels[-1][1]:
                half = (shape[0] // 2, *shape[1:])
                x = torch.cat([rest[:, : math.prod(half)].reshape(-1, *half), x], 1)
                rest = rest[:, math.prod(half) :]
            x = self.mixed(end, x, back=True)
            for name in reversed(names):
                x = self.mixed(f"{name}.1", self.coupled(f"{name}.2", x, back=True), back=True)
                x = self.normed(f"{name}.0", x, back=True)
            x = grown(x)
        return x
