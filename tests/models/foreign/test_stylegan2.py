"""StyleGAN2 of others is rebuilt to the same pictures, from every container and in every layout."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import persistent
import pytest
import torch
from rosinality_references import Rosinality2
from style_checks import gives_the_same_pictures, shown
from style_references import Nvidia2
from torch import nn

from explorer.models import twin
from explorer.models.foreign.opening import open_foreign
from explorer.models.foreign.style import StyleModel

VARIANTS: dict[str, Callable[[], nn.Module]] = {
    "skip": lambda: Nvidia2([12, 10, 8]),
    "one size": lambda: Nvidia2([6]),
    "64 grey": lambda: Nvidia2([10, 8, 6, 6, 4], channels=1, layers=8),
    "resnet": lambda: Nvidia2([8, 8, 6], layout="resnet", clamp=1.5),
    "orig": lambda: Nvidia2([8, 6, 6], layout="orig", clamp=None),
    "classes": lambda: Nvidia2([8, 6, 6], classes=5),
    "clamped": lambda: Nvidia2([8, 6, 6], clamp=0.7),
    "two taps": lambda: Nvidia2([8, 6, 6], taps=(1, 1)),
    "three taps": lambda: Nvidia2([8, 6, 6], taps=(1, 2, 1), layout="resnet"),
    "uneven taps": lambda: Nvidia2([8, 6], taps=(1, 2, 3, 0)),
    "rosinality": lambda: Rosinality2([10, 8, 8, 6]),
    "rosinality 128": lambda: Rosinality2([8, 8, 6, 6, 4, 4], w=16, layers=8),
}


@pytest.fixture(params=VARIANTS)
def net(request: pytest.FixtureRequest) -> nn.Module:
    torch.manual_seed(1)
    return VARIANTS[str(request.param)]().eval()


def written(net: nn.Module, folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """The file as its authors would ship it."""
    path = folder / "network-snapshot.pkl"
    if isinstance(net, Nvidia2):
        persistent.write(path, {"G": nn.Linear(2, 2), "D": nn.Linear(3, 3), "G_ema": net}, folder / "ran", patch)
    else:
        torch.save({"g": {}, "g_ema": net.state_dict(), "latent_avg": torch.ones(len(net.style[1].bias))}, path)
    return path


def test_a_file_of_its_authors_gives_the_same_pictures_and_nothing_of_it_runs(
    net: nn.Module, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(net, tmp_path, monkeypatch)
    model, again = gives_the_same_pictures(net, path, tmp_path, 3)
    assert again.card.spaces == model.card.spaces
    assert not (tmp_path / "ran").exists()


def test_a_state_dict_alone_gives_the_same_pictures(net: nn.Module, tmp_path: Path) -> None:
    if isinstance(net, Nvidia2) and net.clamp not in (None, 256):
        return  # a state dict does not tell
    torch.save(net.state_dict(), tmp_path / "G_ema.pt")
    model = open_foreign(tmp_path / "G_ema.pt")
    z = model.sample(2, seed=1, space="z")
    with torch.no_grad():
        assert np.abs(model.decode_float(z, space="z") - shown(net(torch.from_numpy(z)))).max() < 1e-4


def opened(net: nn.Module, folder: Path, patch: pytest.MonkeyPatch) -> StyleModel:
    model = open_foreign(written(net, folder, patch))
    assert isinstance(model, StyleModel)
    return model


def test_truncation_and_a_w_for_each_layer_are_those_of_the_authors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(2)
    net = Nvidia2([8, 8, 6, 4]).eval()
    model = opened(net, tmp_path, monkeypatch)
    z = model.sample(2, seed=0, space="z")
    layers = np.random.default_rng(0).standard_normal((2, net.num_ws, 10)).astype(np.float32)
    with torch.no_grad():
        half, mixed = shown(net(torch.from_numpy(z), 0.5)), shown(net.synthesis(torch.from_numpy(layers)))
    np.testing.assert_allclose(model.decode_float(z, space="z", truncation=0.5), half, atol=1e-4)
    np.testing.assert_allclose(model.decode_float(layers.reshape(2, -1), space="w+"), mixed, atol=1e-4)
    same = model.sample(2, seed=3, space="w+")
    np.testing.assert_allclose(
        model.decode_float(same, space="w+", truncation=0.3),
        model.decode_float(model.sample(2, seed=3), truncation=0.3),
        atol=1e-4,
    )
    np.testing.assert_allclose(model.w_mean, net.mapping.w_avg.numpy())


def test_the_parts_of_w_plus_are_its_layers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = opened(Nvidia2([8, 6, 6]).eval(), tmp_path, monkeypatch)
    space = model.card.space("w+")
    assert [part.name for part in space.parts] == ["4 x 4", "8 x 8 up", "8 x 8", "16 x 16 up", "16 x 16", "colours"]
    assert model.card.default_space.name == "w"
    assert model.card.truncates


def test_the_mean_of_w_is_found_where_the_file_has_none(tmp_path: Path) -> None:
    torch.manual_seed(0)
    net = Rosinality2([8, 6], w=12).eval()
    torch.save({"g_ema": net.state_dict()}, tmp_path / "550000.pt")
    model = open_foreign(tmp_path / "550000.pt")
    assert isinstance(model, StyleModel)
    with torch.no_grad():
        mean = net.style(torch.randn(20_000, 12)).mean(0).numpy()
    np.testing.assert_allclose(model.w_mean, mean, atol=0.05)
    assert any("mean of w" in fact.text and fact.how == "inferred" for fact in model.card.facts)


def test_a_mean_that_stands_beside_the_network_is_taken(tmp_path: Path) -> None:
    net = Rosinality2([8, 6], w=12).eval()
    mean = torch.randn(12)
    torch.save({"g_ema": net.state_dict(), "latent_avg": mean}, tmp_path / "ffhq.pt")
    model = open_foreign(tmp_path / "ffhq.pt")
    assert isinstance(model, StyleModel)
    np.testing.assert_array_equal(model.w_mean, mean.numpy())


def test_the_class_of_a_conditional_one_is_part_of_z(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = opened(Nvidia2([8, 6], classes=4).eval(), tmp_path, monkeypatch)
    z = model.card.space("z")
    assert (z.dim, z.classes) == (16, slice(12, 16))
    assert any("4 classes" in fact.text for fact in model.card.facts)


def test_another_activation_is_not_taken_for_the_usual_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from explorer.errors import CheckpointError

    net = Nvidia2([8, 6]).eval()
    net.synthesis.b8.conv0.activation = "swish"
    with pytest.raises(CheckpointError):
        opened(net, tmp_path, monkeypatch)


def test_its_twin_draws_the_same_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = opened(Nvidia2([8, 8, 6, 4]).eval(), tmp_path, monkeypatch)
    exported = twin.OnnxTwin(twin.export(model), model.card, model.w_mean)
    w = model.sample(3, seed=0)
    for truncation in (1.0, 0.6):
        wanted = model.decode_float(w, truncation=truncation)
        np.testing.assert_allclose(exported.decode_float(w, truncation), wanted, atol=1e-4)
