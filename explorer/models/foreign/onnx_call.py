"""One step of an ONNX program that is being written as nodes of ours: what it takes, and its settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from explorer.models.foreign.lowering import Constant, Given, Value, Writer
from explorer.models.foreign.lowering import LoweringError as Unfit

NUMBER = 1e30  # stands for no bound


@dataclass(frozen=True, eq=False)
class Call:
    """One step that is being written: what it takes, its settings, the opset."""

    writer: Writer
    name: str
    takes: list[Given | None]
    settings: Mapping[str, object]
    opset: int

    @property
    def first(self) -> Value:
        """The first thing it takes; a constant becomes a value. Raises LoweringError where there is none."""
        value = self.takes[0] if self.takes else None
        if value is None:
            raise Unfit(f"'{self.name}' works on nothing")
        if not isinstance(value, Value):
            value = self.takes[0] = self.writer.emit("copy", value)
        return value

    @property
    def rank(self) -> int:
        return len(self.first.shape)

    def given(self, place: int) -> Given | None:
        return self.takes[place] if place < len(self.takes) else None

    def needed(self, place: int) -> Given:
        value = self.given(place)
        if value is None:
            raise Unfit(f"'{self.name}' lacks what it works with")
        return value

    def constant(self, place: int) -> Constant | None:
        """Something that it takes, which must be known beforehand. Raises LoweringError."""
        value = self.given(place)
        if isinstance(value, Value):
            raise Unfit(f"'{self.name}' is steered by what is computed from the latent")
        return value

    def numbers(self, name: str, place: int) -> list[int] | None:
        """Whole numbers that older versions have as a setting and newer ones take."""
        if (value := self.constant(place)) is not None:
            return [int(one) for one in value.ravel()]
        said = self.settings.get(name)
        return [int(one) for one in said] if isinstance(said, (list, tuple)) else None

    def integers(self, name: str, default: list[int]) -> list[int]:
        said = self.settings.get(name)
        return [int(one) for one in said] if isinstance(said, (list, tuple)) and said else default

    def number(self, name: str, default: float) -> float:
        said = self.settings.get(name, default)
        return float(said) if isinstance(said, (int, float)) else default

    def axis(self, default: int = 0) -> int:
        """The setting 'axis', counted from the front."""
        return int(self.number("axis", default)) % max(self.rank, 1)

    def emit(self, op: str, *takes: Given, **options: object) -> Value:
        return self.writer.emit(op, *takes, **options)


Made = Given | list[Given]
Operation = Callable[[Call], Made]
