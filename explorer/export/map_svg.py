"""The map as a drawing for print: an SVG of axes, points and legend, in millimetres of its own."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Points

WIDTH, HEIGHT = 1000, 750  # units of the drawing
PLOT = (60, 50, 760, 640)  # left, top, width, height
MOST_CIRCLES = 20_000  # more points than that are one picture in the drawing
PIXELS = 3  # of that picture, a unit
INK, FAINT, LINE = "#1c1e22", "#6c7078", "#dedfe4"
ROW, LONGEST_LEGEND = 20, 28


@dataclass(frozen=True, eq=False)
class MapDrawing:
    """`points` float32 (n, 2), `colours` uint8 (n, 3), `box` the part of the plane that is drawn (x0, y0, x1, y1).

    `ticks`: of each axis, places and their words. `legend`: colour '#rrggbb' and words of each line; `bar`: colours
    '#rrggbb' from low to high and the words at its ends, where the map shows numbers.
    """

    points: Points
    colours: NDArray[np.uint8]
    box: tuple[float, float, float, float]
    title: str = ""
    axis_names: tuple[str, str] = ("", "")
    ticks: tuple[Sequence[tuple[float, str]], Sequence[tuple[float, str]]] = ((), ())
    legend_title: str = ""
    legend: Sequence[tuple[str, str]] = ()
    bar: tuple[Sequence[str], str, str] | None = None


def svg_of(drawing: MapDrawing) -> str:
    """The drawing as the text of an SVG."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="254mm" height="190.5mm" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="Inter, sans-serif">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(PLOT[0], 32, drawing.title, size=20),
        *_axes(drawing),
        *_points(drawing),
        *_legend(drawing),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def places(drawing: MapDrawing, points: NDArray[np.floating]) -> NDArray[np.float64]:
    """Where points (n, 2) are in the drawing, float64 (n, 2). The second axis goes up."""
    left, top, width, height = PLOT
    x0, y0, x1, y1 = drawing.box
    x = left + (points[:, 0].astype(np.float64) - x0) / (x1 - x0) * width
    y = top + height - (points[:, 1].astype(np.float64) - y0) / (y1 - y0) * height
    return np.stack([x, y], axis=1)


def _text(x: float, y: float, words: str, *, size: int = 14, anchor: str = "start", fill: str = INK) -> str:
    if not words:
        return ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{fill}">{escape(words)}</text>'
    )


def _axes(drawing: MapDrawing) -> list[str]:
    left, top, width, height = PLOT
    right, bottom = left + width, top + height
    parts = []
    for at, words in drawing.ticks[0]:
        x = places(drawing, np.array([[at, 0.0]]))[0, 0]
        if left <= x <= right:
            parts += [_line(x, top, x, bottom), _text(x, bottom + 18, words, size=12, anchor="middle", fill=FAINT)]
    for at, words in drawing.ticks[1]:
        y = places(drawing, np.array([[0.0, at]]))[0, 1]
        if top <= y <= bottom:
            parts += [_line(left, y, right, y), _text(left - 8, y + 4, words, size=12, anchor="end", fill=FAINT)]
    parts.append(_text(right, bottom + 40, drawing.axis_names[0], anchor="end"))
    parts.append(f'<g transform="rotate(-90 16 {top})">{_text(16, top, drawing.axis_names[1], anchor="end")}</g>')
    return parts


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{LINE}"/>'


def _points(drawing: MapDrawing) -> list[str]:
    at = places(drawing, drawing.points)
    left, top, width, height = PLOT
    inside = np.isfinite(at).all(axis=1)
    inside &= (at >= (left, top)).all(axis=1) & (at <= (left + width, top + height)).all(axis=1)
    at, colours = at[inside], drawing.colours[inside]
    radius = float(np.clip(130 / np.sqrt(max(len(at), 1)), 1.0, 4.0))
    if len(at) > MOST_CIRCLES:
        return [_picture(at, colours, radius)]
    parts = [f'<g fill-opacity="0.8" data-points="{len(at)}">']
    for (x, y), (red, green, blue) in zip(at, colours.tolist(), strict=True):
        parts.append(f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius:.2f}" fill="#{red:02x}{green:02x}{blue:02x}"/>')
    return [*parts, "</g>"]


def _picture(at: NDArray[np.float64], colours: NDArray[np.uint8], radius: float) -> str:
    """The points as one picture, drawn by numpy: a square of pixels each."""
    from PIL import Image

    left, top, width, height = PLOT
    canvas = np.zeros((height * PIXELS, width * PIXELS, 4), np.uint8)
    corner = np.rint((at - (left, top)) * PIXELS).astype(int)
    side = max(1, round(radius * PIXELS))
    for dy in range(side):
        for dx in range(side):
            x = np.clip(corner[:, 0] + dx - side // 2, 0, canvas.shape[1] - 1)
            y = np.clip(corner[:, 1] + dy - side // 2, 0, canvas.shape[0] - 1)
            canvas[y, x, :3], canvas[y, x, 3] = colours, 255
    stream = io.BytesIO()
    Image.fromarray(canvas).save(stream, format="PNG")
    coded = base64.b64encode(stream.getvalue()).decode()
    return (
        f'<image x="{left}" y="{top}" width="{width}" height="{height}" data-points="{len(at)}" '
        f'xlink:href="data:image/png;base64,{coded}"/>'
    )


def _legend(drawing: MapDrawing) -> list[str]:
    x, y = PLOT[0] + PLOT[2] + 24, PLOT[1] + 14
    parts = [_text(x, y, drawing.legend_title, size=15)]
    if drawing.bar is not None:
        colours, low, high = drawing.bar
        step = 200 / len(colours)
        for row, colour in enumerate(reversed(colours)):
            parts.append(
                f'<rect x="{x}" y="{y + 16 + row * step:.2f}" width="16" height="{step + 0.5:.2f}" fill="{colour}"/>'
            )
        return [*parts, _text(x + 24, y + 26, high, size=12), _text(x + 24, y + 216, low, size=12)]
    for row, (colour, words) in enumerate(drawing.legend[:LONGEST_LEGEND]):
        middle = y + 24 + row * ROW
        parts.append(f'<circle cx="{x + 6}" cy="{middle - 4}" r="5" fill="{colour}"/>')
        parts.append(_text(x + 20, middle, words, size=12))
    if len(drawing.legend) > LONGEST_LEGEND:
        told = f"and {len(drawing.legend) - LONGEST_LEGEND} more"
        parts.append(_text(x, y + 24 + LONGEST_LEGEND * ROW, told, size=12, fill=FAINT))
    return parts
