"""Where latents go in and pictures come out of a program that runs: found by trying shapes."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.models.foreign.inlets import SPATIAL
from explorer.models.foreign.roles import picture_in

Call = Callable[[Tensor], object]
Shape = tuple[int, ...]
PATIENCE_S = 60.0  # for all shapes of one program
BATCHES = (2, 1)  # tried with every shape
ODD_BATCHES = (64, 16, 32, 128, 8, 4)  # that a program may have been made for alone
MORE = (5, 7)  # items, to see whether any number may go in
FEW = 6  # shapes that are tried with odd batches as well
LONGEST = 1024  # latents that are tried blindly
MISTAKES = (NameError, AttributeError, TypeError, NotImplementedError, KeyError, ImportError)  # not of a shape
LEAST_ALONE = 16  # channels and pixels where a latent of one place is believed before a spatial one


@dataclass(frozen=True, eq=False)
class Candidate:
    """A part of a program that may be a decoder. `sizes`: shapes of its tensors, in order. `shapes`: those of one
    latent, where the program says them; `items`: for how many it was made, 0 for any."""

    name: str
    call: Call
    sizes: Sequence[Shape]
    shapes: Sequence[Shape] = ()
    items: int = 0


@dataclass(frozen=True, eq=False)
class Entry:
    """A decoder, found: `call` takes latents (n, *shape) and gives the tensor of pictures. `items`: 0 for any n."""

    name: str
    call: Callable[[Tensor], Tensor]
    shape: Shape
    items: int
    made: Shape  # of one item that comes out


class NoEntryError(Exception):
    """Nothing in the program makes pictures from latents. `last`: what it raised itself, worth being told."""

    def __init__(self, tried: int, names: Sequence[str], last: Exception | None) -> None:
        super().__init__(tried, names, last)
        self.tried, self.names, self.last = tried, names, last


def entry_among(candidates: Iterable[Candidate]) -> Entry:
    """The first that makes pictures which are larger than its latents. Raises NoEntryError."""
    end, tried, names = time.monotonic() + PATIENCE_S, 0, []
    last: Exception | None = None
    for one in candidates:
        names.append(one.name)
        for shape, items in _attempts(one):
            tried += 1
            found, error = _tried(one, shape, items)
            if found is not None:
                return _widest(one, found)
            if error is not None and (last is None or isinstance(error, MISTAKES)):
                last = error
            if time.monotonic() > end:
                raise NoEntryError(tried, names, last)
    raise NoEntryError(tried, names, last)


def _attempts(one: Candidate) -> Iterator[tuple[Shape, int]]:
    shapes = list(dict.fromkeys(one.shapes or _guessed(one.sizes)))
    batches = (one.items,) if one.items else BATCHES
    yield from ((shape, items) for shape in shapes for items in batches)
    if not one.items:
        yield from ((shape, items) for shape in shapes[:FEW] for items in ODD_BATCHES)
    if not one.shapes:
        yield from (((dim,), 2) for dim in range(2, LONGEST))


def _guessed(sizes: Sequence[Shape]) -> Iterator[Shape]:
    """Shapes of a latent that fit the layers, the first ones first."""
    for size in sizes:
        if len(size) == 1:
            yield size
        elif len(size) == 2:
            yield from ((size[1],), (size[1], 1, 1))
        elif len(size) == 4:
            for channels in dict.fromkeys((size[1], size[0])):  # of a convolution, of a transposed one
                yield from ((channels, 1, 1), (channels,), *((channels, side, side) for side in (SPATIAL, 4, 16)))


def _tried(one: Candidate, shape: Shape, items: int) -> tuple[Entry | None, Exception | None]:
    try:
        place, made = _picture(one.call(torch.randn(items, *shape)), items, math.prod(shape))
    except Exception as error:  # a program raises whatever it likes for shapes that are none of its own
        return None, error
    if place is None:
        return None, None
    return Entry(one.name, lambda latents: _tensors(one.call(latents))[place], shape, items, made), None


def _picture(result: object, items: int, numbers: int) -> tuple[str | int | None, Shape]:
    """Where among the results the picture is, and its shape; None where there is none."""
    fitting = {
        place: tuple(one.shape[1:])
        for place, one in _tensors(result).items()
        if one.shape[:1] == (items,) and math.prod(one.shape[1:]) > numbers and picture_in(one.shape[1:])
    }
    if not fitting:
        return None, ()
    place = max(fitting, key=lambda one: math.prod(fitting[one]))
    return place, fitting[place]


def _tensors(result: object) -> dict[str | int, Tensor]:
    if isinstance(result, Tensor):
        return {0: result}
    if isinstance(result, list | tuple):
        return {place: one for place, one in enumerate(result) if isinstance(one, Tensor)}
    if isinstance(result, Mapping):
        return {str(name): one for name, one in result.items() if isinstance(one, Tensor)}
    return {}


def _widest(one: Candidate, found: Entry) -> Entry:
    """The same for any number of latents, and spatial where a latent of one place is hardly meant."""
    channels, *sides = found.shape
    if not one.shapes and sides == [1, 1] and min(channels, *found.made[-2:]) < LEAST_ALONE:
        spatial, _error = _tried(one, (channels, SPATIAL, SPATIAL), found.items)
        found = spatial or found
    if one.items == 0 and all(_tried(one, found.shape, items)[0] is not None for items in MORE):
        return Entry(found.name, found.call, found.shape, 0, found.made)
    return found


def numbers_of(result: object, items: int) -> list[Tensor]:
    """The results of an encoder, each (items, numbers)."""
    return [one.reshape(items, -1) for one in _tensors(result).values() if one.shape[:1] == (items,)]
