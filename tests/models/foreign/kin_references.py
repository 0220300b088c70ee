"""Kin of the VanillaVAE kind that have classes, or another prior, written for the tests from their descriptions."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional
from vae_references import Kind, Posterior, Wild
from wild_references import vanilla

WIDTHS = [4, 4, 6]
TOP = WIDTHS[-1] * 4
NARROW = -12.0  # log variance of what has none: a class


def convolutions(dim: int, tanh: bool, heads: str = "fc_mu fc_var") -> Wild:
    """The network for `dim` numbers, 16 pixels, with tanh or a sigmoid at the end."""
    net = vanilla(dim, WIDTHS, heads)
    if not tanh:
        net.final_layer[-1] = nn.Sigmoid()
    net.values = (-1.0, 1.0) if tanh else (0.0, 1.0)
    return net


def chosen(logits: Tensor) -> Tensor:
    """The likeliest class as one 1 among zeros."""
    return functional.one_hot(logits.argmax(-1), logits.shape[-1]).float()


def joint(dim: int, classes: int) -> Wild:
    """fc_mu, fc_var, and fc_z for the class, which goes in behind the others; sigmoid at the end."""
    net = convolutions(dim, tanh=False)
    net.fc_z, net.decoder_input = nn.Linear(TOP, classes), nn.Linear(dim + classes, TOP)

    def encode(net: Wild, x: Tensor) -> Posterior:
        x = net.encoder(x).flatten(1)
        mean = torch.cat([net.fc_mu(x), chosen(net.fc_z(x))], 1)
        return mean, torch.cat([net.fc_var(x), torch.full((len(x), classes), NARROW)], 1)

    net._encode = encode
    return net


def categorical(choices: int, classes: int) -> Wild:
    """fc_z for all classes of all choices, choice by choice."""
    net = convolutions(choices * classes, tanh=True, heads="fc_z")

    def encode(net: Wild, x: Tensor) -> Posterior:
        logits = net.fc_z(net.encoder(x).flatten(1)).view(len(x), choices, classes)
        return chosen(logits).flatten(1), torch.full((len(x), choices * classes), NARROW)

    net._encode = encode
    return net


def conditional(dim: int, classes: int) -> Wild:
    """The class as one more channel of the encoder's picture, and behind the latents."""
    net = convolutions(dim, tanh=True)
    net.embed_class, net.embed_data = nn.Linear(classes, 16 * 16), nn.Conv2d(3, 3, 1)
    net.encoder[0][0] = nn.Conv2d(4, WIDTHS[0], 3, 2, 1)
    net.decoder_input = nn.Linear(dim + classes, TOP)
    net._encode = None
    return net


def gamma(dim: int) -> Wild:
    """Each linear layer in a row of its own; a softmax behind the heads, a sigmoid at the end."""
    net = convolutions(dim, tanh=False)
    for name in ("fc_mu", "fc_var", "decoder_input"):
        setattr(net, name, nn.Sequential(net.part(name)))
    net._encode = None
    return net


def with_discriminator(dim: int) -> Wild:
    """FactorVAE: the plain network, and a discriminator of latents in its authors' spelling."""
    net = convolutions(dim, tanh=True)
    net.discrminator = nn.Sequential(nn.Linear(dim, 9), nn.BatchNorm1d(9), nn.LeakyReLU(0.2), nn.Linear(9, 2))
    return net


def with_pseudo_inputs(dim: int, count: int) -> Wild:
    net = convolutions(dim, tanh=True)
    net.embed_pseudo = nn.Sequential(nn.Linear(count, 3 * 16 * 16), nn.Hardtanh(0.0, 1.0))
    return net


KIN: dict[str, Kind] = {
    "JointVAE of the vanilla kind": Kind(lambda: joint(5, 3), (8,)),
    "ConditionalVAE": Kind(lambda: conditional(4, 3), (7,)),
    "GammaVAE": Kind(lambda: gamma(6), (6,)),
    "FactorVAE": Kind(lambda: with_discriminator(6), (6,)),
    "VampVAE": Kind(lambda: with_pseudo_inputs(5, 4), (5,)),
}
