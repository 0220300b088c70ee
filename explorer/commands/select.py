"""`latent-explorer select MODEL QUERY`: samples that a query names, counted or written as a table."""

from __future__ import annotations

import argparse
from pathlib import Path

from explorer.commands.arguments import add_model, check_out
from explorer.errors import InputError


def declare(parser: argparse.ArgumentParser) -> None:
    """Which samples, and where to."""
    add_model(parser)
    parser.add_argument("query", metavar="QUERY", help="such as: smile = 1 and glasses != none")
    parser.add_argument("--space", help="the latent space (default: the one that one edits in)")
    parser.add_argument("--out", metavar="FILE", type=Path, help="a .csv, .parquet, .npz or .npy of labels and latents")


def run(options: argparse.Namespace) -> int:
    """Say how many there are; write them."""
    from explorer.export.sample_table import ENDINGS, save_samples
    from explorer.latents.query import found, vocabulary
    from explorer.models.folder import read_card, read_samples

    if options.out is not None:
        check_out(options.out, ENDINGS)
    card = read_card(options.model)
    space, known = options.space or card.default_space.name, read_samples(options.model, card)
    if space not in known:
        raise InputError(
            f"{card.name} brought no samples of a space '{space}'.", f"It has: {', '.join(known) or 'none'}."
        )
    samples = known[space]
    indices = found(options.query, vocabulary(samples))
    if options.out is not None:
        save_samples(options.out, samples, indices)
        print(f"{options.out}: {len(indices):,} of {len(samples):,} samples")
    else:
        print(f"{len(indices):,} of {len(samples):,} samples")
    return 0
