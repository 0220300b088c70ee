"""Progressive GANs of others are rebuilt to the same pictures, at the size that their training reached."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from progressive_references import Blocks, Course, Descendant, Labelled, Layers, Zoo
from torch import nn

from explorer.models.checkpoint import open_model
from explorer.models.foreign.opening import convert, open_foreign

VARIANTS: dict[str, Callable[[], nn.Module]] = {
    "zoo 32": lambda: Zoo(20, [12, 10, 8, 6]),
    "zoo 16 grey": lambda: Zoo(7, [8, 8, 6], channels=1),
    "zoo 8": lambda: Zoo(7, [8, 6]),
    "blocks 32": lambda: Blocks(16, [12, 10, 8, 6], trained=4),
    "blocks 16 of 64": lambda: Blocks(16, [12, 10, 8, 6, 4], trained=3),
    "course 32": lambda: Course(16, [12, 12, 6, 3], trained=4),
    "labelled 32": lambda: Labelled(12, 5, [8, 8, 6, 4]),
    "labelled without classes": lambda: Labelled(12, 0, [8, 8, 6]),
    "descendant 32": lambda: Descendant(10, [8, 8, 6, 4], trained=32),
    "descendant 16 of 64": lambda: Descendant(10, [8, 8, 6, 4, 4], trained=16),
    "layers 32": lambda: Layers(16, [12, 10, 8, 6], inner=False),
    "layers with wscale": lambda: Layers(9, [12, 10, 8], inner=True),
    "course 8 of 128": lambda: Course(16, [12, 12, 6, 3, 3, 3], trained=2, channels=1),
}


def written(net: nn.Module, path: Path) -> None:
    """As the authors' programs save it."""
    weights = net.state_dict()
    other = {key: torch.zeros_like(value) for key, value in weights.items()}
    if isinstance(net, Blocks):
        held = {
            "generator": {"conf": {"latent_size": 16}, "state_dict": other},
            "discriminator": {"conf": {"depth": 4}, "state_dict": {"from_rgb.0.0.weight": torch.zeros(4, 3, 1, 1)}},
            "shadow_generator": {"conf": {"latent_size": 16}, "state_dict": weights},
        }
        torch.save(held, path)
    elif isinstance(net, Zoo):
        torch.save({"netD": {"decisionLayer.weight": torch.zeros(1, 8)}, "netG": weights}, path)
    else:
        torch.save({"state_dict": weights, "optimizer": {}}, path)


@pytest.mark.parametrize("name", VARIANTS)
def test_a_file_of_its_authors_gives_the_same_pictures(name: str, tmp_path: Path) -> None:
    torch.manual_seed(3)
    net = VARIANTS[name]().eval()
    written(net, tmp_path / "gan.pth")
    model = convert(tmp_path / "gan.pth", tmp_path / "ours")
    z = model.sample(3, seed=1)
    with torch.no_grad():
        wanted = ((net(torch.from_numpy(z)) + 1) / 2).clamp(0, 1).permute(0, 2, 3, 1).numpy()
    assert np.abs(wanted[0] - wanted[1]).max() > 0.05
    for one in (model, open_model(tmp_path / "ours", "cpu")):
        assert one.card.image_shape == wanted.shape[1:]
        assert np.abs(one.decode_float(z) - wanted).max() < 1e-4
    told = any("never trained" in fact.text for fact in model.card.facts)
    assert told == (" of " in name)


def test_keys_without_their_wrapper_are_known_too(tmp_path: Path) -> None:
    torch.manual_seed(0)
    net = Zoo(9, [8, 6]).eval()
    torch.save({key.replace(".module", ""): value for key, value in net.state_dict().items()}, tmp_path / "net.pt")
    model = open_foreign(tmp_path / "net.pt")
    z = model.sample(2, seed=0)
    with torch.no_grad():
        wanted = ((net(torch.from_numpy(z)) + 1) / 2).clamp(0, 1).permute(0, 2, 3, 1).numpy()
    np.testing.assert_allclose(model.decode_float(z), wanted, atol=1e-4)
