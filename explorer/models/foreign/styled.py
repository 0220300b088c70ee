"""The family of generators that a mapping network steers at each layer, described layer by layer: StyleGAN of 2019.

Hyper-parameters: those of `style.Plan`; "places": how many layers w steers, each by a w of its own in w+; "synthesis":
layers (see `layers`) from w to the picture, for which the w of place N is kept as "w N".
"""

from __future__ import annotations

from torch import Tensor, nn

from explorer.errors import CheckpointError
from explorer.models.config import Config
from explorer.models.foreign.layers import Kept, stacked
from explorer.models.foreign.style import Plan, StyleModel, each

MOST_PLACES = 64


class Styled(nn.Module):
    """w of each place, (n, d) for all or (n, places, d), to pictures (n, channels, side, side), about -1..1."""

    def __init__(self, chain: nn.Module, places: int) -> None:
        super().__init__()
        self.chain, self.places = chain, places

    def forward(self, w: Tensor) -> Tensor:
        ws = each(w, self.places)
        pictures: Tensor = self.chain(ws[0], {steering(place): one for place, one in enumerate(ws)})
        return pictures


def steering(place: int) -> str:
    """What the w of a place is kept as."""
    return f"w {place}"


def build(config: Config) -> StyleModel:
    """The model of a config, with weights at random. Raises CheckpointError."""
    plan = Plan(config)
    places = plan.fields.integer("places", 1, MOST_PLACES)
    kept: Kept = {steering(place): (plan.w_dim,) for place in range(places)}
    chain, made = stacked(plan.fields, "synthesis", (plan.w_dim,), kept)
    height, width, channels = config.card.image_shape
    if made != (channels, height, width):
        raise CheckpointError(f"{plan.fields.where}: its layers make {made}.", "Its config.json says another.")
    return plan.model(config.hyperparameters, Styled(chain, places), places, height)
