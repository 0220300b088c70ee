"""StyleGAN (Karras et al. 2019) in the keys of rosinality, as it is and as it began, and of GenForce.

Noise is the constant one that a file holds (GenForce), or left out (rosinality): a latent says all of its picture.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import pad

from explorer.models.base import Fact
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.drawer import Drawer
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Stack, UnfitError
from explorer.models.foreign.style import SLOPE
from explorer.models.foreign.style_mapping import RATE, finished
from explorer.models.foreign.styled import steering


def recognise(reading: Reading) -> Recognised | None:
    """A constant of 4 x 4, layers of two a size whose styles scale and shift, and a mapping network."""
    readers: dict[str, Callable[[Reading], _Reader]] = {
        "generator.progression.0.conv1.input": _Rosinality,
        "synthesis.layer0.const": _GenForce,
    }
    return next((make(reading).recognised() for key, make in readers.items() if key in reading.tensors), None)


class _Reader:
    """What both have in common. `said`: what no file tells."""

    said = ""
    spelling = ""

    def __init__(self, reading: Reading) -> None:
        self.reading, self.tensors = reading, reading.tensors
        self.stack, self.drawer = Stack(reading.tensors), Drawer(reading.tensors)
        self.places = 0

    def recognised(self) -> Recognised | None:
        widths, z = self._mapping()
        levels = self._levels()
        for level in range(levels + 1):
            self._size(level)
        channels = self._colours(levels)
        side, stack = 4 * 2**levels, self.stack
        for key in stack.taken:
            self.drawer.left.pop(key, None)
        self.drawer.left = {key: value for key, value in self.drawer.left.items() if not self._is_aside(key, levels)}
        for key, value in stack.weights.items():
            self.drawer.put(f"synthesis.chain.{key}", value)
        hyper = {"z_dim": z, "classes": 0, "embedding": 1, "mapping": widths}
        hyper |= {"places": self.places, "synthesis": stack.layers}
        facts = [
            Fact(f"{levels + 1} sizes up to {side} x {side} and a mapping network of {len(widths)} layers", "read"),
            Fact(f"in the keys of {self.spelling}", "read"),
            Fact(self.said, "inferred"),
            Fact("pictures in -1..1", "inferred"),
        ]
        called = "styled", f"StyleGAN, {side} x {side}"
        names = [f"{4 << level} x {4 << level}{more}" for level in range(levels + 1) for more in (" first", "")]
        return finished(self.drawer, self.reading, called, hyper, names, (side, channels), facts)

    def _mapping(self) -> tuple[list[int], int]:
        """Writes the mapping network; the widths of its layers, and of z."""
        raise NotImplementedError

    def _levels(self) -> int:
        """How often the size is doubled."""
        raise NotImplementedError

    def _size(self, level: int) -> None:
        raise NotImplementedError

    def _colours(self, levels: int) -> int:
        """Writes the last layer; channels of the picture."""
        raise NotImplementedError

    def _is_aside(self, key: str, levels: int) -> bool:
        """Whether a tensor has no part in making pictures of this size."""
        raise NotImplementedError

    def _number(self, pattern: str) -> list[int]:
        return sorted({int(found[1]) for key in self.tensors if (found := re.match(pattern, key))})

    def _styled(self, weight: Tensor, bias: Tensor, eps: float, one: float) -> None:
        """Each channel brought to mean 0 and variance 1, then scaled and shifted by the w of this place."""
        width = len(bias) // 2
        branch: list[dict[str, object]] = [{"layer": "linear", "out": width}]
        self.stack.add("instance_norm", eps=eps)
        self.stack.add("modulate", **{"from": steering(self.places)}, one=one, factor=branch, shift=list(branch))
        for name, part in (("factor", slice(None, width)), ("shift", slice(width, None))):
            self.stack.own(f"{name}.0.weight", weight[part].contiguous()).own(f"{name}.0.bias", bias[part].contiguous())
        self.places += 1

    def _fused(self, weight: Tensor, factor: float, bias: Tensor | None) -> None:
        """Enlarging and a 3 x 3 kernel as one transposed kernel of 4 x 4: sums of four neighbours, times `factor`."""
        around = pad(weight, (1, 1, 1, 1))
        whole = around[:, :, 1:, 1:] + around[:, :, :-1, 1:] + around[:, :, 1:, :-1] + around[:, :, :-1, :-1]
        sizes = {"kernel": 4, "stride": 2, "padding": 1}
        self.stack.add("transposed", out=whole.shape[1], **sizes, bias=int(bias is not None))
        self.stack.own("weight", whole * factor)
        if bias is not None:
            self.stack.own("bias", bias)

    def _blurred(self, kernel: Tensor, width: int) -> None:
        self.stack.add("conv", out=width, kernel=3, padding=1, groups=width, bias=0)
        self.stack.own("weight", kernel.reshape(-1, 1, 3, 3).expand(width, 1, 3, 3).contiguous())


class _Rosinality(_Reader):
    """rosinality/style-based-gan-pytorch. Its first version has the style before noise and activation."""

    spelling = "rosinality/style-based-gan-pytorch"

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading)
        self.old = "generator.progression.1.conv1.conv.weight" in self.tensors
        order = "style, then leaky ReLU 0.2" if self.old else "leaky ReLU 0.2, then style"
        self.said = f"{order}; {'bilinear' if self.old else 'nearest'} upsampling; noise is left out"

    def _mapping(self) -> tuple[list[int], int]:
        widths, z = [], 0
        for number, place in enumerate(self._number(r"style\.(\d+)\.linear\.weight")):
            weight, bias = (
                self.stack.take_out(f"style.{place}.linear.weight"),
                self.stack.take_out(f"style.{place}.linear.bias"),
            )
            self.drawer.put(f"mapping.layers.{number}.weight", weight)
            self.drawer.put(f"mapping.layers.{number}.bias", bias)
            z = z or weight.shape[1]
            widths.append(len(weight))
        if not widths:
            raise UnfitError("style")
        return widths, z

    def _levels(self) -> int:
        numbers = self._number(r"generator\.to_rgb\.(\d+)\.")
        moved = [one for one in numbers if bool((self.tensors[f"generator.to_rgb.{one}.conv.bias"] != 0).any())]
        return max(moved, default=numbers[-1])

    def _size(self, level: int) -> None:
        block = f"generator.progression.{level}"
        if level:
            self._enlarged(f"{block}.conv1")
        else:
            value = self.stack.take_out(f"{block}.conv1.input")[0]
            self.stack.add("constant", shape=list(value.shape)).own("weight", value)
        self._finish(block, 1)
        self.stack.conv(f"{block}.conv2.conv")
        self._finish(block, 2)

    def _enlarged(self, key: str) -> None:
        if self.old:
            self.stack.add("upsample", factor=2, mode="bilinear").conv(f"{key}.conv")
            return
        fused = f"{key}.0.weight" in self.tensors
        if fused:
            weight, bias = self.stack.take_out(f"{key}.0.weight"), self.stack.take_out(f"{key}.0.bias")
            fan = weight.shape[0] * weight.shape[2] * weight.shape[3]
            self._fused(weight, math.sqrt(2 / fan) / 4, bias)
        else:
            self.stack.add("upsample", factor=2, mode="nearest").conv(f"{key}.1.conv")
        blur = f"{key}.{1 if fused else 2}.weight"
        if blur in self.tensors:
            self._blurred(self.stack.take_out(blur)[:1], int(self.stack.layers[-1]["out"]))  # type: ignore[call-overload]

    def _finish(self, block: str, number: int) -> None:
        style = f"{block}.adain{number}.style.linear"
        if not self.old:
            self.stack.add("leaky", slope=SLOPE)
        self._styled(self.stack.take_out(f"{style}.weight"), self.stack.take_out(f"{style}.bias"), 1e-5, 0.0)
        if self.old:
            self.stack.add("leaky", slope=SLOPE)

    def _colours(self, levels: int) -> int:
        self.stack.conv(f"generator.to_rgb.{levels}.conv")
        return self.tensors[f"generator.to_rgb.{levels}.conv.weight"].shape[0]

    def _is_aside(self, key: str, levels: int) -> bool:
        larger = re.match(r"generator\.progression\.(\d+)\.", key)
        beyond = larger is not None and int(larger[1]) > levels
        return beyond or ".noise" in key or "weight_flip" in key or key.startswith("generator.to_rgb.")


class _GenForce(_Reader):
    """`synthesis.layerN`, `synthesis.outputN`, `mapping.denseN`, `truncation.w_avg`."""

    spelling = "GenForce"
    said = "constant noise; leaky ReLU 0.2, then style; factors of an equalised learning rate"

    def _mapping(self) -> tuple[list[int], int]:
        widths = []
        for number in self._number(r"mapping\.dense(\d+)\.weight"):
            wide, _ = self.drawer.dense(f"mapping.dense{number}", f"mapping.layers.{number}", RATE)
            self.drawer.made[f"mapping.layers.{number}.weight"] *= math.sqrt(2)
            widths.append(wide)
        if not widths or "mapping.label_weight" in self.tensors:
            raise UnfitError("mapping")
        if "truncation.w_avg" in self.drawer.left:
            self.drawer.left["mapping.w_avg"] = self.drawer.left.pop("truncation.w_avg")
        return widths, self.tensors["mapping.dense0.weight"].shape[1]

    def _levels(self) -> int:
        return self._number(r"synthesis\.output(\d+)\.")[-1]

    def _size(self, level: int) -> None:
        first = f"synthesis.layer{2 * level}"
        if level:
            self._enlarged(first, 4 * 2**level)
        else:
            value = self.stack.take_out(f"{first}.const")[0]
            self.stack.add("constant", shape=list(value.shape)).own("weight", value)
        self._finish(first)
        self._convolved(f"synthesis.layer{2 * level + 1}")
        self._finish(f"synthesis.layer{2 * level + 1}")

    def _convolved(self, key: str) -> None:
        weight = self.stack.take_out(f"{key}.weight")
        self.stack.add("conv", out=len(weight), kernel=3, padding=1, bias=0)
        self.stack.own("weight", weight * math.sqrt(2 / weight[0].numel()))

    def _enlarged(self, key: str, side: int) -> None:
        weight = self.tensors[f"{key}.weight"]
        into = self.tensors[f"synthesis.layer{int(key[15:]) - 1}.bias"].shape[0]
        fused = weight.shape[0] == into and (weight.shape[1] != into or side >= FUSED_FROM)
        if fused:
            self._fused(self.stack.take_out(f"{key}.weight"), math.sqrt(2 / (into * 9)), None)
        else:
            self.stack.add("upsample", factor=2, mode="nearest")
            self._convolved(key)
        width = len(self.tensors[f"{key}.bias"])
        blur = torch.outer(BINOMIAL, BINOMIAL) / 16
        self._blurred(blur, width)

    def _finish(self, key: str) -> None:
        width = len(self.tensors[f"{key}.bias"])
        plane = self.stack.take_out(f"{key}.apply_noise.noise")
        self.stack.add("noise").own("weight", self.stack.take_out(f"{key}.apply_noise.weight").reshape(width))
        self.stack.own("plane", plane.reshape(plane.shape[-2:])).own("bias", self.stack.take_out(f"{key}.bias"))
        self.stack.add("leaky", slope=SLOPE)
        style = self.stack.take_out(f"{key}.style.weight")
        self._styled(style / math.sqrt(style.shape[1]), self.stack.take_out(f"{key}.style.bias"), 1e-8, 1.0)

    def _colours(self, levels: int) -> int:
        weight = self.stack.take_out(f"synthesis.output{levels}.weight")
        self.stack.add("conv", out=len(weight), kernel=1).own("weight", weight / math.sqrt(weight[0].numel()))
        self.stack.own("bias", self.stack.take_out(f"synthesis.output{levels}.bias"))
        return len(weight)

    def _is_aside(self, key: str, levels: int) -> bool:  # noqa: ARG002
        return key.startswith("synthesis.output") or key.endswith((".lod", ".blur.kernel"))


FUSED_FROM = 128  # pixels: from there on enlarging and kernel are one, where authors left that to the size
BINOMIAL = torch.tensor([1.0, 2.0, 1.0])
