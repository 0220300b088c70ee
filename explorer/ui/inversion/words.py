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
    if share > FAR:
        return (
            f"Its latent is {length:.2f} times as long as that of a usual sample: the model makes nothing there by "
            "itself, and edits may look wrong."
        )
    return f"Its latent is {length:.2f} times as long as that of a usual sample: no longer than what the model knows."
