"""Jobs in threads and in processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
import stub_models
from pytestqt.qtbot import QtBot

from explorer.work.job import Job, JobBoard

WAIT = 60_000  # ms


@pytest.fixture
def board(qapp: object) -> Iterator[JobBoard]:
    board = JobBoard()
    yield board
    board.close()


@pytest.fixture(params=["run", "run_apart"])
def run(request: pytest.FixtureRequest, board: JobBoard) -> Callable[..., Job]:
    """Both ways to run a job, in a slot 'work'."""
    return lambda *arguments: getattr(board, request.param)("work", *arguments)


def test_a_job_tells_its_progress_and_its_result(qtbot: QtBot, run: Callable[..., Job]) -> None:
    job = run(stub_models.steps, 3)
    told: list[tuple[int, int, str]] = []
    job.progress.connect(lambda *step: told.append(step))
    with qtbot.waitSignal(job.finished, timeout=WAIT) as finished:
        pass
    assert finished.args == [3]
    assert told == [(done, 3, "counting") for done in range(3)]


def test_the_users_error_keeps_its_title(qtbot: QtBot, run: Callable[..., Job]) -> None:
    job = run(stub_models.wrong, "user")
    with qtbot.waitSignal(job.failed, timeout=WAIT) as failed:
        pass
    assert (failed.args[0].title, failed.args[0].defect) == ("It is damaged.", False)


def test_a_fault_of_the_program_comes_with_a_report(qtbot: QtBot, run: Callable[..., Job]) -> None:
    job = run(stub_models.wrong, "ours")
    with qtbot.waitSignal(job.failed, timeout=WAIT) as failed:
        pass
    assert failed.args[0].defect
    assert "in wrong" in failed.args[0].report


def test_a_job_that_is_cancelled_ends(qtbot: QtBot, run: Callable[..., Job]) -> None:
    job = run(stub_models.endless)
    with qtbot.waitSignal(job.progress, timeout=WAIT):
        pass
    with qtbot.waitSignal(job.cancelled, timeout=WAIT):
        job.cancel()


def test_a_new_job_cancels_the_former_one_in_its_slot(qtbot: QtBot, run: Callable[..., Job]) -> None:
    former = run(stub_models.endless)
    with qtbot.waitSignal(former.cancelled, timeout=WAIT):
        newer = run(stub_models.steps, 1)
    qtbot.waitUntil(lambda: newer.is_over, timeout=WAIT)
    assert former.is_over


def test_a_process_that_ends_by_itself_is_a_fault(qtbot: QtBot, board: JobBoard) -> None:
    job = board.run_apart("work", stub_models.wrong, "exit")
    with qtbot.waitSignal(job.failed, timeout=WAIT) as failed:
        pass
    assert "code 5" in failed.args[0].report


def test_a_process_that_looks_at_nothing_ends_with_its_board(board: JobBoard) -> None:
    board.run_apart("work", stub_models.stuck)
    board.run_apart("more work", os.getpid)
    board.close()
