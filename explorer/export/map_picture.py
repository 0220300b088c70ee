"""The map as a picture: samples as points, a legend, thumbnails on top, a path with its ends."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from explorer.export.lettering import DARK, LARGE, LIGHT, MEDIUM, SMALL, Colour, Paper, shortened, width, write
from explorer.export.palette import colours_of, legend_colours, ramp_colours
from explorer.export.pictures import enlarged
from explorer.latents.arrays import Images, Points
from explorer.latents.palette import STEPS, number_range
from explorer.latents.samples import Labels

FINE = 3
"""Points are drawn this many times larger and then shrunk: smooth edges."""
MARGIN, HEAD, FOOT, SIDE = 36, 92, 44, 210
LONGEST_LEGEND = 16
NO_LABEL: Colour = (120, 160, 205)


@dataclass(frozen=True, eq=False)
class Thumbnails:
    """Images (n, h, w, c) to stand on the map at `points` (n, 2), each at most `size` pixels; `colours` frame them."""

    images: Images
    points: Points
    size: int = 58
    colours: NDArray[np.uint8] | None = None


@dataclass(frozen=True, eq=False)
class MapContent:
    """What the map shows. `points` float32 (n, 2); `labels` colour them; `path` float32 (m, 2) is a line with beads."""

    points: Points
    title: str = ""
    subtitle: str = ""
    axis_names: tuple[str, str] = ("", "")
    labels: Labels | None = None
    thumbnails: Thumbnails | None = None
    path: Points = field(default_factory=lambda: np.zeros((0, 2), np.float32))
    legend: bool = True


class MapPicture:
    """A drawn map, and where a point of it is in pixels."""

    def __init__(self, content: MapContent, size: tuple[int, int] = (1400, 980), paper: Paper = DARK) -> None:
        legend = content.labels if content.legend else None
        side = SIDE if legend is not None else MARGIN
        self.box = (
            MARGIN,
            HEAD if content.title else MARGIN,
            size[0] - side,
            size[1] - (FOOT if any(content.axis_names) else MARGIN),
        )
        self.paper = paper
        self._fit(content)
        self.image = Image.new("RGB", size, paper.ground)
        self._draw_points(content)
        draw = ImageDraw.Draw(self.image)
        _write_words(draw, content, self.box, paper)
        if legend is not None:
            _draw_legend(draw, legend, (self.box[2] + 24, self.box[1] + 8), paper)
        if content.thumbnails is not None:
            self._paste_thumbnails(content.thumbnails)
        if len(content.path):
            self._draw_path(self.pixels(content.path))

    def pixels(self, points: Points) -> NDArray[np.float64]:
        """Where points (n, 2) are in the picture, float64 (n, 2). The second axis goes up."""
        return np.stack(
            [self._middle[0] + points[:, 0] * self._scale, self._middle[1] - points[:, 1] * self._scale], axis=1
        )

    def with_bead(self, point: Points) -> Image.Image:
        """A copy of the picture with the bead of the path at one point (2,)."""
        copy = self.image.copy()
        _draw_discs(copy, self.pixels(point[None])[:1], 10, self.paper.accent, self.paper.ground)
        return copy

    def _fit(self, content: MapContent) -> None:
        """One scale for both axes, so that lengths mean the same in every direction; a far outlier may lie outside."""
        low, high = np.percentile(content.points, (0.3, 99.7), axis=0)
        shown = np.concatenate([np.stack([low, high]), content.path])
        low, high = shown.min(axis=0), shown.max(axis=0)
        left, top, right, bottom = self.box
        span = np.maximum(high - low, 1e-9) * 1.08
        self._scale = float(min((right - left) / span[0], (bottom - top) / span[1]))
        centre = (low + high) / 2
        self._middle = ((left + right) / 2 - centre[0] * self._scale, (top + bottom) / 2 + centre[1] * self._scale)

    def _draw_points(self, content: MapContent) -> None:
        left, top, right, bottom = self.box
        fine = Image.new("RGB", ((right - left) * FINE, (bottom - top) * FINE), self.paper.panel)
        draw = ImageDraw.Draw(fine, "RGBA")
        count = len(content.points)
        radius = FINE * float(np.clip(110 / np.sqrt(max(count, 1)), 1.6, 5.0))
        given = None if content.labels is None else colours_of(content.labels, dark=self.paper is not LIGHT)
        colours = np.tile(np.array(NO_LABEL, np.uint8), (count, 1)) if given is None else given
        places = (self.pixels(content.points) - (left, top)) * FINE
        for index in np.random.default_rng(0).permutation(count):  # no class hides another by being drawn last
            x, y = places[index]
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(*map(int, colours[index]), 190))
        self.image.paste(fine.resize((right - left, bottom - top), Image.Resampling.BOX), (left, top))
        ImageDraw.Draw(self.image).rectangle((left, top, right - 1, bottom - 1), outline=self.paper.line)

    def _paste_thumbnails(self, thumbnails: Thumbnails) -> None:
        draw = ImageDraw.Draw(self.image)
        left, top, right, bottom = self.box
        for index, (x, y) in enumerate(self.pixels(thumbnails.points)):
            small = enlarged(thumbnails.images[index], thumbnails.size, smooth=thumbnails.images.shape[1] >= 48)
            at_x = round(float(np.clip(x - small.width / 2, left + 4, right - small.width - 4)))
            at_y = round(float(np.clip(y - small.height / 2, top + 4, bottom - small.height - 4)))
            colour = thumbnails.colours[index] if thumbnails.colours is not None else self.paper.line
            edge = (at_x - 3, at_y - 3, at_x + small.width + 2, at_y + small.height + 2)
            draw.rectangle(edge, fill=tuple(int(value) for value in colour))
            self.image.paste(small, (at_x, at_y))

    def _draw_path(self, places: NDArray[np.float64]) -> None:
        _draw_line(self.image, places, self.paper)
        beads = places[np.linspace(0, len(places) - 1, min(len(places), 13)).round().astype(int)]
        _draw_discs(self.image, beads[1:-1], 4, self.paper.accent, self.paper.ground)
        _draw_discs(self.image, places[[0, -1]], 15, self.paper.ground, self.paper.accent)
        draw = ImageDraw.Draw(self.image)
        for (x, y), letter in zip(places[[0, -1]], "AB", strict=True):
            write(draw, (x, y), letter, MEDIUM, self.paper.accent, "mm")


def spread_out(points: Points, count: int, *, seed: int = 0) -> NDArray[np.int64]:
    """Indices of at most `count` points that lie far from one another (farthest point first), outliers left out."""
    low, high = np.percentile(points, (2, 98), axis=0)
    inside = np.flatnonzero(((points >= low) & (points <= high)).all(axis=1))
    if not len(inside):
        return np.arange(min(count, len(points)))
    within = points[inside] / np.maximum(high - low, 1e-9)
    chosen = [int(np.random.default_rng(seed).integers(len(inside)))]
    nearest = np.full(len(inside), np.inf)
    for _ in range(min(count, len(inside)) - 1):
        nearest = np.minimum(nearest, ((within - within[chosen[-1]]) ** 2).sum(axis=1))
        chosen.append(int(nearest.argmax()))
    return inside[chosen]


def _write_words(draw: ImageDraw.ImageDraw, content: MapContent, box: tuple[int, int, int, int], paper: Paper) -> None:
    left, _top, right, bottom = box
    room = right - left
    write(draw, (left, 46), shortened(content.title, LARGE, room), LARGE, paper.ink)
    write(draw, (left, 76), shortened(content.subtitle, MEDIUM, room), MEDIUM, paper.faint)
    write(draw, (right, bottom + 24), content.axis_names[0], SMALL, paper.faint, "rs")
    write(draw, (left, bottom + 24), content.axis_names[1], SMALL, paper.faint, "ls")
    if any(content.axis_names):
        _draw_arrow(draw, (right - width(content.axis_names[0], SMALL) - 44, bottom + 19), (30, 0), paper)
        _draw_arrow(draw, (left + width(content.axis_names[1], SMALL) + 16, bottom + 30), (0, -22), paper)


def _draw_arrow(draw: ImageDraw.ImageDraw, at: tuple[float, float], along: tuple[int, int], paper: Paper) -> None:
    """Which way an axis goes."""
    (x, y), (dx, dy) = at, along
    tip, unit = (x + dx, y + dy), (np.sign(dx), np.sign(dy))
    draw.line((x, y, *tip), fill=paper.faint, width=1)
    for side in (-4, 4):
        barb = (tip[0] - 6 * unit[0] + side * unit[1], tip[1] - 6 * unit[1] + side * unit[0])
        draw.line((*tip, *barb), fill=paper.faint, width=1)


def _draw_legend(draw: ImageDraw.ImageDraw, labels: Labels, at: tuple[int, int], paper: Paper) -> None:
    left, top = at
    write(draw, (left, top + 12), shortened(labels.name.replace("_", " "), MEDIUM, SIDE - 40), MEDIUM, paper.ink)
    if not labels.is_category:
        _draw_scale(draw, labels, (left, top + 34), paper)
        return
    present = np.bincount(labels.values.astype(np.int64), minlength=len(labels.names))
    colours = legend_colours(labels)
    rows = [code for code in range(len(labels.names)) if present[code]]
    for row, code in enumerate(rows[:LONGEST_LEGEND]):
        y = top + 44 + 28 * row
        draw.ellipse((left, y - 7, left + 14, y + 7), fill=tuple(int(value) for value in colours[code]))
        text = shortened(labels.names[code].replace("_", " "), SMALL, SIDE - 120)
        write(draw, (left + 26, y), text, SMALL, paper.ink, "lm")
        write(draw, (left + SIDE - 48, y), f"{present[code]:,}", SMALL, paper.faint, "rm")
    if len(rows) > LONGEST_LEGEND:
        y = top + 44 + 28 * LONGEST_LEGEND
        write(draw, (left, y), f"and {len(rows) - LONGEST_LEGEND} more", SMALL, paper.faint, "lm")


def _draw_scale(draw: ImageDraw.ImageDraw, labels: Labels, at: tuple[int, int], paper: Paper) -> None:
    left, top = at
    colours = ramp_colours(dark=paper is not LIGHT)[np.linspace(STEPS - 1, 0, 200).astype(int)]
    for row, colour in enumerate(colours):
        draw.line((left, top + row, left + 18, top + row), fill=tuple(int(value) for value in colour))
    low, high = number_range(labels.values)
    write(draw, (left + 30, top + 8), f"{high:.4g}", SMALL, paper.ink, "lm")
    write(draw, (left + 30, top + 192), f"{low:.4g}", SMALL, paper.ink, "lm")


def _draw_line(image: Image.Image, places: NDArray[np.float64], paper: Paper) -> None:
    """A line with a rim of the paper's colour, drawn fine and shrunk."""
    layer = Image.new("RGBA", (image.width * 2, image.height * 2), (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    corners = [(float(x) * 2, float(y) * 2) for x, y in places]
    draw.line(corners, fill=(*paper.ground, 255), width=12, joint="curve")
    draw.line(corners, fill=(*paper.accent, 255), width=6, joint="curve")
    small = layer.resize(image.size, Image.Resampling.BOX)
    image.paste(small, (0, 0), small)


def _draw_discs(image: Image.Image, places: NDArray[np.float64], radius: int, fill: Colour, rim: Colour) -> None:
    """Smooth discs with a rim of 2 pixels."""
    side = 2 * (radius + 3)
    stamp = Image.new("RGBA", (side * 4, side * 4), (0, 0, 0, 0))
    draw = ImageDraw.Draw(stamp)
    draw.ellipse((8, 8, side * 4 - 8, side * 4 - 8), fill=(*rim, 255))
    draw.ellipse((16, 16, side * 4 - 16, side * 4 - 16), fill=(*fill, 255))
    small = stamp.resize((side, side), Image.Resampling.BOX)
    for x, y in places:
        image.paste(small, (round(float(x)) - side // 2, round(float(y)) - side // 2), small)
