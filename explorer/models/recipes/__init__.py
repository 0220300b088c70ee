"""The recipes of the bundled models, and `pictures` for a user's own. Adding one is adding it to a list."""

from __future__ import annotations

from explorer.models.recipes import digits_flow, pixelfaces_gan, vae
from explorer.models.training.recipe import Recipe

RECIPES: dict[str, Recipe] = {
    recipe.name: recipe for recipe in (*vae.RECIPES, pixelfaces_gan.RECIPE, digits_flow.RECIPE)
}
