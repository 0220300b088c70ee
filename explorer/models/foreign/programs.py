"""A network that a file describes step by step (ONNX, Keras), as plain data. No torch here, and nothing that runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from explorer.models.base import Prior


@dataclass(frozen=True)
class Port:
    """What a program takes or gives: its name, the kind of its numbers, its shape; None for a free side."""

    name: str
    kind: str
    shape: tuple[int | None, ...]

    def in_words(self) -> str:
        """'z (n x 100)'."""
        return f"{self.name} ({' x '.join('n' if side is None else str(side) for side in self.shape)})"


@dataclass(frozen=True)
class Step:
    """One operation: what it is called, by whom, the values it takes and gives by name, and its settings."""

    name: str
    domain: str
    takes: tuple[str, ...]
    gives: tuple[str, ...]
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Program:
    """Steps in order. Their constants are tensors of the reading, by name, below `prefix`.

    `others`: the same program where it had to be written down for each number of items, by that number. `image_range`
    and `prior`: what its author says of the numbers in its pictures, and of its latents; None where he does not.
    """

    language: str  # 'ONNX'
    version: int  # of the language: the opset
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    steps: tuple[Step, ...]
    prefix: str = ""
    path: str = ""  # of the file
    others: Mapping[int, Program] = field(default_factory=dict)
    image_range: tuple[float, float] | None = None
    prior: Prior | None = None


def in_words(ports: Sequence[Port]) -> str:
    """'z (n x 100), label (n x 10)'."""
    more = f" and {len(ports) - 6} more" if len(ports) > 6 else ""
    return (", ".join(port.in_words() for port in ports[:6]) or "nothing") + more
