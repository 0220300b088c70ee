"""RealNVP in the spelling of chrischute's, written for the tests from the paper and its description."""

from __future__ import annotations

import torch
from flow_references import grown, squeezed
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm


class WeightNormed(nn.Module):
    def __init__(self, channels: int, out: int, kernel: int, bias: bool = True) -> None:
        super().__init__()
        self.conv = weight_norm(nn.Conv2d(channels, out, kernel, padding=kernel // 2, bias=bias))

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x)


class Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.in_norm, self.out_norm = nn.BatchNorm2d(width), nn.BatchNorm2d(width)
        self.in_conv = WeightNormed(width, width, 3, bias=False)
        self.out_conv = WeightNormed(width, width, 3)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.out_conv(self.out_norm(self.in_conv(self.in_norm(x).relu())).relu())


class ResNet(nn.Module):
    def __init__(self, channels: int, width: int, out: int, blocks: int, doubled: bool) -> None:
        super().__init__()
        self.in_norm, self.doubled = nn.BatchNorm2d(channels), doubled
        self.in_conv = WeightNormed(2 * channels, width, 3)
        self.in_skip = WeightNormed(width, width, 1)
        self.blocks = nn.ModuleList(Residual(width) for _ in range(blocks))
        self.skips = nn.ModuleList(WeightNormed(width, width, 1) for _ in range(blocks))
        self.out_norm, self.out_conv = nn.BatchNorm2d(width), WeightNormed(width, out, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.in_norm(x) * (2 if self.doubled else 1)
        x = self.in_conv(torch.cat([x, -x], 1).relu())
        total = self.in_skip(x)
        for block, skip in zip(self.blocks, self.skips, strict=True):
            x = block(x)
            total = total + skip(x)
        return self.out_conv(self.out_norm(total).relu())


class Rescale(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return self.weight * x


class NvpCoupling(nn.Module):
    def __init__(self, channels: int, width: int, blocks: int, board: bool, reverse: bool) -> None:
        super().__init__()
        self.board, self.reverse, sees = board, reverse, channels if board else channels // 2
        self.st_net = ResNet(sees, width, 2 * sees, blocks, board)
        self.rescale = weight_norm(Rescale(sees))

    def move(self, x: Tensor, seen: Tensor, backwards: bool) -> Tensor:
        s, t = self.st_net(seen).chunk(2, 1)
        s = self.rescale(torch.tanh(s))
        return x * torch.exp(-s) - t if backwards else (x + t) * torch.exp(s)

    def forward(self, x: Tensor, backwards: bool = False) -> Tensor:
        if self.board:
            rows, columns = torch.arange(x.shape[2])[:, None], torch.arange(x.shape[3])
            kept = ((rows + columns) % 2 == (0 if self.reverse else 1)).float()
            return x * kept + (1 - kept) * self.move(x, x * kept, backwards)
        one, other = x.chunk(2, 1)
        if self.reverse:
            return torch.cat([one, self.move(other, one, backwards)], 1)
        return torch.cat([self.move(one, other, backwards), other], 1)


def reordered(x: Tensor, backwards: bool = False) -> Tensor:
    """The other squeeze: first all top left pixels, then bottom right, top right, bottom left."""
    corners = ((0, 0), (1, 1), (0, 1), (1, 0))
    if not backwards:
        return torch.cat([x[:, :, row::2, column::2] for row, column in corners], 1)
    n, c, h, w = x.shape
    whole = x.new_zeros(n, c // 4, 2 * h, 2 * w)
    for (row, column), part in zip(corners, x.chunk(4, 1), strict=True):
        whole[:, :, row::2, column::2] = part
    return whole


class NvpScale(nn.Module):
    def __init__(self, scales: int, channels: int, width: int, blocks: int) -> None:
        super().__init__()
        last = scales == 1
        self.in_couplings = nn.ModuleList(
            NvpCoupling(channels, width, blocks, True, number % 2 == 1) for number in range(4 if last else 3)
        )
        if not last:
            self.out_couplings = nn.ModuleList(
                NvpCoupling(4 * channels, 2 * width, blocks, False, number % 2 == 1) for number in range(3)
            )
            self.next_block = NvpScale(scales - 1, 2 * channels, 2 * width, blocks)

    def forward(self, x: Tensor) -> Tensor:
        for coupling in self.in_couplings:
            x = coupling(x)
        if hasattr(self, "next_block"):
            x = squeezed(x)
            for coupling in self.out_couplings:
                x = coupling(x)
            kept, gone = reordered(grown(x)).chunk(2, 1)
            x = reordered(torch.cat([self.next_block(kept), gone], 1), True)
        return x

    def inverse(self, x: Tensor) -> Tensor:
        if hasattr(self, "next_block"):
            kept, gone = reordered(x).chunk(2, 1)
            x = squeezed(reordered(torch.cat([self.next_block.inverse(kept), gone], 1), True))
            for coupling in reversed(self.out_couplings):
                x = coupling(x, True)
            x = grown(x)
        for coupling in reversed(self.in_couplings):
            x = coupling(x, True)
        return x


class RealNvp(nn.Module):
    """chrischute's RealNVP."""

    low, high, logits = 0.05, 0.95, True

    def __init__(self, size: int, channels: int, scales: int, width: int, blocks: int) -> None:
        super().__init__()
        self.register_buffer("data_constraint", torch.tensor([0.9]))
        self.flows = NvpScale(scales, channels, width, blocks)
        self.shape = (channels, size, size)

    def forward(self, x: Tensor) -> Tensor:
        return self.flows(x).flatten(1)

    def inverse(self, latents: Tensor) -> Tensor:
        return self.flows.inverse(latents.reshape(-1, *self.shape))


def in_older_spelling(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weight norm as torch called it before its parametrizations."""
    names = {"parametrizations.weight.original0": "weight_g", "parametrizations.weight.original1": "weight_v"}
    for newer, older in names.items():
        tensors = {key.replace(newer, older): value for key, value in tensors.items()}
    return tensors
