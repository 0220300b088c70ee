"""pythae's own networks, in its spelling, written for the tests from its documentation."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn


class Pythae(nn.Module):
    """Encoder layers, 'embedding' and 'log_var'; decoder layers, the first of which is folded into `fold`."""

    def __init__(
        self,
        encoder: list[nn.Module],
        width: int,
        dim: int,
        decoder: list[nn.Module],
        fold: tuple[int, ...],
        heads: int,
    ) -> None:
        super().__init__()
        self.encoder, self.decoder, self.fold = nn.Module(), nn.Module(), fold
        self.decoder.layers = nn.ModuleList(decoder)
        self.encoder.layers = nn.ModuleList(encoder)
        self.encoder.embedding = nn.Linear(width, dim)
        if heads == 2:
            self.encoder.log_var = nn.Linear(width, dim)

    def forward(self, z: Tensor) -> Tensor:
        for number, layer in enumerate(self.decoder.layers):
            z = layer(z)
            z = z.reshape(len(z), *self.fold) if number == 0 and self.fold else z
        return z

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        hidden = x if isinstance(self.encoder.layers[0][0], nn.Conv2d) else x.flatten(1)
        for layer in self.encoder.layers:
            hidden = layer(hidden)
        hidden = hidden.flatten(1)
        return self.encoder.embedding(hidden), self.encoder.log_var(hidden) if hasattr(
            self.encoder, "log_var"
        ) else None


def dense(pixels: int, dim: int, heads: int, width: int = 512) -> Pythae:
    encoder = [nn.Sequential(nn.Linear(pixels, width), nn.ReLU())]
    decoder = [
        nn.Sequential(nn.Linear(dim, width), nn.ReLU()),
        nn.Sequential(nn.Linear(width, pixels), nn.Sigmoid()),
    ]
    return Pythae(encoder, width, dim, decoder, (), heads)


def shrinking(widths: list[int]) -> list[nn.Module]:
    return [nn.Sequential(nn.Conv2d(i, o, 4, 2, 1), nn.BatchNorm2d(o), nn.ReLU()) for i, o in pairwise(widths)]


def growing(widths: list[int], windows: list[tuple[int, int, int, int]]) -> list[nn.Module]:
    """Transposed convolutions of (kernel, stride, padding, output padding)."""
    layers: list[nn.Module] = []
    for number, (kernel, stride, padding, more) in enumerate(windows):
        conv = nn.ConvTranspose2d(widths[number], widths[number + 1], kernel, stride, padding, more)
        last = number + 1 == len(windows)
        layers.append(
            nn.Sequential(conv, *([nn.Sigmoid()] if last else [nn.BatchNorm2d(widths[number + 1]), nn.ReLU()]))
        )
    return layers


def mnist(dim: int, heads: int) -> Pythae:
    windows = [(3, 2, 1, 0), (3, 2, 1, 1), (3, 2, 1, 1)]
    decoder = [nn.Linear(dim, 24 * 16), *growing([24, 12, 6, 1], windows)]
    return Pythae(shrinking([1, 3, 6, 12, 24]), 24, dim, decoder, (24, 4, 4), heads)


def cifar(dim: int, heads: int) -> Pythae:
    windows = [(4, 2, 1, 0), (4, 2, 1, 1), (4, 1, 2, 0)]
    decoder = [nn.Linear(dim, 16 * 64), *growing([16, 8, 4, 3], windows)]
    return Pythae(shrinking([3, 4, 8, 12, 16]), 16 * 4, dim, decoder, (16, 8, 8), heads)


def celeba(dim: int, heads: int) -> Pythae:
    windows = [(5, 2, 2, 0), (5, 2, 1, 0), (5, 2, 2, 1), (5, 1, 1, 0)]
    decoder = [nn.Sequential(nn.Linear(dim, 16 * 64)), *growing([16, 8, 6, 4, 3], windows)]
    return Pythae(shrinking([3, 4, 8, 12, 16]), 16 * 16, dim, decoder, (16, 8, 8), heads)


class Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv_block = nn.Sequential(nn.ReLU(), nn.Conv2d(width, 4, 3, 1, 1), nn.ReLU(), nn.Conv2d(4, width, 1))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv_block(x)


def blocks(width: int, *after: nn.Module) -> nn.Module:
    return nn.Sequential(Block(width), Block(width), *after)


def halved(kernel: int, inputs: int, outputs: int, stride: int = 2) -> nn.Module:
    return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, stride, 1))


def doubled(kernel: int, inputs: int, outputs: int, more: int = 0, *after: nn.Module) -> nn.Module:
    return nn.Sequential(nn.ConvTranspose2d(inputs, outputs, kernel, 2, 1, more), *after)


def mnist_resnet(dim: int, heads: int) -> Pythae:
    encoder = [halved(4, 1, 5), halved(4, 5, 8), halved(3, 8, 8), blocks(8)]
    decoder = [nn.Linear(dim, 128), nn.ConvTranspose2d(8, 8, 3, 2, 1), blocks(8, nn.ReLU())]
    decoder += [doubled(3, 8, 5, 1, nn.ReLU()), doubled(3, 5, 1, 1, nn.Sigmoid())]
    return Pythae(encoder, 128, dim, decoder, (8, 4, 4), heads)


def cifar_resnet(dim: int, heads: int) -> Pythae:
    encoder = [halved(4, 3, 5), halved(4, 5, 8), halved(3, 8, 8, 1), blocks(8)]
    decoder = [nn.Linear(dim, 512), blocks(8), doubled(4, 8, 5), doubled(4, 5, 3, 0, nn.Sigmoid())]
    return Pythae(encoder, 512, dim, decoder, (8, 8, 8), heads)


def celeba_resnet(dim: int, heads: int) -> Pythae:
    encoder = [halved(4, 3, 5), halved(4, 5, 8), halved(3, 8, 8), halved(3, 8, 8), blocks(8)]
    decoder = [nn.Linear(dim, 128), nn.ConvTranspose2d(8, 8, 3, 2, 1), blocks(8)]
    decoder += [doubled(5, 8, 8, 0, nn.Sigmoid()), doubled(5, 8, 5, 1), doubled(4, 5, 3, 0, nn.Sigmoid())]
    return Pythae(encoder, 128, dim, decoder, (8, 4, 4), heads)


class Codes(nn.Module):
    """The residual networks of VQ-VAEs: convolutions at both ends in the place of dense layers."""

    def __init__(self, encoder: list[nn.Module], pre: nn.Module, decoder: list[nn.Module], codes: int) -> None:
        super().__init__()
        self.encoder, self.decoder, self.quantizer = nn.Module(), nn.Module(), nn.Module()
        self.encoder.layers, self.encoder.pre_qantized = nn.ModuleList(encoder), pre
        self.decoder.layers = nn.ModuleList(decoder)
        self.quantizer.embeddings = nn.Embedding(codes, pre.out_channels)  # type: ignore[arg-type]

    def forward(self, z: Tensor) -> Tensor:
        for layer in self.decoder.layers:
            z = layer(z)
        return z

    def encode(self, x: Tensor) -> Tensor:
        for layer in self.encoder.layers:
            x = layer(x)
        return self.encoder.pre_qantized(x)


def mnist_codes(dim: int) -> Codes:
    encoder = [halved(4, 1, 5), halved(4, 5, 8), halved(3, 8, 8), blocks(8)]
    decoder: list[nn.Module] = [nn.ConvTranspose2d(dim, 8, 1), nn.ConvTranspose2d(8, 8, 3, 2, 1), blocks(8, nn.ReLU())]
    decoder += [doubled(3, 8, 5, 1, nn.ReLU()), doubled(3, 5, 1, 1, nn.Sigmoid())]
    return Codes(encoder, nn.Conv2d(8, dim, 1), decoder, 16)


def cifar_codes(dim: int) -> Codes:
    encoder = [halved(4, 3, 5), halved(4, 5, 8), halved(3, 8, 8, 1), blocks(8)]
    decoder = [nn.Conv2d(dim, 8, 3, 1, 1), blocks(8), doubled(4, 8, 5), doubled(4, 5, 3, 0, nn.Sigmoid())]
    return Codes(encoder, nn.Conv2d(8, dim, 1), decoder, 8)


def celeba_codes(dim: int) -> Codes:
    encoder = [halved(4, 3, 5), halved(4, 5, 8), halved(3, 8, 8), halved(3, 8, 8), blocks(8)]
    decoder: list[nn.Module] = [nn.ConvTranspose2d(dim, 8, 1), nn.ConvTranspose2d(8, 8, 3, 2, 1), blocks(8)]
    decoder += [doubled(5, 8, 8), doubled(5, 8, 5, 1), doubled(4, 5, 3, 0, nn.Sigmoid())]
    return Codes(encoder, nn.Conv2d(8, dim, 1), decoder, 8)
