"""The engine with stub models, in its own process as in the program."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot
from stub_models import CRASH, DIM, HANG, TOO_LARGE, WRONG, SourceWithoutSamples, SourceWithTwin, StubSource

from explorer.models.quantities import LIKELIHOOD, STRETCH
from explorer.work.engine import Engine
from explorer.work.messages import Decoded, DecodeRequest, DeviceChanged, Failed, MeasureRequest, Opened, Purpose

WAIT = 60_000  # ms, for what comes in a fraction of a second where the machine is free


@pytest.fixture
def engine(qapp: object) -> Iterator[Engine]:
    engine = Engine(StubSource, hang_after_s=60.0)  # a busy machine is no hang
    yield engine
    engine.close()


@pytest.fixture
def impatient(qapp: object) -> Iterator[Engine]:
    engine = Engine(StubSource, hang_after_s=2.0)
    yield engine
    engine.close()


def opened(qtbot: QtBot, engine: Engine, path: str = "stub", device: str = "") -> Opened:
    with qtbot.waitSignal(engine.opened, timeout=WAIT) as signal_:
        engine.open(path, device)
    return signal_.args[0]


def request(key: int, *firsts: float, purpose: Purpose = "live", seconds: float = 0.0) -> DecodeRequest:
    latents = np.zeros((len(firsts), DIM), np.float32)
    latents[:, 0], latents[:, 1] = firsts, seconds
    return DecodeRequest(key, purpose, latents, "z", marks=tuple(firsts))


def picture(qtbot: QtBot, engine: Engine, first: float) -> Decoded:
    with qtbot.waitSignal(
        engine.decoded, timeout=WAIT, check_params_cb=lambda decoded: decoded.marks == (first,)
    ) as got:
        engine.ask(request(engine.key, first))
    return got.args[0]


def collected(signal_: object) -> list:
    found: list = []
    signal_.connect(found.append)  # type: ignore[attr-defined]
    return found


def dragging(engine: Engine, requests: list[DecodeRequest]) -> QTimer:
    """Asks them one after the other, one each millisecond."""
    waiting = iter(requests)
    timer = QTimer(interval=1)
    timer.timeout.connect(lambda: engine.ask(next(waiting, requests[-1])))
    timer.start()
    return timer


def test_an_open_model_arrives_with_its_card_samples_and_concepts(qtbot: QtBot, engine: Engine) -> None:
    found = opened(qtbot, engine)
    assert found.card.name == "stub"
    assert len(found.samples["z"]) == 5
    assert [concept.name for concept in found.concepts_of("z")] == ["smile"]
    assert (found.device, found.devices) == ("cpu", ("gpu", "cpu"))


def test_a_picture_comes_back_with_its_request(qtbot: QtBot, engine: Engine) -> None:
    opened(qtbot, engine)
    decoded = picture(qtbot, engine, 7.0)
    assert decoded.images.shape == (1, 4, 4, 3)
    assert (decoded.images == 7).all()
    assert decoded.latents[0, 0] == 7.0
    assert decoded.backend == "torch"


def test_what_was_computed_is_shown_the_newest_waits_and_nothing_piles_up(qtbot: QtBot, engine: Engine) -> None:
    key = opened(qtbot, engine).key
    shown = collected(engine.decoded)
    with qtbot.waitSignal(engine.decoded, timeout=WAIT, check_params_cb=lambda decoded: decoded.marks == (199.0,)):
        drag = dragging(engine, [request(key, float(first), seconds=0.02) for first in range(200)])
    drag.stop()
    marks = [decoded.marks[0] for decoded in shown]
    assert 2 <= len(marks) < 100  # the first was superseded while it was decoded, and was shown
    assert marks == sorted(marks)


def test_a_late_result_of_another_model_is_refused(qtbot: QtBot, engine: Engine) -> None:
    old = opened(qtbot, engine).key
    shown = collected(engine.decoded)
    engine.ask(request(old, *[float(first) for first in range(60)], purpose="film", seconds=0.01))
    engine.ask(request(old, 1.0, seconds=0.2))
    new = opened(qtbot, engine, "other").key
    already = len(shown)
    engine.ask(request(old, 3.0))
    picture(qtbot, engine, 2.0)
    assert new > old
    assert {decoded.key for decoded in shown[already:]} == {new}


def test_a_crash_starts_the_engine_anew_and_opens_the_model_again(qtbot: QtBot, engine: Engine) -> None:
    old = opened(qtbot, engine)
    with qtbot.waitSignals([engine.restarted, engine.opened], timeout=WAIT):
        engine.ask(request(old.key, CRASH))
    assert engine.key > old.key
    assert picture(qtbot, engine, 5.0).key == engine.key


def test_a_hang_is_ended_and_the_model_opened_again(qtbot: QtBot, impatient: Engine) -> None:
    key = opened(qtbot, impatient).key
    why = collected(impatient.restarted)
    with qtbot.waitSignals([impatient.restarted, impatient.opened], timeout=WAIT):
        impatient.ask(request(key, HANG))
    assert "did not answer" in why[0]
    picture(qtbot, impatient, 5.0)


def test_a_film_that_hangs_is_ended_too(qtbot: QtBot, impatient: Engine) -> None:
    key = opened(qtbot, impatient).key
    with qtbot.waitSignals([impatient.restarted, impatient.opened], timeout=WAIT):
        impatient.ask(request(key, HANG, purpose="film"))


def test_a_model_that_kills_the_engine_three_times_is_given_up(qtbot: QtBot, engine: Engine) -> None:
    again = collected(engine.restarted)
    with qtbot.waitSignal(engine.failed, timeout=WAIT) as failed:
        engine.open("crash")
    assert "crash" in failed.args[0].title
    assert failed.args[0].hint
    assert len(again) == 2
    opened(qtbot, engine)
    picture(qtbot, engine, 5.0)


def test_after_three_crashes_what_was_open_before_comes_back(qtbot: QtBot, engine: Engine) -> None:
    opened(qtbot, engine, "good")
    with qtbot.waitSignals([engine.failed, engine.opened], timeout=WAIT):
        engine.open("crash")
    picture(qtbot, engine, 5.0)


def test_a_model_that_cannot_be_opened_is_the_users_error_and_the_old_one_goes_on(qtbot: QtBot, engine: Engine) -> None:
    old = opened(qtbot, engine).key
    with qtbot.waitSignal(engine.failed, timeout=WAIT) as failed:
        engine.open("damaged")
    assert failed.args[0].title == "It is damaged."
    assert not failed.args[0].defect
    assert picture(qtbot, engine, 5.0).key == old


def test_the_newest_of_two_models_wins(qtbot: QtBot, engine: Engine) -> None:
    found = collected(engine.opened)
    engine.open("first")
    assert opened(qtbot, engine, "second").path == "second"
    picture(qtbot, engine, 1.0)
    assert found[-1].path == "second"


def test_a_fault_of_the_program_arrives_with_a_report_and_the_engine_goes_on(qtbot: QtBot, engine: Engine) -> None:
    key = opened(qtbot, engine).key
    with qtbot.waitSignal(engine.failed, timeout=WAIT) as failed:
        engine.ask(request(key, WRONG))
    assert failed.args[0].defect
    assert "ValueError: a fault of the program" in failed.args[0].report
    assert picture(qtbot, engine, 5.0).key == key


def test_marks_that_cannot_be_sent_are_reported_and_the_engine_goes_on(qtbot: QtBot, engine: Engine) -> None:
    key = opened(qtbot, engine).key
    with qtbot.waitSignal(engine.failed, timeout=WAIT) as failed:
        engine.ask(DecodeRequest(key, "live", np.zeros((1, DIM), np.float32), "z", marks=(lambda: None,)))
    assert failed.args[0].defect
    picture(qtbot, engine, 5.0)


def test_a_film_comes_in_parts_with_its_marks_and_lets_live_pictures_pass(qtbot: QtBot, engine: Engine) -> None:
    key = opened(qtbot, engine).key
    shown = collected(engine.decoded)
    firsts = [float(first) for first in range(60)]
    with qtbot.waitSignal(engine.decoded, timeout=WAIT):
        engine.ask(request(key, *firsts, purpose="film", seconds=0.01))
    with qtbot.waitSignal(engine.decoded, timeout=WAIT, check_params_cb=lambda decoded: 59.0 in decoded.marks):
        engine.ask(request(key, 200.0))
    film = [mark for decoded in shown if decoded.purpose == "film" for mark in decoded.marks]
    assert film == firsts
    assert [decoded.purpose for decoded in shown].index("live") < len(shown) - 1
    assert all((decoded.images[:, 0, 0, 0] == decoded.latents[:, 0]).all() for decoded in shown)


def test_a_newer_list_replaces_the_older_one_of_its_purpose(qtbot: QtBot, engine: Engine) -> None:
    key = opened(qtbot, engine).key
    shown = collected(engine.decoded)
    with qtbot.waitSignal(engine.decoded, timeout=WAIT):
        engine.ask(request(key, *[0.0] * 200, purpose="film", seconds=0.01))
    with qtbot.waitSignal(engine.decoded, timeout=WAIT, check_params_cb=lambda decoded: decoded.marks[-1] == 9.0):
        engine.ask(request(key, 8.0, 9.0, purpose="film"))
    assert sum(len(decoded.marks) for decoded in shown) < 100


def test_a_list_that_is_forgotten_ends(qtbot: QtBot, engine: Engine) -> None:
    key = opened(qtbot, engine).key
    shown = collected(engine.decoded)
    with qtbot.waitSignal(engine.decoded, timeout=WAIT):
        engine.ask(request(key, *[0.0] * 200, purpose="thumbnails", seconds=0.01))
    engine.forget("thumbnails")
    with qtbot.waitSignal(engine.decoded, timeout=WAIT, check_params_cb=lambda decoded: decoded.purpose == "shelf"):
        engine.ask(request(key, 1.0, purpose="shelf"))
    picture(qtbot, engine, 5.0)
    assert sum(len(decoded.marks) for decoded in shown) < 100


def test_numbers_come_in_parts_with_their_marks_and_what_a_model_lacks_is_told(qtbot: QtBot, engine: Engine) -> None:
    key = opened(qtbot, engine).key
    parts, failures = collected(engine.measured), collected(engine.failed)
    latents = np.random.default_rng(0).standard_normal((40, DIM)).astype(np.float32)
    engine.ask(MeasureRequest(key, "tile values", STRETCH, latents, "z", marks=tuple(range(40))))
    qtbot.waitUntil(lambda: sum(len(part.values) for part in parts) == 40, timeout=WAIT)
    assert [mark for part in parts for mark in part.marks] == list(range(40))
    assert np.concatenate([part.values for part in parts]) == pytest.approx(1 / np.sqrt(DIM), rel=1e-3)
    engine.ask(MeasureRequest(key, "tile values", LIKELIHOOD, latents, "z", marks=tuple(range(40))))
    qtbot.waitUntil(lambda: len(failures) == 1, timeout=WAIT)
    assert "no density" in failures[0].title
    assert not failures[0].defect


def test_numbers_let_live_pictures_pass(qtbot: QtBot, engine: Engine) -> None:
    key = opened(qtbot, engine).key
    parts = collected(engine.measured)
    latents = np.zeros((20_000, DIM), np.float32)
    engine.ask(MeasureRequest(key, "sample values", STRETCH, latents, "z", marks=tuple(range(20_000))))
    qtbot.waitUntil(lambda: bool(parts), timeout=WAIT)
    picture(qtbot, engine, 5.0)
    assert sum(len(part.values) for part in parts) < 20_000


def test_samples_and_encoded_pictures_come_back(qtbot: QtBot, engine: Engine) -> None:
    opened(qtbot, engine)
    with qtbot.waitSignal(engine.sampled, timeout=WAIT) as sampled:
        engine.sample(4, 1, "z")
    assert (sampled.args[0].latents.shape, sampled.args[0].seed) == ((4, DIM), 1)
    with qtbot.waitSignal(engine.encoded, timeout=WAIT) as encoded:
        engine.encode(np.full((70, 4, 4, 3), 9, np.uint8))
    assert (encoded.args[0].latents[:, 0] == 9).all()
    assert len(encoded.args[0].latents) == 70


def test_a_device_that_fails_in_the_middle_gives_way_to_the_cpu(qtbot: QtBot, engine: Engine) -> None:
    assert opened(qtbot, engine, device="gpu").device == "gpu"
    with qtbot.waitSignal(engine.device_changed, timeout=WAIT) as changed:
        decoded = picture(qtbot, engine, TOO_LARGE)
    found: DeviceChanged = changed.args[0]
    assert (found.device, found.note) == ("cpu", "gpu ran out of memory. The CPU is used.")
    assert (decoded.images == TOO_LARGE).all()


def test_the_device_can_be_changed_and_one_that_fails_leaves_the_model_where_it_was(
    qtbot: QtBot, engine: Engine
) -> None:
    opened(qtbot, engine)
    with qtbot.waitSignal(engine.device_changed, timeout=WAIT) as changed:
        engine.set_device("gpu")
    assert changed.args[0].device == "gpu"
    with qtbot.waitSignal(engine.failed, timeout=WAIT) as failed:
        engine.set_device("broken")
    found: Failed = failed.args[0]
    assert (found.title, found.defect) == ("broken is out of memory.", False)
    picture(qtbot, engine, 5.0)


def test_a_twin_serves_before_the_weights_are_loaded(qtbot: QtBot, tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    engine = Engine(SourceWithTwin)
    try:
        opened(qtbot, engine, str(weights))
        assert picture(qtbot, engine, 3.0).backend == "onnxruntime"
        with qtbot.waitSignal(engine.device_changed, timeout=WAIT) as changed:
            weights.touch()
        assert changed.args[0].devices == ("gpu", "cpu")
    finally:
        engine.close()


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs a process that can be stopped")
def test_the_window_never_waits_for_an_engine_that_is_stuck(qtbot: QtBot, engine: Engine) -> None:
    key = opened(qtbot, engine).key
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGSTOP)
    for first in range(10_000):
        engine.ask(request(key, float(first % 100)))
        engine.ask(request(key, *[1.0] * 5000, purpose="film"))  # more than the pipe holds
    engine.close()


def test_close_leaves_no_process_behind_and_may_be_called_again(qtbot: QtBot, engine: Engine) -> None:
    opened(qtbot, engine)
    pid = engine.pid
    assert pid is not None
    engine.close()
    engine.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    engine.ask(request(1, 1.0))
    engine.open("stub")


def test_an_engine_closed_while_it_starts_leaves_nothing_behind(qapp: object) -> None:
    engine = Engine(StubSource)
    engine.open("stub")
    engine.close()


ORPHAN = """
import os, signal, sys
sys.path[:0] = {path!r}
from PySide6.QtCore import QCoreApplication
from explorer.work.engine import Engine
from stub_models import StubSource
if __name__ == "__main__":
    application = QCoreApplication([])
    engine = Engine(StubSource)
    engine.opened.connect(lambda opened: ({end}))
    engine.open("stub")
    application.exec()
"""


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), signal.SIGTERM)", "os._exit(1)", "sys.exit(application.quit())"])
def test_the_engine_ends_with_its_window_however_that_ends(tmp_path: Path, end: str, checkout: Path) -> None:
    """The engine holds our end of the output open: it comes to an end when both are gone."""
    script = tmp_path / "window.py"
    script.write_text(ORPHAN.format(path=[str(checkout), str(Path(__file__).parent)], end=end))
    subprocess.run([sys.executable, str(script)], capture_output=True, timeout=120, check=False)


def test_the_engines_front_imports_nothing_heavy(checkout: Path) -> None:
    heavy = {"torch", "sklearn", "onnx", "onnxruntime"}
    code = f"import sys, explorer.work.engine, explorer.work.job; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=checkout)
    assert done.stdout.strip() == "set()"


def test_a_model_without_samples_draws_them_from_its_prior(qtbot: QtBot) -> None:
    engine = Engine(SourceWithoutSamples)
    try:
        samples = opened(qtbot, engine).samples["z"]
    finally:
        engine.close()
    assert samples.latents.shape == (2000, DIM)
    assert "prior" in samples.provenance
