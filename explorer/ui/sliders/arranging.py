"""Order, groups and colours of the concepts' sliders: what is wanted of them is asked of the store, by menus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from explorer.latents.concepts import Concept
from explorer.latents.concepts.arrangement import Arrangement
from explorer.latents.concepts.layers import Pieces, Range, told_range
from explorer.latents.palette import CLASSES
from explorer.session.store import Store

NAMES = ("Blue", "Orange", "Green", "Pink", "Red", "Light blue", "Yellow", "Grey")
COLOURS = tuple(zip(NAMES, CLASSES, strict=True))
VERBS = (("lock", "Lock: the others leave it alone", "Unlock"), ("mute", "Mute", "Unmute"))


class Arranging:
    """`concepts` are those of this space; `ask(verb, name)` hears of 'lock' and 'mute', which are not of the looks."""

    def __init__(self, store: Store, widget: QWidget, ask: Callable[[str, str], None]) -> None:
        self._store, self._widget, self._ask = store, widget, ask
        self.concepts: Sequence[Concept] = ()
        self.pieces: Pieces = ()  # the layers of this space

    @property
    def stands(self) -> Arrangement:
        return self._store.state.studio.arrangement

    def step(self, name: str, step: int) -> None:
        """One place up or down."""
        self._arrange(f"Move the slider of {name}", self.stands.stepped(name, step, self.concepts))

    def put(self, name: str, before: str | None, group: str) -> None:
        """To another place."""
        if name != before:
            self._arrange(f"Move the slider of {name}", self.stands.placed(name, before, group, self.concepts))

    def fold(self, group: str) -> None:
        title = f"Open {group}" if group in self.stands.folded else f"Fold {group}"
        self._arrange(title, self.stands.toggled(group))

    def colour(self, name: str, colour: str) -> None:
        self._arrange(f"Colour {name}", self.stands.coloured(name, colour))

    def group(self, name: str, group: str) -> None:
        """Into a group, '' for none."""
        title = f"Put {name} into {group}" if group else f"Take {name} out of its group"
        self._arrange(title, self.stands.placed(name, None, group.strip(), self.concepts))

    def regroup(self, group: str, new: str) -> None:
        """A group under another name; '' dissolves it."""
        title = f"Rename the group {group}" if new else f"Dissolve the group {group}"
        self._arrange(title, self.stands.regrouped(group, new.strip()))

    def menu(self, name: str) -> QMenu:
        """What can be done with the slider of a concept."""
        menu = QMenu(self._widget)
        self._add_colours(menu.addMenu("Colour"), name)
        self._add_groups(menu.addMenu("Group"), name)
        if self.pieces:
            self._add_layers(menu.addMenu("Layers"), name)
        menu.addSeparator()
        menu.addAction("Move up\tAlt+Up", partial(self.step, name, -1))
        menu.addAction("Move down\tAlt+Down", partial(self.step, name, 1))
        menu.addSeparator()
        studio = self._store.state.studio
        for verb, words, undone in VERBS:
            is_on = name in (studio.locked if verb == "lock" else studio.muted)
            menu.addAction(undone if is_on else words, partial(self._ask, verb, name))
        return menu

    def group_menu(self, group: str) -> QMenu:
        """What can be done with a group."""
        menu = QMenu(self._widget)
        menu.addAction("Open" if group in self.stands.folded else "Fold", partial(self.fold, group))
        menu.addAction("Rename…", lambda: self._ask_group("Rename the group", group, partial(self.regroup, group)))
        menu.addAction("Dissolve", partial(self.regroup, group, ""))
        return menu

    def _add_colours(self, menu: QMenu, name: str) -> None:
        own = self.stands.colours.get(name, "")
        for words, colour in (("The program's own", ""), *COLOURS):
            action = menu.addAction(words, partial(self.colour, name, colour))
            action.setCheckable(True)
            action.setChecked(colour == own)
            if colour:
                action.setIcon(_swatch(colour))

    def _add_groups(self, menu: QMenu, name: str) -> None:
        own = self.stands.groups.get(name, "")
        known = dict.fromkeys(self.stands.groups.get(one.name, "") for one in self.concepts)
        for group in ("", *(one for one in known if one)):
            action = menu.addAction(group or "None", partial(self.group, name, group))
            action.setCheckable(True)
            action.setChecked(group == own)
        menu.addSeparator()
        menu.addAction("New group…", lambda: self._ask_group("A new group", "", partial(self.group, name)))

    def act_on(self, name: str, layers: Range | None) -> None:
        """Let a concept act on a range of layers alone, first and last from 0; None: on all."""
        where = "all layers" if layers is None else told_range(layers, self.pieces)
        self._arrange(f"Let {name} act on {where}", self.stands.acting_on(name, layers))

    def _add_layers(self, menu: QMenu, name: str) -> None:
        last = len(self.pieces) - 1
        first_now, last_now = self.stands.layers.get(name, (0, last))
        action = menu.addAction("All", partial(self.act_on, name, None))
        action.setCheckable(True)
        action.setChecked(name not in self.stands.layers)
        from_, to = menu.addMenu("From"), menu.addMenu("To")
        for place, (title, _start, _stop) in enumerate(self.pieces):
            for choices, now, layers in (
                (from_, first_now, (place, max(place, last_now))),
                (to, last_now, (min(place, first_now), place)),
            ):
                action = choices.addAction(title, partial(self.act_on, name, layers))
                action.setCheckable(True)
                action.setChecked(place == now)

    def _ask_group(self, title: str, before: str, do: Callable[[str], None]) -> None:
        text, is_wanted = QInputDialog.getText(self._widget, title, "Name of the group", text=before)
        if is_wanted and text.strip():
            do(text)

    def _arrange(self, title: str, stands: Arrangement) -> None:
        if stands != self.stands:
            self._store.change(title, studio=replace(self._store.state.studio, arrangement=stands))


def _swatch(colour: str) -> QIcon:
    pixmap = QPixmap(16, 16)
    pixmap.fill(QColor(0, 0, 0, 0))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(colour))
    painter.setPen(QColor(colour))
    painter.drawEllipse(QRectF(3, 3, 10, 10))
    painter.end()
    return QIcon(pixmap)
