"""Handwritten digits by a flow: an exact way from picture to latent and back, and an exact likelihood."""

from __future__ import annotations

from explorer.models.training.recipe import Direction, Recipe
from explorer.models.training_flow import FlowPlan

DIGITS = tuple(Direction(f"more like a {digit}", "digit", (str(digit),)) for digit in range(10))

RECIPE = Recipe(
    name="digits-flow",
    family="flow",
    data="mnist",
    summary="Handwritten digits, 28 x 28. Every picture has one latent and comes back exactly.",
    hyperparameters={"steps": [4, 5, 8], "widths": [48, 96, 320], "margin": 0.002},
    plan=FlowPlan(steps=9_000),
    directions=(Direction("bold", "thickness", ("high",)), Direction("slant", "slant", ("high",)), *DIGITS),
    trained_on="MNIST: 57,000 handwritten digits for training, 3,000 to choose the weights, 10,000 held out",
    attribution="MNIST by Y. LeCun, C. Cortes and C. Burges",
    samples=2_000,
)
