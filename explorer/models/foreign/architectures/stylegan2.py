"""StyleGAN2 (Karras et al. 2020) in the keys of NVIDIA's two PyTorch code bases, and of rosinality's.

NVIDIA: `synthesis.bN.conv0`, `.conv1`, `.torgb`, `mapping.fcN`, whole modules pickled with their source, or a state
dict. Rosinality: `style.N`, `conv1`, `convs.N`, `to_rgbs.N`, `noises.noise_N`, renamed here into NVIDIA's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import torch
from torch import Tensor

from explorer.models.base import Fact
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.drawer import Drawer, fan, said, square_filter
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import UnfitError
from explorer.models.foreign.style import GAIN
from explorer.models.foreign.style_mapping import finished, mapping_of
from explorer.models.foreign.stylegan2 import HALF, layer_names

USUAL_CLAMP = 256.0  # of NVIDIA's training scripts
FILTER = (1.0, 3.0, 3.0, 1.0)  # of all known trainings


def recognise(reading: Reading) -> Recognised | None:
    """A learned start of 4 x 4, a mapping network, and modulated convolutions."""
    keys = reading.tensors
    if "synthesis.b4.const" in keys and "mapping.fc0.weight" in keys:
        return _Reader(reading, keys, "NVIDIA's PyTorch code").recognised()
    if {"input.input", "style.1.weight", "conv1.conv.weight"} <= set(keys):
        return _Reader(reading, renamed(keys), "rosinality's code").recognised()
    return None


class _Reader:
    def __init__(self, reading: Reading, tensors: Mapping[str, Tensor], spelling: str) -> None:
        self.reading, self.tensors, self.spelling = reading, tensors, spelling
        self.drawer = Drawer(tensors)
        self.levels = sum(re.fullmatch(r"synthesis\.b\d+\.conv1\.weight", key) is not None for key in tensors)
        self.noises = 0

    def recognised(self) -> Recognised:
        hyper, facts = mapping_of(self.drawer, self.reading)
        start = self.drawer.take("synthesis.b4.const", 3)
        self.drawer.put("synthesis.start", start)
        layout = self._layout()
        widths = [self._block(level, layout) for level in range(self.levels)]
        channels = self.drawer.made[f"synthesis.blocks.{self.levels - 1}.paint.conv.weight"].shape[0]
        clamp, known = self._clamp()
        self.drawer.ignore(".resample_filter")
        hyper |= {"widths": widths, "layout": layout, "taps": self._taps(), "clamp": clamp}
        side = 4 * 2 ** (self.levels - 1)
        facts = [
            Fact(
                f"{self.levels} sizes up to {side} x {side}, layout '{layout}', in the keys of {self.spelling}", "read"
            ),
            *facts,
            known,
            Fact("noise: the constant one in the file" if self.noises else "no noise", "read"),
            Fact("pictures in -1..1", "inferred"),
        ]
        called = "stylegan2", f"StyleGAN2, {side} x {side}{', with classes' if hyper['classes'] else ''}"
        return finished(self.drawer, self.reading, called, hyper, layer_names(self.levels), (side, channels), facts)

    def _layout(self) -> str:
        if "synthesis.b8.skip.weight" in self.tensors:
            return "resnet"
        return "skip" if "synthesis.b4.torgb.weight" in self.tensors else "orig"

    def _taps(self) -> int:
        made = [value.shape[-1] for key, value in self.drawer.made.items() if key.endswith(".kernel")]
        return made[0] if made else len(FILTER)

    def _clamp(self) -> tuple[float, Fact]:
        """Told by the module of a pickle; a state dict does not say."""
        if self.reading.modules is not None:
            told = said(self.reading.modules, "synthesis.b4.conv1", "conv_clamp")
            clamp = float(told) if isinstance(told, int | float) else 0.0
            return clamp, Fact(f"features are clamped to {clamp:g}" if clamp else "features are not clamped", "read")
        if self.spelling.startswith("NVIDIA"):
            return USUAL_CLAMP, Fact(
                f"features are clamped to {USUAL_CLAMP:g}, which is hardly ever reached", "inferred"
            )
        return 0.0, Fact("features are not clamped", "inferred")

    def _block(self, level: int, layout: str) -> int:
        """Takes the layers of one size; how many channels it has."""
        theirs, ours = f"synthesis.b{4 * 2**level}", f"synthesis.blocks.{level}"
        last = f"{ours}.layers.{1 if level else 0}"
        residual = layout == "resnet" and level > 0
        if level:
            self._layer(f"{theirs}.conv0", f"{ours}.layers.0", GAIN, grows=True)
        width = self._layer(f"{theirs}.conv1", last, GAIN * HALF if residual else GAIN, grows=False)
        if residual:
            skip = self.drawer.take(f"{theirs}.skip.weight", 4)
            self.drawer.put(f"{ours}.around.0.weight", skip * (HALF / math.sqrt(fan(skip))))
            self.drawer.put(f"{ours}.around.1.kernel", self._kernel(f"{theirs}.skip", width))
        if f"{theirs}.torgb.weight" in self.drawer.left:
            channels = self._paint(f"{theirs}.torgb", f"{ours}.paint")
            if level and layout == "skip":
                self.drawer.put(f"{ours}.grow.kernel", self._kernel(theirs, channels))
        return width

    def _layer(self, theirs: str, ours: str, gain: float, *, grows: bool) -> int:
        drawer = self.drawer
        if (kind := said(self.reading.modules, theirs, "activation")) not in (None, "lrelu"):
            raise UnfitError(f"activation {kind}")
        weight = drawer.take(f"{theirs}.weight", 4)
        weight = weight / math.sqrt(fan(weight))
        drawer.put(f"{ours}.weight", weight.transpose(0, 1) if grows else weight)
        drawer.put(f"{ours}.style.power", weight.square().sum((2, 3)))
        drawer.dense(f"{theirs}.affine", f"{ours}.style.affine")
        drawer.put(f"{ours}.bias", drawer.take(f"{theirs}.bias", 1) * gain)
        drawer.put(f"{ours}.noise", self._noise(theirs)[None] * gain)
        if grows:
            drawer.put(f"{ours}.smooth.kernel", self._kernel(theirs, len(weight)).flip(2, 3))
        return len(weight)

    def _noise(self, theirs: str) -> Tensor:
        """The constant noise (side, side), times its strength; zeros where a network has none."""
        if f"{theirs}.noise_strength" not in self.drawer.left:
            side = int(theirs.split(".")[1][1:])
            return torch.zeros(side, side)
        self.noises += 1
        return self.drawer.take(f"{theirs}.noise_const", 2) * self.drawer.take(f"{theirs}.noise_strength")

    def _paint(self, theirs: str, ours: str) -> int:
        weight = self.drawer.take(f"{theirs}.weight", 4)
        self.drawer.put(f"{ours}.conv.weight", weight / math.sqrt(fan(weight)))
        self.drawer.put(f"{ours}.conv.bias", self.drawer.take(f"{theirs}.bias", 1))
        self.drawer.dense(f"{theirs}.affine", f"{ours}.affine")
        return len(weight)

    def _kernel(self, theirs: str, width: int) -> Tensor:
        """The filter between sizes for each of so many channels, as a transposed convolution wants it."""
        taps = self.tensors.get(f"{theirs}.resample_filter", torch.tensor(FILTER) / sum(FILTER))
        whole = square_filter(taps) * 4  # zeros between pixels take three quarters of the light
        return whole.expand(width, 1, *whole.shape).clone()


def renamed(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Rosinality's keys and shapes as NVIDIA's; what has no counterpart keeps its name, and so is found left over."""
    return dict(_renamed(key, value) for key, value in tensors.items())


