"""What recognisers of style-based generators share: the mapping network of a file, the mean of w, the card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch

from explorer.latents import samplers
from explorer.models.base import Fact, How, Space
from explorer.models.config import Config
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.drawer import Drawer, said
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import UnfitError, card_of
from explorer.models.foreign.style import GAIN, Plan, mean_w, spaces

RATE = 0.01  # learning rate of the mapping networks beside that of the rest, in every known training
DRAWN = 10_000  # latents of which the mean of w is taken where the file has none


def mapping_of(drawer: Drawer, reading: Reading) -> tuple[dict[str, object], list[Fact]]:
    """The mapping network in NVIDIA's keys, `mapping.fcN`: hyper-parameters, and what is known of it."""
    told = said(reading.modules, "mapping.fc0", "bias_gain")
    rate = float(told) if isinstance(told, int | float) else RATE
    if (kind := said(reading.modules, "mapping.fc0", "activation")) not in (None, "lrelu"):
        raise UnfitError(f"activation {kind}")
    widths: list[int] = []
    inputs = 0
    while f"mapping.fc{len(widths)}.weight" in drawer.left:
        key, name = f"mapping.fc{len(widths)}", f"mapping.layers.{len(widths)}"
        wide, narrow = drawer.dense(key, name, rate, GAIN)
        inputs = inputs or narrow
        widths.append(wide)
    if not widths:
        raise UnfitError("mapping")
    embedding, classes = 0, 0
    if "mapping.embed.weight" in drawer.left:
        embedding, classes = drawer.dense("mapping.embed", "mapping.embed")
    hyper = {"z_dim": inputs - embedding, "classes": classes, "embedding": max(1, embedding), "mapping": widths}
    facts = [Fact(f"mapping network of {len(widths)} layers to {widths[-1]} numbers, from the shapes", "read")]
    if classes:
        facts.append(Fact(f"{classes} classes, a row of {embedding} numbers each", "read"))
    how: How = "read" if told is not None else "inferred"
    return hyper, [*facts, Fact(f"leaky ReLU 0.2 times the root of 2; gain {rate:g} of the mapping network", how)]


def finished(
    drawer: Drawer,
    reading: Reading,
    called: tuple[str, str],
    hyper: Mapping[str, object],
    layers: Sequence[str],
    image: tuple[int, int],
    facts: Sequence[Fact],
) -> Recognised:
    """The recognised network. `called`: family and architecture; `image`: side and channels."""
    widths, classes, z_dim = hyper["mapping"], hyper["classes"], hyper["z_dim"]
    assert isinstance(widths, list) and isinstance(classes, int) and isinstance(z_dim, int)  # noqa: PT018
    made = spaces(z_dim, classes, widths[-1], layers)
    card = card_of(reading, called[1], made[-1], (image[0], image[0], image[1]), (-1.0, 1.0), called[0])
    card = type(card)(**{**vars(card), "spaces": made, "encodes": False})
    mean = drawer.left.pop("mapping.w_avg", None)
    told = Fact("the mean of w, for truncation", "read")
    if mean is None:
        mean = _mean(Config(card, hyper), drawer, made[0])
        told = Fact(f"the mean of w, for truncation, of {DRAWN:,} random z: the file has none", "inferred")
    drawer.put("w_mean", mean.reshape(-1))
    truncation = Fact("truncation 1 unless you change it: authors show their pictures at 0.5 to 0.7", "inferred")
    card = type(card)(**{**vars(card), "facts": (*facts, told, truncation)})
    return Recognised(Config(card, dict(hyper)), drawer.finish())


def _mean(config: Config, drawer: Drawer, z: Space) -> torch.Tensor:
    weights = {key.removeprefix("mapping."): value for key, value in drawer.made.items() if key.startswith("mapping.")}
    return mean_w(Plan(config), weights, torch.from_numpy(samplers.drawn(DRAWN, z.kinds, 0)))
