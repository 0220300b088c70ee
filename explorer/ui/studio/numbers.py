"""The numbers of a concept, in words, each with its formula and unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from explorer.latents.concepts import FEW, Concept, angle_in_words


@dataclass(frozen=True)
class Numeral:
    """A line of the studio. `is_sure` is False under five examples: then it is grey."""

    name: str
    text: str
    hint: str
    is_sure: bool = True


def numerals(concept: Concept, tested: Mapping[str, object], others: Sequence[Concept]) -> list[Numeral]:
    """What is known of a concept; `tested`: what was measured in the background, {} while it is being measured."""
    known = {**concept.provenance, **tested}
    n, m = _whole(known.get("with")), _whole(known.get("without"))
    sure = min(n, m) >= FEW
    few = "" if sure else f" (under {FEW} examples: hardly a number)"
    lines = [
        Numeral("Examples", f"{n:,} with, {m:,} without{few}", "How many examples the concept is made from.", sure),
        Numeral("Held-out AUC", _auc(known), AUC_HINT, sure),
        Numeral("Steadiness", _angle(known), ANGLE_HINT, sure),
        Numeral("Cohen's d", _number(known.get("cohens_d")), D_HINT, sure),
        Numeral("Length", f"{_number(known.get('length_in_sigma'))} σ between the means", LENGTH_HINT, sure),
    ]
    low_high = known.get("safe_range")
    if isinstance(low_high, list | tuple) and len(low_high) == 2:
        low, high = (f"{float(end):+.2g}".replace("-", "\N{MINUS SIGN}") for end in low_high)
        how = SAFE_HINTS.get(str(known.get("safe_range_of", "")), SAFE_HINT)
        lines.append(Numeral("Safe range", f"{low} to {high} σ", how))
    if (acts := known.get("acts")) is not None and isinstance(acts, Mapping):
        lines.append(Numeral("Does it act", acts_in_words(acts), ACT_HINT))
    if others:
        lines.append(Numeral("Nearest", nearest(concept, others), COSINE_HINT))
    return lines


def acts_in_words(acts: Mapping[str, object]) -> str:
    """'yes: at +2 pictures read +1.6 σ more, up in 24 of 24 samples'."""
    read, up, count, trust = (_float(acts.get(key)) for key in ("read", "up", "count", "trust"))
    verdict = "yes" if up >= ACTS and read >= 1 else "in part" if up >= ACTS or read >= HALF else "hardly"
    told = f"{verdict}: at +2 pictures read {read:+.1f} σ more, up in {up * count:.0f} of {count:.0f} samples"
    if acts.get("how") != "encoded again":
        told += f" (by a probe that explains {100 * trust:.0f} %)"
    return told.replace("-", "\N{MINUS SIGN}")


def nearest(concept: Concept, others: Sequence[Concept], count: int = 3) -> str:
    """'smile 0.93, glasses −0.12': the cosines to the concepts most along it."""
    cosines = [(one.name, float(one.direction @ concept.direction)) for one in others if one.name != concept.name]
    first = sorted(cosines, key=lambda pair: -abs(pair[1]))[:count]
    return ", ".join(f"{name} {cosine:.2f}" for name, cosine in first).replace("-", "\N{MINUS SIGN}") or "no others"


def _auc(known: Mapping[str, object]) -> str:
    if "held_out_auc" not in known:
        return "measuring…"
    auc = known["held_out_auc"]
    by = f", whole groups of '{known['held out by']}' held out" if "held out by" in known else ""
    return f"{auc:.3f}{by}" if isinstance(auc, int | float) else "too few examples to hold any out"


def _angle(known: Mapping[str, object]) -> str:
    if "split_half_angle" not in known:
        return "measuring…"
    angle = known["split_half_angle"]
    return angle_in_words(float(angle) if isinstance(angle, int | float) else None)


def _number(value: object) -> str:
    return f"{value:.2f}".replace("-", "\N{MINUS SIGN}") if isinstance(value, int | float) else "not defined"


def _float(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _whole(value: object) -> int:
    return int(value) if isinstance(value, int) else 0


AUC_HINT = (
    "The chance that an example with it ranks above one without, for examples that the direction was not made from "
    "(5 folds). 0.5 is chance, 1 is perfect."
)
ANGLE_HINT = "Angle between arrows from two halves of the examples, corrected for their size (Spearman and Brown)."
D_HINT = "Distance of the two means over the pooled standard deviation along the arrow."
LENGTH_HINT = "Distance of the two means along the arrow, in standard deviations of all samples."
SAFE_HINT = (
    "How far half of the samples can be moved before they are farther from every other sample than 99 % of the "
    "samples are."
)
SAFE_HINTS = {
    "encoded again": "Samples were moved and decoded, and their pictures encoded again: how far half of them can be "
    "moved before they are farther from every other sample than 99 % of the samples are, or come back as something "
    "else than was asked. The marks on the slider.",
    "read by a probe": "Samples were moved and decoded: how far half of them can be moved before their pictures, or "
    "their latents, are farther from all others than those of 99 % of the samples. The marks on the slider.",
}
ACT_HINT = (
    "Samples were moved by +2 along the arrow and decoded, and their pictures read again: encoded, or by a probe that "
    "learned from decoded samples where the model has no encoder."
)
ACTS, HALF = 0.95, 0.5  # a share of samples, and sigma
COSINE_HINT = "Cosine to other concepts: 1 is the same way, 0 at right angles, −1 the opposite."
