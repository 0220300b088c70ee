"""The sizes of pictures: those that are usual, and that of networks that take any."""

from __future__ import annotations

from collections.abc import Mapping

from explorer.models.base import Fact, Part, Space

USUAL_SIDES = (28, 32, 64, 128, 256, 512, 1024, 96, 48, 80, 160, 16, 24, 36, 40)
SIDE = 8  # of a latent, where nothing says: small enough to be moved live
ASKED = ("image_size", "img_size", "resolution", "size")


def spatial(hints: Mapping[str, object], channels: int, factor: int) -> tuple[Space, Fact]:
    """A latent of (channels, side, side) without a prior, for pictures `factor` times as large."""
    asked = next((hints[name] for name in ASKED if isinstance(hints.get(name), int)), None)
    side = asked // factor if isinstance(asked, int) and asked // factor > 0 else SIDE
    dim, pixels = channels * side * side, side * factor
    words = f"{pixels} x {pixels} pixels: the network takes any size, this one can be moved live"
    fact = Fact(words if asked is None else f"{pixels} x {pixels} pixels, as said beside the weights", "guessed")
    prior = "none: latents come from pictures"
    return Space("z", dim, (channels, side, side), prior, (Part("z", dim, "none"),)), fact
