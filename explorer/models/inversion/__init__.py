"""Inversion: a picture in, a latent out, by optimisation, for models without an encoder. This file imports no torch."""

from __future__ import annotations

from explorer.models.inversion.told import Inverse, Wish

__all__ = ["Inverse", "Wish"]
