"""Flat maps of a part of a latent: fitted to its numbers alone, moving along them alone."""

from __future__ import annotations

import numpy as np
import pytest
from projection_scene import DIM, manifold

from explorer.projections import KINDS, Part, ProjectionChoice, fit
from explorer.projections.plane import Plane

KINDS_OF_PARTS = [kind for kind in KINDS if KINDS[kind].has_parts]
WITHIN = np.arange(DIM) % 3 == 0
PART = Part(WITHIN, "every third")


@pytest.mark.parametrize("kind", KINDS_OF_PARTS)
def test_what_lies_outside_the_part_neither_places_nor_moves(kind: str) -> None:
    samples = manifold()
    plane = fit(samples, ProjectionChoice(kind), part=PART)
    random = np.random.default_rng(0)
    changed = np.where(WITHIN, samples.latents, random.normal(size=samples.latents.shape)).astype(np.float32)
    np.testing.assert_allclose(plane.place(changed), plane.place(samples.latents), atol=1e-4)
    current = samples.latents[5]
    points = random.normal(0, 2, (30, 2)).astype(np.float32)
    lifted = plane.lift(points, current)
    np.testing.assert_allclose(lifted[:, ~WITHIN], np.tile(current[~WITHIN], (30, 1)), atol=1e-5)
    np.testing.assert_allclose(plane.place(lifted), points, atol=1e-3)
    assert plane.lift_name == "plane within every third"


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
