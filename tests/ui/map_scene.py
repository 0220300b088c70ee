"""A map of a small model on the screen, and words for the hand."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.latents.concepts import Concept
from explorer.latents.samples import Labels, LatentSet
from explorer.models.base import Card, Space
from explorer.projections import pca
from explorer.projections.base import Projection, ProjectionChoice
from explorer.session.state import Place, State, frozen
from explorer.session.store import Store
from explorer.ui.map.panel import MapPanel
from explorer.work.messages import Opened

DIM = 5


def sample_set(count: int = 300, space: str = "z") -> LatentSet:
    rng = np.random.default_rng(7)
    latents = (rng.normal(size=(count, DIM)) * (3, 2, 1, 0.5, 0.2)).astype(np.float32)
    labels = (
        Labels("smile", (latents[:, 0] > 0).astype(np.int64), ("no", "yes")),
        Labels("age", latents[:, 1].copy()),
    )
    return LatentSet(space, latents, labels=labels, effects=np.array([0.1, 0.2, 0.9, 0.8, 0.3], np.float32))


def opened_with(*sets: LatentSet) -> Opened:
    spaces = tuple(Space(samples.space, DIM, (DIM,), "N(0, I)") for samples in sets)
    card = Card("toy", "vae", "toy", 1, spaces, (8, 8, 3), (0.0, 1.0), "", "", "none")
    direction = np.eye(DIM, dtype=np.float32)[1]
    concepts = (Concept("smile", direction, 2.0), Concept("hat", np.eye(DIM, dtype=np.float32)[3], 1.0))
    return Opened(1, "toy", card, {samples.space: samples for samples in sets}, concepts, "cpu", ("cpu",), "float32")


class MapScene:
    """A map of 300 samples on the screen, its store, and words for the hand."""

    def __init__(self, qtbot: QtBot, count: int = 300) -> None:
        self.qtbot = qtbot
        self.samples = sample_set(count)
        place = Place("z", frozen(np.full(DIM, 0.3)))
        self.store = Store(State("toy", place))
        self.panel = MapPanel(self.store)
        self.canvas = self.panel.canvas
        self.canvas.motion = False
        qtbot.addWidget(self.panel)
        self.panel.resize(640, 480)
        self.panel.show_model(opened_with(self.samples))
        self.show(pca.fit(self.samples, ProjectionChoice()))
        self.panel.show()
        self.panel.grab()

    def show(self, projection: Projection) -> None:
        self.projection = projection
        self.points = projection.place(self.samples.latents)
        self.panel.show_projection(projection, self.points)

    def at(self, sample: int) -> QPoint:
        return QPointF(*self.canvas.camera.to_screen(self.points[sample]).tolist()).toPoint()

    def lonely(self) -> int:
        """A sample with nobody near it, and in the view."""
        screen = self.canvas.camera.to_screen(self.points)
        apart = np.hypot(*(screen[:, None] - screen[None]).transpose(2, 0, 1)) + 1e9 * np.eye(len(screen))
        return int(apart.min(axis=1).argmax())

    def nothing(self) -> QPoint:
        """A place of the view without a sample near it."""
        for x in range(60, self.canvas.width() - 20, 10):
            if self.canvas.sample_at(QPointF(x, 60)) is None:
                return QPoint(x, 60)
        raise AssertionError

    def hover(self, at: QPoint) -> None:
        QApplication.sendEvent(self.canvas, mouse_move(self.canvas, at))  # even where the cursor is there already
        QApplication.processEvents()

    def click(self, at: QPoint) -> None:
        self.qtbot.mouseClick(self.canvas, Qt.MouseButton.LeftButton, pos=at)

    def part(self, kind: type[QWidget], name: str) -> QWidget:
        return next(part for part in self.panel.findChildren(kind) if part.accessibleName() == name)


def heard(store: Store) -> list[State]:
    changes: list[State] = []
    store.listen(lambda _, new: changes.append(new))
    return changes


def mouse_move(widget: QWidget, at: QPoint) -> QEvent:
    place = QPointF(at)
    return QMouseEvent(
        QEvent.Type.MouseMove,
        place,
        QPointF(widget.mapToGlobal(at)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
