"""What is selected, by keys and menus: all, nothing, the others; and the tools of the map."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from PySide6.QtCore import QObject

from explorer.desk.open_model import OpenModel
from explorer.latents.selections import NONE, Indices, chosen, others, same
from explorer.session.store import Store
from explorer.ui.main_window import MainWindow


class Choosing(QObject):
    """`table` maps the name of a deed to what is done."""

    def __init__(self, store: Store, model: OpenModel, window: MainWindow) -> None:
        super().__init__()
        self._store, self._model = store, model
        self.table: Mapping[str, Callable[[], None]] = {
            "select_all": lambda: self._select("Select all", chosen(np.arange(self._count))),
            "select_none": lambda: self._select("Select nothing", NONE),
            "select_others": lambda: self._select("Select the others", others(store.state.selection, self._count)),
            "tool_pan": lambda: window.maps.take_tool("pan"),
            "tool_lasso": lambda: window.maps.take_tool("lasso"),
            "tool_box": lambda: window.maps.take_tool("box"),
            "tool_brush": lambda: window.maps.take_tool("brush"),
        }

    @property
    def _count(self) -> int:
        samples = self._model.samples()
        return 0 if samples is None else len(samples)

    def _select(self, title: str, selection: Indices) -> None:
        if not same(selection, self._store.state.selection):
            self._store.change(title, selection=selection)
