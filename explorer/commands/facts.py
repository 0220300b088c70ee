"""Facts and latent spaces in lines, for the commands that say what a model is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.models.base import Fact, Space

_NAMED = 12  # classes


def fact_lines(facts: Sequence[Fact]) -> Iterator[str]:
    """Each with how it is known; those that warn begin with a mark."""
    yield from (f"  {fact.how:9s} {'! ' if fact.warns else ''}{fact.text}" for fact in facts)


def space_in_words(space: Space) -> str:
    """'100 numbers, prior: standard normal', and the shape of a latent that has one."""
    shape = f", shape {' x '.join(map(str, space.shape))}" if len(space.shape) > 1 else ""
    return f"{space.dim} numbers{shape}, prior: {space.prior or 'not said'}"


def part_lines(space: Space) -> Iterator[str]:
    """The parts of a latent, and what its classes are called; none of a latent of one part."""
    for part in space.parts if len(space.parts) > 1 else ():
        names = f": {', '.join(part.names[:_NAMED])}{', …' if len(part.names) > _NAMED else ''}" if part.names else ""
        yield f"    {part.name}: {part.dim} {'classes' if part.prior == 'one-hot' else f'numbers, {part.prior}'}{names}"
