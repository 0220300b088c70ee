"""A recipe: all that `train` needs to make a model again, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Direction:
    """A concept to measure: samples whose `label` is one of `with_`, against those of `without` (empty: all others).

    For a label of numbers `with_` is ('high',): the upper third against the lower third.
    """

    name: str
    label: str
    with_: tuple[str, ...]
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recipe:
    """`data` names the data set (see `datasets`); `plan` holds the family's own numbers of a training."""

    name: str
    family: str
    data: str
    summary: str
    hyperparameters: Mapping[str, object]
    plan: object
    directions: tuple[Direction, ...] = ()
    trained_on: str = ""
    licence: str = "Apache-2.0 (weights)"
    attribution: str = ""
    samples: int = 4000  # encoded samples kept with the model
    notes: Mapping[str, str] = field(default_factory=dict)  # further paragraphs of the card: title to text
