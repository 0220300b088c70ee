"""Readings that go wrong, or take long, for the reading process: it imports them by name."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np

from explorer.models.foreign import limits
from explorer.models.foreign.contents import told

Step = Callable[..., None]


def crash(path: Path, _network: str = "", *, step: Step) -> None:
    """Dies as a parser does that a damaged file has led astray."""
    step(0, 1, f"Reading {path.name}")
    os.kill(os.getpid(), signal.SIGSEGV)


def hang(path: Path, _network: str = "", *, step: Step) -> None:
    """Tells who it is, and then nothing for ever, without holding the machine."""
    path.with_name("pid").write_text(str(os.getpid()))
    step(0, 1, f"Reading {path.name}")
    signal.pause()


def devour(path: Path, _network: str = "", *, step: Step) -> None:
    """Takes more memory than reading such a file may."""
    limits.MEMORY = 600 * 10**6
    limits.confine(path)
    with told(path):
        step(int(np.ones(10**9, np.uint8)[-1]), 1, "")


def spin(path: Path, _network: str = "", *, step: Step) -> None:
    """Takes more time than reading may."""
    limits.CPU_S = 1
    limits.confine(path)
    step(0, 1, "")
    while True:
        pass


def keep_slowly(path: Path, network: str = "", *, step: Step) -> object:
    """Keeps a model whose pictures take three seconds each, as far as one sees: the second one never comes."""
    from explorer.models.foreign import drawn, kept

    drawn.a_picture_takes = lambda _model: 3000.0

    def told_once(done: int, total: int, text: str = "", partial: object = None) -> None:
        step(done, total, text, partial)
        if isinstance(partial, kept.Samples):
            signal.pause()

    return kept.keep(path, network, step=told_once)
