"""`latent-explorer copies`: what is kept in the cache of checkpoints of others, how large it is, and out with it."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import datetime

from explorer.models.words import bytes_in_words


def declare(parser: argparse.ArgumentParser) -> None:
    """How to print, and whether to remove them."""
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--remove", action="store_true", help="remove all of them; your files stay as they are")


def run(options: argparse.Namespace) -> int:
    """List the copies, or remove them."""
    from explorer.models.foreign.copies import MOST_BYTES, MOST_KEPT, copies, drop_copies, home

    if options.remove:
        count, size = drop_copies()
        print(f"Removed {count} copies, {bytes_in_words(size)}. Your files stay as they are.")
        return 0
    found = copies()
    if options.json:
        print(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False))
        return 0
    for one in found:
        day = datetime.fromtimestamp(one.opened).astimezone().strftime("%Y-%m-%d")
        print(f"{bytes_in_words(one.size):>10s}  {day}  {one.source or one.folder}")
    total = bytes_in_words(sum(one.size for one in found))
    print(f"{total} in {home()}: at most {MOST_KEPT + 1} copies and {bytes_in_words(MOST_BYTES)} are kept.")
    return 0
