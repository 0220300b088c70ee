"""`train`: from a recipe and a folder of data to a whole model folder; seeded, interruptible, resumable."""

from __future__ import annotations

import io
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch

from explorer.errors import CheckpointError, InputError, StorageError
from explorer.models import device as devices
from explorer.models.config import CONFIG, write_bytes
from explorer.models.recipes import RECIPES
from explorer.models.training.base import Training, begin
from explorer.models.training.datasets import load
from explorer.models.training.finish import finish
from explorer.models.training.recipe import Recipe

STATE = "training.state"
SAVE_EVERY = 120.0  # seconds
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Trained:
    """What came of a training: the folder, and whether the model is in it or only the state to go on from."""

    path: Path
    finished: bool
    steps: int
    total: int


def train(  # noqa: PLR0913
    recipe: str | Recipe,
    data: str | Path,
    out: str | Path,
    *,
    seed: int = 0,
    resume: bool = True,
    progress: Progress | None = None,
    stop: Callable[[], bool] | None = None,
    device: str | None = None,
    save_every: float = SAVE_EVERY,
) -> Trained:
    """Trains a model into the folder `out`.

    `progress(done, total, text)` is called after each step. When `stop()` says so, or on Ctrl-C in the main thread, the
    state is written to `out` and the next call goes on from there exactly (`resume=False` starts anew). Raises
    InputError for data or a recipe that do not fit, StorageError where `out` cannot be written: what was there is kept.
    """
    plan, folder = known(recipe), Path(out).expanduser()
    _prepare(folder)
    dataset = load(plan.data, data)
    training = begin(plan, dataset, seed, device or devices.best())
    signature = {"recipe": plan.name, "seed": seed, "data": dataset.sha256}
    spent = _go_on(training, folder / STATE, signature) if resume else 0.0
    clock = _Clock(spent)
    with _interrupts(stop) as stopped:
        _advance(training, folder, signature, clock, progress, stopped, save_every)
    _save(training, folder / STATE, signature, clock.spent())
    if training.taken < training.steps:
        return Trained(folder, False, training.taken, training.steps)
    finish(training, plan, dataset, folder, seed=seed, seconds=clock.spent())
    (folder / STATE).unlink(missing_ok=True)
    return Trained(folder, True, training.taken, training.steps)


def known(recipe: str | Recipe) -> Recipe:
    """The recipe of that name. Raises InputError."""
    if isinstance(recipe, Recipe):
        return recipe
    if recipe not in RECIPES:
        raise InputError(f"There is no recipe '{recipe}'.", f"There are: {', '.join(RECIPES)}.")
    return RECIPES[recipe]


def _prepare(folder: Path) -> None:
    if (folder / CONFIG).exists():
        raise InputError(f"'{folder}' holds a model already.", "Choose another folder, or move that model away.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"'{folder}' cannot be made.", f"{error.strerror or error}.") from error
    if not os.access(folder, os.W_OK):
        raise StorageError(f"'{folder}' cannot be written to.", "Choose a folder of your own.")


class _Clock:
    """Seconds of training, over all sittings."""

    def __init__(self, spent: float) -> None:
        self._start = time.monotonic() - spent

    def spent(self) -> float:
        return time.monotonic() - self._start


def _advance(
    training: Training,
    folder: Path,
    signature: Mapping[str, object],
    clock: _Clock,
    progress: Progress | None,
    stopped: Callable[[], bool],
    save_every: float,
) -> None:
    saved = clock.spent()
    while training.taken < training.steps and not stopped():
        figures = training.advance()
        if progress is not None:
            progress(training.taken, training.steps, _line(figures))
        if clock.spent() - saved > save_every:
            _save(training, folder / STATE, signature, clock.spent())
            saved = clock.spent()


def _line(figures: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in figures.items())


def _save(training: Training, path: Path, signature: Mapping[str, object], spent: float) -> None:
    stream = io.BytesIO()
    torch.save({"signature": dict(signature), "spent": spent, "training": training.state()}, stream)
    write_bytes(path, stream.getvalue())


def _go_on(training: Training, path: Path, signature: Mapping[str, object]) -> float:
    """Puts the training where it was left; the seconds spent until then. Raises CheckpointError, InputError."""
    if not path.exists():
        return 0.0
    try:
        saved = torch.load(path, map_location="cpu", weights_only=True)
        told, spent, state = saved["signature"], float(saved["spent"]), saved["training"]
        if told == dict(signature):
            training.go_on(state)
    except Exception as error:  # a damaged file raises many kinds
        hint = "Delete it, or train without resuming, to start anew."
        raise CheckpointError(f"The saved training in '{path.parent}' cannot be read.", hint) from error
    if told != dict(signature):
        raise InputError(
            f"'{path.parent}' holds a training with another recipe, seed or data.",
            "Go on with the same, or choose another folder.",
        )
    return spent


@contextmanager
def _interrupts(stop: Callable[[], bool] | None) -> Iterator[Callable[[], bool]]:
    """Turns the first Ctrl-C into a wish to stop after this step, where the state is whole; the second is as usual."""
    wishes: list[int] = []

    def wish(number: int, _frame: object) -> None:
        wishes.append(number)
        signal.signal(signal.SIGINT, was)

    def stopped() -> bool:
        return bool(wishes) or (stop is not None and stop())

    try:
        was = signal.signal(signal.SIGINT, wish)
    except ValueError:  # outside the main thread there is no Ctrl-C
        yield stopped
        return
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, was)
