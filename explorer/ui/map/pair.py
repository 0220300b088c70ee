"""One map, or two side by side: the same samples, each in its own projection, linked by hover, selection and view."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget

from explorer.projections import ProjectionChoice
from explorer.session.state import Seat, State
from explorer.session.store import Store
from explorer.ui.map.camera import Camera
from explorer.ui.map.panel import MapPanel
from explorer.ui.map.picking import Tool
from explorer.work.messages import Opened


class MapPair(QWidget):
    """`stop_wanted(seat)`, `cancel_wanted(seat)`: of the map that is being made.

    `thumbnails_wanted(indices)`: samples whose pictures either map has room for. `glance_wanted(sample)`: the one under
    the cursor.

    `grid_wanted(seat, latents or None, marks)`, `values_wanted(seat, latents or None, marks)`, `placed(seat, points)`,
    `grid_save_wanted(seat)`, `pin_wanted()`, `pictures_wanted()`: what a panel says, and which.

    The second map is built when it is first wanted, and rests without a model while it is not.
    """

    stop_wanted = Signal(str)
    cancel_wanted = Signal(str)
    thumbnails_wanted = Signal(object)
    glance_wanted = Signal(int)
    grid_wanted = Signal(str, object, object)
    values_wanted = Signal(str, object, object)
    placed = Signal(str, object)
    grid_save_wanted = Signal(str)
    pin_wanted = Signal()
    pictures_wanted = Signal()

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._opened: Opened | None = None
        self._values: tuple[str, NDArray[np.float32]] | None = None  # of the samples, as measured last
        self._wanted: dict[Seat, list[int]] = {}
        self.linked = True  # whether the view of one is that of the other, where the axes agree
        self.first = MapPanel(store)
        self._second: MapPanel | None = None
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.first)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._splitter)
        self._join(self.first, "first")
        store.listen(self._show_change)

    def panel(self, seat: Seat) -> MapPanel | None:
        """The map in a seat; None where there is none."""
        if seat == "first":
            return self.first
        return self._second if self._store.state.second is not None else None

    def show_model(self, opened: Opened | None) -> None:
        """Another model, or none."""
        self._opened, self._values = opened, None
        self.first.show_model(opened)
        if self._second is not None and self._store.state.second is not None:
            self._second.show_model(opened)

    @property
    def panels(self) -> tuple[MapPanel, ...]:
        """The maps on show, the first one first."""
        second = self.panel("second")
        return (self.first,) if second is None else (self.first, second)

    def toggle_grid(self) -> None:
        """The decoded grid, on or off, on all maps. A way of looking: undo does not know it."""
        on = not self.first.grid_setting.on
        for panel in self.panels:
            panel.show_grid_setting(replace(panel.grid_setting, on=on))

    def take_tool(self, tool: Tool) -> None:
        """What the hand holds on the maps."""
        for panel in self.panels:
            panel.take_tool(tool)

    def toggle(self) -> None:
        """A second map beside the first, or none: it begins with another kind than the first."""
        state = self._store.state
        if state.second is not None:
            self._store.change("Close the second map", second=None)
        elif self._opened is not None:
            kind = "axes" if state.projection.kind == "pca" else "pca"
            self._store.change("Open a second map", second=ProjectionChoice(kind))

    def reset_view(self) -> None:
        """Show all samples, on both."""
        self.first.reset_view()
        if self._second is not None:
            self._second.reset_view()

    def show_thumbnails(self, marks: tuple[int, ...], images: object) -> None:
        """Pictures of samples: of use for both."""
        for seat in ("first", "second"):
            panel = self.panel(seat)
            if panel is not None:
                panel.show_thumbnails(marks, images)  # type: ignore[arg-type]

    def show_values(self, name: str, values: NDArray[np.float32]) -> None:
        """Numbers of all samples, float32 (n,), that colour both maps; `name` is that of the quantity."""
        self._values = name, values
        self.first.show_values(name, values)
        if self._second is not None and self._store.state.second is not None:
            self._second.show_values(name, values)

    def _show_change(self, old: State, new: State) -> None:
        if (old.second is None) == (new.second is None) and self._second is not None:
            return
        self._show_second(new.second is not None)

    def _show_second(self, is_there: bool) -> None:
        if is_there and self._second is None:
            self._second = MapPanel(self._store, "second")
            self._splitter.addWidget(self._second)
            self._join(self._second, "second")
            self._second.show_look(self.first.look)
            self._second.show_grid_setting(self.first.grid_setting)
            self._second.take_tool(self.first.canvas.picking.tool)
        self.first.bar.show_beside(is_there)
        if self._second is None:
            return
        self._second.setVisible(is_there)
        self._second.show_model(self._opened if is_there else None)
        self._wanted.pop("second", None)
        if is_there and self._values is not None:
            self._second.show_values(*self._values)
        if is_there:
            self._splitter.setSizes([1000, 1000])

    def _join(self, panel: MapPanel, seat: Seat) -> None:
        panel.settling.stop_wanted.connect(lambda: self.stop_wanted.emit(seat))
        panel.settling.cancel_wanted.connect(lambda: self.cancel_wanted.emit(seat))
        panel.thumbnails_wanted.connect(lambda indices: self._ask_thumbnails(seat, indices))
        panel.glance_wanted.connect(self.glance_wanted)
        panel.grid_wanted.connect(lambda latents, marks: self.grid_wanted.emit(seat, latents, marks))
        panel.values_wanted.connect(lambda latents, marks: self.values_wanted.emit(seat, latents, marks))
        panel.placed.connect(lambda points: self.placed.emit(seat, points))
        panel.grid_save_wanted.connect(lambda: self.grid_save_wanted.emit(seat))
        panel.pin_wanted.connect(self.pin_wanted)
        panel.canvas.vacancy.wanted.connect(self.pictures_wanted)
        panel.canvas.picking.tool_changed.connect(self.take_tool)
        panel.bar.beside_wanted.connect(self.toggle)
        panel.bar.link_wanted.connect(self._link)
        panel.canvas.telling.ringed_changed.connect(lambda sample: self._ring_other(seat, sample))
        panel.canvas.looked.connect(lambda camera: self._look_other(seat, camera))

    def _ask_thumbnails(self, seat: Seat, indices: list[int]) -> None:
        """One list for both, for the newer list stands in for the older one."""
        self._wanted[seat] = list(indices)
        both = [*self._wanted.get("first", ()), *self._wanted.get("second", ())]
        self.thumbnails_wanted.emit(list(dict.fromkeys(both)))

    def _other(self, seat: Seat) -> MapPanel | None:
        return self.panel("second" if seat == "first" else "first")

    def _ring_other(self, seat: Seat, sample: int | None) -> None:
        other = self._other(seat)
        if other is not None:
            other.canvas.show_twin(sample)

    def _link(self, is_linked: bool) -> None:
        self.linked = is_linked

    def _look_other(self, seat: Seat, camera: Camera) -> None:
        """The same part of every axis that both have."""
        this, other = self.panel(seat), self._other(seat)
        if not self.linked or this is None or other is None or this.shown is None or other.shown is None:
            return
        across, up = (
            mine == theirs and bool(mine)
            for mine, theirs in zip(this.shown.axis_names, other.shown.axis_names, strict=True)
        )
        there = other.canvas.camera
        if across or up:
            x, y = camera.x if across else there.x, camera.y if up else there.y
            other.canvas.show_twin_camera(replace(there, x=x, y=y, scale=camera.scale))
