"""`latent-explorer encode MODEL PICTURES…`: pictures to latents, by the encoder or by inversion."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.commands.arguments import add_device, add_model, add_space, check_out, count, space_of
from explorer.commands.programs import add_program, check_program
from explorer.commands.progress import tell

if TYPE_CHECKING:
    from explorer.latents.arrays import Images, Latents
    from explorer.models.base import LatentModel
    from explorer.models.inversion import Inverse, Wish

AT_ONCE = 32


def declare(parser: argparse.ArgumentParser) -> None:
    """Which pictures, and where to."""
    add_model(parser)
    add_program(parser)
    parser.add_argument("pictures", metavar="PICTURES", nargs="+", type=Path, help="picture files, or folders of them")
    parser.add_argument("--out", metavar="FILE.npy", type=Path, required=True, help="float32 (n, dim), in this order")
    parser.add_argument(
        "--invert", action="store_true", help="for dark ink on white, where the model knows white on black"
    )
    inversion = parser.add_argument_group("a model without an encoder", "its latents are found by optimisation")
    inversion.add_argument("--refine", action="store_true", help="go on from the encodings, where there is an encoder")
    inversion.add_argument("--steps", type=count, help="of the optimisation (default: 300)")
    inversion.add_argument("--starts", type=count, help="for each picture; the best is kept (default: 8)")
    inversion.add_argument("--seed", type=int, default=0, help="of the starts (default: 0)")
    add_space(parser)
    add_device(parser)


def run(options: argparse.Namespace) -> int:
    """Encode and write: posterior means, or what was found."""
    check_out(options.out, (".npy",))
    check_program(options)
    import explorer
    from explorer.export.pictures import save_array
    from explorer.models.base import CanEncode
    from explorer.models.picture_files import picture_paths, read_pictures

    paths = picture_paths(options.pictures)
    model = explorer.open(options.model, device=options.device, adapter=options.adapter)
    images = read_pictures(paths, model.card.image_shape)
    seen = 255 - images if options.invert else images
    encodes = isinstance(model, CanEncode) and model.card.encodes
    if encodes and not options.refine:
        latents = _encoded(model, seen)
    else:
        latents = _inverted(model, seen, _wish(model, options, encodes=encodes), paths)
    save_array(latents, options.out)
    what = "1 latent" if len(paths) == 1 else f"{len(paths)} latents"
    print(f"{options.out}: {what} of {model.card.name}")
    return 0


def _wish(model: LatentModel, options: argparse.Namespace, *, encodes: bool) -> Wish:
    """Encodings are of the first space, so that is where they are refined."""
    from explorer.models.inversion import Wish

    named = options.space or (model.card.spaces[0].name if encodes else None)
    default = Wish()
    steps, starts = options.steps or default.steps, options.starts or (1 if encodes else default.starts)
    return Wish(space_of(model.card, named).name, steps, starts, options.seed)


def _encoded(model: LatentModel, images: Images) -> Latents:
    import numpy as np

    from explorer.models.base import CanEncode

    assert isinstance(model, CanEncode)
    parts = [model.encode(images[start : start + AT_ONCE]).mean for start in range(0, len(images), AT_ONCE)]
    return np.concatenate(parts)


def _inverted(model: LatentModel, images: Images, wish: Wish, paths: Sequence[Path]) -> Latents:
    """A latent decodes to something near its picture, not to the picture: each error is printed."""
    import numpy as np

    from explorer.models.inversion import finding
    from explorer.models.words import time_left

    network, began, found = finding.with_slope(model), time.monotonic(), []
    ground = finding.Ground(network, model.card.space(wish.space), wish.seed)
    for start in range(0, len(images), finding.AT_ONCE):
        part = images[start : start + finding.AT_ONCE]
        for search in finding.searches(network, part, wish, ground):
            share = (start + len(part) * search.step / wish.steps) / len(images)
            left = time_left(time.monotonic() - began, share)
            tell(f"{start:,} of {len(images):,} latents found, step {search.step} of {wish.steps}, {left}")
        inverse = search.found()
        found.append(inverse.latents)
        tell("")
        _report(paths[start : start + len(part)], inverse)
    return np.concatenate(found)


def _report(paths: Sequence[Path], inverse: Inverse) -> None:
    """A line for each picture: how near, and how likely a sample like this is."""
    told = zip(paths, inverse.errors, inverse.signals, inverse.lengths, strict=True)
    for path, error, signal, length in told:
        far = "" if length != length else f", {length:.2f} of a usual sample's length"  # noqa: PLR0124 - NaN
        print(f"{path}: mean error {100 * error:.2f} % ({signal:.1f} dB){far}")
