"""Memory of 1,000,000 samples of 64 dimensions in the whole program, over the size of their latents.

A window and its engine open a model folder with so many samples, map them, pan, zoom, hover and colour them. Its peak
is the largest sum of what the kernel counts as the share of both processes (PSS: a page of two processes counts half
in each), looked at every 30 ms from outside. What the same takes with 2,000 samples is taken away from it.

    python benchmarks/memory.py [samples]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COUNT, FEW, DIM = 1_000_000, 2_000, 64
INTERVAL = 0.03  # seconds


def main() -> None:
    """Print the figures as one line of JSON."""
    if sys.argv[1:2] == ["--open"]:
        use(Path(sys.argv[2]))
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with tempfile.TemporaryDirectory() as name:
        few, many = (make(Path(name) / str(number), number) for number in (FEW, count))
        base, peak = peak_mb(few), peak_mb(many)
    latents = count * DIM * 4 / 1e6
    figures = {"ratio": (peak - base) / latents, "latents_mb": latents, "peak_mb": peak, "base_mb": base}
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


def make(folder: Path, count: int) -> Path:
    """A tiny model with weights at random, and `count` samples with two labels."""
    import numpy as np
    import weight

    from explorer.latents.samples import Labels, LatentSet
    from explorer.models.folder import write_samples

    weight.make(folder, "vae", weight.vae([2], latent_dim=DIM), DIM, ("z",), (8, 8, 1))
    latents = np.random.default_rng(0).standard_normal((count, DIM), dtype=np.float32)
    labels = (
        Labels("kind", np.arange(count) % 8, tuple("abcdefgh")),
        Labels("first", latents[:, 0].copy()),
    )
    write_samples(folder, [LatentSet("z", latents, labels=labels)])
    return folder


def peak_mb(folder: Path) -> float:
    """Megabytes of the program and its processes at their most."""
    home = {f"XDG_{kind}_HOME": str(folder.parent / "home") for kind in ("CONFIG", "CACHE", "DATA", "STATE")}
    environment = {**os.environ, **home, "QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1"}
    program = subprocess.Popen([sys.executable, __file__, "--open", str(folder)], env=environment)
    peak = 0.0
    while program.poll() is None:
        peak = max(peak, sum(_pss_mb(one) for one in _family(program.pid)))
        time.sleep(INTERVAL)
    if program.returncode:
        raise SystemExit(f"The program ended with code {program.returncode}.")
    return peak


def use(folder: Path) -> None:
    """In a process of its own: open a model, and do what is done with a map."""
    from PySide6.QtCore import QPointF
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from explorer.app import Start
    from explorer.session.preferences import Preferences
    from explorer.ui.main_window import MainWindow

    app = QApplication([])
    window = MainWindow()
    start = Start(window, Preferences(welcome_seen=True), str(folder))
    window.show()
    while start.desk is None or start.desk.model.samples() is None:
        QTest.qWait(20)
    from explorer.ui.map.canvas import MapCanvas

    canvas, desk = window.findChildren(MapCanvas)[0], start.desk
    desk.engine._make_twin = lambda *_told: None  # type: ignore[method-assign]  # exporting has nothing to do with samples
    while not len(canvas.layers.points):
        QTest.qWait(20)
    for name in ("first", "kind", "first"):
        desk.store.change("Colour", colour=name)
        canvas.reset_view()
        for _ in range(30):
            canvas.pan(20, 5)
            canvas.zoom(1.1)
            canvas.hover(QPointF(300, 200))
            QTest.qWait(10)
    QTest.qWait(1000)  # the quality of the map is measured, pictures come
    window.close()
    start.close()
    app.processEvents()


def _family(pid: int) -> list[int]:
    """A process and those that it started."""
    try:
        started = [(task / "children").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:  # over by now
        return []
    return [pid, *(one for text in started for child in text.split() for one in _family(int(child)))]


def _pss_mb(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) * 1024 / 1e6


if __name__ == "__main__":
    main()
