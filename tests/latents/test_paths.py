"""Paths: the laws of every kind, and what is special about each."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from statistics import NormalDist
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer.errors import InputError
from explorer.latents.paths import KINDS, Course, laid, points, positions, searched
from explorer.latents.paths.crossfade import mixed
from explorer.session.state import PlayMode

number = st.floats(-1e4, 1e4, width=32)
latent = arrays(np.float32, 5, elements=number)
waypoints = st.lists(latent, min_size=1, max_size=5)
share = st.lists(st.floats(0, 1), min_size=1, max_size=9)
every_kind = pytest.mark.parametrize("kind", list(KINDS))
few = settings(max_examples=25, deadline=None)


class Hills:
    """A decoder of three smooth pixels, whose slope is known, with samples around."""

    samples = np.random.default_rng(4).normal(size=(80, 5)).astype(np.float32)
    weights = np.random.default_rng(5).normal(size=(5, 3))

    def pull_back(
        self, latents: np.ndarray, cotangents: Callable[[np.ndarray], np.ndarray]
    ) -> tuple[np.ndarray, np.ndarray]:
        pictures = np.tanh(latents @ self.weights).astype(np.float32)
        return pictures, (cotangents(pictures) * (1 - pictures**2)) @ self.weights.T


def course(kind: str, stops: list[np.ndarray], closed: bool = False) -> Course:
    """What a search ends with, or the path at once."""
    *_earlier, last = searched(kind, stops, Hills(), closed=closed)
    return last


def at_stops(stops: list[np.ndarray], closed: bool) -> np.ndarray:
    return np.linspace(0, 1, len(stops), endpoint=not closed) if len(stops) > 1 else np.zeros(1)


@every_kind
@few
@given(stops=waypoints, closed=st.booleans())
def test_a_path_passes_every_waypoint_bit_for_bit(kind: str, stops: list[np.ndarray], closed: bool) -> None:
    passed = course(kind, stops, closed)(at_stops(stops, closed))
    assert passed.tobytes() == np.stack(stops).tobytes()


@every_kind
@few
@given(stops=waypoints, closed=st.booleans(), at=share)
def test_a_path_is_finite_float32_of_one_latent_a_position(
    kind: str, stops: list[np.ndarray], closed: bool, at: list[float]
) -> None:
    latents = course(kind, stops, closed)(at)
    assert latents.dtype == np.float32
    assert latents.shape == (len(at), 5)
    assert np.isfinite(latents).all()


@every_kind
@few
@given(stops=waypoints)
def test_a_closed_path_ends_where_it_begins_and_an_open_one_at_its_last_waypoint(
    kind: str, stops: list[np.ndarray]
) -> None:
    for closed, last in ((True, stops[0]), (False, stops[-1])):
        assert course(kind, stops, closed)([1.0])[0].tobytes() == last.tobytes()


@every_kind
@given(at=st.floats(0, 1))
def test_a_course_does_not_depend_on_what_else_is_asked(kind: str, at: float) -> None:
    path = laid(kind, list(Hills.samples[:4]))
    assert np.array_equal(path([at])[0], path([0.1, at, 0.9])[1])


@pytest.mark.parametrize("kind", [name for name in KINDS if name != "crossfade"])
def test_a_path_never_leaps(kind: str) -> None:
    path = course(kind, list(Hills.samples[:4]))
    for count in (401, 1601):
        hops = np.linalg.norm(np.diff(path(np.linspace(0, 1, count)), axis=0), axis=1)
        assert hops.max() < 60 / count


@pytest.mark.parametrize("kind", [name for name in KINDS if name != "crossfade"])
@given(a=latent, b=latent, at=share)
def test_a_path_walked_backwards_passes_the_same_latents(
    kind: str, a: np.ndarray, b: np.ndarray, at: list[float]
) -> None:
    there, back = points(kind, [a, b], at), points(kind, [b, a], 1 - np.array(at))
    tolerance = 1e-5 * max(float(np.abs([a, b]).max()), 1e-30)
    np.testing.assert_allclose(there, back, atol=tolerance, rtol=0)


@pytest.mark.parametrize("kind", ["linear", "spherical", "kept length", "catmull-rom"])
@given(a=latent, b=latent, at=share)
def test_a_path_of_two_waypoints_stays_in_their_plane(kind: str, a: np.ndarray, b: np.ndarray, at: list[float]) -> None:
    plane, singular, _ = np.linalg.svd(np.stack([a, b], axis=1).astype(np.float64), full_matrices=False)
    plane = plane[:, singular > 0]
    latents = points(kind, [a, b], at).astype(np.float64)
    rest = latents - latents @ plane @ plane.T
    assert np.abs(rest).max() <= 1e-5 * max(float(np.abs([a, b]).max()), 1e-30)


def opening(a: np.ndarray, b: np.ndarray) -> float:
    """The sine of the angle between two latents; 0 where one is zero, or next to it beside the other."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    short, long = sorted((float(np.linalg.norm(a)), float(np.linalg.norm(b))))
    return float(np.sqrt(max(0.0, 1 - (a @ b / (short * long)) ** 2))) if short > 1e-5 * long else 0.0


