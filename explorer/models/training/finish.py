"""The end of a training: measured, and written as a whole model folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from explorer.models.base import Card
from explorer.models.checkpoint import save_model
from explorer.models.folder import README, write_bytes, write_concepts, write_samples
from explorer.models.training.base import Training
from explorer.models.training.datasets import Dataset
from explorer.models.training.directions import by_folder, concepts
from explorer.models.training.measures import measured, rounded
from explorer.models.training.modelcard import text
from explorer.models.training.recipe import Recipe


def finish(training: Training, recipe: Recipe, dataset: Dataset, folder: Path, *, seed: int, seconds: float) -> None:
    """Writes everything; `config.json` last, so that a folder that has one is a whole model. Raises StorageError."""
    model = training.finished()
    sets = training.samples(model, dataset, recipe)
    directions = recipe.directions or by_folder(sets[-1])
    found = concepts(sets[-1], directions)
    found = training.tried(model, found, sets[-1])
    figures = measured(model, dataset) | training.measures(model, dataset)
    figures |= _making(training, dataset, seed, seconds)
    model.card = _card(model.card, recipe, figures)
    write_samples(folder, sets)
    write_concepts(folder, found)
    write_bytes(folder / README, text(model.card, recipe, found).encode())
    save_model(model, folder)


def _card(card: Card, recipe: Recipe, figures: dict[str, object]) -> Card:
    return replace(
        card,
        name=recipe.name,
        summary=recipe.summary,
        trained_on=recipe.trained_on,
        licence=recipe.licence,
        attribution=recipe.attribution,
        measures=figures,
    )


def _making(training: Training, dataset: Dataset, seed: int, seconds: float) -> dict[str, object]:
    made: dict[str, object] = {
        "training_minutes": rounded(seconds / 60),
        "steps": training.taken,
        "pictures": int((~dataset.held_out).sum()),
        "seed": seed,
        "data_sha256": dataset.sha256,
    }
    return made | ({"skipped_files": dataset.skipped} if dataset.skipped else {})
