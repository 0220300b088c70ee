"""`latent-explorer models`: the bundled models."""

from __future__ import annotations

import argparse

from explorer.errors import CheckpointError
from explorer.models.words import size_in_words


def declare(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(_options: argparse.Namespace) -> int:
    """One line for each model: name, picture, latent, what it was trained on."""
    from explorer.models.folder import bundled, read_card

    names = bundled()
    if not names:
        raise CheckpointError(
            "No models came with this installation.", "Reinstall, or train one: latent-explorer train --list."
        )
    for name in names:
        card = read_card(name)
        space = card.default_space
        picture = size_in_words(card.image_shape)
        print(f"{name:16s} {card.family:5s} {space.name} {space.dim:4d}   {picture:14s} {card.summary}")
    return 0
