"""Opening a checkpoint of others of 1 GB: time and peak memory over the bare library, and how soon its card is there.

The same weights as a torch file and as safetensors. Bare: the library loads them, they are put into a network that
stands ready, and it makes one picture; ours: the file is opened, recognised, built, and makes one picture. Each in a
process of its own, after the imports, in turn; medians. Peak memory as the kernel counts it, over the weights. The
card: from the drop on the window to the words about the file, and the longest gap of the window's loop from the drop
until the model can be explored.

    python benchmarks/opening.py [MEGABYTES]
"""

from __future__ import annotations

import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn

WIDTH, DIM, SIDE = 11_000, 100, 28
ROUNDS = 3


def main() -> None:
    """Print the figures as one line of JSON."""
    if sys.argv[1:2] == ["--once"]:
        print(json.dumps(once(sys.argv[2], Path(sys.argv[3]), float(sys.argv[4]))))
        return
    if sys.argv[1:2] == ["--card"]:
        print(json.dumps(card(Path(sys.argv[2]))))
        return
    megabytes = float(sys.argv[1]) if len(sys.argv) > 1 else 1000.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = written(folder, megabytes)
        figures: dict[str, float] = {}
        for kind, file in files.items():
            turns = [
                (_apart("--once", "bare", file, megabytes), _apart("--once", "ours", file, megabytes))
                for _ in range(ROUNDS)
            ]
            bare, ours = (statistics.median(turn[place]["seconds"] for turn in turns) for place in (0, 1))
            figures |= {f"{kind}_time": round(ours / bare, 3), f"{kind}_seconds": ours, f"{kind}_bare_seconds": bare}
            figures[f"{kind}_memory"] = max(turn[1]["memory"] for turn in turns)
        figures |= _apart("--card", files["torch"])
    figures["memory"] = max(figures["torch_memory"], figures["safetensors_memory"])
    print(json.dumps(figures))


def network(megabytes: float) -> nn.Module:
    """A fully connected generator in the spelling of a well-known collection, of about that size in float32."""
    from torch import nn

    count = max(1, round(megabytes * 1e6 / 4 / WIDTH**2)) if megabytes > 400 else 1
    width = round((megabytes * 1e6 / 4 / count) ** 0.5)
    widths = [128, *[width] * (count + 1)]
    layers: list[nn.Module] = [nn.Linear(DIM, 128), nn.LeakyReLU(0.2)]
    for given, made in itertools.pairwise(widths):
        layers += [nn.Linear(given, made), nn.BatchNorm1d(made, 0.8), nn.LeakyReLU(0.2)]
    layers += [nn.Linear(width, SIDE**2), nn.Tanh()]
    whole = nn.Module()
    whole.model = nn.Sequential(*layers)
    return whole.eval()


def written(folder: Path, megabytes: float) -> dict[str, Path]:
    """The same weights in both containers."""
    import torch
    from safetensors.torch import save_file

    state = network(megabytes).state_dict()
    files = {"torch": folder / "generator.pt", "safetensors": folder / "generator.safetensors"}
    torch.save(state, files["torch"])
    save_file(state, files["safetensors"])
    return files


def _apart(what: str, *arguments: object) -> dict[str, float]:
    command = [sys.executable, __file__, what, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def once(how: str, file: Path, megabytes: float) -> dict[str, float]:
    """Seconds to the first picture, and the peak beyond the imports over the weights. In a process of its own."""
    import torch

    with tempfile.TemporaryDirectory() as name:
        small = written(Path(name), 1.0)["torch" if file.suffix == ".pt" else "safetensors"]
        _first_picture(how, small, 1.0)  # what the libraries do at first use
    with torch.device("meta"):
        net = network(megabytes)
    before, start = _peak(), time.perf_counter()
    _first_picture(how, file, megabytes, net)
    seconds = time.perf_counter() - start
    return {"seconds": round(seconds, 4), "memory": round((_peak() - before) / file.stat().st_size, 3)}


def _first_picture(how: str, file: Path, megabytes: float, net: nn.Module | None = None) -> None:
    import torch
    from safetensors.torch import load_file

    from explorer.models.foreign.opening import open_foreign

    if how == "ours":
        model = open_foreign(file)
        model.decode(model.sample(1, seed=0))
        return
    state = torch.load(file, weights_only=True) if file.suffix == ".pt" else load_file(file)
    ready = network(megabytes) if net is None else net
    ready.load_state_dict(state, assign=True)
    with torch.inference_mode():
        ready.model(torch.randn(1, DIM))  # type: ignore[operator, union-attr]


def card(file: Path) -> dict[str, float]:
    """Seconds from the drop to the words about the file, and the window's longest gap until it can be explored, ms."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"XDG_CACHE_HOME": home, "XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home}
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication

        from explorer.desk.desk import Desk
        from explorer.desk.open_model import OpenModel
        from explorer.session.preferences import Preferences
        from explorer.session.state import empty
        from explorer.session.store import Store
        from explorer.ui.main_window import MainWindow
        from explorer.work.engine import Engine

        app = QApplication.instance() or QApplication([])
        window, store, engine = MainWindow(), Store(empty()), Engine()
        model = OpenModel(store, engine)
        for _step in window.furnish(store):
            app.processEvents()
        desk = Desk(window, store, model, engine, Preferences(welcome_seen=True), greet=False)
        window.show()
        arriving = desk.papers.arriving
        app.processEvents()
        beats: list[float] = []
        clock = QTimer(interval=5)
        clock.timeout.connect(lambda: beats.append(time.perf_counter()))
        clock.start()
        start = time.perf_counter()
        window.dropped.emit(str(file))
        assert arriving.card is not None
        seen = ready = 0.0
        while not ready and time.perf_counter() - start < 120:
            app.processEvents()
            time.sleep(0.001)
            if not seen and "tensors," in arriving.card.text:
                seen = time.perf_counter() - start
            if arriving.card.ready:
                ready = time.perf_counter() - start
        desk.close()
        gaps = [after - before for before, after in itertools.pairwise(beats)]
        return {"card_seconds": round(seen, 3), "ready_seconds": round(ready, 2), "gap_ms": round(1e3 * max(gaps), 1)}


def _peak() -> float:
    status = Path("/proc/self/status")
    if not status.is_file():
        raise SystemExit("This benchmark reads what Linux counts.")  # getrusage counts the parent's peak as the child's
    line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024.0


if __name__ == "__main__":
    main()
