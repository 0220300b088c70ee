"""Flows of pictures in the spelling of their authors, written for the tests from their papers and descriptions.

Each has `forward`, from what the network sees to latents (n, d), and `inverse`; `low` and `high` are black and white.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


def squeezed(x: Tensor) -> Tensor:
    n, c, h, w = x.shape
    return x.view(n, c, h // 2, 2, w // 2, 2).permute(0, 1, 3, 5, 2, 4).reshape(n, 4 * c, h // 2, w // 2)


def grown(x: Tensor) -> Tensor:
    n, c, h, w = x.shape
    return x.view(n, c // 4, 2, 2, h, w).permute(0, 1, 4, 2, 5, 3).reshape(n, c // 4, 2 * h, 2 * w)


class ZeroConv(nn.Module):
    """rosinality: padded by ones, times exp(3 scale)."""

    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        self.conv, self.scale = nn.Conv2d(channels, out, 3), nn.Parameter(torch.zeros(1, out, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(functional.pad(x, (1, 1, 1, 1), value=1)) * torch.exp(3 * self.scale)


class BlockFlow(nn.Module):
    def __init__(self, channels: int, hidden: int, affine: bool, lu: bool) -> None:
        super().__init__()
        self.actnorm, self.invconv, self.coupling = nn.Module(), nn.Module(), nn.Module()
        self.actnorm.loc = nn.Parameter(0.1 * torch.randn(1, channels, 1, 1))
        self.actnorm.scale = nn.Parameter(1 + 0.2 * torch.randn(1, channels, 1, 1).clamp(-2, 2))
        self.actnorm.register_buffer("initialized", torch.tensor(1, dtype=torch.uint8))
        turn = torch.linalg.qr(torch.randn(channels, channels))[0]
        if lu:
            p, lower, upper = torch.linalg.lu(turn)
            diagonal = upper.diag()
            above = torch.triu(torch.ones_like(turn), 1)
            for name, value in (("w_p", p), ("u_mask", above), ("l_mask", above.t()), ("l_eye", torch.eye(channels))):
                self.invconv.register_buffer(name, value.contiguous())
            self.invconv.register_buffer("s_sign", diagonal.sign())
            self.invconv.w_l, self.invconv.w_u = nn.Parameter(lower), nn.Parameter(torch.triu(upper, 1))
            self.invconv.w_s = nn.Parameter(diagonal.abs().log())
        else:
            self.invconv.weight = nn.Parameter(turn[:, :, None, None].clone())
        self.affine, half = affine, channels // 2
        last = ZeroConv(hidden, channels if affine else half)
        first, second = nn.Conv2d(half, hidden, 3, padding=1), nn.Conv2d(hidden, hidden, 1)
        self.coupling.net = nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), last)

    def matrix(self) -> Tensor:
        own = self.invconv
        if hasattr(own, "weight"):
            return own.weight[:, :, 0, 0]
        upper = own.w_u * own.u_mask + torch.diag(own.s_sign * own.w_s.exp())
        return own.w_p @ (own.w_l * own.l_mask + own.l_eye) @ upper

    def scaled(self, kept: Tensor) -> tuple[Tensor, Tensor]:
        if not self.affine:
            shift = self.coupling.net(kept)
            return torch.ones_like(shift), shift
        log_scale, shift = self.coupling.net(kept).chunk(2, 1)
        return torch.sigmoid(log_scale + 2), shift

    def forward(self, x: Tensor) -> Tensor:
        x = self.actnorm.scale * (x + self.actnorm.loc)
        x = functional.conv2d(x, self.matrix()[:, :, None, None])
        kept, moved = x.chunk(2, 1)
        scale, shift = self.scaled(kept)
        return torch.cat([kept, (moved + shift) * scale], 1)

    def inverse(self, x: Tensor) -> Tensor:
        kept, moved = x.chunk(2, 1)
        scale, shift = self.scaled(kept)
        x = torch.cat([kept, moved / scale - shift], 1)
        x = functional.conv2d(x, self.matrix().inverse()[:, :, None, None])
        return x / self.actnorm.scale - self.actnorm.loc


class GlowBlocks(nn.Module):
    """rosinality's Glow."""

    low, high, logits = -0.5, 0.5, False

    def __init__(self, size: int, channels: int, scales: int, flows: int, hidden: int, affine: bool, lu: bool) -> None:
        super().__init__()
        self.blocks, self.shapes = nn.ModuleList(), []
        for number in range(scales):
            block, last, size = nn.Module(), number + 1 == scales, size // 2
            block.flows = nn.ModuleList(BlockFlow(4 * channels, hidden, affine, lu) for _ in range(flows))
            block.prior = ZeroConv(channels * (4 if last else 2), channels * (8 if last else 4))
            self.blocks.append(block)
            self.shapes.append(((4 if last else 2) * channels, size, size))
            channels *= 2

    def forward(self, x: Tensor) -> Tensor:
        left = []
        for block in self.blocks:
            x = squeezed(x)
            for flow in block.flows:
                x = flow(x)
            last = block is self.blocks[-1]
            x, gone = (torch.zeros_like(x), x) if last else x.chunk(2, 1)
            mean, log_scale = block.prior(x).chunk(2, 1)
            left.append(((gone - mean) / log_scale.exp()).flatten(1))
        return torch.cat(left[::-1], 1)

    def inverse(self, latents: Tensor) -> Tensor:
        parts = torch.split(latents, [c * h * w for c, h, w in self.shapes[::-1]], 1)
        x = latents
        for block, part, shape in zip(reversed(self.blocks), parts, self.shapes[::-1], strict=True):
            noise = part.reshape(-1, *shape)
            last = block is self.blocks[-1]
            mean, log_scale = block.prior(torch.zeros_like(noise) if last else x).chunk(2, 1)
            gone = noise * log_scale.exp() + mean
            x = gone if last else torch.cat([x, gone], 1)
            for flow in reversed(block.flows):
                x = flow.inverse(x)
            x = grown(x)
        return x


