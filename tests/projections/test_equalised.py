"""Axes of equal probability."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.latents.samples import LatentSet
from explorer.projections import axes
from explorer.projections.base import ProjectionChoice
from explorer.projections.equalised import Equalised, probabilities, quantiles


@pytest.fixture
def samples() -> LatentSet:
    return LatentSet("z", np.random.default_rng(3).standard_normal((4000, 3)).astype(np.float32))


@pytest.fixture
def projection(samples: LatentSet) -> Equalised:
    return Equalised(axes.fit(samples, ProjectionChoice("axes", 2, 0)))


def test_samples_of_the_prior_lie_evenly(samples: LatentSet, projection: Equalised) -> None:
    points = projection.place(samples.latents)
    assert points.min() >= 0
    assert points.max() <= 1
    counts, *_ = np.histogram2d(points[:, 0], points[:, 1], bins=4, range=((0, 1), (0, 1)))
    assert counts.min() > 200  # of 250


def test_what_is_lifted_comes_back(samples: LatentSet, projection: Equalised) -> None:
    current = samples.latents[0]
    points = np.random.default_rng(4).uniform(0.005, 0.995, (200, 2)).astype(np.float32)
    assert projection.place(projection.lift(points, current)) == pytest.approx(points, abs=1e-5)
    assert projection.lift(projection.place(current[None]), current)[0] == pytest.approx(current, abs=1e-4)


def test_no_place_lifts_to_infinity(samples: LatentSet, projection: Equalised) -> None:
    points = np.array([[0, 0], [1, 1], [-3, 0.5], [0.5, 7], [0.01, 0.99]], np.float32)
    latents = projection.lift(points, samples.latents[0])
    assert np.isfinite(latents).all()
    assert np.abs(latents[:, [2, 0]]).max() < 3.2
    assert quantiles(points[-1:])[0] == pytest.approx([-2.3263, 2.3263], abs=1e-3)


def test_a_sample_without_a_place_has_none(projection: Equalised) -> None:
    assert np.isnan(probabilities(np.array([[np.nan, 0.0]], np.float32))[0]).tolist() == [True, False]


def test_a_fitted_gaussian_lies_evenly_too_and_comes_back(samples: LatentSet) -> None:
    moved = LatentSet("z", samples.latents * np.float32([2, 1, 0.1]) + np.float32([0, 5, -3]))
    equal = Equalised(axes.fit(moved, ProjectionChoice("axes", 2, 0)), (-3.0, 0.0), (0.1, 2.0))
    straight = Equalised(axes.fit(samples, ProjectionChoice("axes", 2, 0)))
    assert equal.place(moved.latents) == pytest.approx(straight.place(samples.latents), abs=1e-4)
    points = np.random.default_rng(4).uniform(0.005, 0.995, (50, 2)).astype(np.float32)
    assert equal.place(equal.lift(points, moved.latents[0])) == pytest.approx(points, abs=1e-4)
