"""Kin of the VanillaVAE (the PyTorch-VAE collection) that have classes, or another prior than it.

All share its convolutions. CategoricalVAE's tensors are those of the Wasserstein autoencoder there, number by number:
only a name or a number beside them tells one from the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from explorer.errors import CheckpointError
from explorer.latents.fitted import Fitted
from explorer.latents.priors import FITTED, ChosenPrior
from explorer.models.base import Fact, Part, Space
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.pythae import with_pseudo_inputs
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Found, Stack, UnfitError, chain, vector

AS_AUTHORS = "as its authors have it"
SIGNED = (-1.0, 1.0)  # pictures of those that end in tanh
USUAL = 40  # classes of a choice, where its authors' settings stand
MOST_CHOICES = 64  # parts of a latent


def recognise(reading: Reading) -> Recognised | None:
    """encoder.N.0, decoder.N.0 and final_layer.0, with fc_z, embed_class, embed_pseudo, fc_mu2, or fc_mu.0."""
    if not {"encoder.0.0.weight", "decoder.0.0.weight", "final_layer.3.weight"} <= set(reading.tensors):
        return None
    found = next((read for keys, read in KINDS if all(f"{key}.weight" in reading.tensors for key in keys)), None)
    return found(reading) if found is not None else None


def _decode(stack: Stack, last: str, entry: str = "decoder_input") -> Stack:
    blocks = [key for key in chain(stack.tensors, "decoder.") if key.endswith(".0")]
    first = stack.weight("decoder.0.0", 4).shape[0]
    side = math.isqrt(stack.weight(entry, 2).shape[0] // first)
    stack.linear(entry).add("fold", shape=[first, side, side])
    for key in [*(block.removesuffix(".0") for block in blocks), "final_layer"]:
        stack.transposed(f"{key}.0", 2, 1, 1).norm(f"{key}.1").add("leaky", slope=0.01)
    return stack.conv("final_layer.3").add(last)


def _encode(stack: Stack, *heads: str) -> Stack:
    for key in [key for key in chain(stack.tensors, "encoder.") if key.endswith(".0")]:
        stack.conv(key, 2, 1).norm(f"{key.removesuffix('.0')}.1").add("leaky", slope=0.01)
    stack.add("flatten")
    return stack.linear(heads[0]) if len(heads) == 1 else stack.parallel(*(stack.beside().linear(one) for one in heads))


def _conditional(reading: Reading) -> Recognised | None:
    """The class goes in behind the latents. The encoder looks at it as well, and is left out."""
    decoder = _decode(Stack(reading.tensors), "tanh")
    classes = decoder.weight("embed_class", 2).shape[1]
    dim = decoder.weight("fc_mu", 2).shape[0]
    space = _space(Part("z", dim, "normal"), Part("class", classes, "one-hot"))
    _check(decoder, space)
    found = Found(reading, f"ConditionalVAE, {space.prior}", space, decoder, values=SIGNED)
    found.know("read", f"latents and classes from the shapes: {space.prior}")
    found.know("inferred", f"leaky ReLU 0.01 between layers and tanh at the end, {AS_AUTHORS}", "prior N(0, I)")
    found.know("inferred", "its encoder is left out: it looks at a picture together with its class")
    asides = ("embed_class.", "embed_data.", "encoder.", "fc_mu.", "fc_var.")
    return found.recognised(key for key in reading.tensors if key.startswith(asides))


def _joint(reading: Reading) -> Recognised | None:
    decoder = _decode(Stack(reading.tensors), "sigmoid")
    encoder = _encode(decoder.beside(), "fc_mu", "fc_z", "fc_var")
    dim, classes = (decoder.weight(key, 2).shape[0] for key in ("fc_mu", "fc_z"))
    space = _space(Part("continuous", dim, "normal"), Part("class", classes, "one-hot"))
    _check(decoder, space)
    found = Found(reading, f"JointVAE of the VanillaVAE kind, {space.prior}", space, decoder, encoder, "joint")
    found.know("read", f"latents and classes from the shapes: {space.prior}")
    found.know("inferred", f"leaky ReLU 0.01 between layers and a sigmoid at the end, {AS_AUTHORS}")
    found.know("inferred", f"prior: {space.prior}; a class is one 1 among zeros")
    found.know("guessed", "its encoder takes pictures in 0..1")
    return found.recognised()


def _categorical(reading: Reading) -> Recognised | None:
    """Only where something tells: else it is taken for the Wasserstein autoencoder, which is said there.

    Raises CheckpointError for one of so many choices that no latent of ours holds them.
    """
    numbers, features = Stack(reading.tensors).weight("fc_z", 2).shape
    known = _classes(reading, numbers, features)
    if known is None:
        return None
    each, fact = known
    count = numbers // each
    if count > MOST_CHOICES:
        seems = "is" if fact.how == "read" else "looks like"
        raise CheckpointError(
            f"{reading.path.name} {seems} a CategoricalVAE of {count} choices among {each} each, which is too many.",
            f"Up to {MOST_CHOICES} choices are read: train it with a smaller latent_dim, or write a Python file with "
            "build_model(weights) that makes the first of them and keeps the others.",
        )
    decoder = _decode(Stack(reading.tensors), "tanh")
    space = _space(*(Part(f"choice {number + 1}", each, "one-hot") for number in range(count)))
    _check(decoder, space)
    found = Found(reading, f"CategoricalVAE, {space.prior}", space, decoder, _encode(decoder.beside(), "fc_z"), "joint")
    found.values = SIGNED
    found.facts.append(fact)
    found.know("inferred", f"leaky ReLU 0.01 between layers and tanh at the end, {AS_AUTHORS}")
    found.know("inferred", f"prior: {space.prior}, each as probable as another")
    return found.recognised()


def _classes(reading: Reading, numbers: int, features: int) -> tuple[int, Fact] | None:
    """How many classes a choice of a CategoricalVAE has; None where nothing tells that it is one.

    More `numbers` than the `features` that they are made of are no latents of an autoencoder, which are fewer.
    """
    said = next(_said(reading.hints, "categorical_dim"), None)
    if isinstance(said, int) and not isinstance(said, bool) and said > 1 and numbers % said == 0:
        return said, Fact(f"{numbers // said} choices among {said} each: categorical_dim beside the weights", "read")
    if numbers % USUAL or not (numbers > features or _is_called_categorical(reading)):
        return None
    text = f"{numbers // USUAL} choices among {USUAL} each, which is its authors' categorical_dim"
    return USUAL, Fact(f"{text}; if yours is another, write it into a config.json beside the file", "guessed")


def _is_called_categorical(reading: Reading) -> bool:
    """By its class, or by the folders in which its training writes: logs/CategoricalVAE/version_0/checkpoints."""
    kind = reading.modules.kind if reading.modules is not None else ""
    names = [kind, *map(str, _said(reading.hints, "name")), *reading.path.parts[-5:]]
    return any("categoricalvae" in name.lower().replace("_", "") for name in names)


def _said(hints: object, key: str, depth: int = 0) -> Iterator[object]:
    """What settings say under a name, however deep it stands."""
    if not isinstance(hints, Mapping) or depth > 6:
        return
    if key in hints:
        yield hints[key]
    for one in hints.values():
        yield from _said(one, key, depth + 1)


def _pseudo(reading: Reading) -> Recognised | None:
    """VampVAE: rows of numbers that are pictures, whose posteriors are the prior it was trained with."""
    decoder = _decode(Stack(reading.tensors), "tanh")
    dim = decoder.weight("fc_mu", 2).shape[0]
    encoder = _encode(decoder.beside(), "fc_mu", "fc_var")
    found = Found(reading, f"VampVAE, {dim} latents", vector(dim), decoder, encoder, values=SIGNED)
    found.know("read", f"{dim} latents and all layers, from keys and shapes")
    found.know("inferred", f"leaky ReLU 0.01 between layers and tanh at the end, {AS_AUTHORS}")
    return with_pseudo_inputs(found, "embed_pseudo.0", ())


def _two_stage(reading: Reading) -> Recognised | None:
    """TwoStageVAE: its authors' code has layers for a second VAE, of latents, and never runs them."""
    decoder = _decode(Stack(reading.tensors), "tanh")
    dim = decoder.weight("fc_mu", 2).shape[0]
    encoder = _encode(decoder.beside(), "fc_mu", "fc_var")
    found = Found(reading, f"TwoStageVAE, {dim} latents", vector(dim), decoder, encoder, values=SIGNED)
    found.know("read", f"{dim} latents and all layers, from keys and shapes")
    found.know("inferred", f"leaky ReLU 0.01 between layers and tanh at the end, {AS_AUTHORS}", "prior N(0, I)")
    found.know("inferred", "its second stage is left out, as in its authors' code, which never runs it")
    second = ("encoder2.", "fc_mu2.", "fc_var2.", "decoder2.")
    return found.recognised(key for key in reading.tensors if key.startswith(second))


