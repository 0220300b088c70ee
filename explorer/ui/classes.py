"""The classes of a conditional model: one latent under every class in a row; a click is the class of the latent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QShowEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from explorer.latents import classes
from explorer.latents.arrays import Images, Latent
from explorer.models.base import Choice, Space
from explorer.models.scope import holds, with_parts, without
from explorer.session.shown import shown_latent, shown_place
from explorer.session.state import State, frozen
from explorer.session.store import Store
from explorer.ui.widgets import ink
from explorer.ui.widgets.choice_row import ChoiceRow
from explorer.ui.widgets.glyphs import GlyphButton
from explorer.ui.widgets.notes import Quiet
from explorer.ui.widgets.picture import image_of
from explorer.work.messages import Opened

FIELD_ABOVE = 12  # classes: more can also be found by typing


class ClassStrip(QWidget):
    """Hidden for models without classes. `pictures_wanted(latents, codes)`: one latent under those classes, float32
    (k, d); `space_wanted(name)`: the space in which the class can be chosen; `choice_changed(choice or None)`: of what
    the row is now."""

    pictures_wanted = Signal(object, object)
    choice_changed = Signal(object)
    space_wanted = Signal(str)

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._opened: Opened | None = None
        self._choice: Choice | None = None
        self._asked: tuple[object, ...] = ()
        self._bare: Latent | None = None  # what was asked for, without its class
        self._mine: Latent | None = None  # the preview of a class under the cursor
        self.row = ChoiceRow("Classes", self)
        self.row.chosen.connect(self.choose)
        self.row.hovered.connect(self._ask_preview)
        self.row.seen_changed.connect(self._ask)
        self._lay_out()
        store.listen(self._show_change)
        store.listen_preview(self._show_preview)
        self.show_model(None)

    @property
    def choice(self) -> Choice | None:
        """The class that is chosen here; None where the space has none."""
        return self._choice

    def show_model(self, opened: Opened | None) -> None:
        """Another model, or none. The same once more lost what was asked for."""
        if opened is None or not opened.is_same_as(self._opened):
            self._opened = opened
            self._show_space()
        else:
            self._opened = opened
            self.ask_again()

    def ask_again(self) -> None:
        """What was asked for will not come."""
        self._asked = ()
        self._ask()

    def show_pictures(self, codes: Iterable[int], images: Images) -> None:
        """The latent under these classes, uint8 (n, h, w, c)."""
        known = range(len(self.row.names))
        pairs = zip(codes, images, strict=True)
        made: Mapping[int, QImage] = {code: image_of(image) for code, image in pairs if code in known}
        self.row.show_images(made)

    # out

    def choose(self, code: int, is_step: bool = False) -> None:
        """Let the latent on the stage be of a class; steps by keys in a row are one step of undo."""
        choice = self._choice
        if choice is None or not 0 <= code < len(choice.classes):
            return
        state = self._store.state
        place, seen = shown_place(state), self._latent(state)
        base = frozen(classes.moved_to(place.base, seen, choice.where, code))
        if np.array_equal(base, place.base):
            return
        self._store.change(
            f"Step to another {choice.name}" if is_step else f"{choice.name.capitalize()} {choice.classes[code]}",
            gesture=("class", choice.name) if is_step else None,
            place=replace(place, base=base, seed=None),
            path=replace(state.path, position=None),
        )

    def toggle_hold(self) -> None:
        """Keep the class, or let it change again."""
        if self.hold.isVisibleTo(self):
            self.hold.click()

    def _take_found(self, code: int) -> None:
        """What was typed or taken from the list; letters belong to the window again."""
        if code >= 0:
            self.choose(code)
            self.row.setFocus()
            self._show_latent()

    def _found(self, text: str) -> int:
        """The class of this name, else the first that has it in its name; -1 for none."""
        exact = self.field.findText(text, Qt.MatchFlag.MatchFixedString)
        return exact if exact >= 0 else self.field.findText(text, Qt.MatchFlag.MatchContains)

    def step(self, step: int) -> None:
        """To the next class (1) or the one before (-1)."""
        if self._choice is not None:
            self.row.step(step)

    def _ask_hold(self, is_wanted: bool) -> None:
        """Keep the class whatever is done, or let it change again."""
        space, _first = self._spaces()
        number = None if space is None else self._part(space)
        if space is None or number is None:
            return
        scope, name = self._store.state.scope, space.parts[number].name
        changed = without(scope, space, number) if is_wanted else with_parts(scope, space, (*scope.parts, number))
        if changed != scope:
            self._store.change(f"Keep the {name}" if is_wanted else f"Let the {name} change", scope=changed)
        self._show_hold()

    def _ask_preview(self, code: int | None) -> None:
        """Hover: the large picture under that class."""
        choice = self._choice
        self._mine = None
        if code is not None and choice is not None:
            self._mine = classes.under_each(self._latent(self._store.state), choice.where, [code])[0]
        self._store.show_preview(self._mine)

    def _ask_space(self) -> None:
        _space, first = self._spaces()
        if first is not None:
            self.space_wanted.emit(first.name)

    def _ask(self) -> None:
        """Ask for the pictures of now, where they are others than those asked for."""
        choice, opened, state = self._choice, self._opened, self._store.state
        if choice is None or opened is None or not self.isVisible():
            return
        latent = self._shown()
        codes = list(self.row.seen())
        bare = latent.copy()
        bare[choice.where] = 0
        told = opened.key, state.place.space, state.place.truncation, choice.name, codes
        if codes and (told != self._asked or self._bare is None or not np.array_equal(bare, self._bare)):
            self._asked, self._bare = told, bare
            self.pictures_wanted.emit(classes.under_each(latent, choice.where, codes), codes)

    # in

    def _show_change(self, old: State, new: State) -> None:
        if new.place.space != old.place.space or new.model != old.model:
            self._show_space()
        elif new.scope != old.scope:
            self._show_hold()
        if new.place is not old.place or new.path is not old.path or new.studio is not old.studio:
            self._show_latent()

    def _show_preview(self, preview: Latent | None) -> None:
        if preview is None or preview is not self._mine:
            self._show_latent()

    def _show_space(self) -> None:
        """Another model or space: other classes, or none."""
        space, first = self._spaces()
        choices = () if space is None else space.choices
        self._show_choices([choice.name for choice in choices])
        self._take_choice(0)
        is_elsewhere = not choices and first is not None and bool(first.choices)
        self.elsewhere.setVisible(is_elsewhere)
        if is_elsewhere and first is not None and space is not None:
            self.elsewhere.setText(f"Classes are chosen in {first.name}, not in {space.name}: go to {first.name}")
        self.setVisible(bool(choices) or is_elsewhere)

    def _take_choice(self, number: int) -> None:
        """Of several classes in a latent, the one that the row shows."""
        space, _first = self._spaces()
        choices = () if space is None else space.choices
        self._choice = choice = choices[number] if 0 <= number < len(choices) else None
        names = () if choice is None else choice.classes
        self.row.show_names(names)
        self.row.setVisible(bool(names))
        self.words.setVisible(bool(names))
        self._show_field(names)
        self._show_hold()
        self.choice_changed.emit(choice)
        self._asked = ()
        self._show_latent()

    def _show_latent(self) -> None:
        choice = self._choice
        if choice is None or self._opened is None or len(self._store.state.place.base) < choice.where.stop:
            return
        weights = self._shown()[choice.where]
        code, words = classes.pure(weights), classes.told(weights, choice.classes)
        self.row.show_current(code, weights, words)
        self.words.setText(f"{choice.name.capitalize()} {words}")
        self.words.setVisible(code is None or not self.field.isVisibleTo(self))  # the field says it as well
        edit = self.field.lineEdit()
        if code is not None and edit is not None and not edit.hasFocus():
            self.field.setCurrentIndex(code)
        self._ask()

    def _show_choices(self, names: list[str]) -> None:
        self.which.clear()
        self.which.addItems(names)
        self.which.setVisible(len(names) > 1)

    def _show_field(self, names: tuple[str, ...]) -> None:
        is_wanted = len(names) > FIELD_ABOVE
        self.field.setVisible(is_wanted)
        self.field.clear()
        if is_wanted:
            self.field.addItems(list(names))

    def _show_hold(self) -> None:
        space, _first = self._spaces()
        number = None if space is None else self._part(space)
        name = "" if space is None or number is None else space.parts[number].name
        is_held = space is not None and number is not None and holds(self._store.state.scope, space, number)
        self.hold.setVisible(number is not None and space is not None and len(space.pieces) > 1)
        self.hold.setChecked(is_held)
        self.hold.show_glyph("lock" if is_held else "lock-open")
        self.hold.show_words(
            f"The {name} is kept: by random latents, the map and samples" if is_held else f"Keep the {name}"
        )

    def _part(self, space: Space) -> int | None:
        """The number of the part of the latent that the row shows."""
        names = [part.name for part in space.parts]
        return names.index(self._choice.name) if self._choice is not None and self._choice.name in names else None

    def _spaces(self) -> tuple[Space | None, Space | None]:
        """The space on show, and the first of the model."""
        spaces = () if self._opened is None else self._opened.card.spaces
        name = self._store.state.place.space
        return next((one for one in spaces if one.name == name), None), next(iter(spaces), None)

    def _latent(self, state: State) -> Latent:
        """The latent (d,) that is committed to, with its sliders; of a path the frame under the bead."""
        opened = self._opened
        concepts = opened.concepts_of(state.place.space, *state.studio.known) if opened else ()
        return shown_latent(state, concepts)

    def _shown(self) -> Latent:
        preview = self._store.preview
        return self._latent(self._store.state) if preview is None or preview is self._mine else preview

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask()

    # built once

    def _lay_out(self) -> None:
        self.which, self.field, self.words = QComboBox(self), QComboBox(self), Quiet("", self)
        self.which.setAccessibleName("Which of the classes in a latent")
        self.which.activated.connect(self._take_choice)
        self.field.setEditable(True)
        self.field.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.field.setAccessibleName("Find a class")
        self.field.setToolTip("Type a part of a name, or choose.")
        if (completer := self.field.completer()) is not None:
            completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.field.activated.connect(self._take_found)
        if (edit := self.field.lineEdit()) is not None:
            edit.returnPressed.connect(lambda: self._take_found(self._found(edit.text())))
        self.elsewhere = QPushButton(self)
        self.elsewhere.setFlat(True)
        self.elsewhere.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # it goes when it is clicked: the focus stays elsewhere
        self.elsewhere.clicked.connect(self._ask_space)
        self.hold = GlyphButton("lock-open", "Keep the class", self, key="K")
        self.hold.setCheckable(True)
        self.hold.clicked.connect(self._ask_hold)
        head = QHBoxLayout()
        head.setSpacing(ink.GRID)
        for part in (self.which, self.field, self.words, self.elsewhere):
            head.addWidget(part)
        head.addStretch(1)
        head.addWidget(self.hold)
        column = QVBoxLayout(self)
        column.setContentsMargins(ink.GRID, 0, ink.GRID, ink.GRID)
        column.setSpacing(ink.GRID // 2)
        column.addLayout(head)
        column.addWidget(self.row)
