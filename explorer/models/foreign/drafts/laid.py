"""A reading laid out in the cache, so that the engine can draft it again and again: in our own formats.

`lay_out` runs where the file was read; `Workbench` in the engine.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.torch import save_file

from explorer.errors import CheckpointError
from explorer.models.config import write_bytes
from explorer.models.foreign.described import described
from explorer.models.foreign.drafts.draft import PRIORS, draft
from explorer.models.foreign.drafts.evidence import inferred
from explorer.models.foreign.drafts.told import Choices, Draft, Drawn
from explorer.models.foreign.prior_rows import in_rows
from explorer.models.foreign.probing import probe, told
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.rebuilt import rebuilt
from explorer.models.network import NetworkModel

TENSORS, WORDS = "reading.safetensors", "reading.json"
SHOWN, IN_ROW = 16, 8
PATIENCE_S = 0.4  # for all samples of one choice: a slow decoder shows fewer


def lay_out(reading: Reading, folder: Path) -> dict[str, str]:
    """Writes a reading; what its tensors give away. Raises StorageError."""
    known = inferred(reading, {})
    folder.mkdir(parents=True, exist_ok=True)
    order = list(reading.tensors)
    save_file({key: value.contiguous() for key, value in reading.tensors.items()}, folder / TENSORS)
    words = {
        "path": str(reading.path),
        "container": reading.container,
        "order": order,
        "hints": dict(reading.hints),
        "named": list(reading.named),
        "notes": list(reading.notes),
        "hash": reading.file_hash,
        "inferred": known,
    }
    write_bytes(folder / WORDS, json.dumps(words).encode())
    return known


def laid(folder: Path) -> tuple[Reading, dict[str, str]]:
    """A reading that was laid out, and what is inferred of it. Raises CheckpointError."""
    try:
        words = json.loads((folder / WORDS).read_bytes())
        with safe_open(folder / TENSORS, framework="pt") as opened:
            tensors = {key: opened.get_tensor(key) for key in words["order"]}
    except Exception as error:  # the cache was cleared, or its disk is full
        raise CheckpointError(
            "What was read of the file is no longer there.", "Drop it on the window again."
        ) from error
    notes, named = tuple(words["notes"]), tuple(words["named"])
    path, container, hints = Path(words["path"]), words["container"], words["hints"]
    reading = Reading(path, container, tensors, hints, named=named, notes=notes, file_hash=words["hash"])
    return reading, words["inferred"]


class Workbench:
    """One reading at a time, drafted by choices."""

    def __init__(self) -> None:
        self._folder = ""
        self._reading: Reading | None = None
        self._inferred: dict[str, str] = {}

    def draw(self, folder: str, choices: Choices, seed: int) -> tuple[Draft, Drawn]:
        """The draft under these choices, and samples of it. Raises CheckpointError."""
        if folder != self._folder or self._reading is None:
            self._reading, self._inferred = laid(Path(folder))
            self._folder = folder
        made = draft(self._reading, choices, self._inferred)
        model = rebuilt(described(made.manifest, self._reading))
        return made, _drawn(model, seed)


def _drawn(model: NetworkModel, seed: int) -> Drawn:
    found = probe(model, pictures=SHOWN)
    count = int(np.clip(PATIENCE_S * 1000 / max(found.ms, 1e-3), 2, SHOWN))
    images = model.decode(model.sample(count, seed=seed))
    slow = () if count == SHOWN else (f"a picture takes {found.ms:.0f} ms, so few are shown",)
    rows = in_rows(model, [kind for kind, _ in PRIORS.values() if kind != "none"], min(count, IN_ROW), seed)
    return Drawn(images, (*told(found, model.card), *slow), (found.low, found.high), rows)
