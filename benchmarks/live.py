"""The live loop: a slider dragged at 120 events a second, through the real engine, to pictures painted in a widget.

For models that take d = 2, 20 and 200 ms of one core a picture. An event's delay ends when its picture is painted
(256 x 256, stretched to 768 x 768, offscreen); events that a newer one replaced have none. A drag of 2 s could start
2 / d + 1 decodes back to back.

    python benchmarks/live.py
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, field
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QEventLoop, QRect, Qt, QTimer
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from timed_models import DIM, SIDE, TimedSource

from explorer.work.engine import Engine
from explorer.work.messages import Decoded, DecodeRequest

DELAYS_MS = (2, 20, 200)
EVENT_MS = 1000 / 120
DRAG_S = 2.0
ROUNDS = 3
FRAME_MS = 17
FASTEST = 60  # pictures a second that anyone needs


def main() -> None:
    """Print the figures as one line of JSON."""
    print(json.dumps(measure()))


def measure() -> dict[str, float]:
    """For each d, as medians of rounds: delays over what is to be reached, pictures over what bare decodes give, the
    longest gap of the event loop in ms."""
    app = QApplication.instance() or QApplication([])
    figures: dict[str, float] = {}
    for milliseconds in DELAYS_MS:
        rounds = [_drag(milliseconds) for _ in range(ROUNDS)]
        for name in rounds[0]:
            figures[f"{name}_{milliseconds}"] = round(median(found[name] for found in rounds), 3)
    figures["fewest_pictures"] = min(figures[f"pictures_{d}"] for d in DELAYS_MS)
    figures["longest_gap_ms"] = max(figures[f"gap_ms_{d}"] for d in DELAYS_MS)
    app.processEvents()
    return figures


@dataclass
class Drag:
    """What is seen while a slider is dragged."""

    delays_ms: list[float] = field(default_factory=list)
    beats: list[float] = field(default_factory=list)
    ends: float = 0.0


class Stage(QWidget):
    """Paints the newest picture, and notes when."""

    def __init__(self, drag: Drag) -> None:
        super().__init__()
        self._drag = drag
        self._image: QImage | None = None
        self._born: list[float] = []
        self._buffer = np.zeros((SIDE, SIDE, 4), np.uint8)
        self.resize(768, 768)

    def show_picture(self, decoded: Decoded) -> None:
        self._buffer[..., :3] = decoded.images[0][..., ::-1]
        self._image = QImage(self._buffer.data, SIDE, SIDE, 4 * SIDE, QImage.Format.Format_RGB32)
        self._born.append(decoded.born)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        if self._image is None:
            return
        painter = QPainter(self)
        painter.drawImage(QRect(0, 0, self.width(), self.height()), self._image)
        painter.end()
        now = time.perf_counter()
        self._drag.delays_ms += [1e3 * (now - born) for born in self._born]
        self._born.clear()


def _drag(milliseconds: int) -> dict[str, float]:
    drag = Drag()
    stage, engine = Stage(drag), Engine(TimedSource)
    stage.show()
    engine.decoded.connect(stage.show_picture)
    _wait_for(engine, milliseconds)
    events = _every(EVENT_MS, lambda: _ask(engine, drag))
    beats = _every(2, lambda: drag.beats.append(time.perf_counter()))
    drag.ends = time.perf_counter() + DRAG_S
    _run(DRAG_S + (3 * milliseconds + 100) / 1e3)
    events.stop()
    beats.stop()
    engine.close()
    stage.close()
    return _figures(drag, milliseconds)


def _figures(drag: Drag, milliseconds: int) -> dict[str, float]:
    seconds = milliseconds / 1e3
    possible = DRAG_S * min(1 / seconds, FASTEST) + 1
    p50, p95 = (float(np.percentile(drag.delays_ms, share)) for share in (50, 95))
    return {
        "p50_ms": p50,
        "p95_ms": p95,
        "p50": p50 / (1.5 * milliseconds + FRAME_MS),
        "p95": p95 / (2 * milliseconds + FRAME_MS),
        "pictures": len(drag.delays_ms) / possible,
        "gap_ms": 1e3 * max(np.diff(drag.beats)),
    }


def _ask(engine: Engine, drag: Drag) -> None:
    now = time.perf_counter()
    if now < drag.ends:
        latents = np.full((1, DIM), now % 1, np.float32)
        engine.ask(DecodeRequest(engine.key, "live", latents, "z", born=now))


def _every(milliseconds: float, deed: object) -> QTimer:
    """A timer that keeps its mean rate: whole milliseconds alone would be 125 events a second."""
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    due = [time.perf_counter()]

    def tick() -> None:
        deed()  # type: ignore[operator]
        due[0] = max(due[0] + milliseconds / 1e3, time.perf_counter())
        timer.setInterval(max(0, round(1e3 * (due[0] - time.perf_counter()))))

    timer.timeout.connect(tick)
    timer.start(round(milliseconds))
    return timer


def _wait_for(engine: Engine, milliseconds: int) -> None:
    loop = QEventLoop()
    engine.opened.connect(loop.quit)
    engine.open(str(milliseconds))
    loop.exec()


def _run(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(1e3 * seconds), loop.quit)
    loop.exec()


if __name__ == "__main__":
    main()
