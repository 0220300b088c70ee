"""Points that glide from where they were to where they belong: the eye follows a sample through another projection."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QAbstractAnimation, QEasingCurve, QObject, QVariantAnimation

from explorer.latents.arrays import Points
from explorer.ui.map.camera import Camera

DURATION = 400  # milliseconds
SETTLING = 220  # while a map is being made: about as long as the next one takes to come
MOST = 50_000  # above this many points a frame would take too long


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
        self._now: tuple[Points, Camera] | None = None  # what was shown last

    @property
    def running(self) -> bool:
        return self._animation.state() == QAbstractAnimation.State.Running

    def start(self, from_points: Points, from_camera: Camera, to_points: Points, to_camera: Camera) -> None:
        """Begin; both ends have the same number of points."""
        self.finish()
        self._ends = (from_points, from_camera, to_points, to_camera)
        self._animation.setDuration(DURATION)
        self._animation.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._animation.start()

    def follow(self, points: Points, camera: Camera, shown: tuple[Points, Camera]) -> None:
        """Go on to another target from wherever it is; `shown` where nothing runs. At an even pace."""
        start = self._now if self.running and self._now is not None else shown
        self._animation.stop()
        self._ends = (*start, points, camera)
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
        points = end if share >= 1 else start + (end - start) * share
        self._now = points.astype(end.dtype, copy=False), start_camera.blended(end_camera, share)
        self._show(*self._now)
