"""What decoder and encoder know of each other: a latent that is decoded and encoded again comes back, where the
activations, the last nonlinearity and the layout of the posterior are those that the network was trained with.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import product
from typing import cast

import torch
from torch import nn

from explorer.errors import CheckpointError
from explorer.models.foreign.described import described
from explorer.models.foreign.drafts.draft import draft
from explorer.models.foreign.drafts.told import Choices, Draft
from explorer.models.foreign.heads import is_spread
from explorer.models.foreign.layered import LayeredAutoencoder
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.rebuilt import rebuilt
from explorer.models.foreign.stack import chain
from explorer.models.network import NetworkModel

ACTIVATIONS = ("relu", "leaky 0.2", "elu", "silu", "gelu", "selu", "tanh", "softplus")
ENDS = (("sigmoid", "0,1"), ("tanh", "-1,1"), ("none", "0,1"))
UNLIKE = ("relu", "tanh")  # one of these is near enough to any to tell the end
LATENTS = 32
LARGEST = 5e9  # numbers of weights times places: above, it would take too long
COMES_BACK = 0.3  # share of the latents' variance that has to come back under the best choice
MUCH, AHEAD = 0.6, 0.1  # the same share, and how far above the second best an activation has to be
CLEAR = 1.2  # so many times more of it is lost under any that says otherwise

DARK, BELOW = 0.1, -0.25  # where a tenth of all numbers lies below, black is -1 and not 0

Taken = tuple[tuple[str, str], ...]


def returned(model: NetworkModel) -> float:
    """The share of the variance of random latents that comes back by the encoder's mean: 1 all, 0 nothing.

    Of each dimension 1 - mean squared error / variance, at least 0; a dimension that the network does not use gives 0.
    """
    if not isinstance(model, LayeredAutoencoder):
        return math.nan
    space = model.card.default_space
    latents = torch.randn(LATENTS, space.dim, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        pictures = cast(nn.Module, model.net.decoder)(latents.reshape(-1, *space.shape))
        said = cast(nn.Module, model.net.encoder)(pictures).flatten(1)
    layout = model.hyperparameters["posterior"]
    mean = said.reshape(LATENTS, -1, 2)[..., 0] if layout == "interleaved" else said[:, : space.dim]
    lost = (mean - latents).square().mean(0) / latents.square().mean(0)
    return float((1 - lost.nan_to_num(1.0)).clamp_min(0).mean())


def told_by_return(reading: Reading, made: Draft, choices: Choices) -> dict[str, str]:
    """Choices under which latents come back, and under others not; {} where there is no encoder of a VAE, or no prior.

    First the end with the layout of the posterior, then activations, one beside the latents or none, then
    the end again: each from the best so far.
    """
    asked = {question.name: question for question in made.questions}
    weights = sum(value.numel() for value in reading.tensors.values())
    height, width, _channels = made.manifest.image_shape
    if "posterior" not in asked or "activation" in choices or weights * height * width > LARGEST:
        return {}
    if len(made.manifest.space.shape) != 1:
        return {}
    postures = [("posterior", option.value) for option in asked["posterior"].options]
    if any(is_spread(key) for key in chain(reading.tensors, "")) and "spread" in asked:
        postures = [("posterior", asked["posterior"].taken)]  # their names tell
    ends = [(("last", last), ("range", values), posture) for (last, values), posture in product(ENDS, postures)]
    unlike: list[Taken] = [(("activation", one), *end) for one, end in product(UNLIKE, ends)]
    first = _scored(reading, choices, unlike)
    if first[_best(first)] < COMES_BACK / 3:
        return {}
    folds: list[Taken] = [(), *(((name, "none"),) for name in _before_folds(made))]
    tried: list[Taken] = [(("activation", one), *fold) for one, fold in product(ACTIVATIONS, folds)]
    second = _scored(reading, {**choices, **dict(_best(first))}, tried)
    so_far = {**choices, **dict(_best(first)), **dict(_best(second))}
    known = dict(_best(second)) if _is_far_ahead(second) else {}
    return known | _end(reading, {**so_far, **known}, _clear(_scored(reading, {**so_far, **known}, ends)))


def _end(reading: Reading, choices: Choices, found: Mapping[str, str]) -> dict[str, str]:
    """The end with its range; where nothing stands there, the numbers of samples tell the range."""
    if found.get("last") != "none":
        return dict(found) if "last" in found else {name: said for name, said in found.items() if name != "range"}
    model = rebuilt(described(draft(reading, {**choices, **found}).manifest, reading))
    latents = torch.randn(LATENTS, model.card.default_space.dim, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        low = float(cast(nn.Module, model.net.decoder)(latents).quantile(DARK))
    return {**found, "range": "-1,1" if low < BELOW else "0,1"}


def _before_folds(made: Draft) -> list[str]:
    """Questions after the linear layers next to convolutions, where some have an activation and some have not."""
    rows = list(made.rows)
    return [
        row.after.name
        for row, before, after in zip(rows, [None, *rows], [*rows[1:], None], strict=False)
        if row.after is not None and row.layer.startswith("Linear")
        if any(one is not None and one.layer.startswith("Conv") for one in (before, after))
    ][:2]


def _scored(reading: Reading, choices: Choices, tried: Sequence[Taken]) -> dict[Taken, float]:
    scores = {}
    for taken in tried:
        try:
            made = draft(reading, {**choices, **dict(taken)})
            score = returned(rebuilt(described(made.manifest, reading)))
        except (CheckpointError, RuntimeError):
            score = 0.0
        scores[taken] = score if math.isfinite(score) else 0.0
    return scores


def _best(scores: Mapping[Taken, float]) -> Taken:
    return max(scores, key=scores.__getitem__)


def _is_far_ahead(scores: Mapping[Taken, float]) -> bool:
    """Whether much comes back under the best, and clearly less under every other: activations are much alike."""
    best: dict[str, float] = {}
    for taken, score in scores.items():
        activation = dict(taken)["activation"]
        best[activation] = max(score, best.get(activation, 0.0))
    first, second = sorted(best.values(), reverse=True)[:2]
    return first >= MUCH and first - second >= AHEAD


def _clear(scores: Mapping[Taken, float]) -> dict[str, str]:
    """Of the best each choice without which clearly less comes back."""
    best = _best(scores)
    if scores[best] < COMES_BACK:
        return {}
    found = {}
    for name, value in best:
        others = [score for other, score in scores.items() if dict(other).get(name) != value]
        if not others or 1 - max(others) > CLEAR * (1 - scores[best]):
            found[name] = value
    return found
