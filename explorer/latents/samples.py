"""A set of samples in one latent space, with what is known about each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Latents

HELD_OUT = "held out"
"""The name of the labels that say which samples the model did not learn from: of the training, not of the picture."""
COLOUR = re.compile("#[0-9a-fA-F]{6}")


@dataclass(frozen=True, eq=False)
class Labels:
    """One attribute of every sample.

    `values` is int64 (n,) codes into `names`, or float32 (n,) numbers when `names` is empty.
    """

    name: str
    values: NDArray[np.generic]
    names: tuple[str, ...] = ()

    @property
    def is_category(self) -> bool:
        return bool(self.names)

    @property
    def are_colours(self) -> bool:
        """Whether the names are colours themselves: '#b6e3f4', skin or hair."""
        return self.is_category and all(COLOUR.fullmatch(name) for name in self.names)

    def text(self, index: int) -> str:
        """What this attribute says of sample `index`, for a person."""
        value = self.values[index]
        return self.names[int(value)] if self.is_category else f"{float(value):.2f}"


@dataclass(frozen=True, eq=False)
class LatentSet:
    """Encoded samples (posterior means), or samples of the prior for a family without an encoder.

    `latents` float32 (n, d); `log_variances` float32 (n, d) or None; `log_likelihoods` float32 (n,), in nats, or
    None; `effects` float32 (d,): how much the picture changes along each dimension (mean absolute change of a pixel, in
    0..1, per standard deviation of the samples), or None when it was not measured. `grouped_by`: the name of the labels
    that say which samples belong together (the letters of one font), empty where each stands for itself. `seed`: what
    they were drawn from the prior with, None where nobody knows how to draw them anew.
    """

    space: str
    latents: Latents
    log_variances: Latents | None = None
    labels: tuple[Labels, ...] = ()
    log_likelihoods: NDArray[np.float32] | None = None
    effects: NDArray[np.float32] | None = None
    provenance: str = field(default="encoded samples")
    grouped_by: str = ""
    seed: int | None = None

    def __len__(self) -> int:
        return len(self.latents)

    @property
    def dim(self) -> int:
        return int(self.latents.shape[1])

    def label(self, name: str) -> Labels | None:
        """The labels called `name`, or None."""
        return next((labels for labels in self.labels if labels.name == name), None)

    @property
    def groups(self) -> NDArray[np.generic] | None:
        """The group of each sample (n,), None where each stands for itself."""
        labels = self.label(self.grouped_by)
        return None if labels is None else labels.values
