"""CPU of one pan frame of the map with 100,000 points, over the same with pyqtgraph's ScatterPlotItem.

Both draw the same points in a window of the same size on the offscreen platform, panned by the same steps. It is
process time, so a loaded machine does not count. The median is what most frames cost; the mean holds the rare ones
that draw anew.

    python benchmarks/map.py [points]
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from itertools import chain, cycle, repeat
from statistics import mean, median
from time import process_time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pyqtgraph
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget

from explorer.latents.palette import class_colours
from explorer.ui.map.canvas import MapCanvas
from explorer.ui.map.colours import Colouring, argb

POINTS = 100_000
SIZE = (800, 600)
STEP = 7  # logical pixels a frame
FRAMES = 120
ROUNDS = 3
REACH = 1 / 20
CLASSES = 8


def main() -> int:
    """Print the figures as one line of JSON; 1 when the goal is missed."""
    measured = measure(int(sys.argv[1]) if len(sys.argv) > 1 else POINTS)
    print(json.dumps(measured))
    return 0 if measured["ratio"] <= REACH else 1


def measure(count: int = POINTS) -> dict[str, float]:
    """Milliseconds of a pan frame, median and mean, of both, and the ratios: medians over rounds."""
    app = QApplication.instance() or QApplication([])
    points = np.random.default_rng(0).normal(size=(count, 2)).astype(np.float32)
    codes = np.arange(count) % CLASSES
    ours, theirs = our_map(points, codes), their_map(points, codes)
    rounds = [(_frames(*ours, FRAMES), _frames(*theirs, FRAMES // 4)) for _ in range(ROUNDS)]
    recolour = _frames(ours[0], _recolouring(ours[0], codes), 12)
    for widget, _ in (ours, theirs):
        widget.close()
    app.processEvents()
    return {
        "points": count,
        "ratio": round(median(median(a) / median(b) for a, b in rounds), 4),
        "ratio_of_means": round(median(mean(a) / mean(b) for a, b in rounds), 4),
        "frame_ms": round(1e3 * median(median(a) for a, _ in rounds), 2),
        "mean_frame_ms": round(1e3 * median(mean(a) for a, _ in rounds), 2),
        "longest_frame_ms": round(1e3 * median(max(a) for a, _ in rounds), 2),
        "recolour_ms": round(1e3 * median(recolour), 2),
        "pyqtgraph_ms": round(1e3 * median(median(b) for _, b in rounds), 2),
    }


def _frames(widget: QWidget, step: Callable[[], None], count: int) -> list[float]:
    """Process time of each of `count` painted frames, seconds."""
    times = []
    for _ in range(count):
        start = process_time()
        step()
        (widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget).repaint()
        QApplication.processEvents()
        times.append(process_time() - start)
    return times


def our_map(points: np.ndarray, codes: np.ndarray) -> tuple[QWidget, Callable[[], None]]:
    """The map, and what pans it by one step."""
    canvas = MapCanvas()
    canvas.motion = False
    canvas.resize(*SIZE)
    canvas.show()
    canvas.show_colouring(colouring(codes), None)
    canvas.show_points(points, ("PC 1", "PC 2"))
    directions = _there_and_back()
    return canvas, lambda: canvas.pan(STEP * next(directions), 0)


def their_map(points: np.ndarray, codes: np.ndarray) -> tuple[QWidget, Callable[[], None]]:
    """Theirs, and what pans it by as much."""
    plot = pyqtgraph.PlotWidget()
    plot.resize(*SIZE)
    brushes = [pyqtgraph.mkBrush(colour) for colour in class_colours(CLASSES)]
    scatter = pyqtgraph.ScatterPlotItem(
        x=points[:, 0], y=points[:, 1], size=3, pen=None, brush=[brushes[code] for code in codes]
    )
    plot.addItem(scatter)
    plot.setAspectLocked(True)
    plot.show()
    unit = 1 / (SIZE[1] / 10)
    directions = _there_and_back()
    return plot, lambda: plot.plotItem.vb.translateBy(x=-STEP * unit * next(directions), y=0)


def _there_and_back() -> Iterator[int]:
    """Directions of a pan: 60 frames to the right, 60 to the left, ..."""
    return chain.from_iterable(repeat(direction, 60) for direction in cycle((1, -1)))


def colouring(codes: np.ndarray) -> Colouring:
    """Classes in their colours."""
    return Colouring("", codes, np.array([argb(colour) for colour in class_colours(CLASSES)], np.uint32))


def _recolouring(widget: QWidget, codes: np.ndarray) -> Callable[[], None]:
    same = colouring(codes)
    return lambda: widget.show_colouring(same, None) if isinstance(widget, MapCanvas) else None


if __name__ == "__main__":
    sys.exit(main())
