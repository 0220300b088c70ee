"""Directions from elsewhere: .safetensors, .npy, .npz, .pt (weights only) and .csv, by hand or from other tools.

Known are files of ours, InterFaceGAN's boundaries (`.npy` of shape (1, d): a unit normal), GANSpace's components
(`.npz` with `lat_comp` (k, 1, d) and their deviations `lat_stdev`, `act_comp` is of another space), and whatever
holds arrays of shape (d,), (1, d), (k, d) or, for models with layers, (layers, d) with equal rows. Nothing in a file is
ever run: object arrays are refused.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.errors import InputError
from explorer.latents.concepts import Concept, in_units_of
from explorer.latents.samples import LatentSet
from explorer.models.base import Card, Space
from explorer.models.companions import concepts_in

LARGEST = 200_000_000  # bytes
MOST = 200  # directions from one file
SAID = ("lat_stdev", "lat_mean", "act_stdev", "act_mean", "act_comp", "var_ratio", "random_stdevs", "global_mean")
Arrays = Mapping[str, NDArray[np.generic]]


def read_directions(path: Path, samples: LatentSet, card: Card) -> tuple[list[Concept], str]:
    """The directions of a file as concepts of the samples' space, and what is to be said of them.

    Raises InputError, with the shapes that were found, where none fits.
    """
    if path.suffix.lower() == ".safetensors" and (ours := _ours(path, card)) is not None:
        fitting = [one for one in ours if one.space == samples.space]
        if not fitting:
            spaces = ", ".join(sorted({one.space for one in ours})) or "none"
            raise InputError(
                f"The concepts of {path.name} are of another space ({spaces}).",
                f"You are in {samples.space}. Change the space on the map, then import again.",
            )
        return fitting, f"Imported {len(fitting)} concepts of {path.name}."
    arrays = _read(path)
    found: list[Concept] = []
    for key, values in arrays.items():
        if key not in SAID and not (key == "act_comp" and "lat_comp" in arrays):
            found += _directions(key, _in_layers(values, card.space(samples.space)), samples, path)
    if not found:
        shapes = ", ".join(f"{key} {values.shape}" for key, values in list(arrays.items())[:6]) or "nothing"
        raise InputError(
            f"{path.name} holds no direction of this space.",
            f"{samples.space} has {samples.dim} numbers, so it takes ({samples.dim},), (1, {samples.dim}) or "
            f"(k, {samples.dim}). Found: {shapes}.",
        )
    return found[:MOST], f"Imported {min(len(found), MOST)} directions of {path.name}; +1 is one sigma of the samples."


def _ours(path: Path, card: Card) -> tuple[Concept, ...] | None:
    """The concepts of a file of ours; None for any other safetensors."""
    from safetensors import SafetensorError, safe_open

    _check_size(path)
    try:
        with safe_open(path, framework="numpy") as opened:
            is_ours = "concepts" in (opened.metadata() or {})
    except (OSError, SafetensorError) as error:
        raise InputError(f"{path.name} cannot be read.", "It is damaged, or no .safetensors file.") from error
    return concepts_in(path, card) if is_ours else None


def _in_layers(values: NDArray[np.generic], space: Space) -> NDArray[np.generic]:
    """Vectors of a space of layers as rows: one (layers, d) is one direction, and one (d,) goes to every layer."""
    widths = {part.dim for part in space.parts}
    if len(space.parts) < 2 or len(widths) != 1 or not values.ndim or values.dtype.kind not in "fiu":
        return values
    layers, dim = len(space.parts), widths.pop()
    if values.shape[-2:] == (layers, dim):
        return values.reshape(-1, layers * dim)
    if values.shape[-1] == dim and values.ndim <= 2:
        return np.tile(values.reshape(-1, dim), (1, layers))
    return values


def _directions(key: str, values: NDArray[np.generic], samples: LatentSet, path: Path) -> list[Concept]:
    if values.dtype.kind not in "fiu" or values.size == 0 or values.size % samples.dim or values.ndim > 3:
        return []
    if values.ndim == 0 or values.shape[-1] != samples.dim:
        return []
    rows = values.astype(np.float64).reshape(-1, samples.dim)
    if not np.isfinite(rows).all():
        raise InputError(f"'{key}' of {path.name} holds values that are no numbers.", "Export it again.")
    if len(rows) > 1 and np.allclose(rows, rows[0]):
        rows = rows[:1]  # one direction for every layer
    name = path.stem if key in ("", "boundary", "direction") else key
    told = {"method": "import", "file": path.name}
    kept = [(i, row) for i, row in enumerate(rows[:MOST]) if np.linalg.norm(row) > 0]
    names = [name if len(kept) == 1 else f"{name} {i + 1}" for i, _row in kept]
    return [
        in_units_of(samples.latents, row, title, samples.space, {**told, "length": float(np.linalg.norm(row))})
        for (_i, row), title in zip(kept, names, strict=True)
    ]


def _read(path: Path) -> Arrays:
    """The arrays of a file by name. Raises InputError."""
    _check_size(path)
    reader = {".npy": _npy, ".npz": _npz, ".pt": _pt, ".pth": _pt, ".csv": _csv, ".safetensors": _safetensors}.get(
        path.suffix.lower()
    )
    if reader is None:
        raise InputError(f"{path.name} is of no kind that holds directions.", "Known: .safetensors .npz .npy .pt .csv.")
    try:
        return reader(path)
    except InputError:
        raise
    except Exception as error:  # a damaged or hostile file raises many kinds
        raise InputError(
            f"{path.name} cannot be read without running code from it, or it is damaged.",
            "Save the plain arrays, as .npy or .safetensors, and import those.",
        ) from error


def _check_size(path: Path) -> None:
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path.name} is too large for directions.", "Choose the file of the directions alone.")
    except OSError as error:
        raise InputError(f"{path.name} cannot be read.", f"{error.strerror or error}.") from error


def _npy(path: Path) -> Arrays:
    return {"": np.load(path, allow_pickle=False)}


def _npz(path: Path) -> Arrays:
    with np.load(path, allow_pickle=False) as opened:
        return {key: opened[key] for key in opened.files}


def _safetensors(path: Path) -> Arrays:
    from safetensors.numpy import load_file

    return dict(load_file(path))


def _pt(path: Path) -> Arrays:
    import torch

    loaded = torch.load(path, map_location="cpu", weights_only=True)
    parts = loaded if isinstance(loaded, dict) else {"": loaded}
    return {str(key): value.detach().float().numpy() for key, value in parts.items() if isinstance(value, torch.Tensor)}


def _csv(path: Path) -> Arrays:
    """A direction a line, with a name before it or not; a first line of words is a head."""
    found: dict[str, NDArray[np.generic]] = {}
    with path.open(newline="", encoding="utf-8") as file:
        for number, cells in enumerate(csv.reader(file)):
            named = bool(cells) and not _is_number(cells[0])
            numbers = cells[1:] if named else cells
            if numbers and all(_is_number(cell) for cell in numbers):
                found[cells[0] if named else f"line {number + 1}"] = np.array([float(cell) for cell in numbers])
    return found


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
