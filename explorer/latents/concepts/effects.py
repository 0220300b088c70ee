"""What else moved: how far every known attribute changes when a latent goes one sigma along a concept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Latents
from explorer.latents.concepts.concept import Concept, Numbers
from explorer.latents.concepts.mends import joint
from explorer.latents.concepts.scores import auc
from explorer.latents.samples import HELD_OUT, LatentSet

TRIED = 200  # samples that are moved
LEAST = 10  # samples of a class that can be read
TAUGHT = 4000  # samples a read-out learns from
MOST_CLASSES = 12
RELIABLE = 0.8
YES = ("yes", "true")
NOTHING = ("none", "no", "false")


@dataclass(frozen=True, eq=False)
class ReadOut:
    """A class of a label, read from rows (n, d): latents, or numbers of pictures."""

    name: str
    label: str
    normal: Numbers
    middle: float

    def read(self, rows: NDArray[np.floating]) -> Numbers:
        """How much rows (n, d) have of it: 1 more is the whole way from the samples without to those with."""
        return np.asarray(rows.astype(np.float64) @ self.normal - self.middle)


def readouts(samples: LatentSet, rows: NDArray[np.floating] | None = None) -> list[ReadOut]:
    """One for each class of each label that enough samples have, learned from rows (n, d), by default the latents.

    A row is taken for a sum of what each attribute adds to it (least squares over all labels together) and of noise;
    the read-out is the best linear estimate under attributes that are independent (as in Gauss and Markov, with a
    prior). So glasses are not read from the smile that they came with in these samples.
    """
    learned = (samples.latents if rows is None else rows)[:TAUGHT].astype(np.float64)
    classes = _classes(samples, len(learned))
    if not classes:
        return []
    marks = np.stack([has for _name, _label, has in classes], axis=1).astype(np.float64)
    shares, centre = marks.mean(axis=0), learned.mean(axis=0)
    marks, centred = marks - shares, learned - centre
    ridge = 1e-3 * len(marks) * np.diag(shares * (1 - shares))
    adds = np.linalg.solve(marks.T @ marks + ridge, marks.T @ centred)  # (k, d): what each class adds
    noise = centred - marks @ adds
    spread = noise.T @ noise / len(noise)
    spread += 1e-3 * (np.trace(spread) / len(spread) + 1e-12) * np.eye(len(spread))
    known = adds * (shares * (1 - shares))[:, None]
    normals = np.linalg.solve(adds.T @ known + spread, known.T).T
    normals /= np.maximum((normals * adds).sum(axis=1, keepdims=True), 1e-12)
    return [
        ReadOut(name, label, normal, float(centre @ normal - share))
        for (name, label, _has), normal, share in zip(classes, normals, shares, strict=True)
    ]


def readable(samples: LatentSet, rows: NDArray[np.floating] | None = None) -> list[ReadOut]:
    """Those read-outs that can be relied on: learned on three quarters, they rank the last quarter at AUC 0.8."""
    learned = samples.latents if rows is None else rows
    cut = max(1, 3 * min(len(learned), TAUGHT) // 4)
    rest = learned[cut:TAUGHT]
    known = []
    for reader in readouts(samples, learned[:cut]):
        has = _has(samples, reader)[cut : cut + len(rest)]
        said = reader.read(rest)
        if has.any() and not has.all() and auc(said[has], said[~has]) >= RELIABLE:
            known.append(reader)
    return known


def _has(samples: LatentSet, reader: ReadOut) -> NDArray[np.bool_]:
    labels = samples.label(reader.label)
    assert labels is not None
    word = reader.name.partition(": ")[2]
    code = labels.names.index(word) if word else next(i for i, one in enumerate(labels.names) if one in YES)
    return np.asarray(labels.values == code)


def _classes(samples: LatentSet, count: int) -> list[tuple[str, str, NDArray[np.bool_]]]:
    """Name, label and bool (count,) of each class that can be read; of two classes the second alone."""
    found = []
    for labels in samples.labels:
        if not labels.is_category or labels.are_colours or labels.name == HELD_OUT:
            continue
        codes = labels.values[:count].astype(np.int64)
        counted = np.bincount(codes, minlength=len(labels.names))
        known = [code for code in range(len(labels.names)) if counted[code] >= LEAST]
        for code in known[1:] if len(known) == 2 else known if 2 < len(known) <= MOST_CLASSES else []:
            word = labels.names[code]
            found.append((labels.name if word in YES else f"{labels.name}: {word}", labels.name, codes == code))
    return found


@dataclass(frozen=True)
class Effect:
    """How far an attribute moved for +1 (1 is the whole way from without to with), and for what share it went up."""

    name: str
    label: str
    change: float
    up: float

    @property
    def own_words(self) -> str:
        """'glasses: +0.62 on average, up in 98 % of samples'."""
        told = f"{self.name}: {self.change:+.2f}, up in {100 * self.up:.0f} %"
        return told.replace("-", "\N{MINUS SIGN}")

    @property
    def words(self) -> str:
        """'also adds glasses: +0.62'."""
        verb = "adds" if self.change > 0 else "removes"
        return f"also {verb} {self.name}: {self.change:+.2f}".replace("-", "\N{MINUS SIGN}")


def moved(concept: Concept, latents: Latents, strength: float = 1.0) -> Latents:
    """Latents (n, d), each `strength` sigma along the concept."""
    return (latents + np.float32(strength * concept.sigma) * concept.direction).astype(np.float32)


def effects(
    readers: Sequence[ReadOut], before: NDArray[np.floating], after: NDArray[np.floating], per: float = 1.0
) -> list[Effect]:
    """What each read-out says of rows (n, d) before and after a move by `per` sigma; the largest first."""
    found = []
    for reader in readers:
        change = reader.read(after) - reader.read(before)
        found.append(Effect(reader.name, reader.label, float(change.mean()) / per, float((change > 0).mean())))
    return sorted(found, key=lambda effect: -abs(effect.change))


def once_a_label(found: Sequence[Effect]) -> list[Effect]:
    """Of each label the class that tells most, one that is there rather than 'none'; the largest first.

    Of the label that moved most, which is the concept's own, the class that it moves towards.
    """
    labels = list(dict.fromkeys(effect.label for effect in sorted(found, key=lambda one: -abs(one.change))))
    told = []
    for place, label in enumerate(labels):
        classes = [effect for effect in found if effect.label == label]
        there = [effect for effect in classes if effect.name.partition(": ")[2] not in NOTHING] or classes
        if place == 0:
            told.append(max(there, key=lambda effect: effect.change))
        else:
            told.append(max(there, key=lambda effect: abs(effect.change)))
    return told[:1] + sorted(told[1:], key=lambda effect: -abs(effect.change))


@dataclass(frozen=True)
class Count:
    """How many examples have an attribute: `with_` of `of_with` in the bucket with, `without` of `of_without`."""

    name: str
    label: str
    with_: int
    of_with: int
    without: int
    of_without: int

    @property
    def gap(self) -> float:
        """The share among those with less the share among those without, -1..1."""
        return self.with_ / max(1, self.of_with) - self.without / max(1, self.of_without)


def counted(samples: LatentSet, with_: NDArray[np.int64], without: NDArray[np.int64], effect: Effect) -> Count:
    """The counts that explain an effect, of examples by their place among the samples."""
    known = samples.label(effect.label)
    word = effect.name.partition(": ")[2]
    names = known.names if known is not None else ()
    code = names.index(word) if word in names else next((i for i, one in enumerate(names) if one in YES), -1)
    values = known.values.astype(np.int64) if known is not None else np.zeros(len(samples), np.int64)
    n, m = (int((values[part] == code).sum()) for part in (with_, without))
    return Count(effect.name, effect.label, n, len(with_), m, len(without))


def strata(samples: LatentSet, places: NDArray[np.int64], labels: Sequence[str]) -> NDArray[np.int64]:
    """The joint class of some samples by several labels, int64 (n,)."""
    codes = [known.values[places].astype(np.int64) for name in labels if (known := samples.label(name)) is not None]
    return joint(codes) if codes else np.zeros(len(places), dtype=np.int64)
