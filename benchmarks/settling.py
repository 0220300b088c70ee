"""The window while t-SNE of 10,000 samples of 64 dimensions is made in it, and how soon a cancel frees the core.

A window and its engine open a model with so many samples; the map is asked for as the window asks for it, and settles
on the screen. Gaps are the times between two beats of a timer of 2 ms of the event loop, from the wish to the map that
is done. Bare: the same window at rest, while a process of the same niceness computes as hard and tells nothing, so that
what the machine does is told from what we do. Cancel: from the click to the end of the process and the map before, once
a map was to be seen (of UMAP, which may compile for a minute first, after 10 s).

    python benchmarks/settling.py [samples]
"""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from explorer.desk.desk import Desk

COUNT = 10_000
BARE_S = 20.0
SEEN_S = 10.0  # without a map to be seen, a cancel comes after so long
PATIENCE_MS = 600_000
KINDS = ("tsne", "umap", "pacmap")
NEVER = 1e9


def main() -> None:
    """Print the figures as one line of JSON."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    if sys.argv[1:2] == ["--make"]:
        import memory

        memory.make(Path(sys.argv[2]), int(sys.argv[3]))
        return
    count = sys.argv[1] if len(sys.argv) > 1 else str(COUNT)
    with tempfile.TemporaryDirectory() as name:
        os.environ.update({f"XDG_{kind}_HOME": f"{name}/home" for kind in ("CONFIG", "CACHE", "DATA", "STATE")})
        folder = Path(name) / "model"
        subprocess.run([sys.executable, __file__, "--make", str(folder), count], check=True)  # it imports torch
        print(json.dumps(measure(folder)))


def measure(folder: Path) -> dict[str, float]:
    """Milliseconds of gaps, seconds of the fit and of every cancel."""
    from PySide6.QtWidgets import QApplication

    from explorer.app import Start
    from explorer.session.preferences import Preferences
    from explorer.ui import theme
    from explorer.ui.main_window import MainWindow

    app = QApplication.instance() or QApplication([])
    theme.load_fonts()
    window = MainWindow()
    start = Start(window, Preferences(welcome_seen=True), str(folder))
    window.resize(1280, 800)
    window.show()
    wait(lambda: start.desk is not None and start.desk.window.map.shown is not None)
    desk = start.desk
    assert desk is not None
    rest(5.0)  # twin, pictures and quality have come
    found = bare() | fit(desk, "tsne")
    found |= {f"cancel_{kind}_s": cancelled(desk, kind) for kind in KINDS}
    found["cancel_s"] = max(found[f"cancel_{kind}_s"] for kind in KINDS)
    window.close()
    start.close()
    app.processEvents()
    return {key: round(value, 3) for key, value in found.items()}


def bare() -> dict[str, float]:
    """Gaps beside a process that computes and tells nothing."""
    other = multiprocessing.get_context("spawn").Process(target=compute, daemon=True)
    other.start()
    rest(3.0)
    gaps = gaps_until(time_over(BARE_S))
    other.kill()
    other.join()
    return {"bare_gap_ms": max(gaps), "bare_p99_ms": float(np.percentile(gaps, 99))}


def compute() -> None:
    """For ever, on one core, as nice as a job."""
    from explorer.work.job import NICENESS

    os.nice(NICENESS)
    numbers = np.random.default_rng(0).standard_normal((300, 300))
    while True:
        numbers = np.tanh(numbers @ numbers)


def fit(desk: Desk, kind: str) -> dict[str, float]:
    """Gaps while a map is made, from the wish to a second after it is done."""
    start, done = time.perf_counter(), [NEVER]
    choose(desk, kind, 0)

    def is_over() -> bool:
        shown = desk.window.map.shown
        if done[0] == NEVER and shown is not None and shown.choice.kind == kind:
            done[0] = time.perf_counter()
        return time.perf_counter() > done[0] + 1.0

    gaps = gaps_until(is_over)
    return {"gap_ms": max(gaps), "p99_ms": float(np.percentile(gaps, 99)), "fit_s": done[0] - start}


def cancelled(desk: Desk, kind: str) -> float:
    """Seconds from the click to the end of the process and the map before."""
    settling, before = desk.window.map.settling, desk.window.map.shown
    choose(desk, kind, 7)
    wait(lambda: bool(jobs()))
    until = time_over(SEEN_S)
    wait(lambda: not settling.stop.isHidden() or until())
    (process,) = jobs()
    start = time.perf_counter()
    settling.cancel.click()
    wait(lambda: not is_there(process) and desk.window.map.shown is before)
    return time.perf_counter() - start


def choose(desk: Desk, kind: str, seed: int) -> None:
    from explorer.projections import ProjectionChoice

    desk.store.change("Change the projection", projection=ProjectionChoice(kind, seed=seed))


def jobs() -> list[BaseProcess]:
    """The processes of jobs."""
    return [child for child in multiprocessing.active_children() if "job" in child.name]


def is_there(process: BaseProcess) -> bool:
    return bool(process.pid) and Path(f"/proc/{process.pid}").exists()


def gaps_until(is_over: Callable[[], bool]) -> list[float]:
    """Milliseconds between the beats of the event loop."""
    beats: list[float] = []
    wait(lambda: beats.append(time.perf_counter()) or is_over())  # type: ignore[func-returns-value]
    return [1e3 * (later - earlier) for earlier, later in pairwise(beats)]


def rest(seconds: float) -> None:
    wait(time_over(seconds))


def time_over(seconds: float) -> Callable[[], bool]:
    """Whether so long has passed since now."""
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() > end


def wait(is_over: Callable[[], bool]) -> None:
    """In the event loop, looking every 2 ms; a minute-long wait is an error."""
    from PySide6.QtCore import QEventLoop, Qt, QTimer

    loop, beat = QEventLoop(), QTimer(interval=2, timerType=Qt.TimerType.PreciseTimer)
    beat.timeout.connect(lambda: loop.quit() if is_over() else None)
    beat.start()
    QTimer.singleShot(PATIENCE_MS, lambda: loop.exit(1))
    if loop.exec():
        raise SystemExit("Nothing came.")


if __name__ == "__main__":
    main()
