"""What an inverse is worth, for a person."""

from __future__ import annotations

from math import isnan

from explorer.models.inversion import Inverse

FAR = 0.99  # share of samples nearer to the centre: beyond it lies what the model hardly ever makes by itself


def fit_in_words(found: Inverse) -> str:
    """How near the first picture is: 'Off by 2.4 % a pixel on average (28.4 dB).'"""
    error, signal = 100 * float(found.errors[0]), float(found.signals[0])
    return f"Off by {error:.2f} % a pixel on average ({signal:.1f} dB)."


def place_in_words(found: Inverse) -> str:
    """Where its latent lies in the prior; '' where there is none."""
    length, share = float(found.lengths[0]), float(found.percentiles[0])
    if isnan(length):
        return ""
    said = f"Its latent is {length:.2f} times as long as a usual sample's"
    return f"{said}: edits may look wrong." if share > FAR else f"{said}."
