"""Flows over vectors of nflows, zuko and normflows: opened as plots of points or as pictures, and compared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from handwritten_flows import (
    block_maf,
    block_nvp,
    freia_blocks,
    freia_pairs,
    nice_blocks,
    nice_sequence,
    numbered_maf,
    numbered_nvp,
)
from library_flows import (
    Library,
    nflows_couplings,
    nflows_maf,
    nflows_reflections,
    nflows_told,
    normflows_halves,
    normflows_nvp,
    normflows_splines,
    zuko_flow,
)
from short_flows import nflib_halves, nflib_maf, notebook_nvp
from zuko_references import zuko_gaussianization, zuko_normalised, zuko_rising

from explorer.errors import CheckpointError
from explorer.models.checkpoint import open_model, save_model
from explorer.models.foreign.architectures import recognise
from explorer.models.foreign.flows.classed import ClassFlow
from explorer.models.foreign.flows.forms import FORMS
from explorer.models.foreign.flows.points import SIDE, PointFlow
from explorer.models.foreign.flows.vectors import seen_range, window
from explorer.models.foreign.opening import convert, open_foreign
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.rebuilt import rebuilt
from explorer.models.network import NetworkModel
from explorer.models.twin import OnnxTwin, export

LIBRARIES: dict[str, Callable[[], Library]] = {
    "nflows maf": lambda: nflows_maf(2, 0, 2, 8),
    "nflows maf, told": lambda: nflows_maf(2, 3, 3, 7),
    "nflows maf of pictures": lambda: nflows_maf(64, 0, 2, 70),
    "nflows additive": lambda: nflows_couplings(2, 1),
    "nflows affine": lambda: nflows_couplings(2, 2),
    "nflows affine pictures": lambda: nflows_couplings(64, 2),
    "nflows splines, told": lambda: nflows_told(2, 3, 14),
    "nflows affine, told": lambda: nflows_told(2, 2, 2),
    "nflows reflections": lambda: nflows_reflections(2),
    "nflows reflections of pictures": lambda: nflows_reflections(64),
    "nflows splines": lambda: nflows_couplings(2, 14, 5),
    "numbered maf": lambda: numbered_maf(2, 0, 3, split=False),
    "numbered maf of pictures": lambda: numbered_maf(64, 0, 2, split=False),
    "numbered maf, told": lambda: numbered_maf(2, 3, 2, split=False),
    "numbered maf of two nets": lambda: numbered_maf(2, 0, 2, split=True),
    "numbered maf, mixed": lambda: numbered_maf(64, 0, 2, split=True, mixes=True),
    "numbered nvp": lambda: numbered_nvp(2, 0, 4),
    "numbered nvp, told": lambda: numbered_nvp(2, 2, 3),
    "numbered nvp of pictures": lambda: numbered_nvp(192, 0, 3),
    "blocks made": lambda: block_maf(2, 0, 1, norms=False, single=True),
    "blocks maf": lambda: block_maf(2, 0, 4, norms=True),
    "blocks maf of pictures": lambda: block_maf(64, 0, 3, norms=False),
    "blocks maf, told": lambda: block_maf(2, 4, 2, norms=True),
    "blocks nvp": lambda: block_nvp(2, 0, 3),
    "blocks nvp, told": lambda: block_nvp(2, 3, 2),
    "blocks nvp of pictures": lambda: block_nvp(64, 0, 2),
    "freia blocks": lambda: freia_blocks(2, 0, 3),
    "freia blocks, told": lambda: freia_blocks(2, 2, 2),
    "freia blocks of pictures": lambda: freia_blocks(64, 0, 2),
    "freia pairs": lambda: freia_pairs(2, 0, 2),
    "freia pairs, told": lambda: freia_pairs(2, 3, 2),
    "freia pairs of pictures": lambda: freia_pairs(192, 0, 2),
    "notebook nvp": lambda: notebook_nvp(2, 4),
    "notebook nvp of pictures": lambda: notebook_nvp(64, 3),
    "nflib halves": lambda: nflib_halves(2, 3),
    "nflib additive": lambda: nflib_halves(64, 2, scaled=False),
    "nflib maf": lambda: nflib_maf(2, 3),
    "nflib maf of pictures": lambda: nflib_maf(64, 2),
    "nice": lambda: nice_blocks(2, 3, 2),
    "nice of pictures": lambda: nice_blocks(64, 4, 3),
    "nice in sequences": lambda: nice_sequence(2, 3),
    "nice in sequences of pictures": lambda: nice_sequence(192, 2),
    "zuko maf": lambda: zuko_flow(2, 0, 0, masks=False),
    "zuko maf, told": lambda: zuko_flow(2, 2, 0, masks=False),
    "zuko nsf": lambda: zuko_flow(2, 1, 6, masks=False),
    "zuko nice": lambda: zuko_flow(2, 0, 0, masks=True),
    "zuko nice pictures": lambda: zuko_flow(64, 0, 0, masks=True),
    "zuko coupled splines": lambda: zuko_flow(2, 1, 4, masks=True),
    "zuko normalised": lambda: zuko_normalised(2, 0),
    "zuko normalised, told": lambda: zuko_normalised(2, 2),
    "zuko normalised pictures": lambda: zuko_normalised(64, 0),
    "zuko bernstein": lambda: zuko_rising("bernstein", 2, 0, 10),
    "zuko bernstein, told": lambda: zuko_rising("bernstein", 2, 2, 13, residual=True),
    "zuko bernstein pictures": lambda: zuko_rising("bernstein", 64, 0, 9),
    "zuko squares": lambda: zuko_rising("squares", 2, 0, 16),
    "zuko squares, told": lambda: zuko_rising("squares", 2, 1, 11),
    "zuko gaussianization": lambda: zuko_gaussianization(2, 5),
    "normflows nvp": lambda: normflows_nvp(2),
    "normflows nvp without scales": lambda: normflows_nvp(2, scaled=False),
    "normflows nvp pictures": lambda: normflows_nvp(64),
    "normflows halves": lambda: normflows_halves(2, 9),
    "normflows splines": lambda: normflows_splines(2, 5),
}


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest) -> Library:
    return LIBRARIES[str(request.param)]()


def opened(library: Library) -> NetworkModel:
    found = recognise(Reading(Path("folder") / "flow.pt", "torch zip file", library.weights))
    assert found is not None
    assert {fact.how for fact in found.facts} >= {"read", "inferred"}
    return rebuilt(found)


def noise_and_context(library: Library) -> tuple[torch.Tensor, torch.Tensor | None]:
    random = torch.Generator().manual_seed(5)
    noise = 0.7 * torch.randn(4, library.features, generator=random)
    return noise, torch.randn(4, library.given, generator=random) if library.given else None


def test_a_flow_has_the_data_and_the_noise_of_its_library(library: Library) -> None:
    chain = opened(library).net.chain
    noise, context = noise_and_context(library)
    with torch.no_grad():
        data = chain.inverse(noise, context)[0]
        wanted = library.noise(data.flatten(1), context)
        ours = chain(data, context)[0].flatten(1)
    np.testing.assert_allclose(wanted, noise, atol=1e-4)
    np.testing.assert_allclose(ours, noise, atol=1e-4)
    assert (data.flatten(1) - noise).abs().max() > 0.1


def test_the_change_of_volume_is_the_true_one(library: Library) -> None:
    if library.features > 2:
        return
    chain = opened(library).net.chain.double()
    noise, context = noise_and_context(library)
    told = None if context is None else context[:1].double()
    point = chain.inverse(noise[:1].double(), told)[0]
    jacobian = torch.autograd.functional.jacobian(lambda x: chain(x, told)[0], point).reshape(2, 2)
    forth, back = chain(point, told)[1], chain.inverse(noise[:1].double(), told)[1]
    torch.testing.assert_close(forth[0], torch.linalg.slogdet(jacobian)[1], atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(back, -forth, atol=1e-4, rtol=1e-4)


def test_a_plot_shows_the_point_where_it_is(library: Library) -> None:
    model = opened(library)
    if not isinstance(model, PointFlow):
        assert model.card.likelihood == "exact"
        return
    noise, context = noise_and_context(library)
    with torch.no_grad():
        points = model.net.chain.inverse(noise, context)[0].numpy()
    latents = torch.cat([noise, context], 1).numpy() if context is not None else noise.numpy()
    (across, up), reach = model.hyperparameters["centre"], model.hyperparameters["reach"]
    for point, picture in zip(points, model.decode_float(latents), strict=True):
        column, row = (point[0] - across) / reach, (up - point[1]) / reach
        if max(abs(column), abs(row)) > 0.95:
            continue
        place = [int((one + 1) / 2 * SIDE) for one in (row, column)]
        assert picture[place[0], place[1], 0] > picture[place[0], place[1], 2] + 0.5  # vermilion on blue and white


def test_a_flow_is_kept_exported_and_opened_again(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "flow.pt"
    torch.save(library.weights, path)
    model = convert(path, tmp_path / "kept")
    again = open_model(tmp_path / "kept", "cpu")
    latents = 0.7 * model.sample(3, seed=2)
    pictures = model.decode_float(latents)
    np.testing.assert_array_equal(again.decode_float(latents), pictures)
    assert np.abs(pictures[0] - pictures[1]).max() > 0.02
    names = [f"'{name}'" for name in (*FORMS, "logistic") if name not in ("affine", "spline")]
    if any(name in str(model.hyperparameters["steps"]) for name in names):
        with pytest.raises(RuntimeError, match=r"too large|has no operation"):
            export(model)
    elif library.features == 2 or "order" in str(library.weights):
        twin = OnnxTwin(export(model), model.card)
        np.testing.assert_allclose(twin.decode_float(latents), pictures, atol=2e-3)


def test_a_context_moves_the_density() -> None:
    model = opened(nflows_maf(2, 2, 3, 8))
    assert [part.name for part in model.card.default_space.parts] == ["noise", "context"]
    near, far = model.decode_float(np.array([[0, 0, -2, 0], [0, 0, 2, 0]], np.float32))
    assert np.abs(near - far).max() > 0.04


TOLD: dict[str, Callable[[], Library]] = {
    "numbered maf": lambda: numbered_maf(64, 3, 2, split=True),
    "numbered nvp": lambda: numbered_nvp(64, 4, 2),
    "blocks maf": lambda: block_maf(64, 5, 2, norms=True),
    "blocks nvp": lambda: block_nvp(192, 2, 2),
    "nflows maf": lambda: nflows_maf(64, 3, 2, 70),
    "zuko nice": lambda: zuko_flow(64, 4, 0, masks=True),
    "freia pairs": lambda: freia_pairs(64, 3, 2),
}


@pytest.mark.parametrize("name", TOLD)
def test_what_a_flow_over_pictures_is_told_are_classes(name: str, tmp_path: Path) -> None:
    library = TOLD[name]()
    model = opened(library)
    assert isinstance(model, ClassFlow)
    latents = torch.from_numpy(0.6 * model.sample(4, seed=1))
    classes = torch.eye(library.given)[torch.arange(4) % library.given]
    latents[:, -library.given :] = classes
    with torch.no_grad():
        data = model.net.inverse(latents)
        wanted = library.noise(data.flatten(1), classes)
        each = model.net.of_each(data)[0]
    np.testing.assert_allclose(wanted, latents[:, : -library.given], atol=1e-4)
    np.testing.assert_allclose(each[torch.arange(4) % library.given, torch.arange(4)], wanted, atol=1e-4)
    save_model(model, tmp_path)
    assert open_model(tmp_path, "cpu").card.default_space.classes == slice(library.features, len(latents[0]))


def test_a_flow_over_other_numbers_is_named_for_what_it_is() -> None:
    with pytest.raises(CheckpointError, match="over 5 numbers, given 2 numbers as context") as caught:
        recognise(Reading(Path("flow.pt"), "torch zip file", nflows_maf(5, 2, 1, 8).weights))
    assert caught.value.hint


def test_a_step_that_left_nothing_in_the_file_is_said() -> None:
    weights = nflows_maf(2, 0, 2, 8).weights
    told = {key.replace("_transforms.3.", "_transforms.4."): value for key, value in weights.items()}
    with pytest.raises(CheckpointError, match="a step of it has nothing in the file"):
        recognise(Reading(Path("flow.pt"), "torch zip file", told))


@pytest.mark.parametrize("each", [9, 15])
def test_splines_of_another_kind_are_named(each: int) -> None:
    with pytest.raises(CheckpointError, match="no rational-quadratic spline") as caught:
        recognise(Reading(Path("f.pt"), "torch zip file", nflows_couplings(2, each).weights))
    assert "cubic" in caught.value.hint


@pytest.mark.parametrize(("hints", "form"), [({}, "spline"), ({"model": {"degree": 16}}, "bernstein")])
def test_numbers_that_fit_two_forms_are_told_apart_beside_the_weights(hints: dict[str, object], form: str) -> None:
    found = recognise(Reading(Path("f.pt"), "torch zip file", zuko_rising("bernstein", 2, 0, 17).weights, hints))
    assert found is not None
    assert str(found.config.hyperparameters["steps"]).count(f"'form': '{form}'") == 2
    assert any(fact.how == "guessed" and "6 bins" in fact.text for fact in found.facts) == (form == "spline")


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        ({"0.joiner.mask": torch.ones(6, 4), "1.log_S": torch.zeros(4)}, "LU parts"),
        ({"flows.0.u": torch.zeros(1, 2), "q0.loc": torch.zeros(1, 2)}, "planar or radial"),
        ({"flows.0.iresblock.nnet.1.u": torch.zeros(2), "q0.loc": torch.zeros(1, 2)}, "residual"),
        ({"flows.0.u": torch.zeros(2), "q0.weight_scores": torch.zeros(1, 3)}, "mixture"),
        ({"flows.1.eps": torch.zeros(()), "q0.loc": torch.zeros(1, 2)}, "batch norms"),
        ({"flow.flows.0.S": torch.zeros(2), "flow.flows.0.L": torch.zeros(2, 2)}, "1 x 1 convolutions"),
        ({"transform.ode.0.weight": torch.zeros(4, 8), "base.loc": torch.zeros(2)}, "CNF"),
        ({"transform.transforms.0.univariate.network.0.weight": torch.zeros(2), "base.loc": torch.zeros(2)}, "NAF"),
        ({"transform.transforms.0.order": torch.zeros(2), "base.lower": torch.zeros(2)}, "NCSF"),
        ({"base_dist_mean": torch.zeros(2), "mademog.net_input.mask": torch.zeros(2, 2)}, "mixtures"),
    ],
)
def test_what_has_no_way_back_or_is_not_in_the_file_is_said(weights: dict[str, torch.Tensor], says: str) -> None:
    with pytest.raises(CheckpointError, match=says) as caught:
        recognise(Reading(Path("flow.pt"), "torch zip file", weights))
    assert caught.value.hint


def test_the_bound_of_splines_is_guessed_or_read_beside_the_weights() -> None:
    weights = nflows_couplings(2, 14, 5).weights
    for hints, how in (({}, "guessed"), ({"args": {"tail_bound": 4}}, "read")):
        found = recognise(Reading(Path("flow.pt"), "torch zip file", weights, hints))
        assert found is not None
        assert [fact.how for fact in found.facts if fact.text.startswith("splines in")] == [how]


def test_another_base_or_another_step_is_not_taken_for_a_known_one() -> None:
    weights = zuko_flow(2, 0, 0, masks=False).weights
    assert recognise(Reading(Path("f.pt"), "torch zip file", {**weights, "base.rate": torch.zeros(2)})) is None
    weights = normflows_nvp(2).weights
    assert recognise(Reading(Path("f.pt"), "torch zip file", {**weights, "flows.4.v": torch.zeros(2)})) is None


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 1, (0, 1, False)), (-1, 1, (-1, 1, False)), (-0.5, 0.5, (-0.5, 0.5, False)), (-9, 6, (0, 1, True))],
)
def test_samples_tell_how_pictures_were_scaled(low: float, high: float, expected: tuple[float, float, bool]) -> None:
    assert seen_range(torch.linspace(low, high, 1000)) == expected


def test_the_window_holds_nearly_all_points_and_no_wild_ones() -> None:
    near = torch.randn(1000, 2, generator=torch.Generator().manual_seed(0)) + 3
    points = torch.cat([near, torch.full((5, 2), torch.nan), torch.full((5, 2), 1e12)])
    centre, reach = window(points)
    assert np.abs(np.array(centre) - 3).max() < 0.3
    assert 2 < reach < 5


@pytest.mark.parametrize("name", ["flow", "nf", "my_flow_module"])
def test_the_name_of_a_flow_in_a_training_module_is_left_out(name: str, tmp_path: Path) -> None:
    weights = block_nvp(2, 0, 2).weights
    torch.save({"state_dict": {f"{name}.{key}": value for key, value in weights.items()}}, tmp_path / "last.ckpt")
    torch.save(weights, tmp_path / "plain.pt")
    model, plain = open_foreign(tmp_path / "last.ckpt"), open_foreign(tmp_path / "plain.pt")
    latents = model.sample(2, seed=0)
    np.testing.assert_array_equal(model.decode_float(latents), plain.decode_float(latents))
    assert any(f"Left out '{name}.'" in fact.text for fact in model.card.facts)


def test_a_flow_opens_from_its_file(tmp_path: Path) -> None:
    torch.save({"state_dict": zuko_flow(2, 0, 0, masks=True).weights, "epoch": 3}, tmp_path / "moons.pt")
    assert open_foreign(tmp_path / "moons.pt").card.architecture == "zuko flow over points"
