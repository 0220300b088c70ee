"""The grid as values: every place where its tile is, ticks at round numbers on straight and on bent axes."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.latents.samples import LatentSet
from explorer.models.quantities import DISTANCE, QUANTITIES
from explorer.projections import axes
from explorer.projections.base import ProjectionChoice
from explorer.projections.equalised import Equalised, quantiles
from explorer.ui.map.colours import Colouring
from explorer.ui.map.grid_view import grid_view, tiles_of, tint_of
from explorer.ui.map.heat_layer import HeatLayer
from explorer.ui.map.lattice import Lattice

SAMPLES = LatentSet("z", np.random.default_rng(0).standard_normal((50, 3)).astype(np.float32))
FLAT = axes.fit(SAMPLES, ProjectionChoice("axes", 0, 1))


@pytest.mark.parametrize("level", [-1, 0, 2])
def test_ticks_and_places_count_alike(level: int) -> None:
    lattice, columns, rows = Lattice(0.5, 16), range(-7, 9), range(-3, 4)
    view = grid_view(lattice, level, columns, rows, FLAT, SAMPLES.latents[0])
    assert (view.columns, view.rows, len(view.places)) == (16, 7, 112)
    first, step = view.places[0], view.places[1, 0] - view.places[0, 0]
    for at, text in view.across:
        assert first[0] + at * step == pytest.approx(float(text.replace("\N{MINUS SIGN}", "-")), abs=1e-6)
    assert view.places[view.columns, 1] > view.places[0, 1]  # the second row is higher


def test_ticks_of_a_bent_axis_are_numbers_of_the_latent() -> None:
    lattice = Lattice(0.05, 11, equal=True)
    view = grid_view(lattice, 0, range(11), range(11), Equalised(FLAT), SAMPLES.latents[0])
    assert len(view.across) >= 5
    for at, text in view.across:
        place = 0.01 + at * 0.098
        number = quantiles(np.array([[place, 0.5]], np.float32))[0, 0]
        assert number == pytest.approx(float(text.replace("\N{MINUS SIGN}", "-")), abs=0.02)


def test_the_tint_holds_what_has_come_and_nothing_else() -> None:
    layer, columns, rows = HeatLayer(), range(3), range(2)
    layer.show([(0, 1, 0), (0, 2, 1)], np.array([0.25, 0.5], np.float32), 1.0)
    colouring = Colouring("", np.zeros(1, np.intp), np.zeros(1, np.uint32), (), 0.0, 1.0)
    tint = tint_of(layer, tiles_of(0, columns, rows), 3, QUANTITIES[DISTANCE], colouring, 0.5)
    assert tint.values.shape == (2, 3)
    assert (tint.values[0, 1], tint.values[1, 2]) == (0.25, 0.5)
    assert np.isnan(tint.values).sum() == 4
