"""The start: how soon the window is painted, and how well it answers while engine, torch and model load behind it.

First paint: from the start of `python -m explorer` to the window's first paint (the program tells the time), over the
start of a Python that imports torch, scikit-learn and pyqtgraph; both alternate, the median of the ratios counts.
Answering: the whole program, offscreen, opening its first model without a cached twin; the longest time between two
beats of a timer of 2 ms, from the first paint until a second after the model has come.

    python benchmarks/start.py
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.app import Start
    from explorer.ui.main_window import MainWindow

ROUNDS = 5
IMPORTS = "import torch, sklearn, pyqtgraph, time; print(time.time())"
PATIENCE_S = 120.0
SETTLING_S = 1.0  # after the model is there, the map still paints


class Watch:
    """Notes the beats of the loop from the first paint on; ends it a little after the model is open."""

    def __init__(self, window: MainWindow) -> None:
        from PySide6.QtCore import QTimer

        self.beats: list[float] = []
        self.opened = 0.0
        self.start: Start | None = None
        self._heard = False
        self._beat = QTimer(interval=2)
        self._beat.timeout.connect(self._note)
        window.first_painted.connect(self._beat.start)

    def _note(self) -> None:
        from PySide6.QtWidgets import QApplication

        now = time.perf_counter()
        self.beats.append(now)
        if not self._heard and self.start is not None and self.start.desk is not None:
            self._heard = True
            self.start.desk.engine.opened.connect(self._note_opened)
        if now - self.beats[0] > PATIENCE_S or (self.opened and now - self.opened > SETTLING_S):
            QApplication.quit()

    def _note_opened(self, _opened: object) -> None:
        self.opened = time.perf_counter()


def main() -> None:
    """Print the figures as one line of JSON."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if sys.argv[1:] == ["--gap"]:
        print(json.dumps(answering()))
        return
    print(json.dumps(measure()))


def measure() -> dict[str, float]:
    """Seconds to the first paint and to the end of the imports, their ratio, the longest gap in ms; medians."""
    rounds = [(_seconds("-m", "explorer", "--measure-start"), _seconds("-c", IMPORTS)) for _ in range(ROUNDS)]
    gaps = [_gap() for _ in range(3)]
    return {
        "ratio": round(median(paint / imports for paint, imports in rounds), 4),
        "first_paint_s": round(median(paint for paint, _ in rounds), 3),
        "imports_s": round(median(imports for _, imports in rounds), 3),
        "gap_ms": median(one["gap_ms"] for one in gaps),
        "model_open_s": median(one["model_open_s"] for one in gaps),
    }


def _seconds(*arguments: str) -> float:
    """From the start of a Python to the time that it prints last."""
    start = time.time()
    return float(_run(*arguments).split()[-1]) - start


def _gap() -> dict[str, float]:
    found: dict[str, float] = json.loads(_run(__file__, "--gap").splitlines()[-1])
    return found


def _run(*arguments: str) -> str:
    """What a Python of its own prints; with a home of its own, so that nothing of an earlier start helps."""
    root = str(Path(__file__).resolve().parent.parent)
    with tempfile.TemporaryDirectory() as home:
        own = {f"XDG_{name}_HOME": home for name in ("CONFIG", "CACHE", "DATA", "STATE")}
        done = subprocess.run(
            [sys.executable, *arguments],
            capture_output=True,
            text=True,
            check=True,
            cwd=root,
            env={**os.environ, **own},
        )
    return done.stdout.strip()


def answering() -> dict[str, float]:
    """In a process of its own: the longest gap, and how long the model took to come."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from PySide6.QtWidgets import QApplication

    from explorer.app import Start
    from explorer.session import preferences
    from explorer.ui import theme
    from explorer.ui.main_window import MainWindow

    app = QApplication([])
    kept = preferences.load()
    theme.load_fonts()
    theme.apply(app, kept.theme)
    window = MainWindow()
    watch = Watch(window)
    start = Start(window, kept, None)
    watch.start = start
    window.show()
    app.exec()
    start.close()
    gaps = [later - earlier for earlier, later in pairwise(watch.beats)]
    return {"gap_ms": round(1e3 * max(gaps), 1), "model_open_s": round(watch.opened - watch.beats[0], 2)}


if __name__ == "__main__":
    main()
