"""Concepts: made from examples or found, measured, mended. One file a method; `methods` lists them."""

from __future__ import annotations

from explorer.latents.concepts.concept import Concept, in_units_of
from explorer.latents.concepts.examples import FEW, Examples, Mask, of_masks, of_rows
from explorer.latents.concepts.made import made, mean_difference, scored, tested
from explorer.latents.concepts.methods import CANDIDATES, METHODS
from explorer.latents.concepts.scores import FOLDS, angle_in_words, auc, cohens_d, held_out_auc, split_half_angle

__all__ = [
    "CANDIDATES",
    "FEW",
    "FOLDS",
    "METHODS",
    "Concept",
    "Examples",
    "Mask",
    "angle_in_words",
    "auc",
    "cohens_d",
    "held_out_auc",
    "in_units_of",
    "made",
    "mean_difference",
    "of_masks",
    "of_rows",
    "scored",
    "split_half_angle",
    "tested",
]
