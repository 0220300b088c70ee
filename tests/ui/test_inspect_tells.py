"""Inspect: the numbers, and the reasons where there are none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from panel_scene import opened, samples, store_at
from pytestqt.qtbot import QtBot

from explorer.latents.fitted import Fitted
from explorer.latents.measures import Neighbourhood
from explorer.latents.priors import ChosenPrior
from explorer.session.state import Origin, Place, State, frozen
from explorer.ui.facts import Fact, Measured, facts, measured, per_dimension
from explorer.ui.inspect import InspectPanel
from explorer.work.messages import Opened


def known(model: Opened, sample: int | None = 3, **strengths: float) -> dict[str, Fact]:
    place = store_at(model, sample, **strengths).state.place
    latents = model.samples["z"].latents
    near = Neighbourhood(latents) if len(latents) > 1 else None
    return {fact.name: fact for fact in facts(model, State("little", place), near, measured(model.samples["z"]))}


def test_the_length_stands_beside_the_expected_one_and_beside_those_of_the_samples() -> None:
    model = opened()
    lengths = np.linalg.norm(model.samples["z"].latents, axis=1)
    low, high = np.percentile(lengths, [1, 99])
    assert known(model)["Length"].text == f"{lengths[3]:.2f}, expected 5.61, samples {low:.2f}–{high:.2f}"


def test_a_sample_is_inside_the_data_and_the_far_is_outside() -> None:
    model = opened()
    assert known(model)["Nearest sample"].text == "0.00 away, inside the data"
    assert known(model, smile=40.0)["Nearest sample"].text.endswith("outside the data")


def test_the_nearest_sample_is_told_by_its_labels() -> None:
    assert known(opened())["Its labels"].text in {"smile: yes", "smile: no"}


def test_a_vae_tells_a_lower_bound_and_the_divergence_of_the_sample() -> None:
    told = known(opened())
    assert told["log p(sample) ≥"].known
    assert "bits/dim" in told["log p(sample) ≥"].text
    mean = samples().latents[3].astype(np.float64)
    nats = ((mean**2 + np.exp(-2.0) - 1 + 2.0) / 2).sum()
    assert told["KL of the sample"].text == f"{nats:.1f} nats"


def test_a_latent_that_was_found_for_a_picture_tells_whose_it_is_until_it_is_moved() -> None:
    model, place = opened(), store_at(opened(), None).state.place
    found = replace(place, origin=Origin("me.png", place.base, 0.021))
    moved = replace(found, base=frozen(place.base + 1))
    told = facts(model, State("little", found), None, measured(None))[0]
    assert (told.name, told.text) == ("Your picture", "me.png, found by search, off by 2.1 %")
    edited = facts(model, State("little", replace(found, strengths={"smile": 1.0})), None, measured(None))[0]
    assert edited.text.endswith(", edited")
    assert facts(model, State("little", moved), None, measured(None))[0].name == "Length"


def test_without_a_sample_what_belongs_to_one_is_grey_with_the_reason() -> None:
    told = known(opened(), sample=None)
    for name in ("log p(sample) ≥", "KL of the sample"):
        assert not told[name].known
        assert told[name].text == "no sample is chosen"


def test_a_gan_says_that_it_has_no_density_and_no_posterior() -> None:
    told = known(opened("GAN"))
    assert told["log p(sample)"] == Fact("log p(sample)", "GAN: no density", "This family cannot tell.", known=False)
    assert told["KL of the sample"].text == "GAN: no posterior"


def test_every_number_has_a_tooltip() -> None:
    assert all(fact.hint for model in (opened(), opened("GAN"), opened("flow")) for fact in known(model).values())


def test_a_space_without_samples_says_so() -> None:
    told = known(opened(samples_=samples(0)), sample=None)
    assert not told["Nearest sample"].known


def test_the_bars_are_what_is_known_of_each_dimension() -> None:
    assert [bars.title for bars in per_dimension(samples())] == ["Effect", "KL"]
    assert [bars.title for bars in per_dimension(samples(posterior=False))] == ["Effect"]
    assert per_dimension(None) == []


@pytest.fixture
def model() -> Opened:
    return opened()


def test_the_panel_follows_the_latent_while_it_is_seen(qtbot: QtBot, model: Opened) -> None:
    store = store_at(model)
    panel = InspectPanel(store)
    qtbot.addWidget(panel)
    panel.show_model(model)
    assert panel.texts == {}
    panel.show()
    qtbot.waitUntil(lambda: "Length" in panel.texts)
    before = panel.texts["Length"]
    rows = len(panel.texts)
    place = store.state.place
    store.move("Find me.png", sample=None, origin=Origin("me.png", place.base))
    qtbot.waitUntil(lambda: panel.texts.get("Your picture") == "me.png, encoded")
    store.move("Zero", base=frozen(np.zeros(32, dtype=np.float32)), sample=None)
    qtbot.waitUntil(lambda: panel.texts["Length"] != before)
    assert len(panel.texts) == rows
    assert panel.texts["Length"].startswith("0.00, expected 5.61")
    assert len(panel.plot.values) == 32


def test_without_a_model_the_panel_says_what_to_do(qtbot: QtBot) -> None:
    panel = InspectPanel(store_at(opened()))
    qtbot.addWidget(panel)
    panel.show()
    assert "Open a model" in panel.empty.text()
    assert panel.empty.isVisible()


def test_of_many_labels_the_first_are_shown_and_all_are_in_the_tooltip() -> None:
    few = samples()
    model = opened(samples_=replace(few, labels=tuple(replace(few.labels[0], name=f"label {i}") for i in range(9))))
    fact = known(model)["Its labels"]
    assert fact.text.endswith(" and 6 more")
    assert "label 8: " in fact.hint


def test_until_the_distances_have_come_they_are_said_to_be_measured(qtbot: QtBot, model: Opened) -> None:
    store = store_at(model)
    panel = InspectPanel(store)
    qtbot.addWidget(panel)
    panel.show_model(model)
    panel.show()
    qtbot.waitUntil(lambda: panel.texts.get("Nearest sample") == "being measured")
    panel.show_neighbourhood(Neighbourhood(model.samples["z"].latents))
    qtbot.waitUntil(lambda: panel.texts["Nearest sample"] == "0.00 away, inside the data")
    panel.show_model(replace(model, key=2))
    store.move("Move smile", strengths={"smile": 40.0})
    qtbot.waitUntil(lambda: panel.texts["Nearest sample"].endswith("outside the data"))
    panel.show_model(replace(model, path="another"))
    qtbot.waitUntil(lambda: panel.texts["Nearest sample"] == "being measured")


def test_a_sample_without_labels_is_told_by_the_number_of_the_map() -> None:
    bare = opened(samples_=replace(samples(), labels=()))
    assert known(bare)["Its labels"].text == "sample 3, without labels"


def test_under_a_fitted_prior_it_tells_how_likely_the_latent_is_and_expects_no_length_of_a_normal_one() -> None:
    fitted = Fitted(
        np.ones(1, np.float32), np.full((1, 4), 5, np.float32), np.eye(4, dtype=np.float32)[None],
        np.zeros((1, 4), np.float32), "12 pictures",
    )  # fmt: skip
    chosen = ChosenPrior("fitted", fitted)
    model = opened(dim=4, count=0, samples_=samples(dim=4))
    model = replace(model, card=model.card.under(chosen))
    place = Place("z", frozen(np.full(4, 5)))
    told = {one.name: one for one in facts(model, State("little", place, prior=chosen), None, Measured())}
    assert told["Under the prior"].text == "likelier than 100 % of its draws"
    assert "expected" not in told["Length"].text
