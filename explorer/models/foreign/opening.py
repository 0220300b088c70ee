"""The way of a file: read, recognised, built anew, and kept in our own format.

`read` gives what is in it, `open_foreign` a model, `convert` a model folder. None of them runs code of the file, but
for a program that the user agreed to (`trusted`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from explorer.errors import CheckpointError
from explorer.models.base import Fact
from explorer.models.config import Config
from explorer.models.foreign.architectures import Recognised, recognise
from explorer.models.foreign.class_names import with_class_names
from explorer.models.foreign.contents import Contents, contents, told
from explorer.models.foreign.described import described
from explorer.models.foreign.hashes import file_hash
from explorer.models.foreign.loading import loaded
from explorer.models.foreign.manifest import Manifest
from explorer.models.foreign.module_trees import module_tree
from explorer.models.foreign.negatives import UnknownArchitectureError, what_it_is
from explorer.models.foreign.pairs import alone
from explorer.models.foreign.parametrised import composed
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.rebuilt import rebuilt
from explorer.models.foreign.sniff import sniff
from explorer.models.foreign.trusted.asked import run, wanted_of
from explorer.models.foreign.trusted.programs import is_python, program_of
from explorer.models.foreign.trusted.seal import Sealed
from explorer.models.network import NetworkModel
from explorer.models.prior_files import keep_prior, kept_prior

Step = Callable[[int, int, str], None]


def _silent(_done: int, _total: int, _text: str) -> None:
    pass


def read(path: Path, network: str = "") -> Reading:
    """What a file holds, its numbers loaded. Raises CheckpointError."""
    return reading_of(contents(path, network))


def reading_of(held: Contents) -> Reading:
    """The same from contents that were looked at before."""
    with told(held.path):
        size = held.path.stat().st_size if held.path.is_file() else held.size
        tensors = loaded(held.tensors, size)
        put_together: tuple[str, ...] = ()
        if not held.programs:  # those name their constants themselves
            tensors, put_together = composed(tensors)
        return Reading(
            held.path,
            held.container,
            tensors,
            held.hints,
            module_tree(held.root),
            held.named,
            (*held.notes, *put_together),
            held.networks,
            file_hash(held.path),
            held.manifest,
            held.programs,
        )


def recognised(reading: Reading) -> Recognised:
    """The architecture of a reading, its card completed with how it was read. Raises CheckpointError."""
    if reading.manifest is not None:
        found: Recognised | None = described(reading.manifest, reading)
    else:
        found, reading = _recognised_whole_or_alone(reading)
    if found is None:
        raise what_it_is(reading.path, {key: tuple(value.shape) for key, value in reading.tensors.items()})
    return _completed(found, reading, facts_of_reading(reading))


def _completed(found: Recognised, reading: Reading, facts: tuple[Fact, ...]) -> Recognised:
    card = with_class_names(found.config.card, reading.hints)
    card = replace(card, container=reading.container, origin=reading.file_hash, facts=(*facts, *card.facts)[:64])
    return replace(found, config=Config(card, found.config.hyperparameters))


def understood(
    path: Path, network: str = "", manifest: Manifest | None = None, program: Sequence[Sealed] = ()
) -> Recognised:
    """The architecture in a file: by a program that the user agreed to, by a manifest, or by its tensors.

    Raises CheckpointError; TrustWantedError where only a program could tell, and nobody agreed to that.
    """
    if program:
        return _run(path, network, program)
    try:
        reading = read(path, network)
        return recognised(replace(reading, manifest=manifest) if manifest is not None else reading)
    except UnknownArchitectureError as error:
        raise wanted_of(path, error) from error


def _run(path: Path, network: str, program: Sequence[Sealed]) -> Recognised:
    """The tensors of a file keep the names that they have there: nothing is put together for a program."""
    try:
        held = contents(path, network)
    except UnknownArchitectureError:  # a program without weights of its own
        held = Contents(path, sniff(path), {})
    reading = Reading(path, held.container, {}, held.hints, file_hash=file_hash(path))
    size = path.stat().st_size if path.is_file() else held.size
    with told(path):
        weights = loaded(held.tensors, size) if is_python(program) else {}
    found = run(reading, program, weights)
    first = Fact(f"{held.container}, {len(held.tensors)} tensors, {held.parameters:,} numbers", "read")
    return _completed(found, reading, (first,))


def _whole(reading: Reading) -> Reading:
    return reading


def _recognised_whole_or_alone(reading: Reading) -> tuple[Recognised | None, Reading]:
    """What a reading is, and the reading that is meant.

    Where it is not known: of two files the decoder alone, or what stands below the one name before all others.
    """
    for meant in WAYS:
        if (part := meant(reading)) is not None and (found := recognise(part)) is not None:
            return found, part
    return None, reading


def _below(reading: Reading) -> Reading | None:
    """The tensors without the first name of all, such as the attribute of a training module; None for several names."""
    heads = {key.partition(".")[0] for key in reading.tensors}
    head = heads.pop() if len(heads) == 1 else ""
    if not head or head.isdigit() or head in reading.tensors:
        return None
    tensors = {key.removeprefix(f"{head}."): value for key, value in reading.tensors.items()}
    return replace(reading, tensors=tensors, notes=(*reading.notes, f"Left out '{head}.' before every name."))


WAYS: tuple[Callable[[Reading], Reading | None], ...] = (_whole, alone, _below)


def facts_of_reading(reading: Reading) -> tuple[Fact, ...]:
    """What the file itself said."""
    numbers = sum(value.numel() for value in reading.tensors.values())
    code = "no code in the file"
    if reading.named:
        others = f" and {len(reading.named) - 1} more" if len(reading.named) > 1 else ""
        code = f"the file also names {reading.named[0]}{others}; it was not created, and nothing in it was run"
    first = f"{reading.container}, {len(reading.tensors)} tensors, {numbers:,} numbers, {code}"
    return tuple(Fact(text, "read") for text in (first, *reading.notes))


def open_foreign(path: Path, network: str = "", adapter: Path | None = None) -> NetworkModel:
    """The model in a file or folder of somebody else's, on the CPU. Raises CheckpointError.

    `adapter`: a Python file with `build_model`, which the user has agreed to (`trusted.word`).
    """
    if program := program_of(path, adapter):
        return by_program(path, network, program)
    try:
        return built(read(path, network))
    except UnknownArchitectureError as error:
        raise wanted_of(path, error) from error


def by_program(path: Path, network: str, program: Sequence[Sealed]) -> NetworkModel:
    """The model that a program makes of a file. It is run once: what comes of it is kept as data in the cache.

    Raises CheckpointError, TrustWantedError, StorageError.
    """
    from explorer.models.foreign.kept import kept_model

    return kept_model(path, network, program)[0]


def built(reading: Reading) -> NetworkModel:
    """The model of a reading. Raises CheckpointError."""
    found = recognised(reading)
    with told(reading.path):
        model = rebuilt(found, quick=True)
    model.prior = found.prior
    return model


def convert(
    path: Path,
    out: Path,
    network: str = "",
    step: Step = _silent,
    manifest: Manifest | None = None,
    program: Sequence[Sealed] = (),
) -> NetworkModel:
    """Writes the model of a file as a folder of ours; a `manifest` describes it in the place of the one beside it, or a
    `program` builds it (see `program_of`).

    Raises CheckpointError, StorageError.
    """
    from explorer.models.checkpoint import save_model

    step(0, 5, f"Running {program[0].path.name}" if program else f"Reading {path.name}")
    found = understood(path, network, manifest, program)
    step(2, 5, f"Building {found.config.card.architecture}")
    with told(path):
        model = rebuilt(found)
    if model.card.fingerprint == "":
        raise CheckpointError(f"{path.name} has no fingerprint.", "It changed while it was read. Open it again.")
    step(2, 5, "Keeping it")
    save_model(model, out)
    if found.prior is not None and kept_prior(model.card) is None:
        keep_prior(model.card, found.prior)
    return model
