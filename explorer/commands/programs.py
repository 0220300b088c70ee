"""Programs that open checkpoints of others, on the command line: --adapter, --trust, a template, and what is told."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.errors import CheckpointError, InputError, StorageError

if TYPE_CHECKING:
    from explorer.models.foreign.contents import Contents


def add_program(parser: argparse._ActionsContainer) -> None:
    """--adapter and --trust: for checkpoints of others that a program has to open."""
    parser.add_argument(
        "--adapter", metavar="FILE.py", type=Path, help="your Python file whose build_model(weights) builds the network"
    )
    parser.add_argument(
        "--trust",
        action="store_true",
        help="let the program in MODEL, or the adapter, be run: `latent-explorer trust` shows what is in it",
    )


def check_program(options: argparse.Namespace, network: str | None = "") -> None:
    """Remembers what --trust says, and runs what was agreed to; with `network` None it is left to the window to run it.

    Raises CheckpointError; InputError where an adapter is no file, or there is nothing to open with it.
    """
    if network is None and options.adapter is None and not options.trust:
        return  # before the first paint of the window nothing is imported for it
    from explorer.models.foreign.sniff import foreign
    from explorer.models.foreign.trusted.programs import agree_to

    path = foreign(options.model) if options.model is not None else None
    if options.adapter is not None and (path is None or not options.adapter.expanduser().is_file()):
        what = f"There is no file {options.adapter}." if path is not None else f"'{options.model}' needs no adapter."
        raise InputError(what, "An adapter is a Python file for a checkpoint of others.")
    if options.trust and path is not None:
        agree_to(path, options.adapter)
    if network is not None and path is not None:
        keep_program(path, options.adapter, network)


def keep_program(path: Path, adapter: Path | None, network: str = "") -> None:
    """Run the program that opens a file in a process of its own; then it is data, and opens like any other.

    Nothing is run where nobody agreed to it, or where it was run before. Raises CheckpointError, StorageError.
    """
    from explorer.models.config import CONFIG
    from explorer.models.foreign import kept
    from explorer.models.foreign.trusted.programs import program_of
    from explorer.models.foreign.trusted.word import is_agreed
    from explorer.work.apart import done_apart

    program = program_of(path, adapter)
    if program and is_agreed(program) and not (kept.folder_of(path, network, program) / CONFIG).is_file():
        done_apart(kept.keep_program, path, network, adapter)


def write_template(path: Path, out: Path, network: str = "") -> int:
    """Write a Python file to begin with, its keys those of `path`. Raises CheckpointError, StorageError."""
    from explorer.models.config import write_bytes
    from explorer.models.foreign.trusted.templates import template

    if out.exists():
        raise StorageError(f"{out} is there already.", "Give the name of a new file.")
    write_bytes(out, template(held_in(path, network)).encode())
    print(f"{out}: say there how latents become pictures, then: latent-explorer {path} --adapter {out} --trust")
    return 0


def held_in(path: Path, network: str = "") -> Contents:
    """What is in a file; a program without weights of its own has no tensors. Raises CheckpointError."""
    from explorer.models.foreign.contents import Contents, contents
    from explorer.models.foreign.negatives import UnknownArchitectureError
    from explorer.models.foreign.sniff import sniff

    try:
        return contents(path, network)
    except UnknownArchitectureError:
        return Contents(path, sniff(path), {})


def program_in_fields(path: Path, adapter: Path | None) -> dict[str, object] | None:
    """What would be run, or was, to open a file, for JSON; None where nothing is."""
    from explorer.models.foreign.trusted.programs import look, trustable
    from explorer.models.foreign.trusted.word import is_agreed

    try:
        files = trustable(adapter or path)
    except CheckpointError:
        return None
    inside = look(files)
    return {
        "kind": inside.kind,
        "files": [asdict(one) for one in inside.files],
        "look_at": list(inside.alarms),
        **{title.lower(): list(names) for title, names in inside.found},
        "agreed": is_agreed(files),
    }
