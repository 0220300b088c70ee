"""Glow of normflows, written for the tests from its documentation: its formulas lead from latents to data.

`forward` leads from what the network sees to the noise (n, d), under a class where there are some; `inverse` back.
"""

from __future__ import annotations

import torch
from flow_references import grown, squeezed
from glow_references import per_channel, turned
from torch import Tensor, nn
from torch.nn import functional


class ScaledShifted(nn.Module):
    """z e^s + t."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.s, self.t = per_channel(channels, 0.1), per_channel(channels, 0.1)
        self.register_buffer("data_dep_init_done", torch.tensor(1.0))

    def forward(self, z: Tensor) -> Tensor:
        return z * self.s.exp() + self.t


class Inner(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.actNorm = ScaledShifted(channels)

    def forward(self, x: Tensor) -> Tensor:
        return self.actNorm(x)


class Convolutions(nn.Module):
    def __init__(self, inputs: int, hidden: int, outputs: int, normed: bool) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, kernel in ((inputs, 3), (hidden, 1)):
            layers.append(nn.Conv2d(before, hidden, kernel, padding=kernel // 2, bias=not normed))
            layers += [Inner(hidden), nn.LeakyReLU(0.0)] if normed else [nn.LeakyReLU(0.0)]
        self.net = nn.Sequential(*layers, nn.Conv2d(hidden, outputs, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)


class LibraryBlock(nn.Module):
    """flows.0 couples, flows.1 mixes, flows.2 normalises."""

    def __init__(self, channels: int, hidden: int, scale: bool, lu: bool, normed: bool) -> None:
        super().__init__()
        coupling, affine, mix, self.lu = nn.Module(), nn.Module(), nn.Module(), lu
        affine.param_map = Convolutions(channels // 2, hidden, channels if scale else channels // 2, normed)
        coupling.flows = nn.ModuleList([nn.Identity(), affine, nn.Identity()])
        if lu:
            p, lower, upper = torch.linalg.lu(turned(channels))
            for name, value in (("P", p), ("sign_S", upper.diag().sign()), ("eye", torch.eye(channels))):
                mix.register_buffer(name, value)
            mix.L, mix.U = nn.Parameter(lower), nn.Parameter(torch.triu(upper, 1))
            mix.log_S = nn.Parameter(upper.diag().abs().log())
        else:
            mix.W = nn.Parameter(turned(channels))
        self.flows = nn.ModuleList([coupling, mix, ScaledShifted(channels)])
        self.scale = scale

    def matrix(self) -> Tensor:
        own = self.flows[1]
        if not self.lu:
            return own.W
        upper = torch.triu(own.U, 1) + torch.diag(own.sign_S * own.log_S.exp())
        return own.P @ (torch.tril(own.L, -1) + own.eye) @ upper

    def says(self, kept: Tensor) -> tuple[Tensor, Tensor]:
        said = self.flows[0].flows[1].param_map(kept)
        if not self.scale:
            return torch.ones_like(said), said
        return torch.sigmoid(said[:, 1::2] + 2), said[:, 0::2]

    def inverse(self, x: Tensor) -> Tensor:
        x = (x - self.flows[2].t) / self.flows[2].s.exp()
        kept, moved = functional.conv2d(x, self.matrix()[:, :, None, None]).chunk(2, 1)
        scale, shift = self.says(kept)
        return torch.cat([kept, (moved - shift) * scale], 1)

    def forward(self, z: Tensor) -> Tensor:
        kept, moved = z.chunk(2, 1)
        scale, shift = self.says(kept)
        z = torch.cat([kept, moved / scale + shift], 1)
        return self.flows[2](functional.conv2d(z, self.matrix().inverse()[:, :, None, None]))


class Base(nn.Module):
    """A normal distribution for each place, or for each place and class."""

    def __init__(self, shape: tuple[int, int, int], classes: int) -> None:
        super().__init__()
        over = (*shape, classes) if classes else (1, *shape)
        self.loc, self.log_scale = nn.Parameter(0.4 * torch.randn(over)), nn.Parameter(0.3 * torch.randn(over))

    def says(self, one_hot: Tensor | None) -> tuple[Tensor, Tensor]:
        if one_hot is None:
            return self.loc, self.log_scale.exp()
        return (self.loc @ one_hot.T).permute(3, 0, 1, 2), (self.log_scale @ one_hot.T).permute(3, 0, 1, 2).exp()


class ChannelBase(nn.Module):
    """GlowBase: a number for each channel, times e^(3 logs); and more for each class."""

    def __init__(self, shape: tuple[int, int, int], classes: int) -> None:
        super().__init__()
        self.loc, self.loc_logs = per_channel(shape[0], 0.4), per_channel(shape[0], 0.1)
        self.log_scale, self.log_scale_logs = per_channel(shape[0], 0.3), per_channel(shape[0], 0.1)
        if classes:
            self.loc_cc = nn.Parameter(0.3 * torch.randn(classes, shape[0]))
            self.log_scale_cc = nn.Parameter(0.2 * torch.randn(classes, shape[0]))

    def says(self, one_hot: Tensor | None) -> tuple[Tensor, Tensor]:
        mean, log_scale = self.loc * (3 * self.loc_logs).exp(), self.log_scale * (3 * self.log_scale_logs).exp()
        if one_hot is not None:
            mean = mean + (one_hot @ self.loc_cc)[:, :, None, None]
            log_scale = log_scale + (one_hot @ self.log_scale_cc)[:, :, None, None]
        return mean, log_scale.exp()


class LibraryGlow(nn.Module):
    """normflows' MultiscaleFlow, the coarsest scale first."""

    low, high, logits = 0.0, 1.0, False

    def __init__(
        self,
        size: int,
        channels: int,
        levels: int,
        blocks: int,
        hidden: int,
        classes: int = 0,
        *,
        scale: bool = True,
        lu: bool = True,
        normed: bool = False,
        each: bool = True,
    ) -> None:
        super().__init__()
        self.classes, self.q0, self.flows, self.shapes = classes, nn.ModuleList(), nn.ModuleList(), []
        for level in range(levels):
            deep, side = channels * 2 ** (levels - level), size // 2 ** (levels - level)
            self.shapes.append((deep if level else 2 * deep, side, side))
            steps = [LibraryBlock(2 * deep, hidden, scale, lu, normed) for _ in range(blocks)]
            self.flows.append(nn.ModuleList([*steps, nn.Identity()]))
            self.q0.append((Base if each else ChannelBase)(self.shapes[-1], classes))

    def forward(self, x: Tensor, one_hot: Tensor | None = None) -> Tensor:
        parts: list[Tensor] = []
        for level in reversed(range(len(self.flows))):
            x = squeezed(x)
            for block in reversed(self.flows[level][:-1]):
                x = block.inverse(x)
            x, z = x.chunk(2, 1) if level else (x, x)
            mean, scale = self.q0[level].says(one_hot)
            parts.insert(0, ((z - mean) / scale).flatten(1))
        return torch.cat(parts, 1)

    def inverse(self, latents: Tensor) -> Tensor:
        one_hot = latents[:, -self.classes :] if self.classes else None
        noise = latents[:, : -self.classes] if self.classes else latents
        x = latents
        for level, part in enumerate(noise.split([c * h * w for c, h, w in self.shapes], 1)):
            mean, scale = self.q0[level].says(one_hot)
            z = part.reshape(-1, *self.shapes[level]) * scale + mean
            x = torch.cat([x, z], 1) if level else z
            for block in self.flows[level][:-1]:
                x = block(x)
            x = grown(x)
        return x
