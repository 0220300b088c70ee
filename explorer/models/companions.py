"""samples.safetensors and concepts.safetensors: read and written with numpy alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save

from explorer.errors import CheckpointError
from explorer.latents.concepts import Concept
from explorer.latents.concepts.record import Record
from explorer.latents.mapped import LARGE, mapped
from explorer.latents.moments import are_finite
from explorer.latents.samples import Labels, LatentSet
from explorer.models.base import Card, Space
from explorer.models.config import AGAIN, CONCEPTS, SAMPLES, check_file, read_card, resolve, whole, write_bytes
from explorer.models.fields import Fields

LARGEST_FILE = 1_000_000_000  # bytes
Arrays = dict[str, NDArray[np.generic]]
KEPT = ("examples with: ", "examples without: ", "strip: ")  # before the name of a concept


def read_samples(path: str | Path, card: Card | None = None) -> dict[str, LatentSet]:
    """The encoded samples of a model, by latent space; empty when it has none. Raises CheckpointError."""
    folder = resolve(path)
    if not (folder / SAMPLES).exists():
        return {}
    arrays, metadata = arrays_in(folder / SAMPLES)
    where = f"{folder.name}/{SAMPLES}"
    spaces = [space for space in (card or read_card(folder)).spaces if f"{space.name}.mean" in arrays]
    if not spaces:
        raise CheckpointError(f"{where} holds no samples of this model.", "It is damaged, or of another model.")
    labels = _labels(arrays, metadata, len(arrays[f"{spaces[0].name}.mean"]), where)
    told = metadata.get("provenance", "encoded samples"), metadata.get("grouped_by", "")
    return {space.name: _set(arrays, space, labels, told, where) for space in spaces}


def _set(arrays: Arrays, space: Space, labels: tuple[Labels, ...], told: tuple[str, str], where: str) -> LatentSet:
    mean = arrays[f"{space.name}.mean"]
    n = len(mean)
    return LatentSet(
        space=space.name,
        latents=_floats(mean, (n, space.dim), where),
        log_variances=_optional(arrays, f"{space.name}.log_variance", (n, space.dim), where),
        labels=labels,
        log_likelihoods=_optional(arrays, "log_likelihood", (n,), where),
        effects=_optional(arrays, f"{space.name}.effect", (space.dim,), where),
        provenance=told[0],
        grouped_by=told[1],
    )


def _labels(arrays: Arrays, metadata: Mapping[str, str], n: int, where: str) -> tuple[Labels, ...]:
    names_of = Fields(_json(metadata.get("labels", "{}"), where), f"{where}, 'labels'").everything()
    found = []
    for name, names in names_of.items():
        values = arrays.get(f"label.{name}")
        if values is None or values.shape != (n,) or not isinstance(names, list):
            raise CheckpointError(f"{where}: the label '{name}' does not fit.", "The file is damaged.")
        if not names:
            found.append(Labels(name, _floats(values, (n,), where)))
        elif values.dtype.kind not in "iu" or (n and (values.min() < 0 or values.max() >= len(names))):
            raise CheckpointError(f"{where}: the label '{name}' has unknown codes.", "The file is damaged.")
        else:
            found.append(Labels(name, values.astype(np.int64), tuple(str(one) for one in names)))
    return tuple(found)


def write_samples(path: Path, sets: Iterable[LatentSet]) -> None:
    """Writes samples.safetensors of one model: sets of several spaces are of the same samples. Raises StorageError."""
    sets = list(sets)
    arrays: dict[str, NDArray[np.generic]] = {}
    for one in sets:
        arrays[f"{one.space}.mean"] = one.latents
        if one.log_variances is not None:
            arrays[f"{one.space}.log_variance"] = one.log_variances
        if one.effects is not None:
            arrays[f"{one.space}.effect"] = one.effects
    first = sets[0]
    if first.log_likelihoods is not None:
        arrays["log_likelihood"] = first.log_likelihoods
    for labels in first.labels:
        arrays[f"label.{labels.name}"] = labels.values.astype(_code(labels) if labels.is_category else np.float32)
    names = {labels.name: list(labels.names) for labels in first.labels}
    told = {"labels": json.dumps(names), "provenance": first.provenance}
    _write(path / SAMPLES, arrays, told | ({"grouped_by": first.grouped_by} if first.grouped_by else {}))


def _code(labels: Labels) -> type[np.signedinteger[Any]]:
    return np.int16 if len(labels.names) <= np.iinfo(np.int16).max else np.int32


def read_concepts(path: str | Path, card: Card | None = None) -> tuple[Concept, ...]:
    """The named directions of a model, in their order; empty when it has none. Raises CheckpointError."""
    folder = resolve(path)
    return concepts_in(folder / CONCEPTS, card or read_card(folder)) if (folder / CONCEPTS).exists() else ()


def concepts_in(path: Path, card: Card) -> tuple[Concept, ...]:
    """The concepts of a file in our format, in their order. Raises CheckpointError where they are of another model."""
    arrays, metadata = arrays_in(path)
    where = f"{path.parent.name}/{path.name}"
    spaces = {space.name: space for space in card.spaces}
    listed = Fields({"concepts": _json(metadata.get("concepts", "null"), where)}, where)
    return tuple(_concept(raw, arrays, spaces, where) for raw in listed.inners("concepts", 0, 10_000))


def _concept(raw: Fields, arrays: Arrays, spaces: Mapping[str, Space], where: str) -> Concept:
    name, space = raw.text("name"), raw.text("space", "z")
    if space not in spaces or name not in arrays:
        raise CheckpointError(f"{where}: the concept '{name}' does not fit this model.", "It is of another model.")
    direction = _floats(arrays[name], (spaces[space].dim,), where)
    length = float(np.linalg.norm(direction))
    if not length > 0:
        raise CheckpointError(f"{where}: the concept '{name}' has no direction.", "The file is damaged.")
    known = {key: value for key, value in raw.everything().items() if key not in ("name", "space", "sigma", "centre")}
    sigma = raw.number("sigma", 1e-9, 1e9)
    centre, record = raw.number("centre", -1e9, 1e9, 0.0), _record(arrays, name, spaces[space].dim, where)
    return Concept(name, direction / np.float32(length), sigma, centre, space, known, record)


def _record(arrays: Arrays, name: str, dim: int, where: str) -> Record | None:
    """The examples and the strip that were kept with a concept; None where none were."""
    found = [arrays.get(f"{prefix}{name}") for prefix in KEPT]
    if found[0] is None or found[1] is None or any(one.ndim != 2 for one in found[:2] if one is not None):
        return None
    with_, without = (_floats(one, (len(one), dim), where) for one in found[:2] if one is not None)
    strip = found[2]
    is_strip = strip is not None and strip.ndim == 4 and strip.dtype == np.uint8 and strip.shape[3] in (1, 3)
    return Record(with_, without, strip.astype(np.uint8) if strip is not None and is_strip else None)


def _kept(concept: Concept) -> Arrays:
    """The arrays of a concept's record, by their names in a file."""
    record = concept.record
    if record is None:
        return {}
    known = zip(KEPT, (record.with_, record.without, record.strip), strict=True)
    return {f"{prefix}{concept.name}": array for prefix, array in known if array is not None}


