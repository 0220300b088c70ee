"""`latent-explorer convert IN OUT`: a checkpoint that others trained, written as a model folder of ours."""

from __future__ import annotations

import argparse
from pathlib import Path

from explorer.commands.arguments import check_folder
from explorer.commands.programs import add_program, check_program
from explorer.errors import CheckpointError, StorageError


def declare(parser: argparse.ArgumentParser) -> None:
    """What, where to, and which of several networks."""
    parser.add_argument("model", metavar="IN", help="a file, or a folder of diffusers or pythae")
    parser.add_argument("out", metavar="OUT", type=Path, help="the folder to write; it must not be there yet")
    add_program(parser)
    parser.add_argument("--network", default="", help="which network of a file with several (default: told by inspect)")


def run(options: argparse.Namespace) -> int:
    """Convert, and say what was made. Raises CheckpointError, StorageError."""
    from explorer.models.foreign.sniff import foreign

    if options.out.exists():
        raise StorageError(f"{options.out} is there already.", "Give the name of a new folder.")
    path = foreign(options.model)
    if path is None:
        raise CheckpointError(
            f"'{options.model}' is no checkpoint of others.",
            "Give a file of weights; a folder of ours needs no converting.",
        )
    check_folder(options.out.parent)
    check_program(options, options.network)
    from explorer.models.checkpoint import save_model
    from explorer.models.foreign.opening import by_program, convert
    from explorer.models.foreign.trusted.programs import program_of

    if program := program_of(path, options.adapter):
        model = by_program(path, options.network, program)
        save_model(model, options.out)
    else:
        model = convert(path, options.out, options.network)
    card = model.card
    print(f"{options.out}: {card.architecture}, {card.parameters:,} parameters")
    print("\n".join(f"  {fact.how:9s} {fact.text}" for fact in card.facts))
    return 0
