"""How the sliders of concepts stand: their order, groups and colours, and the layers they act on, by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TypeVar

from explorer.latents.concepts.concept import Concept
from explorer.latents.concepts.layers import Range
from explorer.latents.samples import COLOUR

NONE: Mapping[str, str] = MappingProxyType({})
EVERYWHERE: Mapping[str, Range] = MappingProxyType({})
Kept = TypeVar("Kept", str, Range)
Rows = list[tuple[str, list[Concept]]]
"""Groups by name, '' first for those without one, and the concepts of each."""


@dataclass(frozen=True)
class Arrangement:
    """`order`: names, the first on top; others follow as they came. `groups` and `colours` ('#rrggbb') by name of the
    concept; `folded`: groups whose sliders are hidden; `layers`: first and last layer that a concept acts on, from 0,
    of those that act on some alone."""

    order: tuple[str, ...] = ()
    groups: Mapping[str, str] = field(default_factory=lambda: NONE)
    colours: Mapping[str, str] = field(default_factory=lambda: NONE)
    folded: tuple[str, ...] = ()
    layers: Mapping[str, Range] = field(default_factory=lambda: EVERYWHERE)

    def told(self) -> dict[str, object]:
        """JSON values from which `of` makes the same."""
        return {
            "order": list(self.order),
            "groups": dict(self.groups),
            "colours": dict(self.colours),
            "folded": list(self.folded),
            "layers": {name: list(one) for name, one in self.layers.items()},
        }

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Arrangement:
        """What `told` said. Looks are no reason to refuse a file: what does not fit is left out."""
        colours = {name: one for name, one in _texts(values.get("colours")).items() if COLOUR.fullmatch(one)}
        groups = _texts(values.get("groups"))
        lists = (_list(values.get("order")), _list(values.get("folded")))
        return cls(
            lists[0], MappingProxyType(groups), MappingProxyType(colours), lists[1], _ranges(values.get("layers"))
        )

    def rows(self, concepts: Iterable[Concept]) -> Rows:
        """Those without a group first, then every group where its first member stands."""
        places = {name: place for place, name in enumerate(self.order)}
        ordered = sorted(concepts, key=lambda one: places.get(one.name, len(places)))
        found: dict[str, list[Concept]] = {"": []}
        for one in ordered:
            found.setdefault(self.groups.get(one.name, ""), []).append(one)
        return [(group, members) for group, members in found.items() if members or not group]

    def stepped(self, name: str, step: int, concepts: Iterable[Concept]) -> Arrangement:
        """One place up (-1) or down (+1); over the edge of a group into the next one."""
        names = self._names(concepts)
        here, other = names.index(name), names.index(name) + step
        beyond = names[other] if 0 <= other < len(names) else None
        group = self.groups.get(name, "")
        next_group = self.groups.get(beyond, "") if beyond is not None else "" if step < 0 else group
        if next_group != group:
            return self._grouping(name, next_group, names)
        if beyond is None:
            return self
        names[here], names[other] = beyond, name
        return replace(self, order=tuple(names))

    def placed(self, name: str, before: str | None, group: str, concepts: Iterable[Concept]) -> Arrangement:
        """In a group, before another concept of it, or at its end."""
        names = [one for one in self._names(concepts) if one != name]
        members = [one for one in names if self.groups.get(one, "") == group]
        if before in names:
            place = names.index(before)
        else:
            place = names.index(members[-1]) + 1 if members else len(names) if group else 0
        return self._grouping(name, group, [*names[:place], name, *names[place:]])

    def coloured(self, name: str, colour: str) -> Arrangement:
        """With a colour of its own; '' takes it away."""
        return replace(self, colours=_with(self.colours, name, colour))

    def acting_on(self, name: str, layers: Range | None) -> Arrangement:
        """Acting on a range of layers alone; None: on all."""
        kept = {key: one for key, one in self.layers.items() if key != name}
        return replace(self, layers=MappingProxyType({**kept, name: layers} if layers is not None else kept))

    def regrouped(self, group: str, new: str) -> Arrangement:
        """A group under another name; '' dissolves it."""
        groups = {one: new if known == group else known for one, known in self.groups.items()}
        folded = tuple(new if one == group else one for one in self.folded if new or one != group)
        kept = {one: known for one, known in groups.items() if known}
        return replace(self, groups=MappingProxyType(kept), folded=tuple(dict.fromkeys(folded)))

    def toggled(self, group: str) -> Arrangement:
        """A group folded, or open again."""
        folded = tuple(one for one in self.folded if one != group)
        return replace(self, folded=folded if group in self.folded else (*folded, group))

    def renamed(self, name: str, new: str | None) -> Arrangement:
        """What was known of one name, of another; None forgets it."""
        order = tuple(kept for one in self.order if (kept := new if one == name else one) is not None)
        looks = _renamed(self.groups, name, new), _renamed(self.colours, name, new)
        return Arrangement(order, *looks, self.folded, _renamed(self.layers, name, new))

    def _names(self, concepts: Iterable[Concept]) -> list[str]:
        return [one.name for _group, members in self.rows(concepts) for one in members]

    def _grouping(self, name: str, group: str, names: Sequence[str]) -> Arrangement:
        return replace(self, order=tuple(names), groups=_with(self.groups, name, group))


def _list(value: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in value if isinstance(one, str))) if isinstance(value, list) else ()


def _texts(value: object) -> dict[str, str]:
    return {key: one for key, one in value.items() if isinstance(one, str)} if isinstance(value, dict) else {}


def _with(known: Mapping[str, str], name: str, value: str) -> Mapping[str, str]:
    kept = {key: one for key, one in known.items() if key != name}
    return MappingProxyType({**kept, name: value} if value else kept)


def _ranges(value: object) -> Mapping[str, Range]:
    known = value.items() if isinstance(value, dict) else ()
    fits = ((name, one) for name, one in known if isinstance(one, list) and len(one) == 2)
    found = {name: (one[0], one[1]) for name, one in fits if all(type(end) is int and 0 <= end < 10_000 for end in one)}
    return MappingProxyType(found)


def _renamed(known: Mapping[str, Kept], name: str, new: str | None) -> Mapping[str, Kept]:
    kept = ((new if key == name else key, value) for key, value in known.items())
    return MappingProxyType({key: value for key, value in kept if key is not None})
