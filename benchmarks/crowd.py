"""A model folder with very many samples, to try the map with: a bundled model whose samples were multiplied.

Every new sample is one of the model's own, moved by some noise; its labels are those of the sample it came from. So the
pictures are pictures, the classes lie where they lay, and the map has the shape of the true one.

    python benchmarks/crowd.py FOLDER [samples]
    latent-explorer FOLDER
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from explorer.latents.samples import Labels, LatentSet
from explorer.models.folder import SAMPLES, read_samples, resolve, write_samples

MODEL = "toonfaces-vae"
COUNT = 1_000_000
NOISE = 0.4  # of the standard deviation of each dimension
LABELS = 3  # of the labels with classes, besides one of numbers


def main() -> None:
    """Make the folder."""
    folder = Path(sys.argv[1])
    make(folder, int(sys.argv[2]) if len(sys.argv) > 2 else COUNT)
    print(f"Made {folder}.")


def make(folder: Path, count: int, model: str = MODEL) -> None:
    """Everything of a bundled model but its samples, and `count` samples in their place."""
    source = resolve(model)
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns(SAMPLES))
    sets = read_samples(source)
    own = sets[next(iter(sets))]
    rng = np.random.default_rng(0)
    origins = rng.integers(0, len(own), count)
    latents = own.latents[origins]
    for row in range(0, count, 10_000):
        part = latents[row : row + 10_000]
        part += NOISE * own.latents.std(axis=0) * rng.standard_normal(part.shape, dtype=np.float32)
    numbers = Labels("length", np.linalg.norm(latents, axis=1).astype(np.float32))
    labels = tuple(Labels(one.name, one.values[origins], one.names) for one in _classes(own))
    write_samples(folder, [LatentSet(own.space, latents, labels=(*labels, numbers), provenance="multiplied samples")])


def _classes(own: LatentSet) -> Iterator[Labels]:
    fitting = [labels for labels in own.labels if labels.is_category and 2 <= len(labels.names) <= 40]
    return iter(fitting[:LABELS])


if __name__ == "__main__":
    main()
