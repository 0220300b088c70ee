"""Progress of a command, in one line, where somebody looks on."""

from __future__ import annotations

import sys


def tell(text: str) -> None:
    """Write over the line before; '' clears it."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
