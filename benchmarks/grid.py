"""The decoded grid of a bundled model, through the real engine onto the map, over the same latents in bare batches.

About 20 x 20 tiles: all that a view asks for, as it asks for them. The clock starts when the view has come to rest and
stops when the last tile is painted; the coarse picture is there when every fourth column and row is painted. Bare is
`decode` of the same latents in this process, in batches of 32, with the same threads, once before and once after the
tiles: their mean, so that what else the machine does falls on both sides alike. Both by torch: an exported twin would
serve both alike. The longest gap is of the window's event loop while the tiles come.

    python benchmarks/grid.py [model]
"""

from __future__ import annotations

import json
import os
import sys
import time
from statistics import mean, median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication

from explorer.latents.arrays import Latents
from explorer.latents.samples import LatentSet
from explorer.models import folder
from explorer.models.base import Card, LatentModel
from explorer.models.checkpoint import open_model
from explorer.models.threads import settle_threads
from explorer.projections import pca
from explorer.projections.base import ProjectionChoice
from explorer.ui.map.canvas import MapCanvas
from explorer.ui.map.colours import plain
from explorer.ui.map.grid import coarse_among
from explorer.ui.map.lattice import GridSetting, is_coarse
from explorer.work.engine import Engine
from explorer.work.messages import Decoded, DecodeRequest
from explorer.work.source import FolderSource

MODEL = "toonfaces-vae"
SIDE = 17  # and one more tile on each side, beyond the view: 400 in all
TILES = (SIDE + 3) ** 2
SIZE = 720  # logical pixels of the view
ROUNDS = 5
AT_ONCE = 32
BEAT_MS = 2


class Untwinned(FolderSource):
    """Models without an exported twin."""

    def prior(self, card: Card) -> None:  # noqa: ARG002
        return None

    def twin(self, card: Card) -> None:  # noqa: ARG002
        return None

    def wants_twin(self, model: LatentModel) -> bool:  # noqa: ARG002
        return False


class Watch(QObject):
    """Notes when the coarse and the whole picture were painted."""

    def __init__(self, canvas: MapCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.asked = self.coarse = self.whole = 0.0
        self.latents: Latents = np.zeros((0, 0), np.float32)
        self.loop = QEventLoop()
        canvas.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self.asked:
            QTimer.singleShot(0, self._look)  # when it has been painted
        return False

    def _look(self) -> None:
        missing = self._canvas.grid._missing()
        now = time.perf_counter()
        if not self.coarse and not any(map(is_coarse, missing)):
            self.coarse = now
        if not missing and not self.whole:
            self.whole = now
            self.loop.quit()


def main() -> None:
    """Print the figures as one line of JSON."""
    print(json.dumps(measure(sys.argv[1] if len(sys.argv) > 1 else MODEL)))


def measure(name: str = MODEL) -> dict[str, float]:
    """Ratios as medians over rounds, the tiles of a round, milliseconds of the bare decode and of the longest gap."""
    app = QApplication.instance() or QApplication([])
    path = str(folder.resolve(name))
    model = open_model(path, device="cpu")
    settle_threads(model)
    samples = folder.read_samples(path, model.card)[model.card.default_space.name]
    engine = _engine(path)
    _bare(model, samples.latents[:TILES], samples.space)  # warms up
    rounds = [_round(engine, model, samples) for _ in range(ROUNDS)]
    engine.close()
    app.processEvents()
    return {key: round(median(found[key] for found in rounds), 4) for key in rounds[0]}


def _round(engine: Engine, model: LatentModel, samples: LatentSet) -> dict[str, float]:
    canvas = _canvas(samples)
    watch, beats = Watch(canvas), [time.perf_counter()]
    canvas.grid.wanted.connect(lambda latents, marks: _ask(engine, samples.space, watch, latents, marks))
    connection = engine.decoded.connect(lambda decoded: _show(canvas, decoded))
    beat = QTimer(interval=BEAT_MS)
    beat.timeout.connect(lambda: beats.append(time.perf_counter()) if watch.asked else None)
    beat.start()
    bare = [_bare(model, samples.latents[:TILES], samples.space)]
    canvas.show_grid_setting(GridSetting(on=True, side=SIDE), tinted=False)
    watch.loop.exec()
    beat.stop()
    engine.decoded.disconnect(connection)
    canvas.close()
    bare.append(_bare(model, watch.latents, samples.space))
    return {
        "complete": (watch.whole - watch.asked) / mean(bare),
        "coarse": (watch.coarse - watch.asked) / mean(bare),
        "tiles": len(watch.latents),
        "bare_ms": 1e3 * mean(bare),
        "gap_ms": 1e3 * float(np.diff(beats[1:]).max(initial=0.0)),
    }


def _ask(engine: Engine, space: str, watch: Watch, latents: Latents, marks: tuple[object, ...]) -> None:
    if not watch.asked:
        watch.asked, watch.latents = time.perf_counter(), latents
    engine.ask(DecodeRequest(engine.key, "grid", latents, space, marks=marks, first=coarse_among(marks)))


def _show(canvas: MapCanvas, decoded: Decoded) -> None:
    if decoded.purpose == "grid":
        canvas.grid.show(decoded.marks, decoded.images)


def _bare(model: LatentModel, latents: Latents, space: str) -> float:
    """Seconds."""
    start = time.perf_counter()
    for first in range(0, len(latents), AT_ONCE):
        model.decode(latents[first : first + AT_ONCE], space=space)
    return time.perf_counter() - start


def _canvas(samples: LatentSet) -> MapCanvas:
    canvas = MapCanvas()
    canvas.motion = False
    canvas.resize(SIZE, SIZE)
    projection = pca.fit(samples, ProjectionChoice())
    canvas.grid.lift = lambda points: projection.lift(points.astype(np.float32), samples.latents[0])
    canvas.show_colouring(plain(len(samples), "#888888"), None)
    canvas.show()
    canvas.show_points(projection.place(samples.latents), projection.axis_names)
    return canvas


def _engine(path: str) -> Engine:
    """With the weights in place: without a twin it is open when it is loaded."""
    engine, loop = Engine(Untwinned), QEventLoop()
    engine.opened.connect(loop.quit)
    engine.failed.connect(loop.quit)
    engine.open(path)
    loop.exec()
    return engine


if __name__ == "__main__":
    main()
