"""What can be measured at any place of a latent space: names, formulas, units, and why a family may lack one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from explorer.latents.samples import LatentSet
from explorer.models.base import Card

By = Literal["model", "samples", "map"]


@dataclass(frozen=True)
class Quantity:
    """A number that places and samples have.

    `name` is what the user reads and what the state keeps. `by`: whether the model, the samples, or the samples and
    their places on the map tell it; the last is known of samples only.
    """

    name: str
    unit: str
    formula: str
    hint: str
    by: By
    needs: Literal["", "encoder", "density"] = ""


STRETCH = "stretch of the decoder"
ROUND_TRIP = "round trip error"
LIKELIHOOD = "likelihood of the decode"
DENSITY = "density of the data"
DISTANCE = "distance to the data"
LOST = "neighbours lost"

QUANTITIES: Mapping[str, Quantity] = {
    quantity.name: quantity
    for quantity in (
        Quantity(
            STRETCH,
            "pixel values (0 to 1) per unit of the latent",
            "\N{SQUARE ROOT} mean of |g(z + \N{GREEK SMALL LETTER EPSILON}u) \N{MINUS SIGN} g(z)|\N{SUPERSCRIPT TWO} / "
            "\N{GREEK SMALL LETTER EPSILON}\N{SUPERSCRIPT TWO}, over pixels and fixed directions u of length 1",
            "How fast the picture changes with a small step. High where the decoder jumps from one thing to another.",
            "model",
        ),
        Quantity(
            ROUND_TRIP,
            "units of the latent, per number",
            "\N{SQUARE ROOT} mean of (encode(decode(z)) \N{MINUS SIGN} z)\N{SUPERSCRIPT TWO}",
            "How far a latent comes back beside itself. High in holes, whose pictures the encoder takes for others.",
            "model",
            "encoder",
        ),
        Quantity(
            LIKELIHOOD,
            "nats",
            "log p(decode(z)), of the picture of 8 bits",
            "How likely the model finds the picture that it makes here: exact for a flow, a lower bound for a VAE.",
            "model",
            "density",
        ),
        Quantity(
            DENSITY,
            "nats per number of the latent",
            "ln(k / (n V r^d)) / d; r: distance to the k-th nearest of n samples, k = 15; V: volume of the unit ball",
            "How densely the samples lie around this latent, in the latent space and not on the map.",
            "samples",
        ),
        Quantity(
            DISTANCE,
            "units of the latent",
            "min |z \N{MINUS SIGN} z(sample)|, Euclidean; of a sample: to another one",
            "How far the nearest sample is in the latent space.",
            "samples",
        ),
        Quantity(
            LOST,
            "share, 0 to 1",
            "share of the 15 nearest in the latent space that are not among the 15 nearest on the map",
            "The error of the map at each sample: which neighbours it has torn away.",
            "map",
        ),
    )
}


def explained(quantity: Quantity) -> str:
    """Hint, formula and unit, for a tooltip."""
    return f"{quantity.hint}\n{quantity.formula}\nUnit: {quantity.unit}."


def lacking(quantity: Quantity, card: Card, samples: LatentSet | None) -> str:
    """Why it cannot be had here, in a few words; '' if it can."""
    if samples is None or not len(samples):
        return "There are no samples."
    if quantity.needs == "density" and card.likelihood == "none":
        return f"{_family(card)}: no density."
    if quantity.needs == "encoder" and not card.encodes:
        return f"{_family(card)}: no encoder."
    return ""


def _family(card: Card) -> str:
    return {"gan": "GAN", "vae": "VAE", "flow": "Flow"}.get(card.family, "This model")
