"""The copies of checkpoints of others that are kept in the cache, a folder of ours each: found, counted, dropped."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from explorer import places
from explorer.models.config import CONFIG, write_bytes

SOURCE = "source.json"
MOST_KEPT = 20  # folders; what was not opened for longest goes first
MOST_BYTES = 8 * 10**9


@dataclass(frozen=True)
class Copy:
    """`source`: the file it was made from. `size` in bytes, `opened` in seconds since 1970."""

    folder: str
    source: str
    size: int
    opened: float


def home() -> Path:
    """Where they are kept."""
    return places.cache() / "foreign"


def place_of(path: Path, said: str, network: str = "") -> Path:
    """The folder in the cache for a file of this hash."""
    name = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in path.stem)[:60].strip(".")
    more = f"-{network}".replace("/", "_").replace(".", "_")[:40] if network else ""
    return home() / f"{said[:16]}{more}" / (name or "model")


def remember(path: Path, folder: Path) -> None:
    """Write which file a copy was made from, and drop the oldest copies. Raises StorageError."""
    write_bytes(folder / SOURCE, json.dumps({"path": str(path.resolve())}).encode())
    tidy(folder)


def source_of(folder: str) -> str:
    """The file that a copy was made from, though it may have gone; any other folder itself."""
    return (_source(Path(folder)) if Path(folder).is_relative_to(home()) else "") or folder


def copy_of(source: str) -> str:
    """The newest copy of a file, '' without one."""
    found = [one for one in copies() if one.source == source]
    return max(found, key=lambda one: one.opened).folder if found else ""


def copies() -> list[Copy]:
    """All of them, what was opened last first."""
    found = []
    for config in home().glob(f"*/*/{CONFIG}"):
        with contextlib.suppress(OSError):  # another window tidies up
            folder = config.parent
            opened = folder.parent.stat().st_mtime
            found.append(Copy(str(folder), _source(folder), _size([folder.parent]), opened))
    return sorted(found, key=lambda one: -one.opened)


def drop_copies(but: str = "") -> tuple[int, int]:
    """Remove all copies `but` one folder; how many they were, and their bytes."""
    gone = [one for one in copies() if one.folder != but]
    for one in gone:
        shutil.rmtree(Path(one.folder).parent, ignore_errors=True)
    return len(gone), sum(one.size for one in gone)


def tidy(newest: Path) -> None:
    """Drop the oldest where there are too many, or where they take too much room."""
    kept = [one for one in home().iterdir() if one.is_dir() and one != newest.parent]
    kept.sort(key=lambda one: one.stat().st_mtime, reverse=True)
    room = MOST_BYTES - _size([newest.parent])
    for number, one in enumerate(kept):
        room -= _size([one])
        if number >= MOST_KEPT or room < 0:
            shutil.rmtree(one, ignore_errors=True)


def _source(folder: Path) -> str:
    try:
        said = json.loads((folder / SOURCE).read_bytes())["path"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return said if isinstance(said, str) else ""


def _size(folders: Iterable[Path]) -> int:
    return sum(file.stat().st_size for folder in folders for file in folder.rglob("*") if file.is_file())
