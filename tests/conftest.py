"""What every test stands on: no screen, folders of its own, and nothing left running behind it."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")

OF_LIBRARIES = ("QtThread", "pytest_timeout", "tqdm_monitor", "asyncio_", "ThreadPoolExecutor-of-torch")
"""Threads that libraries keep for the life of the process."""


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's own config and caches are neither read nor written."""
    home = tmp_path_factory.mktemp("home")
    for name in ("CONFIG", "CACHE", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))


@pytest.fixture(autouse=True)
def own_limits() -> Iterator[None]:
    """What a test lets this process take holds for that test alone: reading files of others confines the process."""
    if sys.platform == "win32":
        yield
        return
    import resource

    before = {kind: resource.getrlimit(kind) for kind in (resource.RLIMIT_DATA, resource.RLIMIT_CPU)}
    yield
    for kind, (soft, _hard) in before.items():
        resource.setrlimit(kind, (soft, resource.getrlimit(kind)[1]))


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """Fails a test that leaves a thread or a child process behind."""
    before = set(threading.enumerate())
    yield
    left = _still_running(before)
    assert not left, f"left running: {', '.join(left)}"


def _still_running(before: set[threading.Thread], patience: float = 5.0) -> list[str]:
    """Names of what a test started; what is just ending gets `patience` seconds to end."""
    deadline = time.monotonic() + patience
    while True:
        threads = [
            thread
            for thread in set(threading.enumerate()) - before
            if thread.is_alive() and not thread.name.startswith(OF_LIBRARIES)
        ]
        children = multiprocessing.active_children()
        if not (threads or children) or time.monotonic() > deadline:
            return [thread.name for thread in threads] + [child.name for child in children]
        for thread in threads:
            thread.join(0.05)
        for child in children:
            child.join(0.05)


@pytest.fixture
def checkout() -> Path:
    """The root of the checkout."""
    return Path(__file__).resolve().parent.parent
