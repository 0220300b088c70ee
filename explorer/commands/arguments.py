"""Arguments that several commands share, and their checks. A mistake is found before anything slow begins."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.errors import InputError, StorageError

if TYPE_CHECKING:
    from explorer.models.base import Card, Space


def add_model(parser: argparse.ArgumentParser) -> None:
    """MODEL."""
    parser.add_argument(
        "model", metavar="MODEL", help="a model folder, a checkpoint of others, or the name of a bundled model"
    )


def add_space(parser: argparse.ArgumentParser) -> None:
    """--space."""
    parser.add_argument("--space", help="the latent space, such as z or w (default: the one the window edits in)")


def add_device(parser: argparse.ArgumentParser) -> None:
    """--device."""
    parser.add_argument("--device", help="cpu, cuda or mps (default: the fastest there is)")


def count(text: str) -> int:
    """A whole number of 1 or more, for argparse."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def space_of(card: Card, name: str | None) -> Space:
    """The space of that name. Raises InputError naming those there are."""
    if name is None:
        return card.default_space
    if name not in (space.name for space in card.spaces):
        known = ", ".join(space.name for space in card.spaces)
        raise InputError(f"{card.name} has no latent space '{name}'.", f"It has: {known}.")
    return card.space(name)


def check_out(path: Path, suffixes: tuple[str, ...]) -> None:
    """Raises for a file name of another kind, or in a folder that cannot be written."""
    if path.suffix.lower() not in suffixes:
        raise InputError(f"{path.name} has no ending that says what to write.", f"End it in {' or '.join(suffixes)}.")
    if path.is_dir():
        raise StorageError(f"{path} is a folder.", "Give the name of a file.")
    check_folder(path.parent)


def check_folder(folder: Path) -> None:
    """Raises StorageError where `folder` is not there and cannot be made, or may not be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"The folder {folder} cannot be made ({error.strerror}).", "Choose another one.") from error
    if not os.access(folder, os.W_OK):
        raise StorageError(f"The folder {folder} may not be written.", "Choose another one.")
