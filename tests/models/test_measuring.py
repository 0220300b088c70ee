"""What is measured of a model at a place, against what is known by other ways."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from test_laws import TINY, made

from explorer.errors import InputError
from explorer.latents.samples import LatentSet
from explorer.models.base import CanEncode, CanScore
from explorer.models.measuring import directions, measure, stretch
from explorer.models.network import NetworkModel
from explorer.models.quantities import LIKELIHOOD, QUANTITIES, ROUND_TRIP, STRETCH, explained, lacking


@pytest.fixture(scope="module", params=list(TINY))
def tiny(request: pytest.FixtureRequest) -> NetworkModel:
    return made(str(request.param))


def straight(matrix: np.ndarray) -> SimpleNamespace:
    """A model whose picture is the latent times a matrix (d, 12)."""
    return SimpleNamespace(
        precision="float32",
        decode_float=lambda latents, **_told: (latents @ matrix).reshape(-1, 2, 2, 3),
    )


@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
@settings(max_examples=25, deadline=None)
def test_the_stretch_of_a_straight_decoder_is_the_norm_of_its_matrix_everywhere(seed: int, dim: int) -> None:
    random = np.random.default_rng(seed)
    matrix = random.standard_normal((dim, 12)).astype(np.float32)
    latents = random.standard_normal((3, dim)).astype(np.float32)
    known = np.linalg.norm(matrix) / np.sqrt(dim * 12)
    assert stretch(straight(matrix), latents, "z") == pytest.approx([known] * 3, rel=2e-3)


def test_of_more_dimensions_than_directions_the_stretch_is_between_the_least_and_the_most() -> None:
    matrix = np.random.default_rng(1).standard_normal((40, 12)).astype(np.float32)
    found = float(stretch(straight(matrix), np.zeros((1, 40), np.float32), "z")[0])
    assert 0 < found <= np.linalg.norm(matrix, 2) / np.sqrt(12) * 1.01


def test_the_stretch_of_a_net_is_that_of_its_jacobian(tiny: NetworkModel) -> None:
    if tiny.card.family == "words":
        pytest.skip("a list of words jumps where two of them change places: it has no Jacobian")
    space = tiny.card.default_space
    latents = tiny.sample(4, seed=1)
    axes = torch.from_numpy(directions(space.dim, min(space.dim, 6)))
    net = tiny.decoder_module()
    for latent, found in zip(latents, measure(tiny, STRETCH, latents, space.name), strict=True):
        at = torch.from_numpy(latent)
        slopes = [torch.autograd.functional.jvp(lambda z: net(z[None])[0].flatten(), at, axis)[1] for axis in axes]
        along = torch.stack(slopes).square().mean()
        assert float(found) == pytest.approx(float(along.sqrt()), rel=0.1, abs=1e-5)


def test_a_family_tells_what_it_can_and_says_why_not_otherwise(tiny: NetworkModel) -> None:
    latents, space = tiny.sample(3, seed=0), tiny.card.default_space.name
    samples = LatentSet(space, latents)
    for name, able in ((ROUND_TRIP, CanEncode), (LIKELIHOOD, CanScore)):
        if isinstance(tiny, able):
            assert lacking(QUANTITIES[name], tiny.card, samples) == ""
            assert np.isfinite(measure(tiny, name, latents, space)).all()
        else:
            assert lacking(QUANTITIES[name], tiny.card, samples).endswith((": no encoder.", ": no density."))
            with pytest.raises(InputError):
                measure(tiny, name, latents, space)


def test_a_flow_comes_back_and_its_likelihood_is_that_of_its_picture() -> None:
    flow = made("flow")
    latents = flow.encode(np.random.default_rng(0).integers(60, 200, (3, 8, 8, 1), np.uint8)).mean
    assert measure(flow, ROUND_TRIP, latents, "z") == pytest.approx([0, 0, 0], abs=1e-3)
    assert measure(flow, LIKELIHOOD, latents, "z") == pytest.approx(flow.log_prob(flow.decode(latents)))


def test_every_quantity_says_its_formula_and_its_unit() -> None:
    for name, quantity in QUANTITIES.items():
        assert quantity.name == name
        assert quantity.unit in explained(quantity)
        assert quantity.formula in explained(quantity)
