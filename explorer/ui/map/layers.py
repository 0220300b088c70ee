"""The picture of the samples: points with their rims, pictures, and the index that finds them. Knows no events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPalette

from explorer.latents.arrays import Points
from explorer.session.preferences import PointsLook
from explorer.ui.map.camera import Camera
from explorer.ui.map.colours import Colouring, plain
from explorer.ui.map.contour_layer import ContourLayer
from explorer.ui.map.nearest import PointGrid
from explorer.ui.map.pictures_layer import PicturesLayer
from explorer.ui.map.points_layer import PointsLayer, radius_for

REACH = 8.0  # logical pixels within which a sample is meant; on the decoded grid only the point itself is
ON_TILES = 0.5  # points are smaller on the decoded grid, so that both can be read
RIM, RIM_OPACITY = 0.75, 0.6  # logical pixels of ground around a point on the grid


@dataclass(frozen=True)
class View:
    """What one frame shows: the camera, how much nearer it is than the one that shows everything, and the pixels."""

    camera: Camera
    zoom: float = 1.0
    ratio: float = 1.0  # device pixels per logical one


class SampleLayers:
    """`points` (n, 2) are where the samples belong; during a glide they are drawn elsewhere."""

    def __init__(self) -> None:
        self.points: Points = np.empty((0, 2), np.float32)
        self.dots = PointsLayer()
        self.rims = PointsLayer()  # around the points, while the grid is on
        self.pictures = PicturesLayer()
        self.look = PointsLook()
        self._contours = ContourLayer()
        self.visible: Points = self.points  # the same, NaN where a sample is hidden
        self._whole = self._index = PointGrid(self.points)
        self._there: NDArray[np.bool_] | None = None
        self._colouring = plain(0, "#888888")
        self._highlight: int | None = None
        self._selected: NDArray[np.integer] | None = None

    def show_points(self, points: Points, index: PointGrid, ground: str) -> None:
        """Other places of the samples; drawn there from the next `place_at` on."""
        self.points, self._whole = points, index
        self._sift()
        self.show_ground(ground)
        self._choose()

    def show_only(self, there: NDArray[np.bool_] | None) -> None:
        """The samples (n,) that are there; the others are neither seen nor found. None: all."""
        self._there = there
        self._sift()
        self.place_at(self.points)

    def _sift(self) -> None:
        sifted = self._there is not None and len(self._there) == len(self.points)
        self._index = self._whole.only(self._there) if sifted and self._there is not None else self._whole
        self.visible = self.seen_of(self.points)
        self._contours.show_points(self._index)
        self.pictures.show_points(self.points)

    def seen_of(self, points: Points) -> Points:
        """Places (n, 2), NaN where a sample is hidden."""
        if self._there is None or len(self._there) != len(points):
            return points
        return np.where(self._there[:, None], points, np.float32(np.nan))

    def place_at(self, points: Points) -> None:
        """Draw the samples here: a frame of a glide, or its end."""
        index = self._index if points is self.points else None
        points = self.visible if index is not None else self.seen_of(points)
        self.dots.show_points(points, index)
        self.rims.show_points(points, index)

    def show_look(self, look: PointsLook) -> None:
        """Size, shade and contours."""
        self.look = look
        self.dots.show_shaded(look.shaded)

    def show_ground(self, ground: str) -> None:
        """The colour (#rrggbb) of what lies under the samples."""
        self.rims.show_colouring(plain(len(self.points), ground))

    def show_colouring(self, colouring: Colouring, highlight: int | None) -> None:
        """Colours of the samples, and the class that stands out."""
        self.dots.show_colouring(colouring)
        stands_out = highlight is not None or self._highlight is not None
        self._colouring, self._highlight = colouring, highlight
        if stands_out:
            self._choose()

    def show_selection(self, selected: NDArray[np.integer] | None) -> None:
        """The samples (k,) that stand out, by index; None: all are alike."""
        self._selected = selected
        self._choose()

    def _choose(self) -> None:
        """Who is of the class that stands out, and selected where some are."""
        chosen = None if self._selected is None else _mask(self._selected, len(self.points))
        if self._highlight is not None and len(self._colouring.codes) == len(self.points):
            of_class = self._colouring.codes == self._highlight
            chosen = of_class if chosen is None else chosen & of_class
        for layer in (self.dots, self.rims):  # a full rim around a pale point would darken the grid
            layer.show_chosen(chosen)

    # what is where

    def at(self, camera: Camera, at: QPointF, *, on_tiles: bool = False) -> int | None:
        """The sample whose picture is under a position, or whose point is near it."""
        position = np.array([at.x(), at.y()])
        pictured = self.pictures.at(camera, position)
        if pictured is not None:
            return pictured
        x, y = camera.to_plane(position).tolist()
        reach = self.dots.radius + RIM if on_tiles else REACH
        return self._index.nearest(x, y, reach / camera.scale)

    def crowd(self, camera: Camera, box: QRectF) -> int:
        """How many samples lie in a box of the view."""
        corners = np.array([[box.left(), box.bottom()], [box.right(), box.top()]])
        return len(self._index.within(*camera.to_plane(corners).reshape(-1).tolist()))

    def screen(self, camera: Camera, sample: int) -> QPointF:
        """Where a sample is in the view."""
        return QPointF(*camera.to_screen(self.points[sample]).tolist())

    def ring_size(self, sample: int) -> tuple[float, float | None]:
        """Radius of the ring around a sample's point, and half the side of the frame around its picture, if any."""
        return self.dots.radius + 4.0, self.pictures.half(sample)

    # drawing

    def radius(self, view: View, *, on_tiles: bool) -> float:
        """Radius of a point in logical pixels."""
        fitting = radius_for(len(self.points), view.zoom, self._index.density / view.camera.scale**2)
        return fitting * self.look.size * (ON_TILES if on_tiles else 1.0)

    def draw_rims(self, painter: QPainter, view: View) -> None:
        """A rim of ground under every point: they are read over pictures too."""
        self.rims.prepare(view.camera, self.radius(view, on_tiles=True) + RIM, view.ratio)
        painter.setOpacity(RIM_OPACITY)
        self.rims.draw(painter, view.camera)
        painter.setOpacity(1.0)

    def draw_points(self, painter: QPainter, view: View, *, on_tiles: bool) -> None:
        self.dots.prepare(view.camera, self.radius(view, on_tiles=on_tiles), view.ratio)
        self.dots.draw(painter, view.camera)

    def draw_contours(self, painter: QPainter, view: View, palette: QPalette) -> None:
        """Over the points, where they are wanted."""
        if self.look.contours and len(self.points):
            self._contours.draw(painter, view.camera, palette)

    def draw_pictures(self, painter: QPainter, view: View) -> None:
        """Those that have come, of the samples that have room; after the points."""
        self.pictures.choose(view.camera, view.zoom, self._index, self.dots)
        self.pictures.draw(painter, view.camera, view.ratio, self.dots)


def _mask(selected: NDArray[np.integer], count: int) -> NDArray[np.bool_]:
    """Which of `count` samples are named; an index that is none of theirs names nobody."""
    mask = np.zeros(count, bool)
    mask[selected[(selected >= 0) & (selected < count)]] = True
    return mask
