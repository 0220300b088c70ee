"""Generators of tutorials and courses, in their authors' spellings, written for the tests."""

from __future__ import annotations

import math
from itertools import pairwise

from torch import Tensor, nn


def square(flat: Tensor) -> Tensor:
    side = math.isqrt(flat.shape[1])
    return flat.view(-1, 1, side, side)


class Tutorial(nn.Module):
    """0, 2, 4: ReLU."""

    def __init__(self, dim: int, width: int, pixels: int) -> None:
        super().__init__()
        self.add_module("0", nn.Linear(dim, width))
        self.add_module("2", nn.Linear(width, width))
        self.add_module("4", nn.Linear(width, pixels))

    def forward(self, z: Tensor) -> Tensor:
        first, second, third = self.children()
        return square(third(second(first(z).relu()).relu()).tanh())


class Short(nn.Module):
    """gen.0, gen.2: leaky ReLU 0.01."""

    def __init__(self, dim: int, width: int, pixels: int) -> None:
        super().__init__()
        self.gen = nn.Sequential(nn.Linear(dim, width), nn.LeakyReLU(0.01), nn.Linear(width, pixels), nn.Tanh())

    def forward(self, z: Tensor) -> Tensor:
        return square(self.gen(z))


class Blocks(nn.Module):
    """gen.N.0, gen.N.1: batch norm and ReLU; sigmoid at the end."""

    def __init__(self, dim: int, width: int, pixels: int) -> None:
        super().__init__()
        sizes = pairwise([dim, width, 2 * width, 4 * width, 8 * width])
        blocks = [nn.Sequential(nn.Linear(i, o), nn.BatchNorm1d(o), nn.ReLU(inplace=True)) for i, o in sizes]
        self.gen = nn.Sequential(*blocks, nn.Linear(8 * width, pixels), nn.Sigmoid())

    def forward(self, z: Tensor) -> Tensor:
        return square(self.gen(z))


class Numbered(nn.Module):
    """fc1 to fc4: leaky ReLU 0.2."""

    def __init__(self, dim: int, width: int, pixels: int) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(dim, width), nn.Linear(width, 2 * width)
        self.fc3, self.fc4 = nn.Linear(2 * width, 4 * width), nn.Linear(4 * width, pixels)

    def forward(self, z: Tensor) -> Tensor:
        for layer in (self.fc1, self.fc2, self.fc3):
            z = nn.functional.leaky_relu(layer(z), 0.2)
        return square(self.fc4(z).tanh())


class Deconv(nn.Module):
    """deconvN and deconvN_bn: DCGAN once more."""

    def __init__(self, dim: int, width: int, channels: int) -> None:
        super().__init__()
        self.deconv1, self.deconv1_bn = nn.ConvTranspose2d(dim, 8 * width, 4, 1, 0), nn.BatchNorm2d(8 * width)
        self.deconv2, self.deconv2_bn = nn.ConvTranspose2d(8 * width, 4 * width, 4, 2, 1), nn.BatchNorm2d(4 * width)
        self.deconv3, self.deconv3_bn = nn.ConvTranspose2d(4 * width, 2 * width, 4, 2, 1), nn.BatchNorm2d(2 * width)
        self.deconv4 = nn.ConvTranspose2d(2 * width, channels, 4, 2, 1)

    def forward(self, z: Tensor) -> Tensor:
        x = self.deconv1_bn(self.deconv1(z[:, :, None, None])).relu()
        x = self.deconv2_bn(self.deconv2(x)).relu()
        return self.deconv4(self.deconv3_bn(self.deconv3(x)).relu()).tanh()


class Nested(nn.Module):
    """net.N.0 without, and at the end with, bias: DCGAN of a widely taught course."""

    def __init__(self, dim: int, width: int, channels: int) -> None:
        super().__init__()
        sizes = [(dim, 8 * width, 1, 0), (8 * width, 4 * width, 2, 1), (4 * width, 2 * width, 2, 1)]
        blocks = [
            nn.Sequential(nn.ConvTranspose2d(i, o, 4, s, p, bias=False), nn.BatchNorm2d(o), nn.ReLU())
            for i, o, s, p in sizes
        ]
        self.net = nn.Sequential(*blocks, nn.ConvTranspose2d(2 * width, channels, 4, 2, 1), nn.Tanh())

    def forward(self, z: Tensor) -> Tensor:
        return self.net(z[:, :, None, None])
