"""The coupling flows of the UvA deep learning tutorials, with or without variational dequantisation, of any depth."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from torch import Tensor

from explorer.models.base import Fact
from explorer.models.config import Config
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.flows.found import scales_of
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import card_of

MARGIN = 5e-6  # half of the authors' alpha


def recognise(reading: Reading) -> Recognised | None:
    """flows.N.mask, flows.N.network.nn.0 and gated convolutions."""
    tensors = reading.tensors
    numbers = sorted(int(match[1]) for key in tensors if (match := re.fullmatch(r"flows\.(\d+)\.mask", key)))
    if not numbers or any(f"flows.{number}.network.nn.0.weight" not in tensors for number in numbers):
        return None
    first = tensors[f"flows.{numbers[0]}.network.nn.0.weight"]
    channels = first.shape[1]
    mask = tensors[f"flows.{numbers[0]}.mask"]
    if mask.dim() != 4 or channels not in (1, 3):
        return None
    height, width = mask.shape[2:]
    firsts = [tensors[f"flows.{number}.network.nn.0.weight"].shape for number in numbers]
    hidden, wide = [shape[0] for shape in firsts], [shape[1] for shape in firsts]
    last = max(int(key.split(".")[4]) for key in tensors if key.startswith(f"flows.{numbers[0]}.network.nn."))
    leading = int(f"flows.{numbers[0]}.network.nn.1.net.1.weight" in tensors)
    blocks = (last - 2) // 2
    hyper: dict[str, object] = {"channels": wide, "hidden": hidden, "blocks": blocks}
    hyper |= {"leading": leading, "margin": MARGIN}
    space = scales_of(_shapes((channels, height, width), wide))
    card = card_of(reading, "coupling flow of gated convolutions", space, (height, width, channels), (0.0, 1.0))
    facts = (
        Fact(f"{len(numbers)} couplings, their masks and widths, {height} x {width} pixels, from the file", "read"),
        Fact("where the picture is squeezed and split, from the widths; 8-bit pictures; prior N(0, I)", "inferred"),
    )
    card = replace(card, family="uva-flow", likelihood="exact", facts=facts)
    return Recognised(Config(card, hyper), _renamed(tensors, numbers, blocks, leading))


def _shapes(picture: tuple[int, int, int], channels: list[int]) -> list[tuple[int, int, int]]:
    """The shapes of a latent's parts, the coarsest first: what goes through all couplings, then what was split off."""
    (width, height, breadth), left = picture, []
    for wide in channels:
        if wide == 2 * width:
            left.append((width // 2, height, breadth))
        if wide != width:
            width, height, breadth = wide, height // 2, breadth // 2
    return [(width, height, breadth), *reversed(left)]


def _renamed(tensors: Mapping[str, Tensor], numbers: list[int], blocks: int, leading: int) -> dict[str, Tensor]:
    """The weights of the couplings under our keys; those of a dequantisation are not needed to make pictures."""
    found: dict[str, Tensor] = {}
    for place, number in enumerate(numbers):
        theirs, ours = f"flows.{number}.network.nn.", f"couplings.{place}."
        found[f"{ours}mask"] = tensors[f"flows.{number}.mask"].float()
        found[f"{ours}scaling_factor"] = tensors[f"flows.{number}.scaling_factor"]
        pairs = {"0": "first", str(2 * blocks + 2): "last"}
        for block in range(blocks):
            pairs[f"{2 * block + 1}.net.{leading}"] = f"gates.{block}.first"
            pairs[f"{2 * block + 1}.net.{leading + 2}"] = f"gates.{block}.second"
        for source, target in pairs.items():
            for kind in ("weight", "bias"):
                if f"{theirs}{source}.{kind}" in tensors:
                    found[f"{ours}{target}.{kind}"] = tensors[f"{theirs}{source}.{kind}"]
        for block in range(blocks):
            found |= _norm(tensors, f"{theirs}{2 * block + 2}.", f"{ours}norms.{block}.")
    return found


def _norm(tensors: Mapping[str, Tensor], theirs: str, ours: str) -> dict[str, Tensor]:
    spellings = (("gamma", "gamma"), ("beta", "beta"), ("layer_norm.weight", "gamma"), ("layer_norm.bias", "beta"))
    return {
        ours + target: tensors[theirs + source].reshape(1, -1, 1, 1)
        for source, target in spellings
        if theirs + source in tensors
    }
