"""The stage: the picture of the current latent, large; below it the chosen sample, the edit and the difference."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from explorer.latents.arrays import Latent, Latents
from explorer.session.shown import shown_place
from explorer.session.state import Place, State, frozen
from explorer.session.store import Store
from explorer.ui.comparison import Comparison
from explorer.ui.widgets import ink
from explorer.ui.widgets.glyphs import GlyphButton
from explorer.ui.widgets.notes import Quiet
from explorer.ui.widgets.picture import image_of
from explorer.ui.widgets.screen import Screen
from explorer.work.messages import Opened

Pixels = NDArray[np.uint8]
_UNBOUND = 16777215  # what Qt calls no maximum
WALK_SIGMA = 4.0
"""A drag across the whole picture walks this many standard deviations."""


class Stage(QWidget):
    """Shows decoded pictures; a drag on the picture walks the latent.

    `painted` carries the birth of the request whose picture was just painted (seconds of `perf_counter`), once for each
    picture. `smooth_changed` tells that the person chose soft or sharp pixels.
    """

    painted = Signal(float)
    save_wanted = Signal()
    full_screen_wanted = Signal()
    smooth_changed = Signal(bool)

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._opened: Opened | None = None
        self._pixels: Pixels | None = None
        self._born: float | None = None
        self._axes: Latents | None = None
        self._scale: NDArray[np.float64] = np.ones(2)
        self._from: Place | None = None
        self._drag = 0
        self._is_beside = False
        self._build()
        store.listen(self._show_change)
        store.listen_preview(self._show_preview)

    @property
    def smooth(self) -> bool:
        """Soft pixels (True) or sharp ones."""
        return self._screen.smooth

    @smooth.setter
    def smooth(self, smooth: bool) -> None:
        self._screen.show_smooth(smooth)
        self.sharpness.setChecked(smooth)

    @property
    def image(self) -> QImage:
        """What is on the stage."""
        return self._screen.image

    @property
    def picture_shown(self) -> Pixels | None:
        """The pixels on the stage, uint8 (height, width, channels)."""
        return self._pixels

    @property
    def screen_part(self) -> QWidget:
        """The picture itself, without the controls."""
        return self._screen

    def show_model(self, opened: Opened | None) -> None:
        """Another model, or none, clears the stage."""
        if opened is not None and opened.is_same_as(self._opened):
            return
        self._opened = opened
        self._pixels = None
        self._screen.show_image(QImage())
        self._caption.setText("")
        self.show_walk(None)
        self.comparison.show_words(self._samples_have_posteriors(), is_open=opened is not None)
        self._copy.setEnabled(False)
        self._save.setEnabled(False)
        self.show_reconstruction(None)

    def show_picture(self, image: Pixels, caption: str = "", born: float = 0.0) -> None:
        """Show a picture, uint8 (height, width, channels)."""
        self._pixels = image
        self._born = born
        self._screen.show_image(image_of(image))
        if caption != self._caption.text():
            self._caption.setText(caption)
        self._copy.setEnabled(True)
        self._save.setEnabled(True)
        self._show_comparison()

    def show_reconstruction(self, image: Pixels | None) -> None:
        """The chosen sample as the model makes it, uint8 (height, width, channels), or None."""
        self.comparison.show_original(image)
        self._show_comparison()

    def show_walk(self, axes: Latents | None, scale: float | tuple[float, float] = 1.0) -> None:
        """What a drag does: two unit directions, float32 (2, d), and the standard deviation along each."""
        self._axes = axes
        self._scale = np.broadcast_to(np.asarray(scale, dtype=np.float64), 2)
        self._screen.walkable = axes is not None
        self._screen.setCursor(Qt.CursorShape.OpenHandCursor if axes is not None else Qt.CursorShape.ArrowCursor)
        self._screen.setToolTip("Drag to walk along the two main directions of the map." if axes is not None else "")

    def copy_picture(self) -> None:
        """The picture to the clipboard, in its own size."""
        if not self.image.isNull():
            QGuiApplication.clipboard().setImage(self.image)

    # out

    def _begin_walk(self) -> None:
        self._drag += 1
        self._from = shown_place(self._store.state)

    def _ask_walk(self, across: float, down: float) -> None:
        place, axes = self._from, self._axes
        if place is None or axes is None or axes.shape[1:] != place.base.shape:
            return
        steps = np.array([across, -down]) * WALK_SIGMA * self._scale
        base = frozen(walked(place.base, axes, steps))
        gesture = ("walk", self._drag)
        self._store.move("Walk", gesture=gesture, base=base, strengths=place.strengths, sample=None, seed=None)

    def _end_walk(self) -> None:
        self._from = None
        self._store.end_gesture()

    # in

    def _show_change(self, old: State, new: State) -> None:
        if new.place is not old.place or new.path is not old.path:
            self._show_comparison()

    def _show_preview(self, latent: Latent | None) -> None:
        self._show_comparison()

    def _show_comparison(self) -> None:
        self.comparison.show_edit(self._pixels if self._is_edited() else None)

    def _is_edited(self) -> bool:
        """Whether the stage shows the chosen sample with something changed about it."""
        state = self._store.state
        if state.place.sample is None or self._store.preview is not None or state.path.position is not None:
            return False
        samples = self._opened.samples.get(state.place.space) if self._opened else None
        if any(state.place.strengths.values()) or samples is None or state.place.sample >= len(samples):
            return bool(state.place.strengths)
        return not np.array_equal(state.place.base, samples.latents[state.place.sample])

    def _samples_have_posteriors(self) -> bool:
        return self._opened is not None and any(s.log_variances is not None for s in self._opened.samples.values())

    def _show_painted(self) -> None:
        born, self._born = self._born, None
        if born is not None:
            self.painted.emit(born)

    # built once

    def _build(self) -> None:
        self._screen = Screen(self)
        self._screen.setAccessibleName("Picture of the current latent")
        self._screen.began.connect(self._begin_walk)
        self._screen.dragged.connect(self._ask_walk)
        self._screen.ended.connect(self._end_walk)
        self._screen.painted.connect(self._show_painted)
        self._caption = Quiet("", self)
        self.comparison = Comparison(self)
        self._beside = QBoxLayout(QBoxLayout.Direction.BottomToTop)
        self._beside.setSpacing(ink.GRID)
        self._beside.addWidget(self.comparison)
        self._beside.addStretch(1)
        self._beside.addLayout(self._controls())
        self._outer = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._outer.setContentsMargins(ink.GRID, ink.GRID, ink.GRID, ink.GRID)
        self._outer.setSpacing(ink.GRID)
        self._outer.addStretch()
        self._outer.addWidget(self._screen, 1)
        self._outer.addLayout(self._beside)
        self._outer.addStretch()
        self._stand_beside(False)

    def _stand_beside(self, is_beside: bool) -> None:
        """The small pictures and the controls at the right of the picture, or below it."""
        self._is_beside = is_beside
        self._screen.show_at_top(is_beside)
        ways = QBoxLayout.Direction
        self._outer.setDirection(ways.LeftToRight if is_beside else ways.TopToBottom)
        self._beside.setDirection(ways.TopToBottom if is_beside else ways.BottomToTop)
        self.comparison.show_column(is_beside)
        self._caption.setVisible(not is_beside)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the picture be as large as can be."""
        super().resizeEvent(event)
        side = 12 * ink.GRID + ink.GRID
        below = 8 * ink.GRID + 2 * ink.row_height(self) + 2 * ink.GRID
        width, height = event.size().width() - 2 * ink.GRID, event.size().height() - 2 * ink.GRID
        self._stand_beside(min(width - side, height) > min(width, height - below))
        # beside the column no wider than the picture: no gap between them, and both in the middle
        self._screen.setMaximumWidth(max(1, height) if self._is_beside else _UNBOUND)

    def _controls(self) -> QHBoxLayout:
        self.sharpness = GlyphButton("spline", "Soft pixels instead of sharp ones", self)
        self.sharpness.setCheckable(True)
        self.sharpness.toggled.connect(self._choose_smooth)
        self._copy = GlyphButton("copy", "Copy the picture", self)
        self._copy.clicked.connect(self.copy_picture)
        self._save = GlyphButton("download", "Save the picture as PNG", self, key="Ctrl+S")
        self._save.clicked.connect(self.save_wanted)
        full = GlyphButton("maximize", "Picture alone on the screen", self, key="F11")
        full.clicked.connect(self.full_screen_wanted)
        row = QHBoxLayout()
        row.setSpacing(0)
        for button in (self.sharpness, self._copy, self._save, full):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self._caption)
        self._copy.setEnabled(False)
        self._save.setEnabled(False)
        return row

    def _choose_smooth(self, smooth: bool) -> None:
        if smooth != self._screen.smooth:
            self._screen.show_smooth(smooth)
            self.smooth_changed.emit(smooth)


def walked(base: Latent, axes: Latents, steps: NDArray[np.float64]) -> Latent:
    """`base` (d,) and `steps` (2,) along unit directions `axes` (2, d), float32 (d,)."""
    return (base.astype(np.float64) + steps @ axes.astype(np.float64)).astype(np.float32)
