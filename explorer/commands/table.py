"""The table of commands. A new command is one entry here and one file of its name beside this one."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import Protocol, cast

COMMANDS = {
    "models": "list the bundled models",
    "inspect": "say what a model is",
    "convert": "write a checkpoint of others as a model folder of ours",
    "copies": "list the kept copies of checkpoints of others, or remove them",
    "trust": "look into a program that came with a model, and let that very file be run",
    "decode": "turn latents into pictures",
    "encode": "turn pictures into latents",
    "prior": "choose what random latents are drawn from, or fit it to pictures",
    "select": "find samples in words, and write them as a table",
    "path": "travel from one latent to another, as a film, as pictures or as numbers",
    "train": "train a model, one of ours or one on your own pictures",
    "tour": "map, sliders and a path of a model as pictures, without a screen",
    "bench": "measure how fast this is here",
}


class CommandModule(Protocol):
    """What a command's file holds."""

    def declare(self, parser: argparse.ArgumentParser) -> None:
        """Say which arguments there are."""

    def run(self, options: argparse.Namespace) -> int:
        """Do it; the exit code. Raises ExplorerError for the user's mistakes."""


def load(name: str) -> CommandModule:
    """The file of a command. Only the one that is asked for is imported: starting must stay fast."""
    return cast(CommandModule, import_module(f"explorer.commands.{name}"))
