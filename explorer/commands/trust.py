"""`latent-explorer trust FILE`: look into a program that came with a model, and let exactly that file be run."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from explorer.errors import InputError


def declare(parser: argparse.ArgumentParser) -> None:
    """What to look into, or what to do with what was agreed to."""
    parser.add_argument(
        "file", metavar="FILE", nargs="?", type=Path, help="a TorchScript or .pt2 file, a Python file, or its weights"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--yes", action="store_true", help="agree without being asked")
    what.add_argument("--look", action="store_true", help="only say what is in it")
    what.add_argument("--list", action="store_true", help="say what was agreed to")
    what.add_argument("--forget", metavar="NAME", help="ask again from now on: a file, its name, or its sha256")


def run(options: argparse.Namespace) -> int:
    """Look, ask, remember. Raises CheckpointError, InputError, StorageError."""
    if options.list:
        return _list()
    if options.forget is not None:
        return _forget(options.forget)
    if options.file is None:
        raise InputError("Which file?", "Give one, or --list, or --forget NAME.")
    return _ask(options.file.expanduser(), options)


def _ask(path: Path, options: argparse.Namespace) -> int:
    from explorer.models.foreign.contents import told
    from explorer.models.foreign.trusted import word
    from explorer.models.foreign.trusted.programs import look, trustable

    with told(path):
        files = trustable(path)
        inside = look(files)
    print("\n".join(inside.lines()))
    if options.look:
        return 0
    if word.is_agreed(files):
        print("You agreed to it before.")
        return 0
    if not options.yes and not _says_yes(path):
        print("Nothing was run, and nothing will be.")
        return 0
    word.agree(inside.hashes)
    print("Agreed. A changed file is asked about again; `latent-explorer trust --list` shows what you agreed to.")
    return 0


def _says_yes(path: Path) -> bool:
    print("A program can do whatever you can do on this computer. Nothing of it was run.")
    if not sys.stdin.isatty():
        raise InputError(f"Nobody is here to agree to {path.name}.", "If you trust it: add --yes.")
    answer = input("Run it, this once and whenever this very file is opened? [y/N] ")
    return answer.strip().lower() in ("y", "yes")


def _list() -> int:
    from explorer.models.foreign.trusted.word import agreed

    for one in agreed().values():
        print(f"{one.sha256[:12]}  {one.date[:10]}  {one.path}")
    if not agreed():
        print("Nothing was agreed to.")
    return 0


def _forget(name: str) -> int:
    from explorer.models.foreign.trusted.word import agreed, forget

    where = str(Path(name).expanduser().resolve())
    gone = [
        one
        for one in agreed().values()
        if name in (one.name, one.path) or one.path == where or (len(name) >= 8 and one.sha256.startswith(name))
    ]
    if not gone:
        raise InputError(f"Nothing called {name} was agreed to.", "See `latent-explorer trust --list`.")
    forget(one.sha256 for one in gone)
    print("\n".join(f"Forgotten: {one.path}" for one in gone))
    return 0
