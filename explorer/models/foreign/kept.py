"""Checkpoints of others, kept in our format in the cache: read once, in a process of its own, then a model like any.

The functions are jobs: `step(done, total, text)` tells how far they are. What they answer with is plain data.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.errors import CheckpointError, StorageError
from explorer.latents.arrays import Images
from explorer.models.base import Card
from explorer.models.config import CONFIG, read_card, write_bytes, write_facts
from explorer.models.foreign.contents import contents
from explorer.models.foreign.copies import place_of, remember, tidy
from explorer.models.foreign.hashes import changed, file_hash
from explorer.models.foreign.limits import confine
from explorer.models.foreign.manifest import Manifest, described_by, identity, manifest_path, write_manifest
from explorer.models.foreign.negatives import UnknownArchitectureError
from explorer.models.foreign.prior_rows import kind_of
from explorer.models.foreign.sniff import sniff
from explorer.models.foreign.trusted.programs import is_python, program_of
from explorer.models.foreign.trusted.seal import Inside, Sealed, TrustWantedError, identity_of
from explorer.models.foreign.trusted.sources import adapter_path
from explorer.models.prior_files import keep_prior, kept_prior

if TYPE_CHECKING:
    from explorer.models.network import NetworkModel

Step = Callable[..., None]
EXPLORED = "explored"  # an empty file: the user went on from its card


@dataclass(frozen=True)
class Glance:
    """What stands in a file, before a number is loaded."""

    container: str
    tensors: int
    numbers: int
    named: tuple[str, ...]
    notes: tuple[str, ...]
    networks: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Kept:
    """A model of others in our format, ready to be opened. `taken`: the prior in force, '' for several."""

    folder: str
    card: Card
    taken: str = ""
    known: bool = False  # it was explored before
    note: str = ""  # what a person should know


@dataclass(frozen=True, eq=False)
class Samples:
    """Of the prior, uint8 (n, height, width, channels); `says`: a sentence about them. `by_prior`: rows to choose a
    prior from, where nothing tells it."""

    images: Images
    says: str
    by_prior: tuple[tuple[str, Images], ...] = ()


@dataclass(frozen=True)
class Unknown:
    """Weights whose architecture nobody knows, laid out in a folder to be drafted. `title`, `hint`: what is said."""

    folder: str
    title: str
    hint: str
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asking:
    """A program would have to be run to open the file, and the user has not agreed to exactly these bytes.

    `can_do_without`: whether there is another way, such as a draft.
    """

    inside: Inside
    title: str
    hint: str
    can_do_without: bool = True


def glance(path: Path, network: str = "") -> Glance:
    """What a file is, without torch: a fraction of a second. Raises CheckpointError."""
    try:
        held = contents(path, network)
    except UnknownArchitectureError:  # a program without weights of its own
        return Glance(sniff(path), 0, 0, (), (), ())
    return Glance(held.container, len(held.tensors), held.parameters, held.named, held.notes, held.networks)


def keep(
    path: Path, network: str = "", adapter: Path | None = None, *, step: Step, plain: bool = False
) -> Kept | Unknown | Asking:
    """Read, recognise, build, and write in our format; or lay out for a draft what nobody knows.

    On the way `step` gets a `Glance` at once, a `Kept` when it can be opened, `Samples` when they are drawn. What was
    explored before is found without loading it. `adapter`: a Python file with `build_model`; `plain`: leave the one
    beside the file alone. Where a program would have to be run that nobody agreed to, nothing is, and it is asked.
    Raises CheckpointError, StorageError.
    """
    weights = described_by(path)
    confine(weights)
    step(0, 5, f"Reading {path.name}")
    with contextlib.suppress(CheckpointError):  # it may still open by a program that was agreed to
        step(0, 5, f"Reading {path.name}", glance(path, network))
    program = () if plain else program_of(weights, adapter)
    folder = folder_of(path, network, program)
    if (folder / EXPLORED).is_file() and (folder / CONFIG).is_file():
        os.utime(folder.parent)  # what was not opened for longest goes first
        return _standing(folder, known=True)
    try:
        model, folder = kept_model(path, network, program, step)
    except TrustWantedError as error:
        return Asking(error.inside, error.title, error.hint, can_do_without=adapter is None)
    except UnknownArchitectureError as error:
        return _laid_out(path, network, folder, error, step)
    return replace(_shown(model, folder, step), note=_beside(weights, program))


def _beside(weights: Path, program: Sequence[Sealed]) -> str:
    """Lay a copy of a Python file that was chosen elsewhere beside the weights, so that they open by it next time; what
    is to be told of it."""
    beside = adapter_path(weights)
    if len(program) != 1 or not is_python(program) or beside.exists() or not weights.is_file():
        return ""
    try:
        write_bytes(beside, program[0].content)
    except StorageError:
        return ""
    return f"{beside.name} lies beside it now: {weights.name} opens by it from now on."


def kept_model(
    path: Path, network: str, program: Sequence[Sealed] = (), step: Step = lambda *_told: None
) -> tuple[NetworkModel, Path]:
    """The model of a file, and its folder in the cache, made where it is not there.

    A `program` is not run again for what was kept of it. Raises CheckpointError, StorageError.
    """
    from explorer.models.checkpoint import open_model
    from explorer.models.foreign.opening import convert

    folder = folder_of(path, network, program)
    known = (folder / CONFIG).is_file()
    model = open_model(folder, "cpu") if known else convert(path, folder, network, step, program=program)
    remember(path, folder)
    return model, folder


def keep_program(path: Path, network: str, adapter: Path | None) -> None:
    """Run the program that opens a file, where that was agreed to, and keep what comes of it. For a process of its own.

    Raises CheckpointError, TrustWantedError, StorageError.
    """
    confine(path)
    kept_model(path, network, program_of(path, adapter))


def folder_of(path: Path, network: str, program: Sequence[Sealed] = ()) -> Path:
    """Where a file is kept, opened by a program or as data."""
    weights = described_by(path)
    said = identity(file_hash(weights) + changed(weights), path)
    return place_of(weights, identity_of(said, program) if program else said, network)


def keep_drafted(path: Path, network: str, manifest: Manifest, *, step: Step) -> Kept:
    """Write a manifest beside a file, and keep the model it describes. Raises CheckpointError, StorageError."""
    from explorer.models.foreign.opening import convert

    step(0, 5, f"Reading {path.name}")
    weights, note = described_by(path), ""
    confine(weights)
    try:
        write_manifest(manifest, manifest_path(weights))
        note = f"{manifest_path(weights).name} lies beside it now: it opens without questions, and can be shared."
    except StorageError as error:
        note = f"No manifest could be written beside it ({error.hint.rstrip('.')}); it is remembered here."
    folder = place_of(weights, identity(file_hash(weights), path), network)
    model = convert(path, folder, network, step, manifest)
    keep_prior(model.card, None)  # what the draft says of it counts
    remember(path, folder)
    explored(str(folder))
    return replace(_standing(folder, known=True), note=note)


def _shown(model: NetworkModel, folder: Path, step: Step) -> Kept:
    """Samples and a probe of a model that stands: each is told as soon as it is there."""
    from explorer.models.foreign.drawn import drawn, probed

    standing = _standing(folder)
    card, model.prior = standing.card, kept_prior(standing.card)
    step(3, 5, "Drawing samples", standing)
    step(4, 5, "Measuring", drawn(model, lambda some: step(3, 5, "Drawing samples", some)))
    if not any(fact.how == "measured" for fact in card.facts):
        card = replace(card, facts=probed(model).facts)
        write_facts(folder, card.facts)
    return replace(standing, card=card)


def _standing(folder: Path, *, known: bool = False) -> Kept:
    card = read_card(folder)
    chosen = kept_prior(card)
    return Kept(str(folder), card, kind_of(card) if chosen is None else chosen.kind, known)


def explored(folder: str) -> None:
    """The user went on from its card: next time it opens at once. Nothing where that cannot be written."""
    with contextlib.suppress(OSError):
        (Path(folder) / EXPLORED).touch()


def keep_for_draft(path: Path, network: str = "", *, step: Step) -> Unknown:
    """Lay out a file to be drafted though it may be known; with the answers of the manifest beside it.

    Raises CheckpointError, StorageError.
    """
    weights = described_by(path)
    confine(weights)
    step(0, 5, f"Reading {path.name}")
    folder = place_of(weights, identity(file_hash(weights), path), network)
    return _laid_out(path, network, folder, CheckpointError(f"A draft of {weights.name}."), step)


def _laid_out(path: Path, network: str, folder: Path, error: CheckpointError, step: Step) -> Unknown:
    from explorer.models.foreign.drafts.laid import lay_out
    from explorer.models.foreign.opening import read

    reading = read(path, network)
    step(2, 5, "Looking at its layers")
    lay_out(reading, folder.parent / "draft")
    tidy(folder)
    answers = reading.manifest.choices if reading.manifest is not None else {}
    return Unknown(str(folder.parent / "draft"), error.title, error.hint, dict(answers))
