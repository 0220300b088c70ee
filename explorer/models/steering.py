"""Directions in w that are learned by what they do: to pictures, as a read-out sees them.

A direction is moved along by gradient through generator and read-out (after Jahanian et al. 2020, 'steerability'): at
+2 sigma the attribute should be read, at -2 sigma not, every other attribute should be read as before, and few pixels
should change.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from explorer.latents.arrays import Latents
from explorer.latents.concepts import Concept, Mask, auc
from explorer.latents.samples import LatentSet
from explorer.models.network import NetworkModel
from explorer.models.readout import ReadOut

REACH = 2.0  # sigma
STEPS, BATCH, RATE = 300, 64, 0.02
KEEP_OTHERS, KEEP_PIXELS = 1.0, 2.0  # weights beside that of the attribute itself
TRIED = 500  # latents a concept is tried on


def steered(concept: Concept, samples: LatentSet, picture: nn.Module, reader: ReadOut, *, seed: int) -> Concept:
    """The concept with a direction that was learned, starting from its own. `picture` takes w to pictures in -1..1."""
    torch.manual_seed(seed)
    column = reader.names.index(concept.name)
    latents = torch.from_numpy(samples.latents)
    covariance = torch.cov(latents.T)
    direction = torch.tensor(concept.direction, requires_grad=True)
    optimiser = torch.optim.Adam([direction], lr=RATE)
    for _ in range(STEPS):
        rows = torch.randint(len(latents), (BATCH,))
        loss = _loss(latents[rows], direction / direction.norm(), covariance, picture, reader.net, column)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    unit = (direction / direction.norm()).detach().numpy()
    coordinates = samples.latents @ unit
    return replace(concept, direction=unit, sigma=float(coordinates.std()), centre=float(coordinates.mean()))


def _loss(latents: Tensor, unit: Tensor, covariance: Tensor, picture: nn.Module, net: nn.Module, column: int) -> Tensor:
    sigma = (unit @ covariance @ unit).sqrt()
    side = torch.where(torch.arange(len(latents)) % 2 == 0, 1.0, -1.0)
    with torch.no_grad():
        before = picture(latents)
        wanted = torch.sigmoid(net(before))
    wanted[:, column] = (side > 0).float()
    after = picture(latents + REACH * sigma * side[:, None] * unit)
    errors = cross_entropy(net(after), wanted, reduction="none").mean(0)
    others = errors.sum() - errors[column]
    change: Tensor = (after - before).abs().mean()
    return errors[column] + KEEP_OTHERS * others / max(1, len(errors) - 1) + KEEP_PIXELS * change


def told(concept: Concept, samples: LatentSet, with_: Mask, method: str, acted: dict[str, float]) -> Concept:
    """The concept with its provenance. Its AUC is that of the kept samples, whose labels steering has not seen."""
    coordinates = samples.latents @ concept.direction
    known = {
        "method": method,
        "label": f"{concept.name}: yes",
        "with": int(with_.sum()),
        "without": int((~with_).sum()),
        "held_out_auc": round(auc(coordinates[with_], coordinates[~with_]), 4),
    }
    return replace(concept, provenance=known | acted)


def acting(concept: Concept, model: NetworkModel, reader: ReadOut, *, seed: int) -> dict[str, float]:
    """What moving fresh samples does: shares read with the attribute at -2, 0 and +2 sigma.

    `others_changed` is the share of the other attributes that are read otherwise at +2 sigma.
    """
    base = model.sample(TRIED, seed=seed, space=concept.space)
    low, same, high = (_read(model, reader, base, concept, strength) for strength in (-REACH, 0.0, REACH))
    column = reader.names.index(concept.name)
    others = np.delete(high != same, column, axis=1)
    return {
        "read_at_minus_2_sigma": round(float(low[:, column].mean()), 3),
        "read_unmoved": round(float(same[:, column].mean()), 3),
        "read_at_plus_2_sigma": round(float(high[:, column].mean()), 3),
        "others_changed_at_plus_2_sigma": round(float(others.mean()) if others.size else 0.0, 3),
    }


def worth(concept: Concept) -> float:
    """One number to choose between methods: what it changed of its own attribute, less what it changed of others."""
    low, high, others = (
        concept.provenance[key]
        for key in ("read_at_minus_2_sigma", "read_at_plus_2_sigma", "others_changed_at_plus_2_sigma")
    )
    assert isinstance(low, float) and isinstance(high, float) and isinstance(others, float)  # noqa: PT018
    return high - low - others


def _read(model: NetworkModel, reader: ReadOut, base: Latents, concept: Concept, strength: float) -> NDArray[np.bool_]:
    moved = base + np.float32(strength * concept.sigma) * concept.direction
    return reader.probabilities(model.decode(moved, space=concept.space)) > 0.5
