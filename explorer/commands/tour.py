"""`latent-explorer tour`: the main job without a screen. Map, sliders and a path of a model, as pictures and films."""

from __future__ import annotations

import argparse
from pathlib import Path

from explorer.commands.arguments import add_device, check_folder
from explorer.errors import CheckpointError


def declare(parser: argparse.ArgumentParser) -> None:
    """Which model, and where to."""
    parser.add_argument(
        "model", metavar="MODEL", nargs="?", help="a model folder or a bundled model (default: the first)"
    )
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="folder for the pictures")
    parser.add_argument("--seed", type=int, default=0, help="which samples the tour visits (default: 0)")
    add_device(parser)


def run(options: argparse.Namespace) -> int:
    """Write the tour, and say what there is to see."""
    check_folder(options.out)
    model = options.model or first_bundled()
    from explorer.commands.tour_stops import STOPS
    from explorer.commands.tour_subject import opened

    subject = opened(model, seed=options.seed, device=options.device)
    print(f"{subject.card.name}: {subject.card.summary or subject.card.architecture}", flush=True)
    for stop in STOPS:
        for path, text in stop(subject, options.out):
            print(f"  {path}: {text}", flush=True)
    return 0


def first_bundled() -> str:
    """The model that the window opens first. Raises CheckpointError when none is there."""
    from explorer.models.folder import bundled

    names = bundled()
    if not names:
        raise CheckpointError(
            "No models came with this installation.", "Give a model folder: latent-explorer tour MODEL."
        )
    return names[0]
