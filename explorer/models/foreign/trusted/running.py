"""From a program that was agreed to, to an architecture of ours: run, followed, written down as data, compared."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from explorer.errors import CheckpointError
from explorer.models.base import Fact, Prior
from explorer.models.config import Config
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.architectures.described import SAME, recognise
from explorer.models.foreign.loading import loaded
from explorer.models.foreign.lowering import LoweringError
from explorer.models.foreign.programs import Program
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.rebuilt import rebuilt
from explorer.models.foreign.roles import picture_in
from explorer.models.foreign.trusted.entries import (
    MISTAKES,
    Candidate,
    Entry,
    NoEntryError,
    entry_among,
    numbers_of,
)
from explorer.models.foreign.trusted.sources import adapter_path
from explorer.models.foreign.trusted.written import Written, written

COMPARED = 4  # latents
NOISE = ("Random", "Bernoulli", "Multinomial")  # operations of ONNX
STRANGE = "Its pictures may depend on its own noise, or it decides by the latent what to do."
Encoder = Callable[[Tensor], object]


@dataclass(frozen=True, eq=False)
class Parts:
    """What a program offers. `range` and `prior`: what its author says of pictures and latents, where he says so."""

    language: str
    decoders: Iterable[Candidate]
    encoders: Sequence[Encoder] = ()
    range: tuple[float, float] | None = None
    prior: Prior | None = None
    facts: Sequence[Fact] = field(default_factory=tuple)
    is_users: bool = False  # a file that the user can mend
    says_shape: bool = False  # of a latent


def understood(reading: Reading, parts: Parts) -> Recognised:
    """The model of a program, as data. `reading`: the file, its own tensors not needed. Raises CheckpointError."""
    entry = _entry(reading.path, parts)
    with tempfile.TemporaryDirectory() as folder:
        found = _recognised(reading, parts, entry, Path(folder))
    where = f"latents go in at '{entry.name}'; what it does was written down once, as data"
    facts = (*parts.facts, Fact(where, "read"))
    card = found.config.card
    return replace(found, config=Config(replace(card, facts=(*facts, *card.facts)), found.config.hyperparameters))


def _entry(path: Path, parts: Parts) -> Entry:
    try:
        return entry_among(parts.decoders)
    except NoEntryError as error:
        if parts.is_users and isinstance(error.last, MISTAKES if not parts.says_shape else Exception):
            raise error.last from error
        said = f" It said: {' '.join(str(error.last).split())[-160:]}" if error.last is not None else ""
        hint = (
            "Say LATENT_DIM = how many numbers one latent has, in that file."
            if parts.is_users
            else "Save its decoder alone, or write a Python file with build_model(weights): "
            f"latent-explorer inspect {path.name} --template {adapter_path(path).name}"
        )
        raise CheckpointError(
            f"{path.name}: its program runs, but nothing in it makes pictures from latents: "
            f"{', '.join(error.names[:6])} {'was' if len(error.names) == 1 else 'were'} tried with {error.tried:,} "
            f"shapes.{said}",
            hint,
        ) from error


def _recognised(reading: Reading, parts: Parts, entry: Entry, folder: Path) -> Recognised:
    """For any number of latents at once where that can be written down, else one by one."""
    troubles: list[Exception] = []
    for items in (entry.items,) if entry.items else (0, 1):
        try:
            return _written(reading, parts, replace(entry, items=items), folder)
        except (LoweringError, CheckpointError) as error:
            troubles.append(error.__cause__ if isinstance(error.__cause__, LoweringError) else error)
    first = troubles[0]
    raise CheckpointError(
        f"{reading.path.name}: its program runs, but it cannot be kept as data: {first}.", ALONE
    ) from first


ALONE = "Leave that step out of the decoder, or do it in another way; layers of torch.nn and their functions are read."


def _written(reading: Reading, parts: Parts, entry: Entry, folder: Path) -> Recognised:
    decoder = written(entry.call, entry.shape, entry.items, parts.language, ("pictures",), folder)
    program = replace(decoder.program, image_range=parts.range, prior=parts.prior)
    programs, tensors = {"decoder": program}, dict(decoder.tensors)
    encoder = _encoder(parts, entry, folder)
    if encoder is not None:
        programs["encoder"] = _below(encoder.program, "encoder/")
        tensors |= {f"encoder/{name}": one for name, one in encoder.tensors.items()}
    size = reading.path.stat().st_size if reading.path.is_file() else sum(one.count for one in tensors.values())
    found = recognise(replace(reading, tensors=loaded(tensors, size), programs=programs))
    assert found is not None
    if any(step.name.startswith(NOISE) for step in program.steps):
        told = Fact("it draws noise of its own, which no two pictures share: they were not compared", "inferred")
        card = replace(found.config.card, facts=(*found.config.card.facts, told))
        return replace(found, config=Config(card, found.config.hyperparameters))
    _compare(reading.path, found, entry)
    return found


def _below(program: Program, prefix: str) -> Program:
    others = {n: _below(one, prefix) for n, one in program.others.items()}
    return replace(program, prefix=prefix + program.prefix, others=others)


def _encoder(parts: Parts, entry: Entry, folder: Path) -> Written | None:
    """The first encoder that gives numbers for the latents, or none."""
    dim = math.prod(entry.shape)
    for call in parts.encoders:
        try:
            names = _heads(call, entry, dim)
            if names:
                return written(_numbers(call, dim), entry.made, 0, parts.language, names, folder)
        except Exception:
            continue
    return None


def _heads(call: Encoder, entry: Entry, dim: int) -> tuple[str, ...]:
    """What an encoder gives of pictures: 'mean' and 'log_variance', or one of 'mean' and 'both'."""
    with torch.no_grad():
        made = [tuple(one.shape) for one in numbers_of(call(torch.rand(2, *entry.made)), 2)]
    fitting = [one for one in made if one == (2, dim)]
    if len(fitting) > 1:
        return "mean", "log_variance"
    return ("mean",) if fitting else ("both",) if (2, 2 * dim) in made else ()


def _numbers(call: Encoder, dim: int) -> Callable[[Tensor], tuple[Tensor, ...]]:
    def numbers(pictures: Tensor) -> tuple[Tensor, ...]:
        made = numbers_of(call(pictures), len(pictures))
        fitting = [one for one in made if one.shape[1] == dim][:2]
        return tuple(fitting) or tuple(one for one in made if one.shape[1] == 2 * dim)[:1]

    return numbers


def _compare(path: Path, found: Recognised, entry: Entry) -> None:
    """Raises CheckpointError where the model makes other pictures than the program does, of other latents."""
    model = rebuilt(found)
    count = entry.items or COMPARED
    latents = torch.randn(count, *entry.shape, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        theirs = entry.call(latents).detach().float()
    low, high = found.config.card.image_range
    wanted = ((_pictures(theirs, entry) - low) / (high - low)).clamp(0, 1).numpy()
    ours = model.decode_float(latents.reshape(count, -1).numpy()).transpose(0, 3, 1, 2)
    apart = float(np.abs(ours - wanted).max())
    if not apart < SAME:
        raise CheckpointError(
            f"{path.name} makes other pictures than what was written down of it ({apart:.2g} of the range).", STRANGE
        )


def _pictures(made: Tensor, entry: Entry) -> Tensor:
    """(n, channels, height, width), without transparency."""
    picture = picture_in(entry.made)
    assert picture is not None
    channels, height, width = picture.shape
    if picture.layout == "hwc":
        made = made.reshape(-1, height, width, channels).permute(0, 3, 1, 2)
    return made.reshape(-1, channels, height, width)[:, :3]
