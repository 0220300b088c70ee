"""`latent-explorer prior MODEL [FOLDER]`: what random latents are drawn from; chosen, or fitted to pictures."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.commands.arguments import add_device, add_model, count
from explorer.commands.progress import tell
from explorer.errors import InputError
from explorer.latents.priors import FITTED, PLAIN, ChosenPrior

if TYPE_CHECKING:
    from explorer.latents.samples import LatentSet
    from explorer.models.base import Card

OWN = "own"


def declare(parser: argparse.ArgumentParser) -> None:
    """Which prior; without any, the one in force is told."""
    add_model(parser)
    source = parser.add_mutually_exclusive_group()
    source.add_argument("folder", metavar="FOLDER", nargs="?", type=Path, help="of pictures: fit a prior to them")
    source.add_argument("--latents", metavar="FILE.npy", type=Path, help="fit it to latents, float (n, dim), instead")
    source.add_argument("--kind", choices=(*PLAIN, OWN), help="take this one; own: what the model came with")
    parser.add_argument(
        "--components", type=count, default=0, help="Gaussians that are fitted (default: as many as BIC likes best)"
    )
    add_device(parser)


def run(options: argparse.Namespace) -> int:
    """Choose, keep and tell."""
    from explorer.models.checkpoint import open_model
    from explorer.models.prior_files import keep_prior

    model = open_model(options.model, options.device)
    card, chosen = model.card, model.prior
    changes = options.kind or options.folder or options.latents
    if changes and len(card.spaces) > 1:
        raise InputError(f"{card.name} draws in another space than one edits in.", "Its prior cannot be changed.")
    if options.kind:
        chosen = None if options.kind == OWN else ChosenPrior(options.kind)
    elif changes:
        chosen = _fitted(card, options)
    if changes:
        keep_prior(card, chosen)
    print(f"{card.name}: random latents are drawn from: {card.under(chosen).spaces[0].prior or 'no file tells'}")
    return 0


def _fitted(card: Card, options: argparse.Namespace) -> ChosenPrior:
    from explorer.models.prior_fitting import fit_samples

    samples = _latents(card, options.latents) if options.latents else _encoded(options)
    found = fit_samples(samples, options.components, step=_told)
    tell("")
    return ChosenPrior(FITTED, found)


def _latents(card: Card, path: Path) -> LatentSet:
    from explorer.commands.latent_files import read_latents
    from explorer.latents.samples import LatentSet

    latents = read_latents(path, card.spaces[0])
    return LatentSet(card.spaces[0].name, latents, provenance=f"{len(latents):,} latents of {path.name}")


def _encoded(options: argparse.Namespace) -> LatentSet:
    from explorer.models.bringing import encoded_folder

    return encoded_folder(options.model, options.folder, options.device or "", step=_told)


def _told(done: int, total: int, text: str = "", partial: LatentSet | None = None) -> None:  # noqa: ARG001
    tell(f"{text} {done:,}/{total:,}" if total else text)
