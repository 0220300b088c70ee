"""VAEs and autoencoders that nobody is known to write so: rows of layers with ReLU between, a sigmoid at the end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from torch import Tensor, nn
from vae_references import Kind, Posterior, Wild

Layers = Sequence[nn.Module]


def row(encoder: Layers, width: int, fold: tuple[int, ...], decoder: Layers, dim: int = 5) -> Wild:
    """encoder.N, fc_mu, fc_logvar, fc, decoder.N"""
    parts: dict[str, nn.Module] = {"encoder": nn.Sequential(*encoder), "fc_mu": nn.Linear(width, dim)}
    parts |= {"fc_logvar": nn.Linear(width, dim), "fc": nn.Linear(dim, math.prod(fold))}
    parts |= {"decoder": nn.Sequential(*decoder, nn.Sigmoid())}

    def encode(net: Wild, x: Tensor) -> Posterior:
        x = net.encoder(x).flatten(1)
        return net.fc_mu(x), net.fc_logvar(x)

    return Wild(parts, lambda net, z: net.decoder(net.fc(z).relu().view(-1, *fold)), encode)


def conv(i: int, o: int, kernel: int, stride: int, padding: int, *more: nn.Module) -> list[nn.Module]:
    return [nn.Conv2d(i, o, kernel, stride, padding), *(more or (nn.ReLU(),))]


def turned(
    i: int, o: int, kernel: int, stride: int, padding: int, extra: int = 0, bare: bool = False
) -> list[nn.Module]:
    return [nn.ConvTranspose2d(i, o, kernel, stride, padding, extra), *([] if bare else [nn.ReLU()])]


def doubled(i: int, o: int, *more: nn.Module) -> list[nn.Module]:
    return [nn.Upsample(scale_factor=2), nn.Conv2d(i, o, 3, 1, 1), *more]


def by_threes() -> Wild:
    encoder = [*conv(1, 4, 3, 2, 1), *conv(4, 8, 3, 2, 1)]
    return row(
        encoder, 392, (8, 7, 7), [*turned(8, 8, 3, 2, 1, 1), *turned(8, 4, 3, 2, 1, 1), nn.Conv2d(4, 1, 3, 1, 1)]
    )


def by_fives() -> Wild:
    encoder = [*conv(3, 4, 5, 2, 2), *conv(4, 8, 5, 2, 2), *conv(8, 16, 5, 2, 2)]
    decoder = [*turned(16, 8, 5, 2, 2, 1), *turned(8, 4, 5, 2, 2, 1), *turned(4, 3, 5, 2, 2, 1, bare=True)]
    return row(encoder, 256, (16, 4, 4), decoder)


def pooled_and_doubled() -> Wild:
    def pool() -> tuple[nn.Module, ...]:
        return nn.ReLU(), nn.MaxPool2d(2)

    encoder = [*conv(3, 4, 3, 1, 1, nn.BatchNorm2d(4), *pool()), *conv(4, 8, 3, 1, 1, nn.BatchNorm2d(8), *pool())]
    return row(encoder, 512, (8, 8, 8), [*doubled(8, 8, nn.BatchNorm2d(8), nn.ReLU()), *doubled(8, 3)])


def doubled_behind() -> Wild:
    encoder = [*conv(3, 4, 4, 2, 1), *conv(4, 8, 4, 2, 1)]
    return row(encoder, 512, (8, 8, 8), [*conv(8, 8, 3, 1, 1), *doubled(8, 4, nn.ReLU()), *doubled(4, 3)])


def shuffled() -> Wild:
    encoder = [*conv(3, 8, 4, 2, 1, nn.PReLU()), *conv(8, 16, 4, 2, 1, nn.PReLU(16))]
    decoder = [nn.Conv2d(16, 32, 3, 1, 1), nn.PixelShuffle(2), nn.ReLU(), nn.Conv2d(8, 12, 3, 1, 1), nn.PixelShuffle(2)]
    return row(encoder, 1024, (16, 8, 8), decoder)


def through_one_place() -> Wild:
    encoder = [*conv(3, 4, 4, 2, 1), *conv(4, 8, 4, 2, 1), *conv(8, 16, 4, 2, 1), *conv(16, 32, 4, 1, 0)]
    decoder = [
        *turned(32, 16, 4, 1, 0),
        *turned(16, 8, 4, 2, 1),
        *turned(8, 4, 4, 2, 1),
        *turned(4, 3, 4, 2, 1, bare=True),
    ]
    return row(encoder, 32, (32, 1, 1), decoder)


def by_twos() -> Wild:
    encoder = [*conv(3, 4, 2, 2, 0), *conv(4, 8, 2, 2, 0)]
    return row(encoder, 512, (8, 8, 8), [*turned(8, 4, 2, 2, 0), *turned(4, 3, 2, 2, 0, bare=True)])


def norms_apart(together: bool, n: int = 3, dim: int = 6) -> Wild:
    """conv1..3, then bn1..3; deconv1..3, then their norms, called bn4 and bn5 or dbn1 and dbn2."""
    widths = [3, 4, 8, 16]
    back = widths[::-1]
    parts: dict[str, nn.Module] = {f"conv{k}": nn.Conv2d(i, o, 4, 2, 1) for k, (i, o) in enumerate(pairwise(widths), 1)}
    parts |= {f"bn{k}": nn.BatchNorm2d(o) for k, o in enumerate(widths[1:], 1)}
    parts |= {"fc_mu": nn.Linear(256, dim), "fc_logvar": nn.Linear(256, dim), "fc_dec": nn.Linear(dim, 256)}
    parts |= {f"deconv{k}": nn.ConvTranspose2d(i, o, 4, 2, 1) for k, (i, o) in enumerate(pairwise(back), 1)}
    names = [f"bn{n + 1 + k}" if together else f"dbn{k + 1}" for k in range(n - 1)]
    parts |= {name: nn.BatchNorm2d(o) for name, o in zip(names, back[1:], strict=False)}

    def encode(net: Wild, x: Tensor) -> Posterior:
        for k in range(1, n + 1):
            x = net.part(f"bn{k}")(net.part(f"conv{k}")(x)).relu()
        return net.fc_mu(x.flatten(1)), net.fc_logvar(x.flatten(1))

    def decode(net: Wild, z: Tensor) -> Tensor:
        x = net.fc_dec(z).relu().view(-1, 16, 4, 4)
        for k, name in enumerate(names, 1):
            x = net.part(name)(net.part(f"deconv{k}")(x)).relu()
        return net.part(f"deconv{n}")(x).sigmoid()

    return Wild(parts, decode, encode)


def heads_of_kernels(dim: int = 6, w: int = 4) -> Wild:
    """conv_mu and conv_logvar make one place out of 4 x 4."""
    down = [*conv(3, w, 4, 2, 1), *conv(w, 2 * w, 4, 2, 1), *conv(2 * w, 4 * w, 4, 2, 1)]
    up = [*turned(dim, 4 * w, 4, 1, 0), *turned(4 * w, 2 * w, 4, 2, 1), *turned(2 * w, w, 4, 2, 1)]
    parts: dict[str, nn.Module] = {"encoder": nn.Sequential(*down), "conv_mu": nn.Conv2d(4 * w, dim, 4)}
    parts |= {"conv_logvar": nn.Conv2d(4 * w, dim, 4)}
    parts |= {"decoder": nn.Sequential(*up, *turned(w, 3, 4, 2, 1, bare=True), nn.Sigmoid())}

    def encode(net: Wild, x: Tensor) -> Posterior:
        x = net.encoder(x)
        return net.conv_mu(x).flatten(1), net.conv_logvar(x).flatten(1)

    return Wild(parts, lambda net, z: net.decoder(z[:, :, None, None]), encode)


def kernels_to_vectors(dim: int = 6, w: int = 4) -> Wild:
    """conv1, conv2 with pooling between, dense layers back: LeNet and the example of PyTorch."""
    parts: dict[str, nn.Module] = {"conv1": nn.Conv2d(1, w, 5), "conv2": nn.Conv2d(w, 2 * w, 5)}
    parts |= {"fc1": nn.Linear(32 * w, 20), "fc21": nn.Linear(20, dim), "fc22": nn.Linear(20, dim)}
    parts |= {"fc3": nn.Linear(dim, 20), "fc4": nn.Linear(20, 784)}

    def encode(net: Wild, x: Tensor) -> Posterior:
        for name in ("conv1", "conv2"):
            x = nn.functional.max_pool2d(net.part(name)(x), 2).relu()
        x = net.fc1(x.flatten(1)).relu()
        return net.fc21(x), net.fc22(x)

    return Wild(parts, lambda net, z: net.fc4(net.fc3(z).relu()).sigmoid(), encode)


def norms_of_vectors(decoder_first: bool, dim: int = 4) -> Wild:
    layers = [nn.Linear(784, 20), nn.BatchNorm1d(20), nn.ReLU(), nn.Linear(20, 12), nn.BatchNorm1d(12), nn.ReLU()]
    back = [nn.Linear(dim, 12), nn.BatchNorm1d(12), nn.ReLU(), nn.Linear(12, 784), nn.Sigmoid()]
    first: dict[str, nn.Module] = {"encoder": nn.Sequential(*layers), "mu": nn.Linear(12, dim)}
    first |= {"log_var": nn.Linear(12, dim)}
    second: dict[str, nn.Module] = {"decoder": nn.Sequential(*back)}

    def encode(net: Wild, x: Tensor) -> Posterior:
        x = net.encoder(x.flatten(1))
        return net.mu(x), net.log_var(x)

    return Wild({**second, **first} if decoder_first else {**first, **second}, lambda net, z: net.decoder(z), encode)


def small_pictures() -> Wild:
    """encoder.N and decoder.N of convolutions alone."""
    encoder = nn.Sequential(*conv(3, 8, 4, 2, 1), *conv(8, 16, 4, 2, 1), *conv(16, 4, 4, 2, 1))
    grown = [*turned(4, 16, 4, 2, 1), *turned(16, 8, 4, 2, 1), *turned(8, 3, 4, 2, 1, bare=True)]
    return Wild(
        {"encoder": encoder, "decoder": nn.Sequential(*grown, nn.Sigmoid())},
        lambda net, z: net.decoder(z),
        lambda net, x: (net.encoder(x).flatten(1), None),
    )


ROWS: dict[str, Kind] = {
    "3 x 3, and one more": Kind(by_threes, (5,)),
    "5 x 5": Kind(by_fives, (5,)),
    "pooled and doubled": Kind(pooled_and_doubled, (5,)),
    "doubled behind": Kind(doubled_behind, (5,)),
    "shuffled": Kind(shuffled, (5,)),
    "through one place": Kind(through_one_place, (5,)),
    "2 x 2": Kind(by_twos, (5,)),
    "norms apart": Kind(lambda: norms_apart(together=False), (6,)),
    "norms apart, counted on": Kind(lambda: norms_apart(together=True), (6,)),
    "heads of kernels": Kind(heads_of_kernels, (6,)),
    "kernels to vectors": Kind(kernels_to_vectors, (6,)),
    "norms of vectors": Kind(lambda: norms_of_vectors(decoder_first=False), (4,)),
    "decoder first": Kind(lambda: norms_of_vectors(decoder_first=True), (4,)),
    "small pictures": Kind(small_pictures, (4, 8, 8), {}),
}
