"""What a stranger's file may cost: size, tensors, depth, memory and time."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

from explorer.errors import CheckpointError

LARGEST_FILE = 64 * 10**9  # bytes
LARGEST_PICKLE = 512 * 10**6  # of the part of a torch file that describes it
LARGEST_TEXT = 64 * 10**6  # of a JSON in a file
MOST_TENSORS = 50_000
MOST_ENTRIES = 200_000  # of a zip file
DEEPEST = 40  # dicts in dicts
SWELL = 20  # times the file's size that its tensors may be, where they are packed
ROOM = 64 * 10**6  # bytes that they may be in any case
CPU_S = 900
MEMORY = 6 * 10**9  # beside three times the file


def check_total(total: int, size: int) -> None:
    """Raises CheckpointError where tensors are larger than a file of `size` bytes can hold (all in bytes)."""
    if total > SWELL * size + ROOM or total > LARGEST_FILE:
        raise CheckpointError(
            f"The tensors would take {total / 1e9:.0f} GB, out of a file of {size / 1e6:.0f} MB.",
            "It is damaged, or made to fill the memory. Nothing of it was kept.",
        )


def confine(path: Path) -> None:
    """Let this process take no more memory and time than reading `path` can need. For a process of its own."""
    if sys.platform == "win32":
        return
    import resource

    size = sum(one.stat().st_size for one in path.rglob("*") if one.is_file()) if path.is_dir() else path.stat().st_size
    for kind, most in ((resource.RLIMIT_DATA, MEMORY + 3 * size), (resource.RLIMIT_CPU, CPU_S)):
        with contextlib.suppress(ValueError, OSError):  # a system may allow less already
            resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))
