"""StyleGAN3 of others is rebuilt to the same pictures, in both configurations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import persistent
import pytest
import torch
from alias_free_references import Nvidia3
from style_checks import gives_the_same_pictures, shown
from torch import nn

from explorer.models import twin
from explorer.models.foreign.opening import open_foreign
from explorer.models.foreign.style import StyleModel

VARIANTS: dict[str, Callable[[], Nvidia3]] = {
    "config-t": lambda: Nvidia3(32),
    "config-t 64, grey, 14 layers": lambda: Nvidia3(64, count=14, channels=1, base=256),
    "config-r": lambda: Nvidia3(32, kernel=1, radial=True),
    "classes": lambda: Nvidia3(16, classes=4),
    "clamped": lambda: Nvidia3(16, clamp=0.9),
    "not clamped": lambda: Nvidia3(16, count=5, clamp=None),
}


@pytest.fixture(params=VARIANTS)
def net(request: pytest.FixtureRequest) -> Nvidia3:
    torch.manual_seed(1)
    return VARIANTS[str(request.param)]().eval()  # type: ignore[return-value]


def test_a_file_of_its_authors_gives_the_same_pictures_and_nothing_of_it_runs(
    net: Nvidia3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "stylegan3.pkl"
    persistent.write(path, {"D": nn.Linear(2, 2), "G_ema": net}, tmp_path / "ran", monkeypatch)
    gives_the_same_pictures(net, path, tmp_path, 2)
    assert not (tmp_path / "ran").exists()


def test_a_state_dict_alone_gives_the_same_pictures(net: Nvidia3, tmp_path: Path) -> None:
    if net.clamp != 256:
        return  # a state dict does not tell
    torch.save(net.state_dict(), tmp_path / "G_ema.pt")
    model = open_foreign(tmp_path / "G_ema.pt")
    z = model.sample(2, seed=1, space="z")
    with torch.no_grad():
        assert np.abs(model.decode_float(z, space="z") - shown(net(torch.from_numpy(z)))).max() < 1e-4


def test_truncation_and_a_w_for_each_layer_are_those_of_the_authors(tmp_path: Path) -> None:
    torch.manual_seed(2)
    net = Nvidia3(32).eval()
    torch.save(net.state_dict(), tmp_path / "G_ema.pt")
    model = open_foreign(tmp_path / "G_ema.pt")
    z = model.sample(2, seed=0, space="z")
    layers = np.random.default_rng(0).standard_normal((2, net.num_ws, 10)).astype(np.float32)
    with torch.no_grad():
        half, mixed = shown(net(torch.from_numpy(z), 0.5)), shown(net.synthesis(torch.from_numpy(layers)))
    np.testing.assert_allclose(model.decode_float(z, space="z", truncation=0.5), half, atol=1e-4)
    np.testing.assert_allclose(model.decode_float(layers.reshape(2, -1), space="w+"), mixed, atol=1e-4)
    assert [part.name for part in model.card.space("w+").parts][:2] == ["waves", "1: 36 x 36"]


@pytest.mark.parametrize("radial", [False, True])
def test_its_twin_draws_the_same_pictures(radial: bool, tmp_path: Path) -> None:
    torch.save(Nvidia3(32, radial=radial, kernel=1 if radial else 3).state_dict(), tmp_path / "G_ema.pt")
    model = open_foreign(tmp_path / "G_ema.pt")
    assert isinstance(model, StyleModel)
    exported = twin.OnnxTwin(twin.export(model), model.card, model.w_mean)
    w = model.sample(3, seed=0)
    np.testing.assert_allclose(exported.decode_float(w, 0.6), model.decode_float(w, truncation=0.6), atol=1e-4)
