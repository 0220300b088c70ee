"""The encoder of a draft: from the decoder's picture to one head or two, where it can be put together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor

from explorer.models.foreign.drafts.asking import spread_of
from explorer.models.foreign.drafts.pieces import UNKNOWN, Piece, missing_before
from explorer.models.foreign.drafts.route import Step
from explorer.models.foreign.drafts.split import Split
from explorer.models.foreign.drafts.told import Choices, Row
from explorer.models.foreign.drafts.ways import Kernel, alternating, plans, walked
from explorer.models.foreign.drafts.writing import KeyedStack, Writer
from explorer.models.foreign.stack import UnfitError


@dataclass
class Encoding:
    """`posterior`: how its numbers are laid out, 'mean' of a plain autoencoder."""

    stack: KeyedStack
    rows: list[Row]
    posterior: str


def encoding(
    tensors: Mapping[str, Tensor],
    split: Split,
    choices: Choices,
    picture: tuple[int, int, int],
    latent: tuple[int, ...],
) -> Encoding:
    """Layers from a picture (channels, side, side) to the numbers of a posterior of `latent`. Raises UnfitError."""
    steps, side = _steps(split, picture, latent)
    kernels = [step.kernel for step in steps if step.kernel is not None]
    plan = _plan(kernels, picture[1], side or _last_side(split, latent), choices)
    writer = Writer(tensors, choices, "encoder", picture[1])
    if not kernels:
        writer.stack.add("flatten")
        writer.side = 0
    writer.write(steps, plan, open_end=False)
    if _is_plain(split, latent):
        return Encoding(writer.stack.add("flatten"), writer.rows, "mean")  # type: ignore[arg-type]
    return Encoding(writer.stack, writer.rows, _heads(writer.stack, split.heads, choices, latent))


def _last_side(split: Split, latent: tuple[int, ...]) -> int:
    """Of the picture that the heads take: that of the latent, or of their kernel where it makes one place; 0: any."""
    if len(latent) == 3:
        return latent[-1]
    return split.heads[-1].kernel


def _is_plain(split: Split, latent: tuple[int, ...]) -> bool:
    """Whether the last convolution makes the latent itself: a plain autoencoder, whose last layer is like any other."""
    last = split.heads[-1]
    return len(split.heads) == 1 and last.kind == "kernel" and len(latent) == 3 and last.shape[0] == latent[0]


def _steps(split: Split, picture: tuple[int, int, int], latent: tuple[int, ...]) -> tuple[list[Step], int]:
    """The layers before the heads, and the side of the picture that is flattened (0: none is)."""
    width, is_picture, side = picture[0], True, 0
    if any(piece.kind in ("other", "table") for piece in split.before):
        raise UnfitError("it has modules that are not known")
    steps: list[Step] = []
    plain = _is_plain(split, latent)
    last = next((piece.key for piece in reversed((*split.before, *split.heads)) if piece.kind == "kernel"), "")
    for piece in (*split.before, *split.heads[:1]):
        head = piece in split.heads and not plain
        if piece.kind == "linear" and is_picture:
            side, is_picture = _flattened(piece, width, bool(steps), picture), False
            width = piece.shape[1]
            steps += [Step("flatten", piece, width)] if steps else []
        if piece.weighs and piece.shape[1] != width:
            raise UnfitError(f"'{piece.key}' takes {piece.shape[1]} where {width} come")
        if head:
            break
        steps.append(_step(piece, width, _behind(split, piece), last=piece.key == last))
        width = steps[-1].out
    return steps, side


def _behind(split: Split, piece: Piece) -> int:
    """How many modules without weights stand behind a convolution; at the end as many as behind the others."""
    pieces = (*split.before, *split.heads)
    kernels = [place for place, one in enumerate(pieces) if one.kind == "kernel"]
    after = [place for place in kernels if place > pieces.index(piece)]
    found = missing_before(pieces, after[0]) if after else UNKNOWN
    return found if found != UNKNOWN else max((missing_before(pieces, place) for place in kernels), default=UNKNOWN)


def _step(piece: Piece, width: int, behind: int, *, last: bool) -> Step:
    if piece.kind == "linear":
        return Step("linear", piece, piece.shape[0], gap=piece.gap)
    if piece.kind == "kernel":
        kernel = Kernel(piece.key, piece.kernel, False, gap=behind, last=last)
        return Step("kernel", piece, piece.shape[0], 0, piece.gap, kernel)
    if piece.shape[0] not in (1, width):
        raise UnfitError(f"'{piece.key}' has {piece.shape[0]} features where {width} come")
    kind = {"norm": "norm", "scale": "scale", "slope": "slope"}[piece.kind]
    return Step(kind, piece, width, gap=piece.gap)  # type: ignore[arg-type]


def _flattened(piece: Piece, width: int, has_layers: bool, picture: tuple[int, int, int]) -> int:
    """The side of what is flattened for a linear layer; 0 for a picture that goes in as numbers."""
    if not has_layers:
        if piece.shape[1] != math.prod(picture):
            raise UnfitError(f"'{piece.key}' takes {piece.shape[1]} numbers, the picture has {math.prod(picture)}")
        return 0
    side = math.isqrt(piece.shape[1] // width) if piece.shape[1] % width == 0 else 0
    if not side or side * side * width != piece.shape[1]:
        raise UnfitError(f"'{piece.key}' takes {piece.shape[1]} numbers, which {width} channels cannot give")
    return side


def _plan(kernels: Sequence[Kernel], side: int, wanted: int, choices: Choices) -> dict[str, str]:
    if not kernels:
        return {}
    plan = {kernel.key: choices[f"way:{kernel.key}"] for kernel in kernels if f"way:{kernel.key}" in choices}
    if len(plan) < len(kernels):
        found = plans(kernels, side, growing=False, wanted=(wanted,) if wanted else range(1, side + 1))
        found = found or alternating(kernels, side, wanted)
        if not found:
            raise UnfitError(f"no strides lead from {side} to {wanted} pixels")
        plan = {kernel.key: way for kernel, way in zip(kernels, found[0], strict=True)} | plan
    if wanted and walked(kernels, list(plan.values()), side)[-1] != wanted:
        raise UnfitError(f"with these strides it does not end at {wanted} x {wanted}")
    return plan


def _heads(stack: KeyedStack, heads: Sequence[Piece], choices: Choices, latent: tuple[int, ...]) -> str:
    """Adds the heads; the layout of what they give."""
    if len(heads) == 2:
        ordered = heads[::-1] if choices.get("posterior") == "second" else heads
        branches = [_head(stack.beside(), piece, one_place=len(latent) == 1) for piece in ordered]
        if spread_of(choices, heads) == "deviation":
            branches[1].add("affine", factor=2.0, shift=0.0)  # log variance = 2 log deviation
        stack.parallel(*branches)
        return "halves"
    if not heads:
        raise UnfitError("it has no last layer")
    _head(stack, heads[0], one_place=len(latent) == 1)
    numbers, dim = heads[0].shape[0], latent[0]
    if numbers not in (dim, 2 * dim):
        raise UnfitError(f"it ends in {numbers} numbers for {dim} latents")
    layout = choices.get("posterior", "halves")
    return "mean" if numbers == dim else layout if layout in ("halves", "interleaved") else "halves"


def _head(stack: KeyedStack, piece: Piece, *, one_place: bool) -> KeyedStack:
    if piece.kind == "linear":
        stack.linear(piece.key)
    else:
        stack.conv(piece.key, 1, 0 if one_place else None)
    return stack
