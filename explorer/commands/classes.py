"""`--class NAME` and `--classes` of a conditional model: latents of one class, or each under every class."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from explorer.errors import InputError
from explorer.latents import classes

if TYPE_CHECKING:
    from explorer.latents.arrays import Latents
    from explorer.models.base import Card, Choice, Space


def add_classes(parser: argparse.ArgumentParser) -> None:
    """--class, --classes."""
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--class", dest="class_name", metavar="NAME", help="of a conditional model: the class of all")
    chosen.add_argument("--classes", action="store_true", help="each latent under every class: a row of the sheet")


def class_space(card: Card, space: Space, options: argparse.Namespace) -> Space:
    """Where the class is chosen: the space asked for, else the first that has classes. Raises InputError."""
    if not (options.class_name is not None or options.classes) or space.choices:
        return space
    with_class = next((one for one in card.spaces if one.choices), None)
    if with_class is None:
        raise InputError(f"{card.name} has no classes.", "Leave out --class and --classes.")
    if options.space is not None:
        raise InputError(f"The class is not in the space {space.name}.", f"Give --space {with_class.name}.")
    return with_class


def of_classes(latents: Latents, space: Space, options: argparse.Namespace) -> tuple[Latents, Sequence[str]]:
    """The latents (n, d) with the class asked for, or each under every class, (n * classes, d); and the names of those.

    Where a latent has several classes, the last is meant.
    """
    if not (options.class_name is not None or options.classes):
        return latents, ()
    choice = space.choices[-1]
    codes = [_code(choice, options.class_name)] if options.class_name is not None else range(len(choice.classes))
    rows = [classes.under_each(latent, choice.where, codes) for latent in latents]
    return np.concatenate(rows), choice.classes if options.classes else ()


def _code(choice: Choice, wanted: str) -> int:
    """The number of a class, by its name or its number."""
    if wanted in choice.classes:
        return choice.classes.index(wanted)
    if wanted.isdecimal() and int(wanted) < len(choice.classes):
        return int(wanted)
    known = ", ".join(choice.classes[:12]) + (", …" if len(choice.classes) > 12 else "")
    raise InputError(f"There is no class '{wanted}'.", f"The {len(choice.classes)} classes: {known}.")
