"""What `latent-explorer inspect FILE` says of a checkpoint that others trained."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.errors import CheckpointError
from explorer.models.words import bytes_in_words, size_in_words

if TYPE_CHECKING:
    from explorer.models.base import Card
    from explorer.models.foreign.contents import Contents

_SHOWN = 200  # tensors


def report(path: Path, *, as_json: bool) -> int:
    """Print container, tensors, hints, and the architecture, or why it is not known. Raises CheckpointError."""
    from explorer.models.foreign.contents import contents

    held = contents(path)
    card, trouble = _card(held)
    if as_json:
        print(json.dumps(as_mapping(held, card, trouble), indent=2, ensure_ascii=False))
    else:
        print("\n".join(lines(held, card)))
    if trouble is not None:
        raise trouble
    return 0


def _card(held: Contents) -> tuple[Card | None, CheckpointError | None]:
    from explorer.models.foreign.opening import reading_of, recognised

    try:
        return recognised(reading_of(held)).config.card, None
    except CheckpointError as error:
        return None, error


def as_mapping(held: Contents, card: Card | None, trouble: CheckpointError | None) -> dict[str, object]:
    """Everything that is known, for JSON."""
    from explorer.models.folder import card_fields
    from explorer.models.foreign.hashes import file_hash, whole_hash

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
        "not_opened_because": str(trouble) if trouble else None,
    }


def lines(held: Contents, card: Card | None) -> Iterator[str]:
    """The same for a person."""
    yield f"{held.path.name}  ({held.path})"
    size = bytes_in_words(held.size)
    yield f"{held.container}: {len(held.tensors)} tensors, {held.parameters:,} numbers ({size})"
    yield ""
    for note in held.notes:
        yield f"  read      {note}"
    if held.named:
        yield f"  read      The file also names {', '.join(held.named[:5])}; not created, and nothing was run."
    if held.networks:
        yield f"  choose    Several networks: {', '.join(held.networks)}. `convert --network NAME` takes another one."
    if card is not None:
        yield f"  {card.architecture}: {size_in_words(card.image_shape)}, latent {card.default_space.dim} numbers"
        yield from (f"  {fact.how:9s} {fact.text}" for fact in card.facts[1:] if fact.text not in held.notes)
    yield ""
    for key, one in list(held.tensors.items())[:_SHOWN]:
        yield f"  {key:48s} {one.dtype:9s} {' x '.join(map(str, one.shape)) or 'one number'}"
    if len(held.tensors) > _SHOWN:
        yield f"  and {len(held.tensors) - _SHOWN} more"
