"""The later part of a GAN's training: attributes learn to lie along straight lines in w, to be moved one by one.

A linear head reads each attribute of w; the generator is taught to draw, as a read-out sees it, what the head says
(InfoGAN's idea, Chen et al. 2016, with attributes in the place of free codes). An attribute keeps its share of the
data: the head's highest w of a batch are taken for it, as many as that share.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

WARM_UP = 200  # steps in which only the head learns
RATE = 0.01


class Lesson:
    """One attribute a row of `head`; `shares` float32 (attributes,) are those of the data."""

    def __init__(self, w_dim: int, shares: Tensor, device: str) -> None:
        self.head = nn.Linear(w_dim, len(shares))
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        self.head.to(device)
        self.shares = shares.to(device)
        self.optimiser = torch.optim.Adam(self.head.parameters(), lr=RATE)

    def loss(self, w: Tensor, seen: Tensor, step: int) -> Tensor:
        """What the generator has to mend: `seen` are the read-out's logits (n, attributes) of the pictures of w."""
        self._learn(w.detach(), torch.sigmoid(seen.detach()))
        if step < WARM_UP:
            return seen.new_zeros(())
        with torch.no_grad():
            ranks = self.head(w).argsort(0, descending=True).argsort(0)
            wanted = (ranks < (self.shares * len(w)).round()).float()
        return cross_entropy(seen, wanted)

    def _learn(self, w: Tensor, read: Tensor) -> None:
        loss = cross_entropy(self.head(w), read)
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()