class Normed(nn.Module):
    """y0ast's convolution: an actnorm behind one without a bias."""

    def __init__(self, channels: int, out: int, kernel: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, out, kernel, padding=kernel // 2, bias=False)
        self.actnorm = actnorm(out)

    def forward(self, x: Tensor) -> Tensor:
        return (self.conv(x) + self.actnorm.bias) * self.actnorm.logs.exp()


class Zeros(nn.Module):
    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, out, 3, padding=1)
        self.logs = nn.Parameter(0.02 * torch.randn(out, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x) * torch.exp(3 * self.logs)


class NormedConv(nn.Conv2d):
    """chaiyujin's: the same, a convolution itself."""

    def __init__(self, channels: int, out: int, kernel: int) -> None:
        super().__init__(channels, out, kernel, padding=kernel // 2, bias=False)
        self.actnorm = actnorm(out)

    def forward(self, x: Tensor) -> Tensor:
        return (super().forward(x) + self.actnorm.bias) * self.actnorm.logs.exp()


class ZerosConv(nn.Conv2d):
    def __init__(self, channels: int, out: int) -> None:
        super().__init__(channels, out, 3, padding=1)
        self.logs = nn.Parameter(0.02 * torch.randn(out, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) * torch.exp(3 * self.logs)


def actnorm(channels: int) -> nn.Module:
    own = nn.Module()
    own.bias = nn.Parameter(0.1 * torch.randn(1, channels, 1, 1))
    own.logs = nn.Parameter(0.1 * torch.randn(1, channels, 1, 1))
    return own


class GlowStep(nn.Module):
    def __init__(self, channels: int, hidden: int, affine: bool, lu: bool, older: bool, mixes: bool = True) -> None:
        super().__init__()
        self.affine, half, self.actnorm, self.mixes = affine, channels // 2, actnorm(channels), mixes
        if mixes:
            self.invconv = nn.Module()
            self.mix(channels, lu)
        conv, zeros, out = NormedConv if older else Normed, ZerosConv if older else Zeros, channels if affine else half
        net = nn.Sequential(conv(half, hidden, 3), nn.ReLU(), conv(hidden, hidden, 1), nn.ReLU(), zeros(hidden, out))
        self.add_module("f" if older else "block", net)
        self.net = [net]

    def mix(self, channels: int, lu: bool) -> None:
        turn = torch.linalg.qr(torch.randn(channels, channels))[0]
        if lu:
            p, lower, upper = torch.linalg.lu(turn)
            self.invconv.register_buffer("p", p)
            self.invconv.register_buffer("sign_s", upper.diag().sign())
            self.invconv.lower, self.invconv.upper = nn.Parameter(lower), nn.Parameter(torch.triu(upper, 1))
            self.invconv.log_s = nn.Parameter(upper.diag().abs().log())
        else:
            self.invconv.weight = nn.Parameter(turn)

    def matrix(self) -> Tensor:
        if not self.mixes:
            return torch.eye(self.actnorm.bias.numel()).flip(0)
        own = self.invconv
        if hasattr(own, "weight"):
            return own.weight
        below = torch.tril(own.lower, -1) + torch.eye(len(own.lower))
        return own.p @ below @ (torch.triu(own.upper, 1) + torch.diag(own.sign_s * own.log_s.exp()))

    def scaled(self, kept: Tensor) -> tuple[Tensor, Tensor]:
        said = self.net[0](kept)
        if not self.affine:
            return torch.ones_like(said), said
        return torch.sigmoid(said[:, 1::2] + 2), said[:, 0::2]

    def forward(self, x: Tensor) -> Tensor:
        x = (x + self.actnorm.bias) * self.actnorm.logs.exp()
        kept, moved = functional.conv2d(x, self.matrix()[:, :, None, None]).chunk(2, 1)
        scale, shift = self.scaled(kept)
        return torch.cat([kept, (moved + shift) * scale], 1)

    def inverse(self, x: Tensor) -> Tensor:
        kept, moved = x.chunk(2, 1)
        scale, shift = self.scaled(kept)
        x = torch.cat([kept, moved / scale - shift], 1)
        return functional.conv2d(x, self.matrix().inverse()[:, :, None, None]) / self.actnorm.logs.exp() - (
            self.actnorm.bias
        )


def projection(inputs: int, outputs: int, older: bool) -> nn.Module:
    linear = nn.Linear(inputs, outputs)
    own = linear if older else nn.Module()
    if not older:
        own.linear = linear
    own.logs = nn.Parameter(0.1 * torch.randn(outputs))
    return own


class GlowLayers(nn.Module):
    """y0ast's Glow, and chaiyujin's (`older`); with `classes` the coarsest latents have another prior for each."""

    logits = False

    def __init__(
        self,
        sides: tuple[int, int],
        channels: int,
        scales: int,
        steps: int,
        *,
        affine: bool,
        lu: bool,
        older: bool,
        mixes: bool = True,
        classes: int = 0,
    ) -> None:
        super().__init__()
        self.classes = classes
        self.low, self.high = (0.0, 1.0) if older else (-0.5, 0.5)
        height, width = sides
        self.flow, self.shapes, hidden = nn.Module(), [], 10
        self.flow.layers = nn.ModuleList()
        for number in range(scales):
            channels, height, width = 4 * channels, height // 2, width // 2
            self.flow.layers.append(nn.Identity())
            self.flow.layers.extend(GlowStep(channels, hidden, affine, lu, older, mixes) for _ in range(steps))
            if number + 1 < scales:
                split, half = nn.Module(), channels // 2
                split.conv = (ZerosConv if older else Zeros)(half, channels)
                self.flow.layers.append(split)
                self.shapes.append((half, height, width))
                channels = half
        self.shapes.append((channels, height, width))
        top = (ZerosConv if older else Zeros)(2 * channels, 2 * channels)
        self.add_module("learn_top" if older else "learn_top_fn", top)
        self.top = [top]
        self.register_buffer("prior_h", torch.zeros(1, 2 * channels, height, width))
        if classes:
            self.project_ycond = projection(classes, 2 * channels, older)
            self.project_class = projection(channels, classes, older)

    def prior(self, one_hot: Tensor | None) -> tuple[Tensor, Tensor]:
        said = self.top[0](self.prior_h)
        if one_hot is not None:
            linear = getattr(self.project_ycond, "linear", self.project_ycond)
            more = linear(one_hot) * torch.exp(3 * self.project_ycond.logs)
            said = said + more[:, :, None, None]
        mean, log_scale = said.chunk(2, 1)
        return mean, log_scale.exp()

    def forward(self, x: Tensor, one_hot: Tensor | None = None) -> Tensor:
        left = []
        for layer in self.flow.layers:
            if isinstance(layer, nn.Identity):
                x = squeezed(x)
            elif isinstance(layer, GlowStep):
                x = layer(x)
            else:
                x, gone = x.chunk(2, 1)
                said = layer.conv(x)
                left.append(((gone - said[:, 0::2]) / said[:, 1::2].exp()).flatten(1))
        mean, scale = self.prior(one_hot)
        return torch.cat([((x - mean) / scale).flatten(1), *left[::-1]], 1)

    def inverse(self, latents: Tensor) -> Tensor:
        one_hot = latents[:, -self.classes :] if self.classes else None
        latents = latents[:, : -self.classes] if self.classes else latents
        parts = list(torch.split(latents, [c * h * w for c, h, w in self.shapes[::-1]], 1))
        noise = [part.reshape(-1, *shape) for part, shape in zip(parts, self.shapes[::-1], strict=True)]
        mean, scale = self.prior(one_hot)
        x = noise.pop(0) * scale + mean
        for layer in reversed(self.flow.layers):
            if isinstance(layer, nn.Identity):
                x = grown(x)
            elif isinstance(layer, GlowStep):
                x = layer.inverse(x)
            else:
                said = layer.conv(x)
                x = torch.cat([x, noise.pop(0) * said[:, 1::2].exp() + said[:, 0::2]], 1)
        return x
