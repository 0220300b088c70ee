"""A path as pictures, some at a time, and as numbers."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from explorer.errors import InputError
from explorer.latents.arrays import Images, Latents
from explorer.latents.paths.base import Positions
from explorer.latents.paths.crossfade import mixed
from explorer.models.folder import write_bytes

AT_ONCE = 32
Decode = Callable[[Latents], Images]
NUMBERS = (".npy", ".json")


def pictures(latents: Latents, decode: Decode) -> Iterator[Images]:
    """Pictures of latents (n, d) in batches that are cheap to decode."""
    for start in range(0, len(latents), AT_ONCE):
        yield decode(latents[start : start + AT_ONCE])


def mixtures(waypoints: Images, at: Positions, *, closed: bool) -> Iterator[Images]:
    """Pictures (k, h, w, c) of waypoints, mixed at positions (n,), in batches."""
    for start in range(0, len(at), AT_ONCE):
        yield mixed(waypoints, at[start : start + AT_ONCE], closed)


def spread(latents: Latents, count: int = 48) -> Latents:
    """Some of the latents, evenly over all of them: their pictures show the colours of a film."""
    some: Latents = latents[np.unique(np.linspace(0, len(latents) - 1, count).round().astype(int))]
    return some


def captions(at: Positions, letters: Mapping[float, str]) -> tuple[str, ...]:
    """A line for each frame: its number, and a waypoint's letter where it is nearest."""
    texts = [f"{index + 1}  \N{MIDDLE DOT}  {position:.0%}" for index, position in enumerate(at.tolist())]
    for position, letter in letters.items():
        index = int(np.abs(at - position).argmin())
        texts[index] = f"{letter}  \N{MIDDLE DOT}  {texts[index]}"
    return tuple(texts)


def save_numbers(latents: Latents, path: Path, facts: Mapping[str, object], at: Sequence[float]) -> None:
    """Latents (n, d) as .npy, or as .json with what is known of them. Raises InputError, StorageError."""
    if path.suffix.lower() == ".npy":
        stream = io.BytesIO()
        np.save(stream, latents.astype(np.float32), allow_pickle=False)
        write_bytes(path, stream.getvalue())
    elif path.suffix.lower() == ".json":
        rows = [[float(str(number)) for number in row] for row in latents.astype(np.float32)]
        content = {**facts, "positions": [float(one) for one in at], "latents": rows}
        write_bytes(path, (json.dumps(content, allow_nan=False) + "\n").encode())
    else:
        raise InputError(f"{path.name} has no ending that says what to write.", "End it in .npy or .json.")
