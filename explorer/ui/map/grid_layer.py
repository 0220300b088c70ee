"""The layer of tiles: pictures that have come, composed into one image that a pan only moves."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from explorer.latents.arrays import Images
from explorer.ui.map.camera import Camera
from explorer.ui.map.lattice import Lattice, Tile, drawn_sizes, reduced

ASKED = 1  # tiles beyond each side of the view that are asked for
SPARE = 6  # one in so many tiles a side is composed beyond each side of the view, so that a pan only moves the image
HOLD_S = 0.1  # a zoom stretches the image for so long before it is composed anew
IMAGE_BYTES = 64 << 20  # pictures in memory
ROUNDED = 3  # pixels that a tile may be off its shape
CRISP = 3.0  # pictures that grow by so much keep their pixels; others are smoothed


@dataclass(frozen=True, eq=False)
class Composed:
    """Columns and rows of a level in one image; `scale` is device pixels per unit of the plane.

    `left`, `top`: device pixels from the plane's origin to the image's corner, rightwards and downwards.
    """

    level: int
    columns: range
    rows: range
    image: QImage
    left: int
    top: int
    scale: float
    born: float  # seconds, monotonic

    @property
    def is_new(self) -> bool:
        """Whether it is too early to compose again only for a zoom."""
        return monotonic() - self.born < HOLD_S

    def serves(self, level: int, columns: range, rows: range) -> bool:
        """Whether it holds all of these tiles."""
        return self.level == level and _within(columns, self.columns) and _within(rows, self.rows)


class GridLayer:
    """Draws tiles through a camera; knows nothing of events or latents."""

    def __init__(self) -> None:
        self._lattice: Lattice | None = None
        self._images: dict[Tile, QImage] = {}  # by reduced name
        self._fitted: dict[tuple[Tile, int, int], QImage] = {}
        self._composed: Composed | None = None

    def show_lattice(self, lattice: Lattice | None) -> None:
        """Another lattice: no picture is where it was."""
        if lattice != self._lattice:
            self.clear()
            self._lattice = lattice

    def clear(self) -> None:
        """The pictures mean nothing any more."""
        self._images.clear()
        self.forget_composed()

    def forget_composed(self) -> None:
        """Compose anew for the next frame."""
        self._composed = None

    def show(self, tiles: list[Tile], images: Images, side: float) -> None:
        """Pictures uint8 (n, h, w, c) of tiles, `side` device pixels wide on the screen."""
        for tile, image in zip(tiles, images, strict=True):
            name = reduced(tile)
            self._images.pop(name, None)  # the newest stand last
            self._images[name] = kept = _kept(image, side)
            for key in [key for key in self._fitted if key[0] == name]:
                del self._fitted[key]
        if len(images):
            self._drop_oldest(max(IMAGE_BYTES // kept.sizeInBytes(), 1))

    def has(self, tile: Tile) -> bool:
        """Whether its picture has come."""
        return reduced(tile) in self._images

    def image(self, tile: Tile) -> QImage | None:
        """Its picture, as it came or smaller."""
        return self._images.get(reduced(tile))

    def draw(self, painter: QPainter, camera: Camera, level: int, ratio: float, opacity: float) -> None:
        """Draw what has come for this view."""
        lattice = self._lattice
        if lattice is None or not self._images:
            return
        columns, rows = lattice.covering(level, camera.bounds, 0)
        composed = self._composed
        if composed is None or not (
            composed.serves(level, columns, rows) if composed.scale == camera.scale * ratio else composed.is_new
        ):
            composed = self._composed = self._compose(lattice, camera, level, ratio)
        if composed is None:
            return
        painter.setOpacity(opacity)
        if composed.scale == camera.scale * ratio:
            self._draw_sharp(painter, camera, ratio, composed)
        else:
            self._draw_stretched(painter, camera, ratio, composed)
        painter.setOpacity(1.0)

    def is_stretched(self, camera: Camera, ratio: float) -> bool:
        """Whether what is drawn was composed for another zoom."""
        return self._composed is not None and self._composed.scale != camera.scale * ratio

    def _draw_sharp(self, painter: QPainter, camera: Camera, ratio: float, composed: Composed) -> None:
        origin = np.round(camera.to_screen(np.zeros(2)) * ratio)  # whole device pixels keep it sharp
        x, y = ((origin + np.array([composed.left, composed.top])) / ratio).tolist()
        painter.drawImage(QPointF(x, y), composed.image)

    def _draw_stretched(self, painter: QPainter, camera: Camera, ratio: float, composed: Composed) -> None:
        corner = np.array([composed.left, -composed.top]) / composed.scale
        x, y = camera.to_screen(corner).tolist()
        factor = camera.scale / composed.scale
        painter.drawImage(
            QRectF(x, y, composed.image.width() * factor, composed.image.height() * factor), composed.image
        )

    def _compose(self, lattice: Lattice, camera: Camera, level: int, ratio: float) -> Composed | None:
        columns, rows = lattice.covering(level, camera.bounds, max(1, lattice.side // SPARE))
        if not columns or not rows:
            return None
        across, up = lattice.borders(level, columns), lattice.borders(level, rows)
        scale = camera.scale * ratio
        # rounded as distances from the origin, so that no border jumps by a pixel when the view needs another part
        x, y = np.round(across * scale).astype(int), np.round(-up * scale).astype(int)
        left, top = int(x[0]), int(y[-1])
        image = QImage(int(x[-1]) - left, int(y[0]) - top, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        near = lattice.covering(level, camera.bounds, ASKED)
        due = np.outer([column in near[0] for column in columns], [row in near[1] for row in rows])
        self._fill(image, level, columns, rows, x - left, y - top, due)
        image.setDevicePixelRatio(ratio)
        return Composed(level, columns, rows, image, left, top, scale, monotonic())

    def _fill(
        self,
        image: QImage,
        level: int,
        columns: range,
        rows: range,
        x: NDArray[np.intp],
        y: NDArray[np.intp],
        due: NDArray[np.bool_],
    ) -> None:
        """Wide stand-ins first, so that every tile that has come lies over them."""
        there = np.array([[self.has((level, column, row)) for row in rows] for column in columns], bool)
        sizes = drawn_sizes(columns, rows, there, due)
        painter = QPainter(image)
        for size in (4, 2, 1):
            sides, heights = _stretched(x, size), _stretched(y[::-1], size)[::-1]
            for across, up in np.argwhere(sizes == size).tolist():
                name = reduced((level, columns[across], rows[up]))
                (left, right), (top, bottom) = sides[across], heights[up]
                self._paint(painter, name, QRect(left, top, right - left, bottom - top))
        painter.end()
        if len(self._fitted) > 3 * sizes.size:
            self._fitted.clear()

    def _paint(self, painter: QPainter, name: Tile, box: QRect) -> None:
        """The picture as large as fits into the box, in its middle."""
        key = (name, box.width(), box.height())
        if key not in self._fitted:
            self._fitted[key] = _scaled(self._images[name], box.size())
        image = self._fitted[key]
        painter.drawImage(
            box.x() + (box.width() - image.width()) // 2, box.y() + (box.height() - image.height()) // 2, image
        )

    def _drop_oldest(self, room: int) -> None:
        for name in list(self._images)[: max(len(self._images) - room, 0)]:
            del self._images[name]


def _within(inner: range, outer: range) -> bool:
    return not inner or (bool(outer) and outer[0] <= inner[0] and inner[-1] <= outer[-1])


def _stretched(borders: NDArray[np.intp], size: int) -> list[list[int]]:
    """Both borders of each tile drawn `size` tiles wide around its middle; beyond the image tiles go on as they end."""
    steps = np.arange(2, 0, -1)
    before = borders[0] - steps * (borders[1] - borders[0])
    after = borders[-1] + steps[::-1] * (borders[-1] - borders[-2])
    around = np.concatenate([before, borders, after])
    middles = np.arange(len(borders) - 1)[:, None] + 2.5
    ends = np.interp(middles + np.array([-size / 2, size / 2]), np.arange(len(around)), around)
    found: list[list[int]] = np.floor(ends).astype(int).tolist()
    return found


def _scaled(image: QImage, size: QSize) -> QImage:
    """Fitted into a size; a box that is square but for a pixel is filled, so that no seams show."""
    crisp = size.width() >= CRISP * image.width()
    room = image.size().scaled(size, Qt.AspectRatioMode.KeepAspectRatio)
    if size.width() - room.width() <= ROUNDED and size.height() - room.height() <= ROUNDED:
        room = size
    mode = Qt.TransformationMode.FastTransformation if crisp else Qt.TransformationMode.SmoothTransformation
    scaled = image.scaled(room, Qt.AspectRatioMode.IgnoreAspectRatio, mode)
    return scaled.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def _kept(image: NDArray[np.uint8], side: float) -> QImage:
    """A picture (h, w, 1 or 3) that Qt owns, not much larger than it is drawn."""
    height, width = image.shape[:2]
    colour = np.broadcast_to(image, (height, width, 3)) if image.shape[2] == 1 else image
    format_ = QImage.Format.Format_RGB888
    kept = QImage(np.ascontiguousarray(colour).tobytes(), width, height, width * 3, format_).copy()
    if max(width, height) <= 2 * side:
        return kept
    room = QSize(max(round(2 * side), 1), max(round(2 * side), 1))
    return kept.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
