"""A stop of the tour: what the model makes of every place of the map."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from explorer import projections
from explorer.commands.tour_subject import Subject, few, ordinary
from explorer.export.grid_sheet import GridContent, Tick, grid_sheet, save_print
from explorer.export.lettering import DARK
from explorer.export.ticks import labelled

SIDE = 16
LONGEST = 1600  # pixels
SHOWN = (1, 99)  # percentiles of the samples along each axis


def show_grid(subject: Subject, out: Path) -> Iterator[tuple[Path, str]]:
    """The plane of the map, decoded on a grid, with its axes."""
    samples = few(subject.samples)
    choice = projections.choices(samples.dim)
    if not choice:
        return
    projection = projections.fit(samples, choice[0])
    points = projection.place(samples.latents)
    low, high = np.percentile(points, SHOWN, axis=0)
    half = float((high - low).max()) / 2
    steps = np.linspace(-half, half, SIDE)
    across, up = (low + high)[:, None] / 2 + steps
    places = np.stack([part.ravel() for part in np.meshgrid(across, up)], axis=1).astype(np.float32)
    content = GridContent(
        subject.decode(projection.lift(places, ordinary(subject))),
        SIDE,
        SIDE,
        f"{subject.card.name}: the grid",
        f"{SIDE} x {SIDE} places of the map, decoded: {projection.lift_name}",
        projection.axis_names,
        _ticks(across),
        _ticks(up),
    )
    save_print(grid_sheet(content, LONGEST, DARK), out / "grid.png")
    yield out / "grid.png", "the map's plane, decoded place by place"


def _ticks(positions: np.ndarray) -> list[Tick]:
    """Ticks at round numbers, counted in columns."""
    step = positions[1] - positions[0]
    return [(float((value - positions[0]) / step), text) for value, text in labelled(positions[0], positions[-1])]
