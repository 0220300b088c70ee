"""The decoded grid on paper: pictures side by side, ticks and names along both axes, a colour bar for numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from explorer.errors import InputError
from explorer.export.lettering import LIGHT, Paper, shortened, width, write
from explorer.export.palette import ramp_colours
from explorer.export.pictures import picture, save_png
from explorer.latents.arrays import Images

PRINT = 3000  # pixels of the longer side of the mosaic: 25 cm at ...
DPI = 300
TICK = 14  # pixels a tick sticks out
Tick = tuple[float, str]


@dataclass(frozen=True, eq=False)
class Tint:
    """Numbers on the tiles: `values` float32 (rows, columns), row 0 at the bottom, NaN where there is none; `strength`
    0..1 of the colour over the picture."""

    name: str
    unit: str
    values: NDArray[np.float32]
    low: float
    high: float
    strength: float = 0.5


@dataclass(frozen=True, eq=False)
class GridContent:
    """`images` uint8 (rows * columns, h, w, c), row by row from the bottom, each row from the left.

    `across`, `up`: ticks, where a column or row has its middle at its whole number and its text.
    """

    images: Images
    columns: int
    rows: int
    title: str = ""
    subtitle: str = ""
    axis_names: tuple[str, str] = ("", "")
    across: Sequence[Tick] = ()
    up: Sequence[Tick] = ()
    tint: Tint | None = None


def grid_sheet(content: GridContent, longest: int = PRINT, paper: Paper = LIGHT) -> Image.Image:
    """The sheet; the longer side of the mosaic has about `longest` pixels. Raises InputError without pictures."""
    if not content.rows or not content.columns or len(content.images) != content.rows * content.columns:
        raise InputError("There are no pictures to put on the sheet.", "Show the grid first.")
    mosaic = _mosaic(content, longest, paper)
    plan = _Plan(content, mosaic)
    drawn = Image.new("RGB", plan.size, paper.ground)
    drawn.paste(mosaic, plan.corner)
    draw = ImageDraw.Draw(drawn)
    _write_head(draw, content, plan, paper)
    _draw_across(draw, content, plan, paper)
    _draw_up(drawn, content, plan, paper)
    if content.tint is not None:
        _draw_bar(drawn, content.tint, plan, paper)
    return drawn


def save_print(drawn: Image.Image, path: Path, state: str = "") -> None:
    """Write a PNG that knows its size on paper and carries the state that made it. Raises StorageError."""
    save_png(drawn, path, state, dpi=DPI)


class _Plan:
    """Where everything goes, in pixels; type grows with the mosaic."""

    def __init__(self, content: GridContent, mosaic: Image.Image) -> None:
        self.mosaic = mosaic.size
        self.small = max(round(max(mosaic.size) / 90), 11)
        self.large = round(1.7 * self.small)
        gap = self.gap = self.small
        words = max((width(text, self.small) for _at, text in content.up), default=0)
        left = gap + (2 * self.small if content.axis_names[1] else 0) + words + TICK + gap
        head = (2 * self.large if content.title else 0) + (2 * self.small if content.subtitle else 0)
        self.corner = (left, gap + head)
        foot = (3 * self.small + TICK if content.across else 0) + (2 * self.small if content.axis_names[0] else 0)
        bar = 0 if content.tint is None else 4 * gap + 9 * self.small
        self.size = (left + mosaic.width + bar + 2 * gap, self.corner[1] + mosaic.height + foot + gap)
        self.cell = (mosaic.width / content.columns, mosaic.height / content.rows)

    def x(self, column: float) -> float:
        return self.corner[0] + (column + 0.5) * self.cell[0]

    def y(self, row: float) -> float:
        return self.corner[1] + self.mosaic[1] - (row + 0.5) * self.cell[1]


def _mosaic(content: GridContent, longest: int, paper: Paper) -> Image.Image:
    """All pictures without gaps; hard pixels in whole steps, so that none is blurred or cut."""
    height, across = content.images.shape[1:3]
    room = longest / max(content.columns * across, content.rows * height)
    step = max(round(room), 1)
    small = picture(content.images[0])
    cell = (small.width * step, small.height * step)
    sheet = Image.new("RGB", (cell[0] * content.columns, cell[1] * content.rows))
    for index, image in enumerate(content.images):
        row, column = divmod(index, content.columns)
        tile = picture(image).resize(cell, Image.Resampling.NEAREST)
        if content.tint is not None:
            tile = _tinted(tile, content.tint, row, column, paper)
        sheet.paste(tile, (column * cell[0], (content.rows - 1 - row) * cell[1]))
    return sheet


def _tinted(tile: Image.Image, tint: Tint, row: int, column: int, paper: Paper) -> Image.Image:
    value = float(tint.values[row, column])
    if not np.isfinite(value):
        return tile
    colours = ramp_colours(dark=paper is not LIGHT)
    share = float(np.clip((value - tint.low) / max(tint.high - tint.low, 1e-12), 0, 1))
    colour = tuple(int(part) for part in colours[round(share * (len(colours) - 1))])
    return Image.blend(tile, Image.new("RGB", tile.size, colour), tint.strength)


def _write_head(draw: ImageDraw.ImageDraw, content: GridContent, plan: _Plan, paper: Paper) -> None:
    left, base, room = plan.corner[0], plan.gap + plan.large, plan.size[0] - plan.corner[0] - plan.gap
    if content.title:
        write(draw, (left, base), shortened(content.title, plan.large, room), plan.large, paper.ink)
        base += round(1.8 * plan.small)
    if content.subtitle:
        write(draw, (left, base), shortened(content.subtitle, plan.small, room), plan.small, paper.faint)


def _draw_across(draw: ImageDraw.ImageDraw, content: GridContent, plan: _Plan, paper: Paper) -> None:
    bottom = plan.corner[1] + plan.mosaic[1]
    for at, text in content.across:
        draw.line((plan.x(at), bottom, plan.x(at), bottom + TICK), fill=paper.faint, width=3)
        write(draw, (plan.x(at), bottom + TICK + 1.2 * plan.small), text, plan.small, paper.ink, "ms")
    below = bottom + (TICK + 2.8 * plan.small if content.across else 1.5 * plan.small)
    write(draw, (plan.x((content.columns - 1) / 2), below), content.axis_names[0], plan.small, paper.ink, "ms")


def _draw_up(drawn: Image.Image, content: GridContent, plan: _Plan, paper: Paper) -> None:
    draw, left = ImageDraw.Draw(drawn), plan.corner[0]
    for at, text in content.up:
        draw.line((left - TICK, plan.y(at), left, plan.y(at)), fill=paper.faint, width=3)
        write(draw, (left - TICK - plan.gap / 2, plan.y(at)), text, plan.small, paper.ink, "rm")
    if content.axis_names[1]:
        _write_upwards(drawn, content.axis_names[1], (plan.gap, plan.y((content.rows - 1) / 2)), plan.small, paper)


def _draw_bar(drawn: Image.Image, tint: Tint, plan: _Plan, paper: Paper) -> None:
    """The colours from the least at the bottom to the most at the top, with name and unit beside it."""
    draw, top, height = ImageDraw.Draw(drawn), plan.corner[1], plan.mosaic[1]
    left, broad = plan.corner[0] + plan.mosaic[0] + 2 * plan.gap, 2 * plan.small
    colours = ramp_colours(dark=paper is not LIGHT)
    for row in range(height):
        shade = colours[round((1 - row / height) * (len(colours) - 1))]
        draw.line((left, top + row, left + broad, top + row), fill=tuple(int(part) for part in shade))
    beside = left + broad + plan.gap / 2
    for y, value, anchor in ((top, tint.high, "la"), (top + height, tint.low, "ls")):
        write(draw, (beside, y), f"{value:.3g}".replace("-", "\N{MINUS SIGN}"), plan.small, paper.ink, anchor)
    _write_upwards(drawn, f"{tint.name} ({tint.unit})", (beside, top + height / 2), plan.small, paper)


def _write_upwards(drawn: Image.Image, text: str, at: tuple[float, float], size: int, paper: Paper) -> None:
    """Text that is read from below, its left edge and its middle at a place."""
    line = Image.new("RGB", (width(text, size) + 4, round(1.6 * size)), paper.ground)
    write(ImageDraw.Draw(line), (2, line.height / 2), text, size, paper.ink, "lm")
    turned = line.transpose(Image.Transpose.ROTATE_90)
    drawn.paste(turned, (round(at[0]), max(round(at[1] - turned.height / 2), 0)))