def _gamma(reading: Reading) -> Recognised | None:
    """GammaVAE: its encoder gives shapes and rates of gamma distributions, which are no means and variances."""
    decoder = _decode(Stack(reading.tensors), "sigmoid", "decoder_input.0")
    dim = decoder.weight("decoder_input.0", 2).shape[1]
    space = Space("z", dim, (dim,), "Gamma(2, 1) each", (Part("z", dim, "none"),))
    found = Found(reading, f"GammaVAE, {dim} latents", space, decoder)
    found.know("read", f"{dim} latents and all layers of the decoder, from keys and shapes")
    found.know("inferred", f"leaky ReLU 0.01 between layers and a sigmoid at the end, {AS_AUTHORS}")
    found.know("guessed", "prior: Gamma(2, 1) each, drawn as a normal distribution of the same mean and variance")
    found.know("inferred", "its encoder is left out: it gives shapes and rates of gamma distributions")
    made = found.recognised(key for key in reading.tensors if key.startswith(("encoder.", "fc_mu.", "fc_var.")))
    return None if made is None else replace(made, prior=ChosenPrior(FITTED, _like_gamma(dim)))


def _like_gamma(dim: int, shape: float = 2.0, rate: float = 1.0) -> Fitted:
    """The normal distribution of `dim` numbers with the mean and the variance of Gamma(shape, rate)."""
    means, spreads = np.full((1, dim), shape / rate, np.float32), np.full((1, dim), shape**0.5 / rate, np.float32)
    source = f"mean and variance of Gamma({shape:g}, {rate:g})"
    return Fitted(np.ones(1, np.float32), means, np.zeros((1, dim, 0), np.float32), spreads, source)


