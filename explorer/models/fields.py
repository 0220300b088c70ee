"""Values out of JSON that nobody has checked: each getter gives its type, or a CheckpointError that names the field."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from explorer.errors import CheckpointError

Text = TypeVar("Text", bound=str)
_NEEDED: object = object()


class Fields:
    """A JSON object called `where` in messages."""

    def __init__(self, raw: object, where: str) -> None:
        if not isinstance(raw, Mapping):
            raise CheckpointError(f"{where} is not a JSON object.", "The file is damaged, or of another program.")
        self._raw = raw
        self.where = where

    def _get(self, name: str, default: object = _NEEDED) -> object:
        value = self._raw.get(name, default)
        if value is _NEEDED:
            raise CheckpointError(f"{self.where} does not say '{name}'.", "The file is damaged, or of another program.")
        return value

    def _refuse(self, name: str, expected: str) -> CheckpointError:
        said = repr(self._raw.get(name))
        return CheckpointError(f"{self.where}: '{name}' should be {expected}.", f"It says {said[:80]}.")

    def text(self, name: str, default: object = _NEEDED) -> str:
        value = self._get(name, default)
        if not isinstance(value, str) or len(value) > 20_000:
            raise self._refuse(name, "a text")
        return value

    def choice(self, name: str, choices: Sequence[Text]) -> Text:
        value = self._get(name)
        for choice in choices:
            if value == choice:
                return choice
        raise self._refuse(name, "one of " + ", ".join(choices))

    def truth(self, name: str, default: object = _NEEDED) -> bool:
        value = self._get(name, default)
        if not isinstance(value, bool):
            raise self._refuse(name, "true or false")
        return value

    def integer(self, name: str, low: int, high: int, default: object = _NEEDED) -> int:
        value = self._get(name, default)
        if not _is_integer(value, low, high):
            raise self._refuse(name, f"a whole number from {low} to {high}")
        return value  # type: ignore[return-value]

    def number(self, name: str, low: float, high: float, default: object = _NEEDED) -> float:
        value = self._get(name, default)
        if not _is_number(value) or not low <= value <= high:  # type: ignore[operator]
            raise self._refuse(name, f"a number from {low} to {high}")
        return float(value)  # type: ignore[arg-type]

    def integers(
        self, name: str, low: int, high: int, count: int | None = None, default: object = _NEEDED
    ) -> list[int]:
        """1 to 16 whole numbers, or exactly `count`."""
        value = self._get(name, default)
        fits = isinstance(value, list) and 1 <= len(value) <= 16 and count in (None, len(value))
        if not fits or not all(_is_integer(one, low, high) for one in value):  # type: ignore[attr-defined]
            raise self._refuse(name, f"a list of {count or 'some'} whole numbers from {low} to {high}")
        return list(value)  # type: ignore[call-overload, no-any-return]

    def numbers(self, name: str, count: int) -> list[float]:
        value = self._get(name)
        if not isinstance(value, list) or len(value) != count or not all(_is_number(one) for one in value):
            raise self._refuse(name, f"a list of {count} numbers")
        return [float(one) for one in value]

    def texts(self, name: str, most: int, default: object = _NEEDED) -> list[str]:
        """A list of at most `most` texts."""
        value = self._get(name, default)
        if not isinstance(value, list | tuple) or len(value) > most or not all(isinstance(one, str) for one in value):
            raise self._refuse(name, f"a list of at most {most} texts")
        return list(value)

    def mapping(self, name: str, default: object = _NEEDED) -> Mapping[str, object]:
        value = self._get(name, default)
        if not isinstance(value, Mapping):
            raise self._refuse(name, "an object")
        return dict(value)

    def everything(self) -> dict[str, object]:
        """The whole object, its values unchecked."""
        return {str(key): value for key, value in self._raw.items()}

    def inner(self, name: str) -> Fields:
        return Fields(self._get(name), f"{self.where}, '{name}'")

    def inners(self, name: str, low: int, high: int, default: object = _NEEDED) -> Iterator[Fields]:
        """The objects of a list of `low` to `high`."""
        value = self._get(name, default)
        if not isinstance(value, (list, tuple)) or not low <= len(value) <= high:
            raise self._refuse(name, f"a list of {low} to {high} objects")
        return (Fields(one, f"{self.where}, '{name}'") for one in value)


def _is_integer(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _is_number(value: object) -> bool:
    return (
        isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300 and math.isfinite(value)
    )
