"""The flows of the UvA tutorial on normalising flows, written for the tests from its text.

`forward` leads from logits to latents (n, d), the coarsest first, and `inverse` back.
"""

from __future__ import annotations

import math

import torch
from flow_references import grown, squeezed
from torch import Tensor, nn
from torch.nn import functional


class BothElu(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([functional.elu(x), functional.elu(-x)], 1)


class OverChannels(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.gamma, self.beta = nn.Parameter(torch.ones(1, width, 1, 1)), nn.Parameter(torch.zeros(1, width, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        centred = x - x.mean(1, keepdim=True)
        return centred / torch.sqrt(x.var(1, unbiased=False, keepdim=True) + 1e-5) * self.gamma + self.beta


class TorchOverChannels(nn.Module):
    """As in older files: torch's own layer norm, with channels last."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layer_norm = nn.LayerNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer_norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class GatedConv(nn.Module):
    def __init__(self, width: int, older: bool) -> None:
        super().__init__()
        first = nn.Conv2d(width * (2 if older else 1), width, 3, padding=1)
        layers = [*([BothElu()] if older else []), first, BothElu(), nn.Conv2d(2 * width, 2 * width, 1)]
        self.net = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        value, gate = self.net(x).chunk(2, 1)
        return x + value * torch.sigmoid(gate)


class GatedNet(nn.Module):
    def __init__(self, inputs: int, hidden: int, outputs: int, blocks: int, older: bool) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(inputs, hidden, 3, padding=1)]
        for _ in range(blocks):
            layers += [GatedConv(hidden, older), (TorchOverChannels if older else OverChannels)(hidden)]
        self.nn = nn.Sequential(*layers, BothElu(), nn.Conv2d(2 * hidden, outputs, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        return self.nn(x)


class GatedCoupling(nn.Module):
    def __init__(self, channels: int, net: GatedNet, mask: Tensor) -> None:
        super().__init__()
        self.network, self.scaling_factor = net, nn.Parameter(0.2 * torch.randn(channels))
        self.register_buffer("mask", mask)

    def says(self, z: Tensor) -> tuple[Tensor, Tensor]:
        scale, shift = self.network(z * self.mask).chunk(2, 1)
        bound = self.scaling_factor.exp()[:, None, None]
        return torch.tanh(scale / bound) * bound * (1 - self.mask), shift * (1 - self.mask)

    def forward(self, z: Tensor) -> Tensor:
        scale, shift = self.says(z)
        return (z + shift) * scale.exp()

    def inverse(self, z: Tensor) -> Tensor:
        scale, shift = self.says(z)
        return z * (-scale).exp() - shift


class Squeezing(nn.Module):
    """Without weights, as splits are."""


class Splitting(nn.Module):
    pass


class Dequantisation(nn.Module):
    """Flows of its own, which see the picture beside the noise; no part in making pictures."""

    def __init__(self, flows: list[nn.Module]) -> None:
        super().__init__()
        self.flows = nn.ModuleList(flows)


def board(sides: tuple[int, int], inverted: bool) -> Tensor:
    mask = ((torch.arange(sides[0])[:, None] + torch.arange(sides[1])) % 2).float()[None, None]
    return 1 - mask if inverted else mask


def half(channels: int, inverted: bool) -> Tensor:
    mask = (torch.arange(channels) < channels // 2).float().reshape(1, -1, 1, 1)
    return 1 - mask if inverted else mask


class UvaFlow(nn.Module):
    """`widths`: of couplings of the whole picture, and of those after each squeeze; all but the first squeeze split."""

    def __init__(
        self,
        sides: tuple[int, int],
        channels: int,
        widths: tuple[int, ...],
        *,
        blocks: int = 2,
        learned: bool = False,
        older: bool = False,
    ) -> None:
        super().__init__()
        self.shape = (channels, *sides)

        def coupling(deep: int, width: int, mask: Tensor, more: int = 0) -> GatedCoupling:
            return GatedCoupling(deep, GatedNet(deep + more, width, 2 * deep, blocks, older), mask)

        noise = [coupling(channels, 4, board(sides, number % 2 == 1), channels) for number in range(2)]
        layers: list[nn.Module] = [Dequantisation(noise if learned else [])]
        layers += [coupling(channels, widths[0], board(sides, number % 2 == 1)) for number in range(2)]
        for level, width in enumerate(widths[1:]):
            layers += [Splitting(), Squeezing()] if level else [Squeezing()]
            channels *= 2 if level else 4
            layers += [coupling(channels, width, half(channels, number % 2 == 1)) for number in range(2)]
        self.flows = nn.ModuleList(layers)

    def forward(self, z: Tensor) -> Tensor:
        left = []
        for layer in self.flows[1:]:
            if isinstance(layer, GatedCoupling):
                z = layer(z)
            elif isinstance(layer, Squeezing):
                z = squeezed(z)
            else:
                z, gone = z.chunk(2, 1)
                left.append(gone.flatten(1))
        return torch.cat([z.flatten(1), *left[::-1]], 1)

    def inverse(self, latents: Tensor) -> Tensor:
        levels = sum(isinstance(layer, Squeezing) for layer in self.flows)
        channels, height, width = self.shape
        scale = 2**levels
        shape = (channels * 2 ** (levels + 1) if levels else channels, height // scale, width // scale)
        z, rest = latents[:, : math.prod(shape)].reshape(-1, *shape), latents[:, math.prod(shape) :]
        for layer in reversed(self.flows[1:]):
            if isinstance(layer, GatedCoupling):
                z = layer.inverse(z)
            elif isinstance(layer, Squeezing):
                z = grown(z)
            else:
                count = z[0].numel()
                z, rest = torch.cat([z, rest[:, :count].reshape(z.shape)], 1), rest[:, count:]
        return z
