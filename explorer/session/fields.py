"""Reading values of a parsed JSON text that nobody vouches for. Each reader says by name what does not fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import NoReturn, TypeVar

import numpy as np

from explorer.errors import InputError
from explorer.latents.arrays import Latent
from explorer.latents.samples import COLOUR
from explorer.latents.selections import Indices, from_text
from explorer.session.state import frozen

Made = TypeVar("Made")

LONGEST_LATENT = 1_000_000
MOST_VALUES, LONGEST_WORD = 100, 1000
BIGGEST = 3.4028235e38  # the largest float32 in as few digits as name it; it lies a little above that number


class Fields:
    """The fields of one JSON object. `where` names it for the user: 'path', 'shelf'."""

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            refuse(where)
        self._values: Mapping[str, object] = value
        self._where = where

    def within(self, name: str) -> Fields:
        """The object in a field."""
        return Fields(self._at(name), self._name(name))

    def everything(self) -> Mapping[str, object]:
        """All fields, as they were read."""
        return self._values

    def has(self, name: str) -> bool:
        """Whether there is such a field: older texts lack some."""
        return name in self._values

    def text(self, name: str) -> str:
        value = self._at(name)
        return value if isinstance(value, str) else refuse(self._name(name))

    def colour(self, name: str) -> str:
        """'#rrggbb'."""
        value = self.text(name)
        return value if COLOUR.fullmatch(value) else refuse(self._name(name))

    def samples(self, name: str) -> Indices:
        """Samples as `selections.to_text` writes them."""
        value = self.text(name)
        try:
            return from_text(value)
        except InputError:
            refuse(self._name(name))

    def one_of(self, name: str, known: tuple[str, ...]) -> str:
        value = self.text(name)
        return value if value in known else refuse(self._name(name))

    def some_of(self, name: str, known: tuple[str, ...]) -> tuple[str, ...]:
        """A list of known words, each once."""
        value = self._at(name)
        if not isinstance(value, list) or not all(isinstance(word, str) and word in known for word in value):
            refuse(self._name(name))
        return tuple(dict.fromkeys(value))

    def truth(self, name: str) -> bool:
        value = self._at(name)
        return value if isinstance(value, bool) else refuse(self._name(name))

    def whole(self, name: str, low: int = 0, high: int = 2**63 - 1) -> int:
        """A whole number in low..high."""
        value = self._at(name)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            refuse(self._name(name))
        return value

    def number(self, name: str, low: float = -BIGGEST, high: float = BIGGEST) -> float:
        """A finite number in low..high."""
        return _number(self._at(name), self._name(name), low, high)

    def texts(self, name: str, most: int) -> tuple[str, ...]:
        """A list of texts."""
        value = self._at(name)
        if not isinstance(value, list) or len(value) > most or not all(isinstance(one, str) for one in value):
            refuse(self._name(name))
        return tuple(value)

    def wholes(self, name: str, most: int) -> tuple[int, ...]:
        """A list of whole numbers from 0."""
        value = self._at(name)
        fits = isinstance(value, list) and len(value) <= most
        if not fits or not all(type(one) is int and 0 <= one < 2**63 for one in value):  # type: ignore[attr-defined]
            refuse(self._name(name))
        return tuple(value)  # type: ignore[arg-type]

    def numbers(self, name: str) -> dict[str, float]:
        """An object of finite numbers by name."""
        where = self._name(name)
        value = self._at(name)
        if not isinstance(value, dict):
            refuse(where)
        return {key: _number(number, f"{where}, {key[:40]}", -BIGGEST, BIGGEST) for key, number in value.items()}

    def values(self, name: str) -> dict[str, float | str]:
        """An object of finite numbers and short texts by name."""
        where = self._name(name)
        value = self._at(name)
        if not isinstance(value, dict) or len(value) > MOST_VALUES:
            refuse(where)
        return {key: _value(entry, f"{where}, {key[:40]}") for key, entry in value.items()}

    def latent(self, name: str) -> Latent:
        """A list of finite numbers, as float32 (d,) that cannot be written."""
        where = self._name(name)
        value = self._at(name)
        if not isinstance(value, list) or len(value) > LONGEST_LATENT:
            refuse(where)
        return frozen(np.array([_number(number, where, -BIGGEST, BIGGEST) for number in value], dtype=np.float32))

    def objects(self, name: str, most: int) -> list[Fields]:
        """A list of objects."""
        where = self._name(name)
        value = self._at(name)
        if not isinstance(value, list) or len(value) > most:
            refuse(where)
        return [Fields(entry, where) for entry in value]

    def maybe(self, name: str, read: Callable[[str], Made]) -> Made | None:
        """What `read` makes of a field, or None for null."""
        return None if self._at(name) is None else read(name)

    def _at(self, name: str) -> object:
        return self._values[name] if name in self._values else refuse(self._name(name))

    def _name(self, name: str) -> str:
        return f"{self._where}, {name}" if self._where else name


def refuse(where: str) -> NoReturn:
    """Raise the error for a field that is missing or does not fit."""
    raise InputError(
        f"This text of a state is damaged: {where} is missing or does not fit.",
        "Copy the state again from the window that made it, whole and unchanged.",
    )


def _value(value: object, where: str) -> float | str:
    if isinstance(value, str):
        return value if len(value) <= LONGEST_WORD else refuse(where)
    return _number(value, where, -BIGGEST, BIGGEST)


def _number(value: object, where: str, low: float, high: float) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        refuse(where)
    if not low <= value <= high or not isfinite(value):  # compared first: a huge int has no float
        refuse(where)
    return float(value)
