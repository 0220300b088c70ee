"""What the user agreed to run: hashes of files, in the folder of preferences.

A damaged file of these means that nothing is agreed to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from explorer import places
from explorer.models.config import write_bytes
from explorer.models.foreign.trusted.seal import Sealed

LARGEST = 4_000_000  # bytes
MOST = 10_000
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Agreed:
    """One file that may be run: sha256 of its bytes, where it lay and when that was said (UTC, ISO 8601)."""

    sha256: str
    path: str
    date: str

    @property
    def name(self) -> str:
        """Without its folder, whichever system it was of."""
        return re.split(r"[/\\]", self.path)[-1]


def is_agreed(files: Iterable[Sealed]) -> bool:
    """Whether every one of these files may be run."""
    known = agreed()
    return all(one.sha256 in known for one in files)


def agree(hashes: Mapping[str, str]) -> None:
    """Remember these hashes, each with the path of its file. Raises StorageError."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    _write({**agreed(), **{sha256: Agreed(sha256, path, now) for sha256, path in hashes.items()}})


def forget(sha256s: Iterable[str]) -> None:
    """From now on these files are asked about again. Raises StorageError."""
    gone = set(sha256s)
    _write({sha256: one for sha256, one in agreed().items() if sha256 not in gone})


def agreed() -> dict[str, Agreed]:
    """Everything that was agreed to, by hash, the oldest first."""
    try:
        path = _file()
        said = json.loads(path.read_bytes()) if path.stat().st_size < LARGEST else {}
        files = said["files"]
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        return {}
    return {one.sha256: one for one in map(_read, files if isinstance(files, list) else []) if one is not None}


def _read(raw: object) -> Agreed | None:
    if not isinstance(raw, dict):
        return None
    sha256, path, date = (raw.get(name) for name in ("sha256", "path", "date"))
    if not (isinstance(sha256, str) and isinstance(path, str) and isinstance(date, str)):
        return None
    return Agreed(sha256, path, date) if _HASH.fullmatch(sha256) else None


def _write(known: Mapping[str, Agreed]) -> None:
    files = [asdict(one) for one in list(known.values())[-MOST:]]
    write_bytes(_file(), (json.dumps({"files": files}, indent=1) + "\n").encode())


def _file() -> Path:
    return places.config() / "trusted.json"
