"""A small classifier of attributes: it labels pictures that nobody labelled (samples of a GAN), and measures them.

Its features also serve the Fréchet distance of samples to data (the formula of Heusel et al. 2017, not their network:
the figure is no 'FID').
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explorer.latents.arrays import Images
from explorer.latents.samples import Labels
from explorer.models.training.datasets import Dataset

BATCH = 500
READ_AT_ONCE = 128


class ReadOutNet(nn.Module):
    """Pictures (n, channels, size, size) in -1..1 to a logit for each attribute; `features` is the layer before."""

    def __init__(self, size: int, channels: int, attributes: int, features: int = 64) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(channels, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 48, 4, 2, 1), nn.ReLU(),
            nn.Conv2d(48, 64, 4, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(64 * (size // 4) ** 2, features), nn.ReLU(),
        )  # fmt: skip
        self.logits = nn.Linear(features, attributes)

    def forward(self, pictures: Tensor) -> Tensor:
        logits: Tensor = self.logits(self.features(pictures))
        return logits


@dataclass(frozen=True, eq=False)
class ReadOut:
    """A trained reader of yes-or-no attributes, with its balanced accuracy on pictures held out from it."""

    net: ReadOutNet
    names: tuple[str, ...]
    accuracy: dict[str, float]

    def probabilities(self, images: Images) -> NDArray[np.float32]:
        """How likely each attribute is, float32 (n, attributes)."""
        return _in_batches(lambda batch: torch.sigmoid(self.net(batch)), images)

    def features(self, images: Images) -> NDArray[np.float32]:
        """float32 (n, features)."""
        return _in_batches(self.net.features, images)


def yes_or_no(labels: Sequence[Labels], names: Sequence[str]) -> NDArray[np.bool_]:
    """bool (n, len(names)): whether each named label says more than its first name ('no', 'none')."""
    known = {one.name: one.values for one in labels}
    return np.stack([known[name].astype(np.float32) > 0 for name in names], axis=1)


def train_readout(
    dataset: Dataset,
    marks: NDArray[np.bool_],
    names: Sequence[str],
    *,
    seed: int,
    epochs: int = 8,
    noise: float = 0.0,
) -> ReadOut:
    """Learn `marks`, bool (n, attributes), of the pictures to learn from; accuracy is measured on the held-out ones.

    `noise` is the largest deviation of noise on pictures in -1..1: with it, faint hints of an attribute are not read.
    """
    torch.manual_seed(seed)
    net = ReadOutNet(dataset.images.shape[1], dataset.images.shape[3], len(names))
    images, wanted = dataset.learned, torch.from_numpy(marks[~dataset.held_out].astype(np.float32))
    steps = max(2, epochs * len(images) // READ_AT_ONCE)
    optimiser = torch.optim.Adam(net.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=steps)
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        rows = rng.integers(len(images), size=READ_AT_ONCE)
        pictures = _as_tensor(images[rows])
        noisy = pictures + noise * torch.rand(len(rows), 1, 1, 1) * torch.randn(pictures.shape)
        loss = nn.functional.binary_cross_entropy_with_logits(net(noisy), wanted[rows])
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
    net.eval()
    read = ReadOut(net, tuple(names), {}).probabilities(dataset.tested) > 0.5
    shares = [_balanced(said, true) for said, true in zip(read.T, marks[dataset.held_out].T, strict=True)]
    return ReadOut(net, tuple(names), dict(zip(names, shares, strict=True)))


def _balanced(said: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    """Mean of the accuracies of those that have it and those that have not: guessing gets 0.5, however rare it is."""
    return float(np.mean([(said[true == side] == side).mean() for side in (False, True) if (true == side).any()]))


def frechet_distance(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """|m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)) of two sets of features (n, d), (Heusel et al. 2017).

    In units of the deviation of the features of `other`, the data; those that hardly ever vary there (in less
    than 2 % of the pictures) are left out: their units would be chance.
    """
    alive = (other != np.median(other, axis=0)).mean(0) >= 0.02
    first, second = (features[:, alive] / other[:, alive].std(0, dtype=np.float64) for features in (one, other))
    cov_first, cov_second = np.cov(first.T), np.cov(second.T)
    gap = float(np.square(first.mean(0) - second.mean(0)).sum())
    roots = np.sqrt(np.maximum(np.linalg.eigvals(cov_first @ cov_second).real, 0))
    return gap + float(np.trace(cov_first) + np.trace(cov_second) - 2 * roots.sum())


def _as_tensor(images: Images) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(images.transpose(0, 3, 1, 2))).float().div(127.5).sub(1)


def _in_batches(net: object, images: Images) -> NDArray[np.float32]:
    assert callable(net)
    with torch.inference_mode():
        pieces = [net(_as_tensor(images[start : start + BATCH])).numpy() for start in range(0, len(images), BATCH)]
    return np.concatenate(pieces).astype(np.float32)
