"""Progressive GANs (Karras et al. 2018) in the spellings that are found: `SPELLINGS`.

The equalised learning rate, a factor of each layer at run time, is put into the weights. Sizes that a training never
reached are left out: their colours still have the bias 0 that they began with.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

from torch import Tensor

from explorer.models.base import Space
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.labels import space_of
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Found, Stack, UnfitError, vector

SLOPE = 0.2
USUAL = "leaky ReLU 0.2, then normalised pixels; nearest upsampling, equalised learning rate"
SAID = (
    "normalised pixels, then leaky ReLU 0.2; nearest upsampling",
    "normalised pixels, then leaky ReLU 0.1; bilinear upsampling, tanh at the end",
)
"""What no file tells, as rosinality and a descendant have it."""
NAMED_SLOPE = 0.1  # of those who call their layers progression_8


def recognise(reading: Reading) -> Recognised | None:
    """Pairs of convolutions at each size, and colours of one pixel for each."""
    for marker, write in SPELLINGS.items():
        if marker in reading.tensors or marker.replace(".module", "") in reading.tensors:
            return write(reading)
    return None


class _Writer:
    """A stack of layers of equalised learning rate."""

    def __init__(self, tensors: Mapping[str, Tensor]) -> None:
        self.stack = Stack(tensors)

    def taken(self, key: str) -> Tensor:
        if key not in self.stack.tensors:
            raise UnfitError(key)
        self.stack.taken.add(key)
        return self.stack.tensors[key]

    def layer(self, kind: str, keys: tuple[str, str], *, gain: float = 2.0, whole: bool = False) -> _Writer:
        """A layer whose weight, of keys (weight, bias), is times sqrt(gain / fan); `whole`: its bias too."""
        weight, bias = self.taken(keys[0]), self.taken(keys[1])
        turned = kind == "transposed"
        fan = len(weight) if turned else weight[0].numel()
        scale = math.sqrt(gain / fan) if gain else 1.0
        sizes: dict[str, object] = {"out": weight.shape[1] if turned else len(weight)}
        if weight.dim() == 4:
            sizes |= {"kernel": weight.shape[2], "padding": 0 if turned else weight.shape[2] // 2}
        self.stack.add(kind, **sizes, bias=1).own("weight", weight * scale)
        self.stack.own("bias", bias.reshape(-1) * (scale if whole else 1))
        return self

    def active(self, *, normal: bool = True) -> _Writer:
        """Leaky ReLU, then the normalisation of each pixel."""
        self.stack.add("leaky", slope=SLOPE)
        if normal:
            self.stack.add("pixel_norm")
        return self

    def normed(self, slope: float) -> _Writer:
        """The normalisation of each pixel, then leaky ReLU."""
        self.stack.add("pixel_norm").add("leaky", slope=slope)
        return self

    def larger(self, mode: str = "nearest") -> _Writer:
        self.stack.add("upsample", factor=2, mode=mode)
        return self

    def rest(self, prefixes: tuple[str, ...]) -> set[str]:
        """Tensors of sizes and colours that this picture does not go through."""
        return {key for key in self.stack.tensors if key.startswith(prefixes)} - self.stack.taken


def _zoo(reading: Reading) -> Recognised | None:
    """facebookresearch/pytorch_GAN_zoo: `formatLayer`, `groupScale0`, `scaleLayers.N.M`, `toRGBLayers.N`."""
    inner = ".module" if "formatLayer.module.weight" in reading.tensors else ""
    writer = _Writer(reading.tensors)

    def layer(kind: str, key: str) -> _Writer:
        return writer.layer(kind, (f"{key}{inner}.weight", f"{key}{inner}.bias"), whole=True)

    writer.stack.add("pixel_norm")
    wide, z = writer.taken(f"formatLayer{inner}.weight").shape
    layer("linear", "formatLayer").active(normal=False)
    writer.stack.add("fold", shape=[wide // 16, 4, 4]).add("pixel_norm")
    layer("conv", "groupScale0.0").active()
    levels = _count(reading, r"scaleLayers\.(\d+)\.")
    for level in range(levels):
        writer.larger()
        for number in range(2):
            layer("conv", f"scaleLayers.{level}.{number}").active()
    layer("conv", f"toRGBLayers.{levels}")
    return _found(reading, writer, vector(z), levels, ("toRGBLayers.",), "facebook's model zoo")


def _blocks(reading: Reading) -> Recognised | None:
    """akanimax/pro_gan_pytorch: `layers.N.conv_1`, `.conv_2`, `rgb_converters.N`."""
    writer = _Writer(reading.tensors)
    levels = _trained(reading, r"rgb_converters\.(\d+)\.bias", lambda number: f"rgb_converters.{number}.bias")
    z = writer.taken("layers.0.conv_1.weight").shape[0]
    writer.stack.add("fold", shape=[z, 1, 1])
    writer.layer("transposed", _pair("layers.0.conv_1")).active(normal=False)
    writer.layer("conv", _pair("layers.0.conv_2")).active()
    for level in range(1, levels + 1):
        writer.larger()
        for name in ("conv_1", "conv_2"):
            writer.layer("conv", _pair(f"layers.{level}.{name}")).active()
    writer.layer("conv", _pair(f"rgb_converters.{levels}"))
    return _found(reading, writer, vector(z), levels, ("rgb_converters.", "layers."), "pro_gan_pytorch")


def _course(reading: Reading) -> Recognised | None:
    """`initial.N`, `prog_blocks.N.conv1.conv`, `rgb_layers.N.conv`, tanh at the end: of a widely taught course."""
    writer = _Writer(reading.tensors)
    levels = _trained(reading, r"rgb_layers\.(\d+)\.bias", lambda number: f"rgb_layers.{number}.bias")
    z = writer.taken("initial.1.weight").shape[0]
    writer.stack.add("pixel_norm").add("fold", shape=[z, 1, 1])
    writer.layer("transposed", _pair("initial.1"), gain=0).active(normal=False)
    writer.layer("conv", ("initial.3.conv.weight", "initial.3.bias")).active()
    for level in range(levels):
        writer.larger()
        for name in ("conv1", "conv2"):
            key = f"prog_blocks.{level}.{name}"
            writer.layer("conv", (f"{key}.conv.weight", f"{key}.bias")).active()
    writer.layer("conv", (f"rgb_layers.{levels}.conv.weight", f"rgb_layers.{levels}.bias"))
    writer.stack.add("tanh")
    return _found(reading, writer, vector(z), levels, ("rgb_layers.", "initial_rgb.", "prog_blocks."), "a course")


def _progression(reading: Reading) -> Recognised | None:
    """rosinality/progressive-gan-pytorch: `progression.N.conv.0.conv`, `to_rgb.N`, and a table of classes."""
    writer = _Writer(reading.tensors)
    stack, levels = writer.stack, _count(reading, r"to_rgb\.(\d+)\.") - 1
    z = writer.taken("progression.0.conv.0.conv.weight").shape[1]
    space = vector(z)
    if (table := reading.tensors.get("label_embed.weight")) is not None:
        classes, row = table.shape
        space, z = space_of(z - row, classes), z - row
        label = stack.beside().add("narrow", start=z, stop=z + classes).add("linear", out=row, bias=0)
        label.own("weight", table.T.contiguous()).taken.add("label_embed.weight")
        stack.parallel(stack.beside().add("narrow", stop=z).add("pixel_norm"), label)
    else:
        stack.add("pixel_norm")
    stack.add("fold", shape=[z + (row if table is not None else 0), 1, 1])
    for level in range(levels + 1):
        if level:
            writer.larger()
        for place in (0, 3):
            key = f"progression.{level}.conv.{place}.conv"
            stack.conv(key, 1, stack.weight(key, 4).shape[2] - 1 if level == place == 0 else None)
            writer.normed(SLOPE)
    stack.conv(f"to_rgb.{levels}")
    return _found(reading, writer, space, levels, ("to_rgb.",), "rosinality", SAID[0])


def _named_progression(reading: Reading) -> Recognised | None:
    """`input_layer.0.conv`, `progression_8.conv.0.conv`, `to_rgb_8.conv`: enlarged bilinearly, tanh at the end."""
    writer = _Writer(reading.tensors)
    stack = writer.stack
    sizes = [8 * 2**number for number in range(10) if f"to_rgb_{8 * 2**number}.conv.weight" in reading.tensors]
    moved = [size for size in sizes if bool((reading.tensors[f"to_rgb_{size}.conv.bias"] != 0).any())]
    last = max(moved, default=sizes[-1])
    z = stack.weight("input_layer.0.conv", 4).shape[0]
    stack.add("fold", shape=[z, 1, 1]).transposed("input_layer.0.conv", 1, 0)
    writer.normed(NAMED_SLOPE)
    for size in (4, *(size for size in sizes if size <= last)):
        if size > 4:
            writer.larger("bilinear")
        for place in (0, 3):
            stack.conv(f"progression_{size}.conv.{place}.conv")
            writer.normed(NAMED_SLOPE)
    stack.conv(f"to_rgb_{last}.conv").add("tanh")
    levels = last.bit_length() - 3
    return _found(
        reading, writer, vector(z), levels, ("to_rgb_", "progression_"), "a descendant of rosinality's", SAID[1]
    )


def _layers(reading: Reading) -> Recognised | None:
    """GenForce and InterFaceGAN: `layer0`, `layer1`, ..., `output0`, ...; weights within, or in `conv` and `wscale`."""
    inner = (".conv.weight", ".wscale.bias") if "layer0.conv.weight" in reading.tensors else (".weight", ".bias")
    writer = _Writer(reading.tensors)
    levels = _count(reading, r"output(\d+)\.") - 1
    z = writer.taken(f"layer0{inner[0]}").shape[1]
    writer.stack.add("pixel_norm").add("fold", shape=[z, 1, 1])
    for number in range(2 * levels + 2):
        if number and number % 2 == 0:
            writer.larger()
        writer.layer("conv", (f"layer{number}{inner[0]}", f"layer{number}{inner[1]}"))
        if number == 0:
            writer.stack.layers[-1]["padding"] = 3  # from one place to 4 x 4
        writer.active()
    writer.layer("conv", (f"output{levels}{inner[0]}", f"output{levels}{inner[1]}"), gain=1.0)
    return _found(reading, writer, vector(z), levels, ("output", "lod"), "GenForce and InterFaceGAN")


SPELLINGS: Mapping[str, Callable[[Reading], Recognised | None]] = {
    "formatLayer.module.weight": _zoo,
    "rgb_converters.0.weight": _blocks,
    "initial.3.conv.weight": _course,
    "progression.0.conv.0.conv.weight": _progression,
    "progression_8.conv.0.conv.weight": _named_progression,
    "output1.conv.weight": _layers,
    "output1.weight": _layers,
}
"""By a tensor that each has."""


def _pair(key: str) -> tuple[str, str]:
    return f"{key}.weight", f"{key}.bias"


def _count(reading: Reading, pattern: str) -> int:
    """How many there are, numbered from 0."""
    return 1 + max((int(one[1]) for key in reading.tensors if (one := re.match(pattern, key))), default=-1)


def _trained(reading: Reading, pattern: str, bias: Callable[[int], str]) -> int:
    """The last size, 0 for 4 x 4, whose colours were trained; the last of all where none shows it."""
    last = _count(reading, pattern) - 1
    moved = [number for number in range(last + 1) if bool((reading.tensors[bias(number)] != 0).any())]
    return max(moved, default=last)


def _found(
    reading: Reading,
    writer: _Writer,
    space: Space,
    levels: int,
    others: tuple[str, ...],
    spelling: str,
    said: str = USUAL,
) -> Recognised | None:
    side = 4 * 2**levels
    left_out = writer.rest(others)
    kind = f"progressive GAN, {side} x {side}, {space.dim} inputs"
    found = Found(reading, kind, space, writer.stack, values=(-1.0, 1.0))
    found.know("read", f"{levels + 1} sizes up to {side} x {side}, in the keys of {spelling}")
    found.know("inferred", said)
    found.know("inferred", "the last size is faded in entirely", "prior standard normal", "pictures in -1..1")
    if any(_larger(key, levels) for key in left_out):
        found.know("inferred", f"sizes beyond {side} x {side} were never trained (bias 0), and are left out")
    return found.recognised(left_out)


def _larger(key: str, levels: int) -> bool:
    """Whether it is of the colours of a larger size, which is told by a level or in pixels."""
    if (pixels := re.match(r"to_rgb_(\d+)\.", key)) is not None:
        return int(pixels[1]) > 4 << levels
    number = re.search(r"\.(\d+)\.", key)
    return key.startswith(("rgb_", "toRGB")) and number is not None and int(number[1]) > levels
