"""Networks in the spelling of their authors, written for the tests from their descriptions, with weights at random."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn


def shaken(net: nn.Module, seed: int = 0) -> nn.Module:
    """The same net in eval mode, every weight and every kept mean and variance at random."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in net.state_dict().items():
            if name.endswith("running_var"):
                value.copy_(0.5 + torch.rand(value.shape, generator=generator))
            elif name.endswith("running_mean"):
                value.copy_(0.2 * torch.randn(value.shape, generator=generator))
            elif value.is_floating_point() and value.dim() == 1:
                value.copy_(0.8 + 0.3 * torch.randn(value.shape, generator=generator))
            elif value.is_floating_point() and value.dim() > 1:
                spread = (2 / (value[0].numel() if value.dim() == 2 else value.numel() / value.shape[0] / 2)) ** 0.5 * (
                    0.3 if "emb" in name else 0.8
                )
                value.copy_(spread * torch.randn(value.shape, generator=generator))
    return net.eval()


class Burgess(nn.Module):
    def __init__(self, size: int, channels: int, dim: int) -> None:
        super().__init__()
        self.encoder, self.decoder = nn.Module(), nn.Module()
        names = ["conv1", "conv2", "conv3"] + (["conv_64"] if size == 64 else [])
        for number, name in enumerate(names):
            self.encoder.add_module(name, nn.Conv2d(32 if number else channels, 32, 4, 2, 1))
        self.encoder.lin1, self.encoder.lin2 = nn.Linear(512, 256), nn.Linear(256, 256)
        self.encoder.mu_logvar_gen = nn.Linear(256, 2 * dim)
        self.decoder.lin1, self.decoder.lin2 = nn.Linear(dim, 256), nn.Linear(256, 256)
        self.decoder.lin3 = nn.Linear(256, 512)
        self.grown = (["convT_64"] if size == 64 else []) + ["convT1", "convT2"]
        for name in self.grown:
            self.decoder.add_module(name, nn.ConvTranspose2d(32, 32, 4, 2, 1))
        self.decoder.convT3 = nn.ConvTranspose2d(32, channels, 4, 2, 1)
        self.shrunk = names

    def forward(self, z: Tensor) -> Tensor:
        for layer in (self.decoder.lin1, self.decoder.lin2, self.decoder.lin3):
            z = layer(z).relu()
        z = z.view(-1, 32, 4, 4)
        for name in self.grown:
            z = getattr(self.decoder, name)(z).relu()
        return self.decoder.convT3(z).sigmoid()

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        for name in self.shrunk:
            x = getattr(self.encoder, name)(x).relu()
        x = self.encoder.lin2(self.encoder.lin1(x.flatten(1)).relu()).relu()
        mean, log_variance = self.encoder.mu_logvar_gen(x).view(len(x), -1, 2).unbind(-1)
        return mean, log_variance


