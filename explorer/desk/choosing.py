"""What is selected, by keys and menus: all, nothing, the others; and the tools of the map."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from PySide6.QtCore import QObject

from explorer.desk.open_model import OpenModel
from explorer.errors import InputError
from explorer.latents.selections import NONE, Indices, Only, chosen, same, without
from explorer.session.store import Store
from explorer.ui.main_window import MainWindow


class Choosing(QObject):
    """`table` maps the name of a deed to what is done."""

    def __init__(self, store: Store, model: OpenModel, window: MainWindow) -> None:
        super().__init__()
        self._store, self._model = store, model
        self.table: Mapping[str, Callable[[], None]] = {
            "select_all": lambda: self._select("Select all", self._shown),
            "select_none": lambda: self._select("Select nothing", NONE),
            "select_others": lambda: self._select("Select the others", without(self._shown, store.state.selection)),
            "show_only": self._show_only,
            "tool_pan": lambda: window.maps.take_tool("pan"),
            "tool_lasso": lambda: window.maps.take_tool("lasso"),
            "tool_box": lambda: window.maps.take_tool("box"),
            "tool_brush": lambda: window.maps.take_tool("brush"),
        }

    @property
    def _shown(self) -> Indices:
        """The samples that are not hidden."""
        samples, only = self._model.samples(), self._store.state.only
        return chosen(np.arange(0 if samples is None else len(samples))) if only is None else only.indices

    def _show_only(self) -> None:
        """The selection alone, or all again. Raises InputError where neither means anything."""
        selection = self._store.state.selection
        if len(selection) and (self._store.state.only is None or not same(selection, self._store.state.only.indices)):
            self._store.change("Show only the selection", only=Only(selection, "the selection"))
        elif self._store.state.only is not None:
            self._store.change("Show all samples", only=None)
        else:
            raise InputError("Nothing is selected.", "Select samples first: press L and draw around them on the map.")

    def _select(self, title: str, selection: Indices) -> None:
        if not same(selection, self._store.state.selection):
            self._store.change(title, selection=selection)
