"""What is known of the current latent, in numbers and words; what a family cannot know, with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import log, prod

import numpy as np

from explorer.latents.arrays import Latent
from explorer.latents.edits import edited
from explorer.latents.measures import Neighbourhood, active_units, kl, kl_per_dimension, typical_length
from explorer.latents.priors import ChosenPrior
from explorer.latents.samples import LatentSet
from explorer.models.words import kind_in_words
from explorer.session.state import Place, State
from explorer.work.messages import Opened

_MEASURED = 4000  # samples whose lengths are looked at: enough for percentiles, a few ms
_MOST_JUDGED = 256  # numbers of a latent whose density is computed at once
_LABELS = 3  # the others stand in the tooltip


@dataclass(frozen=True)
class Fact:
    """One line: a name, what is known, and a tooltip with formula and unit. Not `known`: the text is the reason."""

    name: str
    text: str
    hint: str
    known: bool = True


@dataclass(frozen=True, eq=False)
class Measured:
    """What is measured once for the samples of a space: the 1st and the 99th percentile of their lengths, active units.

    None where there is nothing to measure.
    """

    lengths: tuple[float, float] | None = None
    active: int | None = None


def measured(samples: LatentSet | None) -> Measured:
    """Measure the samples of a space."""
    if samples is None or not len(samples):
        return Measured()
    few = samples.latents[:: max(1, len(samples) // _MEASURED)].astype(np.float64)
    low, high = np.percentile(np.linalg.norm(few, axis=1), [1, 99])
    active = None if samples.log_variances is None else int(active_units(samples.latents).sum())
    return Measured((float(low), float(high)), active)


def facts(opened: Opened, state: State, near: Neighbourhood | None, known: Measured) -> list[Fact]:
    """All facts of a place, in the order they are shown. `near`: None while it is being measured."""
    place = state.place
    samples = opened.samples.get(place.space)
    latent = edited(place.base, opened.concepts_of(place.space, *state.studio.known), place.strengths)
    return [
        *_picture(place),
        _length(opened, place, latent, known),
        *_typicality(state.prior, latent),
        *_nearness(samples, latent, near),
        _likelihood(opened, place, samples),
        _divergence(opened, place, samples),
        _active(samples, known),
    ]


def _picture(place: Place) -> Iterator[Fact]:
    """Whose latent it is, as long as it is that very one."""
    if place.picture is None:
        return
    error = place.picture.error
    told = "encoded" if error is None else f"found by search, off by {100 * error:.1f} %"
    told += ", edited" if any(place.strengths.values()) else ""
    hint = "Mean absolute difference between your picture and what the latent decodes to, of the range of a value."
    yield Fact("Your picture", f"{place.picture.name}, {told}", hint)


def _length(opened: Opened, place: Place, latent: Latent, known: Measured) -> Fact:
    told = [f"{float(np.linalg.norm(latent.astype(np.float64))):.2f}"]
    hint = "|z| = sqrt(sum of squares), in the latent's own unit."
    prior = next((space.prior for space in opened.card.spaces if space.name == place.space), "")
    if _is_normal(prior):
        expected = typical_length(len(latent))
        told.append(f"expected {expected:.2f}")
        hint += f"\nExpected under N(0, 1): sqrt(2) Γ((d+1)/2) / Γ(d/2) = {expected:.2f} for d = {len(latent)}."
    else:
        hint += f" No expected length: the prior of {place.space} is no N(0, 1)."
    if known.lengths is not None:
        told.append("samples {:.2f}–{:.2f}".format(*known.lengths))
        hint += "\nSamples: the 1st and the 99th percentile of their own lengths."
    return Fact("Length", ", ".join(told), hint)


def _typicality(prior: ChosenPrior | None, latent: Latent) -> Iterator[Fact]:
    """How likely a latent (d,) is under a fitted prior, beside its draws."""
    fitted = prior.fitted if prior is not None else None
    if fitted is None or fitted.dim != len(latent) or fitted.dim > _MOST_JUDGED:
        return
    nats, share = float(fitted.log_density(latent[None])[0]), fitted.percentile(latent)
    yield Fact(
        "Under the prior",
        f"likelier than {share:.0f} % of its draws",
        f"ln p(z) = {nats:.1f} nats of the density, beside 1,000 random latents.\nThe prior: {fitted.words}.",
    )


def _is_normal(prior: str) -> bool:
    words = prior.lower().replace(" ", "")
    if "fitted" in words or "mixture" in words:
        return False
    return any(known in words for known in ("n(0", "normal", "gauss"))


def _nearness(samples: LatentSet | None, latent: Latent, near: Neighbourhood | None) -> Iterator[Fact]:
    if samples is None or len(samples) < 2 or samples.dim != len(latent):
        for name in ("Nearest sample", "Its labels"):
            yield Fact(name, "no samples in this space", "The model brings no samples here.", known=False)
        return
    if near is None:
        for name in ("Nearest sample", "Its labels"):
            yield Fact(name, "being measured", "The distances among the samples, in a moment.", known=False)
        return
    found = near.nearness(latent)
    yield Fact(
        "Nearest sample",
        f"{found.distance:.2f} away, {found.where} the data",
        f"Euclidean distance, percentile {found.percentile:.0f}: that share of the samples have a nearer neighbour of "
        "their own.\nInside up to percentile 95, edge up to 99.5, outside beyond.",
    )
    yield _labels(samples, found.sample)


def _labels(samples: LatentSet, sample: int) -> Fact:
    told = [f"{labels.name}: {labels.text(sample)}" for labels in samples.labels]
    rest = f" and {len(told) - _LABELS} more" if len(told) > _LABELS else ""
    hint = "\n".join([f"The labels of sample {sample}, the nearest one.", *told])
    words = ", ".join(told[:_LABELS]) + rest
    return Fact("Its labels", words or f"sample {sample}, without labels", hint, known=bool(told))


def _likelihood(opened: Opened, place: Place, samples: LatentSet | None) -> Fact:
    name = "log p(sample)" if opened.card.likelihood == "exact" else "log p(sample) ≥"
    hint = "Natural logarithm of the probability of the sample's 8-bit picture, in nats."
    if opened.card.likelihood == "none":
        return Fact(
            "log p(sample)", f"{kind_in_words(opened.card)}: no density", "This family cannot tell.", known=False
        )
    if samples is None or samples.log_likelihoods is None:
        return Fact(name, "not stored with this model", hint, known=False)
    if place.sample is None or place.sample >= len(samples):
        return Fact(name, "no sample is chosen", hint, known=False)
    nats = float(samples.log_likelihoods[place.sample])
    bits = -nats / (prod(opened.card.image_shape) * log(2))
    if opened.card.likelihood == "lower bound":
        hint += " A lower bound of it, the ELBO."
    told = f"{nats:.0f} nats, {bits:.2f} bits/dim".replace("-", "−")
    return Fact(name, told, f"{hint}\nbits/dim = -log p / (D ln 2).")


def _divergence(opened: Opened, place: Place, samples: LatentSet | None) -> Fact:
    hint = "KL of the sample's posterior from N(0, 1), summed over dimensions: (μ² + σ² - 1 - ln σ²) / 2, in nats."
    if samples is None or samples.log_variances is None:
        return Fact("KL of the sample", f"{kind_in_words(opened.card)}: no posterior", hint, known=False)
    if place.sample is None or place.sample >= len(samples):
        return Fact("KL of the sample", "no sample is chosen", hint, known=False)
    one = slice(place.sample, place.sample + 1)
    return Fact("KL of the sample", f"{kl(samples.latents[one], samples.log_variances[one]):.1f} nats", hint)


def _active(samples: LatentSet | None, known: Measured) -> Fact:
    hint = "Dimensions whose posterior mean varies over the data by more than 0.01 (Burda et al. 2016)."
    if samples is None or known.active is None:
        return Fact("Active units", "only for a family with a posterior", hint, known=False)
    return Fact("Active units", f"{known.active} of {samples.dim}", hint)


@dataclass(frozen=True, eq=False)
class Bars:
    """One number a dimension, to be drawn."""

    title: str
    unit: str
    values: np.ndarray


def per_dimension(samples: LatentSet | None) -> list[Bars]:
    """What is known of each dimension: its effect on the picture, its KL."""
    known = []
    if samples is not None and samples.effects is not None:
        known.append(Bars("Effect", "mean change of a pixel (0..1) for one standard deviation", samples.effects))
    if samples is not None and samples.log_variances is not None and len(samples):
        nats = kl_per_dimension(samples.latents, samples.log_variances)
        known.append(Bars("KL", "nats, mean over the samples", nats))
    return known
