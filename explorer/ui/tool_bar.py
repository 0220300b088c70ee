"""The tool bar: which model, what one can do with it, and where it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from explorer.models.base import Card
from explorer.models.words import kind_in_words, latents_in_words
from explorer.ui import recent_menu
from explorer.ui.deeds import DEEDS
from explorer.ui.icons import SIZE, icon
from explorer.ui.widgets.notes import Cut


class ToolBar(QToolBar):
    """`model_wanted` carries a path, `device_wanted` a device's name."""

    model_wanted = Signal(str)
    device_wanted = Signal(str)

    def __init__(self, actions: Mapping[str, QAction]) -> None:
        super().__init__("Tool bar")
        self.setObjectName("tool_bar")
        self.setMovable(False)
        self.setIconSize(QSize(SIZE, SIZE))
        self._open = actions["open"]
        self._models = self._button("Model", "Which model is open; choose another")
        font = self._models.font()
        font.setWeight(font.Weight.DemiBold)
        self._models.setFont(font)
        self.addWidget(self._models)
        self._facts = Cut()
        self._facts.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._facts.setContentsMargins(8, 0, 8, 0)
        self.addWidget(self._facts)
        self._space()
        for deed in DEEDS:
            if deed.bar:
                self._add(actions[deed.name], with_word=bool(deed.word))
        self.addSeparator()
        self._devices = self._button("Device", "Where the model runs")
        self.addWidget(self._devices)
        self.show_model(None)
        self.show_device("", ())

    @property
    def model_text(self) -> str:
        """What stands on the button of the models."""
        return self._models.text()

    def show_model(self, card: Card | None, *, is_opening: bool = True) -> None:
        """The open model; without one, whether one is on its way."""
        name = card.name if card else "Opening…" if is_opening else "No model"
        self._models.setText(f"{name}  ▾")
        self._facts.setText(facts_line(card) if card else "")

    def show_models(self, bundled: Sequence[tuple[str, str]], recent: Sequence[str], kinds: Mapping[str, str]) -> None:
        """`bundled`: (name, path) of our models; `recent`: paths of the user's, with what they are in `kinds`."""
        menu = QMenu(self)
        for name, path in bundled:
            self._entry(menu, name, path)
        if recent:
            menu.addSection("Recent")
        recent_menu.fill(menu, recent, kinds, self.model_wanted.emit)
        menu.addSeparator()
        menu.addAction(self._open)
        self._models.setMenu(menu)

    def show_device(self, device: str, devices: Sequence[str]) -> None:
        """The device in use, and those one may choose."""
        self._devices.setText(f"{device.upper()}  ▾" if device else "…")
        self._devices.setEnabled(bool(devices))
        menu = QMenu(self)
        for name in devices:
            action = menu.addAction(name.upper())
            action.setCheckable(True)
            action.setChecked(name == device)
            action.triggered.connect(lambda _=False, name=name: self.device_wanted.emit(name))
        self._devices.setMenu(menu)

    def show_icons(self) -> None:
        """Icons are drawn by the actions themselves; the two buttons have words."""
        self._open.setIcon(icon("folder-open"))

    def _add(self, action: QAction, *, with_word: bool) -> None:
        self.addAction(action)
        button = self.widgetForAction(action)
        if isinstance(button, QToolButton):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(action.iconText())
            if with_word:
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def _entry(self, menu: QMenu, name: str, path: str) -> None:
        action = menu.addAction(name)
        action.setToolTip(path)
        action.triggered.connect(lambda _=False: self.model_wanted.emit(path))

    def _button(self, name: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setAccessibleName(name)
        button.setToolTip(tip)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _space(self) -> None:
        filler = QWidget()
        filler.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(filler)


def facts_line(card: Card) -> str:
    """'VAE · 64 latents · 64 × 64 RGB'."""
    height, width, channels = card.image_shape
    colour = {1: "grey", 3: "RGB"}.get(channels, f"{channels} channels")
    return f"{kind_in_words(card)} · {latents_in_words(card.default_space)} · {width} × {height} {colour}"
