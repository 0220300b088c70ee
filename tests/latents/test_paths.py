from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer.errors import InputError
from explorer.latents.paths import KINDS, Path, points, positions, spherical
from explorer.session.state import PathKind, PlayMode

number = st.floats(-1e4, 1e4, width=32)
latent = arrays(np.float32, 5, elements=number)
share = st.lists(st.floats(0, 1), min_size=1, max_size=9)
every_kind = pytest.mark.parametrize("path", KINDS.values(), ids=KINDS.keys())


def test_every_kind_a_state_can_name_exists() -> None:
    assert set(KINDS) == set(get_args(PathKind))


@every_kind
@given(a=latent, b=latent)
def test_the_ends_of_a_path_are_the_pins_bit_for_bit(path: Path, a: np.ndarray, b: np.ndarray) -> None:
    start, end = path(a, b, [0, 1])
    assert start.tobytes() == a.tobytes()
    assert end.tobytes() == b.tobytes()


@every_kind
@given(a=latent, b=latent, at=share)
def test_a_path_is_finite_float32_of_one_latent_a_position(
    path: Path, a: np.ndarray, b: np.ndarray, at: list[float]
) -> None:
    latents = path(a, b, at)
    assert latents.dtype == np.float32
    assert latents.shape == (len(at), 5)
    assert np.isfinite(latents).all()


@every_kind
@given(a=latent, b=latent, at=share)
def test_a_path_walked_backwards_passes_the_same_latents(
    path: Path, a: np.ndarray, b: np.ndarray, at: list[float]
) -> None:
    there, back = path(a, b, at), path(b, a, 1 - np.array(at))
    tolerance = 1e-5 * max(float(np.abs([a, b]).max()), 1e-30)
    np.testing.assert_allclose(there, back, atol=tolerance, rtol=0)


@every_kind
@given(a=latent, b=latent, at=share)
def test_a_path_stays_in_the_plane_of_its_ends(path: Path, a: np.ndarray, b: np.ndarray, at: list[float]) -> None:
    plane, singular, _ = np.linalg.svd(np.stack([a, b], axis=1).astype(np.float64), full_matrices=False)
    plane = plane[:, singular > 0]
    latents = path(a, b, at).astype(np.float64)
    rest = latents - latents @ plane @ plane.T
    assert np.abs(rest).max() <= 1e-5 * max(float(np.abs([a, b]).max()), 1e-30)


def opening(a: np.ndarray, b: np.ndarray) -> float:
    """The sine of the angle between two latents; 0 where one is zero."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    lengths = np.linalg.norm(a) * np.linalg.norm(b)
    return float(np.sqrt(max(0.0, 1 - (a @ b / lengths) ** 2))) if lengths else 0.0


@given(a=latent, b=latent, at=share)
def test_on_a_spherical_path_the_length_goes_evenly_from_end_to_end(
    a: np.ndarray, b: np.ndarray, at: list[float]
) -> None:
    if opening(a, b) < 1e-4:
        return  # parallel or opposite: the straight line, which has a law of its own below
    from_length, to_length = np.linalg.norm(a.astype(np.float64)), np.linalg.norm(b.astype(np.float64))
    wanted = (1 - np.array(at)) * from_length + np.array(at) * to_length
    lengths = np.linalg.norm(spherical(a, b, at).astype(np.float64), axis=1)
    np.testing.assert_allclose(lengths, wanted, rtol=1e-5)


def test_on_a_spherical_path_the_direction_turns_evenly() -> None:
    a, b = np.array([2, 0, 0], np.float32), np.array([0, 5, 0], np.float32)
    latents = spherical(a, b, np.linspace(0, 1, 7))
    turned = np.degrees(np.arctan2(latents[:, 1], latents[:, 0]))
    np.testing.assert_allclose(turned, np.linspace(0, 90, 7), atol=1e-4)


@pytest.mark.parametrize("factor", [1.0, 3.0, -1.0, -0.5, 0.0])
def test_where_the_ends_span_no_plane_a_spherical_path_is_the_straight_line(factor: float) -> None:
    a = np.array([1, -2, 3], np.float32)
    b = (factor * a).astype(np.float32)
    at = np.linspace(0, 1, 5)
    wanted = (1 - at)[:, None] * a + at[:, None] * b
    np.testing.assert_allclose(spherical(a, b, at), wanted, atol=1e-6)
    np.testing.assert_allclose(spherical(b, a, at), wanted[::-1], atol=1e-6)


def test_a_linear_path_in_many_dimensions_passes_nearer_to_the_origin_and_a_spherical_one_does_not() -> None:
    a, b = np.random.default_rng(0).standard_normal((2, 4096)).astype(np.float32)
    middle = {kind: float(np.linalg.norm(points(kind, a, b, 0.5)) / np.linalg.norm(a)) for kind in KINDS}
    assert middle["linear"] == pytest.approx(0.71, abs=0.02)
    assert middle["spherical"] == pytest.approx(1.0, abs=0.02)


def test_ends_of_other_dimensions_and_unknown_kinds_are_refused() -> None:
    a, b = np.zeros(3, np.float32), np.zeros(4, np.float32)
    for kind, end in (("linear", b), ("spherical", b), ("scenic", a)):
        with pytest.raises(InputError) as refusal:
            points(kind, a, end, [0])
        assert refusal.value.hint


@pytest.mark.parametrize("mode", get_args(PlayMode))
@given(frames=st.integers(1, 60))
def test_every_way_to_play_starts_at_the_start_and_reaches_the_end(mode: str, frames: int) -> None:
    order = positions(frames, mode)
    assert order[0] == 0
    assert order.max() == (1 if frames > 1 else 0)
    assert ((order >= 0) & (order <= 1)).all()


@given(frames=st.integers(2, 60))
def test_ping_pong_shows_no_frame_twice_in_a_row_even_when_it_begins_again(frames: int) -> None:
    twice = np.tile(positions(frames, "ping-pong"), 2)
    assert (np.diff(twice) != 0).all()
    assert len(twice) // 2 == 2 * frames - 2


def test_a_film_of_no_frames_is_refused() -> None:
    with pytest.raises(InputError):
        positions(0, "once")
    with pytest.raises(InputError):
        positions(3, "sideways")
