"""One slider a concept, in standard deviations, starting where the latent itself stands."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from explorer.latents.concepts import Concept
from explorer.session.state import NOTHING, Place, State
from explorer.session.store import Store
from explorer.ui.sliders.arranging import Arranging
from explorer.ui.sliders.concept_row import ConceptRow
from explorer.ui.sliders.group_head import GroupHead
from explorer.ui.widgets import ink
from explorer.ui.widgets.notes import Quiet
from explorer.ui.widgets.section import Section
from explorer.work.messages import Opened

RANGE = 4.0
_MANY = 12
_NO_CONCEPTS = (
    "This space has no concepts yet. A concept is a direction that changes one thing, such as a smile: "
    "the way from the samples without it to the samples with it."
)


def told(concept: Concept) -> str:
    """One line on the unit of a concept and on where it came from."""
    known = concept.provenance
    parts = ["+1 = one standard deviation of the samples along this direction"]
    if "method" in known:
        parts.append(f"made by {known['method']}")
    if "with" in known and "without" in known:
        parts.append(f"{known['with']} with / {known['without']} without")
    auc = known.get("held_out_auc")
    if isinstance(auc, int | float):
        parts.append(f"held-out AUC {auc:.2f}")
    if "layers" in known:
        parts.append(f"acts on {known['layers']} alone")
    if (safe := safe_range_of(concept)) is not None:
        parts.append(f"safe from {safe[0]:+.1f} to {safe[1]:+.1f}".replace("-", "\N{MINUS SIGN}"))
    return "; ".join(parts[:2]) + "".join(f", {part}" for part in parts[2:]) + "."


def safe_range_of(concept: Concept) -> tuple[float, float] | None:
    """How far one can go along it before pictures leave the data, in sigma from a sample; None where unmeasured."""
    known = concept.provenance.get("safe_range")
    if not isinstance(known, list | tuple) or len(known) != 2 or not all(isinstance(end, int | float) for end in known):
        return None
    return (float(known[0]), float(known[1])) if any(known) else None


class ConceptSection(Section):
    """Shows a concept's coordinate of the latent plus its strength; asks the store for another strength.

    `asked` carries what else is wanted of a concept ('lock', 'mute') and its name.
    """

    asked = Signal(str, str)

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__("Concepts", "Reset all concepts", parent)
        self._store = store
        self._opened: Opened | None = None
        self._concepts: tuple[Concept, ...] = ()
        self._drag = 0
        self.rows: dict[str, ConceptRow] = {}
        self.heads: dict[str, GroupHead] = {}
        self.arranging = Arranging(store, self, self.asked.emit)
        self._line = QWidget(self)  # where a carried row would go
        self._line.setAutoFillBackground(True)
        self._line.hide()
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Find a concept")
        self.search.setAccessibleName("Find a concept")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._show_found)
        self.empty = Quiet(_NO_CONCEPTS, self)
        self.empty.setWordWrap(True)
        self.body.addWidget(self.search)
        self.body.addWidget(self.empty)
        self.reset_wanted.connect(self.reset_all)
        self._build_rows()
        self._show_arrangement()
        store.listen(self._show_change)

    def show_model(self, opened: Opened | None) -> None:
        """The same model once more leaves the rows as they are: a hand may be on one."""
        if opened is None or not opened.is_same_as(self._opened):
            self._opened = opened
            self._show_concepts()

    def reset_all(self) -> None:
        """Every concept back to where the latent itself stands."""
        if self._store.state.place.strengths:
            self._store.move("Reset all concepts", strengths=NOTHING)

    # out

    def _begin(self) -> None:
        self._drag += 1

    def _ask(self, name: str, value: float) -> None:
        place, concept = self._store.state.place, self._named(name)
        if concept is None or concept.direction.shape != place.base.shape:  # another model is on its way
            return
        strength = value - float(concept.coordinate(place.base))
        strengths = MappingProxyType({**place.strengths, name: strength})
        self._store.move(f"Move {name}", gesture=("concept", name, self._drag), strengths=strengths)

    def _ask_reset(self, reset: str) -> None:
        kept = {name: value for name, value in self._store.state.place.strengths.items() if name != reset}
        self._store.move(f"Reset {reset}", strengths=MappingProxyType(kept))

    # in

    def _show_change(self, old: State, new: State) -> None:
        if new.place.space != old.place.space or new.studio is not old.studio:
            self._show_concepts()
            if new.studio.arrangement is not old.studio.arrangement:
                self._show_arrangement()
        elif new.place.base is not old.place.base or new.place.strengths is not old.place.strengths:
            self._show_place(new.place)

    def _show_concepts(self) -> None:
        """Rows for the concepts of this model and space; rows of the same names stay, for a hand may be on one."""
        state = self._store.state
        concepts = self._opened.concepts_of(state.place.space, *state.studio.known) if self._opened else ()
        if concepts is not self._concepts or not concepts:
            self._concepts = self.arranging.concepts = concepts
            self.arranging.pieces = self._opened.pieces(state.place.space) if self._opened else ()
            if not concepts or {concept.name for concept in concepts} != self.rows.keys():
                self._build_rows()
            for concept in concepts:
                self.rows[concept.name].show_hint(told(concept))
            self._show_arrangement()
        self._show_place(state.place)

    def _build_rows(self) -> None:
        names = [concept.name for concept in self._concepts]
        self.forget([row for name, row in self.rows.items() if name not in names])
        self.rows = {name: self.rows.get(name) or self._row(name) for name in names}
        self.search.clear()
        self.search.setVisible(len(self.rows) > _MANY)
        self.empty.setVisible(not self.rows and self._opened is not None)
        self.rows_changed.emit()

    def _show_arrangement(self) -> None:
        """Rows in their order, each group under its head."""
        stands = self.arranging.stands
        self.forget(list(self.heads.values()))
        self.heads = {}
        for group, members in stands.rows(self._concepts):
            if group:
                self.heads[group] = head = self._head(group)
                head.show_members(len(members), is_folded=group in stands.folded)
                self.body.addWidget(head)
            for concept in members:
                row = self.rows[concept.name]
                self.body.removeWidget(row)
                self.body.addWidget(row)
                row.show_colour(stands.colours.get(concept.name, ""))
        self._show_found(self.search.text())

    def _named(self, name: str) -> Concept | None:
        return next((concept for concept in self._concepts if concept.name == name), None)

    def _row(self, name: str) -> ConceptRow:
        row = ConceptRow(name, -RANGE, RANGE, self)
        row.began.connect(self._begin)
        row.moved.connect(partial(self._ask, name))
        row.ended.connect(self._store.end_gesture)
        row.reset_wanted.connect(partial(self._ask_reset, name))
        row.stepped.connect(partial(self.arranging.step, name))
        row.menu_wanted.connect(lambda at: _pop_up(self.arranging.menu(name), at))
        row.carried.connect(self._show_seat)
        row.put.connect(lambda height: self._put(name, height))
        return row

    def _head(self, group: str) -> GroupHead:
        head = GroupHead(group, self)
        head.toggled.connect(partial(self.arranging.fold, group))
        head.menu_wanted.connect(lambda at: _pop_up(self.arranging.group_menu(group), at))
        return head

    # carried by hand

    def _seat(self, height: int) -> tuple[str | None, str, int]:
        """Before which concept a row that was carried to a height on the screen would stand, its group, and where."""
        y, groups = self.mapFromGlobal(QPoint(0, height)).y(), self.arranging.stands.groups
        shown = [widget for widget in self._shown() if widget.isVisible()]
        for widget in shown:
            if y < widget.geometry().center().y():
                if isinstance(widget, ConceptRow):
                    return widget.name, groups.get(widget.name, ""), widget.y()
                above = shown[: shown.index(widget)]
                return None, _group_of(above[-1], groups) if above else "", widget.y()
        last = shown[-1] if shown else None
        return (
            None,
            _group_of(last, groups) if last else "",
            self.height() if last is None else last.geometry().bottom(),
        )

    def _shown(self) -> list[ConceptRow | GroupHead]:
        """Rows and heads, from above."""
        places = (self.body.itemAt(place) for place in range(self.body.count()))
        widgets = (place.widget() for place in places if place is not None)
        return [widget for widget in widgets if isinstance(widget, ConceptRow | GroupHead)]

    def _show_seat(self, height: int) -> None:
        palette = self._line.palette()
        palette.setColor(self._line.backgroundRole(), ink.accent(self.palette()))
        self._line.setPalette(palette)
        self._line.setGeometry(0, self._seat(height)[2] - 1, self.width(), 2)
        self._line.raise_()
        self._line.show()

    def _put(self, name: str, height: int) -> None:
        self._line.hide()
        before, group, _y = self._seat(height)
        self.arranging.put(name, before, group)

    def _show_place(self, place: Place) -> None:
        for concept in self._concepts:
            if concept.direction.shape != place.base.shape:
                continue
            own, strength = float(concept.coordinate(place.base)), place.strengths.get(concept.name, 0.0)
            row = self.rows[concept.name]
            row.show_place(own + strength, own, changed=strength != 0.0)
            safe = safe_range_of(concept)
            row.slider.show_bounds((own + safe[0], own + safe[1]) if safe else None)
        self.reset.setEnabled(any(place.strengths.values()))

    def _show_found(self, text: str) -> None:
        """Those that are searched for; without a search all but those of folded groups."""
        stands, wanted = self.arranging.stands, text.strip().lower()
        for name, row in self.rows.items():
            is_folded = stands.groups.get(name, "") in stands.folded
            row.setVisible(wanted in name.lower() if wanted else not is_folded)


def _group_of(widget: ConceptRow | GroupHead, groups: Mapping[str, str]) -> str:
    return widget.name if isinstance(widget, GroupHead) else groups.get(widget.name, "")


def _pop_up(menu: QMenu, at: QPoint) -> None:
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.popup(at)
