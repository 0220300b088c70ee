"""A step of the search for a picture's latent, over the bare step of torch that it cannot do without.

The bare step decodes the same batch of latents by the same network, takes the mean squared difference of its pixels
from the picture, goes back to the latents, and lets `torch.optim.Adam` move them. The search adds scales, whitened
coordinates, the prior, the best so far and the starts it drops; here nothing is dropped yet, so both have all eight.
One thread, medians, taken in turn. And what a picture costs from the call to the end, over as many bare steps.

    python benchmarks/inversion.py [MODEL ...]
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import torch

from explorer.models.checkpoint import open_model
from explorer.models.inversion import Wish
from explorer.models.inversion.search import Inversion, inverted
from explorer.models.network import NetworkModel

STARTS, ROUNDS = 8, 200
WISH = Wish(steps=10_000, starts=STARTS)  # the first drop comes after 1,000


def main() -> None:
    """Print the figures as one line of JSON."""
    torch.set_num_threads(1)
    found = {name: measure(open_model(name, "cpu")) for name in sys.argv[1:] or ("pixelfaces-gan", "toonfaces-vae")}
    figures = {key: max(one[key] for one in found.values()) for key in ("step", "whole")}
    print(json.dumps({**figures, "models": found}))


def measure(model: NetworkModel) -> dict[str, float]:
    """A step over a bare one, and a whole search over as many bare steps as it has."""
    images = model.decode(model.sample(1, seed=9))
    search, plain = Inversion(model, images, WISH), bare(model, images)
    for _ in range(10):
        search.advance()
        plain()
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(timed(search.advance))
        theirs.append(timed(plain))
    step = statistics.median(theirs)
    whole = statistics.median(timed(lambda: inverted(model, images)) for _ in range(3))
    return {"step": statistics.median(ours) / step, "whole": whole / (step * Wish().steps), "bare_ms": 1e3 * step}


def bare(model: NetworkModel, images: np.ndarray) -> Callable[[], None]:
    """One step of Adam on eight latents, pixels alone."""
    space = model.card.default_space.name
    target = torch.from_numpy(images.astype(np.float32) / 255).permute(0, 3, 1, 2)
    latents = torch.from_numpy(model.sample(STARTS, seed=1)).requires_grad_()
    adam = torch.optim.Adam([latents], lr=0.05)

    def step() -> None:
        adam.zero_grad()
        loss = (model.sloping(latents, space) - target).square().mean((1, 2, 3)).sum()
        torch.autograd.backward([loss])
        adam.step()

    return step


def timed(action: Callable[[], object]) -> float:
    """Seconds."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
