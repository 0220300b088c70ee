"""What a draft says to the screen: questions, rows of layers, facts. Plain data, without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.latents.arrays import Images
from explorer.models.base import How
from explorer.models.foreign.manifest import Manifest

Choices = Mapping[str, str]
"""What the user chose, by the name of the question: 'activation', 'last', 'way:decoder.3', …"""


@dataclass(frozen=True)
class Option:
    """`value` is kept, `words` are shown."""

    value: str
    words: str


@dataclass(frozen=True)
class Question:
    """Something that the file does not say, with what it may be, the likeliest first, and what is taken now."""

    name: str
    title: str
    options: tuple[Option, ...]
    taken: str
    how: How = "guessed"
    tip: str = ""

    @property
    def words(self) -> str:
        """Of what is taken."""
        return next((option.words for option in self.options if option.value == self.taken), self.taken)


@dataclass(frozen=True)
class Row:
    """One layer. `makes`: the shape behind it. `way`: its stride and padding; `after`: the activation behind it."""

    part: str  # 'encoder' or 'decoder'
    key: str
    layer: str
    makes: str
    way: Question | None = None
    after: Question | None = None


@dataclass(frozen=True)
class Draft:
    """A proposal. `said`: what it is, in a sentence. `doubts`: what did not work out, such as an encoder."""

    said: str
    manifest: Manifest
    questions: tuple[Question, ...]
    rows: tuple[Row, ...]
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Drawn:
    """Samples of a draft, uint8 (n, h, w, c): with `rows` of them by prior where that is asked. `probed`: what
    decoding them showed, in sentences. `values`: the least and the largest number that came out."""

    images: Images
    probed: tuple[str, ...] = ()
    values: tuple[float, float] = (0.0, 1.0)
    by_prior: tuple[tuple[str, Images], ...] = ()
