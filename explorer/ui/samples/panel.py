"""The samples panel: a gallery of what is selected, found, near or in a subset; subsets; the query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QColorDialog,
    QComboBox,
    QHBoxLayout,
    QInputDialog,
    QLineEdit,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from explorer.latents.arrays import Images, Latent
from explorer.latents.edits import edited
from explorer.latents.near import FORMULAS, Metric
from explorer.latents.query import vocabulary
from explorer.latents.samples import LatentSet
from explorer.latents.selections import Indices, chosen
from explorer.session.state import State
from explorer.session.store import Store
from explorer.ui.map import colours
from explorer.ui.map.legend import is_dark
from explorer.ui.map.subset_colours import SUBSETS, subset_colouring
from explorer.ui.samples import sources
from explorer.ui.samples.gallery import GAP, Gallery
from explorer.ui.samples.query_field import QueryField
from explorer.ui.samples.sources import Shown, Source
from explorer.ui.samples.subset_row import SubsetRow
from explorer.ui.samples.wishes import Wishes
from explorer.ui.widgets import ink
from explorer.ui.widgets.notes import Empty, Quiet
from explorer.work.messages import Opened

NO_MODEL = "Open a model to see its samples here."
NOTHING_SELECTED = (
    "Nothing is selected. Press L and draw around samples on the map, or search above. "
    "Choose 'All samples' to see every one."
)
NOTHING_FOUND = "No sample is like this."
MOST_LABELS = 8
PAUSE = 80  # milliseconds; the nearest of a moving latent need not be faster


class SamplesPanel(QWidget):
    """`pictures_wanted(list of samples)`: those in view that are missing."""

    pictures_wanted = Signal(object)

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._wishes = store, Wishes(store)
        self._opened: Opened | None = None
        self._source = Source()
        self._found: Indices | None = None  # what the query names; None for a mistake
        self._shown = Shown(chosen(()))
        self._colouring: colours.Colouring | None = None
        self._later = QTimer(self, singleShot=True, interval=PAUSE)
        self._later.timeout.connect(self._show_source)
        self._build()
        self._connect()
        self.show_model(None)
        store.listen(self._show_change)

    # in

    def show_model(self, opened: Opened | None) -> None:
        """Another model, or none. The same one on another device changes nothing that can be seen."""
        before, self._opened = self._samples, opened
        if opened is not None and before is not None and before is self._samples:
            self.gallery.ask_again()
            return
        self._head.setEnabled(opened is not None)
        self.gallery.clear_pictures()
        self._learn()

    def show_pictures(self, samples: Sequence[int], images: Images) -> None:
        """Pictures of samples, uint8 (n, h, w, c)."""
        self.gallery.show_pictures(samples, images)

    def _show_change(self, old: State, new: State) -> None:
        if new.model != old.model or new.place.space != old.place.space:
            self.gallery.clear_pictures()
            self._learn()
            return
        if new.place is not old.place:
            self.gallery.show_current(new.place.sample)
            if new.place.truncation != old.place.truncation:
                self.gallery.clear_pictures()
            if self._source.kind == sources.NEAR_LATENT and not self._later.isActive():
                self._later.start()
        if new.subsets is not old.subsets or new.selection is not old.selection:
            self._learn()
        elif new.only is not old.only:
            self._show_source()
        elif new.colour != old.colour:
            self._show_colours()

    # what is shown

    def _learn(self) -> None:
        """Samples, subsets or the selection are others: what can be asked is, and what is found."""
        samples, state = self._samples, self._store.state
        self._show_sources()
        self.subsets.show_subsets(state.subsets)
        self._show_colours()
        sets = {subset.name: subset.indices for subset in state.subsets}
        known = None if samples is None else vocabulary(samples, {"selected": state.selection, **sets})
        self.query.show_vocabulary(known)  # asks, and so shows
        if known is None:
            self._show_source()

    def _show_sources(self) -> None:
        names = [subset.name for subset in self._store.state.subsets]
        if not self._source.kind and self._source.name not in names:
            self._source = Source()
        with QSignalBlocker(self.source):
            self.source.clear()
            for kind, title in sources.TITLES.items():
                self.source.addItem(title, replace(self._source, kind=kind, name=""))
            for name in names:
                self.source.addItem(f"Subset: {name}", replace(self._source, kind="", name=name))
            wanted = (self._source.kind, self._source.name)
            known = [(kind, "") for kind in sources.TITLES] + [("", name) for name in names]
            self.source.setCurrentIndex(known.index(wanted))
        self.distance.setVisible(self._source.is_near)

    def _show_found(self, found: Indices | None, sentence: str) -> None:
        self._found = found
        self._mistake.setText(sentence)
        self._mistake.setVisible(bool(sentence))
        self._show_source()

    def _show_source(self) -> None:
        samples = self._samples
        if samples is None:
            self._empty.setText(NO_MODEL)
            self._stack.setCurrentWidget(self._empty)
            self.count.setText("")
            return
        asked = bool(self.query.text().strip())
        source = Source(sources.ALL) if asked and self._source.kind == sources.SELECTION else self._source
        shown = sources.shown(source, self._store.state, samples, self._current)
        if self._found is not None and asked:
            shown = shown.within(self._found, len(samples))
        only = self._store.state.only
        if only is not None:
            shown = shown.within(only.indices, len(samples))
        self._shown = shown
        self.count.setText(f"{len(shown.samples):,} of {len(samples):,} samples")
        self._show_gallery()
        for button in (self.select, self.alone, self.keep):
            button.setEnabled(bool(len(shown.samples)) and not self._mistake.text())

    def _show_gallery(self) -> None:
        samples, distances = self._shown.samples, self._shown.distances
        self.gallery.show_samples(samples, None if distances is None else lambda place: f"{distances[place]:.3g}")
        self.gallery.show_current(self._store.state.place.sample)
        is_empty = not len(samples)
        self._empty.setText(NOTHING_FOUND if self.query.text().strip() else NOTHING_SELECTED)
        self._stack.setCurrentWidget(self._empty if is_empty else self.gallery)

    def _show_colours(self) -> None:
        """The same as on the map."""
        samples, state = self._samples, self._store.state
        if samples is None or not state.colour:
            self._colouring = None
        elif state.colour == SUBSETS:
            self._colouring = subset_colouring(len(samples), state.subsets, "#808080")
        else:
            ground, dark = "#808080", is_dark(self.palette())
            self._colouring = colours.colouring(samples, state.colour, ground=ground, dark=dark)
        self.gallery.viewport().update()

    # what follows from the state

    @property
    def _samples(self) -> LatentSet | None:
        opened, state = self._opened, self._store.state
        if opened is None or opened.path != state.model:
            return None
        return opened.samples.get(state.place.space)

    def _current(self) -> Latent:
        place = self._store.state.place
        concepts = (
            () if self._opened is None else self._opened.concepts_of(place.space, *self._store.state.studio.known)
        )
        return edited(place.base, concepts, place.strengths)

    def _colour_of(self, sample: int) -> int | None:
        colouring = self._colouring
        known = colouring is not None and colouring.name and sample < len(colouring.codes)
        return int(colouring.colours[colouring.codes[sample]]) if known and colouring is not None else None

    def _describe(self, sample: int) -> str:
        samples = self._samples
        labels = () if samples is None else samples.labels[:MOST_LABELS]
        return "\n".join([f"Sample {sample}", *(f"{one.name}: {one.text(sample)}" for one in labels)])

    # out

    def _take_source(self) -> None:
        self._source = self.source.currentData()
        self.distance.setVisible(self._source.is_near)
        self._show_source()

    def _take_metric(self) -> None:
        metric: Metric = self.distance.currentData()
        self._source = replace(self._source, metric=metric)
        self.distance.setToolTip(FORMULAS[metric])
        self._show_sources()
        self._show_source()

    def _ask_sample(self, sample: int) -> None:
        samples, opened = self._samples, self._opened
        if opened is not None and samples is not None and sample < len(samples):
            self._wishes.go(sample, samples, opened, self._current())

    def _ask_select(self) -> None:
        query = self.query.text().strip()
        self._wishes.select(chosen(self._shown.samples), f"Select {query}" if query else "")

    def _ask_alone(self) -> None:
        self._wishes.show_only(chosen(self._shown.samples), self._called())

    def _called(self) -> str:
        """What is shown, in words."""
        query = self.query.text().strip()
        return query or self._source.name or sources.TITLES[self._source.kind].lower()

    def _ask_subset(self) -> None:
        self._wishes.make(chosen(self._shown.samples), self.query.text().strip())

    def _ask_deed(self, deed: str, name: str) -> None:
        """What a chip's menu asks for."""
        if deed == "remove":
            self._wishes.remove(name)
        elif deed == "store":
            self._wishes.alter(name, f"Change the subset {name}", indices=self._store.state.selection)
        elif deed == "rename":
            told, ok = QInputDialog.getText(self, "Rename", "Name of the subset", QLineEdit.EchoMode.Normal, name)
            if ok and told.strip():
                self._wishes.alter(name, f"Rename the subset {name}", name=told.strip())
        elif deed == "colour":
            colour = QColorDialog.getColor(parent=self, title=f"Colour of {name}")
            if colour.isValid():
                self._wishes.alter(name, f"Colour the subset {name}", colour=colour.name())
        else:
            self._wishes.combine(deed, name)

    # layout

    def _build(self) -> None:
        self._head = QWidget()
        self.source, self.distance = QComboBox(), QComboBox()
        self.source.setAccessibleName("What the gallery shows")
        self.source.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.source.setMinimumContentsLength(14)
        for metric, title in (("euclidean", "Euclidean"), ("cosine", "Cosine")):
            self.distance.addItem(title, metric)
        self.distance.setAccessibleName("Distance")
        self.distance.setToolTip(FORMULAS["euclidean"])
        self.query, self._mistake, self.count = QueryField(), Quiet(), Quiet()
        self._mistake.setWordWrap(True)
        self._mistake.hide()
        self.count.setFont(ink.tabular(self.count.font()))
        self.select, self.alone = QPushButton("Select"), QPushButton("Show only")
        self.keep = QPushButton("Keep as subset")
        self.alone.setToolTip(
            "Hide all other samples, on the maps and here; \N{MULTIPLICATION SIGN} on the map brings them back"
        )
        self.select.setToolTip("Select what is shown (Return in the search)")
        self.keep.setToolTip("A named, coloured subset of what is shown, for the map, the search and the concepts")
        self.subsets, self.gallery = SubsetRow(), Gallery()
        self._empty = Empty(NO_MODEL)
        self._lay_out()

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        second.setSpacing(ink.GRID // 2)
        first.addWidget(self.source, 1)
        first.addWidget(self.distance)
        for button in (self.select, self.alone, self.keep):
            second.addWidget(button)
        second.addStretch(1)
        head = QVBoxLayout(self._head)
        head.setContentsMargins(2 * ink.GRID, ink.GRID, 2 * ink.GRID, 0)
        head.setSpacing(ink.GRID // 2)
        head.addLayout(first)
        head.addWidget(self.query)
        head.addWidget(self._mistake)
        head.addWidget(self.count)
        head.addLayout(second)
        head.addWidget(self.subsets)
        body = QWidget()
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.gallery)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(ink.GRID // 2)
        column.addWidget(self._head)
        inset = QHBoxLayout()  # a stacked layout knows no margins
        inset.setContentsMargins(2 * ink.GRID - GAP, 0, 0, 0)  # pictures begin where the rest begins
        inset.addWidget(body)
        column.addLayout(inset, 1)

    def _connect(self) -> None:
        self.source.activated.connect(lambda _index: self._take_source())
        self.distance.activated.connect(lambda _index: self._take_metric())
        for part in (self.source, self.distance, self.select, self.alone, self.keep):
            part.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.query.found.connect(self._show_found)
        self.query.returnPressed.connect(self.select.click)
        self.select.clicked.connect(self._ask_select)
        self.alone.clicked.connect(self._ask_alone)
        self.keep.clicked.connect(self._ask_subset)
        self.subsets.wanted.connect(self._ask_deed)
        self.gallery.chosen.connect(self._ask_sample)
        self.gallery.pictures_wanted.connect(self.pictures_wanted)
        self.gallery.describe = self._describe
        self.gallery.colour_of = self._colour_of
