"""What a map shows, as a drawing for print: the part of the plane in view, in the colours of the screen."""

from __future__ import annotations

import numpy as np

from explorer.export.map_svg import MapDrawing
from explorer.export.ticks import labelled
from explorer.ui.map.canvas import MapCanvas
from explorer.ui.map.colours import Colouring


def drawing_of(canvas: MapCanvas, colouring: Colouring, title: str) -> MapDrawing | None:
    """None while no map is on show."""
    points = canvas.layers.points
    if not len(points):
        return None
    left, bottom, right, top = canvas.camera.bounds
    of = colouring.colours[colouring.codes]
    colours = np.stack([(of >> shift & 0xFF).astype(np.uint8) for shift in (16, 8, 0)], axis=1)
    bar = None
    if colouring.is_numeric:
        ramp = [f"#{int(colour) & 0xFFFFFF:06x}" for colour in colouring.colours[:-1]]
        bar = ramp, f"{colouring.low:.4g}", f"{colouring.high:.4g}"
    return MapDrawing(
        points=points,
        colours=colours,
        box=(left, bottom, right, top),
        title=title,
        axis_names=canvas.axis_names,
        ticks=(labelled(left, right), labelled(bottom, top)),
        legend_title=colouring.name,
        legend=[(entry.colour, f"{entry.name}  {entry.count:,}") for entry in colouring.entries],
        bar=bar,
    )
