"""The selection as a table and the map for print, from the window; the query from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from desk_scene import WAIT, joined, opens
from PIL import Image
from pytestqt.qtbot import QtBot

from explorer.cli import main
from explorer.desk.desk import Desk
from explorer.latents.selections import chosen
from explorer.session.preferences import Preferences


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    desk = joined(Preferences(welcome_seen=True), greet=False)
    qtbot.addWidget(desk.window)
    desk.window.show()
    opens(qtbot, desk, "one")
    qtbot.waitUntil(lambda: len(desk.window.map.canvas.layers.points) == 30, timeout=WAIT)
    yield desk
    desk.close()


def asked(monkeypatch: pytest.MonkeyPatch, path: Path, kind: str) -> None:
    monkeypatch.setattr(
        "explorer.desk.sending.QFileDialog.getSaveFileName", staticmethod(lambda *_a: (str(path), kind))
    )


def test_the_selection_is_saved_with_its_places(
    qtbot: QtBot, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.store.change("Select", selection=chosen(np.array([4, 7])))
    asked(monkeypatch, tmp_path / "mine", "CSV (*.csv)")
    desk.do("save_samples")
    qtbot.waitUntil((tmp_path / "mine.csv").exists, timeout=WAIT)
    lines = (tmp_path / "mine.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in lines] == ["sample", "4", "7"]
    assert "map x" in lines[0]


def test_without_a_selection_all_samples_are_saved(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    desk.sending.save_table(tmp_path / "all.npy")
    qtbot.waitUntil((tmp_path / "all.npy").exists, timeout=WAIT)
    assert np.load(tmp_path / "all.npy").shape == (30, 4)


@pytest.mark.parametrize("ending", [".png", ".svg"])
def test_the_map_is_saved_for_print(
    qtbot: QtBot, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    path = tmp_path / f"map{ending}"
    asked(monkeypatch, path, "")
    desk.do("save_map")
    qtbot.waitUntil(path.exists, timeout=WAIT)
    if ending == ".png":
        with Image.open(path) as image:
            assert image.size == (3000, 2250)
            assert round(image.info["dpi"][0]) == 300
            assert (
                len(np.unique(np.asarray(image.convert("RGB")).reshape(-1, 3), axis=0)) > 10
            )  # points and words, not a blank sheet
    else:
        assert path.read_text(encoding="utf-8").count("<circle") >= 30


def test_an_ending_that_is_not_known_is_told(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    desk.sending.save_map(tmp_path / "map.bmp")
    qtbot.waitUntil(lambda: ".bmp" in desk.window.messages.text, timeout=WAIT)


def test_the_command_line_selects_by_the_same_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "smiling.csv"
    assert main(["select", "toonfaces-vae", "mouth = smile and glasses != none", "--out", str(out)]) == 0
    told = capsys.readouterr().out
    rows = out.read_text(encoding="utf-8").splitlines()
    assert f"{len(rows) - 1:,} of" in told
    assert len(rows) > 10
    assert main(["select", "toonfaces-vae", "mouht = smile"]) == 2
    assert "mouht" in capsys.readouterr().err


def test_a_drawing_has_one_scale_for_both_axes(desk: Desk) -> None:
    from explorer.export.map_svg import PLOT

    drawing = desk.window.map.drawing("one")
    assert drawing is not None
    x0, y0, x1, y1 = drawing.box
    assert (x1 - x0) / PLOT[2] == pytest.approx((y1 - y0) / PLOT[3])
    view = desk.window.map.canvas.camera.bounds
    assert x0 <= view[0] + 1e-9
    assert y0 <= view[1] + 1e-9


def test_a_saved_map_leads_back_to_what_made_it(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    desk.store.move("Move", strengths={"smile": 1.5})
    mine = desk.model.latent()
    desk.sending.save_map(tmp_path / "map.png")
    qtbot.waitUntil((tmp_path / "map.png").exists, timeout=WAIT)
    desk.do("zero")
    desk.window.dropped.emit(str(tmp_path / "map.png"))
    qtbot.waitUntil(lambda: desk.store.undo_title == "Open the demo", timeout=WAIT)
    assert desk.model.latent().tobytes() == mine.tobytes()