def _check(decoder: Stack, space: Space) -> None:
    if decoder.weight("decoder_input", 2).shape[1] != space.dim:
        raise UnfitError("decoder_input")


def _space(*parts: Part) -> Space:
    dim = sum(part.dim for part in parts)
    return Space("z", dim, (dim,), _told(parts), parts)


def _told(parts: tuple[Part, ...]) -> str:
    """'8 of N(0, 1) and one of 10 classes', '6 times one of 4 classes'."""
    if parts[0].prior == "one-hot" and len(parts) > 1:
        return f"{len(parts)} times one of {parts[0].dim} classes"
    words = {"normal": "{} of N(0, 1)", "one-hot": "one of {} classes"}
    return " and ".join(words[part.prior].format(part.dim) for part in parts)


KINDS = (
    (("decoder_input", "embed_class", "fc_mu"), _conditional),
    (("decoder_input", "embed_pseudo.0", "fc_mu"), _pseudo),
    (("decoder_input", "fc_mu2", "fc_mu"), _two_stage),
    (("decoder_input", "fc_z", "fc_mu"), _joint),
    (("decoder_input", "fc_z"), _categorical),
    (("decoder_input.0", "fc_mu.0", "fc_var.0"), _gamma),
)
"""What tells them apart: layers, and who reads them."""
