"""A draft as an architecture that opens without questions: where all of a file is used, and its authors are known."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import torch

from explorer.errors import CheckpointError
from explorer.models.base import Fact
from explorer.models.config import Config
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.described import described
from explorer.models.foreign.drafts.draft import draft
from explorer.models.foreign.drafts.told import Choices
from explorer.models.foreign.layered import build
from explorer.models.foreign.reading import Reading


def drafted(reading: Reading, said: str, choices: Choices, facts: Collection[Fact]) -> Recognised | None:
    """The architecture `said` that a draft with these choices proposes; None where a tensor or the encoder is left.

    `facts` say what the choices are and how they are known; what the shapes tell is added.
    """
    try:
        made = draft(reading, choices)
        if made.doubts:
            return None
        found = described(made.manifest, reading)
        with torch.device("meta"):
            build(found.config)  # sizes that disagree are told by an error
    except CheckpointError:
        return None
    card = found.config.card
    kinds = {question.name: question.words for question in made.questions}
    read = [Fact(fact.text, fact.how) for fact in made.manifest.facts if fact.how == "read"]
    height, width, _channels = card.image_shape
    sized = [Fact(f"strides and paddings: {kinds['growth']}", "inferred")] if "growth" in kinds else []
    if any(name.startswith("way:") for name in choices):
        sized = [Fact(f"strides and paddings as its authors have them: {height} x {width} pixels", "inferred")]
    heads = [
        Fact(f"{one.title.lower()}: {one.words}", "inferred")
        for one in made.questions
        if one.name in ("posterior", "spread") and not any(fact.text.startswith(one.title.lower()) for fact in facts)
    ]
    told = (*read, *sized, *facts, *heads, Fact(f"prior: {card.default_space.prior}", "inferred"))
    name = f"{said}, {made.said.partition(', ')[2]}"
    return Recognised(Config(replace(card, architecture=name, facts=told), found.config.hyperparameters), found.tensors)
