"""What pythae's models have around their networks: heads of the encoder, flows of the posterior, priors, code books.

One encoder and one decoder serve nearly all of its models; which one it is, is told by the other tensors and by
`model_config.json`. What has no part in decoding (metrics, temperatures) is passed over.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from explorer.errors import CheckpointError
from explorer.latents.fitted import Fitted
from explorer.latents.priors import FITTED, ChosenPrior
from explorer.models.base import Part, Space
from explorer.models.fields import Fields
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.flows.writing import rows
from explorer.models.foreign.layers import Shape, stacked
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Found, Stack, made_of, vector

ENCODERS_WITH_PRIOR = ("wae", "infovae", "adversarial", "vae_gan", "vaegan")
"""pythae's models whose latents are drawn to N(0, I) though the encoder has no second head."""
PASSED_OVER = (
    "metric.",
    "temperature",
    "lbd",
    "beta_zero_sqrt",
    "eps_lf",
    "M_tens",
    "centroids_tens",
    "discriminator.",
)
PLANAR, IAF, BOOK = "net.", "iaf_flow.", "quantizer."
HAMILTONIAN = "beta_zero_sqrt"
DRAWN, UNDRAWN = "prior N(0, I)", "no prior: latents drawn at random decode to noise; they come from your pictures"


def settings(hints: Mapping[str, object]) -> Mapping[str, object]:
    """What model_config.json says, of a folder or beside the weights."""
    told = hints.get("model_config", hints)
    return told if isinstance(told, Mapping) else {}


def around(reading: Reading, kind: str, decoder: Stack, encoder: Stack) -> Found:
    """The networks with heads and prior: of a VAE, an autoencoder, or another of pythae's models.

    Raises CheckpointError for latents in a Poincaré ball.
    """
    tensors = reading.tensors
    if "_pz_logvar" in tensors:
        raise CheckpointError(
            "This is a PoincareVAE of pythae: its latents lie in a ball where distances grow towards the edge.",
            "Straight paths and a normal prior mean nothing there, so it is not opened. Its VAE and SVAE open.",
        )
    dim = encoder.weight("encoder.embedding", 2).shape[0]
    if "encoder.log_concentration.weight" in tensors:
        return _spherical(reading, kind, decoder, encoder, dim)
    variational = "encoder.log_var.weight" in tensors
    named = "VAE" if variational else "autoencoder"
    prior_known = variational or str(settings(reading.hints).get("name", "")).lower().startswith(ENCODERS_WITH_PRIOR)
    space = vector(dim) if prior_known else undrawn(dim, (dim,))
    found = Found(reading, f"pythae's {kind} {named}, {dim} latents", space, decoder)
    found.know("read", f"{dim} latents and the widths of all layers, from the shapes")
    found.know("inferred", "ReLU and a sigmoid at the end, as pythae has them")
    _heads(found, encoder, variational)
    if any(key.startswith(BOOK) for key in tensors):
        return book(found)
    return found.know("inferred", DRAWN if prior_known else UNDRAWN)


def undrawn(dim: int, shape: Shape, prior: str = "none: an autoencoder") -> Space:
    """z without a prior."""
    return Space("z", dim, shape, prior, (Part("z", dim, "none"),))


def _heads(found: Found, encoder: Stack, variational: bool) -> None:
    """The encoder up to the latents of the decoder, where layers say it."""
    tensors = found.reading.tensors
    mean = encoder.beside().linear("encoder.embedding")
    planar = [key for key in tensors if key.startswith(PLANAR) and key.endswith(".u")]
    flowing = [key for key in tensors if key.startswith((PLANAR, IAF))]
    if len(flowing) != 3 * len(planar):
        found.know("inferred", "the posterior goes through a flow that is not opened: pictures are found by inversion")
        return
    whole = variational and not planar and HAMILTONIAN not in tensors
    encoder.parallel(mean, *([encoder.beside().linear("encoder.log_var")] if whole else []))
    for key in planar:
        _planar(encoder, key.removesuffix(".u"))
    found.encoder, found.layout = encoder, "halves" if whole else "mean"
    if planar:
        found.know("inferred", "the mean goes through the planar flows of the posterior; its width is not told")
    elif HAMILTONIAN in tensors:
        found.know("inferred", "the encoder's own mean: the Hamiltonian steps that its authors take from there are not")


