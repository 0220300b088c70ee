"""Two files that are one model: taesd_decoder.pth with taesd_encoder.pth beside it, decoder.pt with encoder.pt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from explorer.errors import CheckpointError

if TYPE_CHECKING:
    from explorer.models.foreign.contents import Contents
    from explorer.models.foreign.reading import Reading

Value = TypeVar("Value")
TOGETHER = "Took {} and {} together."
DECODER, ENCODER = "decoder.", "encoder."


def halves_beside(path: Path) -> tuple[Path, Path | None]:
    """The decoder of this file and the encoder beside it, by their names: vae_decoder.onnx, vae_encoder.onnx."""
    for ours, theirs in (("decoder", "encoder"), ("Decoder", "Encoder"), ("generator", "encoder")):
        if ours in path.stem and (beside := path.with_name(path.name.replace(ours, theirs))).is_file():
            return path, beside
        if theirs in path.stem and (beside := path.with_name(path.name.replace(theirs, ours))).is_file():
            return beside, path
    return path, None


def paired(held: Contents, read: Callable[[Path], Contents]) -> Contents:
    """The contents with those of the other half beside, below 'encoder.' and 'decoder.'; the same where there is none.

    A manifest that names modules of the file alone is left to it.
    """
    decoder, encoder = halves_beside(held.path)
    if encoder is None or _names_alone(held):
        return held
    try:
        other = read(encoder if held.path == decoder else decoder)
    except CheckpointError:
        return held
    here, there = (held, other) if held.path == decoder else (other, held)
    tensors = {**_below(ENCODER, there.tensors), **_below(DECODER, here.tensors)}
    note = TOGETHER.format(decoder.name, encoder.name)
    hints = {**there.hints, **here.hints}
    named = tuple(dict.fromkeys((*held.named, *other.named)))
    return replace(held, tensors=tensors, hints=hints, named=named, notes=(*held.notes, note))


def alone(reading: Reading) -> Reading | None:
    """The decoder of a reading of two files, for what is known by its own names; None of any other reading."""
    told = TOGETHER.format(*(half.name if half else "" for half in halves_beside(reading.path)))
    if told not in reading.notes:
        return None
    own = {key.removeprefix(DECODER): value for key, value in reading.tensors.items() if key.startswith(DECODER)}
    return replace(reading, tensors=own, notes=tuple(note for note in reading.notes if note != told))


def _below(name: str, tensors: Mapping[str, Value]) -> dict[str, Value]:
    whole = all(key.startswith(name) for key in tensors)
    return {key if whole else f"{name}{key}": value for key, value in tensors.items()}


def _names_alone(held: Contents) -> bool:
    if held.manifest is None:
        return False
    first = next((layer["key"] for layer in held.manifest.decoder if "key" in layer), "")
    return any(key.startswith(f"{first}.") for key in held.tensors)
