"""Sliders: concepts first, then truncation, then the latent's own dimensions."""

from __future__ import annotations

from explorer.ui.sliders.panel import SlidersPanel

__all__ = ["SlidersPanel"]
