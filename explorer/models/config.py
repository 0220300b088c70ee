"""`config.json` of a model folder (see `folder`): found, read, checked, written; without torch."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from explorer import places
from explorer.errors import CheckpointError, StorageError
from explorer.models.base import HOWS, PRIORS, Card, Fact, Part, Space
from explorer.models.fields import Fields

FORMAT = "latent-explorer"
VERSION = 1
CONFIG, WEIGHTS, README, SAMPLES, CONCEPTS = (
    "config.json",
    "model.safetensors",
    "README.md",
    "samples.safetensors",
    "concepts.safetensors",
)
AGAIN = "copy the whole model folder again."
TABLES = (".vec", ".txt", ".npz")  # endings of tables of words and vectors
LARGEST_CONFIG = 4_000_000  # bytes; ours have about 3,000
LARGEST_SIDE = 2048  # of a picture
LARGEST_DIM = 65_536  # of a latent


@dataclass(frozen=True)
class Config:
    """`config.json`, checked: the card, and what the family needs to build its networks."""

    card: Card
    hyperparameters: Mapping[str, object]

    @property
    def family(self) -> str:
        return self.card.family


def bundled() -> tuple[str, ...]:
    """The names of the models that come with the program, the one to open first in front."""
    try:
        names = sorted(path.parent.name for path in places.pretrained().glob(f"*/{CONFIG}"))
    except OSError:
        return ()
    return tuple(sorted(names, key=lambda name: (name != "toonfaces-vae", name)))


def resolve(name_or_path: str | Path) -> Path:
    """The folder of a bundled model's name, of a model folder, or of a file in one. Raises CheckpointError.

    A table of words and vectors becomes a folder in the cache.
    """
    path = Path(name_or_path).expanduser()
    if path.suffix.lower() in TABLES and (table := _table(path)) is not None:
        return table
    if not path.exists() and str(name_or_path) in bundled():
        return places.pretrained() / str(name_or_path)
    try:
        file = path.name if path.is_file() else ""
        path = path.parent if file else path
        path = path.resolve() if path.name in ("", "..") else path  # a folder is called by its name in what follows
        if not path.is_dir():
            raise CheckpointError(f"There is no model '{name_or_path}'.", f"Bundled: {', '.join(bundled()) or 'none'}.")
    except OSError as error:
        raise CheckpointError(f"'{name_or_path}' cannot be read.", f"{error.strerror or error}.") from error
    if not (path / CONFIG).exists():
        called = (
            f"'{file}' is no model, and its folder '{path.name}' is none"
            if file
            else f"'{path.name}' is no model folder"
        )
        if not file and (files := _weights_told(path)):
            raise CheckpointError(
                f"'{path.name}' is no model folder, but holds files of weights.",
                f"Open one of them: {files}. They are read without running anything of them.",
            )
        raise CheckpointError(f"{called}: it has no {CONFIG}.", f"Choose a folder that holds {CONFIG} and {WEIGHTS}.")
    return path


def _table(path: Path) -> Path | None:
    from explorer.models import word_tables

    return word_tables.as_model(path) if word_tables.is_table(path) else None


def _weights_told(path: Path) -> str:
    """'a.pt, b.pt and 3 more'; '' where there is none."""
    from explorer.models.foreign.one_of_many import weights_in

    files = [child.name for child in weights_in(path)]
    more = f" and {len(files) - 4} more" if len(files) > 4 else ""
    return ", ".join(files[:4]) + more


def read_config(path: str | Path) -> Config:
    """The checked `config.json` of a model. Raises CheckpointError."""
    folder = resolve(path)
    raw = Fields(_json(folder / CONFIG), f"{folder.name}/{CONFIG}")
    if raw.text("format") != FORMAT:
        raise CheckpointError(f"{folder.name}/{CONFIG} is of another program.", f"Its 'format' is not '{FORMAT}'.")
    if raw.integer("version", 1, 1_000_000) > VERSION:
        raise CheckpointError(f"'{folder.name}' was made by a newer version.", "Install the newest Latent Explorer.")
    return Config(_card(raw, fingerprint(folder)), raw.mapping("hyperparameters"))


def read_card(path: str | Path) -> Card:
    """What is known of a model, without torch and without its weights. Raises CheckpointError."""
    return read_config(path).card


def _card(raw: Fields, print_of_weights: str) -> Card:
    image = raw.inner("image")
    height, width, channels = image.integers("shape", 1, LARGEST_SIDE, 3)
    if channels not in (1, 3):
        raise CheckpointError(
            f"{raw.where}: pictures with {channels} channels.", "Grey (1) and colour (3) are supported."
        )
    low, high = image.numbers("range", 2)
    return Card(
        name=raw.text("name"),
        family=raw.text("family"),
        architecture=raw.text("architecture", ""),
        parameters=raw.integer("parameters", 0, 10**12),
        spaces=_spaces(raw),
        image_shape=(height, width, channels),
        image_range=(low, high),
        trained_on=raw.text("trained_on", ""),
        licence=raw.text("licence", ""),
        likelihood=raw.choice("likelihood", ("exact", "lower bound", "none")),
        encodes=raw.truth("encodes", raw.text("family") != "gan"),
        attribution=raw.text("attribution", ""),
        summary=raw.text("summary", ""),
        measures=raw.mapping("measures", {}),
        fingerprint=print_of_weights,
        container=raw.text("container", ""),
        origin=raw.text("origin", ""),
        facts=tuple(read_fact(inner) for inner in raw.inners("facts", 0, 64, ())),
    )


def read_fact(raw: Fields) -> Fact:
    """Something known of a model, of its fields. Raises CheckpointError."""
    return Fact(raw.text("text"), raw.choice("how", HOWS), raw.truth("warns", default=False))


def fact_fields(fact: Fact) -> dict[str, object]:
    """What `read_fact` reads."""
    return {"text": fact.text, "how": fact.how, **({"warns": True} if fact.warns else {})}


def _spaces(raw: Fields) -> tuple[Space, ...]:
    spaces = tuple(read_space(inner) for inner in raw.inners("spaces", 1, 16))
    if len({space.name for space in spaces}) != len(spaces):
        raise CheckpointError(f"{raw.where}: two latent spaces of one name.", "The file is damaged.")
    return spaces


def read_space(raw: Fields) -> Space:
    """A latent space of its fields, its sizes checked. Raises CheckpointError."""
    dim = raw.integer("dim", 1, LARGEST_DIM)
    shape = tuple(raw.integers("shape", 1, LARGEST_DIM))
    size = 1
    for side in shape:
        size *= side
    if size != dim:
        raise CheckpointError(f"{raw.where}: a latent of shape {shape} has not {dim} numbers.", "The file is damaged.")
    parts = tuple(_part(inner, dim) for inner in raw.inners("parts", 0, 64, ()))
    if parts and sum(part.dim for part in parts) != dim:
        raise CheckpointError(f"{raw.where}: the parts of a latent have not {dim} numbers.", "The file is damaged.")
    return Space(raw.text("name"), dim, shape, raw.text("prior", ""), parts)


def _part(raw: Fields, most: int) -> Part:
    name, dim, prior = raw.text("name"), raw.integer("dim", 1, most), raw.choice("prior", PRIORS)
    names = tuple(raw.texts("names", dim, ()))
    if names and (prior != "one-hot" or len(names) != dim):
        raise CheckpointError(f"{raw.where}: {len(names)} names for {dim} classes.", "The file is damaged.")
    return Part(name, dim, prior, names)


def _json(path: Path) -> object:
    check_file(path, LARGEST_CONFIG)
    where = f"{path.parent.name}/{path.name}"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CheckpointError(f"{where} cannot be read.", f"{error.strerror or error}.") from error
    except (ValueError, RecursionError, MemoryError) as error:
        line = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise CheckpointError(f"{where} is no valid JSON{line}.", f"Mend it there, or {AGAIN}") from error


def check_file(path: Path, largest: int | None = None) -> None:
    """Raises CheckpointError unless `path` is a plain file that can be read, of at most `largest` bytes."""
    where = f"{path.parent.name}/{path.name}"
    try:
        if not path.is_file():
            raise CheckpointError(f"{where} is missing.", "Copy the whole model folder, or train the model again.")
        if largest is not None and path.stat().st_size > largest:
            raise CheckpointError(f"{where} is far too large.", "It is damaged, or not what its name says.")
        with path.open("rb") as stream:
            stream.read(1)
    except OSError as error:
        raise CheckpointError(f"{where} cannot be read.", str(error)) from error


@contextlib.contextmanager
def whole(path: Path) -> Iterator[None]:
    """Around the reading of a safetensors file: whatever goes wrong is told as its damage, CheckpointError."""
    try:
        yield
    except CheckpointError:
        raise
    except Exception as error:  # a damaged file raises many kinds
        size = f"{path.stat().st_size:,} bytes" if path.is_file() else "gone"
        raise CheckpointError(
            f"{path.parent.name}/{path.name} is damaged or cut short ({size}).", AGAIN.capitalize()
        ) from error


def fingerprint(path: str | Path) -> str:
    """sha256 of the weights file, hex; '' when there is none."""
    weights = Path(path) / WEIGHTS
    if not weights.is_file():
        return ""
    try:
        with weights.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def write_facts(path: Path, facts: Sequence[Fact]) -> None:
    """Put other facts into the `config.json` of a folder. Raises CheckpointError, StorageError."""
    known = read_config(path)
    write_config(path, replace(known.card, facts=tuple(facts)), known.hyperparameters)


def write_config(path: Path, card: Card, hyperparameters: Mapping[str, object]) -> None:
    """Writes `config.json` into the folder `path`. Raises StorageError."""
    raw = {"format": FORMAT, "version": VERSION, **card_fields(card), "hyperparameters": dict(hyperparameters)}
    write_bytes(path / CONFIG, (json.dumps(raw, indent=2, ensure_ascii=False) + "\n").encode())


def card_fields(card: Card) -> dict[str, object]:
    """What the card says, by the names of `config.json`. Without the fingerprint, which is of the weights."""
    return {
        "name": card.name,
        "family": card.family,
        "architecture": card.architecture,
        "summary": card.summary,
        "parameters": card.parameters,
        "image": {"shape": list(card.image_shape), "range": list(card.image_range)},
        "spaces": [space_fields(space) for space in card.spaces],
        "likelihood": card.likelihood,
        "encodes": card.encodes,
        "trained_on": card.trained_on,
        "licence": card.licence,
        "attribution": card.attribution,
        "measures": dict(card.measures),
        **({"container": card.container} if card.container else {}),
        **({"origin": card.origin} if card.origin else {}),
        **({"facts": [fact_fields(fact) for fact in card.facts]} if card.facts else {}),
    }


def space_fields(space: Space) -> dict[str, object]:
    """What `read_space` reads."""
    parts = {"parts": [_part_fields(part) for part in space.parts]} if space.parts else {}
    return {"name": space.name, "dim": space.dim, "shape": list(space.shape), "prior": space.prior, **parts}


def _part_fields(part: Part) -> dict[str, object]:
    names = {"names": list(part.names)} if part.names else {}
    return {"name": part.name, "dim": part.dim, "prior": part.prior, **names}


def write_bytes(path: Path, content: bytes) -> None:
    """Writes a file as `written_whole` does. Raises StorageError; what was there stays."""
    with written_whole(path) as beside:
        beside.write_bytes(content)


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Where to write a file that shall be there whole or not at all: beside it, renamed then. Raises StorageError."""
    beside = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield beside
        beside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise StorageError(
            f"{path} cannot be written.", f"{error.strerror or error}. What was there is kept."
        ) from error
