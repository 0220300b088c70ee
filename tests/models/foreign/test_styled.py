"""Style-based generators of layers, StyleGANs of 2019 and lucidrains', give the pictures of their references."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from lucid_references import Lucid
from style1_references import GenForce, Rosinality
from style_checks import gives_the_same_pictures
from torch import nn

VARIANTS: dict[str, Callable[[], nn.Module]] = {
    "rosinality 32": lambda: Rosinality(12, 3, [10, 8, 6, 4]),
    "rosinality fused": lambda: Rosinality(8, 2, [8, 8, 6, 4], fused_from=2),
    "rosinality 16 of 64": lambda: Rosinality(8, 2, [8, 8, 6, 4, 4], trained=2),
    "rosinality at first": lambda: Rosinality(12, 4, [10, 8, 6], old=True),
    "genforce 32": lambda: GenForce(6, 10, [10, 8, 6, 4]),
    "genforce fused": lambda: GenForce(10, 10, [6, 6, 4, 4, 4, 3]),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_a_file_of_its_authors_gives_the_same_pictures(name: str, tmp_path: Path) -> None:
    torch.manual_seed(2)
    net = VARIANTS[name]().eval()
    weights = net.state_dict()
    other = {key: torch.zeros_like(value) for key, value in weights.items()}
    averaged = "g_running" if name.startswith("rosinality") else "generator_smooth"
    torch.save({"generator": other, averaged: weights}, tmp_path / "train_step-7.model")
    model, _again = gives_the_same_pictures(net, tmp_path / "train_step-7.model", tmp_path, 3)
    z = model.sample(2, seed=1, space="z")
    assert np.ptp(model.decode_float(z, space="z", truncation=0.0), axis=0).max() < 1e-5
    told = " ".join(fact.text for fact in model.card.facts)
    assert ("noise is left out" in told) == name.startswith("rosinality")
    assert len(model.card.space("w+").parts) % 2 == 0


@pytest.mark.parametrize("widths", [[8, 6, 4, 4], [6, 4]])
def test_the_averaged_copies_of_lucidrains_give_their_pictures(widths: list[int], tmp_path: Path) -> None:
    torch.manual_seed(1)
    net = Lucid(12, 3, widths).eval()
    weights = net.state_dict()
    trained = {key.replace("SE.", "S.").replace("GE.", "G."): torch.zeros_like(value) for key, value in weights.items()}
    judges = {"D.blocks.0.conv_res.weight": torch.zeros(4, 3, 1, 1), "D_aug.D.to_logit.weight": torch.zeros(1, 4)}
    torch.save({"GAN": {**trained, **judges, **weights}, "version": "1.8.1"}, tmp_path / "model_7.pt")
    model, _again = gives_the_same_pictures(net, tmp_path / "model_7.pt", tmp_path, 3)
    assert [part.name for part in model.card.space("w+").parts][:2] == ["4 x 4", "8 x 8"]
