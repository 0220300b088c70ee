"""What the classes of a conditional model are called, where the file or what lies beside it says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from explorer.models.base import Card, Fact, Part

KEYS = (
    *("class_names", "id2label", "label_names", "classes", "class_to_idx", "label2id"),
    *("labels", "categories", "names"),
)
LONGEST = 80  # letters of a name


def with_class_names(card: Card, hints: Mapping[str, object]) -> Card:
    """The card with the names that the hints give to the classes of its parts: as many names as classes, or none."""
    spaces = tuple(replace(space, parts=tuple(_named(part, hints) for part in space.parts)) for space in card.spaces)
    if spaces == card.spaces:
        return card
    first = next(part.names for space in spaces for part in space.parts if part.names)
    told = Fact(f"names of the classes: {', '.join(first[:3])}{', …' if len(first) > 3 else ''}", "read")
    return replace(card, spaces=spaces, facts=(*card.facts, told))


def _named(part: Part, hints: Mapping[str, object]) -> Part:
    if part.prior != "one-hot" or part.names:
        return part
    return replace(part, names=next((names for names in _told(hints) if len(names) == part.dim), ()))


def _told(hints: Mapping[str, object]) -> Iterator[tuple[str, ...]]:
    """Every list of names in the hints, the likeliest key first."""
    for held in (hints, *(one for one in hints.values() if isinstance(one, Mapping))):
        for key in KEYS:
            if names := _names(held.get(key)):
                yield names


def _names(told: object) -> tuple[str, ...]:
    """Names in the order of their classes, of a list, of {0: name} or of {name: 0}; none where it is no such thing."""
    if isinstance(told, Mapping):
        told = _in_order(told)
    if not isinstance(told, list | tuple) or not all(isinstance(one, str) for one in told):
        return ()
    names = tuple(one.strip()[:LONGEST] for one in told)
    return names if all(names) and len(set(names)) == len(names) else ()


def _in_order(told: Mapping[object, object]) -> list[object]:
    by_number = {int(str(key)): name for key, name in told.items() if str(key).isdecimal()}
    if not by_number:  # {name: 0}
        by_number = {number: key for key, number in told.items() if type(number) is int}
    complete = len(by_number) == len(told) and sorted(by_number) == list(range(len(told)))
    return [by_number[number] for number in range(len(told))] if complete else []
