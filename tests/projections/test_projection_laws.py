"""The laws of every projection. A new kind is held to them by its line in `KINDS`."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from projection_scene import CONCEPTS, DIM, MAPS, PLANES, every, every_plane, fitted, manifold
from pytestqt.qtbot import QtBot

from explorer.desk import fits
from explorer.latents.samples import LatentSet
from explorer.projections import KINDS, ProjectionChoice, fit, is_installed, points_of
from explorer.work.job import JobBoard, Step

WAIT = 60_000  # ms, for what takes a few seconds on a free machine


@every
def test_every_projection_keeps_the_laws(kind: str) -> None:
    samples, before, projection = manifold(), manifold().latents.copy(), fitted(kind)
    points = points_of(projection, samples)
    current = samples.latents[3] + np.float32(0.1)

    placed, lifted = projection.place(samples.latents), projection.lift(points[:40] + np.float32(0.01), current)

    assert (placed.shape, lifted.shape) == ((400, 2), (40, DIM))
    assert placed.dtype == points.dtype == lifted.dtype == np.float32
    assert np.isfinite(placed).all()
    assert np.isfinite(lifted).all()
    np.testing.assert_allclose(placed, points, atol=1e-3)
    np.testing.assert_array_equal(samples.latents, before)
    assert projection.choice == ProjectionChoice(kind)
    assert all(projection.axis_names)
    assert projection.lift_name
    assert projection.lift_hint.endswith(".")
    assert (projection.lift_error == 0) == (kind in PLANES)
    assert 0 <= projection.share(samples.latents[0]) <= 1
    assert projection.place(samples.latents[:0]).shape == (0, 2)
    assert projection.lift(points[:0], current).shape == (0, DIM)


@every
def test_places_far_outside_the_samples_still_have_a_latent(kind: str) -> None:
    projection = fitted(kind)
    far = np.array([[1e4, -1e4], [0, 1e6]], np.float32)
    assert np.isfinite(projection.lift(far, manifold().latents[0])).all()


@every_plane
def test_a_plane_goes_through_the_current_latent_and_back_exactly(kind: str) -> None:
    projection, current = fitted(kind), manifold().latents[7] + np.float32(0.3)
    points = np.random.default_rng(1).normal(0, 3, (50, 2)).astype(np.float32)
    np.testing.assert_allclose(projection.place(projection.lift(points, current)), points, atol=2e-4)
    np.testing.assert_allclose(projection.lift(projection.place(current[None]), current)[0], current, atol=1e-4)


@every
def test_what_was_fitted_stands_near_its_point_when_it_is_placed(kind: str) -> None:
    samples, projection = manifold(), fitted(kind)
    points = points_of(projection, samples)
    apart = np.linalg.norm(projection.place(samples.latents) - points, axis=1)
    assert apart.max() < 1e-3 * points.std()
    moved = samples.latents + np.float32(1e-4) * samples.latents.std(axis=0)
    assert np.median(np.linalg.norm(projection.place(moved) - points, axis=1)) < 0.02 * points.std()


@every
def test_a_place_that_is_lifted_and_placed_comes_back_within_the_error_that_is_stated(kind: str) -> None:
    """The root of the mean square of what is missed, over the spread of the samples on the map."""
    samples, projection = manifold(), fitted(kind)
    points = points_of(projection, samples)
    between = (points[:-1] + points[1:]) / 2 if kind in PLANES else points + np.float32(0.01) * points.std(axis=0)
    back = projection.place(projection.lift(between, samples.latents[0]))
    missed = np.sqrt(np.square(back - between).mean() / np.square(points - points.mean(axis=0)).mean())
    assert missed <= max(projection.lift_error, 1e-5)


@every
def test_a_seed_brings_the_same_map_and_where_there_is_chance_another_one_another(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_installed(kind):
        pytest.skip(f"{KINDS[kind].library} is not installed")
    monkeypatch.setattr("explorer.projections.kept.load", lambda *_: None)
    samples = LatentSet("z", manifold().latents[:60]) if kind in MAPS else manifold()
    one, again, other = (
        points_of(fit(samples, ProjectionChoice(kind, seed=seed), CONCEPTS), samples) for seed in (3, 3, 4)
    )
    assert np.array_equal(one, again)
    assert np.allclose(one, other, atol=0.1) == ("seed" not in KINDS[kind].chosen)


@every
def test_a_fit_that_is_cancelled_leaves_nothing_running(kind: str, qtbot: QtBot, tmp_path: Path) -> None:
    """The real fit, cancelled where it is at work: a process is gone, whatever its library does there."""
    if not is_installed(kind):
        pytest.skip(f"{KINDS[kind].library} is not installed")
    board, note = JobBoard(), tmp_path / "process"
    job = board.run_apart("fit", noted, manifold(3000), ProjectionChoice(kind, seed=5), str(note))
    told: list[str] = []
    job.progress.connect(lambda _done, _total, text: told.append(text))
    qtbot.waitUntil(lambda: len(told) > 1, timeout=WAIT)  # a plane was fitted once by then
    process = int(note.read_text())
    with qtbot.waitSignal(job.cancelled, timeout=WAIT):
        job.cancel()
    assert not is_there(process)
    board.close()


def noted(samples: LatentSet, choice: ProjectionChoice, note: str, *, step: Step) -> object:
    """A fit as the window asks for it, over and over, whose process leaves its number."""
    Path(note).write_text(str(os.getpid()))
    while True:
        step(0, 0, "fitting")
        fits.fitted(samples, choice, CONCEPTS, step=step)
        choice = ProjectionChoice(choice.kind, seed=choice.seed + 1)


def is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
