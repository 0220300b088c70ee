"""Which program opens a file, the user's Python file or the one in the file itself; what is in it. Without torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from explorer.errors import CheckpointError
from explorer.models.foreign.manifest import manifest_path
from explorer.models.foreign.sniff import sniff
from explorer.models.foreign.trusted import archives, sources
from explorer.models.foreign.trusted.seal import Inside, Sealed, sealed
from explorer.models.foreign.trusted.word import agree, is_agreed


def has_program(path: Path) -> bool:
    """Whether a file brings its own program. Raises CheckpointError."""
    return path.is_file() and sniff(path) in archives.PROGRAMS


def program_of(path: Path, adapter: Path | None = None) -> tuple[Sealed, ...]:
    """The files of the program that shall open `path`; none where it is opened as data. Raises CheckpointError.

    A Python file comes first, one that was named or the one beside it; then a manifest; then the file's own program,
    where that was agreed to. A Python file that nobody agreed to does not stand in the way of a manifest.
    """
    if adapter is not None:
        return sources.bundle(adapter)
    beside, is_described = sources.adapter_path(path), manifest_path(path).is_file()
    if beside.is_file():
        files = sources.bundle(beside)
        if not is_described or is_agreed(files):
            return files
    if is_described or not has_program(path):
        return ()
    own = (sealed(path),)
    return own if is_agreed(own) else ()


def is_python(files: Sequence[Sealed]) -> bool:
    """Whether a program is a Python file of the user's."""
    return files[0].path.suffix.lower() == ".py"


def look(files: Sequence[Sealed]) -> Inside:
    """What stands in a program. Raises what damaged ones raise."""
    return sources.look(files) if is_python(files) else archives.look(files[0], sniff(files[0].path))


def agree_to(path: Path, adapter: Path | None = None) -> None:
    """Remember that what opens `path` may be run, as the user said. Raises CheckpointError, StorageError."""
    files = trustable(adapter if adapter is not None else path)
    agree({one.sha256: str(one.path) for one in files})


def trustable(path: Path) -> tuple[Sealed, ...]:
    """The files that `path` asks to be run, whether it was agreed to or not: itself where it is a program, or the
    Python file beside it. Raises CheckpointError where there is none."""
    if path.suffix.lower() == ".py":
        return sources.bundle(path)
    if not path.exists():
        raise CheckpointError(f"There is no file {path}.", "Check the path.")
    beside = sources.adapter_path(path)
    if beside.is_file():
        return sources.bundle(beside)
    if has_program(path):
        return (sealed(path),)
    raise CheckpointError(f"{path.name} brings no program.", "It is read as data: there is nothing to agree to.")
