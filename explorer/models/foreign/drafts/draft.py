"""A draft of a reading: what its shapes say, what was chosen, and what is guessed, as a manifest that can be built."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from torch import Tensor

from explorer.errors import CheckpointError
from explorer.models.base import Fact, Part, Prior, Space
from explorer.models.foreign.drafts import asking
from explorer.models.foreign.drafts.blocks import with_blocks
from explorer.models.foreign.drafts.encoding import Encoding, encoding
from explorer.models.foreign.drafts.pieces import Piece, pieces_of
from explorer.models.foreign.drafts.route import Route, Walker
from explorer.models.foreign.drafts.split import Split, in_order, split_at, starts
from explorer.models.foreign.drafts.told import Choices, Draft, Question
from explorer.models.foreign.drafts.ways import is_turned, plans, walked
from explorer.models.foreign.drafts.writing import Writer, activate
from explorer.models.foreign.manifest import Manifest
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.sizes import USUAL_SIDES
from explorer.models.foreign.stack import COUNTED, UnfitError

SPATIAL_SIDE = 8
NOTHING: Choices = MappingProxyType({})
KNOWN = "Tried out: under this the network agrees with itself, by latents that come back or by its batch norms"
PRIORS: dict[str, tuple[Prior, str]] = {
    "normal": ("normal", "standard normal"),
    "uniform": ("uniform", "uniform in -1..1"),
    "unit": ("unit", "uniform in 0..1"),
    "none": ("none", "none: latents come from pictures"),
}


@dataclass
class Made:
    """A decoder that leads to a picture (channels, height, width), with the plans that would do so too."""

    split: Split
    route: Route
    writer: Writer
    picture: tuple[int, int, int]
    plans: list[tuple[str, ...]]
    pictures: list[tuple[int, int, int]]


def draft(reading: Reading, choices: Choices, inferred: Choices = NOTHING) -> Draft:
    """Proposes layers for a reading; what is `inferred` holds where nobody chose.

    Raises CheckpointError where shapes alone do not lead to a picture.
    """
    pieces = in_order(with_blocks(pieces_of(reading.tensors)))
    trouble = "its layers do not lead from a vector to a picture"
    if any(len(value.shape) in (3, 5) for value in reading.tensors.values()):
        trouble = "it has convolutions over one axis or three: no pictures"
    found = starts(pieces)
    if choices.get("start") in found:
        found = [choices["start"]]
    elif choices:  # answers belong to where the decoder began when they were given
        first = draft(reading, NOTHING)
        found = [one.taken for one in first.questions if one.name == "start"]
    for start in found:
        try:
            said = {**inferred, **choices, "start": start}
            made = _decoder(reading.tensors, split_at(pieces, start), said)
            sure = {name for name, value in inferred.items() if choices.get(name, value) == value}
            return _told(reading, pieces, made, said, {**inferred, **choices}, sure)
        except UnfitError as error:
            trouble = str(error) if start == found[0] else trouble
    raise CheckpointError(
        f"{reading.path.name} cannot be drafted: {trouble}.",
        "Describe it in a manifest (README, Open your own model).",
    )


def _decoder(tensors: Mapping[str, Tensor], split: Split, choices: Choices) -> Made:
    spatial = int(choices.get("side", SPATIAL_SIDE))
    turned = {key.removeprefix("way:"): is_turned(way) for key, way in choices.items() if key.startswith("way:")}
    route = Walker(split.after, spatial, begins_spatial=split.ends_spatial, turned=turned).walk()
    writer = Writer(tensors, choices, "decoder", 0)
    if route.side:
        writer.side = route.side
    if route.ends_flat:
        return _flat(split, route, writer, choices)
    if route.out not in (1, 3):
        raise UnfitError(f"it ends in {route.out} channels, no picture of 1 or 3")
    kernels = route.kernels
    usual = range(1, 4097) if route.side > 1 else USUAL_SIDES
    found = plans(kernels, route.first_side, growing=True, wanted=usual)
    if not found:
        found = plans(kernels, route.first_side, growing=True, wanted=range(8, 2049))
    if not found:
        raise UnfitError("no strides lead to a picture")
    found = _preferred(found, split, [walked(kernels, plan, route.first_side)[-1] for plan in found])
    taken = next((plan for plan in found if " ".join(plan) == choices.get("growth")), found[0])
    plan = {kernel.key: choices.get(f"way:{kernel.key}", way) for kernel, way in zip(kernels, taken, strict=True)}
    if route.side == 1:
        writer.stack.add("fold", shape=[route.dim, 1, 1])
    writer.write(route.steps, plan, open_end=True)
    activate(writer.stack, asking.last_of(choices, split))
    side = writer.side
    return Made(split, route, writer, (route.out, side, side), found, [])


def _preferred(found: list[tuple[str, ...]], split: Split, sides: Sequence[int]) -> list[tuple[str, ...]]:
    """Plans whose picture an encoder of numbers takes, first."""
    first = next((piece for piece in (*split.before, *split.heads) if piece.weighs), None)
    if first is None or first.kind != "linear":
        return found
    numbers = (first.shape[1], first.shape[1] // 3)
    fits = [plan for side, plan in zip(sides, found, strict=True) if side**2 in numbers]
    return [*fits, *(plan for plan in found if plan not in fits)]


def _flat(split: Split, route: Route, writer: Writer, choices: Choices) -> Made:
    pictures = asking.pictures(route.out)
    if not pictures:
        raise UnfitError(f"its {route.out} numbers are no picture")
    writer.write(route.steps, {}, open_end=True)
    activate(writer.stack, asking.last_of(choices, split))
    picture = next((one for one in pictures if asking.size(one) == choices.get("picture")), pictures[0])
    channels, height, width = picture
    if choices.get("order") == "last" and channels > 1:
        writer.stack.add("fold", shape=[height, width, channels]).add("permute", order=[2, 0, 1])
    else:
        writer.stack.add("fold", shape=list(picture))
    return Made(split, route, writer, picture, [], pictures)


def _told(
    reading: Reading, pieces: Sequence[Piece], made: Made, choices: Choices, kept: Choices, sure: Collection[str]
) -> Draft:
    space = _space(made, choices)
    encoder, doubts = _encoder(reading, made, choices, space)
    values = asking.values_of(choices, asking.last_of(choices, made.split))
    channels, height, width = made.picture
    weights = made.writer.stack.taken | (encoder.stack.taken if encoder else set())
    taken = {key.rpartition(".")[0] for key in weights}
    unused = tuple(piece.key for piece in pieces if not piece.parts and piece.key not in taken)
    unused += tuple(key for piece in pieces for _role, key in piece.parts if key not in taken and key not in weights)
    if unused:
        doubts += (f"not used: {', '.join(unused[:6])}{' …' if len(unused) > 6 else ''}",)
    asked = asking.questions(pieces, made, encoder, choices)
    questions = tuple(replace(one, how="inferred", tip=KNOWN) if one.name in sure else one for one in asked)
    kind = "autoencoder" if encoder and encoder.posterior == "mean" else "VAE" if encoder else "generator"
    said = f"drafted {kind}, {_size(space)}"
    manifest = Manifest(
        weights=reading.path.name,
        architecture=said,
        space=space,
        image_shape=(height, width, channels),
        image_range=values,
        decoder=tuple(made.writer.stack.layers),
        encoder=tuple(encoder.stack.layers) if encoder else (),
        posterior=encoder.posterior if encoder else "halves",
        sha256=reading.file_hash,
        unused=unused,
        facts=_facts(reading, made, questions, doubts, set(kept) - set(sure)),
        choices=dict(kept),
    )
    rows = (*(encoder.rows if encoder else ()), *made.writer.rows)
    return Draft(said, manifest, questions, rows, doubts)


def _size(space: Space) -> str:
    return f"{space.dim} latents" if len(space.shape) == 1 else f"a latent of {' x '.join(map(str, space.shape))}"


def _encoder(reading: Reading, made: Made, choices: Choices, space: Space) -> tuple[Encoding | None, tuple[str, ...]]:
    if not made.split.heads:
        return None, ()
    if choices.get("order") == "last" and made.picture[0] > 1:
        return None, ("the encoder is left out: its picture has the channels last",)
    try:
        return encoding(reading.tensors, made.split, choices, made.picture, space.shape), ()
    except UnfitError as error:
        return None, (f"the encoder is left out: {error}",)


def _space(made: Made, choices: Choices) -> Space:
    route, prior = made.route, choices.get("prior", asking.likely_prior(made))
    kind, words = PRIORS.get(prior, PRIORS["normal"])
    if route.side > 1:
        dim = route.dim * route.side**2
        parts = () if kind == "normal" else (Part("z", dim, kind),)
        return Space("z", dim, (route.dim, route.side, route.side), words, parts)
    classes = min(int(choices.get("classes", "0")), route.dim - 1)
    z = route.dim - classes
    if not classes:
        return Space("z", z, (z,), words, () if kind == "normal" else (Part("z", z, kind),))
    told = f"{words}, and one of {classes} classes"
    return Space("z", route.dim, (route.dim,), told, (Part("z", z, kind), Part("class", classes, "one-hot")))


def _facts(
    reading: Reading, made: Made, questions: Sequence[Question], doubts: Sequence[str], chosen: Collection[str]
) -> tuple[Fact, ...]:
    """What was read, and every answer; those to the questions in `chosen` were somebody's choice."""
    counted = sum(not key.endswith(COUNTED) for key in reading.tensors)
    kernels = len(made.route.kernels)
    read = f"{counted} tensors: order, widths and kernels of {len(made.writer.rows)} layers of the decoder"
    facts = [Fact(f"{read}, {kernels} of them convolutions" if kernels else read, "read")]
    by_eye = dict.fromkeys(chosen, ", chosen by eye")
    facts += [Fact(f"{one.title.lower()}: {one.words}{by_eye.get(one.name, '')}", one.how) for one in questions]
    facts += [Fact(text, "guessed") for text in doubts]
    return tuple(facts)


def with_choice(choices: Choices, name: str, value: str) -> dict[str, str]:
    """The same with one more choice. Another beginning or growth takes back what hangs on the former one."""
    kept = dict(choices)
    if name in ("start", "growth"):
        kept = {key: said for key, said in kept.items() if not key.startswith("way:") and key != "picture"}
    return {**kept, name: value}
