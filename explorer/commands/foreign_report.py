"""What `latent-explorer inspect FILE` says of a checkpoint that others trained: all that its card says."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.commands.draft_report import write_sheet
from explorer.commands.facts import fact_lines, part_lines, space_in_words
from explorer.commands.programs import held_in, program_in_fields
from explorer.errors import CheckpointError
from explorer.models.words import bytes_in_words, size_in_words

if TYPE_CHECKING:
    from explorer.models.base import Card
    from explorer.models.foreign.contents import Contents
    from explorer.models.network import NetworkModel

_SHOWN = 200  # tensors


def report(path: Path, options: argparse.Namespace) -> int:
    """Print container, tensors, hints, the architecture and what random latents show, or why it is not known.

    Raises CheckpointError, StorageError.
    """
    held = held_in(path, options.network)
    model, card, trouble = _built(held, options)
    if model is not None and options.samples:
        write_sheet(model, options.samples, model.card.architecture)
    if options.json:
        program = program_in_fields(path, options.adapter)
        print(json.dumps({**as_mapping(held, card, trouble), "program": program}, indent=2, ensure_ascii=False))
    else:
        print("\n".join(lines(held, card)))
    if trouble is not None:
        raise trouble
    return 0


def _built(
    held: Contents, options: argparse.Namespace
) -> tuple[NetworkModel | None, Card | None, CheckpointError | None]:
    from explorer.models.foreign.drawn import probed
    from explorer.models.foreign.opening import built, by_program, reading_of
    from explorer.models.foreign.trusted.asked import wanted_of
    from explorer.models.foreign.trusted.programs import program_of
    from explorer.models.prior_files import kept_prior

    try:
        program = program_of(held.path, options.adapter)
        model = by_program(held.path, options.network, program) if program else built(reading_of(held))
        model.prior = kept_prior(model.card) or model.prior
        return model, probed(model), None
    except CheckpointError as error:
        return None, None, wanted_of(held.path, error)


def as_mapping(held: Contents, card: Card | None, trouble: CheckpointError | None) -> dict[str, object]:
    """Everything that is known, for JSON."""
    from explorer.models.folder import card_fields
    from explorer.models.foreign.hashes import file_hash, whole_hash
    from explorer.models.prior_files import kept_prior

    return {
        "path": str(held.path),
        "container": held.container,
        "sha256": whole_hash(held.path) if held.path.is_file() else file_hash(held.path),
        "parameters": held.parameters,
        "tensors": {key: {"shape": list(one.shape), "dtype": one.dtype} for key, one in held.tensors.items()},
        "hints": held.hints,
        "named_and_not_created": list(held.named),
        "notes": list(held.notes),
        "networks": list(held.networks),
        "model": card_fields(card) if card else None,
        "chosen_prior": chosen.words if card and (chosen := kept_prior(card)) is not None else None,
        "not_opened_because": str(trouble) if trouble else None,
    }


def lines(held: Contents, card: Card | None) -> Iterator[str]:
    """The same for a person."""
    yield held.path.name if held.path.name == str(held.path) else f"{held.path.name}  ({held.path})"
    size = bytes_in_words(held.size)
    yield f"{held.container}: {len(held.tensors)} tensors, {held.parameters:,} numbers ({size})"
    yield ""
    if card is None:
        yield from (f"  read      {note}" for note in held.notes)
    if held.named:
        yield f"  read      the file also names {', '.join(held.named[:5])}; not created or run to read it"
    if held.networks:
        yield f"  choose    Several networks: {', '.join(held.networks)}. --network NAME takes another one."
    if card is not None:
        yield from _model(card)
    if card is not None or held.notes or held.named or held.networks:
        yield ""
    for key, one in list(held.tensors.items())[:_SHOWN]:
        yield f"  {key:48s} {one.dtype:9s} {' x '.join(map(str, one.shape)) or 'one number'}"
    if len(held.tensors) > _SHOWN:
        yield f"  and {len(held.tensors) - _SHOWN} more"


def _model(card: Card) -> Iterator[str]:
    from explorer.models.prior_files import kept_prior

    encodes = "pictures to latents too" if card.encodes else "no encoder"
    yield f"  {card.architecture}: {size_in_words(card.image_shape)}, {card.parameters:,} parameters, {encodes}"
    for space in card.spaces:
        yield f"  latent {space.name}: {space_in_words(space)}"
        yield from part_lines(space)
    if (chosen := kept_prior(card)) is not None:
        yield f"  drawn from {chosen.words} (you chose it)"
    yield from fact_lines(card.facts[1:])
