"""More VAEs and autoencoders in the spelling of their authors: with classes, with blocks, of the VanillaVAE kind."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn
from vae_references import Kind, Posterior, Wild


def joint(size: int, channels: int, continuous: int, classes: tuple[int, ...], w: int = 4) -> Wild:
    """img_to_features, fc_mean, fc_alphas.N, latent_to_features, features_to_img of JointVAE: 32 or 64 pixels."""
    large = size == 64
    widths = [channels, w, *([w] if large else []), 2 * w, 2 * w]
    shrink = [one for i, o in pairwise(widths) for one in (nn.Conv2d(i, o, 4, 2, 1), nn.ReLU())]
    back = [*([2 * w] if large else []), 2 * w, w, w, channels]
    grow = [one for i, o in pairwise(back) for one in (nn.ConvTranspose2d(i, o, 4, 2, 1), nn.ReLU())][:-1]
    parts: dict[str, nn.Module] = {"img_to_features": nn.Sequential(*shrink)}
    parts |= {"features_to_hidden": nn.Sequential(nn.Linear(32 * w, 24), nn.ReLU())}
    if continuous:
        parts |= {"fc_mean": nn.Linear(24, continuous), "fc_log_var": nn.Linear(24, continuous)}
    parts |= {f"fc_alphas.{number}": nn.Linear(24, count) for number, count in enumerate(classes)}
    first = nn.Linear(continuous + sum(classes), 24)
    parts |= {"latent_to_features": nn.Sequential(first, nn.ReLU(), nn.Linear(24, 32 * w), nn.ReLU())}
    parts |= {"features_to_img": nn.Sequential(*grow, nn.Sigmoid())}
    return Wild(parts, lambda net, z: net.features_to_img(net.latent_to_features(z).view(-1, 2 * w, 4, 4)))


def tutorial(channels: int, dim: int, w: int = 4) -> Wild:
    """encoder.net.N, decoder.linear.0, decoder.net.N of the UvA tutorials: GELU, tanh."""
    act = nn.GELU
    shrink = [(channels, w, 2), (w, w, 1), (w, 2 * w, 2), (2 * w, 2 * w, 1), (2 * w, 2 * w, 2)]
    encoder = [one for i, o, s in shrink for one in (nn.Conv2d(i, o, 3, s, 1), act())]
    encoder += [nn.Flatten(), nn.Linear(32 * w, dim)]
    decoder: list[nn.Module] = []
    for i, o in ((2 * w, 2 * w), (2 * w, w)):
        decoder += [nn.ConvTranspose2d(i, o, 3, 2, 1, 1), act(), nn.Conv2d(o, o, 3, 1, 1), act()]
    decoder += [nn.ConvTranspose2d(w, channels, 3, 2, 1, 1), nn.Tanh()]
    parts = {"encoder.net": nn.Sequential(*encoder), "decoder.linear": nn.Sequential(nn.Linear(dim, 32 * w), act())}
    parts |= {"decoder.net": nn.Sequential(*decoder)}
    return Wild(
        parts,
        lambda net, z: net.decoder.net(net.decoder.linear(z).view(-1, 2 * w, 4, 4)),
        lambda net, x: (net.encoder.net(x), None),
        (-1.0, 1.0),
    )


def vanilla(dim: int, widths: list[int], heads: str = "fc_mu fc_var", side: int = 2) -> Wild:
    """The VanillaVAE kind with one head, as the Wasserstein ones have it, or two."""
    top = widths[-1] * side**2
    down = [
        nn.Sequential(nn.Conv2d(i, o, 3, 2, 1), nn.BatchNorm2d(o), nn.LeakyReLU()) for i, o in pairwise([3, *widths])
    ]
    parts: dict[str, nn.Module] = {"encoder": nn.Sequential(*down)}
    parts |= {name: nn.Linear(top, dim) for name in heads.split()}
    back = widths[::-1]
    up = [
        nn.Sequential(nn.ConvTranspose2d(i, o, 3, 2, 1, 1), nn.BatchNorm2d(o), nn.LeakyReLU())
        for i, o in pairwise([*back, back[-1]])
    ]
    parts |= {"decoder_input": nn.Linear(dim, top), "decoder": nn.Sequential(*up[:-1])}
    parts |= {"final_layer": nn.Sequential(*up[-1], nn.Conv2d(back[-1], 3, 3, padding=1), nn.Tanh())}

    def encode(net: Wild, x: Tensor) -> Posterior:
        said = [net.part(name)(net.encoder(x).flatten(1)) for name in heads.split()]
        return said[0], said[1] if len(said) > 1 else None

    def decode(net: Wild, z: Tensor) -> Tensor:
        return net.final_layer(net.decoder(net.decoder_input(z).view(-1, widths[-1], side, side)))

    return Wild(parts, decode, encode, (-1.0, 1.0))


def total_correlation(dim: int, w: int = 4) -> Wild:
    """The same without norms: 4x4 kernels to fc, which has no activation, then the heads; 3x3 kernels back."""
    down = [nn.Sequential(nn.Conv2d(i, o, 4, 2, 1), nn.LeakyReLU()) for i, o in pairwise([3, w, w, w, w])]
    up = [nn.Sequential(nn.ConvTranspose2d(w, w, 3, 2, 1, 1), nn.LeakyReLU()) for _ in range(4)]
    parts: dict[str, nn.Module] = {"encoder": nn.Sequential(*down), "fc": nn.Linear(16 * w, 32)}
    parts |= {"fc_mu": nn.Linear(32, dim), "fc_var": nn.Linear(32, dim), "decoder_input": nn.Linear(dim, 16 * w)}
    parts |= {"decoder": nn.Sequential(*up[:-1])}
    parts |= {"final_layer": nn.Sequential(*up[-1], nn.Conv2d(w, 3, 3, padding=1), nn.Tanh())}

    def encode(net: Wild, x: Tensor) -> Posterior:
        x = net.fc(net.encoder(x).flatten(1))
        return net.fc_mu(x), net.fc_var(x)

    def decode(net: Wild, z: Tensor) -> Tensor:
        return net.final_layer(net.decoder(net.decoder_input(z).view(-1, w, 4, 4)))

    return Wild(parts, decode, encode, (-1.0, 1.0))


WILD: dict[str, Kind] = {
    "JointVAE 64": Kind(lambda: joint(64, 3, 6, (5,)), (11,)),
    "JointVAE 32, two classes": Kind(lambda: joint(32, 1, 4, (10, 2)), (16,)),
    "JointVAE continuous": Kind(lambda: joint(64, 1, 7, ()), (7,)),
    "JointVAE of classes": Kind(lambda: joint(32, 1, 0, (10,)), (10,)),
    "UvA": Kind(lambda: tutorial(3, 9), (9,)),
    "UvA grey": Kind(lambda: tutorial(1, 30, 2), (30,)),
    "VanillaVAE": Kind(lambda: vanilla(8, [4, 8, 8, 16, 16]), (8,)),
    "Wasserstein": Kind(lambda: vanilla(8, [4, 8, 8, 16, 16], "fc_z"), (8,)),
    "total correlation": Kind(lambda: total_correlation(6), (6,)),
}
