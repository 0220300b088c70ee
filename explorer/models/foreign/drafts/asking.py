"""What a draft asks, with what is taken where nobody chose."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from explorer.models.foreign.drafts.blocks import AFTER, BEFORE, norms_first
from explorer.models.foreign.drafts.pieces import Piece
from explorer.models.foreign.drafts.split import Split, starts
from explorer.models.foreign.drafts.told import Choices, Option, Question
from explorer.models.foreign.drafts.ways import walked
from explorer.models.foreign.drafts.writing import ACTIVATIONS, LASTS, SIGNED
from explorer.models.foreign.heads import is_log_deviation

if TYPE_CHECKING:
    from explorer.models.foreign.drafts.draft import Made
    from explorer.models.foreign.drafts.encoding import Encoding

EPSES = (
    ("1e-05", "1e-5 (PyTorch)"),
    ("0.001", "1e-3 (Keras)"),
    ("0.8", "0.8 (a well-known slip)"),
    ("1e-06", "1e-6"),
    ("0.0001", "1e-4"),
    ("1e-08", "1e-8"),
    ("0.01", "0.01"),
)
RANGES = (("0,1", "0 to 1"), ("-1,1", "-1 to 1"), ("0,255", "0 to 255"), ("-0.5,0.5", "-0.5 to 0.5"))
BLOCKS = (
    (BEFORE, "norm and activation before each convolution"),
    (AFTER, "norm and activation behind each convolution"),
)
PRIOR_OPTIONS = (
    ("normal", "standard normal N(0, I)"),
    ("uniform", "uniform, -1 to 1"),
    ("unit", "uniform, 0 to 1"),
    ("none", "unknown: fill the map from pictures"),
)
TALLEST = 2.5  # sides of a picture that is not square
CLASSES = (10, 2, 40, 100)


def last_of(choices: Choices, split: Split) -> str:
    """The nonlinearity at the end: tanh for a generator, which begins with a kernel or has blocks, else sigmoid."""
    ends_in_kernel = any(piece.kind == "kernel" for piece in split.after)
    starts_as_gan = not split.heads and next((piece.kind == "kernel" for piece in split.after if piece.weighs), False)
    starts_as_gan |= not split.heads and any(piece.kind == "block" for piece in split.after)
    return choices.get("last", "tanh" if ends_in_kernel and starts_as_gan else "sigmoid")


def values_of(choices: Choices, last: str) -> tuple[float, float]:
    """What black and white are in the decoder's numbers."""
    low, high = choices.get("range", "-1,1" if last in SIGNED else "0,1").split(",")
    return float(low), float(high)


def spread_of(choices: Choices, heads: Sequence[Piece]) -> str:
    """What the second of two heads gives: the log of a 'variance' or of a 'deviation', as its name says."""
    named = any(is_log_deviation(piece.key) for piece in heads)
    return choices.get("spread", "deviation" if named else "variance")


def likely_prior(made: Made) -> str:
    """None for a latent that is a picture itself or comes from a plain autoencoder, else normal."""
    heads = made.split.heads
    plain = len(heads) == 1 and heads[0].shape[0] == made.route.dim
    return "none" if made.route.side > 1 or plain else "normal"