def _renamed(key: str, value: Tensor) -> tuple[str, Tensor]:
    if found := re.fullmatch(r"style\.(\d+)\.(weight|bias)", key):
        return f"mapping.fc{int(found[1]) - 1}.{found[2]}", value
    if key == "input.input":
        return "synthesis.b4.const", value[0]
    if key == "latent_avg":
        return "mapping.w_avg", value
    if found := re.fullmatch(r"noises\.noise_(\d+)", key):
        return f"{_place(int(found[1]) - 1)}.noise_const", value.reshape(value.shape[-2:])
    if found := re.fullmatch(r"(conv1|convs\.(\d+)|to_rgb1|to_rgbs\.(\d+))\.(.+)", key):
        painted = "rgb" in found[1]
        place = _painted(int(found[3]) + 1 if found[3] else 0) if painted else _place(int(found[2]) if found[2] else -1)
        return _inside(place, found[4], value)
    return key, value


def _place(number: int) -> str:
    """Where `convs.NUMBER` is; -1 for the first layer."""
    return f"synthesis.b{4 * 2 ** ((number + 2) // 2)}.conv{'1' if number % 2 else '0'}"


def _painted(level: int) -> str:
    return f"synthesis.b{4 * 2**level}.torgb"


def _inside(place: str, rest: str, value: Tensor) -> tuple[str, Tensor]:
    block = place.rpartition(".")[0]
    if rest == "conv.weight":
        return f"{place}.weight", value[0]
    if rest.startswith("conv.modulation."):
        return f"{place}.affine.{rest.rpartition('.')[2]}", value
    if rest in ("activate.bias", "bias"):
        return f"{place}.bias", value.flatten()
    if rest == "noise.weight":
        return f"{place}.noise_strength", value.reshape(())
    if rest in ("conv.blur.kernel", "upsample.kernel"):
        return f"{place if rest.startswith('conv') else block}.resample_filter", value / 4
    return f"{place}.{rest}", value
