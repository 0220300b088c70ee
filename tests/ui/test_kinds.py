"""What a model is called beside its name: nobody reads how we build the models of others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.models.base import Card, Space
from explorer.ui.about import facts
from explorer.ui.tool_bar import facts_line

OURS = Card("m", "vae", "convolutional", 1, (Space("z", 4, (4,), "N(0, I)"),), (8, 8, 3), (0, 1), "", "", "none")
THEIRS = replace(OURS, family="layers", container="torch zip file")


@pytest.mark.parametrize(
    ("card", "said"),
    [
        (OURS, "VAE"),
        (replace(OURS, family="flow"), "flow"),
        (replace(THEIRS, architecture="JointVAE"), "JointVAE"),
        (replace(THEIRS, architecture="convolutional autoencoder, 64 latents"), "Convolutional autoencoder"),
        (
            replace(THEIRS, architecture="a very long architecture of many words and letters"),
            "A very long architecture of many words…",
        ),
    ],
)
def test_the_line_beside_the_name_says_what_a_model_is(card: Card, said: str) -> None:
    assert facts_line(card) == f"{said} · 4 latents · 8 × 8 RGB"


def test_the_card_about_a_model_of_others_names_its_architecture() -> None:
    rows = dict(facts(replace(THEIRS, architecture="JointVAE")))
    assert rows["Architecture"] == "JointVAE"
    assert "Family" not in rows
    assert dict(facts(OURS))["Family"] == "VAE, convolutional"
