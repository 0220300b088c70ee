"""A program of no known architecture is dropped: it is asked about, with Cancel in front; only then it is run."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from desk_scene import WAIT
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot
from torch import Tensor, nn

from explorer.desk.desk import Desk
from explorer.models.foreign.trusted.word import agreed
from explorer.ui.trust import TrustDialog

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
LEFT = Qt.MouseButton.LeftButton
ADAPTER = """
import torch
from torch import nn

LATENT_DIM = 4
IMAGE_RANGE = (-1.0, 1.0)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.odd = nn.Linear(4, 768)

    def forward(self, z):
        return torch.sin(self.odd(z)).reshape(-1, 3, 16, 16)

def build_model(weights):
    net = Net()
    net.load_state_dict(weights)
    return net
"""


@pytest.fixture
def desk(on_folders: Desk) -> Desk:
    """The window on real model folders."""
    return on_folders


class Sines(nn.Module):
    """A decoder that nobody knows."""

    def __init__(self) -> None:
        super().__init__()
        self.odd = nn.Linear(4, 768)

    def forward(self, z: Tensor) -> Tensor:
        return torch.sin(self.odd(z)).reshape(-1, 3, 16, 16)


def scripted(path: Path) -> Path:
    torch.manual_seed(0)
    torch.jit.save(torch.jit.script(Sines().eval()), path)
    return path


def asked(desk: Desk, qtbot: QtBot, path: Path) -> TrustDialog:
    """The question about a dropped file."""
    desk.window.dropped.emit(str(path))
    return question(desk, qtbot)


def question(desk: Desk, qtbot: QtBot) -> TrustDialog:
    qtbot.waitUntil(lambda: desk.trusting.dialog is not None, timeout=WAIT)
    dialog = desk.trusting.dialog
    assert dialog is not None
    return dialog


def explored(desk: Desk, qtbot: QtBot) -> None:
    """The card comes, and leads to the model."""
    card: Callable[[], object] = lambda: desk.papers.arriving.card  # noqa: E731
    qtbot.waitUntil(lambda: card() is not None and desk.papers.arriving.card.ready, timeout=WAIT)  # type: ignore[union-attr]
    shown = desk.papers.arriving.card
    assert shown is not None
    with qtbot.waitSignal(desk.model.changed, timeout=WAIT):
        shown.leave()


def test_cancel_is_in_front_and_runs_nothing(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = asked(desk, qtbot, scripted(tmp_path / "sines.pt"))
    assert "brings its own program" in dialog.text
    assert "Sines" in dialog.text
    assert "sin" in dialog.text
    assert str(tmp_path) in dialog.text
    assert dialog.cancel.isDefault()
    assert dialog.focusWidget() is dialog.cancel
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert desk.trusting.dialog is None
    assert desk.papers.arriving.card is None
    assert agreed() == {}


def test_run_it_opens_the_model_and_is_not_asked_again_until_a_byte_changes(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    path = scripted(tmp_path / "sines.pt")
    QTest.mouseClick(asked(desk, qtbot, path).run, LEFT)
    explored(desk, qtbot)
    opened = desk.model.opened
    assert opened is not None
    assert opened.card.default_space.dim == 4
    assert json.loads((Path(opened.path) / "config.json").read_text())["family"] == "graph"
    assert [one.name for one in agreed().values()] == ["sines.pt"]
    with qtbot.waitSignal(desk.model.changed, timeout=WAIT):
        desk.window.dropped.emit(str(path))
    with zipfile.ZipFile(path, "a") as more:
        more.writestr("sines/extra/note", "changed")
    assert "changed file is asked about again" in asked(desk, qtbot, path).text


def test_the_text_of_the_program_can_be_read(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = asked(desk, qtbot, scripted(tmp_path / "sines.pt"))
    QTest.mouseClick(dialog.show_source, LEFT)
    assert dialog.source.isVisible()
    assert "torch.sin" in dialog.source.toPlainText()


def test_it_can_be_drafted_instead(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    QTest.mouseClick(asked(desk, qtbot, scripted(tmp_path / "sines.pt")).other, LEFT)
    qtbot.waitUntil(lambda: desk.papers.arriving.drafting.dialog is not None, timeout=WAIT)
    assert agreed() == {}


def weights(folder: Path) -> Path:
    torch.manual_seed(0)
    torch.save(Sines().state_dict(), folder / "sines.pth")
    return folder / "sines.pth"


def test_a_python_file_beside_the_weights_is_asked_about_and_builds_them(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "sines.latent.py").write_text(ADAPTER)
    dialog = asked(desk, qtbot, weights(tmp_path))
    assert "sines.latent.py" in dialog.text
    assert dialog.other.text() == "Open it without"
    QTest.mouseClick(dialog.run, LEFT)
    explored(desk, qtbot)
    opened = desk.model.opened
    assert opened is not None
    assert opened.card.image_range == (-1.0, 1.0)


def test_a_python_file_is_begun_and_chosen_from_the_draft(
    desk: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, own = weights(tmp_path), tmp_path / "mine.py"
    desk.window.dropped.emit(str(path))
    qtbot.waitUntil(lambda: desk.papers.arriving.drafting.dialog is not None, timeout=WAIT)
    draft = desk.papers.arriving.drafting.dialog
    assert draft is not None
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_told: (str(own), ""))
    QTest.mouseClick(draft.template, LEFT)
    qtbot.waitUntil(own.exists, timeout=WAIT)
    assert "nn.Linear(4, 768)" in own.read_text()
    own.write_text(ADAPTER)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_told: (str(own), ""))
    QTest.mouseClick(draft.python, LEFT)
    dialog = question(desk, qtbot)
    assert not dialog.findChild(QPushButton, "") or dialog.other.text() == ""
    QTest.mouseClick(dialog.run, LEFT)
    explored(desk, qtbot)
    assert desk.model.opened is not None
    assert "mine.py" in str(desk.model.opened.card.facts)
    assert (tmp_path / "sines.latent.py").read_text() == ADAPTER
    with qtbot.waitSignal(desk.model.changed, timeout=WAIT):  # from now on without a question
        desk.window.dropped.emit(str(path))


def test_a_mistake_in_the_python_file_is_told_with_its_line(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "sines.latent.py").write_text(ADAPTER.replace("torch.sin(self.odd(z))", "self.even(z)"))
    QTest.mouseClick(asked(desk, qtbot, weights(tmp_path)).run, LEFT)
    qtbot.waitUntil(lambda: "sines.latent.py, line 14" in desk.window.messages.text, timeout=WAIT)
    assert "Traceback" not in desk.window.messages.text
