"""Faces of 16 x 16 pixels by a GAN with a mapping network: spaces z and w, truncation."""

from __future__ import annotations

from explorer.models.training.recipe import Direction, Recipe
from explorer.models.training_gan import GanPlan

ATTRIBUTES = ("happy", "glasses", "dark glasses", "beard", "hat", "long hair")

RECIPE = Recipe(
    name="pixelfaces-gan",
    family="gan",
    data="pixelfaces16",
    summary="Pixel-art faces, 16 x 16 pixels in colour. A mapping network makes w of z; edits happen in w.",
    hyperparameters={"latent_dim": 64, "mapping_width": 128, "widths": [128, 96, 48], "depths": [2, 1]},
    plan=GanPlan(steps=8_000, critic_widths=(32, 64, 128), critic_hidden=192, penalty=2.0),
    directions=tuple(Direction(name, name, ("yes",)) for name in ATTRIBUTES),
    trained_on="18,000 pixel-art faces, 16 x 16, drawn with the DiceBear avatar library 7.2.0 (style 'Pixel Art')",
    attribution="Design 'Pixel Art' by DiceBear, CC0 1.0",
)
