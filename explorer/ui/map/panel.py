"""The map panel: shows the state on the map and turns what is done on the map into wishes to the store."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.latents.arrays import Images, Latent, Latents, Points
from explorer.latents.concepts import Concept
from explorer.latents.measures import Neighbourhood, by_effect
from explorer.latents.samples import LatentSet
from explorer.projections.base import Projection, ProjectionChoice
from explorer.projections.quality import Quality
from explorer.session.state import NOTHING, State, frozen
from explorer.session.store import Store
from explorer.ui.map import colours, scene
from explorer.ui.map.bar import MapBar
from explorer.ui.map.canvas import MapCanvas
from explorer.ui.map.footer import MapFooter
from explorer.ui.map.lattice import GridSetting
from explorer.ui.map.legend import Legend, is_dark
from explorer.ui.map.marks import Marks, Route
from explorer.ui.map.traces import Traces
from explorer.ui.widgets import ink
from explorer.work.messages import Opened

NO_MODEL = "No model is open"
NO_SAMPLES = "This model brought no samples of this space, so there is no map of it."
PLACING = "Placing the samples\N{HORIZONTAL ELLIPSIS}"
MOST_LABELS = 6  # in a tooltip that leaves the map to be seen


class MapPanel(QWidget):
    """`thumbnails_wanted(list of sample indices)`: all pictures that have room and are missing, the middle first.

    It stands in for an earlier list; it is not said again while all of its pictures are on their way.

    `grid_wanted(latents or None, marks)`: tiles of the decoded grid, the first ones first; None: none any more.

    `space_wanted(name)`: another latent space of the model should be shown.
    """

    thumbnails_wanted = Signal(object)
    grid_wanted = Signal(object, object)
    space_wanted = Signal(str)

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Map")
        self._store = store
        self._opened: Opened | None = None
        self._fitted: tuple[Projection, Points] | None = None  # as it came
        self._projection: Projection | None = None  # as it is shown
        self._neighbourhood: Neighbourhood | None = None
        self._traces = Traces(store.state)
        self._highlight: int | None = None
        self._colouring = colours.plain(0, "#888888")
        self._marks = Marks()
        self._grid = GridSetting()
        self._bar, self._canvas, self._footer = MapBar(self), MapCanvas(self), MapFooter(self)
        self._legend = Legend(self._canvas)
        self._canvas.installEventFilter(self)
        self._canvas.telling.describe = self._describe
        self._canvas.telling.describe_place = self._describe_place
        # the legend is built anew in the next turn: Qt walks over all widgets while a palette changes
        self._redress = QTimer(self, singleShot=True, interval=0)
        self._redress.timeout.connect(self._show_colours)
        self._lay_out()
        self._connect()
        self.show_model(None)

    # in, from the desk

    def show_model(self, opened: Opened | None) -> None:
        """Another model, or none: everything of the one before is gone. The same one again (on another device) changes
        nothing that can be seen."""
        before, samples = self._opened, self._samples
        self._opened = opened
        if opened and opened.is_same_as(before) and samples is not None and _alike(samples, self._samples):
            self._canvas.ask_pictures_again()
            self._show_bar()
        else:
            self._show_space()

    def show_projection(self, projection: Projection, points: Points) -> None:
        """A projection of the current samples was fitted; `points` float32 (n, 2) are their places.

        Points that do not belong to the samples on show are ignored: they came too late.
        """
        if self._samples is None or len(points) != len(self._samples):
            return
        self._fitted = projection, points
        self._show_map()

    def _show_map(self) -> None:
        """What was fitted, on axes of equal probability where the grid wants them."""
        if self._fitted is None:
            return
        projection, points = self._fitted
        if self._is_equal:
            projection, points = scene.bent(projection, points)
        known, self._projection = self._projection, projection
        if known is None or known.choice != projection.choice or not self._canvas.shows(points):
            self._canvas.show_notice("")
            self._canvas.show_points(points, projection.axis_names)
            self._lay_legend()
        self._footer.show_lift(projection.lift_name, projection.lift_hint)
        self._show_grid()
        self._show_marks()

    def show_thumbnails(self, marks: tuple[int, ...], images: Images) -> None:
        """Pictures of the samples `marks`, uint8 (n, h, w, c)."""
        self._canvas.show_pictures(marks, images)

    def show_tiles(self, marks: tuple[object, ...], images: Images) -> None:
        """Tiles of the decoded grid, uint8 (n, h, w, c)."""
        self._canvas.grid.show(marks, images)

    def toggle_grid(self) -> None:
        """The decoded grid, on or off. A way of looking: undo does not know it."""
        self._take_grid(replace(self._grid, on=not self._grid.on))

    def show_neighbourhood(self, neighbourhood: Neighbourhood | None) -> None:
        """What tells inside from outside, for the samples on show; built elsewhere, for it takes a moment."""
        self._neighbourhood = neighbourhood
        self._show_worth(self._store.preview)

    def show_quality(self, quality: Quality | None) -> None:
        """How far the map can be believed; None while that is not known."""
        self._footer.show_quality(quality)

    def reset_view(self) -> None:
        """Show the whole map."""
        self._canvas.reset_view()

    def focus_map(self) -> None:
        """Give the keyboard to the map."""
        self._canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # in, from the store

    def _show_change(self, old: State, new: State) -> None:
        if new.place.space != old.place.space:
            self._show_space()
        elif new.place is not old.place:
            self._traces.follow(old, new, self._concepts)
            self._show_marks()
            self._canvas.grid.follow(anew=new.place.truncation != old.place.truncation)
        elif scene.pins_differ(old.path, new.path):
            self._put(route=self._route())
        if new.colour != old.colour:
            self._highlight = None
            self._show_colours()
        if new.projection != old.projection:
            self._show_bar()

    def _show_preview(self, latent: Latent | None) -> None:
        self._put(preview=self._at(latent))
        self._show_worth(latent)

    def _show_space(self) -> None:
        """Another model or another of its spaces: samples, colours and places are others."""
        self._projection = self._neighbourhood = self._fitted = None
        self._highlight = None
        self._traces = Traces(self._store.state, self._concepts)
        self._canvas.clear_pictures()
        self._canvas.show_points(np.empty((0, 2), np.float32), ("", ""))
        self._canvas.show_notice(self._notice())
        samples = self._samples
        self._footer.show_lift("", "")
        self._footer.show_quality(None)
        self._footer.show_samples(0 if samples is None else len(samples), "" if samples is None else samples.provenance)
        self._show_bar()
        self._show_colours()
        self._show_marks()

    def _show_bar(self) -> None:
        samples, state = self._samples, self._store.state
        self._bar.setEnabled(samples is not None)
        self._bar.show_subject(state.projection, samples, self._concepts)
        names = () if self._opened is None else tuple(self._opened.samples)
        self._bar.show_spaces(names, state.place.space)
        self._show_grid()

    def _show_colours(self) -> None:
        samples, palette = self._samples, self.palette()
        ground = ink.grey(palette, 0.5).name()
        if samples is None:
            self._colouring = colours.plain(0, ground)
        else:
            name = self._store.state.colour
            self._colouring = colours.colouring(samples, name, ground=ground, dark=is_dark(palette))
        self._bar.show_colours(() if samples is None else colours.choices(samples), self._colouring.name)
        self._canvas.show_colouring(self._colouring, self._highlight)
        self._legend.show_colouring(self._colouring, self._highlight)

    def _show_marks(self) -> None:
        known = self._projection is not None and self._fits(self._traces.current)
        self._marks = (
            self._traces.marks(self._store.state, self._concepts, self._projection)
            if known and self._projection
            else Marks()
        )
        self._put(preview=self._at(self._store.preview))
        self._show_worth(self._store.preview)

    def _show_worth(self, preview: Latent | None) -> None:
        latent = self._traces.current if preview is None else preview
        known = self._neighbourhood is not None and self._fits(latent)
        self._footer.show_nearness(self._neighbourhood.nearness(latent) if known and self._neighbourhood else None)

    # out, to the store

    def _ask_preview(self, point: NDArray[np.float64] | None) -> None:
        self._store.show_preview(None if point is None else self._lifted(point))

    def _ask_place(self, point: NDArray[np.float64], sample: int | None) -> None:
        """A click: to a sample, or to the place itself. The path no longer holds the stage."""
        state, samples = self._store.state, self._samples
        latent = self._lifted(point) if sample is None or samples is None else samples.latents[sample]
        if latent is None:
            return
        title = "Go to this point" if sample is None else f"Choose sample {sample}"
        place = replace(state.place, base=frozen(latent), strengths=NOTHING, sample=sample, seed=None)
        self._store.change(title, place=place, path=replace(state.path, position=None))

    def _ask_kind(self, kind: str) -> None:
        """Two dimensions begin with the two that change the picture most."""
        samples = self._samples
        first, second = 0, 1
        if kind == "axes" and samples is not None and samples.dim > 2:
            first, second = by_effect(samples)[:2].tolist()
        self._ask_projection(replace(self._store.state.projection, kind=kind, first=first, second=second))

    def _ask_projection(self, choice: ProjectionChoice) -> None:
        if choice != self._store.state.projection:
            self._store.change("Change the projection", projection=choice)

    def _ask_colour(self, name: str) -> None:
        if name != self._store.state.colour:
            self._store.change(f"Colour by {name}" if name else "Colour by nothing", colour=name)

    def _take_grid(self, setting: GridSetting) -> None:
        before, self._grid = self._is_equal, setting
        if self._is_equal == before:
            self._show_grid()
        else:
            self._show_map()

    def _show_grid(self) -> None:
        """The wish stays as it is; where equal probability means nothing, the grid is linear."""
        self._bar.grid.show_setting(self._grid, offers_equal=self._offers_equal)
        setting = replace(self._grid, equal=self._is_equal)
        if setting != self._canvas.grid.setting:
            self._canvas.show_grid_setting(setting)

    def _light_up(self, code: int | None) -> None:
        """A class stands out. It is a way of looking, no state: undo does not know it."""
        self._highlight = code
        self._canvas.show_colouring(self._colouring, code)

    # what follows from the state

    @property
    def _samples(self) -> LatentSet | None:
        return None if self._opened is None else self._opened.samples.get(self._store.state.place.space)

    @property
    def _concepts(self) -> tuple[Concept, ...]:
        return () if self._opened is None else self._opened.concepts_of(self._store.state.place.space)

    def _fits(self, latent: Latent | None) -> bool:
        return latent is not None and self._samples is not None and latent.shape == (self._samples.dim,)

    def _at(self, latent: Latent | None) -> Points | None:
        if latent is None or self._projection is None or not self._fits(latent):
            return None
        return scene.place_one(self._projection, latent)

    def _lifted(self, point: NDArray[np.float64]) -> Latent | None:
        latents = self._lifted_all(point[None])
        return None if latents is None else frozen(latents[0])

    def _lifted_all(self, points: NDArray[np.float64]) -> Latents | None:
        """Latents (n, d) of places (n, 2)."""
        if self._projection is None or not self._fits(self._traces.current):
            return None
        return self._projection.lift(points.astype(np.float32), self._traces.current)

    @property
    def _offers_equal(self) -> bool:
        if self._fitted is None or self._opened is None:
            return False
        return scene.is_gaussian(self._fitted[0], self._opened.card, self._store.state.place.space)

    @property
    def _is_equal(self) -> bool:
        return self._grid.on and self._grid.equal and self._offers_equal

    def _describe_place(self, point: NDArray[np.float64]) -> str:
        return "" if self._projection is None else scene.place_text(self._projection, point)

    def _route(self) -> Route:
        if self._projection is None or self._samples is None:
            return Route()
        return scene.route(self._store.state.path, self._samples.dim, self._projection)

    def _put(self, **marks: object) -> None:
        self._marks = replace(self._marks, **marks)  # type: ignore[arg-type]
        self._canvas.show_marks(self._marks)

    def _notice(self) -> str:
        if self._opened is None:
            return NO_MODEL
        return NO_SAMPLES if self._samples is None or not len(self._samples) else PLACING

    def _describe(self, sample: int) -> str:
        """A sample in words: its number and what its labels say, the one that colours the map first."""
        samples = self._samples
        if samples is None or sample >= len(samples):
            return ""
        colour = self._store.state.colour
        named = sorted(samples.labels, key=lambda labels: labels.name != colour)[:MOST_LABELS]
        lines = [f"{labels.name}: {labels.text(sample)}" for labels in named]
        return "\n".join([f"Sample {sample}", *lines])

    # Qt

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._canvas and event.type() == QEvent.Type.Resize:
            self._legend.settle()
        return False

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._redress.start()

    def _lay_legend(self) -> None:
        """Where it hides the fewest samples."""
        self._legend.lie_in(min(self._legend.corners(), key=self._canvas.crowd))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._canvas, 1)
        column.addWidget(self._footer)

    def _connect(self) -> None:
        self._bar.kind_wanted.connect(self._ask_kind)
        self._bar.projection_wanted.connect(self._ask_projection)
        self._bar.colour_wanted.connect(self._ask_colour)
        self._bar.space_wanted.connect(self.space_wanted)
        self._bar.reset_wanted.connect(self.reset_view)
        self._bar.grid.wanted.connect(self._take_grid)
        self._canvas.grid.lift = self._lifted_all
        self._canvas.grid.wanted.connect(self.grid_wanted)
        self._canvas.grid.forgotten.connect(lambda: self.grid_wanted.emit(None, ()))
        self._canvas.hovered.connect(self._ask_preview)
        self._canvas.chosen.connect(self._ask_place)
        self._canvas.pictures_wanted.connect(self.thumbnails_wanted)
        self._legend.resized.connect(self._lay_legend)
        self._legend.highlight_wanted.connect(self._light_up)
        self._store.listen(self._show_change)
        self._store.listen_preview(self._show_preview)


def _alike(one: LatentSet, other: LatentSet | None) -> bool:
    """Whether two sets hold the same samples, with the same labels to choose from."""
    if other is None or one.space != other.space or colours.choices(one) != colours.choices(other):
        return False
    return np.array_equal(one.latents, other.latents)
