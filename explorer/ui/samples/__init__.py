"""The samples as a gallery: what is selected, found by a query, near, or in a subset."""

from explorer.ui.samples.panel import SamplesPanel

__all__ = ["SamplesPanel"]