def pictures(numbers: int) -> list[tuple[int, int, int]]:
    """Pictures (channels, height, width) of so many numbers: squares first, then the others, not too long."""
    found = [
        (channels, height, numbers // channels // height)
        for channels in (1, 3)
        for height in range(4, numbers // channels // 4 + 1)
        if numbers % (channels * height) == 0
    ]
    found = [one for one in found if 1 / TALLEST <= one[1] / one[2] <= TALLEST]
    return sorted(found, key=lambda one: (one[1] != one[2], one[0], abs(math.log(one[1] / one[2])), -one[1]))[:12]


def size(picture: tuple[int, int, int]) -> str:
    channels, height, width = picture
    return f"{height} x {width} {'RGB' if channels == 3 else 'grey'}"


def questions(pieces: Sequence[Piece], made: Made, encoder: Encoding | None, choices: Choices) -> tuple[Question, ...]:
    """All that is asked of this draft; none about what it does not have."""
    found = [_start(pieces, choices), *_structure(made, choices)]
    last = last_of(choices, made.split)
    found.append(
        _plain(
            "activation",
            "Activation",
            ACTIVATIONS,
            choices.get("activation", "relu"),
            "Between the layers; each layer can have its own below",
        )
    )
    found.append(_plain("last", "Last nonlinearity", LASTS, last, "Behind the last layer"))
    low, high = values_of(choices, last)
    found.append(_plain("range", "Range", RANGES, f"{low:g},{high:g}", "The numbers that black and white are"))
    if (block := next((piece for piece in made.split.after if piece.kind == "block"), None)) is not None:
        taken = choices.get("blocks", BEFORE if norms_first(block) else AFTER)
        found.append(_plain("blocks", "Residual blocks", BLOCKS, taken, "Where norms and activations stand in them"))
    if any(piece.kind in ("norm", "scale", "block") for piece in (*made.split.after, *made.split.before)):
        found.append(
            _plain("eps", "eps", EPSES, choices.get("eps", "1e-05"), "Added to the variance in every normalisation")
        )
    found += _latents(made, choices)
    found += _posterior(encoder, made, choices)
    return tuple(found)


def _start(pieces: Sequence[Piece], choices: Choices) -> Question:
    keys = [(key, key) for key in starts(pieces)]
    tip = "The layer that takes the latent. What stands before it is the encoder"
    return _plain("start", "Decoder begins at", keys[:24], choices["start"], tip)


def _structure(made: Made, choices: Choices) -> list[Question]:
    found = []
    if made.plans:
        taken = choices.get("growth", " ".join(made.plans[0]))
        options = [(" ".join(plan), _plan_in_words(made, plan)) for plan in made.plans]
        found.append(
            _plain(
                "growth", "Strides and paddings", options, taken, "What the kernels may do so that a picture comes out"
            )
        )
    if len(made.pictures) > 1:
        options = [(size(one), size(one)) for one in made.pictures]
        found.append(
            _plain("picture", "Picture", options, size(made.picture), "How its numbers lie in rows and columns")
        )
    if made.pictures and made.picture[0] == 3:
        orders = (("first", "channels first (torch)"), ("last", "channels last (numpy, Keras)"))
        found.append(_plain("order", "Layout", orders, choices.get("order", "first"), "How its numbers are laid out"))
    if any(way.startswith("up") for plan in made.plans for way in plan):
        modes = (("nearest", "nearest"), ("bilinear", "bilinear"))
        found.append(_plain("enlarging", "Enlarging by", modes, choices.get("enlarging", "nearest")))
    return found


def _plan_in_words(made: Made, plan: Sequence[str]) -> str:
    side = walked(made.route.kernels, plan, made.route.first_side)[-1]
    doubling = sum(way.startswith(("2,", "up")) for way in plan)
    padded = "no padding" if all(way.removeprefix("up,").split(",")[1] == "0" for way in plan) else ""
    if not doubling:
        return f"{side} x {side}"
    return f"{side} x {side}: {_steps_in_words(plan)}" + (f", {padded}" if padded else "")


def _steps_in_words(plan: Sequence[str]) -> str:
    """'strides 2, 1'; where pictures are enlarged before a convolution, 'doubled, stride 1'."""
    if not any(way.startswith("up") for way in plan):
        return "strides " + ", ".join(way.split(",")[0] for way in plan)
    told = ((way.startswith("up"), way.removeprefix("up,").split(",")[0]) for way in plan)
    return ", ".join("doubled" if up and one == "1" else "doubled " * up + f"stride {one}" for up, one in told)


def _latents(made: Made, choices: Choices) -> list[Question]:
    taken = choices.get("prior", likely_prior(made))
    found = [_plain("prior", "Prior", PRIOR_OPTIONS, taken, "What random latents are drawn from")]
    if made.route.side > 1:
        sides = [(str(side), f"{side} x {side}") for side in (4, 8, 16, 32, 64)]
        found.append(_plain("side", "Side of the latent", sides, str(made.route.side), "The network takes any"))
    elif made.route.dim > CLASSES[1] + 1:
        counts = [
            ("0", "no class"),
            *((str(one), f"the last {one} numbers") for one in CLASSES if one < made.route.dim),
        ]
        found.append(
            _plain("classes", "Class", counts, choices.get("classes", "0"), "Numbers that are one 1 among zeros")
        )
    return found


def _posterior(encoder: Encoding | None, made: Made, choices: Choices) -> list[Question]:
    heads = made.split.heads
    if encoder is None or encoder.posterior == "mean":
        return []
    if len(heads) == 2:
        orders = (("first", f"'{heads[0].key}' is the mean"), ("second", f"'{heads[1].key}' is the mean"))
        spreads = (("variance", "log variance"), ("deviation", "log deviation"))
        return [
            _plain("posterior", "Heads", orders, choices.get("posterior", "first")),
            _plain("spread", "The other head", spreads, spread_of(choices, heads)),
        ]
    layouts = (("halves", "means, then log variances"), ("interleaved", "mean and log variance in turn"))
    return [_plain("posterior", "Last encoder layer", layouts, encoder.posterior)]


def _plain(name: str, title: str, options: Iterable[tuple[str, str]], taken: str, tip: str = "") -> Question:
    known = [Option(*one) for one in options]
    if taken not in {option.value for option in known}:
        known.append(Option(taken, taken))
    return Question(name, title, tuple(known), taken, "guessed", tip)
