"""README.md of a model folder: the card for people."""

from __future__ import annotations

from collections.abc import Iterable

from explorer.latents.concepts import Concept
from explorer.models.base import Card
from explorer.models.training.recipe import Recipe

WORDS = {
    "held_out_pictures": "held-out pictures the figures are taken from",
    "reconstruction_rmse": "reconstruction error, root mean square of a pixel in 0..1",
    "reconstruction_mae": "reconstruction error, mean absolute of a pixel in 0..1",
    "kl_nats": "KL of the posterior from the prior, nats",
    "active_units": "active units (variance of the mean > 0.01, Burda et al. 2016)",
    "aggregate_variance": "variance of all posteriors together (1: that of the prior)",
    "bits_per_dimension": "bits per dimension",
    "sample_diversity": "sample diversity (mean distance of samples over that of data)",
    "training_minutes": "training time, minutes",
    "steps": "training steps",
    "pictures": "pictures learned from",
    "skipped_files": "files that were no pictures",
    "seed": "seed",
    "data_sha256": "sha256 of the data",
}


def text(card: Card, recipe: Recipe, concepts: Iterable[Concept]) -> str:
    """The whole card as Markdown."""
    parts = [
        f"# {card.name}",
        card.summary,
        _facts(card),
        "## Measured\n\n" + _measures(card),
        _concepts(list(concepts)),
        "## Data and terms\n\n" + "\n\n".join(one for one in (card.trained_on, _terms(card)) if one),
        *(f"## {title}\n\n{said}" for title, said in recipe.notes.items()),
        _again(card, recipe),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _again(card: Card, recipe: Recipe) -> str:
    seed = card.measures.get("seed", 0)
    return f"## Make it again\n\n```\nlatent-explorer train {recipe.name} --data DIR --out DIR --seed {seed}\n```"


def _facts(card: Card) -> str:
    height, width, channels = card.image_shape
    spaces = "; ".join(f"{space.name}, {space.dim} numbers, {space.prior}" for space in card.spaces)
    rows = (
        ("family", card.family),
        ("architecture", card.architecture),
        ("parameters", f"{card.parameters:,}"),
        ("picture", f"{width} x {height}, {'grey' if channels == 1 else 'colour'}"),
        ("latent spaces", spaces),
        ("likelihood", card.likelihood),
    )
    return "| | |\n|---|---|\n" + "\n".join(f"| {name} | {value} |" for name, value in rows)


def _measures(card: Card) -> str:
    bound = " (an upper bound, from the evidence lower bound)" if card.likelihood == "lower bound" else ""
    rows = [
        f"| {WORDS.get(key, key.replace('_', ' '))}{bound if key == 'bits_per_dimension' else ''} | {value} |"
        for key, value in card.measures.items()
    ]
    return "| figure | value |\n|---|---|\n" + "\n".join(rows)


def _concepts(concepts: list[Concept]) -> str:
    if not concepts:
        return ""
    rows = [_row(concept) for concept in concepts]
    head = "| concept | samples | with | without | held-out AUC |\n|---|---|---|---|---|\n"
    return "## Concepts\n\n" + head + "\n".join(rows)


def _row(concept: Concept) -> str:
    known = concept.provenance
    auc = known.get("held_out_auc")
    score = f"{auc:.3f}" if isinstance(auc, float) else "-"
    return f"| {concept.name} | {known.get('label')} | {known.get('with')} | {known.get('without')} | {score} |"


def _terms(card: Card) -> str:
    terms = f"Licence: {card.licence}." if card.licence else ""
    return f"{terms} {card.attribution}".strip()
