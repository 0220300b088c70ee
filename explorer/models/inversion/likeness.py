"""How far pictures are from each other at several scales, without a network that has seen others."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

SMALLEST = 4  # pixels a side of the coarsest scale


def traits(pictures: Tensor) -> Tensor:
    """Numbers (n, k) of pictures (n, channels, height, width) in 0..1.

    Their squared distance is the mean over scales, each half as fine as the one before, of the mean squared difference
    of a pixel. What differs at large differs at every scale, so it weighs most.
    """
    scales = [pictures]
    while min(scales[-1].shape[2:]) >= 2 * SMALLEST:
        scales.append(functional.avg_pool2d(scales[-1], 2))
    weighed = [scale.flatten(1) / (scale[0].numel() * len(scales)) ** 0.5 for scale in scales]
    return torch.cat(weighed, 1)
