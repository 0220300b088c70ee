"""Maps that take long: fitted apart, ended at once, kept, and honest about what they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from desk_scene import joined
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from explorer import projections
from explorer.desk.desk import Desk
from explorer.projections import ProjectionChoice
from explorer.session.preferences import Preferences

WAIT = 60_000  # ms, for what takes a few seconds on a free machine


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    desk = joined(Preferences(welcome_seen=True), greet=False)
    qtbot.addWidget(desk.window)
    desk.window.show()
    desk.model.switch("one")
    qtbot.waitUntil(lambda: lift(desk) == "plane through the current latent", timeout=WAIT)
    yield desk
    desk.close()


def named(desk: Desk, name: str) -> QLabel:
    return next(label for label in desk.window.map.findChildren(QLabel) if label.accessibleName() == name)


def lift(desk: Desk) -> str:
    return named(desk, "How a place on the map becomes a latent").text()


def choose(desk: Desk, **fields: object) -> None:
    choice = replace(desk.store.state.projection, **fields)  # type: ignore[arg-type]
    desk.store.change("Change the projection", projection=choice)


def combo(desk: Desk, name: str) -> QComboBox:
    return next(box for box in desk.window.map.findChildren(QComboBox) if box.accessibleName().startswith(name))


def test_the_map_says_how_far_it_can_be_believed(qtbot: QtBot, desk: Desk) -> None:
    trust = named(desk, "How far this map can be believed")
    qtbot.waitUntil(lambda: trust.isVisible() and trust.text().startswith("trust ."), timeout=WAIT)
    assert "Continuity" in trust.toolTip()


def test_a_map_of_neighbours_is_fitted_apart_and_says_that_its_lift_is_an_estimate(qtbot: QtBot, desk: Desk) -> None:
    pytest.importorskip("openTSNE")
    choose(desk, kind="tsne")
    qtbot.waitUntil(lambda: lift(desk).startswith("neighbours"), timeout=WAIT)
    hint = named(desk, "How a place on the map becomes a latent").toolTip()
    assert "%" in hint
    assert "another seed" in hint
    seed = next(b for b in desk.window.map.findChildren(QPushButton) if b.accessibleName() == "Other seed")
    assert seed.isVisible()
    seed.click()
    assert desk.store.state.projection == ProjectionChoice("tsne", seed=1)


def test_a_cancelled_map_leaves_the_one_before_and_can_be_asked_again(qtbot: QtBot, desk: Desk) -> None:
    pytest.importorskip("openTSNE")
    choose(desk, kind="tsne")
    qtbot.waitUntil(
        lambda: any("t-SNE" in label.text() for label in desk.window.status.findChildren(QLabel)), timeout=WAIT
    )
    desk.window.status.cancel_wanted.emit()
    qtbot.waitUntil(lambda: desk.store.state.projection == ProjectionChoice(), timeout=WAIT)
    assert lift(desk) == "plane through the current latent"
    choose(desk, kind="tsne")
    qtbot.waitUntil(lambda: lift(desk).startswith("neighbours"), timeout=WAIT)


def test_concepts_and_labels_become_axes_by_their_names(qtbot: QtBot, desk: Desk) -> None:
    choose(desk, kind="concepts", up="bold")
    across, up = combo(desk, "Across"), combo(desk, "Up")
    assert (across.currentText(), up.currentText()) == ("smile", "bold")
    assert [up.itemText(row) for row in range(up.count())] == ["most of what remains", "bold"]
    up.setCurrentIndex(0)
    up.activated.emit(0)
    assert desk.store.state.projection == ProjectionChoice("concepts")
    choose(desk, kind="lda")
    label = combo(desk, "Label")
    assert [label.itemText(row) for row in range(label.count())] == ["best label", "kind"]
    assert not across.isVisible()


def test_what_is_not_installed_is_grey_and_says_how_to_get_it(
    qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projections, "find_spec", lambda _: None)
    choose(desk, kind="axes")
    kinds = combo(desk, "Projection")
    row = kinds.findText("UMAP")
    assert not kinds.model().index(row, 0).flags().value
    assert "pip install" in kinds.itemData(row, 3)


def test_a_choice_that_this_machine_lacks_is_replaced_aloud(
    qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projections, "find_spec", lambda _: None)
    choose(desk, kind="umap")
    qtbot.waitUntil(lambda: "Instead of UMAP you see PCA" in desk.window.messages.text, timeout=WAIT)


def test_a_map_that_cannot_be_leaves_the_one_before(qtbot: QtBot, desk: Desk) -> None:
    opened = desk.model.opened
    assert opened is not None
    smile = opened.concepts[0]
    desk.model.opened = replace(opened, concepts=(smile, replace(smile, name="grin")))
    choose(desk, kind="concepts", up="grin")
    qtbot.waitUntil(lambda: "point the same way" in desk.window.messages.text, timeout=WAIT)
    assert desk.store.state.projection == ProjectionChoice()
