"""The search as a job, for a process of its own: the window names it without importing torch."""

from __future__ import annotations

import time
from collections.abc import Callable

from explorer.latents.arrays import Images, Latents
from explorer.models.inversion.told import Inverse, Wish

Step = Callable[..., None]
OFTEN_S, TELLING = 0.1, 10  # between two looks at the best so far: so long, and so many times as long as one takes


def find(path: str, images: Images, wish: Wish, device: str, given: Latents | None = None, *, step: Step) -> Inverse:
    """The latents of pictures uint8 (n, height, width, channels), by a model that is opened here. Raises InputError.

    `step(done, total, text, partial)` tells how far it is, and the `Inverse` so far. `given` (n, d): what was found
    before, to go on from.
    """
    step(0, wish.steps, "Opening the model")
    import explorer
    from explorer.models.inversion import finding

    model = finding.with_slope(explorer.open(path, device=device or None))
    step(0, wish.steps, "Choosing where to begin, among random samples")
    again = 0.0
    for search in finding.searches(model, images, wish, given=given):
        began = time.monotonic()
        if search.is_over or began > again:
            step(search.step, wish.steps, f"Step {search.step} of {wish.steps}", search.found())
            again = time.monotonic() + max(OFTEN_S, TELLING * (time.monotonic() - began))
    return search.found()
