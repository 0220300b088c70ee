"""`latent-explorer bench`: what performance claims rest on, measured here and set against what is to be reached.

Each benchmark runs in a process of its own, so that none warms up another, and prints its figures as one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from explorer import places
from explorer.errors import ExplorerError, InputError

PATIENCE = 900.0
"""Seconds that one benchmark may take."""


@dataclass(frozen=True)
class Goal:
    """One row of the table: the figure `key` of a benchmark, at most (or at least) `reach`."""

    what: str
    measure: str
    key: str
    reach: float
    unit: str = ""
    at_least: bool = False

    def is_reached(self, value: float) -> bool:
        """Whether a figure is good enough."""
        return value >= self.reach if self.at_least else value <= self.reach

    def reach_in_words(self) -> str:
        """'at most 150 ms'."""
        return f"at {'least' if self.at_least else 'most'} {self.reach:g}{self.unit}"


GOALS: Mapping[str, tuple[Goal, ...]] = {
    "start": (
        Goal("start", "to the first painted window, over importing torch, sklearn, pyqtgraph", "ratio", 0.12),
        Goal("answering", "longest gap of the window while torch and the model load", "gap_ms", 150, " ms"),
    ),
    "live": (
        *(
            Goal("live", f"slider to painted picture, d = {d} ms: {rank} over {factor} d + 17 ms", f"{rank}_{d}", 1)
            for d in (2, 20, 200)
            for rank, factor in (("p50", "1.5"), ("p95", "2"))
        ),
        Goal(
            "live", "pictures in a drag, over bare decodes (fewest of the three d)", "fewest_pictures", 0.85, "", True
        ),
        Goal("smooth", "longest gap of the window during a drag", "longest_gap_ms", 50, " ms"),
    ),
    "twin": (Goal("live", "one latent on the CPU, one thread, over eager torch (slowest model)", "ratio", 0.5),),
    "map": (Goal("map", "CPU of a pan frame with 100,000 points, over pyqtgraph's scatter", "ratio", 0.05),),
    "grid": (
        Goal("grid", "20 x 20 tiles to complete, over decoding the same latents in bare batches", "complete", 1.12),
        Goal("grid", "the first coarse picture, over the same", "coarse", 0.1),
        Goal("grid", "longest gap of the window while the tiles come", "gap_ms", 50, " ms"),
    ),
    "concepts": (
        Goal("concepts", "a drop into buckets of 200: arrow and numbers (slowest method)", "drop_ms", 100, " ms"),
        Goal("concepts", "sixteen samples under one slider, over their bare decode", "beside", 1.15),
        Goal("concepts", "held-out AUC over what is asked (least of thirteen)", "auc", 1, "", at_least=True),
        Goal("concepts", "held-out samples on which +2 acts (least of five concepts)", "acts", 0.95, "", at_least=True),
        Goal("concepts", "largest side effect over the effect, after the mend", "others", 0.25),
    ),
    "million": (
        Goal("map", "CPU of a pan frame with 1,000,000 points, over pyqtgraph's scatter (means)", "pan", 1 / 30),
        Goal("map", "CPU of other colours for 1,000,000 points, over the same (means)", "recolour", 0.01),
        Goal("map", "median frame of a pan with 1,000,000 points", "frame_ms", 33, " ms"),
        Goal("map", "which of 1,000,000 points is under the cursor: median", "hit_ms", 0.2, " ms"),
    ),
    "settling": (
        Goal("smooth", "longest gap of the window while t-SNE of 10,000 x 64 is made", "gap_ms", 50, " ms"),
        Goal("smooth", "99 of 100 of these gaps", "p99_ms", 16.7, " ms"),
        Goal("map", "from Cancel to a free core (slowest of t-SNE, UMAP, PaCMAP)", "cancel_s", 1, " s"),
    ),
    "lift": (
        Goal(
            "map", "error of a lift between neighbours, over the best of five estimates (worst map)", "over_best", 1.1
        ),
        Goal("map", "the error that is told, off the one measured, of the samples' spread (worst)", "told", 0.05),
        Goal("map", "one lift between neighbours: median (slowest map)", "lift_ms", 1, " ms"),
    ),
    "memory": (Goal("map", "peak memory for 1,000,000 samples of 64 dimensions, over their latents", "ratio", 1.6),),
    "film": (
        Goal(
            "film",
            "export of the 240 frames in the strip, over bare decoding plus bare encoding of them",
            "export",
            1.15,
        ),
        Goal("film", "peak memory of an export of 10,000 frames of 256 x 256, over 100", "memory", 1.2),
        Goal("film", "played frames over one interval late, d = 10 ms", "late_percent", 1, " %"),
        Goal("smooth", "longest gap of the window during an export", "gap_ms", 50, " ms"),
    ),
    "travel": (
        Goal("path", "largest over median change, even speed over plain (worst model)", "even", 0.5),
        Goal("path", "picture length of the geodesic over the straight line (50 pairs)", "geodesic", 0.95),
    ),
    "inversion": (
        Goal("inversion", "a step of the search, eight starts, over bare torch (slowest model)", "step", 1.2),
        Goal("inversion", "a whole search for a picture, over 300 such bare steps (slowest model)", "whole", 1),
    ),
    "opening": (
        Goal("opening", "a torch file of 1 GB to its first picture, over torch.load", "torch_time", 1.2),
        Goal("opening", "the same in safetensors, over its library", "safetensors_time", 1.2),
        Goal("opening", "peak memory of opening it, over its weights", "memory", 1.3),
        Goal("opening", "from the drop of it on the window to its card", "card_seconds", 1, " s"),
        Goal("opening", "longest gap of the window until it can be explored", "gap_ms", 50, " ms"),
    ),
    "weight": (Goal("weight", "peak memory of opening a model, over its weights (heaviest)", "ratio", 3),),
}
"""The table of benchmarks: a file in benchmarks/ and what its figures are held to."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Which ones."""
    parser.add_argument("--only", metavar="NAMES", help=f"some of them, with commas: {','.join(GOALS)}")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")


