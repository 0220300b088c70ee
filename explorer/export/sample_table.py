"""Samples as a table: number, labels, place on the map, latent. What is written here can be brought back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.errors import InputError
from explorer.latents.arrays import Points
from explorer.latents.samples import Labels, LatentSet
from explorer.models.folder import write_bytes

ENDINGS = (".csv", ".parquet", ".npz", ".npy")
Indices = NDArray[np.int64]
Column = NDArray[np.generic]


def save_samples(path: Path, samples: LatentSet, indices: Indices, points: Points | None = None) -> None:
    """Write the samples `indices` (m,), whole or not at all, in the form that the ending of `path` names.

    `points` float32 (n, 2): where all samples are on the map, or None. '.npy' holds the latents alone. Raises
    InputError for another ending, StorageError.
    """
    forms = {".csv": _csv, ".parquet": _parquet, ".npz": _npz, ".npy": _npy}
    form = forms.get(path.suffix.lower())
    if form is None:
        raise InputError(f"Samples are not written as '{path.suffix}'.", f"Choose one of: {', '.join(ENDINGS)}.")
    write_bytes(path, form(samples, indices, points))


def columns(samples: LatentSet, indices: Indices, points: Points | None) -> Iterator[tuple[str, Column]]:
    """The columns before the latents: 'sample', the labels, 'map x' and 'map y'."""
    yield "sample", indices
    for labels in samples.labels:
        yield labels.name, _values(labels, indices)
    if points is not None:
        yield "map x", points[indices, 0]
        yield "map y", points[indices, 1]


def _values(labels: Labels, indices: Indices) -> Column:
    """Names of classes, '' for an unknown one; or the numbers."""
    values = labels.values[indices]
    if not labels.is_category:
        return values
    return np.array([*labels.names, ""])[values.astype(np.int64)]  # -1, unknown, is the last


def _latent_names(samples: LatentSet) -> list[str]:
    return [f"{samples.space}{number + 1}" for number in range(samples.dim)]


def _csv(samples: LatentSet, indices: Indices, points: Points | None) -> bytes:
    known = list(columns(samples, indices, points))
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*(name for name, _column in known), *_latent_names(samples)])
    for row, index in enumerate(indices):
        writer.writerow([*(column[row] for _name, column in known), *map(str, samples.latents[index])])
    return stream.getvalue().encode("utf-8")


def _parquet(samples: LatentSet, indices: Indices, points: Points | None) -> bytes:
    import pyarrow
    import pyarrow.parquet

    chosen = samples.latents[indices]
    table = dict(columns(samples, indices, points))
    table |= {name: chosen[:, number] for number, name in enumerate(_latent_names(samples))}
    sink = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(pyarrow.table({name: pyarrow.array(column) for name, column in table.items()}), sink)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _npz(samples: LatentSet, indices: Indices, points: Points | None) -> bytes:
    stream = io.BytesIO()
    known = {name: column for name, column in columns(samples, indices, points) if not name.startswith("map ")}
    if points is not None:
        known["map"] = points[indices]
    np.savez(stream, latents=samples.latents[indices], **known)  # type: ignore[arg-type]
    return stream.getvalue()


def _npy(samples: LatentSet, indices: Indices, points: Points | None) -> bytes:  # noqa: ARG001
    stream = io.BytesIO()
    np.save(stream, samples.latents[indices], allow_pickle=False)
    return stream.getvalue()
