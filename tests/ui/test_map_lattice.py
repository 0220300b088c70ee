"""Where the tiles of the decoded grid stand."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.ui.map.lattice import MOST, Lattice, drawn_sizes, ordered, reduced

LATTICES = [Lattice(0.37, 16), Lattice(0.02, 40), Lattice(0.37, 16, equal=True), Lattice(2.0, 5, equal=True)]


@pytest.mark.parametrize("lattice", LATTICES)
@pytest.mark.parametrize("level", [0, 1, 3])
def test_tiles_cover_a_view_without_gaps(lattice: Lattice, level: int) -> None:
    columns, rows = lattice.covering(level, (0.1, 0.2, 0.9, 0.8), 0)
    across, up = lattice.borders(level, columns), lattice.borders(level, rows)
    assert (np.diff(across) > 0).all()
    assert (np.diff(up) > 0).all()
    assert across[0] <= 0.1 < across[1]
    assert across[-2] < 0.9 <= across[-1]
    assert up[0] <= 0.2 < up[1]
    assert up[-2] < 0.8 <= up[-1]


@pytest.mark.parametrize("lattice", LATTICES)
def test_the_tile_at_a_tiles_centre_is_that_tile(lattice: Lattice) -> None:
    for tile in [(0, 0, 0), (0, 3, 4), (2, 5, 1)]:
        x, y = lattice.centres([tile])[0]
        assert lattice.tile_at(tile[0], x, y) == tile


@pytest.mark.parametrize("lattice", LATTICES)
def test_every_second_tile_of_a_level_is_a_tile_of_the_level_before(lattice: Lattice) -> None:
    fine, coarse = (3, 4, 8), (2, 2, 4)
    assert np.array_equal(lattice.centres([fine]), lattice.centres([coarse]))
    assert reduced(fine) == reduced(coarse)
    assert reduced((1, 3, 4)) == (1, 3, 4)


@pytest.mark.parametrize("side", [5, 16, MOST])
def test_equal_probability_never_reaches_0_or_1(side: int) -> None:
    lattice = Lattice(1.0, side, equal=True)
    columns, rows = lattice.covering(0, (-1e6, -1e6, 1e6, 1e6), 3)
    assert len(columns) == len(rows) == side
    places = lattice.at(0, np.array(columns, np.float64))
    assert places == pytest.approx(np.linspace(0.01, 0.99, side))
    for level in (1, 3):
        columns, _ = lattice.covering(level, (-1e6, -1e6, 1e6, 1e6), 3)
        assert lattice.at(level, np.array([columns[0], columns[-1]])) == pytest.approx([0.01, 0.99])
    assert lattice.tile_at(0, 50.0, 0.0) is None


def test_coarse_tiles_come_first_and_the_middle_before_the_edge() -> None:
    tiles = ordered(0, range(-9, 10), range(-7, 8), (0.0, 0.0))
    assert tiles[0] == (0, 0, 0)
    assert len(tiles) == len(set(tiles)) == 19 * 15
    sizes = [4 if c % 4 == r % 4 == 0 else 2 if c % 2 == r % 2 == 0 else 1 for _, c, r in tiles]
    assert sizes == sorted(sizes, reverse=True)
    coarse = [np.hypot(c, r) for (_, c, r), size in zip(tiles, sizes, strict=True) if size == 4]
    assert coarse == sorted(coarse)


def test_a_coarse_picture_stands_in_until_its_neighbours_have_come() -> None:
    columns = rows = range(8)
    there = np.zeros((8, 8), bool)
    there[::4, ::4] = True
    assert drawn_sizes(columns, rows, there)[4, 4] == 4
    there[::2, ::2] = True
    there[2, 2] = False
    assert drawn_sizes(columns, rows, there)[4, 4] == 4
    there[2, 2] = True
    assert drawn_sizes(columns, rows, there)[4, 4] == 2
    assert (drawn_sizes(columns, rows, np.ones((8, 8), bool)) == 1).all()


def test_what_nobody_asked_for_is_not_waited_for() -> None:
    inside = np.zeros((8, 8), bool)
    inside[1:7, 1:7] = True
    sizes = drawn_sizes(range(8), range(8), inside, inside)
    assert (sizes[inside] == 1).all()
    assert (sizes[~inside] == 0).all()


def test_a_level_stays_for_a_small_zoom_and_leaves_for_a_large_one() -> None:
    lattice = Lattice(1.0, 16)
    assert lattice.level(1.5, 0) == 0
    assert lattice.level(1.5, 1) == 1
    assert lattice.level(4.0, 0) == 2
    assert lattice.level(0.2, 0) == -2
    assert Lattice(1.0, 16, equal=True).level(0.2, 0) == 0  # beyond the last quantile there is nothing
