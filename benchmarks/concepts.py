"""Concepts: how quickly a drop is answered, and whether the sliders of a bundled model do what their names say.

`drop_ms`: from the drop of one more example into buckets of 200, 64 dimensions, to the arrow, the numbers and the safe
range, in one thread; the slowest of the methods (medians). `beside`: sixteen samples under one slider, moved and
decoded, over the bare decode of as many. `acts`: the share of held-out samples of toonfaces-vae whose attribute, read
from the decoded and encoded picture, goes up when its concept is moved by +2 (the least of five). `others`: the side
effect on another of these attributes over the effect, after the others' components were removed (the largest). `auc`:
held-out AUC over what it is to be, by logistic regression (the least of thirteen, three models; letters by families).

    python benchmarks/concepts.py
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from statistics import median

import numpy as np

from explorer.latents.concepts import METHODS, Concept, Examples, held_out_auc, made, of_rows, tested
from explorer.latents.concepts.effects import moved, readouts
from explorer.latents.concepts.mends import freed
from explorer.latents.concepts.reach import safe_range
from explorer.latents.edits import edited
from explorer.latents.samples import HELD_OUT, LatentSet

TURNS = 9
GOALS = {
    "toonfaces-vae": {
        "smile: smiling against sad": 0.95,
        "mouth: laughing": 0.97,
        "glasses": 0.95,
        "facial hair: beard": 0.98,
        "earrings": 0.85,
        "hair: full": 0.98,
    },
    "glyphs-vae": {
        "weight: bold against regular": 0.95,
        "italic": 0.93,
        "category: serif against sans": 0.88,
        "mono": 0.85,
    },
    "pixelfaces-gan": {"glasses": 0.97, "hat": 0.97, "long hair": 0.97},
}
TRIED = ("smile: smiling", "glasses", "facial hair: beard", "earrings", "hair: full")


def main() -> None:
    """Print the figures as one line of JSON."""
    figures = {"drop_ms": drop(), "beside": beside(), **acting(), **scores()}
    print(json.dumps({key: round(value, 4) for key, value in figures.items()}))


def drop() -> float:
    """Milliseconds, the slowest method."""
    random = np.random.default_rng(0)
    latents = random.standard_normal((4000, 64)).astype(np.float32)
    latents[:2000, 0] += 1.5
    examples = Examples(latents[:100].astype(float), latents[2000:2100].astype(float))

    def answer(method: Callable[[Examples], np.ndarray]) -> None:
        concept = made(examples, latents, "smile", "z", method, {})
        tested(concept, examples, method)
        safe_range(concept, latents)

    return max(1e3 * _median(lambda fit=method.fit: answer(fit)) for method in METHODS.values())  # type: ignore[misc]


def beside() -> float:
    """The ratio of moving and decoding sixteen latents to decoding them."""
    import torch

    from explorer.models.checkpoint import open_model
    from explorer.models.folder import read_concepts

    torch.set_num_threads(1)
    model, concepts = open_model("toonfaces-vae", device="cpu"), read_concepts("toonfaces-vae")
    latents = model.sample(16, seed=0)

    def ours() -> None:
        model.decode(np.stack([edited(latent, concepts, {"smile": 1.5}) for latent in latents]))

    turns = [(_median(ours, 3), _median(lambda: model.decode(latents), 3)) for _ in range(TURNS)]
    return median(one / bare for one, bare in turns)


def acting() -> dict[str, float]:
    """`acts` and `others` of toonfaces-vae."""
    from explorer.models.base import CanEncode
    from explorer.models.checkpoint import open_model
    from explorer.models.folder import read_samples

    model, samples = open_model("toonfaces-vae", device="cpu"), read_samples("toonfaces-vae")["z"]
    assert isinstance(model, CanEncode)
    held_out = samples.label(HELD_OUT)
    assert held_out is not None
    start = samples.latents[held_out.values == 1][:100]
    before = model.encode(model.decode(start)).mean
    readers = {reader.name: reader for reader in readouts(_with_glasses(samples)) if reader.name in TRIED}
    concepts = {name: _concept(samples, name) for name in TRIED}
    shares, sides = [], []
    for name in TRIED:
        own = freed(concepts[name], [one for other, one in concepts.items() if other != name], samples.latents)
        after = model.encode(model.decode(moved(concepts[name], start, 2))).mean
        shares.append(float((readers[name].read(after) > readers[name].read(before)).mean()))
        mended = model.encode(model.decode(moved(own, start, 2))).mean
        change = {key: float((reader.read(mended) - reader.read(before)).mean()) for key, reader in readers.items()}
        sides += [abs(change[other] / change[name]) for other in TRIED if other != name]
    return {"acts": min(shares), "others": max(sides)}


def scores() -> dict[str, float]:
    """`auc`, and the held-out AUC of each attribute by name."""
    from explorer.models.folder import read_samples

    found = {}
    for model, goals in GOALS.items():
        samples = list(read_samples(model).values())[-1]
        for name, goal in goals.items():
            score = held_out_auc(_examples(samples, name), METHODS["logistic"].fit)
            found[f"{model}, {name}"] = score
            found["auc"] = min(found.get("auc", 9.0), score / goal)
    return found


def _concept(samples: LatentSet, name: str) -> Concept:
    return made(_examples(samples, name), samples.latents, name, samples.space, METHODS["logistic"].fit, {})


def _examples(samples: LatentSet, name: str) -> Examples:
    """Those that have it against all others, or 'against' those of another class."""
    first, _against, second = name.partition(" against ")
    has = _has(samples, first)
    rest = _has(samples, f"{first.partition(': ')[0]}: {second}") if second else ~has
    return of_rows(samples, np.flatnonzero(has), np.flatnonzero(rest))


def _has(samples: LatentSet, name: str) -> np.ndarray:
    """Which samples have it: a class of a label, or anything but its first class."""
    label, _colon, word = name.partition(": ")
    known = samples.label(label)
    assert known is not None
    return np.asarray(known.values == known.names.index(word) if word else known.values > 0)


def _with_glasses(samples: LatentSet) -> LatentSet:
    """Glasses and earrings as yes or no, whatever their kind; what is told twice is told once."""
    from dataclasses import replace

    from explorer.latents.samples import Labels

    kept = [one for one in samples.labels if one.name not in ("frames", "mouth", "glasses", "earrings")]
    flags = [Labels(name, _has(samples, name).astype(np.int64), ("no", "yes")) for name in ("glasses", "earrings")]
    return replace(samples, labels=(*flags, *kept))


def _median(do: Callable[[], object], turns: int = TURNS) -> float:
    do()
    seconds = []
    for _ in range(turns):
        start = time.perf_counter()
        do()
        seconds.append(time.perf_counter() - start)
    return median(seconds)


if __name__ == "__main__":
    main()
