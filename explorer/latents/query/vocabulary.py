"""What a query may speak of: labels, sets by name, and what is true of each sample."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.latents.samples import Labels, LatentSet
from explorer.latents.selections import Indices, Mask, to_mask

NUMBER, LIKELIHOOD = "sample", "log-likelihood"


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Of `count` samples. `sets`: named parts of them."""

    count: int
    labels: tuple[Labels, ...]
    sets: Mapping[str, Indices]

    @cached_property
    def by_name(self) -> Mapping[str, Labels]:
        return {labels.name: labels for labels in self.labels}

    def label(self, name: str) -> Labels | None:
        """The label of this name; large and small letters are the same where that is clear."""
        return self.by_name.get(_meant(name, self.by_name))

    def members(self, name: str) -> Mask | None:
        """The samples of a set, bool (n,)."""
        meant = _meant(name, self.sets)
        return to_mask(self.sets[meant], self.count) if meant in self.sets else None


def vocabulary(samples: LatentSet, sets: Mapping[str, Indices] | None = None) -> Vocabulary:
    """What can be asked of these samples: their labels, their number, their log-likelihood where it is known."""
    known = list(samples.labels)
    names = {labels.name for labels in known}
    if samples.log_likelihoods is not None and LIKELIHOOD not in names:
        known.append(Labels(LIKELIHOOD, samples.log_likelihoods))
    if NUMBER not in names:
        known.append(Labels(NUMBER, np.arange(len(samples))))
    return Vocabulary(len(samples), tuple(known), sets or {})


def code_of(labels: Labels, text: str) -> int | None:
    """The class that a text names: by its name, in any case, or by its number."""
    meant = _meant(text, labels.names)
    if meant in labels.names:
        return labels.names.index(meant)
    return int(text) if text.isascii() and text.isdigit() and int(text[:9]) < len(labels.names) else None


def numbers_of(labels: Labels) -> NDArray[np.float64] | None:
    """The numbers that a label gives the samples, float64 (n,); None where its classes are no numbers."""
    if not labels.is_category:
        return labels.values.astype(np.float64)
    try:
        worth = np.array([float(name) for name in labels.names] + [np.nan])
    except ValueError:
        return None
    codes = labels.values.astype(np.intp)
    return worth[np.where((codes >= 0) & (codes < len(labels.names)), codes, len(labels.names))]


def _meant(name: str, known: Iterable[str]) -> str:
    alike = [one for one in known if one.casefold() == name.casefold()]
    return name if name in alike or len(alike) != 1 else alike[0]
