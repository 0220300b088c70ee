"""All ways to a concept: from examples, or from samples and weights alone. A new one is a file and a line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from explorer.latents.concepts import difference, factorised, independent, logistic, paired, principal, support
from explorer.latents.concepts.concept import Numbers
from explorer.latents.concepts.examples import Examples


@dataclass(frozen=True)
class FromExamples:
    """`fit` makes a unit direction (d,) of examples, towards those with."""

    title: str
    hint: str
    fit: Callable[[Examples], Numbers]


@dataclass(frozen=True)
class FromRows:
    """`fit` makes unit directions (k, d), the strongest first, of rows (n, d): samples, or weights (`of_weights`)."""

    title: str
    hint: str
    fit: Callable[[Numbers, int], Numbers]
    of_weights: bool = False


METHODS = {
    "difference": FromExamples(
        "mean difference", "From the mean of the examples without to the mean of those with.", difference.fit
    ),
    "logistic": FromExamples(
        "logistic regression", "Across the plane that a logistic regression puts between the buckets.", logistic.fit
    ),
    "support": FromExamples(
        "linear SVM", "Across the plane with the widest margin between the buckets (InterFaceGAN).", support.fit
    ),
    "paired": FromExamples(
        "paired differences", "The mean difference of pairs: first with first, second with second.", paired.fit
    ),
}

CANDIDATES = {
    "principal": FromRows("principal components", "Where the samples vary most (GANSpace).", principal.fit),
    "factorised": FromRows(
        "factorised weights", "What the layer that takes the latent amplifies most (SeFa).", factorised.fit, True
    ),
    "independent": FromRows("independent components", "Where the samples are least bell-shaped.", independent.fit),
}
