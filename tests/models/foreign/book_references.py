"""VQ-VAEs in the spelling of their authors, written for the tests: a latent between the codes is decoded as it is."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from vae_references import Kind, Posterior, Wild


def conv(i: int, o: int, kernel: int = 3, stride: int = 1, *, bias: bool = True) -> nn.Conv2d:
    return nn.Conv2d(i, o, kernel, stride, 1 if kernel > 1 else 0, bias=bias)


def up(i: int, o: int) -> nn.ConvTranspose2d:
    return nn.ConvTranspose2d(i, o, 4, 2, 1)


class Opened(nn.Module):
    """x + convolutions(relu(x)), where the ReLU works in place: x becomes relu(x) on both ways."""

    def __init__(self, name: str, w: int) -> None:
        super().__init__()
        body = nn.Sequential(nn.ReLU(True), conv(w, 3, bias=False), nn.ReLU(True), conv(3, w, 1, bias=False))
        self.add_module(name, body)
        self.name = name

    def forward(self, x: Tensor) -> Tensor:
        x = x.clone()
        return x + self.get_submodule(self.name)(x)


class Stacked(nn.Module):
    def __init__(self, name: str, block: str, w: int, count: int) -> None:
        super().__init__()
        self.add_module(name, nn.ModuleList(Opened(block, w) for _ in range(count)))
        self.name = name

    def forward(self, x: Tensor) -> Tensor:
        for one in self.get_submodule(self.name).children():
            x = one(x)
        return x.relu()


def underscored(channels: int, dim: int, averaged: bool = False, w: int = 6) -> Wild:
    """_encoder._conv_1, _pre_vq_conv, _vq_vae._embedding, _decoder._conv_trans_1."""
    parts: dict[str, nn.Module] = {
        "_encoder._conv_1": conv(channels, w // 2, 4, 2),
        "_encoder._conv_2": conv(w // 2, w, 4, 2),
    }
    parts |= {"_encoder._conv_3": conv(w, w), "_encoder._residual_stack": Stacked("_layers", "_block", w, 2)}
    parts |= {"_pre_vq_conv": conv(w, dim, 1), "_vq_vae._embedding": nn.Embedding(16, dim)}
    parts |= {"_decoder._conv_1": conv(dim, w), "_decoder._residual_stack": Stacked("_layers", "_block", w, 2)}
    parts |= {"_decoder._conv_trans_1": up(w, w // 2), "_decoder._conv_trans_2": up(w // 2, channels)}

    def encode(net: Wild, x: Tensor) -> Posterior:
        x = net._encoder._conv_3(net.through(x, "_encoder._conv_1 _encoder._conv_2"))
        return net._pre_vq_conv(net._encoder._residual_stack(x)).flatten(1), None

    def decode(net: Wild, z: Tensor) -> Tensor:
        x = net._decoder._residual_stack(net._decoder._conv_1(z))
        return net._decoder._conv_trans_2(net._decoder._conv_trans_1(x).relu())

    made = Wild(parts, decode, encode, (-0.5, 0.5))
    if averaged:
        made._vq_vae.register_buffer("_ema_cluster_size", torch.zeros(16))
        made._vq_vae.register_buffer("_ema_w", torch.zeros(16, dim))
    return made


def stacked(channels: int, dim: int, w: int = 6) -> Wild:
    """encoder.conv_stack, pre_quantization_conv, vector_quantization.embedding, decoder.inverse_conv_stack."""
    encoder = (conv(channels, w // 2, 4, 2), nn.ReLU(), conv(w // 2, w, 4, 2), nn.ReLU(), conv(w, w))
    decoder = (Stacked("stack", "res_block", w, 2), up(w, w // 2), nn.ReLU(), up(w // 2, channels))
    parts: dict[str, nn.Module] = {"encoder.conv_stack": nn.Sequential(*encoder, Stacked("stack", "res_block", w, 2))}
    parts |= {"pre_quantization_conv": conv(w, dim, 1), "vector_quantization.embedding": nn.Embedding(12, dim)}
    parts |= {"decoder.inverse_conv_stack": nn.Sequential(nn.ConvTranspose2d(dim, w, 3, 1, 1), *decoder)}
    return Wild(
        parts,
        lambda net, z: net.decoder.inverse_conv_stack(z),
        lambda net, x: (net.pre_quantization_conv(net.encoder.conv_stack(x)).flatten(1), None),
        (-1.0, 1.0),
    )


class Closed(nn.Module):
    def __init__(self, w: int) -> None:
        super().__init__()
        self.resblock = nn.Sequential(conv(w, w, bias=False), nn.ReLU(), conv(w, w, 1, bias=False))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.resblock(x)


def leaky(dim: int, w: int = 5) -> Wild:
    """encoder.N.0, encoder.N.resblock, vq_layer.embedding, decoder.N.0: leaky ReLU, tanh."""

    def layer(one: nn.Module) -> nn.Module:
        return nn.Sequential(one, nn.LeakyReLU())

    encoder = [layer(conv(3, w, 4, 2)), layer(conv(w, 2 * w, 4, 2)), layer(conv(2 * w, 2 * w))]
    encoder += [Closed(2 * w), Closed(2 * w), nn.LeakyReLU(), layer(conv(2 * w, dim, 1))]
    decoder = [layer(conv(dim, 2 * w)), Closed(2 * w), Closed(2 * w), nn.LeakyReLU(), layer(up(2 * w, w))]
    parts: dict[str, nn.Module] = {"encoder": nn.Sequential(*encoder), "vq_layer.embedding": nn.Embedding(9, dim)}
    parts |= {"decoder": nn.Sequential(*decoder, nn.Sequential(up(w, 3), nn.Tanh()))}
    return Wild(
        parts,
        lambda net, z: net.decoder(z),
        lambda net, x: (net.encoder(x).flatten(1), None),
        (-1.0, 1.0),
    )


BOOKS: dict[str, Kind] = {
    "_vq_vae": Kind(lambda: underscored(3, 8), (8, 8, 8)),
    "_vq_vae, averaged": Kind(lambda: underscored(1, 4, averaged=True), (4, 8, 8)),
    "vector_quantization": Kind(lambda: stacked(3, 5), (5, 8, 8)),
    "vq_layer": Kind(lambda: leaky(6), (6, 8, 8)),
}
