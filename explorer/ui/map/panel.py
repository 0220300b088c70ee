"""The map panel: shows the state on the map and turns what is done on the map into wishes to the store."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.export.map_svg import MapDrawing
from explorer.latents.arrays import Images, Latent, Latents, Points
from explorer.latents.measures import Neighbourhood
from explorer.latents.samples import Labels
from explorer.latents.selections import to_mask
from explorer.latents.surroundings import Kin
from explorer.projections.base import Projection
from explorer.projections.quality import Quality
from explorer.session.preferences import PointsLook
from explorer.session.state import Seat, State
from explorer.session.store import Store
from explorer.ui.map import colours, honesty, scene
from explorer.ui.map.bar import MapBar
from explorer.ui.map.canvas import MapCanvas
from explorer.ui.map.caution import Caution
from explorer.ui.map.chart import Chart
from explorer.ui.map.drawing import drawing_of
from explorer.ui.map.footer import MapFooter
from explorer.ui.map.grid_view import GridView, view_of
from explorer.ui.map.joints import join
from explorer.ui.map.lattice import GridSetting
from explorer.ui.map.legend import Legend, is_dark
from explorer.ui.map.marks import Marks
from explorer.ui.map.marks_legend import MarksLegend
from explorer.ui.map.nearest import PointGrid
from explorer.ui.map.only_chip import OnlyChip
from explorer.ui.map.picking import Tool
from explorer.ui.map.settling import PRELIMINARY, PRELIMINARY_HINT, Settling
from explorer.ui.map.tool_switch import ToolSwitch
from explorer.ui.map.waypoint_hand import Sight, WaypointHand
from explorer.ui.map.wishes import Wishes
from explorer.ui.widgets import ink
from explorer.work.messages import Opened


class MapPanel(QWidget):
    """`thumbnails_wanted(list of sample indices)`: all pictures that have room and are missing, the middle first.

    It stands in for an earlier list; it is not said again while all of its pictures are on their way.

    `glance_wanted(sample)`: the picture of one sample, beside the cursor.

    `look_changed(PointsLook)`: another size of the points, shade or contours; a way of looking, no state.

    `grid_wanted(latents or None, marks)`: tiles of the decoded grid, the first ones first; None: none any more.

    `values_wanted(latents or None, marks)`: the same of numbers, of the quantity that colours the map.

    `placed(points)`: the samples are at these places now, float32 (n, 2).

    `pin_wanted()`: what is shown is wanted as an end of a path. `grid_save_wanted()`: the grid as a picture for print.

    `space_wanted(name)`: another latent space of the model should be shown.
    """

    thumbnails_wanted = Signal(object)
    glance_wanted = Signal(int)
    look_changed = Signal(object)
    grid_wanted = Signal(object, object)
    values_wanted = Signal(object, object)
    placed = Signal(object)
    pin_wanted = Signal()
    grid_save_wanted = Signal()
    space_wanted = Signal(str)

    def __init__(self, store: Store, seat: Seat = "first", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Map")
        self._store = store
        self._chart = Chart(store)
        self._wishes = Wishes(store, self._chart, seat)
        self._seat: Seat = seat
        self._neighbourhood: Neighbourhood | None = None
        self._highlight: int | None = None
        self._colouring = colours.plain(0, "#888888")
        self._marks = Marks()
        self._grid = GridSetting()
        self.look = PointsLook()
        self.bar, self.canvas, self._footer = MapBar(self, seat), MapCanvas(self), MapFooter(self)
        self._legend, self._tools = Legend(self.canvas), ToolSwitch(self.canvas)
        self._marks_legend, self.settling = MarksLegend(self.canvas), Settling(self.canvas)
        self.chip, self._caution = OnlyChip(self.canvas, self._tools), Caution(self.canvas)
        self.canvas.installEventFilter(self)
        self.hand = WaypointHand(self.canvas, lambda: Sight(self._marks.route, self.canvas.camera))
        self.canvas.draw_over = self.hand.draw
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
        if self._chart.take_model(opened):
            self._show_space()
        else:
            self.canvas.ask_pictures_again()
            self._show_bar()

    def show_projection(self, projection: Projection, points: Points, index: PointGrid | None = None) -> None:
        """A projection of the current samples was fitted; `points` float32 (n, 2) are their places, `index` the grid
        over them where it was built already.

        Points that do not belong to the samples on show are ignored: they came too late.
        """
        samples = self._chart.samples
        if samples is None or len(points) != len(samples):
            return
        self._chart.fitted = projection, points, index
        self._show_map()
        self.placed.emit(points)

    def lifted(self, places: NDArray[np.float64]) -> Latents | None:
        """Latents (n, d) of places (n, 2) of the map; None while there is no way back."""
        return self._chart.lifted_all(places)

    def show_settling(self, points: Points) -> None:
        """Places (n, 2) of a map that is not done yet: to be seen, but nothing leads back from them."""
        if self._chart.samples is not None and len(points) == len(self._chart.samples):
            self._chart.shown = None
            self.canvas.show_notice("")
            self.canvas.show_settling(points)
            self._footer.show_lift(PRELIMINARY, PRELIMINARY_HINT)
            self.settling.show_partial(True)
            self._show_marks()

    def show_settled(self) -> None:
        """No map is being made any more: the one that was fitted last is on show."""
        self.settling.show_rest()
        if self._chart.shown is None:
            self._show_map()

    @property
    def shown(self) -> Projection | None:
        """The projection on the screen; None while there is none."""
        return self._chart.shown

    def _show_map(self) -> None:
        """What was fitted, on axes of equal probability where the grid wants them."""
        shown = self._chart.on_axes(self._is_equal)
        if shown is None:
            return
        projection, points, index = shown
        known, self._chart.shown = self._chart.shown, projection
        if known is None or known.choice != projection.choice or not self.canvas.shows(points):
            self.canvas.show_notice("")
            self.canvas.show_points(points, honesty.axis_names(projection), index)
            self._lay_legend()
        self._footer.show_projection(projection)
        self._show_grid()
        self._show_marks()

    def show_thumbnails(self, marks: tuple[int, ...], images: Images) -> None:
        """Pictures of the samples `marks`, uint8 (n, h, w, c)."""
        self.canvas.show_pictures(marks, images)

    def show_tiles(self, marks: tuple[object, ...], images: Images) -> None:
        """Tiles of the decoded grid, uint8 (n, h, w, c)."""
        self.canvas.grid.show(marks, images)

    def show_tile_values(self, marks: tuple[object, ...], values: NDArray[np.float32]) -> None:
        """Numbers of tiles, float32 (n,)."""
        self.canvas.heat.show(marks, values)

    def show_values(self, name: str, values: NDArray[np.float32]) -> None:
        """Numbers of all samples, float32 (n,), NaN where they are not known yet; `name` is that of the quantity."""
        self._chart.measured = Labels(name, values)
        if name == self._store.state.colour:
            self._show_colours()

    @property
    def grid_setting(self) -> GridSetting:
        """How the grid is shown, as it was asked for."""
        return self._grid

    def take_tool(self, tool: Tool) -> None:
        """What the hand holds on the map."""
        self.canvas.picking.take(tool)

    def grid_view(self) -> GridView | None:
        """What the grid shows, with the numbers on it; None while it is off."""
        return view_of(self.canvas, self._chart, self._colouring, self._grid.tint)

    def drawing(self, title: str) -> MapDrawing | None:
        """The map for print, as it is seen; None while there is none."""
        return drawing_of(self.canvas, self._colouring, title)

    def show_neighbourhood(self, neighbourhood: Neighbourhood | None) -> None:
        """What tells inside from outside, for the samples on show; built elsewhere, for it takes a moment."""
        self._neighbourhood = neighbourhood
        self._show_worth(self._store.preview)

    def show_quality(self, quality: Quality | None) -> None:
        """How far the map can be believed; None while that is not known."""
        self._footer.show_quality(quality)

    def show_kin(self, kin: Kin | None) -> None:
        """The true neighbours of the chosen sample, and which of them the map has kept; None for no sample."""
        self._chart.kin = kin
        self._show_marks()

    def show_look(self, look: PointsLook) -> None:
        """Size of the points, shade and contours."""
        self.look = look
        self._explain_marks()
        self.bar.look.show_look(look)
        self.canvas.show_look(look)

    def reset_view(self) -> None:
        """Show the whole map."""
        self.canvas.reset_view()

    # in, from the store

    def _show_change(self, old: State, new: State) -> None:
        if new.place.space != old.place.space:
            self._show_space()
        elif new.place is not old.place or new.studio is not old.studio:
            self._chart.follow(old, new)
            self._show_marks()
            for tiles in (self.canvas.grid, self.canvas.heat):
                tiles.follow(anew=new.place.truncation != old.place.truncation)
        elif scene.routes_differ(old.path, new.path):
            self._put(route=self._chart.route())
        elif new.path.position != old.path.position:
            self._put(route=self._chart.with_bead(self._marks.route))
        if new.selection is not old.selection:
            self._show_selection()
        if new.only is not old.only:
            self._show_only()
        if new.subsets is not old.subsets:
            self._show_colours()
        if new.studio is not old.studio:
            self._show_bar()
        if new.colour != old.colour:
            self._highlight = None
            self.canvas.heat.clear()
            self._show_colours()
            self._show_grid()
        if new.choice(self._seat) != old.choice(self._seat):
            self._show_bar()

    def _show_preview(self, latent: Latent | None) -> None:
        self._put(preview=self._chart.at(latent), reach=self._chart.reach(latent))
        self._show_worth(latent)

    def _show_space(self) -> None:
        """Another model or another of its spaces: samples, colours and places are others."""
        self._chart.begin()
        self._neighbourhood = self._highlight = None
        self.canvas.clear_pictures(self._chart.words)
        self.canvas.show_points(np.empty((0, 2), np.float32), ("", ""))
        self.canvas.show_notice(*self._chart.notice)
        samples = self._chart.samples
        self._footer.show_lift("", "")
        self._footer.show_quality(None)
        self._footer.show_samples(0 if samples is None else len(samples), "" if samples is None else samples.provenance)
        self._show_bar()
        self._show_colours()
        self._show_only()
        self._show_selection()
        self._show_marks()

    def _show_bar(self) -> None:
        samples, state = self._chart.samples, self._store.state
        self.bar.setEnabled(samples is not None)
        self.bar.show_subject(state.choice(self._seat) or state.projection, samples, self._chart.concepts)
        names = () if self._chart.opened is None else tuple(self._chart.opened.samples)
        self.bar.show_spaces(names, state.place.space)
        self._show_grid()

    def _show_colours(self) -> None:
        palette = self.palette()
        self._colouring = self._chart.colouring(ink.grey(palette, 0.5).name(), dark=is_dark(palette))
        self.bar.show_colours(self._chart.colours, self._colouring.name, self._chart.measures)
        self.canvas.heat_layer.show_scale(self._colouring.low, self._colouring.high, dark=is_dark(palette))
        self.canvas.show_colouring(self._colouring, self._highlight)
        if self._seat == "first":  # the other map has the same colours
            self._legend.show_colouring(self._colouring, self._highlight, *self._chart.colour_words)

    def _show_only(self) -> None:
        only, samples = self._store.state.only, self._chart.samples
        there = None if only is None or samples is None else to_mask(only.indices, len(samples))
        self.canvas.show_only(there)
        self.chip.show_only(only, 0 if samples is None else len(samples))

    def _show_selection(self) -> None:
        self.canvas.show_selection(self._store.state.selection)
        self._explain_marks()

    def _show_marks(self) -> None:
        self._marks = self._chart.marks()
        self._explain_marks()
        self._put(preview=self._chart.at(self._store.preview))
        self._show_worth(self._store.preview)

    def _explain_marks(self) -> None:
        looks = honesty.looks(self.look, len(self.canvas.layers.points))
        self._marks_legend.show_marks(self._marks, self._chart.shown, len(self._store.state.selection), looks)
        self._caution.show_projection(self._chart.shown)

    def _show_worth(self, preview: Latent | None) -> None:
        latent = self._chart.current if preview is None else preview
        known = self._neighbourhood is not None and self._chart.fits(latent)
        self._footer.show_nearness(self._neighbourhood.nearness(latent) if known and self._neighbourhood else None)

    def _ask_pin(self, point: NDArray[np.float64]) -> None:
        """Go there, and pin it: two tiles make a path."""
        self._wishes.ask_place(point, None)
        self.pin_wanted.emit()

    # ways of looking, which undo does not know

    def show_grid_setting(self, setting: GridSetting) -> None:
        """Show the grid in another way."""
        before, self._grid = self._is_equal, setting
        if self._is_equal == before:
            self._show_grid()
        else:
            self._show_map()

    def _show_grid(self) -> None:
        """The wish stays as it is; where equal probability means nothing, the grid is linear."""
        self.bar.grid.show_setting(self._grid, offers_equal=self._chart.offers_equal)
        setting, quantity = replace(self._grid, equal=self._is_equal), self._chart.quantity
        tinted = quantity is not None and quantity.by != "map"
        if (setting, tinted and setting.on) != (self.canvas.grid.setting, self.canvas.heat.setting.on):
            self.canvas.show_grid_setting(setting, tinted=tinted)

    def _light_up(self, code: int | None) -> None:
        """A class stands out. It is a way of looking, no state: undo does not know it."""
        self._highlight = code
        self.canvas.show_colouring(self._colouring, code)

    @property
    def _is_equal(self) -> bool:
        return self._grid.on and self._grid.equal and self._chart.offers_equal

    def _put(self, **marks: object) -> None:
        self._marks = replace(self._marks, **marks)  # type: ignore[arg-type]
        self.canvas.show_marks(self._marks)

    # Qt

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.canvas and event.type() == QEvent.Type.Resize:
            self._legend.settle()
            self._marks_legend.settle()
            self.chip.settle()
        return False

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._redress.start()

    def _lay_legend(self) -> None:
        """Where it hides the fewest samples."""
        self._legend.lie_in(min(self._legend.corners(), key=self.canvas.crowd))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.canvas, 1)
        column.addWidget(self._footer)

    def _connect(self) -> None:
        join(self, self.canvas, self._chart, self._footer, self._store)
        self.bar.kind_wanted.connect(self._wishes.ask_kind)
        self.bar.projection_wanted.connect(self._wishes.ask_projection)
        self.bar.colour_wanted.connect(self._wishes.ask_colour)
        self.canvas.pinned.connect(self._ask_pin)
        self.canvas.hovered.connect(self._wishes.ask_preview)
        self.canvas.chosen.connect(self._wishes.ask_place)
        self.canvas.picking.picked.connect(self._wishes.ask_picked)
        self.canvas.picking.tool_changed.connect(self._tools.show_tool)
        self._tools.wanted.connect(self.canvas.picking.take)
        self.chip.all_wanted.connect(self._wishes.ask_all)
        self._legend.resized.connect(self._lay_legend)
        self._legend.highlight_wanted.connect(self._light_up)
        self._store.listen(self._show_change)
        self._store.listen_preview(self._show_preview)
