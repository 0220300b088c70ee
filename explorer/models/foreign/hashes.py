"""What tells one file from another: the hash of its bytes, or of an even sample of them where it is very large."""

from __future__ import annotations

import hashlib
from pathlib import Path

LARGE = 256 * 10**6  # bytes: hashing more takes longer than reading it
PIECE, PIECES = 65_536, 16  # bytes of a piece of a large file, and how many are hashed


def whole_hash(path: Path) -> str:
    """sha256 of a file, hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def file_hash(path: Path) -> str:
    """sha256 of a file, hex; of a folder: of its files in order.

    Of a file above 256 MB: of its size and of 16 pieces, the first and the last among them (the last holds a zip's
    directory, with a checksum of every tensor). It knows a file again, and is no proof that nobody changed it: a cache
    asks for the time of the last change as well, and trust for `whole_hash`.
    """
    if path.is_file():
        return _of_file(path, path.stat().st_size)
    whole = hashlib.sha256()
    for one in sorted(path.rglob("*")):
        if one.is_file():
            whole.update(str(one.relative_to(path)).encode() + bytes.fromhex(file_hash(one)))
    return whole.hexdigest()


def _of_file(path: Path, size: int) -> str:
    if size <= LARGE:
        return whole_hash(path)
    sample = hashlib.sha256(str(size).encode())
    with path.open("rb") as stream:
        for number in range(PIECES):
            stream.seek(number * (size - PIECE) // (PIECES - 1))
            sample.update(stream.read(PIECE))
    return sample.hexdigest()


def changed(path: Path) -> str:
    """When a large file was last changed, in nanoseconds; '' for one that was hashed whole."""
    files = [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]
    return "".join(str(one.stat().st_mtime_ns) for one in sorted(files) if one.stat().st_size > LARGE)
