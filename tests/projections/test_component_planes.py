from __future__ import annotations

import numpy as np
import pytest

from explorer.errors import InputError
from explorer.latents.samples import LatentSet
from explorer.projections import Projection, ProjectionChoice, choices, fit, fitting
from explorer.projections.plane import Plane

COMPONENTS = ("pca", "axes")


def samples(n: int = 300, dim: int = 9, seed: int = 0) -> LatentSet:
    random = np.random.default_rng(seed)
    mixed = random.standard_normal((n, dim)) * np.linspace(3, 0.1, dim) @ random.standard_normal((dim, dim))
    return LatentSet("z", (mixed + random.standard_normal(dim) * 5).astype(np.float32))


def flat(projection: Projection) -> Plane:
    assert isinstance(projection, Plane)
    return projection


every = pytest.mark.parametrize(
    ("kind", "dim", "first", "second"),
    [(kind, *rest) for kind in COMPONENTS for rest in ((2, 0, 1), (9, 0, 1), (9, 5, 2), (64, 63, 0))],
)


@every
def test_every_projection_keeps_the_laws(kind: str, dim: int, first: int, second: int) -> None:
    data = samples(dim=dim)
    before = data.latents.copy()
    projection = fit(data, ProjectionChoice(kind, first, second))
    current = data.latents[3] + np.float32(0.5)
    points = np.random.default_rng(1).normal(0, 5, (40, 2)).astype(np.float32)

    placed, lifted = projection.place(data.latents), projection.lift(points, current)

    assert placed.shape == (300, 2)
    assert lifted.shape == (40, dim)
    assert placed.dtype == lifted.dtype == np.float32
    assert np.isfinite(placed).all()
    assert np.isfinite(lifted).all()
    np.testing.assert_allclose(projection.place(lifted), points, atol=1e-4)
    np.testing.assert_allclose(projection.lift(projection.place(current[None]), current)[0], current, atol=1e-4)
    np.testing.assert_array_equal(data.latents, before)
    assert projection.choice == ProjectionChoice(kind, first, second)
    assert all(projection.axis_names)
    assert projection.lift_name
    assert projection.lift_hint.endswith(".")


@every
def test_one_fit_is_like_the_next(kind: str, dim: int, first: int, second: int) -> None:
    data, choice = samples(dim=dim), ProjectionChoice(kind, first, second)
    assert np.array_equal(fit(data, choice).place(data.latents), fit(data, choice).place(data.latents))


@every
def test_what_the_map_cannot_show_is_kept_by_a_lift(kind: str, dim: int, first: int, second: int) -> None:
    data = samples(dim=dim)
    plane = flat(fit(data, ProjectionChoice(kind, first, second)))
    current = data.latents[7]
    moved = plane.lift(np.array([[3, -8]], np.float32), current)[0] - current.astype(np.float64)
    np.testing.assert_allclose(moved, plane.axes @ (plane.axes.T @ moved), atol=1e-4)


@pytest.mark.parametrize("kind", COMPONENTS)
def test_without_a_current_latent_the_plane_goes_through_the_mean_of_the_samples(kind: str) -> None:
    data = samples()
    projection = fit(data, ProjectionChoice(kind))
    mean = data.latents.mean(axis=0)
    for none_yet in (np.zeros(0, np.float32), np.zeros(4, np.float32)):
        np.testing.assert_allclose(projection.lift(projection.place(mean[None]), none_yet)[0], mean, atol=1e-4)


@pytest.mark.parametrize("kind", COMPONENTS)
def test_the_share_is_one_within_the_plane_and_nothing_across_it(kind: str) -> None:
    plane = flat(fit(samples(), ProjectionChoice(kind, 0, 1)))
    basis = np.linalg.qr(np.concatenate([plane.axes, np.eye(9)], axis=1))[0]
    within, across = basis[:, 0].astype(np.float32), basis[:, 5].astype(np.float32)
    assert plane.share(within) == pytest.approx(1, abs=1e-6)
    assert plane.share(across) == pytest.approx(0, abs=1e-6)
    assert plane.share(((within + across) / 2**0.5).astype(np.float32)) == pytest.approx(0.5**0.5, abs=1e-6)
    assert plane.share(np.zeros(9, np.float32)) == 0


def test_principal_components_come_by_variance_and_say_their_share() -> None:
    random = np.random.default_rng(0)
    data = LatentSet("w", (random.standard_normal((5000, 3)) * [1, 3, 2]).astype(np.float32))
    plane = flat(fit(data, ProjectionChoice("pca", 0, 2)))
    np.testing.assert_allclose(np.abs(plane.axes), np.eye(3)[:, [1, 0]], atol=0.05)
    assert plane.axis_names == ("PC 1 (63 %)", "PC 3 (7 %)")
    assert (plane.axes[np.abs(plane.axes).argmax(axis=0), [0, 1]] > 0).all()


def test_principal_components_do_not_mirror_when_the_samples_are_shuffled() -> None:
    data = samples()
    shuffled = LatentSet("z", data.latents[::-1].copy())
    one, other = (fit(each, ProjectionChoice()).place(data.latents) for each in (data, shuffled))
    np.testing.assert_allclose(one, other, atol=1e-3)


def test_fewer_samples_than_dimensions_and_samples_all_alike_still_make_a_map() -> None:
    for latents in (np.eye(3, 8), np.ones((5, 8)), np.ones((1, 8))):
        projection = fit(LatentSet("z", latents.astype(np.float32)), ProjectionChoice("pca", 0, 7))
        assert np.isfinite(projection.place(latents.astype(np.float32))).all()


def test_two_latent_dimensions_are_shown_as_they_are() -> None:
    data = samples(dim=2)
    projection = fit(data, choices(2)[0])
    assert np.array_equal(projection.place(data.latents), data.latents)
    assert projection.axis_names == ("z 1", "z 2")
    assert projection.lift_name == "exact"


def test_the_first_choice_is_axes_for_two_dimensions_and_components_for_more() -> None:
    assert [choice.kind for choice in choices(2)] == ["axes", "pca"]
    assert [choice.kind for choice in choices(64)] == ["pca", "axes"]
    assert choices(1) == ()


@pytest.mark.parametrize(
    ("asked", "got"), [((0, 1), (0, 1)), ((9, 5), (2, 1)), ((9, 1), (2, 1)), ((0, 0), (0, 1)), ((-4, 0), (0, 1))]
)
def test_components_that_are_not_there_become_two_different_ones_that_are(
    asked: tuple[int, int], got: tuple[int, int]
) -> None:
    assert fitting(ProjectionChoice("pca", *asked), 3) == ProjectionChoice("pca", *got)


@pytest.mark.parametrize(
    ("data", "choice"),
    [
        (samples(dim=1), ProjectionChoice("pca")),
        (samples(dim=1), ProjectionChoice("axes")),
        (samples(), ProjectionChoice("globe")),
        (LatentSet("z", np.zeros((0, 4), np.float32)), ProjectionChoice()),
        (LatentSet("z", np.full((3, 4), np.inf, np.float32)), ProjectionChoice()),
    ],
    ids=["one dimension", "one dimension as axes", "unknown kind", "no samples", "infinite"],
)
def test_what_cannot_be_projected_is_refused_with_a_hint(data: LatentSet, choice: ProjectionChoice) -> None:
    with pytest.raises(InputError) as refusal:
        fit(data, choice)
    assert refusal.value.hint
