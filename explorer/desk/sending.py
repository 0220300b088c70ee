"""What is taken along of the samples: a table of the selection, and the map for print."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from explorer.desk.background import Background
from explorer.desk.open_model import OpenModel
from explorer.errors import InputError
from explorer.export.map_svg import MapDrawing
from explorer.latents.arrays import Points
from explorer.latents.samples import LatentSet
from explorer.latents.selections import Indices, chosen
from explorer.session.store import Store
from explorer.ui.main_window import MainWindow
from explorer.work.job import Step

TABLES = "CSV (*.csv);;Parquet (*.parquet);;NumPy, with labels (*.npz);;NumPy, latents alone (*.npy)"
DRAWINGS = "PNG, 300 dpi (*.png);;SVG (*.svg)"
PRINT = 3000, 2250, 300  # pixels of 10 x 7.5 inches, and how many an inch


class Sending(QObject):
    """`table` maps the name of a deed to what is done. `carried()`: the state as text, for pictures to carry."""

    def __init__(
        self, store: Store, model: OpenModel, window: MainWindow, jobs: Background, carried: Callable[[], str]
    ) -> None:
        super().__init__()
        self._carried = carried
        self._store, self._model, self._window, self._jobs = store, model, window, jobs
        self.table: Mapping[str, Callable[[], None]] = {"save_samples": self._ask_table, "save_map": self._ask_map}

    def save_table(self, path: Path) -> None:
        """Write the selected samples, or all where nothing is selected, in the background. Raises InputError."""
        samples = self._model.samples()
        if samples is None or not len(samples):
            raise InputError("There are no samples to save.", "Open a model that brought some, or bring your own.")
        selection = self._store.state.selection
        indices = selection if len(selection) else chosen(np.arange(len(samples)))
        points = self._window.map.canvas.layers.points
        self._jobs.run(
            "save samples",
            write_table,
            path,
            samples,
            indices,
            points if len(points) == len(samples) else None,
            done=lambda _none: self._note(f"Saved {len(indices):,} samples in {path.name}."),
            title="Writing the samples",
        )

    def save_map(self, path: Path) -> None:
        """Write the map as it is seen, at print size, in the background. Raises InputError."""
        opened = self._model.opened
        drawing = None if opened is None else self._window.map.drawing(opened.card.name)
        if drawing is None:
            raise InputError("There is no map to save yet.", "Wait until it has come.")
        self._jobs.run(
            "save the map",
            write_map,
            path,
            drawing,
            self._carried(),
            done=lambda _none: self._note(f"Saved {path.name}, 10 x 7.5 inches."),
            title="Drawing the map",
        )

    def _ask_table(self) -> None:
        words = "Save the selected samples" if len(self._store.state.selection) else "Save all samples"
        path, kind = QFileDialog.getSaveFileName(self._window, words, "samples.csv", TABLES)
        if path:
            self.save_table(_with_ending(path, kind))

    def _ask_map(self) -> None:
        path, kind = QFileDialog.getSaveFileName(self._window, "Save map", "map.png", DRAWINGS)
        if path:
            self.save_map(_with_ending(path, kind))

    def _note(self, text: str) -> None:
        self._window.messages.show_note(text)


def _with_ending(path: str, kind: str) -> Path:
    """The path with the ending that was written, else that of the kind that was chosen."""
    given = Path(path)
    return given if given.suffix else given.with_suffix(kind.rpartition("*")[2].rstrip(")"))


def write_table(path: Path, samples: LatentSet, indices: Indices, points: Points | None, *, step: Step) -> None:
    """The job."""
    from explorer.export.sample_table import save_samples

    step(0, 1, "Writing the samples")
    save_samples(path, samples, indices, points)


def write_map(path: Path, drawing: MapDrawing, state: str, *, step: Step) -> None:
    """The job: an SVG, or a PNG painted from it."""
    from explorer.export.map_svg import svg_of
    from explorer.models.folder import write_bytes

    step(0, 1, "Drawing the map")
    text = svg_of(drawing).encode("utf-8")
    if path.suffix.lower() == ".svg":
        write_bytes(path, text)
    elif path.suffix.lower() == ".png":
        write_bytes(path, painted(text, state))
    else:
        raise InputError(f"A map is not written as '{path.suffix}'.", "Choose .png or .svg.")


def painted(svg: bytes, state: str = "") -> bytes:
    """A PNG of an SVG, at print size, that carries a state. In any thread: Qt paints on an image of its own."""
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    from explorer.export.pictures import STATE

    width, height, density = PRINT
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.setDotsPerMeterX(round(density / 0.0254))
    image.setDotsPerMeterY(round(density / 0.0254))
    image.fill(0xFFFFFFFF)
    image.setText(STATE, state)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(svg)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())
