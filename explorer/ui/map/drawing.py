"""What a map shows, as a drawing for print: the part of the plane in view, in the colours of the screen."""

from __future__ import annotations

import numpy as np

from explorer.export.map_svg import PLOT, MapDrawing
from explorer.export.ticks import labelled
from explorer.ui.map.canvas import MapCanvas
from explorer.ui.map.colours import Colouring


def framed(view: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """The view (x0, y0, x1, y1), wider or higher until it has the shape of the drawing: one scale for both axes."""
    left, bottom, right, top = view
    unit = max((right - left) / PLOT[2], (top - bottom) / PLOT[3])
    x, y, width, height = (left + right) / 2, (bottom + top) / 2, unit * PLOT[2], unit * PLOT[3]
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def drawing_of(canvas: MapCanvas, colouring: Colouring, title: str) -> MapDrawing | None:
    """None while no map is on show."""
    points = canvas.layers.points
    if not len(points):
        return None
    left, bottom, right, top = box = framed(canvas.camera.bounds)
    of = colouring.colours[colouring.codes]
    colours = np.stack([(of >> shift & 0xFF).astype(np.uint8) for shift in (16, 8, 0)], axis=1)
    bar = None
    if colouring.is_numeric:
        ramp = [f"#{int(colour) & 0xFFFFFF:06x}" for colour in colouring.colours[:-1]]
        bar = ramp, f"{colouring.low:.4g}", f"{colouring.high:.4g}"
    return MapDrawing(
        points=points,
        colours=colours,
        box=box,
        title=title,
        axis_names=canvas.axis_names,
        ticks=(labelled(left, right), labelled(bottom, top)),
        legend_title=colouring.name,
        legend=[(entry.colour, f"{entry.name}  {entry.count:,}") for entry in colouring.entries],
        bar=bar,
    )
