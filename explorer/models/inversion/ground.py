"""What is known of a space before a search: its coordinates, and random samples that a search may begin at."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.models.base import Space
from explorer.models.inversion.coordinates import Coordinates
from explorer.models.inversion.likeness import traits
from explorer.models.network import NetworkModel, batches

DRAWN, DRAWN_PIXELS = 1024, 2**22  # random samples that starts are chosen from
KNOWN_NUMBERS = 2**23  # in all samples of a space that its coordinates are taken from


class Ground:
    """One space of a model, for any number of searches."""

    def __init__(self, model: NetworkModel, space: Space, seed: int) -> None:
        self.model, self.space, self.seed = model, space, seed
        self.device = torch.device(model.device)
        count = min(max(KNOWN_NUMBERS // space.dim, 64), 4096)
        samples = model.sample(count, seed=0, space=space.name)  # the same coordinates for every search
        self.coordinates = Coordinates(model.card, space, samples, self.device)

    def alike(self, targets: Tensor, wanted: int) -> Tensor:
        """For traits (n, k) the random samples that look most alike, (n, wanted, d); of different classes first."""
        points, seen, classes = self._drawn
        apart = torch.cdist(targets, seen)
        if classes is not None:
            apart = _spread_over(apart, classes)
        found = points[apart.topk(min(wanted, len(points)), 1, largest=False).indices]
        return found.repeat(1, -(-wanted // found.shape[1]), 1)[:, :wanted].clone()

    def decoded(self, points: Tensor) -> Tensor:
        """Pictures (n, channels, height, width) of points (n, d), with their slope."""
        return self.model.sloping(self.coordinates.to_latents(points), self.space.name)

    def parts(self, count: int) -> list[slice]:
        """So many pictures in batches."""
        return list(batches(count, self.model.at_once))

    def tensor(self, values: NDArray[np.float32]) -> Tensor:
        """On the device."""
        return torch.from_numpy(np.array(values, np.float32)).to(self.device)

    @cached_property
    def _drawn(self) -> tuple[Tensor, Tensor, Tensor | None]:
        """Points (m, d) of random samples, the traits of their pictures (m, k), and their classes (m,)."""
        height, width, _channels = self.model.card.image_shape
        count = min(max(DRAWN_PIXELS // (height * width), 32), DRAWN)
        latents = self.model.sample(count, seed=self.seed + 1, space=self.space.name)
        points = self.coordinates.from_latents(self.tensor(latents))
        with torch.inference_mode():
            seen = torch.cat([traits(self.decoded(points[part])) for part in self.parts(count)])
        classes = self.space.classes
        of_them = None if classes is None else torch.from_numpy(latents[:, classes].argmax(1)).to(self.device)
        return points, seen, of_them


def _spread_over(apart: Tensor, classes: Tensor) -> Tensor:
    """Distances (n, m) with the nearest of each class put before all others."""
    leaders = torch.full_like(apart, torch.inf)
    for number in sorted(set(classes.tolist())):
        of_it = torch.where(classes == number, apart, torch.inf)
        nearest, at = of_it.min(1, keepdim=True)
        leaders.scatter_(1, at, nearest)
    return torch.where(leaders.isinf(), apart + apart.max(), leaders)
