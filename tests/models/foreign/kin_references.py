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


def two_stages(dim: int) -> Wild:
    """The plain network, and the layers of a second VAE, of latents, which nothing runs."""
    net = convolutions(dim, tanh=True)
    for half in ("encoder2", "decoder2"):
        net.add_module(half, nn.Sequential(nn.Sequential(nn.Linear(dim, 9), nn.BatchNorm1d(9), nn.LeakyReLU())))
    net.fc_mu2, net.fc_var2 = nn.Linear(9, dim), nn.Linear(9, dim)
    return net


def with_features(dim: int) -> Wild:
    """DFCVAE: the plain network, and the one whose features are compared."""
    net = convolutions(dim, tanh=True)
    net.feature_network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 4, 3))
    return net


KIN: dict[str, Kind] = {
    "JointVAE of the vanilla kind": Kind(lambda: joint(5, 3), (8,)),
    "ConditionalVAE": Kind(lambda: conditional(4, 3), (7,)),
    "GammaVAE": Kind(lambda: gamma(6), (6,)),
    "FactorVAE": Kind(lambda: with_discriminator(6), (6,)),
    "DFCVAE": Kind(lambda: with_features(6), (6,)),
    "TwoStageVAE": Kind(lambda: two_stages(6), (6,)),
    "VampVAE": Kind(lambda: with_pseudo_inputs(5, 4), (5,)),
}


def levels(kind: str) -> nn.Module:
    """The tensors, by their names, of networks whose latents stand on several levels; narrow, and without what runs."""
    return _row(LEVELS[kind])


def _row(parts: dict[str, nn.Module]) -> Wild:
    return Wild(parts, lambda _net, z: z)


def _deep(width: int, out: int) -> nn.Module:
    """Four convolutions of a block of the very deep VAE."""
    sizes = {"c1": (width, 4, 1), "c2": (4, 4, 3), "c3": (4, 4, 3), "c4": (4, out, 1)}
    return _row({name: nn.Conv2d(i, o, kernel) for name, (i, o, kernel) in sizes.items()})


def _rung(i: int, o: int, side: int, dim: int) -> Wild:
    shrink = nn.Sequential(nn.Conv2d(i, o, 3, 2, 1), nn.BatchNorm2d(o), nn.LeakyReLU())
    flat = o * side * side
    return _row({"encoder": shrink, "encoder_mu": nn.Linear(flat, dim), "encoder_var": nn.Linear(flat, dim)})


def _hierarchical() -> dict[str, nn.Module]:
    """Two latents, each with an encoder of its own, and the decoder of the vanilla kind."""
    one, two = (convolutions(4, tanh=False) for _ in range(2))
    one.encoder[0][0] = nn.Conv2d(4, WIDTHS[0], 3, 2, 1)
    parts = {"encoder_z2_layers": two.encoder, "fc_z2_mu": two.fc_mu, "fc_z2_var": two.fc_var}
    parts |= {"embed_z2_code": nn.Linear(4, 256), "embed_data": nn.Conv2d(3, 3, 1), "encoder_z1_layers": one.encoder}
    parts |= {"fc_z1_mu": one.fc_mu, "fc_z1_var": one.fc_var, "recons_z1_mu": nn.Linear(4, 4)}
    parts |= {"recons_z1_log_var": nn.Linear(4, 4), "debed_z1_code": nn.Linear(4, TOP // 2)}
    parts |= {"debed_z2_code": nn.Linear(4, TOP // 2), "decoder": one.decoder, "final_layer": one.final_layer}
    return parts


LEVELS: dict[str, dict[str, nn.Module]] = {
    "NVAE": {
        "stem": nn.Conv2d(3, 4, 3),
        "pre_process.0._ops.0.conv_0": nn.Conv2d(4, 8, 3),
        "enc_tower.0._ops.0.conv_0": nn.Conv2d(8, 8, 3),
        "enc_sampler.0": nn.Conv2d(8, 8, 3),
        "dec_tower.0.conv": nn.Conv2d(12, 8, 1),
        "post_process.0._ops.0.conv_0": nn.Conv2d(8, 4, 3),
        "image_conditional.1": nn.Conv2d(4, 100, 3),
    },
    "very deep VAE": {
        "encoder.in_conv": nn.Conv2d(3, 8, 3),
        "encoder.enc_blocks.0": _deep(8, 8),
        "decoder.dec_blocks.0.enc": _deep(16, 8),
        "decoder.dec_blocks.0.prior": _deep(8, 16),
        "decoder.dec_blocks.0.z_proj": nn.Conv2d(4, 8, 1),
        "decoder.dec_blocks.0.resnet": _deep(8, 8),
        "decoder.out_net.out_conv": nn.Conv2d(8, 100, 1),
    },
    "ladder VAE": {
        "first_bottom_up": nn.Sequential(nn.Conv2d(1, 4, 5, 2, 2), nn.ELU()),
        "top_down_layers.0.stochastic.conv_in_q": nn.Conv2d(4, 8, 3),
        "bottom_up_layers.0.net.0.res.block.0": nn.Conv2d(4, 4, 3),
        "final_top_down.1.res.block.0": nn.Conv2d(4, 4, 3),
        "likelihood.parameter_net": nn.Conv2d(4, 1, 3),
    },
    "hierarchical VAE": _hierarchical(),
    "LVAE": {
        "encoders": nn.Sequential(_rung(3, 4, 8, 4), _rung(4, 6, 4, 6)),
        "decoders": nn.Sequential(_row({"decode": nn.Sequential(nn.Linear(6, 6), nn.BatchNorm1d(6))})),
        "decoders.0.fc_mu": nn.Linear(6, 4),
        "decoders.0.fc_var": nn.Linear(6, 4),
    },
}
