"""The concept studio: two buckets of examples, what comes of them, and the concepts that were kept."""

from __future__ import annotations

from explorer.ui.studio.panel import StudioPanel

__all__ = ["StudioPanel"]
