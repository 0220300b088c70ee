"""One latent on the CPU: the live loop's exported twin over eager torch in inference mode, for every bundled model.

Both are given a numpy latent and give back a picture in 8 bits, on one thread, which is what the live loop gives a
quick model so that the window has a core for itself. `all_cores` is the ratio over torch with every core, on a machine
that has nothing else to do. Turns of both alternate; each ratio is the median over the turns.

    python benchmarks/twin.py [MODEL ...]
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from statistics import median

TURNS = 12
DECODES = 20  # in a turn


def main() -> None:
    """Print the figures as one line of JSON."""
    from explorer.models.folder import bundled

    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache  # no twin of an earlier run
        found = {name: measure(name) for name in sys.argv[1:] or bundled()}
    figures: dict[str, object] = {"ratio": max(one["ratio"] for one in found.values())}
    print(json.dumps(figures | found))


def measure(name: str) -> dict[str, float]:
    """Milliseconds of one latent by the twin and by eager torch, and their ratio."""
    import torch

    from explorer.models.checkpoint import open_model
    from explorer.models.folder import resolve
    from explorer.models.twin import make_twin, read_twin

    model = open_model(name, device="cpu")
    make_twin(str(resolve(name)), modest=False)
    twin = read_twin(model.card)
    if twin is None:
        return {"ratio": 1.0}
    latents = model.sample(DECODES, seed=0, space=twin.space)
    turns = []
    for _ in range(TURNS):
        ours = _turn(lambda index: twin.decode(latents[index : index + 1]))
        theirs = []
        for threads in (1, os.cpu_count() or 1):
            torch.set_num_threads(threads)
            theirs.append(_turn(lambda index: model.decode(latents[index : index + 1])))
        turns.append((ours, *theirs))
    return {
        "ratio": round(median(ours / one for ours, one, _ in turns), 3),
        "all_cores": round(median(ours / many for ours, _, many in turns), 3),
        "twin_ms": round(1e3 * median(ours for ours, _, _ in turns), 3),
        "torch_ms": round(1e3 * median(one for _, one, _ in turns), 3),
    }


def _turn(decode: Callable[[int], object]) -> float:
    """Seconds of a decode: the median of a turn."""
    decode(0)
    seconds = []
    for index in range(DECODES):
        start = time.perf_counter()
        decode(index)
        seconds.append(time.perf_counter() - start)
    return median(seconds)


if __name__ == "__main__":
    main()
