"""A trained VAE tells its activations, its end and the layout of its posterior: only then do latents come back."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from references import ExampleVae, shaken
from torch import Tensor, nn
from torch.nn import functional

from explorer.models.foreign.architectures import recognise
from explorer.models.foreign.drafts.draft import draft
from explorer.models.foreign.drafts.evidence import inferred
from explorer.models.foreign.opening import open_foreign, read
from explorer.models.foreign.reading import Reading

SHARED = Path(__file__).resolve().parents[4] / "shared" / "checkpoints"
SIDE = 12


def blobs(count: int, generator: torch.Generator) -> Tensor:
    """A soft dot somewhere in each picture, (count, SIDE * SIDE) in 0..1."""
    places = torch.rand(count, 2, 1, generator=generator) * (SIDE - 5) + 2
    steps = torch.arange(SIDE).expand(count, 2, SIDE)
    rows, columns = torch.exp(-((steps - places) ** 2) / 6).unbind(1)
    return (rows[:, :, None] * columns[:, None, :]).flatten(1)


def trained(activation: type[nn.Module], interleaved: bool) -> nn.Module:
    """encoder.N that ends in mean and log variance of two latents, decoder.N with logits at the end."""
    torch.manual_seed(0)
    net = nn.Module()
    net.encoder = nn.Sequential(nn.Linear(SIDE**2, 64), activation(), nn.Linear(64, 32), activation(), nn.Linear(32, 4))
    net.decoder = nn.Sequential(nn.Linear(2, 32), activation(), nn.Linear(32, 64), activation(), nn.Linear(64, SIDE**2))
    steps = torch.optim.Adam(net.parameters(), 3e-3)
    generator = torch.Generator().manual_seed(0)
    for _ in range(700):
        pictures = blobs(128, generator)
        said = net.encoder(pictures)
        mean, log_variance = said.view(-1, 2, 2).unbind(2) if interleaved else said.chunk(2, 1)
        latents = mean + torch.randn(mean.shape, generator=generator) * (log_variance / 2).exp()
        apart = functional.binary_cross_entropy_with_logits(net.decoder(latents), pictures, reduction="sum")
        loss = apart + 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum()
        steps.zero_grad()
        loss.backward()
        steps.step()
    return net


def test_a_trained_vae_gives_its_choices_away(tmp_path: Path) -> None:
    torch.save(trained(nn.Softplus, interleaved=True).state_dict(), tmp_path / "vae.pth")
    known = inferred(read(tmp_path / "vae.pth"), {})
    assert known == {"activation": "softplus", "last": "sigmoid", "range": "0,1", "posterior": "interleaved"}
    told = {fact.text: fact.how for fact in open_foreign(tmp_path / "vae.pth").card.facts}
    assert told["activation: softplus"] == "inferred"


def test_what_is_not_clear_is_not_said(tmp_path: Path) -> None:
    torch.save(trained(nn.Tanh, interleaved=False).state_dict(), tmp_path / "vae.pth")
    known = inferred(read(tmp_path / "vae.pth"), {})
    assert known.get("activation", "tanh") == "tanh"
    assert known["posterior"] == "halves"
    assert known.get("last", "sigmoid") == "sigmoid"


def test_weights_at_random_give_nothing_away() -> None:
    for seed in range(4):
        torch.manual_seed(seed)
        net = shaken(ExampleVae(784, 40, 12), seed)
        assert inferred(Reading(Path("a") / "b.pt", "torch zip file", net.state_dict()), {}) == {}


def test_what_was_chosen_is_not_asked_again() -> None:
    torch.manual_seed(0)
    reading = Reading(Path("a") / "b.pt", "torch zip file", ExampleVae(784, 40, 12).state_dict())
    assert inferred(reading, {"activation": "elu"}) == {}


@pytest.mark.skipif(not SHARED.is_dir(), reason="the checkpoints are not at hand")
@pytest.mark.parametrize("name", ["vae-burgess-mnist", "vae-burgess-dsprites"])
def test_a_checkpoint_from_the_wild_tells_that_its_posterior_is_interleaved(name: str) -> None:
    reading = read(SHARED / name / "model.pt")
    known = inferred(reading, {})
    assert (known["posterior"], known["last"]) == ("interleaved", "sigmoid")
    assert draft(reading, {}, known).manifest.posterior == "interleaved"
    assert recognise(reading) is not None
