"""Films: what an export costs over its parts, its memory, the window's gaps meanwhile; and how late frames are played.

The export is the window's: a thread encodes what the strip shows already, which is not decoded again. Bare: the same
latents decoded in batches in one process, and the same frames encoded by PyAV with the same options, one after the
other.

    python benchmarks/film.py
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import av
import numpy as np
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication
from timed_models import DIM, SIDE, TimedSource

import explorer
from explorer.desk.desk import Desk
from explorer.desk.open_model import OpenModel
from explorer.export.journey import pictures
from explorer.export.reels import Setting, write_reel
from explorer.latents.arrays import Images, Latents
from explorer.latents.paths import points, positions
from explorer.models import folder
from explorer.session.preferences import Preferences
from explorer.session.state import Pin, empty, frozen
from explorer.session.store import Store
from explorer.ui.main_window import MainWindow
from explorer.ui.path.export_dialog import Wish
from explorer.work.engine import Engine
from explorer.work.source import FolderSource

MODEL = "toonfaces-vae"
FRAMES, SHORT, LONG = 240, 100, 10_000
LONGEST = 256  # pixels of the longer side of the film
ROUNDS = 5
DECODE_MS, RATE, PLAYED_S = 10, 24.0, 5.0


def main() -> None:
    """Print the figures as one line of JSON; with a number, export so many frames and print the peak memory."""
    if len(sys.argv) > 1:
        print(json.dumps({"peak": peak_of(int(sys.argv[1]))}))
    else:
        print(json.dumps({**exporting(), **playing(), "memory": round(_peak(LONG) / _peak(SHORT), 3)}))


def exporting() -> dict[str, float]:
    """Seconds of an export over those of bare decoding and bare encoding; the longest gap of the window meanwhile."""
    app = QApplication.instance() or QApplication([])
    desk = _desk(FolderSource, str(folder.resolve(MODEL)))
    samples = desk.model.samples()
    assert samples is not None
    ends = samples.latents[[10, 200]]
    desk.store.change_path("Ends", waypoints=tuple(Pin(frozen(end)) for end in ends), frames=FRAMES, mode="once")
    _until(lambda: desk.window.path.film is not None)
    model, latents = explorer.open(MODEL, device="cpu"), points("spherical", ends, positions(FRAMES))
    beats: list[float] = []
    beat = QTimer(interval=2)
    beat.timeout.connect(lambda: beats.append(time.perf_counter()))
    ratios, gaps = [], []
    with tempfile.TemporaryDirectory() as place:
        for index in range(ROUNDS):
            beats.clear()
            beat.start()
            ours = _timed(lambda index=index: _export(desk, Path(place) / f"ours{index}.mp4"))  # type: ignore[misc]
            beat.stop()
            gaps.append(1e3 * float(np.diff(beats).max()))
            images = np.concatenate(list(pictures(latents, model.decode)))
            bare = _timed(lambda: [*pictures(latents, model.decode)])
            bare += _timed(lambda images=images: _encode(images, Path(place) / "bare.mp4"))  # type: ignore[misc]
            ratios.append(ours / bare)
    desk.window.close()
    desk.close()
    app.processEvents()
    return {"export": round(median(ratios), 3), "gap_ms": round(median(gaps), 1)}


def playing() -> dict[str, float]:
    """Frames, in percent, that come over a frame interval late, of a path that nobody decoded yet: median of rounds."""
    desk = _desk(TimedSource, str(DECODE_MS))
    rounds = [_late(desk, seed) for seed in range(ROUNDS)]
    desk.window.close()
    desk.close()
    return {"late_percent": round(100 * median(rounds), 2)}


def _late(desk: Desk, seed: int) -> float:
    ends = np.random.default_rng(seed).standard_normal((2, DIM)).astype(np.float32)
    shown: list[float] = []
    note = desk.live.shown.connect(lambda _image: shown.append(time.perf_counter()))
    frames = int(PLAYED_S * RATE)
    pins = tuple(Pin(frozen(end)) for end in ends)
    desk.store.change_path("Ends", waypoints=pins, frames=frames, rate=RATE, mode="once", kind="linear", position=None)
    shown.clear()
    started = time.perf_counter()
    desk.window.path.play()
    _until(lambda: not desk.window.path.is_playing)
    desk.live.shown.disconnect(note)
    due = started + np.arange(frames) / RATE
    return sum(not any(at - 1e-3 <= one <= at + 1 / RATE for one in shown) for at in due) / frames


def peak_of(frames: int) -> int:
    """Peak memory in bytes of an export of pictures of 256 x 256 that are made as they are wanted."""
    noise = np.random.default_rng(0).integers(0, 255, (SIDE, SIDE, 3), np.uint8)

    def decode(latents: Latents) -> Images:
        return np.stack([np.roll(noise, int(one), axis=0) // 2 + 64 for one in latents[:, 0]]).astype(np.uint8)

    latents = np.arange(frames, dtype=np.float32)[:, None]
    with tempfile.TemporaryDirectory() as place:
        write_reel(pictures(latents, decode), Path(place) / "film.mp4", Setting(Fraction(24)))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _peak(frames: int) -> float:
    done = subprocess.run([sys.executable, __file__, str(frames)], capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout.splitlines()[-1])["peak"])


def _export(desk: Desk, path: Path) -> None:
    desk.filming.export(path, Wish(".mp4", LONGEST))
    _until(path.exists)


def _encode(images: Images, path: Path) -> None:
    """What a script would do: scale and encode, with the options of the export."""
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=24, options={"crf": "14", "preset": "veryfast"})
        stream.width = stream.height = LONGEST
        stream.pix_fmt = "yuv420p"
        for image in images:
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            film.mux(stream.encode(frame.reformat(LONGEST, LONGEST, "yuv420p", interpolation="POINT")))
        film.mux(stream.encode(None))


def _desk(source: type, path: str) -> Desk:
    window, store, engine = MainWindow(), Store(empty()), Engine(source)
    model = OpenModel(store, engine)
    for _step in window.furnish(store):
        pass
    desk = Desk(window, store, model, engine, Preferences(welcome_seen=True), greet=False)
    window.show()
    model.switch(path)
    _until(lambda: model.opened is not None and window.stage.picture_shown is not None)
    return desk


def _timed(deed: Callable[[], object]) -> float:
    start = time.perf_counter()
    deed()
    return time.perf_counter() - start


def _until(is_so: Callable[[], bool]) -> None:
    loop, watch = QEventLoop(), QTimer(interval=2)
    watch.timeout.connect(lambda: loop.quit() if is_so() else None)
    watch.start()
    loop.exec()
    watch.stop()


if __name__ == "__main__":
    main()
