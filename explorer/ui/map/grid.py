"""What lies under the points, tile by tile: pictures, or numbers. Asks for what is missing and shows what comes."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QPainter

from explorer.latents.arrays import Latent, Latents
from explorer.ui.map.camera import Camera
from explorer.ui.map.grid_layer import ASKED, GridLayer
from explorer.ui.map.lattice import GridSetting, Lattice, Tile, is_coarse, ordered, reduced

SETTLE = 150  # milliseconds without a move before tiles are asked for
FRAME = 100  # milliseconds between paintings while tiles come
PORTION = 64  # tiles lifted at once
BUDGET_S = 0.008  # in one turn of the loop
Mark = tuple[int, Tile]
Floats = NDArray[np.float64]
Lift = Callable[[Floats], Latents | None]


def coarse_among(marks: tuple[object, ...]) -> int:
    """How many of the wanted tiles make the first picture of the whole: they come first."""
    return sum(is_coarse(tile) for _epoch, tile in cast(tuple[Mark, ...], marks))


class TileLayer(Protocol):
    """Keeps what came for tiles, and draws it."""

    def show_lattice(self, lattice: Lattice | None) -> None: ...

    def clear(self) -> None: ...

    def forget_composed(self) -> None: ...

    def show(self, tiles: list[Tile], contents: NDArray[Any], side: float, /) -> None: ...

    def has(self, tile: Tile) -> bool: ...

    def is_stretched(self, camera: Camera, ratio: float, /) -> bool: ...

    def draw(self, painter: QPainter, camera: Camera, level: int, ratio: float, opacity: float, /) -> None: ...


class MapGrid(QObject):
    """Of pictures, or of what another `layer` draws.

    `wanted(latents, marks)`: tiles that are missing, the first ones first; it stands in for an earlier wish.

    `forgotten()`: nothing is wanted any more. `changed()`: paint. `lift` makes latents (n, d) of places (n, 2), or says
    None while there is no way back; it is given by whoever knows the projection.
    """

    wanted = Signal(object, object)
    forgotten = Signal()
    changed = Signal()

    def __init__(self, parent: QObject | None = None, layer: TileLayer | None = None) -> None:
        super().__init__(parent)
        self.setting = GridSetting()
        self.lift: Lift = lambda _points: None
        self._layer: TileLayer = GridLayer() if layer is None else layer
        self._lattice: Lattice | None = None
        self._camera, self._fit, self._ratio, self._level = Camera(), Camera(), 1.0, 0
        self._fresh: set[Tile] = set()  # those that came since the latents are these, by reduced name
        self._due = 0  # tiles on their way
        self._coarse_due: set[Tile] = set()  # those of them that make the first picture of the whole
        self._epoch = 0  # of the latents; pictures of another one are refused
        self._probe: Latents | None = None
        self._settle = self._timer(SETTLE, self._ask)
        self._next = self._timer(0, self._lift_some)
        self._frame = self._timer(FRAME, self._end_frame)
        self._is_dirty = False
        self._unlifted: list[Tile] = []
        self._lifted: list[tuple[Tile, Latent]] = []

    # in

    def show_setting(self, setting: GridSetting) -> None:
        """On or off, and how."""
        self.setting = setting
        if not setting.on:
            self._forget()
            self._settle.stop()
        self._lay()
        self.changed.emit()

    def look(self, camera: Camera, fit: Camera, ratio: float) -> None:
        """The view moved; `fit` shows everything."""
        if (camera, fit, ratio) == (self._camera, self._fit, self._ratio):
            return
        self._camera, self._fit, self._ratio = camera, fit, ratio
        self._lay()

    def clear(self) -> None:
        """Another projection, space or model: nothing that was decoded is of any use."""
        self._renew()
        self._layer.clear()
        self._level = 0
        self._lay()

    def follow(self, *, anew: bool) -> None:
        """The current latent changed, or with `anew` how any latent is decoded. Where the tiles' latents are others
        now, their pictures stay until the new ones come."""
        if not self.setting.on:
            self._renew()
            self._layer.clear()
        elif anew or not self._is_same():
            self._renew()
            self._lay()

    def ask_again(self) -> None:
        """What was asked for will not come."""
        self._renew()
        self._lay()

    def show(self, marks: tuple[object, ...], contents: NDArray[Any]) -> None:
        """Tiles came: pictures uint8 (n, h, w, c), or what else the layer draws, (n, ...)."""
        named = cast(tuple[Mark, ...], marks)
        seats = [seat for seat, (epoch, _tile) in enumerate(named) if epoch == self._epoch]
        if not seats or not self.setting.on:
            return
        self._due = max(self._due - len(seats), 0)
        tiles = [named[seat][1] for seat in seats]
        self._fresh.update(map(reduced, tiles))
        side = 1.5 * (self._lattice.unit if self._lattice else 1.0) * self._fit.scale * self._ratio
        self._layer.show(tiles, contents[seats], side)
        self._is_dirty = True
        waited, self._coarse_due = bool(self._coarse_due), self._coarse_due.difference(tiles)
        if self._coarse_due and not self._frame.isActive():
            self._frame.start()  # a picture of the whole is near: it comes first, if it comes soon
        elif not self._coarse_due and (waited or not self._due or not self._frame.isActive()):
            self._end_frame()  # the coarse picture and the last one wait for no frame

    # out

    def draw(self, painter: QPainter, camera: Camera, ratio: float) -> None:
        """Draw the tiles that have come."""
        if self.setting.on:
            self._layer.draw(painter, camera, self._level, ratio, self.setting.opacity)

    def tile_at(self, x: float, y: float) -> tuple[Tile, Floats] | None:
        """The tile that covers a place and its centre (2,); None while the grid is off."""
        tile = self._lattice.tile_at(self._level, x, y) if self.setting.on and self._lattice else None
        return (tile, self._lattice.centres([tile])[0]) if tile and self._lattice else None

    def span(self) -> tuple[Lattice, int, range, range] | None:
        """The lattice, the level, and columns and rows of the view; None while the grid is off."""
        if not self.setting.on or self._lattice is None:
            return None
        columns, rows = self._lattice.covering(self._level, self._camera.bounds, 0)
        return (self._lattice, self._level, columns, rows) if columns and rows else None

    def box(self, tile: Tile) -> tuple[float, float, float, float]:
        """left, bottom, right, top of a tile in the plane."""
        assert self._lattice is not None
        return self._lattice.box(tile)

    # inside

    def _lay(self) -> None:
        """What is on its way is for a view that is gone; ask anew when it rests."""
        if not self.setting.on:
            return
        unit = min(self._fit.width, self._fit.height) / self._fit.scale / self.setting.side
        lattice = Lattice(unit, self.setting.side, self.setting.equal)
        if lattice != self._lattice:
            self._lattice = lattice
            self._layer.show_lattice(lattice)
            self._renew()
            self._level = 0
        self._level = lattice.level(self._camera.scale / self._fit.scale, self._level)
        self._forget()
        self._settle.start()

    def _ask(self) -> None:
        """Tiles of the view whose pictures are missing, coarse first, from the middle of the view outwards."""
        if self._layer.is_stretched(self._camera, self._ratio):
            self._layer.forget_composed()
            self.changed.emit()
        self._unlifted, self._lifted = self._missing(), []
        if self._probe is None:
            self._probe = self._probed()
        self._lift_some()

    def _lift_some(self) -> None:
        """As many as a frame has time for: between neighbours a lift takes long. The first and the last are wanted."""
        until, is_first = perf_counter() + BUDGET_S, not self._lifted
        while self._unlifted and self._lattice is not None:
            portion, self._unlifted = self._unlifted[:PORTION], self._unlifted[PORTION:]
            latents = self.lift(self._lattice.centres(portion))
            if latents is None:
                self._unlifted = []
                return
            self._lifted += zip(portion, latents, strict=True)
            if perf_counter() >= until:
                break
        if is_first or not self._unlifted:
            self._want()
        if self._unlifted:
            self._next.start()

    def _want(self) -> None:
        due = [(tile, latent) for tile, latent in self._lifted if reduced(tile) not in self._fresh]
        self._due, self._coarse_due = len(due), {tile for tile, _latent in due if is_coarse(tile)}
        if due:
            latents = np.stack([latent for _tile, latent in due])
            self.wanted.emit(latents, tuple((self._epoch, tile) for tile, _latent in due))

    def _missing(self) -> list[Tile]:
        lattice, level, camera = self._lattice, self._level, self._camera
        if lattice is None or not self.setting.on:
            return []
        columns, rows = lattice.covering(level, camera.bounds, ASKED)
        middle = (lattice.index(level, camera.x), lattice.index(level, camera.y))
        return [
            tile
            for tile in ordered(level, columns, rows, middle)
            if reduced(tile) not in self._fresh or not self._layer.has(tile)
        ]

    def _forget(self) -> None:
        self._next.stop()
        if self._due > 0:
            self._due = 0
            self.forgotten.emit()

    def _renew(self) -> None:
        self._forget()
        self._epoch += 1
        self._fresh.clear()
        self._probe = None

    def _is_same(self) -> bool:
        """Whether the tiles are still the same latents: a step within the plane of the map changes none of them."""
        before, now = self._probe, self._probed()
        if before is None or now is None or before.shape != now.shape:
            return before is now
        return bool(np.allclose(before, now, rtol=0, atol=1e-5))

    def _probed(self) -> Latents | None:
        """The latents of nine places."""
        if self._lattice is None:
            return None
        steps = np.arange(-1.0, 2.0) * self._lattice.unit * self._lattice.side / 2
        return self.lift(np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2))

    def _end_frame(self) -> None:
        if self._is_dirty:
            self._is_dirty = False
            self._layer.forget_composed()
            self.changed.emit()
            self._frame.start()

    def _timer(self, milliseconds: int, shot: Callable[[], None]) -> QTimer:
        timer = QTimer(self, singleShot=True, interval=milliseconds)
        timer.timeout.connect(shot)
        return timer
