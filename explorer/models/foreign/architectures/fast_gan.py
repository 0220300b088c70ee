"""FastGAN (Liu et al. 2021) and the generator of projected GANs (Sauer et al. 2021), with classes or without.

Features of a small size open and close the channels of one sixteen times as large. The noise between layers is left
out: a latent says all of its picture.
"""

from __future__ import annotations

import re

from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.labels import space_of
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Found, Stack, UnfitError

FIRST, GATE_SIDE = 4, 4  # pixels at first, and those that a gate sees
FARTHER = 16  # times as large are the features that a gate opens
PROJECTED = "synthesis."
ROW = "row"  # of the class
LINEAR_END = (256, 512)  # sizes at which the first authors put nothing at the end
LAYERS = (("1", ("3", "2")), ("5", ("7",)), ("conv", ("bn",)), ("conv1", ("bn1",)), ("conv2", ("bn2",)))
"""What convolutions and their norms are called, without and with classes."""
LASTS = ("5", "1", "conv2", "conv")  # of them, the last one that a block has
STEERING = (("factor", "gain"), ("shift", "bias"))


def recognise(reading: Reading) -> Recognised | None:
    """init, feat_8, feat_16, ..., se_64, ..., to_big."""
    prefix = PROJECTED if f"{PROJECTED}init.init.0.weight" in reading.tensors else ""
    if not {f"{prefix}init.init.0.weight", f"{prefix}se_64.main.1.weight"} <= set(reading.tensors):
        return None
    return _Reader(reading, prefix).recognised()


class _Reader:
    def __init__(self, reading: Reading, prefix: str) -> None:
        self.reading, self.prefix = reading, prefix
        self.tensors = reading.tensors
        self.stack = Stack(reading.tensors)
        found = (re.match(rf"{re.escape(prefix)}feat_(\d+)\.", key) for key in self.tensors)
        self.sizes = sorted({int(one[1]) for one in found if one})
        self.end = f"{prefix}to_big.0" if f"{prefix}to_big.0.weight" in self.tensors else f"{prefix}to_big"

    def recognised(self) -> Recognised | None:
        z, classes = self._begin()
        last = self._last()
        for size in self.sizes[: self.sizes.index(last) + 1]:
            self._grow(f"{self.prefix}feat_{size}.")
            self._gate(size)
            self.stack.add("keep", name=str(size))
        self.stack.conv(self.end)
        bounded = not self.prefix and (last not in LINEAR_END or self.end.endswith(".0"))
        if bounded:
            self.stack.add("tanh")
        space = space_of(z, classes)
        kind = f"{'projected GAN' if self.prefix else 'FastGAN'}, {last} x {last}, {z} inputs"
        found = Found(self.reading, kind, space, self.stack, values=(-1.0, 1.0))
        found.know("read", f"sizes up to {last} x {last} and their widths, from keys and shapes")
        if classes:
            found.know("read", f"{classes} classes, from the table 'embed', which steers the norms")
        found.know("inferred", "gated linear units; small features open and close channels of large ones")
        found.know("inferred", "the noise between layers is left out", "prior standard normal")
        found.know("inferred", "tanh at the end" if bounded else "nothing at the end: pictures are cut off at -1 and 1")
        return found.recognised(self._aside(last))

    def _begin(self) -> tuple[int, int]:
        """Numbers of z, and classes; from there to 4 x 4."""
        stack, first = self.stack, f"{self.prefix}init.init.0"
        z, table = stack.weight(first, 4).shape[0], self.tensors.get(f"{self.prefix}embed.weight")
        if table is not None:
            classes, row = table.shape
            stack.add("labels", classes=classes, width=row, join="behind").take(f"{self.prefix}embed", ("weight",))
            stack.add("keep", name=ROW, of=[z, z + row]).add("narrow", stop=z)
        if self.prefix:
            stack.add("pixel_norm")
        stack.add("fold", shape=[z, 1, 1]).transposed(first, 1, 0).norm(f"{self.prefix}init.init.1")
        stack.add("glu").add("keep", name=str(FIRST))
        return z, 0 if table is None else len(table)

    def _last(self) -> int:
        """The size of whose features the colours are made: the largest as wide as they need it."""
        wanted = self.stack.weight(self.end, 4).shape[1]
        fitting = [size for size in self.sizes if self._width(f"{self.prefix}feat_{size}.") == wanted]
        if not fitting:
            raise UnfitError(self.end)
        return fitting[-1]

    def _width(self, block: str) -> int:
        """Channels behind a block: half of what its last convolution makes, for the other half are gates."""
        return next(len(self.tensors[key]) for name in LASTS if (key := f"{block}{name}.weight") in self.tensors) // 2

    def _grow(self, block: str) -> None:
        """Twice the size, then one convolution or two, each with a norm and gates."""
        self.stack.add("upsample", factor=2, mode="nearest")
        for conv, norms in LAYERS:
            key = f"{block}{conv}"
            if (weight := self.tensors.get(f"{key}.weight")) is None or weight.dim() != 4:
                continue
            self.stack.conv(key)
            self._norm(next(f"{block}{norm}" for norm in norms if f"{block}{norm}" in self._normed()))
            self.stack.add("glu")

    def _normed(self) -> set[str]:
        return {key.rpartition(".")[0] for key in self.tensors if key.endswith(("running_mean", "stored_mean"))}

    def _norm(self, key: str) -> None:
        """A batch norm; with classes, one whose gain and shift are made of the class' row."""
        if f"{key}.running_mean" in self.tensors:
            self.stack.norm(key)
            return
        self.stack.add("norm", eps=1e-5, affine=0)
        for ours, theirs in (("running_mean", "stored_mean"), ("running_var", "stored_var")):
            self.stack.taken.add(f"{key}.{theirs}")
            self.stack.own(ours, self.tensors[f"{key}.{theirs}"])
        branches = {ours: self.stack.beside().linear(f"{key}.{theirs}") for ours, theirs in STEERING}
        self.stack.modulate(ROW, 1.0, **branches)

    def _gate(self, size: int) -> None:
        key, small = f"{self.prefix}se_{size}.main", size // FARTHER
        if f"{key}.1.weight" not in self.tensors:
            return
        gate = self.stack.beside()
        if small > GATE_SIDE:
            gate.add("pool", size=small // GATE_SIDE, kind="mean")
        gate.conv(f"{key}.1", 1, 0).add("silu").conv(f"{key}.3").add("sigmoid")
        self.stack.modulate(str(small), 0.0, factor=gate)

    def _aside(self, last: int) -> set[str]:
        """Noise, and what makes other sizes."""
        others = [f"{self.prefix}{kind}_{size}." for size in self.sizes if size > last for kind in ("feat", "se")]
        beside = (f"{self.prefix}to_128", *others)
        return {key for key, value in self.tensors.items() if key.startswith(beside) or value.shape == (1,)}
