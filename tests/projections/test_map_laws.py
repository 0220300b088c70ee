"""What planes and maps of neighbours promise beside the laws of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from projection_scene import CONCEPTS, DIM, PLANES, every_map, every_plane, fitted, manifold
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from explorer.errors import InputError
from explorer.latents.concepts import Concept
from explorer.latents.samples import Labels, LatentSet
from explorer.projections import (
    KINDS,
    Partial,
    ProjectionChoice,
    fit,
    is_installed,
    lack,
    points_of,
    stopped,
)
from explorer.projections.neighbours import NeighbourMap, lift_error, nearest, upright
from explorer.projections.plane import Plane

# neighbours


@every_map
def test_a_lift_by_neighbours_leaves_a_third_of_what_the_mean_leaves(kind: str) -> None:
    projection, samples = fitted(kind), manifold()
    assert isinstance(projection, NeighbourMap)
    assert projection.lift_error < 1 / 3
    assert f"{100 * projection.lift_error:.0f} %" in projection.lift_hint
    back = projection.lift(projection.points, samples.latents[0])
    spread = np.linalg.norm(samples.latents - samples.latents.mean(axis=0))
    assert np.linalg.norm(back - samples.latents) < spread / 3


@every_map
def test_a_new_latent_is_placed_between_its_neighbours(kind: str) -> None:
    projection, samples = fitted(kind), manifold()
    points = points_of(projection, samples)
    near, _ = nearest(samples.latents[:50], samples.latents, 2)
    between = (samples.latents[near[:, 0]] + samples.latents[near[:, 1]]) / 2
    ends = points[near].mean(axis=1)
    assert np.median(np.linalg.norm(projection.place(between) - ends, axis=1)) < 0.15 * points.std()


def test_a_second_fit_of_the_same_latents_asks_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.projections.is_installed", lambda _: True)
    monkeypatch.setattr("explorer.projections.tsne._embed", lambda latents, *_: latents[:, 8:10])
    first = fit(manifold(), ProjectionChoice("tsne"))
    monkeypatch.setattr("explorer.projections.tsne._embed", lambda *_, **__: pytest.fail("asked again"))
    again = fit(replace(manifold(), latents=manifold().latents.copy()), ProjectionChoice("tsne"))
    assert np.array_equal(first.place(manifold().latents), again.place(manifold().latents))


@every_map
def test_a_map_is_seen_while_it_settles_and_one_that_is_stopped_is_what_was_seen_there(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip(KINDS[kind].library)
    monkeypatch.setattr("explorer.projections.embedding.PAUSE_S", 0.0)
    few, choice = LatentSet("z", manifold().latents[:60]), ProjectionChoice(kind, seed=2)
    seen: list[Partial] = []

    def step(done: int, total: int, text: str = "", partial: Partial | None = None) -> None:
        if partial is not None:
            seen.append(partial)

    whole = fit(few, choice, step=step)
    half = seen[len(seen) // 2]
    assert len(seen) > 20
    assert half.rows is None
    assert half.iteration < half.total == seen[-1].total
    there = replace(choice, stopped=half.iteration)
    assert np.array_equal(points_of(fit(few, there), few), half.points)
    assert not np.array_equal(points_of(whole, few), half.points)


@every_map
def test_a_fit_ends_where_its_step_raises(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip(KINDS[kind].library)
    monkeypatch.setattr("explorer.projections.embedding.PAUSE_S", 0.0)
    told: list[int] = []

    def step(done: int, total: int, text: str = "", partial: Partial | None = None) -> None:
        told.append(done)
        if done >= 50:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fit(LatentSet("z", manifold().latents[:50]), ProjectionChoice(kind, seed=9), step=step)
    assert told[0] == 0
    assert told[-1] == 50


def test_what_was_on_show_when_a_fit_was_stopped_is_there_at_once_the_next_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("explorer.projections.is_installed", lambda _: True)
    monkeypatch.setattr("explorer.projections.tsne._embed", lambda *_, **__: pytest.fail("asked the library"))
    samples, choice = manifold(), ProjectionChoice("tsne", stopped=300)
    shown = Partial(samples.latents[:, 8:10].copy(), None, 300, 750)
    kept = stopped(samples, shown, choice)
    again = fit(samples, choice)
    assert kept.choice == again.choice == choice
    assert np.array_equal(points_of(again, samples), shown.points)


@every_map
def test_every_parameter_of_a_map_has_a_hint_and_a_usual_value_within_its_range(kind: str) -> None:
    for parameter in KINDS[kind].parameters:
        assert parameter.hint.endswith(".")
        assert parameter.fitting(parameter.usual) == parameter.usual
        assert parameter.of(ProjectionChoice(kind)) == parameter.usual


def test_a_parameter_keeps_to_its_range_and_the_usual_value_is_not_written_down() -> None:
    perplexity, metric = KINDS["tsne"].parameters[0], KINDS["tsne"].parameters[2]
    choice = perplexity.set(ProjectionChoice("tsne", stopped=40), 1e9)
    assert (choice.tuned, choice.stopped) == ((("perplexity", 200.0),), 0)
    assert perplexity.set(choice, 30.0).tuned == ()
    assert metric.of(metric.set(choice, "cosine")) == "cosine"
    assert metric.of(replace(choice, tuned=(("metric", "taxicab"),))) == "euclidean"
    assert perplexity.of(replace(choice, tuned=(("perplexity", "much"),))) == 30.0


def test_another_parameter_is_another_map_and_is_not_mistaken_for_the_kept_one() -> None:
    pytest.importorskip("openTSNE")
    few = LatentSet("z", manifold().latents[:60])
    usual, tuned = (fit(few, ProjectionChoice("tsne", tuned=told)) for told in ((), (("perplexity", 5.0),)))
    assert not np.allclose(points_of(usual, few), points_of(tuned, few), atol=0.1)


def test_by_the_cosine_a_latent_is_placed_by_its_direction() -> None:
    latents = manifold().latents
    projection = NeighbourMap(
        ProjectionChoice("tsne"), ("", ""), 0.1, latents, latents[:, 8:10].copy(), len(latents), "cosine"
    )
    placed = projection.place(3 * latents)
    np.testing.assert_allclose(placed, projection.points, atol=0.05)


def test_more_samples_than_a_fit_takes_are_placed_among_those_it_took(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.projections.is_installed", lambda _: True)
    monkeypatch.setattr("explorer.projections.tsne._embed", lambda latents, *_: latents[:, 8:10])
    samples = manifold(1300)
    projection = fit(samples, ProjectionChoice("tsne", seed=5, tuned=(("fitted", 1000.0),)))
    assert isinstance(projection, NeighbourMap)
    assert projection.fitted_words == "1,000 of them fitted"
    assert "1,000 of 1,300 samples made the map" in projection.lift_hint
    points = points_of(projection, samples)
    assert points.shape == (1300, 2)
    kept = [np.flatnonzero((samples.latents == row).all(axis=1))[0] for row in projection.latents]
    np.testing.assert_array_equal(points[kept], projection.points)


def test_the_lift_has_no_jumps() -> None:
    """Along a line over the map, a hundredth of a step changes the latent about a hundredth as much."""
    latents = manifold().latents
    projection = NeighbourMap(ProjectionChoice("tsne"), ("", ""), 0.1, latents, latents[:, 8:10].copy())
    line = np.linspace([5.2, 5.2], [7.8, 6.8], 20_001).astype(np.float32)
    steps = np.linalg.norm(np.diff(projection.lift(line, latents[0]), axis=0), axis=1)
    assert steps.max() < 20 * steps.mean()


def test_the_error_of_a_lift_is_that_of_samples_it_did_not_know() -> None:
    random = np.random.default_rng(0)
    points, noise = random.uniform(0, 1, (600, 2)), random.standard_normal((600, 5))
    straight = (points @ random.standard_normal((2, 5))).astype(np.float32)
    assert lift_error(straight, points.astype(np.float32)) < 0.05
    assert lift_error(noise.astype(np.float32), points.astype(np.float32)) > 0.95


def test_a_map_is_turned_and_mirrored_like_the_plane_it_is_compared_with() -> None:
    plane = np.random.default_rng(0).standard_normal((50, 2))
    turned = plane @ np.array([[0.6, 0.8], [0.8, -0.6]]) * 3 + 7
    np.testing.assert_allclose(upright(turned, plane), 3 * (plane - plane.mean(axis=0)), atol=1e-5)


# discriminants and concepts


def test_discriminants_are_those_of_scikit_learn() -> None:
    samples = manifold(noise=0.5)
    known = samples.labels[0].values.astype(np.int64)
    plane = fit(samples, ProjectionChoice("lda", label="part"))
    theirs = LinearDiscriminantAnalysis().fit(samples.latents, known).transform(samples.latents)[:, :2]
    ours = plane.place(samples.latents)
    for axis in (0, 1):
        assert abs(np.corrcoef(ours[:, axis], theirs[:, axis])[0, 1]) > 0.999
    within = np.concatenate([ours[known == code] - ours[known == code].mean(axis=0) for code in range(4)])
    np.testing.assert_allclose(within.std(axis=0), 1, atol=0.02)


def test_two_classes_have_one_discriminant_and_most_of_what_remains() -> None:
    plane = fit(manifold(), ProjectionChoice("lda", label="half"))
    assert isinstance(plane, Plane)
    assert plane.axis_names == ("half", "most of what remains")
    assert abs(float(plane.axes[:, 0] @ plane.axes[:, 1])) < 1e-6 * np.linalg.norm(plane.axes) ** 2
    assert plane.place(manifold().latents)[:, 1].std() == pytest.approx(1, abs=1e-3)


def test_without_a_label_that_is_there_the_most_telling_one_is_taken() -> None:
    for label in ("", "size", "gone"):
        assert fit(manifold(), ProjectionChoice("lda", label=label)).axis_names[0].startswith("part 1")


def test_samples_of_no_known_class_do_not_count() -> None:
    samples = manifold()
    codes = np.where(np.arange(400) < 30, -1, samples.labels[0].values.astype(np.int64))
    some = replace(samples, labels=(Labels("part", codes, ("a", "b", "c", "d")),))
    rest = replace(samples, latents=samples.latents[30:], labels=(Labels("part", codes[30:], ("a", "b", "c", "d")),))
    one, other = (fit(each, ProjectionChoice("lda")) for each in (some, rest))
    assert isinstance(one, Plane)
    assert isinstance(other, Plane)
    np.testing.assert_allclose(one.axes, other.axes, rtol=1e-6)


@pytest.mark.parametrize(("up", "name"), [("", "most of what remains"), ("age", "age (σ)")])
def test_concept_axes_count_in_sigma_from_the_centre_of_the_concept(up: str, name: str) -> None:
    plane = fit(manifold(), ProjectionChoice("concepts", across="smile", up=up), CONCEPTS)
    points = plane.place(manifold().latents)
    assert plane.axis_names == ("smile (σ)", name)
    np.testing.assert_allclose(points[:, 0], CONCEPTS[0].coordinate(manifold().latents), atol=1e-3)
    if up:
        np.testing.assert_allclose(points[:, 1], CONCEPTS[1].coordinate(manifold().latents), atol=1e-3)


def test_concepts_that_are_not_there_give_way_to_others() -> None:
    for across, up in (("", ""), ("gone", "gone"), ("smile", "smile"), ("smile", "gone")):
        plane = fit(manifold(), ProjectionChoice("concepts", across=across, up=up), CONCEPTS)
        assert plane.axis_names == ("smile (σ)", "most of what remains")
    swapped = fit(manifold(), ProjectionChoice("concepts", up="smile"), CONCEPTS)
    assert swapped.axis_names == ("age (σ)", "smile (σ)")


# what cannot be


PARALLEL = (CONCEPTS[0], replace(CONCEPTS[0], name="grin"))
ALIKE = replace(manifold(), latents=np.ones((400, DIM), np.float32))


@pytest.mark.parametrize(
    ("samples", "choice", "concepts"),
    [
        (replace(manifold(), labels=()), ProjectionChoice("lda"), ()),
        (ALIKE, ProjectionChoice("lda"), ()),
        (manifold(), ProjectionChoice("concepts"), ()),
        (replace(manifold(), space="w"), ProjectionChoice("concepts"), CONCEPTS),
        (manifold(), ProjectionChoice("concepts", across="smile", up="grin"), PARALLEL),
        (LatentSet("z", manifold().latents[:12]), ProjectionChoice("tsne"), ()),
    ],
    ids=["no labels", "all alike", "no concepts", "concepts of another space", "parallel concepts", "few samples"],
)
def test_what_cannot_be_mapped_is_refused_with_a_hint(
    samples: LatentSet, choice: ProjectionChoice, concepts: Sequence[Concept]
) -> None:
    with pytest.raises(InputError) as refusal:
        fit(samples, choice, concepts)
    assert refusal.value.hint


def test_a_library_that_is_not_installed_is_named_in_the_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.projections.find_spec", lambda _: None)
    assert not is_installed("tsne")
    assert is_installed("pca")
    assert "latent-explorer[maps]" in lack("umap", manifold(), ())
    with pytest.raises(InputError, match=r"PaCMAP is not installed") as refusal:
        fit(manifold(), ProjectionChoice("pacmap"))
    assert "pip install" in refusal.value.hint


def test_what_a_kind_lacks_is_said_before_it_is_tried() -> None:
    bare = LatentSet("z", manifold().latents)
    assert [lack(kind, manifold(), CONCEPTS) for kind in PLANES] == ["", "", "", ""]
    assert lack("concepts", bare, ()) == "This space has no concepts yet."
    assert "no label" in lack("lda", bare, CONCEPTS)


@every_plane
def test_samples_all_alike_still_make_a_map_or_say_why_not(kind: str) -> None:
    if kind == "lda":
        with pytest.raises(InputError, match="same mean"):
            fit(ALIKE, ProjectionChoice(kind))
        return
    assert np.isfinite(fit(ALIKE, ProjectionChoice(kind), CONCEPTS).place(ALIKE.latents)).all()
