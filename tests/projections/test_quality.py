from __future__ import annotations

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from explorer.projections.quality import quality


def test_trust_is_that_of_scikit_learn_and_continuity_the_same_with_both_changed_round() -> None:
    random = np.random.default_rng(0)
    latents = random.standard_normal((200, 8)).astype(np.float32)
    points = latents[:, :2] + random.normal(0, 0.2, (200, 2)).astype(np.float32)
    found = quality(latents, points)
    assert found is not None
    assert found.trust == pytest.approx(trustworthiness(latents, points, n_neighbors=15), abs=1e-6)
    assert found.continuity == pytest.approx(trustworthiness(points, latents, n_neighbors=15), abs=1e-6)
    assert (found.neighbours, found.samples) == (15, 200)


def test_a_map_of_two_dimensions_is_perfect_and_one_by_chance_is_half_true() -> None:
    random = np.random.default_rng(0)
    latents, chance = random.standard_normal((2, 500, 2)).astype(np.float32) + 100
    true, false = quality(latents, 3 * latents[:, ::-1]), quality(latents, chance)
    assert true is not None
    assert false is not None
    assert (true.trust, true.continuity) == (1, 1)
    assert false.trust == pytest.approx(0.5, abs=0.05)


def test_many_samples_are_measured_on_some_and_few_on_fewer_neighbours() -> None:
    latents = np.random.default_rng(0).standard_normal((300, 3)).astype(np.float32)
    some = quality(latents, latents[:, :2], most=100)
    assert some is not None
    assert some.samples == 100
    few = quality(latents[:9], latents[:9, :2])
    assert few is not None
    assert few.neighbours == 4
    assert quality(latents[:2], latents[:2, :2]) is None
