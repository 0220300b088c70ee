"""`latent-explorer encode MODEL PICTURES…`: pictures to latents."""

from __future__ import annotations

import argparse
from pathlib import Path

from explorer.commands.arguments import add_device, add_model, check_out
from explorer.errors import InputError

AT_ONCE = 32


def declare(parser: argparse.ArgumentParser) -> None:
    """Which pictures, and where to."""
    add_model(parser)
    parser.add_argument("pictures", metavar="PICTURES", nargs="+", type=Path, help="picture files, or folders of them")
    parser.add_argument("--out", metavar="FILE.npy", type=Path, required=True, help="float32 (n, dim), in this order")
    parser.add_argument(
        "--invert", action="store_true", help="for dark ink on white, where the model knows white on black"
    )
    add_device(parser)


def run(options: argparse.Namespace) -> int:
    """Encode and write: posterior means."""
    check_out(options.out, (".npy",))
    import numpy as np

    import explorer
    from explorer.export.pictures import save_array
    from explorer.models.base import CanEncode
    from explorer.models.folder import read_card
    from explorer.models.picture_files import picture_paths, read_pictures

    paths = picture_paths(options.pictures)
    images = read_pictures(paths, read_card(options.model).image_shape)
    model = explorer.open(options.model, device=options.device)
    if not isinstance(model, CanEncode):
        raise InputError(
            f"{model.card.name} is a {model.card.family} and has no encoder.", "Encode with a VAE or a flow instead."
        )
    seen = 255 - images if options.invert else images
    parts = [model.encode(seen[start : start + AT_ONCE]).mean for start in range(0, len(seen), AT_ONCE)]
    save_array(np.concatenate(parts), options.out)
    print(f"{options.out}: {len(paths)} latents of {model.card.name}")
    return 0
