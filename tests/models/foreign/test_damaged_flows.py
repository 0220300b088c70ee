"""Flows whose tensors are damaged are refused or opened, and nothing else happens."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from class_flow_references import LibraryGlow
from flow_references import GlowBlocks, GlowLayers
from glow_references import GlowLevels, GlowNested
from handwritten_flows import block_maf, freia_blocks, nice_blocks, numbered_nvp
from library_flows import nflows_couplings, nflows_told, normflows_splines, zuko_flow
from library_pictures import NflowsPictures
from pythae_references import mnist, mnist_codes
from torch import Tensor, nn
from uva_references import UvaFlow
from zuko_references import zuko_rising

from explorer.errors import CheckpointError
from explorer.models.foreign.architectures import recognise
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.rebuilt import rebuilt

TRIES = 8  # of each


def vamp() -> dict[str, Tensor]:
    net = mnist(6, 2)
    net.pseudo_inputs = nn.Sequential(nn.Linear(9, 784), nn.Hardtanh(0.0, 1.0))
    return net.state_dict()


WEIGHTS: dict[str, Callable[[], dict[str, Tensor]]] = {
    "blocks": lambda: GlowBlocks(8, 1, 1, 1, 4, affine=True, lu=True).state_dict(),
    "layers": lambda: GlowLayers((8, 8), 1, 2, 1, affine=True, lu=True, older=False, classes=3).state_dict(),
    "nested": lambda: GlowNested(8, 1, 2, 1, 4).state_dict(),
    "levels": lambda: GlowLevels(8, 1, 1, 1, 4, lu=True).state_dict(),
    "normflows": lambda: LibraryGlow(8, 1, 2, 1, 4, classes=3).state_dict(),
    "tutorial": lambda: UvaFlow((8, 8), 1, (4, 5), learned=True).state_dict(),
    "nflows of pictures": lambda: NflowsPictures(8, 1, 2, 1, 2, ((1 / 256, -0.5),)).state_dict(),
    "nflows": lambda: nflows_couplings(2, 14, 5).weights,
    "nflows, told": lambda: nflows_told(2, 2, 2).weights,
    "splines": lambda: normflows_splines(64, 4).weights,
    "zuko": lambda: zuko_flow(2, 1, 4, masks=True).weights,
    "polynomials": lambda: zuko_rising("bernstein", 64, 0, 9).weights,
    "maf": lambda: block_maf(64, 3, 2, norms=True).weights,
    "nvp": lambda: numbered_nvp(2, 2, 2).weights,
    "nice": lambda: nice_blocks(64, 2, 2).weights,
    "freia": lambda: freia_blocks(2, 0, 2).weights,
    "vamp": vamp,
    "codes": lambda: mnist_codes(4).state_dict(),
}

DAMAGE: tuple[Callable[[Tensor], Tensor], ...] = (
    lambda value: torch.zeros(0),
    lambda value: value.reshape(-1),
    lambda value: value[None],
    lambda value: value.transpose(0, -1).contiguous() if value.dim() > 1 else value * 0,
    lambda value: torch.cat([value, value]) if value.dim() else value,
    lambda value: value[:-1] if value.dim() else value,
    torch.zeros_like,
    lambda value: torch.full_like(value, torch.nan) if value.is_floating_point() else torch.full_like(value, 1),
)


@pytest.mark.parametrize("name", WEIGHTS)
def test_damaged_tensors_are_refused_or_opened_and_nothing_else_happens(name: str) -> None:
    torch.manual_seed(0)
    weights, chance = WEIGHTS[name](), random.Random(name)
    assert recognise(Reading(Path("flow.pt"), "torch zip file", weights)) is not None
    for _ in range(TRIES):
        damaged = dict(weights)
        key = chance.choice(list(damaged))
        if chance.random() < 0.15:
            del damaged[key]
        else:
            damaged[key] = chance.choice(DAMAGE)(damaged[key])
        with contextlib.suppress(CheckpointError):
            found = recognise(Reading(Path("flow.pt"), "torch zip file", damaged))
            if found is not None:
                rebuilt(found)
