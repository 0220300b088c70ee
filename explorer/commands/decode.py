"""`latent-explorer decode MODEL`: latents of a file, or of a seed, to pictures."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.commands.arguments import add_device, add_model, add_space, check_out, count, space_of
from explorer.commands.classes import add_classes, class_space, of_classes
from explorer.commands.programs import add_program, check_program
from explorer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from explorer.latents.arrays import Latents
    from explorer.models.base import LatentModel

AT_ONCE = 32
"""Latents decoded together: more are no faster, and take memory."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Which latents, and where to."""
    add_model(parser)
    add_program(parser)
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--latents", metavar="FILE.npy", type=Path, help="latents, float (n, dim)")
    source.add_argument("--seed", type=int, default=0, help="draw latents from the prior with this seed (default: 0)")
    parser.add_argument("--count", type=count, default=16, help="how many to draw (default: 16)")
    parser.add_argument(
        "--truncation", type=float, default=1.0, help="of a GAN: 1 none, 0 the mean picture (default: 1)"
    )
    parser.add_argument(
        "--temperature", type=float, default=1.0, help="what random latents are scaled by, as of a flow (default: 1)"
    )
    add_classes(parser)
    add_space(parser)
    add_device(parser)
    parser.add_argument(
        "--out",
        metavar="FILE",
        type=Path,
        required=True,
        help=".png: a contact sheet; .npy: float32 (n, height, width, channels) in 0..1",
    )


def run(options: argparse.Namespace) -> int:
    """Decode and write."""
    check_out(options.out, (".png", ".npy"))
    check_program(options)
    import explorer

    model = explorer.open(options.model, device=options.device, adapter=options.adapter)
    space = class_space(model.card, space_of(model.card, options.space), options)
    latents, names = of_classes(_latents(model, options, space.name), space, options)
    if options.out.suffix.lower() == ".npy":
        _write_array(model, latents, options, space.name)
    else:
        _write_sheet(model, latents, options, space.name, names)
    print(f"{options.out}: {len(latents)} pictures of {model.card.name}, space {space.name}")
    return 0


def _latents(model: LatentModel, options: argparse.Namespace, space: str) -> Latents:
    if options.latents is None:
        return model.sample(options.count, seed=options.seed, space=space, temperature=options.temperature)
    from explorer.commands.latent_files import read_latents

    return read_latents(options.latents, model.card.space(space))


def _write_array(model: LatentModel, latents: Latents, options: argparse.Namespace, space: str) -> None:
    import numpy as np

    from explorer.export.pictures import save_array

    parts = [
        model.decode_float(latents[start : start + AT_ONCE], space=space, truncation=options.truncation)
        for start in range(0, len(latents), AT_ONCE)
    ]
    save_array(np.concatenate(parts), options.out)


def _write_sheet(
    model: LatentModel, latents: Latents, options: argparse.Namespace, space: str, names: Sequence[str]
) -> None:
    """`names`: of the columns, one for each class; none: a sheet that is nearly square."""
    import numpy as np

    from explorer.export.pictures import save_png
    from explorer.export.sheet import Words, sheet

    if len(latents) > 4096:
        raise InputError(f"{len(latents)} pictures are too many for one sheet.", "Write them to an .npy file.")
    parts = [
        model.decode(latents[start : start + AT_ONCE], space=space, truncation=options.truncation)
        for start in range(0, len(latents), AT_ONCE)
    ]
    source = options.latents.name if options.latents is not None else f"samples of seed {options.seed}"
    if options.latents is None and options.temperature != 1:
        source += f", temperature {options.temperature:g}"
    chosen = f", class {options.class_name}" if options.class_name is not None else ""
    words = Words(title=model.card.name, subtitle=f"{source}, space {space}{chosen}", columns=names)
    cell = 128 if len(latents) <= 100 else 64
    save_png(sheet(np.concatenate(parts), words, columns=len(names), cell=cell), options.out)
