"""Points that glide from one map to another."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.latents.arrays import Points
from explorer.ui.map import glide
from explorer.ui.map.camera import Camera
from explorer.ui.map.glide import Glide

CAMERA = Camera(0.0, 0.0, 10.0, 100, 100)


def frames(start: Points, end: Points, times: tuple[int, ...], qapp: object) -> list[Points]:
    shown: list[Points] = []
    gliding = Glide(lambda points, _camera: shown.append(points))
    gliding.start(start, CAMERA, end, CAMERA)
    shown.clear()
    for time in times:
        gliding._animation.setCurrentTime(time)
    gliding.finish()
    return shown


@pytest.mark.parametrize("count", [300, 3000])
def test_points_glide_straight_and_end_exactly_where_they_belong(
    count: int, qapp: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(glide, "MOST", 1000)
    random = np.random.default_rng(0)
    start, end = random.standard_normal((2, count, 2)).astype(np.float32)
    end[7] = np.nan
    first, half, last = frames(start, end, (1, 200), qapp)
    assert last is end
    moving = np.isfinite(half).all(axis=1)
    assert moving.sum() == (count - 1 if count <= 1000 else 1000)
    assert not moving[7]
    np.testing.assert_allclose(half[moving], (start[moving] + end[moving]) / 2, atol=1e-4)
    assert np.linalg.norm(first[moving] - start[moving]) < np.linalg.norm(half[moving] - start[moving])


def test_where_no_point_has_a_place_at_both_ends_the_end_is_shown(
    qapp: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(glide, "MOST", 10)
    start, end = np.full((20, 2), np.nan, np.float32), np.ones((20, 2), np.float32)
    half, last = frames(start, end, (200,), qapp)
    assert np.isnan(half).all()
    assert last is end
