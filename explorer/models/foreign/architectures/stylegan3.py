"""StyleGAN3 (Karras et al. 2021), both configurations, in the keys of NVIDIA's code: `synthesis.input`, `.LN_SIZE_OUT`.

Its filters are in the file. Its factors are told by a pickled module; a state dict leaves them to the sizes.
"""

from __future__ import annotations

import math
import re

import torch
from torch import Tensor

from explorer.models.base import Fact
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.drawer import Drawer, fan, said
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import UnfitError
from explorer.models.foreign.style import GAIN
from explorer.models.foreign.style_mapping import finished, mapping_of
from explorer.models.foreign.stylegan3 import layer_names, plane

MARGIN = 10  # pixels around the picture in the layers before the last two
BANDWIDTH = 2.0
SCALE = 0.25  # of the last colours
CLAMP = 256.0
UPSAMPLED = 2  # how much finer than its features a layer's activation is


def recognise(reading: Reading) -> Recognised | None:
    """Frequencies and phases of waves, and layers that are called by their number, size and channels."""
    if not {"synthesis.input.freqs", "mapping.fc0.weight"} <= set(reading.tensors):
        return None
    return _Reader(reading).recognised()


class _Reader:
    def __init__(self, reading: Reading) -> None:
        self.reading, self.drawer = reading, Drawer(reading.tensors)
        found = (re.match(r"synthesis\.(L(\d+)_(\d+)_(\d+))\.weight$", key) for key in reading.tensors)
        ordered = sorted((int(one[2]), one[1], int(one[3])) for one in found if one)
        self.names, self.sizes = [name for _, name, _ in ordered], [size for _, _, size in ordered]
        if len(self.names) < 2:
            raise UnfitError("synthesis.L0")
        self.rates = [self._rate(number) for number in range(len(self.names))]

    def recognised(self) -> Recognised:
        hyper, facts = mapping_of(self.drawer, self.reading)
        waves, bandwidth = self._waves()
        layers = [self._layer(number) for number in range(len(self.names))]
        clamp = self._told(f"synthesis.{self.names[0]}", "conv_clamp", CLAMP if self.reading.modules is None else 0.0)
        scale = self._told("synthesis", "output_scale", SCALE)
        hyper |= {"waves": waves, "bandwidth": bandwidth, "layers": layers, "clamp": clamp, "scale": scale}
        side, channels = self.sizes[-1], layers[-1]["out"]
        kind = "config-r" if layers[0]["kernel"] == 1 else "config-t"
        how = "inferred" if self.reading.modules is None else "read"
        told = f"clamp {clamp:g}, colours times {scale:g}, waves up to {bandwidth:g}; factors of the filters"
        facts = [
            Fact(f"{len(layers)} layers, their sizes, kernels and filters; {kind}, from keys and shapes", "read"),
            *facts,
            Fact(told, how),  # type: ignore[arg-type]
            Fact("pictures in -1..1", "inferred"),
        ]
        called = "stylegan3", f"StyleGAN3 {kind}, {side} x {side}{', with classes' if hyper['classes'] else ''}"
        names = layer_names(self.sizes)
        return finished(self.drawer, self.reading, called, hyper, names, (side, channels), facts)

    def _told(self, path: str, name: str, default: float) -> float:
        told = said(self.reading.modules, path, name)
        return float(told) if isinstance(told, int | float) else default

    def _rate(self, number: int) -> int:
        """Samples a side that the features of a layer stand for: its size without the margin; the last have none."""
        size = self.sizes[number]
        guessed = size if number >= len(self.sizes) - 2 else size - 2 * MARGIN
        return int(self._told(f"synthesis.{self.names[number]}", "out_sampling_rate", guessed))

    def _waves(self) -> tuple[dict[str, object], float]:
        drawer, theirs, ours = self.drawer, "synthesis.input", "synthesis.waves"
        bandwidth = self._told(theirs, "bandwidth", BANDWIDTH)
        rate, size = self._told(theirs, "sampling_rate", self.rates[0]), self.sizes[0]
        weight = drawer.take(f"{theirs}.weight", 2)
        drawer.put(f"{ours}.mix.weight", weight / math.sqrt(len(weight)))
        drawer.dense(f"{theirs}.affine", f"{ours}.affine")
        for name, key in (("frequencies", "freqs"), ("phases", "phases"), ("transform", "transform")):
            drawer.put(f"{ours}.{name}", drawer.take(f"{theirs}.{key}"))
        drawer.put(f"{ours}.places", plane(size, rate))
        return {"size": size, "rate": rate, "width": len(weight)}, bandwidth

    def _layer(self, number: int) -> dict[str, int]:
        theirs, ours = f"synthesis.{self.names[number]}", f"synthesis.layers.{number}"
        last = number + 1 == len(self.names)
        weight = self.drawer.take(f"{theirs}.weight", 4)
        self._convolution(theirs, ours, weight, last=last)
        before, rate = self.rates[max(0, number - 1)], self.rates[number]
        fine = max(before, rate) * (1 if last else UPSAMPLED)
        up = int(self._told(theirs, "up_factor", fine / before))
        down = int(self._told(theirs, "down_factor", fine / rate))
        raised, lowered = self._filter(f"{theirs}.up_filter"), self._filter(f"{theirs}.down_filter")
        if raised.dim() != 1 or lowered.dim() > 2:
            raise UnfitError(theirs)
        self.drawer.put(f"{ours}.up_taps", raised * up)  # zeros between pixels take light away in either direction
        self.drawer.put(f"{ours}.down_taps", lowered.flip(tuple(range(lowered.dim()))))
        shape = {"out": len(weight), "size": self.sizes[number], "kernel": weight.shape[2], "up": up, "down": down}
        return shape | {"up_taps": len(raised), "down_taps": len(lowered), "radial": int(lowered.dim() == 2)}

    def _convolution(self, theirs: str, ours: str, weight: Tensor, *, last: bool) -> None:
        """Weights with the gain of the input in them; but for the colours normalised, as the authors do each time."""
        drawer = self.drawer
        weight = weight if last else weight * weight.square().mean((1, 2, 3), keepdim=True).rsqrt()
        weight = weight / math.sqrt(fan(weight))
        if not last:
            drawer.put(f"{ours}.style.power", weight.square().sum((2, 3)))
        drawer.dense(f"{theirs}.affine", f"{ours}.style" if last else f"{ours}.style.affine")
        drawer.put(f"{ours}.conv.weight", weight * drawer.take(f"{theirs}.magnitude_ema", 0).rsqrt())
        drawer.put(f"{ours}.bias", drawer.take(f"{theirs}.bias", 1) * (1 if last else GAIN))

    def _filter(self, key: str) -> Tensor:
        return self.drawer.take(key) if key in self.drawer.left else torch.ones(1)