def write_concepts(path: Path, concepts: Iterable[Concept]) -> None:
    """Writes concepts.safetensors into the folder `path`. Raises StorageError."""
    write_concepts_to(path / CONCEPTS, concepts)


def write_concepts_to(path: Path, concepts: Iterable[Concept]) -> None:
    """Writes concepts into a file of any name in our format. Raises StorageError."""
    concepts = list(concepts)
    told = [
        {"name": one.name, "space": one.space, "sigma": float(one.sigma), "centre": float(one.centre), **one.provenance}
        for one in concepts
    ]
    arrays: Arrays = {one.name: one.direction.astype(np.float32) for one in concepts}
    for one in concepts:
        arrays |= _kept(one)
    _write(path, arrays, {"concepts": json.dumps(told)})


def arrays_in(path: Path) -> tuple[Arrays, dict[str, str]]:
    """The arrays and the metadata of a file of safetensors. Raises CheckpointError."""
    check_file(path, LARGEST_FILE)
    with whole(path), safe_open(path, framework="numpy") as opened:
        large = _large(path)
        arrays = {key: large[key] if key in large else opened.get_tensor(key) for key in opened.keys()}  # noqa: SIM118
        return arrays, dict(opened.metadata() or {})


def _large(path: Path) -> Arrays:
    """The large arrays of float32 in a file of safetensors: not read but mapped. The file was found whole before."""
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        told = json.loads(stream.read(length))
    found: Arrays = {}
    for key, entry in told.items():
        start, stop = entry.get("data_offsets", (0, 0))
        place = 8 + length + start
        if entry.get("dtype") == "F32" and stop - start >= LARGE and place % 4 == 0:
            found[key] = mapped(path, np.dtype("<f4"), tuple(entry["shape"]), place)
    return found


def _write(path: Path, arrays: Arrays, metadata: dict[str, str]) -> None:
    write_bytes(path, save({key: np.ascontiguousarray(value) for key, value in arrays.items()}, metadata))


def _json(text: str, where: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{where} is damaged: what it says of itself is no JSON.", AGAIN.capitalize()) from error


def _optional(arrays: Arrays, key: str, shape: tuple[int, ...], where: str) -> NDArray[np.float32] | None:
    return _floats(arrays[key], shape, where) if key in arrays else None


def _floats(values: NDArray[np.generic], shape: tuple[int, ...], where: str) -> NDArray[np.float32]:
    if values.shape != shape or values.dtype.kind not in "fiu":
        raise CheckpointError(
            f"{where} holds an array of shape {values.shape}, not {shape}.", "It is of another model."
        )
    floats = values.astype(np.float32, copy=False)
    if not are_finite(floats):
        raise CheckpointError(f"{where} holds values that are no numbers.", "The file is damaged.")
    return floats
