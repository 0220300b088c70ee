"""The user's own concepts of a model: a folder beside the program's data, named by the fingerprint of the weights.

Bundled models are read-only, and a model may be on a disk that cannot be written to; so the library is the user's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from explorer import places
from explorer.errors import CheckpointError
from explorer.latents.concepts import Concept
from explorer.latents.concepts.arrangement import Arrangement
from explorer.models.base import Card
from explorer.models.companions import concepts_in, write_concepts
from explorer.models.config import CONCEPTS, write_bytes

ARRANGEMENT = "arrangement.json"


def shelf_of(card: Card) -> Path:
    """The folder of the user's concepts of a model."""
    name = card.fingerprint[:32] or re.sub(r"[^\w.-]", "_", card.name)[:60]
    return places.data() / "concepts" / name


def kept(card: Card) -> tuple[Concept, ...]:
    """The user's concepts of a model; none where there are none, or where their file is damaged."""
    try:
        return concepts_in(shelf_of(card) / CONCEPTS, card) if (shelf_of(card) / CONCEPTS).is_file() else ()
    except CheckpointError:
        return ()


def arrangement(card: Card) -> Arrangement:
    """How the user's sliders of a model stand; as they come where nothing is known of it."""
    try:
        values = json.loads((shelf_of(card) / ARRANGEMENT).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return Arrangement()
    return Arrangement.of(values) if isinstance(values, dict) else Arrangement()


def keep(card: Card, concepts: Iterable[Concept], stands: Arrangement | None = None) -> None:
    """Writes all of the user's concepts of a model, and how their sliders stand. Raises StorageError."""
    folder = shelf_of(card)
    folder.mkdir(parents=True, exist_ok=True)
    write_concepts(folder, concepts)
    write_bytes(folder / ARRANGEMENT, json.dumps((stands or Arrangement()).told()).encode())
