"""`latent-explorer inspect FILE --draft`: layers proposed for weights that nobody knows, and what can be chosen."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.commands.facts import fact_lines
from explorer.errors import CheckpointError, InputError
from explorer.models.words import size_in_words

if TYPE_CHECKING:
    from explorer.models.base import Fact
    from explorer.models.foreign.drafts.told import Choices, Draft, Question
    from explorer.models.foreign.reading import Reading
    from explorer.models.network import NetworkModel

_OTHERS = 6  # alternatives that are named in the text; JSON has all
SHEET = 16  # pictures


def report(path: Path, options: argparse.Namespace) -> int:
    """Print the draft under the choices; write its samples and its manifest where that is asked.

    Raises CheckpointError, InputError, StorageError.
    """
    from explorer.models.foreign.drafts.evidence import inferred
    from explorer.models.foreign.manifest import manifest_path, write_manifest
    from explorer.models.foreign.opening import read

    reading = read(path, options.network)
    if reading.programs:
        raise CheckpointError(
            f"{path.name} describes its own layers: there is nothing to draft.", "Inspect it without --draft."
        )
    known = inferred(reading, {})
    made, yours = chosen(reading, known, options.choose)
    model = built(reading, made)
    measured = probed(model)
    kept = manifest_path(reading.path) if options.keep else None
    if kept is not None:
        write_manifest(made.manifest, kept)
    if options.samples:
        write_sheet(model, options.samples, made.said)
    if options.json:
        print(json.dumps(as_mapping(made, yours, measured, kept), indent=2, ensure_ascii=False))
    else:
        print("\n".join(lines(reading, made, yours, measured, kept)))
    return 0


def chosen(reading: Reading, known: Choices, wishes: Sequence[str]) -> tuple[Draft, tuple[str, ...]]:
    """The draft under 'name=value' wishes, one after the other, and the names of what was chosen.

    Raises InputError for a name or a value that is not asked for.
    """
    from explorer.models.foreign.drafts.draft import draft, with_choice

    choices = dict(reading.manifest.choices) if reading.manifest is not None else {}
    made = draft(reading, choices, known)
    for wish in wishes:
        name, sign, value = wish.partition("=")
        if not sign:
            raise InputError(f"'{wish}' is no choice.", "Say it as NAME=VALUE, such as --choose activation=elu.")
        choices = with_choice(choices, name.strip(), _value(made, name.strip(), value.strip()))
        made = draft(reading, choices, known)
    return made, tuple(choices)


def _value(made: Draft, name: str, value: str) -> str:
    asked = {question.name: question for question in (*made.questions, *_of_layers(made))}
    if name not in asked:
        general = ", ".join(question.name for question in made.questions)
        raise InputError(
            f"The draft does not ask for '{name}'.", f"It asks for {general}; --json also lists those of single layers."
        )
    for option in asked[name].options:
        if value in (option.value, option.words):
            return option.value
    known = ", ".join(f"'{option.value}'" for option in asked[name].options)
    raise InputError(f"'{value}' is no answer to '{name}'.", f"It takes {known}.")


def _of_layers(made: Draft) -> Iterator[Question]:
    for row in made.rows:
        yield from (question for question in (row.way, row.after) if question is not None)


def built(reading: Reading, made: Draft) -> NetworkModel:
    """The model of a draft. Raises CheckpointError."""
    from explorer.models.foreign.described import described
    from explorer.models.foreign.rebuilt import rebuilt

    return rebuilt(described(made.manifest, replace(reading, manifest=None)))


def probed(model: NetworkModel) -> tuple[Fact, ...]:
    """What random latents show."""
    from explorer.models.foreign.drawn import probed as measured

    return tuple(fact for fact in measured(model).facts if fact.how == "measured")


def write_sheet(model: NetworkModel, path: Path, title: str) -> None:
    """Samples of the prior as one PNG. Raises StorageError."""
    from explorer.export.pictures import save_png
    from explorer.export.sheet import Words, sheet

    save_png(sheet(model.decode(model.sample(SHEET, seed=0)), Words(title, "random latents of its prior")), path)


def as_mapping(made: Draft, yours: Sequence[str], measured: Sequence[Fact], kept: Path | None) -> dict[str, object]:
    """The draft, for JSON."""
    from explorer.models.config import fact_fields
    from explorer.models.foreign.manifest import as_fields

    return {
        "draft": made.said,
        "picture": list(made.manifest.image_shape),
        "doubts": list(made.doubts),
        "questions": [_fields(question, yours) for question in made.questions],
        "layers": [
            {
                "part": row.part,
                "key": row.key,
                "layer": row.layer,
                "makes": row.makes,
                "questions": [_fields(one, yours) for one in (row.way, row.after) if one is not None],
            }
            for row in made.rows
        ],
        "measured": [fact_fields(fact) for fact in measured],
        "manifest": as_fields(made.manifest),
        "kept": str(kept) if kept else None,
    }


def _fields(question: Question, yours: Sequence[str]) -> dict[str, object]:
    return {
        "name": question.name,
        "title": question.title,
        "taken": question.taken,
        "how": _how(question, yours),
        "options": {option.value: option.words for option in question.options},
    }


def _how(question: Question, yours: Sequence[str]) -> str:
    return "chosen" if question.name in yours else question.how


def lines(
    reading: Reading, made: Draft, yours: Sequence[str], measured: Sequence[Fact], kept: Path | None
) -> Iterator[str]:
    """The same for a person."""
    yield f"{reading.path.name}: {made.said}, {size_in_words(made.manifest.image_shape)}"
    yield from (f"  doubt: {doubt}" for doubt in made.doubts)
    yield ""
    wide = max(len(question.name) for question in made.questions)
    for question in made.questions:
        others = [option.value for option in question.options if option.value != question.taken]
        more = f" | … ({len(others)} in all)" if len(others) > _OTHERS else ""
        rest = f"  or {' | '.join(others[:_OTHERS])}{more}" if others else ""
        words = "" if question.words == question.taken else f", {question.words}"
        yield f"  {question.name:{wide}s}  {question.taken}  ({_how(question, yours)}{words}){rest}"
    yield ""
    long = max(len(row.key) for row in made.rows)
    for row in made.rows:
        after = f"  then {row.after.taken}" if row.after and row.after.taken != "none" else ""
        way = f"  {row.way.words}" if row.way else ""
        yield f"  {row.part:8s}{row.key:{long}s}  {row.layer}{way}, makes {row.makes}{after}"
    yield ""
    yield from fact_lines(measured)
    yield (
        f"Kept in {kept}: it opens without questions now."
        if kept
        else ("Change an answer with --choose NAME=VALUE, look at it with --samples sheet.png, keep it with --keep.")
    )
