"""The grid as a picture for print: the tiles of the view, decoded once more and whole, drawn with their axes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from explorer.desk.background import Background
from explorer.desk.open_model import OpenModel
from explorer.errors import InputError
from explorer.latents.arrays import Images, Latents
from explorer.models.base import Card
from explorer.session.state import Seat
from explorer.ui.main_window import MainWindow
from explorer.ui.map.grid_view import GridView
from explorer.work.engine import Engine
from explorer.work.job import Step
from explorer.work.messages import Decoded, Opened

TITLE = "Decoding the grid"


@dataclass(eq=False)
class Sheet:
    """A sheet in the making; `images` is filled as pictures come. `number` never repeats."""

    number: int
    view: GridView
    path: Path
    card: Card
    state: str
    images: Images
    missing: int


class GridPaper(QObject):
    """`table` maps the name of a deed to what is done. One sheet at a time; cancel drops it.

    `carried()`: the state as text, for the picture to carry."""

    def __init__(
        self,
        engine: Engine,
        model: OpenModel,
        window: MainWindow,
        jobs: Background,
        carried: Callable[[], str],
    ) -> None:
        super().__init__()
        self._carried = carried
        self._engine, self._model, self._window, self._jobs = engine, model, window, jobs
        self._sheet: Sheet | None = None
        self._begun = 0
        self.table: Mapping[str, Callable[[], None]] = {"save_grid": self._ask_save}
        window.maps.grid_save_wanted.connect(self._ask_save)
        window.status.cancel_wanted.connect(self._cancel)
        engine.decoded.connect(self._take)
        model.changed.connect(self._drop)

    def save(self, path: Path, seat: Seat = "first") -> None:
        """Write the grid of a map's view to a PNG, in the background. Raises InputError while there is no grid."""
        view, opened = self._view(seat), self._model.opened
        assert opened is not None
        self._jobs.run(
            "grid sheet",
            lifted,
            view,
            done=lambda latents: self._decode(opened, view, path, latents),
        )

    def _view(self, seat: Seat) -> GridView:
        panel = self._window.maps.panel(seat)
        view = None if panel is None else panel.grid_view()
        if view is None or self._model.opened is None:
            raise InputError("There is no grid to save.", "Show it first: press G, or click Grid above the map.")
        return view

    def _ask_save(self, seat: Seat = "first") -> None:
        self._view(seat)
        path, _kind = QFileDialog.getSaveFileName(self._window, "Save grid", "grid.png", "PNG (*.png)")
        if path:
            self.save(Path(path).with_suffix(".png"), seat)

    def _decode(self, opened: Opened, view: GridView, path: Path, latents: Latents) -> None:
        if opened is not self._model.opened:
            return
        images = np.zeros((len(latents), *opened.card.image_shape), np.uint8)
        self._begun += 1
        self._sheet = Sheet(self._begun, view, path, opened.card, self._carried(), images, len(latents))
        self._window.status.show_progress(TITLE, 0.0, can_cancel=True)
        self._model.ask_pictures("sheet", latents, [(self._begun, seat) for seat in range(len(latents))])

    def _take(self, decoded: Decoded) -> None:
        sheet = self._sheet
        if sheet is None or decoded.purpose != "sheet":
            return
        marks = cast(tuple[tuple[int, int], ...], decoded.marks)
        if marks[0][0] != sheet.number:
            return  # of one that was asked for before
        sheet.images[[seat for _number, seat in marks]] = decoded.images
        sheet.missing -= len(decoded.images)
        self._window.status.show_progress(TITLE, 1 - sheet.missing / len(sheet.images), can_cancel=True)
        if not sheet.missing:
            self._sheet = None
            self._window.status.show_rest()
            self._jobs.run(
                "grid sheet",
                drawn,
                sheet,
                done=lambda _none: self._window.messages.show_note(f"Saved {sheet.path.name}."),
                title="Drawing the grid",
            )

    def _cancel(self) -> None:
        if self._sheet is not None:
            self._engine.forget("sheet")
            self._drop()

    def _drop(self, _opened: object = None) -> None:
        if self._sheet is not None:
            self._sheet = None
            self._window.status.show_rest()


def lifted(view: GridView, *, step: Step) -> Latents:
    """The latents of a view, float32 (n, d): the job."""
    step(0, 1, "Lifting the grid")
    return view.projection.lift(view.places.astype(np.float32), view.current)


def drawn(sheet: Sheet, *, step: Step) -> None:
    """Draw the sheet and write it: the job."""
    from explorer.export.grid_sheet import GridContent, grid_sheet, save_print

    step(0, 1, "Drawing the grid")
    view = sheet.view
    content = GridContent(
        sheet.images,
        view.columns,
        view.rows,
        sheet.card.name,
        f"{view.columns} x {view.rows} places of the map, decoded: {view.projection.lift_name}",
        view.projection.axis_names,
        view.across,
        view.up,
        view.tint,
    )
    save_print(grid_sheet(content), sheet.path, sheet.state)
