"""What a file knows of itself. The means and variances that batch norms kept are those of the network that was trained.

Every activation and prior is tried; the one under which random latents give the kept statistics is very likely right.
`round_trip` asks the encoder, where there is one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import torch
from torch import Tensor, nn

from explorer.errors import CheckpointError
from explorer.models.foreign.described import described
from explorer.models.foreign.drafts.draft import draft
from explorer.models.foreign.drafts.round_trip import told_by_return
from explorer.models.foreign.drafts.told import Choices, Draft
from explorer.models.foreign.layer_modules import FrozenNorm
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.rebuilt import rebuilt
from explorer.models.network import NetworkModel

TRIED = ("relu", "leaky 0.2", "leaky 0.01", "elu", "silu", "gelu", "selu", "tanh")
PRIORS, RARE_PRIORS = ("normal", "uniform"), ("unit",)
LATENTS = 256
LARGEST = 2e10  # numbers of weights times places: above, it would take too long
FITS = 0.15  # a misfit below is that of a network with its own activations
CLEAR = 0.6  # the best has to be so much better than the second best
ALIKE = {"relu": "leaky 0.01", "leaky 0.01": "relu"}  # which few statistics tell apart

Taken = tuple[tuple[str, str], ...]


def inferred(reading: Reading, choices: Choices) -> dict[str, str]:
    """Choices that the tensors give away: by the encoder, that reads what the decoder makes, or by the batch norms of
    the decoder. {} where neither is there, or does not tell.
    """
    if "activation" in choices:
        return {}
    try:
        known = told_by_return(reading, draft(reading, choices), choices)
    except CheckpointError:
        return {}
    return known or _told_by_norms(reading, choices)


def _told_by_norms(reading: Reading, choices: Choices) -> dict[str, str]:
    if not any(key.endswith("running_var") for key in reading.tensors):
        return {}
    priors = (choices["prior"],) if "prior" in choices else PRIORS
    try:
        made = draft(reading, choices)
        if len(made.manifest.space.shape) != 1 or _cost(reading, made.manifest.image_shape) > LARGEST:
            return {}
        scores: dict[Taken, float] = {}
        for some in (priors, () if "prior" in choices else RARE_PRIORS):
            tried: list[Taken] = [(("activation", one), ("prior", prior)) for one, prior in product(TRIED, some)]
            scores |= {taken: _score(reading, {**choices, **dict(taken)}) for taken in tried}
            if min(scores.values()) <= FITS:
                break
        else:
            more = list(_variants(made, list(dict.fromkeys(dict(one)["activation"] for one in _best(scores, 4)))[:2]))
            likely = dict.fromkeys(dict(one)["prior"] for one in _best(scores, 2))
            more = [(*one, ("prior", prior)) for one in more for prior in likely]
            scores |= {taken: _score(reading, {**choices, **dict(taken)}) for taken in more}
    except CheckpointError:
        return {}
    return _clear(scores)


def _variants(made: Draft, activations: Sequence[str]) -> Iterator[Taken]:
    """Other strides, or one place without an activation, with each of these activations."""
    growths = [option.value for one in made.questions if one.name == "growth" for option in one.options]
    bare = [row.after for row in made.rows if row.part == "decoder" and row.after and row.after.taken != "none"]
    for activation in activations:
        yield from ((("activation", activation), ("growth", growth)) for growth in growths[1:5])
        yield from ((("activation", activation), (after.name, "none")) for after in bare[:6])


def _best(scores: Mapping[Taken, float], count: int) -> list[Taken]:
    return sorted(scores, key=scores.__getitem__)[:count]


def _score(reading: Reading, choices: Choices) -> float:
    found = misfit(rebuilt(described(draft(reading, choices).manifest, reading)))
    return found if math.isfinite(found) else math.inf


def _clear(scores: Mapping[Taken, float]) -> dict[str, str]:
    """The best, as far as it is clearly better than any that says otherwise."""
    taken = _best(scores, 1)[0]
    if scores[taken] > FITS:
        return {}
    best, found = dict(taken), {}
    for name, value in taken:
        same = {value, ALIKE.get(value, value)}
        others = [score for other, score in scores.items() if dict(other).get(name) not in same]
        if not others or scores[taken] < CLEAR * min(others):
            found[name] = value
    if "activation" not in found:
        return {}
    twin = tuple((name, ALIKE.get(value, value)) for name, value in taken)
    if best["activation"] == "leaky 0.01" and scores.get(twin, math.inf) < scores[taken] + 0.01:
        found["activation"] = "relu"
    return found


def misfit(model: NetworkModel) -> float:
    """How far the decoder's batch norms are from what they kept, in mean and variance; NaN for those without any.

    Of each norm the mean over features of (difference of means)^2 / variance + (log ratio of variances)^2.
    """
    found: list[float] = []
    layers = model._generator(model.card.default_space.name).modules()
    hooks = [
        module.register_forward_pre_hook(lambda norm, features: found.append(_of(norm, features[0])))
        for module in layers
        if isinstance(module, FrozenNorm)
    ]
    model.decode_float(model.sample(LATENTS, seed=0))
    for hook in hooks:
        hook.remove()
    later = found[1:] if len(hooks) > 1 else []  # before the first one there is no activation
    return sum(later) / len(later) if later else math.nan


def _of(norm: nn.Module, features: Tensor) -> float:
    assert isinstance(norm, FrozenNorm)
    axes = [0, *range(2, features.dim())]
    mean, variance = features.mean(axes), features.var(axes)
    kept = norm.running_var.clamp_min(1e-8)
    away = (mean - norm.running_mean).square() / kept + (variance.clamp_min(1e-8) / kept).log().square()
    return float(torch.nan_to_num(away, 1e6, 1e6).mean())


def _cost(reading: Reading, image_shape: tuple[int, int, int]) -> float:
    weights = sum(value.numel() for value in reading.tensors.values())
    return float(weights) * image_shape[0] * image_shape[1] * LATENTS / 16
