"""VAEs and autoencoders as others spell them: saved, opened, and compared with what their authors' networks make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from block_references import BLOCKS, introspective
from book_references import BOOKS
from kin_references import KIN, LEVELS, categorical, gamma, levels, with_pseudo_inputs
from references import shaken
from row_references import ROWS
from safetensors.torch import save_file
from torch import Tensor
from vae_references import CONVOLUTIONAL, DENSE, Kind, Wild
from wild_references import WILD

from explorer.errors import CheckpointError
from explorer.models.base import CanEncode
from explorer.models.checkpoint import open_model, save_model
from explorer.models.foreign.architectures import recognise
from explorer.models.foreign.drafts.draft import draft
from explorer.models.foreign.manifest import manifest_path, write_manifest
from explorer.models.foreign.negatives import UnknownArchitectureError
from explorer.models.foreign.opening import open_foreign, read
from explorer.models.foreign.reading import Reading
from explorer.models.network import NetworkModel

KINDS: dict[str, Kind] = {**DENSE, **CONVOLUTIONAL, **WILD, **BLOCKS, **BOOKS, **ROWS, **KIN}
State = Mapping[str, Tensor]


@pytest.fixture(params=KINDS)
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Wild, NetworkModel]:
    """A network at random, and the model that its file is opened as; drafted where nobody writes so."""
    kind = KINDS[str(request.param)]
    torch.manual_seed(0)
    net = kind.make()
    shaken(net)
    path = tmp_path / "vae.pth"
    torch.save(net.state_dict(), path)
    if kind.choices is not None:
        write_manifest(draft(read(path), kind.choices).manifest, manifest_path(path))
    model = open_foreign(path)
    assert model.card.default_space.shape == kind.shape
    return net, model


def expected(net: Wild, latents: np.ndarray, model: NetworkModel) -> np.ndarray:
    low, high = net.values
    height, width, channels = model.card.image_shape
    with torch.no_grad():
        made = (net(torch.from_numpy(latents).view(-1, *model.card.default_space.shape)) - low) / (high - low)
    return made.clamp(0, 1).view(-1, channels, height, width).permute(0, 2, 3, 1).numpy()


def test_its_pictures_are_those_of_its_authors(pair: tuple[Wild, NetworkModel], tmp_path: Path) -> None:
    net, model = pair
    save_model(model, tmp_path / "ours")
    latents = model.sample(3, seed=1)
    wanted = expected(net, latents, model)
    for one in (model, open_model(tmp_path / "ours", "cpu")):
        assert np.abs(one.decode_float(latents) - wanted).mean() < 1e-4
    assert np.abs(wanted[0] - wanted[1]).max() > 0.01
    assert {fact.how for fact in model.card.facts} >= {"read"}


def test_a_picture_has_the_posterior_of_its_authors(pair: tuple[Wild, NetworkModel]) -> None:
    net, model = pair
    if not net.encodes:
        return
    assert isinstance(model, CanEncode)
    images = np.random.default_rng(0).integers(0, 256, (3, *model.card.image_shape), dtype=np.uint8)
    low, high = net.values
    with torch.no_grad():
        pictures = torch.from_numpy(images.transpose(0, 3, 1, 2) / np.float32(255)) * (high - low) + low
        mean, log_variance = net.encode(pictures)
    posterior = model.encode(images)
    np.testing.assert_allclose(posterior.mean, mean.numpy(), atol=1e-3, rtol=1e-3)
    assert (posterior.log_variance is None) == (log_variance is None)
    if log_variance is not None and posterior.log_variance is not None:
        np.testing.assert_allclose(posterior.log_variance, log_variance.clamp(-30, 20), atol=1e-3, rtol=1e-3)


def _safetensors(state: State, path: Path) -> None:
    save_file({key: value.contiguous() for key, value in state.items()}, path)


def _saved(around: Callable[[State], object]) -> Callable[[State, Path], None]:
    return lambda state, path: torch.save(around(state), path)


CONTAINERS: dict[str, Callable[[State, Path], None]] = {
    "dict around": _saved(lambda state: {"epoch": 3, "model_state_dict": state, "optimizer": {"state": {}}}),
    "DataParallel": _saved(lambda state: {f"module.{key}": value for key, value in state.items()}),
    "Lightning": _saved(
        lambda state: {
            "state_dict": {f"model.{key}": value for key, value in state.items()}
            | {
                "model.discriminator.0.weight": torch.zeros(3, 4),
                "model.feature_network.0.weight": torch.zeros(4, 3, 3, 3),
            },
            "hyper_parameters": {"latent_dim": 7},
        }
    ),
    "an attribute called vae": _saved(lambda state: {f"vae.{key}": value for key, value in state.items()}),
    "two networks": _saved(
        lambda state: {
            name: {key.removeprefix(f"{name}."): value for key, value in state.items() if key.startswith(f"{name}.")}
            for name in ("encoder", "decoder")
        }
    ),
    "half precision": _saved(lambda state: {key: value.half() for key, value in state.items()}),
    "safetensors": _safetensors,
}


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("name", ["Higgins colour", "World Models", "MLP.L0"])
def test_every_container_gives_the_same_pictures(name: str, container: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    net = KINDS[name].make()
    shaken(net)
    torch.save(net.state_dict(), tmp_path / "plain.pth")
    CONTAINERS[container](net.state_dict(), tmp_path / "other.ckpt")
    plain, other = open_foreign(tmp_path / "plain.pth"), open_foreign(tmp_path / "other.ckpt")
    latents = plain.sample(2, seed=0)
    apart = np.abs(other.decode_float(latents) - plain.decode_float(latents)).mean()
    assert apart < (5e-3 if container == "half precision" else 1e-6)
    assert isinstance(other, CanEncode)


def test_a_vq_vae_of_two_books_says_why_it_is_not_opened(tmp_path: Path) -> None:
    torch.save(
        {"enc_b.blocks.0.weight": torch.zeros(4, 3, 4, 4), "quantize_t.embed": torch.zeros(4, 9)}, tmp_path / "a.pt"
    )
    with pytest.raises(CheckpointError, match="two books") as caught:
        open_foreign(tmp_path / "a.pt")
    assert caught.value.hint


@pytest.mark.parametrize("name", ["conv_block", "resblock", "shortcut", "attn"])
def test_a_row_with_ways_around_its_layers_is_not_taken_for_a_plain_one(name: str) -> None:
    kinds = KINDS["pooled and doubled"].make().state_dict()
    renamed = {key.replace("encoder.0.", f"encoder.0.{name}.1."): value for key, value in kinds.items()}
    assert recognise(Reading(Path("a") / "vae.pt", "torch zip file", kinds)) is not None
    assert recognise(Reading(Path("a") / "vae.pt", "torch zip file", renamed)) is None


def saved(net: Wild, path: Path) -> Wild:
    shaken(net)
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(net.state_dict(), path)
    return net


def test_settings_beside_tell_a_categorical_vae_from_a_wasserstein_autoencoder(tmp_path: Path) -> None:
    net = saved(categorical(3, 4), tmp_path / "vae.pth")
    unknown = open_foreign(tmp_path / "vae.pth")
    assert "Wasserstein" in unknown.card.architecture
    assert any(fact.how == "guessed" and "categorical_dim" in fact.text for fact in unknown.card.facts)
    (tmp_path / "config.json").write_text('{"model_params": {"categorical_dim": 4}}')
    model = open_foreign(tmp_path / "vae.pth")
    assert [len(choice.classes) for choice in model.card.default_space.choices] == [4, 4, 4]
    latents = model.sample(3, seed=1)
    assert (latents.reshape(3, 3, 4).sum(2) == 1).all()
    assert np.abs(model.decode_float(latents) - expected(net, latents, model)).mean() < 1e-4
    assert isinstance(model, CanEncode)
    images = np.random.default_rng(0).integers(0, 256, (3, *model.card.image_shape), dtype=np.uint8)
    with torch.no_grad():
        wanted, _none = net.encode(torch.from_numpy(images.transpose(0, 3, 1, 2) / np.float32(127.5) - 1))
    np.testing.assert_array_equal(model.encode(images).mean, wanted.numpy())


def test_the_folders_of_its_training_tell_a_categorical_vae(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "CategoricalVAE" / "version_0" / "checkpoints" / "last.ckpt"
    saved(categorical(2, 40), path)
    card = open_foreign(path).card
    assert [len(choice.classes) for choice in card.default_space.choices] == [40, 40]
    assert any(fact.how == "guessed" and "categorical_dim" in fact.text for fact in card.facts)


def test_more_latents_than_features_tell_a_categorical_vae(tmp_path: Path) -> None:
    saved(categorical(1, 40), tmp_path / "vae.pth")  # of 24 features
    assert [len(choice.classes) for choice in open_foreign(tmp_path / "vae.pth").card.default_space.choices] == [40]


def test_a_categorical_vae_of_more_choices_than_a_latent_holds_is_named(tmp_path: Path) -> None:
    saved(categorical(65, 2), tmp_path / "vae.pth")
    (tmp_path / "config.json").write_text('{"categorical_dim": 2}')
    with pytest.raises(CheckpointError, match="CategoricalVAE of 65 choices") as caught:
        open_foreign(tmp_path / "vae.pth")
    assert "latent_dim" in caught.value.hint


def test_a_gamma_vae_draws_around_the_mean_of_its_prior(tmp_path: Path) -> None:
    saved(gamma(6), tmp_path / "vae.pth")
    latents = open_foreign(tmp_path / "vae.pth").sample(2000, seed=0)
    assert latents.mean() == pytest.approx(2, abs=0.05)
    assert latents.var() == pytest.approx(2, abs=0.1)


def test_a_vamp_vae_draws_around_the_posteriors_of_its_pseudo_inputs(tmp_path: Path) -> None:
    net = saved(with_pseudo_inputs(5, 4), tmp_path / "vae.pth")
    prior = open_foreign(tmp_path / "vae.pth").prior
    with torch.no_grad():
        mean, log_variance = net.encode(net.embed_pseudo(torch.eye(4)).view(4, 3, 16, 16))
    assert prior is not None
    assert prior.fitted is not None
    assert log_variance is not None
    np.testing.assert_allclose(prior.fitted.means, mean.numpy(), atol=1e-4)
    np.testing.assert_allclose(prior.fitted.spreads, (log_variance / 2).exp().numpy(), rtol=1e-3)


def as_trained(net: Wild, dim: int) -> Wild:
    """With norms that keep what goes into them for latents of N(0, I)."""
    shaken(net)
    for one in net.modules():
        if isinstance(one, torch.nn.BatchNorm2d):
            one.reset_running_stats()
            one.momentum = None
    net.train()
    with torch.no_grad():
        for seed in range(8):
            net.encode(net(torch.randn(64, dim, generator=torch.Generator().manual_seed(seed))))
    return net.eval()


@pytest.mark.parametrize(("called", "behind"), [("IntroVAE", True), ("Soft-IntroVAE", False)])
def test_kept_means_tell_an_introspective_vae_from_a_soft_one(called: str, behind: bool, tmp_path: Path) -> None:
    torch.manual_seed(0)
    net = as_trained(introspective(8, 16, [6, 8], behind=behind), 8)
    torch.save(net.state_dict(), tmp_path / "vae.pth")
    model = open_foreign(tmp_path / "vae.pth")
    assert model.card.architecture.startswith(f"{called}, ")
    assert any(fact.how == "inferred" and "the last norm" in fact.text for fact in model.card.facts)
    latents = model.sample(3, seed=1)
    assert np.abs(model.decode_float(latents) - expected(net, latents, model)).mean() < 1e-4


def test_a_class_that_the_file_names_tells_an_introspective_vae() -> None:
    state = introspective(8, 16, [6, 8], behind=True).state_dict()
    for name, called in (("networks.IntroVAE", "IntroVAE"), ("main.SoftIntroVAE", "Soft-IntroVAE")):
        found = recognise(Reading(Path("vae.pth"), "torch zip file", state, named=(name,)))
        assert found is not None
        assert found.config.card.architecture.startswith(f"{called}, ")
        assert found.facts[0].how == "read"


def test_norms_that_kept_nothing_leave_an_introspective_vae_guessed(tmp_path: Path) -> None:
    saved(introspective(8, 16, [6, 8], behind=True), tmp_path / "vae.pth")
    facts = open_foreign(tmp_path / "vae.pth").card.facts
    assert any(fact.how == "guessed" and "IntroVAE" in fact.text for fact in facts)


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("kind", LEVELS)
def test_a_vae_of_many_levels_is_named_and_not_taken_for_another(kind: str, wrapped: bool, tmp_path: Path) -> None:
    state: dict[str, Tensor] = dict(levels(kind).state_dict())
    if kind == "NVAE":
        state = {"prior_ftr0": torch.zeros(8, 4, 4), **state}
    torch.save(
        {"state_dict": {f"model.{key}": one for key, one in state.items()}} if wrapped else state, tmp_path / "v"
    )
    with pytest.raises(CheckpointError, match=kind) as caught:
        open_foreign(tmp_path / "v")
    assert not isinstance(caught.value, UnknownArchitectureError)
    assert "level" in caught.value.hint
