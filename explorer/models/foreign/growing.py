"""From a vector to a picture by convolutions: how generators and decoders of the DCGAN kind grow.

The order of layers, widths and kernels are in a file. Strides and paddings are not: they follow from the kernels as the
authors chose them, and from the size that comes out.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Stack, UnfitError, is_norm

USUAL_SIDES = (28, 32, 64, 128, 256, 512, 1024, 96, 48, 80, 160, 16, 24, 36, 40)
NARROW: dict[tuple[int, ...], tuple[int, ...]] = {(3, 4, 3, 4): (2, 1, 2, 2), (5, 5, 6, 6): (2, 2, 2, 2)}
"""Kernels and strides of two well-known decoders without any padding: 1, 3, 6, 13, 28 pixels and 1, 5, 13, 30, 64."""


@dataclass(frozen=True)
class Style:
    """What no file tells, as the authors of a spelling had it. `slope` of the leaky ReLU; 0 for ReLU."""

    said: str
    slope: float = 0.0
    first_is_bare: bool = False  # no activation after the first layer
    prior: str = "normal"
    late_eps: float = 1e-5  # of every batch norm but the first
    end: str = "tanh"
    turned: tuple[str, ...] = ()  # how modules begin that are transposed, though kernel and width do not tell

    @property
    def values(self) -> tuple[float, float]:
        """Of the pictures."""
        return (-1.0, 1.0) if self.end == "tanh" else (0.0, 1.0)


def plans(reading: Reading) -> list[tuple[int, ...]]:
    """What output padding the odd kernels may have, the likeliest first: the size that comes out decides."""
    odd = sum(value.dim() == 4 and value.shape[2] in (3, 5) for value in reading.tensors.values())
    return list(product((1, 0), repeat=min(odd, 6)))


class Growing:
    """Writes the layers one after the other, keeping how wide and how large the features are."""

    def __init__(self, stack: Stack, keys: list[str], width: int, style: Style, more: tuple[int, ...]) -> None:
        self.stack, self.keys, self.style = stack, keys, style
        self.width, self.side = width, 0
        self.more = list(more)
        self.count = 0
        kernels = (stack.tensors[f"{key}.weight"].shape[2] for key in self.keys if self._rank(key) == 4)
        self.strides = NARROW.get(tuple(kernels))

    def write(self) -> None:
        for number, key in enumerate(self.keys):
            after = self.keys[number + 1] if number + 1 < len(self.keys) else ""
            if is_norm(self.stack.tensors, key):
                self._norm(number, key, after)
            elif self._rank(key) == 2:
                self._linear(key, after)
            else:
                self._convolution(key, after)
        if self.side == 0:
            raise UnfitError("no convolution")

    def _rank(self, key: str) -> int:
        weight = self.stack.tensors.get(f"{key}.weight")
        return 0 if weight is None else weight.dim()

    def _linear(self, key: str, after: str) -> None:
        if self.side:
            raise UnfitError(key)
        self.stack.linear(key)
        self.width = self.stack.weight(key, 2).shape[0]
        if self._rank(after) == 4:
            self._fold(after)
        elif not is_norm(self.stack.tensors, after):
            self._activate()

    def _fold(self, after: str) -> None:
        """A vector to a square: the next layer says how wide it is."""
        weight = self.stack.tensors[f"{after}.weight"]
        wide = weight.shape[0]
        side = round((self.width / wide) ** 0.5)
        if side * side * wide != self.width:
            raise UnfitError(after)
        if side == 1 and self._rank(after) == 4:
            return  # the convolution itself begins at one place
        self.stack.add("fold", shape=[wide, side, side])
        self.width, self.side = wide, side

    def _norm(self, number: int, key: str, after: str) -> None:
        features = self.stack.tensors[f"{key}.running_mean"].shape[0]
        if not self.side and features != self.width:
            self._fold(key)
            self.stack.norm(key)
            return
        self.stack.norm(key, self.style.late_eps if number > 1 else 1e-5)
        self._activate(bare=self.count == 1 and self.style.first_is_bare)
        if not self.side and self._rank(after) == 4:
            self._fold(after)

    def _activate(self, *, bare: bool = False) -> None:
        if self.style.slope and not bare:
            self.stack.add("leaky", slope=self.style.slope)
        elif not bare:
            self.stack.add("relu")

    def _convolution(self, key: str, after: str) -> None:
        weight = self.stack.weight(key, 4)
        certain = weight.shape[1] != self.width or weight.shape[2] % 2 == 0 or key.startswith(self.style.turned)
        turned = weight.shape[0] == self.width and certain
        if not turned and weight.shape[1] != self.width:
            raise UnfitError(key)
        if turned:
            self._transposed(key, weight.shape[2])
        else:
            self._plain(key, weight.shape[2])
        self.width = weight.shape[1] if turned else weight.shape[0]
        self.count += 1
        if not after:
            self.stack.add(self.style.end)
        elif not is_norm(self.stack.tensors, after):
            self._activate(bare=self.count == 1 and self.style.first_is_bare)

    def _transposed(self, key: str, kernel: int) -> None:
        if not self.side:
            self.stack.add("fold", shape=[self.width, 1, 1]).transposed(key, 1, 0)
            self.side = kernel
        elif self.strides:
            self.stack.transposed(key, self.strides[self.count], 0)
        elif kernel % 2:
            more = self.more.pop(0) if self.more else 1
            self.stack.transposed(key, 2, kernel // 2, more)
        else:
            self.stack.transposed(key, 2, kernel // 2 - 1)

    def _plain(self, key: str, kernel: int) -> None:
        if not self.side or kernel % 2 == 0:
            raise UnfitError(key)
        if self._grows_before(key):
            self.stack.add("upsample", factor=2, mode="nearest")
        self.stack.conv(key)

    def _grows_before(self, key: str) -> bool:
        """Whether a number is missing before a layer that an activation does not explain: an upsampling stood there."""
        number = self.keys.index(key)
        before = self.keys[number - 1] if number else ""
        gap = _gap(before, key)
        first = is_norm(self.stack.tensors, before) and self.count == 0
        return gap >= (1 if first else 2)


def _gap(before: str, key: str) -> int:
    """How many numbers are missing between 'net.3' and 'net.6': 2."""
    (stem, _, last), (other, _, number) = before.rpartition("."), key.rpartition(".")
    return int(number) - int(last) - 1 if stem == other and last.isdigit() and number.isdigit() else 0
