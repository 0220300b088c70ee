"""What the grid shows right now, as values: its places, the ticks beside them and the numbers on them. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from explorer.export.grid_sheet import Tick, Tint
from explorer.export.ticks import labelled
from explorer.latents.arrays import Latent, Points
from explorer.models.quantities import Quantity
from explorer.projections.base import Projection
from explorer.projections.equalised import Equalised
from explorer.ui.map.colours import Colouring
from explorer.ui.map.heat_layer import HeatLayer
from explorer.ui.map.lattice import FIRST, LAST, Lattice, Tile

if TYPE_CHECKING:
    from explorer.ui.map.canvas import MapCanvas
    from explorer.ui.map.chart import Chart

TICKS = 8  # about so many along each axis
NUMBERS = (-2.33, 2.33)  # sigma: what the outermost probabilities, 1 % and 99 %, are numbers of


@dataclass(frozen=True, eq=False)
class GridView:
    """`places` float64 (rows * columns, 2), row by row from the bottom; `projection` lifts them through `current`."""

    places: NDArray[np.float64]
    columns: int
    rows: int
    across: list[Tick]
    up: list[Tick]
    projection: Projection
    current: Latent
    tint: Tint | None = None


def view_of(canvas: MapCanvas, chart: Chart, colouring: Colouring, opacity: float) -> GridView | None:
    """What the grid of a canvas shows, with the numbers on it in `opacity`; None while it is off."""
    span, shown, quantity = canvas.grid.span(), chart.shown, chart.quantity
    if span is None or shown is None:
        return None
    view, (_lattice, level, columns, rows) = grid_view(*span, shown, chart.current), span
    if quantity is None or not canvas.heat.setting.on:
        return view
    tiles = tiles_of(level, columns, rows)
    return replace(view, tint=tint_of(canvas.heat_layer, tiles, len(columns), quantity, colouring, opacity))


def value_words(canvas: MapCanvas, chart: Chart, tile: Tile) -> str:
    """The number of a tile, with its name and unit; '' for none."""
    quantity, value = chart.quantity, canvas.heat_layer.value(tile)
    if quantity is None or value is None or not canvas.heat.setting.on:
        return ""
    return f"{quantity.name}: {value:.3g} ({quantity.unit})".replace("-", "\N{MINUS SIGN}")


def grid_view(
    lattice: Lattice, level: int, columns: range, rows: range, projection: Projection, current: Latent
) -> GridView:
    """The tiles of these columns and rows of a level."""
    tiles = tiles_of(level, columns, rows)
    equal = projection if isinstance(projection, Equalised) else None
    across, up = (_ticks(lattice, level, part, equal, axis) for axis, part in enumerate((columns, rows)))
    return GridView(lattice.centres(tiles), len(columns), len(rows), across, up, projection, current)


def tint_of(
    layer: HeatLayer, tiles: list[Tile], columns: int, quantity: Quantity, colouring: Colouring, strength: float
) -> Tint:
    """The numbers that have come for tiles, row by row from the bottom."""
    found = [layer.value(tile) for tile in tiles]
    values = np.array([np.nan if one is None else one for one in found], np.float32).reshape(-1, columns)
    return Tint(quantity.name, quantity.unit, values, colouring.low, colouring.high, strength)


def tiles_of(level: int, columns: range, rows: range) -> list[Tile]:
    """Row by row from the bottom, each row from the left."""
    return [(level, column, row) for row in rows for column in columns]


def _ticks(lattice: Lattice, level: int, indices: range, equal: Equalised | None, axis: int) -> list[Tick]:
    """Ticks at round numbers, counted in columns from the first; on a bent axis they are numbers of the latent."""
    ends = lattice.at(level, np.array([indices[0], indices[-1]], np.float64))
    if ends[1] <= ends[0]:
        return []
    if equal is None:
        found = labelled(float(ends[0]), float(ends[1]), TICKS)
        places = [value for value, _text in found]
    else:
        low, high = (equal.centre[axis] + number * equal.width[axis] for number in NUMBERS)
        found = labelled(low, high, TICKS)
        values: Points = np.array([[value, value] for value, _text in found], np.float32)
        places = [min(max(place, FIRST), LAST) for place in equal.bend(values)[:, axis].tolist()]
    texts = [text for _value, text in found]
    counted = [(lattice.index(level, place) - indices[0], text) for place, text in zip(places, texts, strict=True)]
    return [(at, text) for at, text in counted if -0.5 <= at <= len(indices) - 0.5]
