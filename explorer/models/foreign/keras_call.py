"""One call of a Keras layer that is being written as nodes of ours. Pictures lie channels first here, last in Keras."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.models.foreign.lowering import Constant, LoweringError, Value, Writer


@dataclass(frozen=True, eq=False)
class Call:
    """What a layer takes, its config, and the weights of the file."""

    writer: Writer
    kind: str
    takes: list[Value]
    config: Mapping[str, Any]
    key: str
    constants: Mapping[str, Constant]
    version: int

    @property
    def first(self) -> Value:
        if not self.takes:
            raise LoweringError(f"'{self.kind}' takes nothing")
        return self.takes[0]

    @property
    def rank(self) -> int:
        return len(self.first.shape)

    def emit(self, op: str, *takes: Value | Constant, **options: object) -> Value:
        return self.writer.emit(op, *takes, **options)

    def weight(self, role: str, place: int) -> Constant:
        """A weight by its role ('kernel') or its number among the layer's. Raises LoweringError."""
        layer = self.key.rpartition("/")[2]
        for key in (f"{self.key}/{role}", f"{self.key}/{place}", f"{layer}/{role}"):
            if key in self.constants:
                return self.constants[key]
        ending = f"/{layer}/{role}"
        found = [key for key in self.constants if key.endswith(ending)]
        root = self.key.partition("/")[0]
        found.sort(key=lambda key: not key.startswith(f"{root}/"))
        if not found:
            raise LoweringError(f"the weight '{role}' of '{layer}' is not in the file")
        return self.constants[found[0]]

    def yes(self, name: str, *, default: bool) -> bool:
        said = self.config.get(name)
        return default if said is None else bool(said)

    def number(self, name: str, default: float) -> float:
        said = self.config.get(name)
        if isinstance(said, Mapping) and "value" in (inner := said.get("config", {})):  # a wrapped array of Keras 3
            said = inner["value"]
        return float(said) if isinstance(said, int | float) and not isinstance(said, bool) else default

    def pair(self, name: str, default: int) -> list[int]:
        """Two whole numbers, or one for both."""
        said = self.config.get(name)
        values = [default] * 2 if said is None else [said] * 2 if isinstance(said, int) else list(said)
        if len(values) != 2 or not all(isinstance(one, int) and 0 < one <= 1024 for one in values):
            raise LoweringError(f"'{name}' of '{self.kind}' is not read")
        return values

    def pictures(self) -> Value:
        """The first value, which must be pictures (n, channels, height, width). Raises LoweringError."""
        if self.config.get("data_format", "channels_last") == "channels_first":
            raise LoweringError("its pictures lie channels first, which is not read of Keras")
        if self.rank != 4:
            raise LoweringError(f"'{self.kind}' works on values of {self.rank} axes; pictures have four")
        return self.first

    def as_keras(self, value: Value) -> Value:
        """Pictures with their channels last."""
        return self.writer.transpose(value, 0, 2, 3, 1) if len(value.shape) == 4 else value

    def as_ours(self, value: Value) -> Value:
        return self.writer.transpose(value, 0, 3, 1, 2) if len(value.shape) == 4 else value

    def axis(self, default: int = -1) -> int:
        """The setting 'axis' as an axis of ours."""
        said = self.config.get("axis", default)
        axis = int(said[0] if isinstance(said, list) else said) % self.rank
        return [0, 2, 3, 1][axis] if self.rank == 4 else axis


Operation = Callable[[Call], Value]


def floats(values: Constant) -> Constant:
    return np.ascontiguousarray(values, np.float32)