class ExampleVae(nn.Module):
    """The example of PyTorch, of any widths."""

    def __init__(self, pixels: int, width: int, dim: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(pixels, width)
        self.fc21, self.fc22 = nn.Linear(width, dim), nn.Linear(width, dim)
        self.fc3, self.fc4 = nn.Linear(dim, width), nn.Linear(width, pixels)

    def forward(self, z: Tensor) -> Tensor:
        return self.fc4(self.fc3(z).relu()).sigmoid()

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.fc1(x.flatten(1)).relu()
        return self.fc21(hidden), self.fc22(hidden)


class PythaeVae(nn.Module):
    """The default networks of pythae; its files begin with the decoder."""

    def __init__(self, pixels: int, dim: int, width: int = 512) -> None:
        super().__init__()
        self.decoder, self.encoder = nn.Module(), nn.Module()
        self.decoder.layers = nn.ModuleList(
            [nn.Sequential(nn.Linear(dim, width), nn.ReLU()), nn.Sequential(nn.Linear(width, pixels), nn.Sigmoid())]
        )
        self.encoder.layers = nn.ModuleList([nn.Sequential(nn.Linear(pixels, width), nn.ReLU())])
        self.encoder.embedding, self.encoder.log_var = nn.Linear(width, dim), nn.Linear(width, dim)

    def forward(self, z: Tensor) -> Tensor:
        return self.decoder.layers[1](self.decoder.layers[0](z))

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.encoder.layers[0](x.flatten(1))
        return self.encoder.embedding(hidden), self.encoder.log_var(hidden)


class VanillaVae(nn.Module):
    """Strided 3x3 convolutions with batch norm and leaky ReLU; fc_mu, fc_var, decoder_input, final_layer."""

    def __init__(self, size: int, channels: int, dim: int, widths: list[int]) -> None:
        super().__init__()
        self.side, self.top = size // 2 ** len(widths), widths[-1]
        down = [
            nn.Sequential(nn.Conv2d(i, o, 3, 2, 1), nn.BatchNorm2d(o), nn.LeakyReLU())
            for i, o in pairwise([channels, *widths])
        ]
        self.encoder = nn.Sequential(*down)
        self.fc_mu = nn.Linear(self.top * self.side**2, dim)
        self.fc_var = nn.Linear(self.top * self.side**2, dim)
        self.decoder_input = nn.Linear(dim, self.top * self.side**2)
        up = [
            nn.Sequential(nn.ConvTranspose2d(i, o, 3, 2, 1, 1), nn.BatchNorm2d(o), nn.LeakyReLU())
            for i, o in pairwise(widths[::-1])
        ]
        self.decoder = nn.Sequential(*up)
        last = widths[0]
        self.final_layer = nn.Sequential(
            nn.ConvTranspose2d(last, last, 3, 2, 1, 1),
            nn.BatchNorm2d(last),
            nn.LeakyReLU(),
            nn.Conv2d(last, channels, 3, padding=1),
            nn.Tanh(),
        )

    def forward(self, z: Tensor) -> Tensor:
        return self.final_layer(self.decoder(self.decoder_input(z).view(-1, self.top, self.side, self.side)))

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.encoder(x).flatten(1)
        return self.fc_mu(hidden), self.fc_var(hidden)


class WorldVae(nn.Module):
    """64 pixels, 4x4 convolutions without padding, 5, 5, 6, 6 back: as in World Models."""

    def __init__(self, channels: int, dim: int, width: int = 8) -> None:
        super().__init__()
        w, top = width, 4 * width * 8
        self.encoder = nn.Sequential(
            nn.Conv2d(channels, w, 4, 2),
            nn.ReLU(),
            nn.Conv2d(w, 2 * w, 4, 2),
            nn.ReLU(),
            nn.Conv2d(2 * w, 4 * w, 4, 2),
            nn.ReLU(),
            nn.Conv2d(4 * w, 8 * w, 4, 2),
            nn.ReLU(),
            nn.Flatten(),
        )
        self.fc1, self.fc2, self.fc3 = nn.Linear(top, dim), nn.Linear(top, dim), nn.Linear(dim, top)
        self.decoder = nn.Sequential(
            nn.Unflatten(1, (top, 1, 1)),
            nn.ConvTranspose2d(top, 4 * w, 5, 2),
            nn.ReLU(),
            nn.ConvTranspose2d(4 * w, 2 * w, 5, 2),
            nn.ReLU(),
            nn.ConvTranspose2d(2 * w, w, 6, 2),
            nn.ReLU(),
            nn.ConvTranspose2d(w, channels, 6, 2),
            nn.Sigmoid(),
        )

    def forward(self, z: Tensor) -> Tensor:
        return self.decoder(self.fc3(z))

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.encoder(x)
        return self.fc1(hidden), self.fc2(hidden)


class Dcgan(nn.Module):
    """main.N: transposed 4x4 convolutions without bias, batch norm, ReLU; tanh."""

    def __init__(self, size: int, channels: int, dim: int, width: int, name: str = "main", first: int = 4) -> None:
        super().__init__()
        steps = {28: [7, 14, 28]}.get(size) if first == 7 else [4 * 2**k for k in range(12) if 4 * 2**k <= size]
        assert steps is not None
        widths = [width * 2 ** (len(steps) - 2 - k) for k in range(len(steps) - 1)]
        layers: list[nn.Module] = [nn.ConvTranspose2d(dim, widths[0], first, 1, 0, bias=False)]
        for i, o in pairwise([*widths, channels]):
            layers += [nn.BatchNorm2d(i), nn.ReLU(True), nn.ConvTranspose2d(i, o, 4, 2, 1, bias=False)]
        self.add_module(name, nn.Sequential(*layers, nn.Tanh()))
        self.name = name

    def forward(self, z: Tensor) -> Tensor:
        return getattr(self, self.name)(z[:, :, None, None])


class Upsampling(nn.Module):
    """l1 and conv_blocks, with a table of classes that multiplies z, or without."""

    def __init__(self, size: int, channels: int, dim: int, classes: int = 0) -> None:
        super().__init__()
        if classes:
            self.label_emb = nn.Embedding(classes, dim)
        self.side, self.classes = size // 4, classes
        self.l1 = nn.Sequential(nn.Linear(dim, 128 * self.side**2))
        self.conv_blocks = nn.Sequential(
            nn.BatchNorm2d(128),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(128, 128, 3, stride=1, padding=1),
            nn.BatchNorm2d(128, 0.8),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(128, 64, 3, stride=1, padding=1),
            nn.BatchNorm2d(64, 0.8),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(64, channels, 3, stride=1, padding=1),
            nn.Tanh(),
        )

    def forward(self, z: Tensor) -> Tensor:
        if self.classes:
            z, labels = z[:, : -self.classes], z[:, -self.classes :].argmax(1)
            z = z * self.label_emb(labels)
        return self.conv_blocks(self.l1(z).view(-1, 128, self.side, self.side))


class DenseGan(nn.Module):
    """model.N: linear layers, batch norms of eps 0.8, leaky ReLU; with a table of classes before z, or without."""

    def __init__(self, shape: tuple[int, int, int], dim: int, widths: list[int], classes: int = 0) -> None:
        super().__init__()
        if classes:
            self.label_emb = nn.Embedding(classes, classes)
        layers: list[nn.Module] = [nn.Linear(dim + classes, widths[0]), nn.LeakyReLU(0.2, inplace=True)]
        for i, o in pairwise(widths):
            layers += [nn.Linear(i, o), nn.BatchNorm1d(o, 0.8), nn.LeakyReLU(0.2, inplace=True)]
        pixels = shape[0] * shape[1] * shape[2]
        self.model = nn.Sequential(*layers, nn.Linear(widths[-1], pixels), nn.Tanh())
        self.shape, self.classes = shape, classes

    def forward(self, z: Tensor) -> Tensor:
        if self.classes:
            labels = z[:, -self.classes :].argmax(1)
            z = torch.cat([self.label_emb(labels), z[:, : -self.classes]], 1)
        return self.model(z).view(-1, *self.shape)


class EmbeddedGan(nn.Module):
    """net.N.0 with the class' row behind z: conditional WGAN-GP."""

    def __init__(self, channels: int, dim: int, row: int, classes: int) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Sequential(nn.ConvTranspose2d(dim + row, 32, 4, 1, 0), nn.BatchNorm2d(32), nn.ReLU()),
            nn.Sequential(nn.ConvTranspose2d(32, 16, 4, 2, 1), nn.BatchNorm2d(16), nn.ReLU()),
            nn.ConvTranspose2d(16, channels, 4, 2, 1),
            nn.Tanh(),
        )
        self.embed = nn.Embedding(classes, row)
        self.classes = classes

    def forward(self, z: Tensor) -> Tensor:
        row = self.embed(z[:, -self.classes :].argmax(1))
        return self.net(torch.cat([z[:, : -self.classes], row], 1)[:, :, None, None])


class CourseGan(nn.Module):
    """gen.N.0 without padding, 1-3-6-13-28: of a widely taught course."""

    def __init__(self, dim: int, width: int) -> None:
        super().__init__()
        sizes = [(dim, 4 * width, 3, 2), (4 * width, 2 * width, 4, 1), (2 * width, width, 3, 2)]
        blocks = [
            nn.Sequential(nn.ConvTranspose2d(i, o, k, s), nn.BatchNorm2d(o), nn.ReLU(inplace=True))
            for i, o, k, s in sizes
        ]
        self.gen = nn.Sequential(*blocks, nn.Sequential(nn.ConvTranspose2d(width, 1, 4, 2), nn.Tanh()))

    def forward(self, z: Tensor) -> Tensor:
        return self.gen(z[:, :, None, None])
