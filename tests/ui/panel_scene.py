"""A small model without weights, and a store that stands at one of its samples."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from explorer.latents.concepts import Concept
from explorer.latents.samples import Labels, LatentSet
from explorer.models.base import Card, Space
from explorer.session.state import Place, State, frozen
from explorer.session.store import Store
from explorer.work.messages import Opened

DIM = 32
NAMES = ("smile", "glasses", "beard", "earrings", "long hair", "bold")


class Clock:
    """Seconds that pass when told."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def samples(count: int = 60, dim: int = DIM, space: str = "z", *, posterior: bool = True) -> LatentSet:
    random = np.random.default_rng(1)
    return LatentSet(
        space,
        random.normal(size=(count, dim)).astype(np.float32),
        log_variances=np.full((count, dim), -2.0, dtype=np.float32) if posterior else None,
        labels=(Labels("smile", random.integers(0, 2, count), ("no", "yes")),),
        log_likelihoods=np.linspace(-300, -200, count).astype(np.float32) if posterior else None,
        effects=np.roll(np.linspace(0.05, 0.001, dim), 5).astype(np.float32),
    )


def concepts(count: int = len(NAMES), dim: int = DIM, space: str = "z") -> tuple[Concept, ...]:
    random = np.random.default_rng(2)
    directions = random.normal(size=(count, dim))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    known = {"method": "mean difference", "with": 1018, "without": 7996, "held_out_auc": 0.97}
    return tuple(
        Concept(NAMES[i] if i < len(NAMES) else f"concept {i}", direction.astype(np.float32), 1.5, 0.2, space, known)
        for i, direction in enumerate(directions)
    )


def opened(
    family: str = "VAE", *, dim: int = DIM, count: int = len(NAMES), samples_: LatentSet | None = None
) -> Opened:
    known = samples(dim=dim, posterior=family == "VAE") if samples_ is None else samples_
    card = Card(
        name="little",
        family=family,
        architecture="none",
        parameters=1,
        spaces=(Space("z", dim, (dim,), "N(0, I)"), *([Space("w", dim, (dim,), "mapped")] if family == "GAN" else [])),
        image_shape=(8, 8, 3),
        image_range=(0.0, 1.0),
        trained_on="nothing",
        licence="CC0",
        likelihood={"VAE": "lower bound", "flow": "exact"}.get(family, "none"),  # type: ignore[arg-type]
    )
    return Opened(1, "little", card, {"z": known}, concepts(count, dim), "cpu", ("cpu",), "float32")


def store_at(model: Opened, sample: int | None = 3, **strengths: float) -> Store:
    known = model.samples["z"]
    base = np.zeros(known.dim, dtype=np.float32) if sample is None else known.latents[sample]
    place = Place("z", frozen(base), MappingProxyType(strengths), sample=sample)
    return Store(State("little", place))


def steps(store: Store) -> int:
    """How many steps undo can take; the store is as it was afterwards."""
    count = 0
    while store.undo_title is not None:
        store.undo()
        count += 1
    for _ in range(count):
        store.redo()
    return count


def pictures(count: int) -> np.ndarray:
    """Pictures of one colour each, uint8 (n, 8, 8, 3)."""
    return np.broadcast_to(np.arange(count, dtype=np.uint8)[:, None, None, None] * 5, (count, 8, 8, 3)).copy()


def mouse(
    widget: QWidget,
    kind: QEvent.Type,
    at: QPointF,
    button: Qt.MouseButton = Qt.MouseButton.LeftButton,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """One real mouse event; QTest would move the pointer of the whole machine."""
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
    which = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else button
    whole = QPointF(widget.mapToGlobal(QPoint(0, 0))) + at
    QApplication.sendEvent(widget, QMouseEvent(kind, at, whole, which, held, modifiers))


def drag(widget: QWidget, *way: tuple[float, float], **how: Qt.KeyboardModifier) -> None:
    """Press at the first point, move over the others, let go at the last."""
    mouse(widget, QEvent.Type.MouseButtonPress, QPointF(*way[0]), **how)
    for point in way[1:]:
        mouse(widget, QEvent.Type.MouseMove, QPointF(*point), **how)
    mouse(widget, QEvent.Type.MouseButtonRelease, QPointF(*way[-1]), **how)


def wheel(widget: QWidget, notches: int) -> None:
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(widget.mapToGlobal(middle.toPoint())),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
