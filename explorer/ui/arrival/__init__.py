"""The card of a checkpoint that others trained: what it is, what is known of it and how, samples, and *Explore*."""

from explorer.ui.arrival.card import Arrival

__all__ = ["Arrival"]
