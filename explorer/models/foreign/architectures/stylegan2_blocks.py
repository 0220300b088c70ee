"""StyleGAN2 in the keys of lucidrains' stylegan2-pytorch: a w for each block, styles around 1, pictures in 0..1.

Its noise, U(0, 1) a pixel at each use, is taken at its mean: a latent says all of its picture.
"""

from __future__ import annotations

import math
import re

import torch
from torch import Tensor

from explorer.models.base import Fact
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.drawer import Drawer
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Stack
from explorer.models.foreign.style import EPS, SLOPE
from explorer.models.foreign.style_mapping import finished
from explorer.models.foreign.styled import steering

RATE = 0.1  # learning rate of the mapping network beside that of the rest
NOISE = 0.5  # the mean of U(0, 1)
FIRST = 4  # pixels
BINOMIAL = torch.tensor([1.0, 2.0, 1.0])
PAIRS = (("SE.", "GE."), ("S.", "G."))  # averaged, or as trained


def recognise(reading: Reading) -> Recognised | None:
    """S.net.N and G.blocks.N, or SE and GE, with two modulated convolutions and colours in each block."""
    for mapping, generator in PAIRS:
        if {f"{mapping}net.0.weight", f"{generator}initial_block"} <= set(reading.tensors):
            return _Reader(reading, mapping, generator).recognised()
    return None


class _Reader:
    def __init__(self, reading: Reading, mapping: str, generator: str) -> None:
        self.reading, self.mapping, self.blocks = reading, f"{mapping}net.", f"{generator}blocks."
        self.generator, self.tensors = generator, reading.tensors
        self.stack, self.drawer = Stack(reading.tensors), Drawer(reading.tensors)
        found = (re.match(rf"{re.escape(self.blocks)}(\d+)\.", key) for key in self.tensors)
        self.count = 1 + max((int(one[1]) for one in found if one), default=-1)

    def recognised(self) -> Recognised | None:
        widths, z = self._mapped()
        stack = self.stack
        value = self.stack.take_out(f"{self.generator}initial_block")[0]
        stack.add("constant", shape=list(value.shape)).own("weight", value)
        stack.conv(f"{self.generator}initial_conv")
        for number in range(self.count):
            self._block(number)
        channels = self._colours()
        for key in stack.taken:
            self.drawer.left.pop(key, None)
        self.drawer.ignore(".f")
        for key, one in stack.weights.items():
            self.drawer.put(f"synthesis.chain.{key}", one)
        side = FIRST * 2 ** (self.count - 1)
        hyper = {"z_dim": z, "classes": 0, "embedding": 1, "mapping": widths}
        hyper |= {"places": self.count, "synthesis": stack.layers}
        facts = [
            Fact(f"{self.count} sizes up to {side} x {side}, and a mapping network of {len(widths)} layers", "read"),
            Fact("in the keys of lucidrains' stylegan2-pytorch", "read"),
            Fact("leaky ReLU 0.2; bilinear upsampling, smoothed colours; noise at its mean", "inferred"),
            Fact("pictures in 0..1", "inferred"),
        ]
        names = [f"{FIRST << number} x {FIRST << number}" for number in range(self.count)]
        called = "styled", f"StyleGAN2 of lucidrains, {side} x {side}"
        return finished(self.drawer, self.reading, called, hyper, names, (side, channels), facts)

    def _mapped(self) -> tuple[list[int], int]:
        """The mapping network: theirs brings z to length 1, ours to a root mean square of 1."""
        numbers = sorted(int(key[len(self.mapping) : -7]) for key in self.tensors if self._is_mapping(key))
        widths, z = [], 0
        for place, number in enumerate(numbers):
            weight, bias = (self.stack.take_out(f"{self.mapping}{number}.{name}") for name in ("weight", "bias"))
            z = z or weight.shape[1]
            self.drawer.put(f"mapping.layers.{place}.weight", weight * (RATE if place else RATE / math.sqrt(z)))
            self.drawer.put(f"mapping.layers.{place}.bias", bias * RATE)
            widths.append(len(weight))
        return widths, z

    def _is_mapping(self, key: str) -> bool:
        return key.startswith(self.mapping) and key.endswith(".weight")

    def _block(self, number: int) -> None:
        stack, key = self.stack, f"{self.blocks}{number}"
        if number:
            stack.add("upsample", factor=2, mode="bilinear")
        for place in (1, 2):
            self._modulated(number, f"{key}.to_style{place}", f"{key}.conv{place}")
            noise, bias = (self.stack.take_out(f"{key}.to_noise{place}.{name}") for name in ("weight", "bias"))
            side = FIRST << number
            stack.add("noise").own("weight", noise[:, 0].contiguous()).own("bias", bias)
            stack.own("plane", torch.full((side, side), NOISE)).add("leaky", slope=SLOPE)
        stack.add("keep", name=_called(number))

    def _scaled(self, stack: Stack, number: int, style: str, weight: Tensor) -> Stack:
        """Each channel times 1 + its style, then a convolution without bias."""
        stack.modulate(steering(number), 1.0, factor=stack.beside().linear(style))
        stack.add("conv", out=len(weight), kernel=weight.shape[2], padding=weight.shape[2] // 2, bias=0)
        return stack.own("weight", weight)

    def _modulated(self, number: int, style: str, conv: str) -> None:
        """The same, and what comes out brought back to its size (demodulated)."""
        weight = self.stack.take_out(f"{conv}.weight")
        self._scaled(self.stack, number, style, weight)
        size = self.stack.beside().linear(style).add("affine", factor=1.0, shift=1.0).add("square")
        size.add("linear", out=len(weight), bias=0).own("weight", weight.square().sum((2, 3)))
        size.add("affine", factor=1.0, shift=EPS).add("rsqrt")
        self.stack.modulate(steering(number), 0.0, factor=size)

    def _colours(self) -> int:
        """The pictures of all sizes, enlarged and summed; from 0..1 to -1..1. How many channels they have."""
        stack, channels = self.stack, 0
        for number in range(self.count):
            key = f"{self.blocks}{number}.to_rgb"
            weight = self.stack.take_out(f"{key}.conv.weight")
            if number == 0:
                self._scaled(stack.add("recall", **{"from": _called(0)}), 0, f"{key}.to_style", weight)
                channels = len(weight)
                continue
            stack.add("upsample", factor=2, mode="bilinear").add("pad", sides=[1, 1, 1, 1], reflect=1)
            stack.add("conv", out=channels, kernel=3, padding=0, groups=channels, bias=0)
            stack.own("weight", (torch.outer(BINOMIAL, BINOMIAL) / 16).expand(channels, 1, 3, 3).contiguous())
            more = self._scaled(stack.beside(), number, f"{key}.to_style", weight)
            stack.modulate(_called(number), 0.0, shift=more)
        stack.add("affine", factor=2.0, shift=-1.0)
        return channels


def _called(number: int) -> str:
    """What the features of a block are kept as."""
    return f"features {number}"
