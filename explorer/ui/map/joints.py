"""Joins a map's canvas, bar and chart to what the panel says of itself: all that needs no decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.ui.map.grid_view import value_words

if TYPE_CHECKING:
    from explorer.session.state import State
    from explorer.session.store import Store
    from explorer.ui.map.canvas import MapCanvas
    from explorer.ui.map.chart import Chart
    from explorer.ui.map.footer import MapFooter
    from explorer.ui.map.panel import MapPanel


def join(panel: MapPanel, canvas: MapCanvas, chart: Chart, footer: MapFooter, store: Store) -> None:
    """Once, when the panel is built."""
    bar, telling = panel.bar, canvas.telling
    bar.space_wanted.connect(panel.space_wanted)
    bar.reset_wanted.connect(panel.reset_view)
    bar.look.wanted.connect(panel.show_look)
    bar.look.wanted.connect(panel.look_changed)
    bar.grid.wanted.connect(panel.show_grid_setting)
    bar.grid.save_wanted.connect(panel.grid_save_wanted)
    for tiles, wanted in ((canvas.grid, panel.grid_wanted), (canvas.heat, panel.values_wanted)):
        tiles.lift = chart.lifted_all
        tiles.wanted.connect(wanted)
        tiles.forgotten.connect(lambda wanted=wanted: wanted.emit(None, ()))
    canvas.pictures_wanted.connect(panel.thumbnails_wanted)
    telling.picture_wanted.connect(panel.glance_wanted)
    telling.describe = chart.describe
    telling.describe_place = chart.describe_place
    telling.describe_tile = lambda tile: value_words(canvas, chart, tile)

    def follow(old: State, new: State) -> None:
        """What of a latent the map changes: told beside the lift, and the tiles of the grid change the same."""
        if new.scope != old.scope or new.place.space != old.place.space:
            footer.show_scope(chart.scope_words)
            for tiles in (canvas.grid, canvas.heat):
                tiles.follow(anew=False)

    store.listen(follow)