def _planar(encoder: Stack, key: str) -> None:
    """z + u tanh(w z + b)."""
    weight, bias, back = (encoder.tensors[f"{key}.{name}"] for name in ("w", "b", "u"))
    body = rows(encoder.beside(), weight, bias).add("tanh")
    encoder.residual(rows(body, back.t(), None))


def _spherical(reading: Reading, kind: str, decoder: Stack, encoder: Stack, dim: int) -> Found:
    """SVAE: the mean is a vector of length 1."""
    encoder.linear("encoder.embedding").add("pixel_norm").add("affine", factor=1 / math.sqrt(dim), shift=0.0)
    space = Space("z", dim, (dim,), "uniform on the unit sphere", (Part("z", dim, "sphere"),))
    found = Found(reading, f"pythae's {kind} spherical VAE, {dim} latents", space, decoder, encoder, layout="mean")
    found.know("read", f"{dim} latents and the widths of all layers, from the shapes")
    return found.know("inferred", "latents of length 1, uniform on the sphere; ReLU and a sigmoid at the end")


def book(found: Found) -> Found:
    """VQ-VAE: latents are moved freely between the codes."""
    codes = next(value for key, value in found.reading.tensors.items() if key.startswith(f"{BOOK}embeddings"))
    found.architecture = found.architecture.replace("autoencoder", "VQ-VAE")
    found.know(
        "inferred",
        f"latents lie anywhere between the {len(codes):,} codes of its book: its authors take the nearest",
    )
    return found.know("inferred", UNDRAWN)


def finished(found: Found) -> Recognised | None:
    """With the prior that pseudo-inputs make; None where tensors are left over."""
    tensors = found.reading.tensors
    aside = [key for key in tensors if key.startswith((*PASSED_OVER, BOOK, PLANAR, IAF, "pseudo_inputs."))]
    aside += [key for key in tensors if key.startswith("encoder.log_")]
    aside += [] if found.encoder is not None else [key for key in tensors if key.startswith("encoder.")]
    if "pseudo_inputs.0.weight" not in tensors:
        return found.recognised(aside)
    return with_pseudo_inputs(found, "pseudo_inputs.0", aside)


def with_pseudo_inputs(found: Found, key: str, aside: Iterable[str]) -> Recognised | None:
    """With the prior that the pseudo-inputs of one linear layer make; `aside`: tensors that have no part in it."""
    prior = _of_pseudo_inputs(found, key)
    words = f"a mixture of {prior.components} normal distributions, around its pseudo-inputs (VAMP)"
    found.space = replace(found.space, prior=words, parts=(Part("z", found.space.dim, "none"),))
    found.facts = [fact for fact in found.facts if fact.text != DRAWN]
    made = found.know("read", f"prior: {words}").recognised((*aside, f"{key}.weight", f"{key}.bias"))
    return None if made is None else replace(made, prior=ChosenPrior(FITTED, prior))


def _of_pseudo_inputs(found: Found, key: str) -> Fitted:
    """The posteriors of the pseudo-inputs as a mixture (Tomczak & Welling 2018)."""
    weight, bias = (found.reading.tensors[f"{key}.{name}"] for name in ("weight", "bias"))
    shape = made_of(found.decoder, found.space.shape)
    if found.encoder is None or shape is None:
        raise IndexError("no encoder for its pseudo-inputs")
    pictures = (weight.t() + bias).clamp(0, 1).reshape(-1, *shape)
    mean, log_variance = said(found.encoder, pictures, shape).chunk(2, 1)
    count, dim = mean.shape
    means, spreads = mean.contiguous().numpy(), torch.exp(log_variance / 2).contiguous().numpy()
    weights, factors = np.full(count, 1 / count, np.float32), np.zeros((count, dim, 0), np.float32)
    return Fitted(weights, means, factors, spreads, f"{count} pseudo-inputs")


def said(stack: Stack, inputs: Tensor, shape: Shape) -> Tensor:
    """What the layers make of inputs (n, *shape)."""
    with torch.device("meta"):
        net = stacked(Fields({"layers": stack.layers}, "The layers"), "layers", shape)[0]
    net.load_state_dict({key: value.float() for key, value in stack.weights.items()}, assign=True)
    with torch.inference_mode():
        made: Tensor = net.eval()(inputs)
    return made.clone()
