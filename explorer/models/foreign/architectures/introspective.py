"""IntroVAE (Huang et al. 2018) and Soft-IntroVAE (Daniel & Tamar 2021): networks of the same tensors.

Their blocks differ in one place: the last batch norm stands behind the sum in the one, before it in the other. What a
batch norm kept of training are the mean and the variance of what went into it, so random latents tell which it was.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.models.base import Fact
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.pythae import said
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Found, Stack, UnfitError, vector

SLOPE = 0.2
TRIED = 128  # latents
LESS = 0.5  # of the other's disagreement: what tells one from the other
CLOSE = 0.2  # nats a channel: what fits
HARD, SOFT = "IntroVAE", "Soft-IntroVAE"


def recognise(reading: Reading) -> Recognised | None:
    """encoder.main.res_in_8.conv1 and decoder.main.predict."""
    if "decoder.main.predict.weight" not in reading.tensors:
        return None
    called, fact = _which(reading)
    return _found(reading, called, fact)


def _found(reading: Reading, called: str, fact: Fact) -> Recognised | None:
    decoder, encoder = Stack(reading.tensors), Blocks(Stack(reading.tensors), called == HARD)
    encoder.stack.conv("encoder.main.0").norm("encoder.main.1").add("leaky", slope=SLOPE)
    encoder.stack.add("pool", size=2, kind="mean")
    sides = sorted(_sides(reading, "encoder"), reverse=True)
    for side in sides:
        encoder.add(f"encoder.main.res_in_{side}")
        if side != sides[-1]:
            encoder.stack.add("pool", size=2, kind="mean")
    encoder.stack.add("flatten").linear("encoder.fc")
    sides, dim = _begin(reading, decoder)
    for side in sides:
        Blocks(decoder, called == HARD).add(f"decoder.main.res_in_{side}")
        if side != sides[-1]:
            decoder.add("upsample", factor=2, mode="nearest")
    decoder.conv("decoder.main.predict")
    found = Found(reading, f"{called}, {dim} latents", vector(dim), decoder, encoder.stack, facts=[fact])
    found.know("read", f"{dim} latents, {sides[-1]} x {sides[-1]} pixels and all blocks, from keys and shapes")
    found.know("inferred", "leaky ReLU 0.2, nothing at the end, pictures in 0..1, as its authors have it")
    return found.know("inferred", "prior N(0, I)").recognised()


@dataclass(frozen=True, eq=False)
class Blocks:
    """Adds blocks to a stack, the last norm behind the sum or before it."""

    stack: Stack
    behind: bool

    def add(self, key: str) -> None:
        body, around = _body(self.stack, key), _around(self.stack, key)
        if self.behind:
            self.stack.residual(body, around).norm(f"{key}.bn2")
        else:
            self.stack.residual(body.norm(f"{key}.bn2"), around)
        self.stack.add("leaky", slope=SLOPE)


def _body(stack: Stack, key: str) -> Stack:
    body = stack.beside().conv(f"{key}.conv1").norm(f"{key}.bn1").add("leaky", slope=SLOPE)
    return body.conv(f"{key}.conv2")


def _around(stack: Stack, key: str) -> Stack | None:
    expanded = f"{key}.conv_expand.weight" in stack.tensors
    return stack.beside().conv(f"{key}.conv_expand") if expanded else None


def _begin(reading: Reading, decoder: Stack) -> tuple[list[int], int]:
    """Adds the layers before the blocks; the sides of these, and how many latents there are."""
    sides = sorted(_sides(reading, "decoder"))
    wide, dim = decoder.weight("decoder.fc.0", 2).shape
    decoder.linear("decoder.fc.0").add("relu").add("fold", shape=[wide // sides[0] ** 2, sides[0], sides[0]])
    return sides, dim


def _sides(reading: Reading, half: str) -> set[int]:
    start = f"{half}.main.res_in_"
    found = {key[len(start) :].partition(".")[0] for key in reading.tensors if key.startswith(start)}
    if not found or not all(one.isdigit() and int(one) for one in found):
        raise UnfitError(start)
    return {int(one) for one in found}


def _which(reading: Reading) -> tuple[str, Fact]:
    """By the class that the file names, else by the first of those norms in the decoder."""
    classes = [name.rpartition(".")[2] for name in reading.named]
    for called, of in ((SOFT, "SoftIntroVAE"), (HARD, "IntroVAE")):
        if of in classes:
            return called, Fact(f"the last norm of a block stands {_place(called)}: the file names {of}", "read")
    before, behind = _disagreements(reading)
    called, other = (HARD, SOFT) if behind < LESS * before else (SOFT, HARD)
    if min(before, behind) < min(LESS * max(before, behind), CLOSE):
        what = f"the last norm of a block stands {_place(called)}: what it kept of training fits there"
        return called, Fact(what, "inferred")
    what = f"that it is a network of {called}: {other} has the same tensors, and the last norm {_place(other)}"
    return called, Fact(what, "guessed")


def _place(called: str) -> str:
    return "behind the sum" if called == HARD else "before the sum"


def _disagreements(reading: Reading) -> tuple[float, float]:
    """How far the decoder's first last norm is from what goes into it before the sum, and behind it; nats a channel."""
    start = Stack(reading.tensors)
    sides, dim = _begin(reading, start)
    key = f"decoder.main.res_in_{sides[0]}"
    latents = torch.randn(TRIED, dim, generator=torch.Generator().manual_seed(0))
    features = said(start, latents, (dim,))
    shape = tuple(features.shape[1:])
    inner, around = said(_body(start, key), features, shape), _around(start, key)
    outer = inner + (features if around is None else said(around, features, shape))
    kept = [reading.tensors[f"{key}.bn2.running_{name}"].float() for name in ("mean", "var")]
    return _disagreement(inner, *kept), _disagreement(outer, *kept)


def _disagreement(features: Tensor, mean: Tensor, variance: Tensor) -> float:
    """Mean over channels of KL(N(seen) || N(kept)), nats."""
    seen_variance, seen_mean = torch.var_mean(features, (0, 2, 3))
    ratio = (seen_variance + 1e-8) / (variance + 1e-8)
    nats = (ratio + (seen_mean - mean) ** 2 / (variance + 1e-8) - 1 - ratio.log()) / 2
    return float(nats.mean())
