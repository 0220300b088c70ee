"""Handwritten digits by a flow: an exact way from picture to latent and back, and an exact likelihood."""

from __future__ import annotations

from explorer.models.training.recipe import Direction, Recipe
from explorer.models.training_flow import FlowPlan

NOTES = {
    "Order of the latent": """\
The first 196 numbers are the coarsest part (4 x 7 x 7: channel, row, column), of which the others are told; then
196 finer ones (4 x 7 x 7), then the 392 finest (2 x 14 x 14).""",
    "Likelihood": """\
Exact for the density of the flow. For pictures of 8 bits it is the mean over 4 draws of uniform noise inside a
picture's bins, a little under the true value on average. Bits per dimension are -log p / (784 ln 2).""",
}

RECIPE = Recipe(
    name="digits-flow",
    family="flow",
    data="mnist",
    summary="Handwritten digits, 28 x 28. Every picture has one latent and comes back exactly.",
    hyperparameters={"steps": [4, 5, 8], "widths": [32, 64, 320], "margin": 0.002},
    plan=FlowPlan(steps=6_000),
    directions=(
        Direction("bold", "thickness", ("high",)),
        Direction("slant", "slant", ("high",)),
        *(Direction(f"more like a {digit}", "digit", (str(digit),)) for digit in range(10)),
    ),
    trained_on="MNIST, 70,000 handwritten digits: 57,000 learned from, 3,000 to choose the weights, 10,000 held out.",
    licence="Apache-2.0 for the weights; the authors of MNIST publish no formal licence",
    attribution="MNIST by Yann LeCun, Corinna Cortes and Christopher J. C. Burges.",
    samples=2_000,
    notes=NOTES,
)
