"""Priors that are chosen instead of what a model came with: a plain distribution for all numbers, or a fitted one.

A draw of temperature T is its centre plus T times the way from there: T multiplies the standard deviation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.errors import InputError
from explorer.latents import samplers
from explorer.latents.arrays import Latent, Latents
from explorer.latents.fitted import Fitted

PLAIN = {
    "normal": "standard normal",
    "uniform": "uniform in -1..1",
    "unit": "uniform in 0..1",
    "sphere": "uniform on the unit sphere",
}
"""Priors that are the same for every latent: by name, in words."""
FITTED = "fitted"
SCALED = ("normal", "uniform", "none", FITTED)  # priors whose draws a temperature moves

Parts = Sequence[tuple[str, int]]


@dataclass(frozen=True, eq=False)
class ChosenPrior:
    """`kind`: a name in PLAIN, or 'fitted' with the distribution. Classes stay classes under either."""

    kind: str
    fitted: Fitted | None = None

    def __post_init__(self) -> None:
        if self.kind not in (*PLAIN, FITTED) or (self.kind == FITTED) != (self.fitted is not None):
            raise InputError("This prior is not known.", f"Known: {', '.join((*PLAIN, FITTED))}.")

    @property
    def words(self) -> str:
        """'uniform in -1..1'."""
        return self.fitted.words if self.fitted is not None else PLAIN[self.kind]

    def parts_of(self, parts: Parts) -> list[tuple[str, int]]:
        """The parts (prior, dim) of a latent under this prior."""
        return [(prior if prior == "one-hot" else self.kind, dim) for prior, dim in parts]

    def is_same_as(self, other: ChosenPrior | None) -> bool:
        """Whether the same is drawn from both."""
        if self is other or other is None or self.kind != other.kind:
            return self is other
        if self.fitted is None or other.fitted is None:
            return True
        return self.words == other.words and self.fitted.digest == other.fitted.digest

    def fits(self, dim: int) -> bool:
        """Whether latents of `dim` numbers can be drawn from it."""
        return self.fitted is None or self.fitted.dim == dim


def drawn(n: int, parts: Parts, seed: int, *, chosen: ChosenPrior | None = None, temperature: float = 1.0) -> Latents:
    """n latents float32 (n, d) of the prior of `parts` (prior, dim), or of the one chosen in its place.

    The first rows do not depend on n.
    """
    if chosen is None or chosen.fitted is None:
        unit = samplers.drawn(n, parts if chosen is None else chosen.parts_of(parts), seed)
    else:
        unit = _with_classes(chosen.fitted.draw(n, seed), parts)
    return tempered(unit, parts, seed, chosen=chosen, temperature=temperature)


def tempered(
    unit: Latents, parts: Parts, seed: int, *, chosen: ChosenPrior | None = None, temperature: float = 1.0
) -> Latents:
    """The first draws (n, d) of a seed, as another temperature has them: exactly what `drawn` gives there."""
    if temperature == 1.0:
        return unit
    centres = None
    if chosen is not None and chosen.fitted is not None:
        centres = chosen.fitted.means[chosen.fitted.component_of(len(unit), seed)]
    return _scaled(unit, centres, parts, chosen, temperature)


def tempered_row(
    unit: Latent, parts: Parts, seed: int, row: int, *, chosen: ChosenPrior | None = None, temperature: float = 1.0
) -> Latent:
    """The same of one draw (d,), the `row` of its seed."""
    if temperature == 1.0:
        return unit
    centres = None
    if chosen is not None and chosen.fitted is not None:
        centres = chosen.fitted.means[chosen.fitted.component_of(row + 1, seed)][row:]
    latent: Latent = _scaled(unit[None], centres, parts, chosen, temperature)[0]
    return latent


def _scaled(
    unit: Latents, centres: Latents | None, parts: Parts, chosen: ChosenPrior | None, temperature: float
) -> Latents:
    scaled = unit * np.float32(temperature)
    if centres is not None:
        scaled = centres + np.float32(temperature) * (unit - centres)
    start = 0
    for prior, dim in parts if chosen is None else chosen.parts_of(parts):
        if prior not in SCALED:
            scaled[:, start : start + dim] = unit[:, start : start + dim]
        start += dim
    return scaled


def has_temperature(parts: Parts, chosen: ChosenPrior | None = None) -> bool:
    """Whether a temperature moves the draws of a prior."""
    return any(prior in SCALED for prior, _ in (parts if chosen is None else chosen.parts_of(parts)))


def _with_classes(latents: Latents, parts: Parts) -> Latents:
    """Latents whose classes are one 1 among zeros again: the likeliest of each."""
    start = 0
    for prior, dim in parts:
        if prior == "one-hot":
            part = latents[:, start : start + dim]
            latents[:, start : start + dim] = np.eye(dim, dtype=np.float32)[part.argmax(axis=1)]
        start += dim
    return latents
