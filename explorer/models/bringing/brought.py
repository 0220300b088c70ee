"""Latents and labels from files as a set of samples, checked against the space they are meant for."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from explorer.errors import InputError
from explorer.latents.samples import Labels, LatentSet
from explorer.models.base import Space
from explorer.models.bringing.tables import MOST_BYTES, Column, as_labels, check_size, read_table

ENDINGS = frozenset({".npy", ".npz", ".csv", ".tsv", ".txt", ".parquet"})
TOLD = frozenset({"sample", "map x", "map y"})  # columns of our own export that are no labels
DIMENSION = re.compile(r"(?:[a-z]{1,3}|latent|dim|dimension)[ _.]?(\d{1,5})", re.IGNORECASE)


def read_samples_of(paths: Sequence[Path], space: Space, known: LatentSet | None = None) -> LatentSet:
    """The samples in these files: one of latents, and tables of labels with a row for each of them, in any order.

    Without latents, the labels are for the samples that are `known` already. Raises InputError that says what does
    not fit: another dimension, another number of rows, damage, Python objects.
    """
    found: LatentSet | None = None
    labels: list[tuple[Path, Mapping[str, Column]]] = []
    for path in paths:
        columns = _columns(path)
        vectors = _vectors(path, columns, space, may_be_labels=len(paths) > 1 or known is not None)
        if vectors is None:
            labels.append((path, columns))
        elif found is not None:
            raise InputError("Two of these files hold latents.", "Bring one file of latents, and tables of labels.")
        else:
            found = _as_set(path, vectors, columns, space)
    base = found or known
    if base is None:
        raise InputError("None of these files holds latents.", f"Give n rows of {space.dim} numbers.")
    for path, columns in labels:
        base = _labelled(base, path, columns, is_new=found is not None)
    return base


def beside(known: LatentSet, brought: LatentSet) -> LatentSet:
    """Both sets as one, the known samples first, with a label `source`; what one of them does not know is unknown."""
    names = dict.fromkeys([*(one.name for one in known.labels), *(one.name for one in brought.labels)])
    joined = [_joined(name, known, brought) for name in names if name != "source"]
    source = np.repeat([0, 1], [len(known), len(brought)])
    labels = (Labels("source", source, ("the model's", "brought")), *joined)
    variances = None
    if known.log_variances is not None and brought.log_variances is not None:
        variances = np.concatenate([known.log_variances, brought.log_variances])
    return LatentSet(
        known.space,
        np.concatenate([known.latents, brought.latents]),
        log_variances=variances,
        labels=labels,
        effects=known.effects,
        provenance=f"{known.provenance}, beside {brought.provenance}",
    )


def _columns(path: Path) -> Mapping[str, Column]:
    """What is in a file, by name; an .npy has one array without a name."""
    if path.suffix.lower() not in ENDINGS:
        raise InputError(f"{path.name} is no file of samples.", f"Known endings: {' '.join(sorted(ENDINGS))}.")
    if path.suffix.lower() not in (".npy", ".npz"):
        return read_table(path)
    check_size(path)
    try:
        if path.suffix.lower() == ".npy":
            return {"": np.asarray(np.load(path, allow_pickle=False))}
        _check_unpacked(path)
        with np.load(path, allow_pickle=False) as arrays:
            return {name: np.asarray(arrays[name]) for name in arrays.files}
    except InputError:
        raise
    except MemoryError:
        raise
    except Exception as error:  # a damaged file raises many kinds
        hint = "It may be damaged, or hold Python objects. Write it with numpy.save, as plain numbers."
        raise InputError(f"{path.name} cannot be read.", hint) from error


def _check_unpacked(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        if sum(one.file_size for one in archive.infolist()) > MOST_BYTES:
            raise InputError(f"{path.name} unpacks to more than 4 GB.", "Bring a part of it.")


def _vectors(path: Path, columns: Mapping[str, Column], space: Space, *, may_be_labels: bool) -> Column | None:
    """Latents (n, d) among the arrays or columns of a file; None for a table of labels."""
    arrays = [one for one in columns.values() if one.ndim > 1 and one.dtype.kind in "fiu"]
    fitting = [one for one in arrays if one.shape[1:] in ((space.dim,), space.shape)]
    if fitting:
        return fitting[0].reshape(len(fitting[0]), space.dim)
    numeric = {name: one for name, one in columns.items() if one.ndim == 1 and one.dtype.kind in "fiu"}
    named = [one for name, one in numeric.items() if DIMENSION.fullmatch(name)]
    for wanted in (named, list(numeric.values())):
        if len(wanted) == space.dim and len(wanted) > 0 and len(columns) >= 2:
            return np.stack(wanted, axis=1)
    if not arrays and may_be_labels and columns and (len(numeric) < len(columns) or len(columns) != space.dim):
        return None
    raise _misfit(path, arrays, len(numeric), space)


def _misfit(path: Path, arrays: Sequence[Column], numeric: int, space: Space) -> InputError:
    """What is there, what was wanted, and what may have happened."""
    wanted = f"space {space.name} takes {space.dim} numbers a sample"
    if not arrays:
        told = f"{numeric} columns of numbers" if numeric else "no columns of numbers"
        return InputError(f"{path.name} has {told}, but {wanted}.", "Was it made by another model or space?")
    shape = arrays[0].shape
    if len(shape) == 2 and shape[0] == space.dim:
        hint = "It lies on its side: save the transposed array."
    elif len(shape) == 4 and shape[-1] in (1, 3):
        hint = "These look like pictures: put them into a folder and bring that."
    else:
        hint = "Was it made by another model or space?"
    return InputError(f"{path.name} has the shape {' x '.join(map(str, shape))}, but {wanted}.", hint)


def _as_set(path: Path, vectors: Column, columns: Mapping[str, Column], space: Space) -> LatentSet:
    latents = np.ascontiguousarray(vectors, dtype=np.float32)
    if not len(latents):
        raise InputError(f"{path.name} holds no samples.", "Give one row for each.")
    bad = np.flatnonzero(~np.isfinite(latents).all(axis=1))
    if len(bad):
        raise InputError(
            f"{path.name} holds values that are no numbers (NaN or infinity), in {len(bad):,} of {len(latents):,} "
            f"samples, first in sample {bad[0]}.",
            "Leave those samples out.",
        )
    samples = LatentSet(space.name, latents, provenance=f"brought from {path.name}")
    used = {name for name, one in columns.items() if one.ndim > 1 or DIMENSION.fullmatch(name)}
    if len([one for one in columns.values() if one.ndim == 1 and one.dtype.kind in "fiu"]) == space.dim:
        used |= {name for name, one in columns.items() if one.dtype.kind in "fiu"}
    rest = {name: one for name, one in columns.items() if name not in used and len(one) == len(latents)}
    return _labelled(samples, path, rest, is_new=True) if rest else samples


def _labelled(samples: LatentSet, path: Path, columns: Mapping[str, Column], *, is_new: bool) -> LatentSet:
    count = len(next(iter(columns.values()))) if columns else 0
    if count != len(samples):
        whose = "but there are" if is_new else "but the samples on show are"
        raise InputError(
            f"{path.name} has {count:,} rows, {whose} {len(samples):,}{' latents' if is_new else ''}.",
            "Give one row for each, in the same order, under one line of names.",
        )
    fresh = [as_labels(name.removeprefix("label."), _plain(one)) for name, one in columns.items()
             if one.ndim == 1 and name.lower() not in TOLD]  # fmt: skip
    names = {one.name for one in fresh}
    kept = tuple(one for one in samples.labels if one.name not in names)
    told = samples.provenance if is_new else f"{samples.provenance}, labels from {path.name}"
    return replace(samples, labels=(*kept, *fresh), provenance=told)


def _plain(column: Column) -> Column:
    return column.astype(np.float64) if column.dtype.kind in "fiub" else column.astype(np.str_)


def _joined(name: str, known: LatentSet, brought: LatentSet) -> Labels:
    one, other = known.label(name), brought.label(name)
    parts = [part for part in (one, other) if part is not None]
    if all(not part.is_category for part in parts):
        halves = [
            np.full(len(of), np.nan, np.float32) if part is None else part.values.astype(np.float32)
            for part, of in ((one, known), (other, brought))
        ]
        return Labels(name, np.concatenate(halves))
    names = tuple(dict.fromkeys(word for part in parts for word in (part.names or ("a number",))))
    seats = {word: code for code, word in enumerate(names)}
    codes = [_recoded(part, seats, len(of)) for part, of in ((one, known), (other, brought))]
    return Labels(name, np.concatenate(codes), names)


def _recoded(labels: Labels | None, seats: Mapping[str, int], count: int) -> np.ndarray:
    if labels is None:
        return np.full(count, -1, np.int64)
    if not labels.is_category:
        return np.full(count, seats["a number"], np.int64)
    table = np.array([seats[word] for word in labels.names] + [-1], np.int64)
    values = labels.values.astype(np.int64)
    return np.asarray(table[np.where((values >= 0) & (values < len(labels.names)), values, len(labels.names))])
