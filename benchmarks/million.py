"""The map with 1,000,000 points: a pan, another colouring and a hover, against pyqtgraph's ScatterPlotItem.

As in `map.py` the ratios are of process time, and here of the means: they hold the rare frames that draw anew. The
median and the longest frame are real time, so they say something on an idle machine only. A hover is one hit test of
the grid, at places where samples are and at places beside them.

    python benchmarks/million.py [points]
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from itertools import cycle
from statistics import mean, median
from time import perf_counter, process_time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pyqtgraph
from map import CLASSES, FRAMES, colouring, our_map, their_map
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget

from explorer.latents.palette import class_colours
from explorer.ui.map.canvas import MapCanvas

POINTS = 1_000_000
THEIR_FRAMES, RECOLOURED, HITS = 12, 8, 2000
Clock = Callable[[], float]


def main() -> int:
    """Print the figures as one line of JSON."""
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else POINTS)))
    return 0


def measure(count: int) -> dict[str, float]:
    """Ratios of CPU, and milliseconds of real time."""
    app = QApplication.instance() or QApplication([])
    points = np.random.default_rng(0).normal(size=(count, 2)).astype(np.float32)
    codes = np.arange(count) % CLASSES
    (ours, pan), (theirs, their_pan) = our_map(points, codes), their_map(points, codes)
    assert isinstance(ours, MapCanvas)
    ours.repaint()
    figures = {
        "points": count,
        "pan": mean(times(ours, pan, FRAMES, process_time))
        / mean(times(theirs, their_pan, THEIR_FRAMES, process_time)),
        "recolour": _recoloured(ours, theirs, codes),
        "hit_ms": 1e3 * median(_hits(ours, points)),
    }
    frames = times(ours, pan, 3 * FRAMES, perf_counter)
    figures |= {"frame_ms": 1e3 * median(frames), "longest_frame_ms": 1e3 * max(frames)}
    for widget in (ours, theirs):
        widget.close()
    app.processEvents()
    return {name: round(value, 5) for name, value in figures.items()}


def times(widget: QWidget, step: Callable[[], None], count: int, clock: Clock) -> list[float]:
    """Seconds of each of `count` painted frames."""
    found = []
    for _ in range(count):
        start = clock()
        step()
        (widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget).repaint()
        QApplication.processEvents()
        found.append(clock() - start)
    return found


def _recoloured(ours: MapCanvas, theirs: QWidget, codes: np.ndarray) -> float:
    """CPU of a frame in other colours, over theirs. They take a brush for every point, made before the clock starts."""
    shifted = cycle([colouring((codes + step) % CLASSES) for step in range(CLASSES)])
    brushes = [pyqtgraph.mkBrush(colour) for colour in class_colours(CLASSES)]
    scatter = theirs.plotItem.listDataItems()[0]  # type: ignore[attr-defined]
    lists = cycle([[brushes[code] for code in (codes + step) % CLASSES] for step in (1, 2)])
    one = mean(times(ours, lambda: ours.show_colouring(next(shifted), None), RECOLOURED, process_time))
    return one / mean(times(theirs, lambda: scatter.setBrush(next(lists)), 2, process_time))


def _hits(canvas: MapCanvas, points: np.ndarray) -> Iterable[float]:
    """Seconds of one hit test, half of them beside a sample."""
    screen = canvas.camera.to_screen(points[np.random.default_rng(1).integers(0, len(points), HITS)])
    for x, y in (screen + np.array([[0.0, 0.0], [30.0, 30.0]] * (HITS // 2))).tolist():
        start = perf_counter()
        canvas.sample_at(QPointF(x, y))
        yield perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
