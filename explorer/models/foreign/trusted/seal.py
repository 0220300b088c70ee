"""A file that might be run: its bytes and their hash, taken in one reading, so that nothing changes in between."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from explorer.errors import CheckpointError
from explorer.models.foreign.sniff import no_model
from explorer.models.words import bytes_in_words

LARGEST = 16 * 10**9  # bytes: they are held in memory
SHOWN = 24  # names of a kind, on a terminal


@dataclass(frozen=True, eq=False)
class Sealed:
    """The bytes of a file, and their sha256 (hex). Run these, and never the file itself."""

    path: Path
    content: bytes
    sha256: str


def sealed(path: Path) -> Sealed:
    """Read a file once. Raises CheckpointError."""
    try:
        if path.stat().st_size > LARGEST:
            raise no_model(path, "is far too large to be run.", "Save its state_dict() instead.")
        content = path.read_bytes()
    except OSError as error:
        raise no_model(path, "cannot be read.", f"{error.strerror or error}.") from error
    return Sealed(path.resolve(), content, hashlib.sha256(content).hexdigest())


def identity_of(said: str, files: Sequence[Sealed]) -> str:
    """One hash, hex, of weights that have the hash `said` and of the files of a program that opens them."""
    return hashlib.sha256("".join([said, *sorted(one.sha256 for one in files)]).encode()).hexdigest()


@dataclass(frozen=True)
class Held:
    """What is said of a file that might be run."""

    path: str
    size: int  # bytes
    sha256: str


@dataclass(frozen=True)
class Inside:
    """What a program consists of, told without running it. Plain data, for a window and a command line.

    `alarms`: what is suspicious, each with what it does. `found`: titles, and the names under each. `text`: its source.
    """

    kind: str  # 'TorchScript', 'torch.export', 'Python'
    files: tuple[Held, ...]
    alarms: tuple[str, ...]
    found: tuple[tuple[str, tuple[str, ...]], ...]
    text: str = ""

    def lines(self) -> Iterator[str]:
        """All of it but the text, for a terminal."""
        for file in self.files:
            yield f"{file.path}  ({bytes_in_words(file.size)}, sha256 {file.sha256})"
        for alarm in self.alarms:
            yield f"  {'look at this':14s}{_plain(alarm)}"
        for title, names in self.found:
            more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
            yield f"  {title.lower():14s}{_plain(', '.join(names[:SHOWN]))}{more}"

    @property
    def hashes(self) -> dict[str, str]:
        """What is agreed to: the path of each file, by its hash."""
        return {one.sha256: one.path for one in self.files}


def _plain(text: str) -> str:
    """Without what a terminal would take for a command."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


class TrustWantedError(CheckpointError):
    """A program has to be run to open this, and the user has not said so for this very file."""

    def __init__(self, title: str, hint: str, inside: Inside) -> None:
        super().__init__(title, hint)
        self.inside = inside
        self.details = tuple(inside.lines())


def held(files: Sequence[Sealed]) -> tuple[Held, ...]:
    """What is said of these files."""
    return tuple(Held(str(one.path), len(one.content), one.sha256) for one in files)
