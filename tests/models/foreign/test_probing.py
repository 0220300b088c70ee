"""What random latents show of a model: each trouble is found and told, and nothing is told of a model without."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from explorer.models.base import Card, Space
from explorer.models.foreign.drawn import drawn
from explorer.models.foreign.probing import facts_of, probe, roughness, time_in_words, told
from explorer.models.network import NetworkModel

DIM, SIDE = 6, 16


class Painter(nn.Module):
    """Three soft waves a latent number, of its own colour: 0..1."""

    def __init__(self, mend: Callable[[Tensor, Tensor], Tensor]) -> None:
        super().__init__()
        self.mend = mend
        grid = torch.stack(torch.meshgrid(torch.arange(SIDE), torch.arange(SIDE), indexing="ij")).float() / SIDE
        turns = torch.arange(DIM).float()[:, None, None, None]
        channel = torch.arange(3).float()[None, :, None, None]
        self.register_buffer("waves", torch.sin(grid[0] * (1 + turns) + grid[1] * (2 - channel) + turns))

    def forward(self, latents: Tensor) -> Tensor:
        waves = self.waves
        assert isinstance(waves, Tensor)
        return self.mend(torch.sigmoid(1.5 * torch.einsum("nd,dchw->nchw", latents, waves)), latents)


class Painting(NetworkModel):
    def __init__(self, mend: Callable[[Tensor, Tensor], Tensor] = lambda pictures, _latents: pictures) -> None:
        card = Card(
            "painting",
            "layers",
            "waves",
            0,
            (Space("z", DIM, (DIM,), "standard normal"),),
            (SIDE, SIDE, 3),
            (0.0, 1.0),
            "",
            "",
            "none",
        )
        super().__init__(card, {}, Painter(mend))

    def _generator(self, space: str) -> nn.Module:
        return self.net


def warned(mend: Callable[[Tensor, Tensor], Tensor]) -> str:
    model = Painting(mend)
    return " ".join(told(probe(model, moving=True), model.card))


def test_of_a_sound_model_there_is_no_warning_and_every_measure() -> None:
    model = Painting()
    found = probe(model, moving=True)
    facts = list(facts_of(found, model.card))
    assert not any(fact.warns for fact in facts)
    assert all(fact.how == "measured" for fact in facts)
    words = " ".join(fact.text for fact in facts)
    for said in ("its range is 0 to 1", "all 6 latents change", "same alone and in a batch", "are alike", "takes"):
        assert said in words
    assert (found.movable, found.moved, found.idle) == (DIM, DIM, ())


@pytest.mark.parametrize(
    ("mend", "said"),
    [
        (lambda pictures, _: pictures * torch.where(pictures > 0.9, torch.nan, 1.0), "NaN"),
        (lambda pictures, _: pictures * 255, "are cut off"),
        (lambda pictures, _: 0.5 + pictures / 50, "fill only"),
        (lambda pictures, _: pictures[:1].expand(len(pictures), -1, -1, -1) * 0 + 0.25, "the same picture"),
        (lambda pictures, _: pictures - pictures.mean(0) + 0.5, "depends on those decoded with it"),
        (
            lambda pictures, _: pictures.permute(0, 2, 3, 1).reshape(len(pictures), 3, SIDE, SIDE),
            "laid out channels last",
        ),
        (lambda pictures, _: torch.rand(pictures.shape, generator=torch.Generator().manual_seed(1)), "rough as noise"),
    ],
    ids=["nan", "255", "faint", "collapsed", "batch", "layout", "noise"],
)
def test_each_trouble_is_told(mend: Callable[[Tensor, Tensor], Tensor], said: str) -> None:
    assert said in warned(mend)


def test_a_model_that_makes_no_numbers_at_all_has_a_card_that_says_so() -> None:
    model = Painting(lambda pictures, _: pictures * torch.nan)
    assert "NaN" in warned(lambda pictures, _: pictures * torch.nan)
    assert not drawn(model, lambda _some: None).images.any()


def test_latents_that_do_nothing_are_named() -> None:
    """The second and the fifth are ignored."""

    def deaf(_pictures: Tensor, latents: Tensor) -> Tensor:
        heard = latents.clone()
        heard[:, [1, 4]] = 0
        return Painter(lambda pictures, _: pictures)(heard)

    model = Painting(deaf)
    found = probe(model, moving=True)
    assert found.idle == (1, 4)
    assert any(
        "2 change no pixel by 1 %" in fact.text and "z 2, z 5" in fact.text for fact in facts_of(found, model.card)
    )


def test_roughness_is_one_of_noise_and_small_of_a_slope() -> None:
    noise = torch.rand(8, 32, 32, 1, generator=torch.Generator().manual_seed(0)).numpy()
    slope = torch.linspace(0, 1, 32).repeat(1, 32, 1)[..., None].numpy()
    assert roughness(noise) == pytest.approx(1, abs=0.05)
    assert roughness(slope) < 0.01


def test_times_are_told_in_their_unit() -> None:
    assert [time_in_words(ms) for ms in (0.04, 2.44, 38.2, 3900)] == ["less than 0.1 ms", "2.4 ms", "38 ms", "3.9 s"]


def test_the_range_is_told_once_where_it_is_what_is_wrong() -> None:
    model = Painting(lambda pictures, _: pictures * 255)
    assert sum("range" in fact.text or "lie in" in fact.text for fact in facts_of(probe(model), model.card)) == 1
