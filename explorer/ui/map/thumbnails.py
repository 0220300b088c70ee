"""Pictures of samples on the map: which are shown, which are wanted, and those that have come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from time import monotonic

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication, QImage, QPainter, QPalette, QPixmap

from explorer.latents.arrays import Images

SIZES = (40, 48, 56, 64, 80, 96, 128)  # logical pixels of a picture's longer side
GAP = 4  # logical pixels between pictures
CROWDED = 5.0  # above this many times the room there is, points say more than pictures
NEAR = 4.0  # from this zoom on pictures are what one came for, however crowded it is
MOST = 2000  # samples that are considered for a view
IMAGE_BYTES = 64 << 20  # pictures in memory, as they came
PIXMAPS = 600  # and in the size they are drawn in
FADE = 0.18  # seconds
SMALL, WIDEST_WORD = 0.85, 72  # of the usual letters; logical pixels of a word

Places = Callable[[NDArray[np.intp]], NDArray[np.float64]]  # of samples by index (k,): positions (k, 2)


def size_for(zoom: float) -> int:
    """Size of a picture at `zoom` times the fitted view."""
    wished = 30.0 * zoom**0.4
    return max((size for size in SIZES if size <= wished), default=SIZES[0])


def has_room(count: int, size: int, area: float, zoom: float) -> bool:
    """Whether `count` samples in `area` square pixels are seen as pictures of `size` at `zoom` times the fit."""
    return zoom >= NEAR or count * (size + GAP) ** 2 <= CROWDED * area


def mixed(ids: NDArray[np.integer], most: int = MOST) -> NDArray[np.intp]:
    """At most so many of some samples, by their indices, in a mixed order that is the same every time."""
    chances = (ids.astype(np.uint64) * np.uint64(2654435761)) % np.uint64(2**32)
    if len(ids) > 2 * most:  # sorting a million for two thousand would take a frame
        few = chances < np.uint64(2**33 * most // len(ids))
        ids, chances = ids[few], chances[few]
    return ids[np.argsort(chances, kind="stable")][:most].astype(np.intp)


def spread(places: Places, ids: NDArray[np.integer], kept: Iterable[int], size: int) -> list[int]:
    """Of `kept` and `ids` those whose pictures do not touch; `places` says where samples are on the screen.

    Those `kept` come first, so that nothing jumps while the view moves; the rest in a mixed order.
    """
    order = list(dict.fromkeys([*kept, *mixed(ids).tolist()]))
    step = size + GAP
    seats: dict[tuple[int, int], tuple[float, float]] = {}
    chosen = []
    for index, (x, y) in zip(order, places(np.array(order, np.intp)).tolist(), strict=True):
        column, row = int(x // step), int(y // step)
        around = (seats.get((column + dx, row + dy)) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
        if all(seat is None or max(abs(seat[0] - x), abs(seat[1] - y)) >= step for seat in around):
            seats[column, row] = (x, y)
            chosen.append(index)
    return chosen


class Thumbnails:
    """The pictures of one model's samples, by index; or `words`, one a sample, that stand on the map in their place."""

    def __init__(self, words: Sequence[str] = ()) -> None:
        self.shown: list[int] = []
        self._words = words
        self._lettered: dict[tuple[int, str, float], QPixmap] = {}
        self._images: dict[int, QImage] = {}
        self._pixmaps: dict[tuple[int, int, float], QPixmap] = {}
        self._born: dict[int, float] = {}
        self._asked: set[int] = set()

    def show(self, marks: Iterable[int], images: Images) -> None:
        """Take pictures, uint8 (n, h, w, c)."""
        for mark, image in zip(marks, images, strict=True):
            self._images[int(mark)] = _qimage(image)
            self._born[int(mark)] = monotonic()
        if len(images):
            self._drop_oldest(max(IMAGE_BYTES // images[0].nbytes, len(self.shown)))

    def forget_asked(self) -> None:
        """What was asked for will not come."""
        self._asked.clear()

    def ask(self, places: Places, middle: NDArray[np.float64]) -> list[int]:
        """All shown that have no picture, the nearest to the middle first; none while all of them are on their way.

        A newer list stands in for the older one, so it names again what the older one did not bring yet.
        """
        missing = [] if self._words else [index for index in self.shown if index not in self._images]
        if self._asked.issuperset(missing):
            return []
        distances = np.hypot(*(places(np.array(missing, np.intp)) - middle).T)
        self._asked = set(missing)
        return [missing[seat] for seat in np.argsort(distances, kind="stable")]

    def has(self, index: int) -> bool:
        """Whether it can be drawn: its picture has come, or it is a word."""
        return index in self._images or index < len(self._words)

    def drawn(self, index: int, size: int, ratio: float) -> QPixmap | None:
        """What stands on the map: the word, or the picture."""
        if index >= len(self._words):
            return self.pixmap(index, size, ratio)
        palette = QGuiApplication.palette()
        key = (index, palette.base().color().name(), ratio)
        if key not in self._lettered:
            if len(self._lettered) >= PIXMAPS:
                self._lettered.clear()
            self._lettered[key] = lettered(self._words[index], palette, ratio)
        return self._lettered[key]

    def pixmap(self, index: int, size: int, ratio: float) -> QPixmap | None:
        """The picture, its longer side `size` logical pixels of `ratio` device pixels each; None before it came."""
        key = (index, size, ratio)
        if key not in self._pixmaps and index in self._images:
            if len(self._pixmaps) >= PIXMAPS:
                self._pixmaps.clear()
            self._pixmaps[key] = _fitted(self._images[index], size, ratio)
        return self._pixmaps.get(key)

    def _drop_oldest(self, room: int) -> None:
        for mark in list(self._images)[: max(len(self._images) - room, 0)]:
            if mark not in self.shown:
                del self._images[mark], self._born[mark]

    def opacity(self, index: int) -> float:
        """0..1, rising for a moment after a picture came."""
        return min((monotonic() - self._born.get(index, 0.0)) / FADE, 1.0)

    @property
    def fading(self) -> bool:
        return any(self.opacity(index) < 1 for index in self.shown if index in self._born)


def lettered(word: str, palette: QPalette, ratio: float) -> QPixmap:
    """A word on a card of the ground, as wide as it is and a line high."""
    font = QGuiApplication.font()
    font.setPointSizeF(font.pointSizeF() * SMALL)
    metrics = QFontMetrics(font)
    shown = metrics.elidedText(word, Qt.TextElideMode.ElideRight, WIDEST_WORD)
    width, height = metrics.horizontalAdvance(shown) + 2 * GAP, metrics.height() + 2
    pixmap = QPixmap(round(width * ratio), round(height * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(palette.base().color())
    painter = QPainter(pixmap)
    painter.setFont(font)
    painter.setPen(palette.text().color())
    painter.drawText(QRectF(0, 0, width, height), Qt.AlignmentFlag.AlignCenter, shown)
    painter.end()
    return pixmap


def _fitted(image: QImage, size: int, ratio: float) -> QPixmap:
    """Small pictures grow by whole steps and stay crisp; large ones shrink smoothly."""
    longer = max(image.width(), image.height())
    factor = size * ratio / longer
    crisp = factor >= 2
    factor = int(factor) if crisp else factor
    mode = Qt.TransformationMode.FastTransformation if crisp else Qt.TransformationMode.SmoothTransformation
    width, height = max(round(image.width() * factor), 1), max(round(image.height() * factor), 1)
    pixmap = QPixmap.fromImage(image.scaled(width, height, Qt.AspectRatioMode.IgnoreAspectRatio, mode))
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def _qimage(image: NDArray[np.uint8]) -> QImage:
    """A copy that Qt owns, of a picture (h, w, 1 or 3)."""
    height, width = image.shape[:2]
    colour = np.broadcast_to(image, (height, width, 3)) if image.shape[2] == 1 else image
    return QImage(np.ascontiguousarray(colour).tobytes(), width, height, width * 3, QImage.Format.Format_RGB888).copy()
