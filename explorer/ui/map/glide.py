"""Points that glide from where they were to where they belong: the eye follows a sample through another projection."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractAnimation, QEasingCurve, QObject, QVariantAnimation

from explorer.latents.arrays import Points
from explorer.ui.map.camera import Camera

DURATION = 400  # milliseconds
SETTLING = 220  # while a map is being made: about as long as the next one takes to come
MOST = 50_000  # above this many points a frame would take too long: so many of them glide for all


class Glide(QObject):
    """Calls `show(points, camera)` for every frame between two views, the last one exactly the target."""

    def __init__(self, show: Callable[[Points, Camera], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._show = show
        self._animation = QVariantAnimation(self)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.valueChanged.connect(self._step)
        self._ends: tuple[Points, Camera, Points, Camera] | None = None
        self._rows: NDArray[np.intp] | None = None  # the points that glide; None: all
        self._now: tuple[Points, Camera] | None = None  # what was shown last

    @property
    def running(self) -> bool:
        return self._animation.state() == QAbstractAnimation.State.Running

    def start(self, from_points: Points, from_camera: Camera, to_points: Points, to_camera: Camera) -> None:
        """Begin; both ends have the same number of points."""
        self.finish()
        self._ends = (from_points, from_camera, to_points, to_camera)
        self._rows = _gliding(from_points, to_points)
        self._animation.setDuration(DURATION)
        self._animation.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._animation.start()

    def follow(self, points: Points, camera: Camera, shown: tuple[Points, Camera]) -> None:
        """Go on to another target from wherever it is; `shown` where nothing runs. At an even pace."""
        start = self._now if self.running and self._now is not None else shown
        self._animation.stop()
        self._ends = (*start, points, camera)
        self._rows = _gliding(start[0], points)
        self._animation.setDuration(SETTLING)
        self._animation.setEasingCurve(QEasingCurve.Type.Linear)
        self._animation.start()

    def finish(self) -> None:
        """Be at the target at once."""
        if self.running:
            self._animation.stop()
            self._step(1.0)

    def cancel(self) -> None:
        """Stop where it is; somebody else shows what comes next."""
        self._animation.stop()
        self._ends = None

    def _step(self, share: float) -> None:
        if self._ends is None:
            return
        start, start_camera, end, end_camera = self._ends
        points = end if share >= 1 else _between(start, end, share, self._rows)
        self._now = points.astype(end.dtype, copy=False), start_camera.blended(end_camera, share)
        self._show(*self._now)


def _gliding(start: Points, end: Points) -> NDArray[np.intp] | None:
    """Which points glide, at most `MOST` of those that have a place at both ends, by chance; None: all."""
    if len(end) <= MOST:
        return None
    are_placed = [np.isfinite(points[:, axis]) for points in (start, end) for axis in (0, 1)]
    rows = np.flatnonzero(np.logical_and.reduce(are_placed))
    return rows if len(rows) <= MOST else np.random.default_rng(0).choice(rows, MOST, replace=False)


def _between(start: Points, end: Points, share: float, rows: NDArray[np.intp] | None) -> Points:
    """On the way; NaN for those that do not glide."""
    if rows is None:
        return start + (end - start) * share
    points = np.full(end.shape, np.nan, np.float32)
    points[rows] = start[rows] + (end[rows] - start[rows]) * np.float32(share)
    return points