@pytest.mark.parametrize("kind", ["spherical", "kept length"])
@given(a=latent, b=latent, at=share)
def test_the_length_goes_evenly_from_end_to_end(kind: str, a: np.ndarray, b: np.ndarray, at: list[float]) -> None:
    if opening(a, b) < 1e-4:
        return  # parallel or opposite: the straight line, which has a law of its own below
    from_length, to_length = np.linalg.norm(a.astype(np.float64)), np.linalg.norm(b.astype(np.float64))
    wanted = (1 - np.array(at)) * from_length + np.array(at) * to_length
    lengths = np.linalg.norm(points(kind, [a, b], at).astype(np.float64), axis=1)
    finest = float(np.finfo(np.float32).smallest_subnormal)  # float32 has nothing between two of its multiples
    np.testing.assert_allclose(lengths, wanted, rtol=1e-5, atol=len(a) ** 0.5 * finest)


def test_on_a_spherical_path_the_direction_turns_evenly() -> None:
    a, b = np.array([2, 0, 0], np.float32), np.array([0, 5, 0], np.float32)
    latents = points("spherical", [a, b], np.linspace(0, 1, 7))
    turned = np.degrees(np.arctan2(latents[:, 1], latents[:, 0]))
    np.testing.assert_allclose(turned, np.linspace(0, 90, 7), atol=1e-4)


@pytest.mark.parametrize("factor", [1.0, 3.0, -1.0, -0.5, 0.0])
def test_where_the_ends_span_no_plane_a_spherical_path_is_the_straight_line(factor: float) -> None:
    a = np.array([1, -2, 3], np.float32)
    b = (factor * a).astype(np.float32)
    at = np.linspace(0, 1, 5)
    wanted = (1 - at)[:, None] * a + at[:, None] * b
    np.testing.assert_allclose(points("spherical", [a, b], at), wanted, atol=1e-6)
    np.testing.assert_allclose(points("spherical", [b, a], at), wanted[::-1], atol=1e-6)


def test_a_linear_path_in_many_dimensions_passes_nearer_to_the_origin_and_those_on_the_sphere_do_not() -> None:
    a, b = np.random.default_rng(0).standard_normal((2, 4096)).astype(np.float32)
    middle = {kind: float(np.linalg.norm(points(kind, [a, b], 0.5)) / np.linalg.norm(a)) for kind in KINDS}
    assert middle["linear"] == pytest.approx(0.71, abs=0.02)
    assert middle["spherical"] == pytest.approx(1.0, abs=0.02)
    assert middle["kept length"] == pytest.approx(1.0, abs=0.02)


@given(value=st.floats(-5.5, 5.5), to=st.floats(-5.5, 5.5), at=st.floats(0, 1))
def test_through_the_gaussian_the_share_of_the_prior_goes_evenly(value: float, to: float, at: float) -> None:
    share_of = NormalDist().cdf
    ends = [np.array([value], np.float32), np.array([to], np.float32)]
    reached = share_of(float(points("gaussian", ends, at)[0, 0]))
    wanted = (1 - at) * share_of(float(ends[0][0])) + at * share_of(float(ends[1][0]))
    assert reached == pytest.approx(wanted, abs=1e-6)


def test_a_smooth_path_has_no_corner_at_its_waypoints() -> None:
    path, step = laid("catmull-rom", list(Hills.samples[:5])), 1e-3
    for at in (0.25, 0.5, 0.75):
        before, here, after = path([at - step, at, at + step]).astype(np.float64)
        cosine = (here - before) @ (after - here) / np.linalg.norm(here - before) / np.linalg.norm(after - here)
        assert cosine > 0.99


def test_through_the_data_every_knot_is_a_sample_and_the_sum_of_squared_hops_is_least() -> None:
    a, b = Hills.samples[0], Hills.samples[1]
    inner = course("through the data", [a, b]).latents  # type: ignore[attr-defined]
    assert all((Hills.samples == knot).all(axis=1).any() for knot in inner)
    hops = np.linalg.norm(np.diff(inner, axis=0), axis=1)
    assert np.square(hops).sum() <= np.square(np.linalg.norm(a - b)) * (1 + 1e-6)


def test_a_search_for_a_geodesic_tells_curves_of_less_and_less_energy() -> None:
    a, b = 2 * Hills.samples[0], -2 * Hills.samples[1]
    energies = []
    for found in searched("geodesic", [a, b], Hills()):
        pictures, _ = Hills().pull_back(found.latents.astype(float), np.zeros_like)  # type: ignore[attr-defined]
        energies.append(float(np.square(np.diff(pictures, axis=0)).sum()))
    assert all(after <= before * (1 + 1e-5) for before, after in pairwise(energies))
    assert energies[-1] < 0.8 * energies[0]


def test_a_cross_fade_mixes_the_pictures_of_its_waypoints() -> None:
    pictures = np.array([0, 100, 200], np.uint8).reshape(3, 1, 1, 1)
    faded = mixed(pictures, np.array([0, 0.25, 0.5, 0.75, 1]), closed=False)
    assert faded.ravel().tolist() == [0, 50, 100, 150, 200]
    assert mixed(pictures, np.array([5 / 6, 1.0]), closed=True).ravel().tolist() == [100, 0]


def test_waypoints_of_other_dimensions_none_at_all_and_unknown_kinds_are_refused() -> None:
    a, b = np.zeros(3, np.float32), np.zeros(4, np.float32)
    for kind, stops in (("linear", [a, b]), ("spherical", []), ("scenic", [a, a]), ("linear", [a, a * np.nan])):
        with pytest.raises(InputError) as refusal:
            points(kind, stops, [0])
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


def test_a_closed_film_does_not_show_its_start_twice() -> None:
    assert positions(4, closed=True).tolist() == [0, 0.25, 0.5, 0.75]


def test_a_film_of_no_frames_is_refused() -> None:
    with pytest.raises(InputError):
        positions(0, "once")
    with pytest.raises(InputError):
        positions(3, "sideways")
