"""What the map tells of the place under the cursor: a ring at once, a small picture with words after a short while."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QPixmap
from PySide6.QtWidgets import QToolTip

from explorer.ui.map.glance import SIDE, GlanceCard
from explorer.ui.map.lattice import Tile

if TYPE_CHECKING:
    from explorer.ui.map.canvas import MapCanvas

TILE_HINT = "Click: go there. Shift-click: pin it for a path."
DWELL = 450  # milliseconds over a sample before its words appear


class MapTelling(QObject):
    """Follows the cursor over one canvas. The callables find the words.

    `picture_wanted(sample)`: of the sample that is told of. `ringed_changed(sample or None)`: another is under it.
    """

    picture_wanted = Signal(int)
    ringed_changed = Signal(object)

    def __init__(self, canvas: MapCanvas) -> None:
        super().__init__(canvas)
        self.describe: Callable[[int], str] = str
        self.describe_place: Callable[[NDArray[np.float64]], str] = str
        self.describe_tile: Callable[[Tile], str] = lambda _tile: ""
        self.ringed: int | None = None  # the sample under the cursor
        self.tile: tuple[Tile, NDArray[np.float64]] | None = None  # and the tile, with its centre
        self.card = GlanceCard(canvas)
        self._canvas = canvas
        self._dwell = QTimer(self, singleShot=True, interval=DWELL)
        self._dwell.timeout.connect(self._tell)

    def ring(self, sample: int | None) -> None:
        """The sample under the cursor is another one."""
        if sample == self.ringed:
            return
        self.ringed = sample
        self.ringed_changed.emit(sample)
        QToolTip.hideText()
        self.card.hide()
        self._dwell.stop() if sample is None else self._dwell.start()
        self.rest_cursor()
        self._canvas.update()

    def rest_cursor(self) -> None:
        """The cursor says the tool, or that a click would choose a sample."""
        picking = self._canvas.picking
        chooses = self.ringed is not None and picking.tool == "pan"
        self._canvas.setCursor(Qt.CursorShape.PointingHandCursor if chooses else picking.cursor)

    def point_at(self, at: QPointF | None) -> None:
        """A tile tells its coordinates after a while, as a sample tells its labels."""
        canvas = self._canvas
        nothing = at is None or self.ringed is not None
        found = None if nothing or at is None else canvas.grid.tile_at(*canvas.plane_at(at).tolist())
        before, self.tile = self.tile, found
        if (before and before[0]) != (found and found[0]):
            QToolTip.hideText()
        if found is not None and not QToolTip.isVisible():
            self._dwell.start()

    def _tell(self) -> None:
        if not self._canvas.underMouse():
            return
        if self.ringed is not None:
            self._tell_sample(self.ringed)
        elif self.tile is not None:
            self._tell_tile(*self.tile)

    def _tell_sample(self, sample: int) -> None:
        picture, at = self._picture(sample), self._canvas.layers.screen(self._canvas.camera, sample)
        self.card.show_sample(self.describe(sample), picture, at)
        if picture is None:
            self.picture_wanted.emit(sample)

    def show_pictures(self) -> None:
        """Pictures of samples came: that of this one may be among them."""
        if self.ringed is not None and self.card.isVisible() and self.card.picture is None:
            picture = self._picture(self.ringed)
            if picture is not None:
                self.card.show_picture(picture)

    def _picture(self, sample: int) -> QPixmap | None:
        return self._canvas.layers.pictures.picture(sample, SIDE, self._canvas.devicePixelRatioF())

    def _tell_tile(self, tile: Tile, centre: NDArray[np.float64]) -> None:
        canvas = self._canvas
        left, bottom, right, top = canvas.grid.box(tile)
        corners = canvas.camera.to_screen(np.array([[left, top], [right, bottom]]))
        box = QRectF(QPointF(*corners[0].tolist()), QPointF(*corners[1].tolist())).toAlignedRect()
        words = "\n".join(filter(None, (self.describe_place(centre), self.describe_tile(tile), TILE_HINT)))
        QToolTip.showText(QCursor.pos(), words, canvas, box)
