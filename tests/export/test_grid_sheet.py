"""The grid on paper: every picture where its place is, ticks at their columns, colours by their numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from explorer.errors import InputError
from explorer.export.grid_sheet import DPI, GridContent, Tint, _Plan, grid_sheet, save_print
from explorer.export.lettering import LIGHT


def shades(rows: int, columns: int) -> np.ndarray:
    """Pictures of 4 x 4 in one shade each, which counts up."""
    numbers = np.arange(rows * columns, dtype=np.uint8)[:, None, None, None]
    return np.broadcast_to(numbers, (rows * columns, 4, 4, 1)).copy()


def middle(content: GridContent, drawn: Image.Image, row: int, column: int) -> tuple[int, ...]:
    plan = _Plan(content, Image.new("RGB", (content.columns * 40, content.rows * 40)))
    found = drawn.getpixel((round(plan.x(column)), round(plan.y(row))))
    assert isinstance(found, tuple)
    return tuple(int(part) for part in found)


@given(st.integers(1, 6), st.integers(1, 6))
@settings(max_examples=20, deadline=None)
def test_every_picture_stands_at_its_place_the_first_row_at_the_bottom(rows: int, columns: int) -> None:
    content = GridContent(shades(rows, columns), columns, rows, "Grid", "of shades", ("z 1", "z 2"), [(0, "0")], [])
    drawn = grid_sheet(content, 40 * max(rows, columns))
    for row in range(rows):
        for column in range(columns):
            assert middle(content, drawn, row, column) == (row * columns + column,) * 3


def test_a_tick_stands_under_the_middle_of_its_column() -> None:
    bare = GridContent(shades(3, 5), 5, 3, axis_names=("z 1", "z 2"), across=[(9.0, "")])
    ticked = GridContent(shades(3, 5), 5, 3, axis_names=("z 1", "z 2"), across=[(3.0, "")])
    plan = _Plan(ticked, Image.new("RGB", (200, 120)))
    below = (round(plan.x(3)), plan.corner[1] + plan.mosaic[1] + 5)
    assert grid_sheet(ticked, 200).getpixel(below) == LIGHT.faint
    assert grid_sheet(bare, 200).getpixel(below) == LIGHT.ground


def test_numbers_colour_their_tiles_and_a_tile_without_one_stays_as_it_is() -> None:
    values = np.array([[0.0, 1.0, np.nan]], np.float32)
    content = GridContent(shades(1, 3), 3, 1, tint=Tint("stretch", "pixels", values, 0.0, 1.0, 1.0))
    drawn = grid_sheet(content, 120)
    least, most, none = (middle(content, drawn, 0, column) for column in range(3))
    assert least != most
    assert none == (2, 2, 2)
    plan = _Plan(content, Image.new("RGB", (120, 40)))
    beside = plan.corner[0] + 120 + 2 * plan.gap + 4
    assert drawn.getpixel((beside, plan.corner[1] + 39)) == pytest.approx(least, abs=12)
    assert drawn.getpixel((beside, plan.corner[1])) == most


def test_a_sheet_is_printed_at_a_size_it_knows(tmp_path: Path) -> None:
    drawn = grid_sheet(GridContent(shades(20, 20), 20, 20))
    save_print(drawn, tmp_path / "grid.png")
    with Image.open(tmp_path / "grid.png") as opened:
        assert max(opened.size) >= 3000
        assert opened.info["dpi"] == pytest.approx((DPI, DPI), abs=1)


def test_a_sheet_without_pictures_is_refused() -> None:
    with pytest.raises(InputError):
        grid_sheet(GridContent(shades(1, 1)[:0], 0, 0))
