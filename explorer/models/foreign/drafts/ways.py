"""Strides and paddings, which no file tells: what a kernel may do, and which of it leads to a picture of a usual size.

A way is a text: '2,1,0' of a transposed convolution (stride, padding, output padding), '1,1' of a plain one, with
'up,' before where the picture is doubled first, and behind ',pool' where it is halved after, ',pool1' where a window of
two pixels moves by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from explorer.models.foreign.sizes import USUAL_SIDES

LIKELY = (28, 32, 64, 128, 256, 512, 1024)  # pixels
KNOWN: dict[tuple[int, tuple[int, ...]], tuple[str, ...]] = {
    (1, (3, 4, 3, 4)): ("1,0,0", "1,0,0", "2,0,0", "2,0,0"),
    (1, (5, 5, 6, 6)): ("2,0,0", "2,0,0", "2,0,0", "2,0,0"),
    (7, (4, 4, 7)): ("2,0,0", "2,0,0", "1,0"),
}
"""Ways of well-known decoders without any padding, by the first side and the kernels."""
MOST_WAYS = 5
MOST_TRIED = 5_000
MOST_PLANS = 12


@dataclass(frozen=True)
class Kernel:
    """A convolution on its way: `turned` when transposed, `side` before it where that is known to be one place."""

    key: str
    size: int
    turned: bool
    first: bool = False  # of a decoder, from one place
    gap: int = -1
    last: bool = False
    shuffled: bool = False  # four channels become four pixels behind it
    raised: bool = False  # all that is missing before it is likely an enlarging, not an activation
    refines: bool = False  # odd, after even ones that doubled the picture: it likely keeps the size

    @property
    def group(self) -> tuple[object, ...]:
        """Kernels of one group go one way."""
        return (self.size, self.turned, self.first, self.gap not in (0, 1), self.last, self.raised)


def growing_ways(kernel: Kernel) -> tuple[str, ...]:
    """Of a layer of a decoder, the likeliest first."""
    size = kernel.size
    if not kernel.turned:
        same = f"1,{size // 2}"
        ways = (f"up,{same}", same) if kernel.gap >= 2 or kernel.raised else (same, f"up,{same}")
        if size == 1:
            return ways
        return (*ways, "1,0") if kernel.raised or kernel.gap not in (0, 1) else (same, "1,0", f"up,{same}")
    if kernel.first:
        return ("1,0,0",) if size > 2 else ("1,0,0", f"{size},0,0")
    if size == 1:
        return ("1,0,0", "2,0,1")
    if size % 2 == 0:
        return tuple(dict.fromkeys((f"2,{size // 2 - 1},0", "2,0,0", "1,0,0", f"{size},0,0", f"1,{size // 2 - 1},0")))
    half = size // 2
    doubled, same = f"2,{half},1", f"1,{half},0"
    ways = (same, doubled) if kernel.refines else (doubled, same)
    return *ways, f"2,{half},0", "2,0,0", "1,0,0", "2,0,1"


def shrinking_ways(kernel: Kernel) -> tuple[str, ...]:
    """Of a layer of an encoder, the likeliest first."""
    size = kernel.size
    if size == 1:
        return "1,0", "2,0"
    if size % 2 == 0:
        return f"2,{size // 2 - 1}", "2,0", "1,0", f"{size},0", f"1,{size // 2}"
    half = size // 2
    pooled = f"1,{half},pool"
    ways = (pooled, f"1,{half}", f"2,{half}") if kernel.gap >= 2 else (f"2,{half}", f"1,{half}", pooled)
    return (*ways, "1,0,pool", "2,0", "1,0", f"2,{half - 1}") if half > 1 else (*ways, "2,0", "1,0", "1,0,pool")


def side_after(side: int, kernel: Kernel, way: str) -> int:
    """Pixels of the picture behind a layer; below 1 where that is impossible."""
    words = way.split(",")
    if words[0] == "up":
        side, words = 2 * side, words[1:]
    stride, padding = int(words[0]), int(words[1])
    if kernel.turned:
        made = (side - 1) * stride - 2 * padding + kernel.size + int(words[2])
    else:
        made = (side + 2 * padding - kernel.size) // stride + 1 if side + 2 * padding >= kernel.size else 0
    made = made // 2 if words[-1] == "pool" else made - 1 if words[-1] == "pool1" else made
    return 2 * made if kernel.shuffled else made


def plans(
    kernels: Sequence[Kernel], side: int, *, growing: bool, wanted: Sequence[int] = USUAL_SIDES
) -> list[tuple[str, ...]]:
    """Ways for all kernels that lead from `side` to a wanted one, the likeliest first; one way for a group."""
    if not kernels:
        return [()]
    known = _known(kernels, side) if growing else None
    groups = list(dict.fromkeys(kernel.group for kernel in kernels))
    options = [(growing_ways if growing else shrinking_ways)(_of(kernels, group)) for group in groups]
    found: dict[tuple[str, ...], int] = {known: -1} if known else {}
    for ranks in product(*(range(min(len(one), MOST_WAYS)) for one in options)):
        chosen = {group: ways[rank] for group, ways, rank in zip(groups, options, ranks, strict=True)}
        plan = tuple(chosen[kernel.group] for kernel in kernels)
        if (made := walked(kernels, plan, side)[-1]) in wanted:
            unlikely = growing and made not in LIKELY and side * 2 ** len(kernels) > LIKELY[0]
            found.setdefault(plan, sum(ranks) + 2 * unlikely)
            if len(found) == MOST_TRIED:
                break
    return sorted(found, key=found.__getitem__)[:MOST_PLANS]


def alternating(kernels: Sequence[Kernel], side: int, wanted: int) -> list[tuple[str, ...]]:
    """Ways of an encoder where every other convolution halves the picture, the first or the second one."""
    found = []
    for first in (1, 0):
        strides = [2 if number % 2 == first else 1 for number in range(len(kernels))]
        plan = tuple(f"{two},{(one.size - 1) // 2}" for one, two in zip(kernels, strides, strict=True))
        found += [plan] if walked(kernels, plan, side)[-1] == wanted else []
    return found


def _known(kernels: Sequence[Kernel], side: int) -> tuple[str, ...] | None:
    plan = KNOWN.get((side, tuple(kernel.size for kernel in kernels)))
    fits = plan and all(kernel.turned == (way.count(",") == 2) for kernel, way in zip(kernels, plan, strict=True))
    return plan if fits else None


def walked(kernels: Sequence[Kernel], plan: Sequence[str], side: int) -> list[int]:
    """The sides behind every kernel; 0 from where the plan is impossible."""
    sides = []
    for kernel, way in zip(kernels, plan, strict=True):
        side = side_after(side, kernel, way) if side > 0 else 0
        sides.append(max(side, 0) if side <= 4096 else 0)
    return sides


def is_turned(way: str) -> bool:
    """Whether a way is that of a transposed convolution."""
    return not way.startswith("up") and way.rpartition(",")[2].isdigit() and way.count(",") == 2


def in_words(way: str) -> str:
    """'stride 2, padding 1', for a person."""
    words = way.split(",")
    doubled = words[0] == "up"
    words = words[1:] if doubled else words
    told = f"stride {words[0]}, padding {words[1]}"
    if len(words) > 2 and words[2].isdigit() and words[2] != "0":
        told += f", output padding {words[2]}"
    pooled = {"pool": ", then halved", "pool1": ", then the most of every two"}.get(words[-1], "")
    return ("doubled first, " if doubled else "") + told + pooled


def _of(kernels: Sequence[Kernel], group: tuple[object, ...]) -> Kernel:
    return next(kernel for kernel in kernels if kernel.group == group)
