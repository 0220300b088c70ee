"""One slider a concept, in standard deviations, starting where the latent itself stands."""

from __future__ import annotations

from functools import partial
from types import MappingProxyType

from PySide6.QtWidgets import QLineEdit, QWidget

from explorer.latents.concepts import Concept
from explorer.session.state import NOTHING, Place, State
from explorer.session.store import Store
from explorer.ui.widgets.notes import Quiet
from explorer.ui.widgets.row import SliderRow
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
    return "; ".join(parts[:2]) + "".join(f", {part}" for part in parts[2:]) + "."


class ConceptSection(Section):
    """Shows a concept's coordinate of the latent plus its strength; asks the store for another strength."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__("Concepts", "Reset all concepts", parent)
        self._store = store
        self._opened: Opened | None = None
        self._concepts: tuple[Concept, ...] = ()
        self._drag = 0
        self.rows: dict[str, SliderRow] = {}
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
        elif new.place.base is not old.place.base or new.place.strengths is not old.place.strengths:
            self._show_place(new.place)

    def _show_concepts(self) -> None:
        """Rows for the concepts of this model and space; rows of the same names stay, for a hand may be on one."""
        state = self._store.state
        concepts = self._opened.concepts_of(state.place.space, *state.studio.known) if self._opened else ()
        if concepts is not self._concepts or not concepts:
            self._concepts = concepts
            if not concepts or [concept.name for concept in concepts] != list(self.rows):
                self._build_rows()
            for concept in concepts:
                self.rows[concept.name].show_hint(told(concept))
        self._show_place(state.place)

    def _build_rows(self) -> None:
        self.forget(list(self.rows.values()))
        self.rows = {concept.name: self._row(concept.name) for concept in self._concepts}
        for row in self.rows.values():
            self.body.addWidget(row)
        self.search.clear()
        self.search.setVisible(len(self.rows) > _MANY)
        self.empty.setVisible(not self.rows and self._opened is not None)
        self.rows_changed.emit()

    def _named(self, name: str) -> Concept | None:
        return next((concept for concept in self._concepts if concept.name == name), None)

    def _row(self, name: str) -> SliderRow:
        row = SliderRow(name, -RANGE, RANGE, self)
        row.began.connect(self._begin)
        row.moved.connect(partial(self._ask, name))
        row.ended.connect(self._store.end_gesture)
        row.reset_wanted.connect(partial(self._ask_reset, name))
        return row

    def _show_place(self, place: Place) -> None:
        for concept in self._concepts:
            if concept.direction.shape != place.base.shape:
                continue
            own, strength = float(concept.coordinate(place.base)), place.strengths.get(concept.name, 0.0)
            self.rows[concept.name].show_place(own + strength, own, changed=strength != 0.0)
        self.reset.setEnabled(any(place.strengths.values()))

    def _show_found(self, text: str) -> None:
        for name, row in self.rows.items():
            row.setVisible(text.strip().lower() in name.lower())