def run(options: argparse.Namespace) -> int:
    """Measure and print; 1 when a goal was missed."""
    names = options.only.split(",") if options.only else list(GOALS)
    unknown = [name for name in names if name not in GOALS]
    if unknown:
        raise InputError(f"There is no benchmark {unknown[0]}.", f"There are: {', '.join(GOALS)}.")
    folder = _folder()
    print(f"Measured on {machine()}.\n", flush=True)
    layout = "| {:9s} | {:74s} | {:>10s} | {:16s} | {:6s} |" if options.markdown else "{:9s} {:74s} {:>10s}  {:16s} {}"
    print(layout.format("what", "measure", "here", "reach", ""))
    if options.markdown:
        print("|---|---|---:|---|---|")
    missed = 0
    for name in names:
        for goal, value in _rows(name, folder):
            verdict = "reached" if goal.is_reached(value) else "missed"
            missed += verdict == "missed"
            here = f"{value:.3g}{goal.unit}"
            print(layout.format(goal.what, goal.measure, here, goal.reach_in_words(), verdict), flush=True)
    return 1 if missed else 0


def _folder() -> Path:
    folder = places.PACKAGE.parent / "benchmarks"
    if not folder.is_dir():
        raise ExplorerError("The benchmarks are not part of an installation.", "Run `make bench` in a checkout.")
    return folder


def _rows(name: str, folder: Path) -> Iterator[tuple[Goal, float]]:
    figures = figures_of(folder / f"{name}.py")
    for goal in GOALS[name]:
        yield goal, float(str(figures[goal.key]))


def figures_of(script: Path) -> Mapping[str, object]:
    """The last line of JSON that a benchmark prints."""
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False, env=environment, timeout=PATIENCE
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise RuntimeError(f"{script.name} printed no figures:\n{done.stderr[-2000:]}")
    figures: dict[str, object] = json.loads(lines[-1])
    return figures


def machine() -> str:
    """Processor, cores and versions, for a reader of the table."""
    return f"{processor()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def processor() -> str:
    """The name of the processor, as far as the system tells."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
