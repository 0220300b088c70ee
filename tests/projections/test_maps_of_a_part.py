"""Maps of a part of a latent: fitted to its numbers alone, moving within them alone."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from projection_scene import DIM, manifold

from explorer.projections import KINDS, Part, ProjectionChoice, fit, is_installed, points_of
from explorer.projections.plane import Plane

KINDS_OF_PARTS = [kind for kind in KINDS if KINDS[kind].has_parts]
WITHIN = np.arange(DIM) % 3 == 0
PART = Part(WITHIN, "every third")


@pytest.mark.parametrize("kind", KINDS_OF_PARTS)
def test_what_lies_outside_the_part_neither_places_nor_moves(kind: str) -> None:
    samples = manifold()
    if not is_installed(kind):
        pytest.skip(f"{KINDS[kind].library} is not installed")
    made = fit(samples, ProjectionChoice(kind), part=PART)
    random = np.random.default_rng(0)
    changed = np.where(WITHIN, samples.latents, random.normal(size=samples.latents.shape)).astype(np.float32)
    points = points_of(made, samples)
    np.testing.assert_allclose(made.place(changed), points, atol=1e-3)
    current, between = samples.latents[5], (points[:30] + points[1:31]) / 2
    lifted = made.lift(between, current)
    np.testing.assert_allclose(lifted[:, ~WITHIN], np.tile(current[~WITHIN], (30, 1)), atol=1e-5)
    assert lifted[:, WITHIN].std(axis=0).max() > 0.1
    if made.lift_error == 0:
        np.testing.assert_allclose(made.place(lifted), between, atol=1e-3)
    assert "within every third" in made.lift_name
    again = pickle.loads(pickle.dumps(made))
    np.testing.assert_array_equal(again.place(samples.latents[:5]), made.place(samples.latents[:5]))


def test_it_is_the_map_of_those_numbers() -> None:
    samples = manifold()
    plane, alone = fit(samples, ProjectionChoice("pca"), part=PART), fit(PART.of(samples), ProjectionChoice("pca"))
    assert isinstance(plane, Plane)
    np.testing.assert_allclose(plane.place(samples.latents), alone.place(samples.latents[:, WITHIN]), atol=1e-4)
    assert plane.axis_names == alone.axis_names


def test_a_component_that_the_part_does_not_have_becomes_one_that_it_has() -> None:
    plane = fit(manifold(), ProjectionChoice("pca", 11, 10), part=PART)
    assert plane.axis_names[0].startswith("PC 4")


def test_kinds_without_such_a_map_are_of_the_whole() -> None:
    choice = ProjectionChoice("axes", 1, 2)
    assert fit(manifold(), choice, part=PART).axis_names == fit(manifold(), choice).axis_names
