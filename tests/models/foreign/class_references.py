"""Conditional and fully connected generators in the keys of public repositories, written for the tests."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import torch
from gan_references import Run, Wired, spatial, turned
from torch import Tensor, nn


def square(flat: Tensor) -> Tensor:
    side = math.isqrt(flat.shape[1])
    return flat.view(-1, 1, side, side)


def two_deconvs(dim: int, classes: int, width: int, channels: int, size: int = 32) -> nn.Module:
    """deconv1_1 of z, deconv1_2 of the class, deconv2, ...: cDCGAN."""
    steps = int(math.log2(size)) - 3
    widths = [width * 2 ** (steps - number) for number in range(steps + 1)]

    def run(net: nn.Module, latents: Tensor) -> Tensor:
        z, label = spatial(latents[:, :dim]), spatial(latents[:, dim:])
        x = torch.cat([net.deconv1_1_bn(net.deconv1_1(z)).relu(), net.deconv1_2_bn(net.deconv1_2(label)).relu()], 1)
        for number in range(2, steps + 2):
            x = getattr(net, f"deconv{number}_bn")(getattr(net, f"deconv{number}")(x)).relu()
        return getattr(net, f"deconv{steps + 2}")(x).tanh()

    parts: dict[str, nn.Module] = {}
    for name, into in (("deconv1_1", dim), ("deconv1_2", classes)):
        parts[name], parts[f"{name}_bn"] = turned(into, widths[0] // 2, 4, 1, 0), nn.BatchNorm2d(widths[0] // 2)
    for number, (i, o) in enumerate(pairwise(widths), 2):
        parts[f"deconv{number}"], parts[f"deconv{number}_bn"] = turned(i, o), nn.BatchNorm2d(o)
    return Wired(run, **parts, **{f"deconv{steps + 2}": turned(width, channels)})


def two_layers(dim: int, classes: int, width: int, pixels: int) -> nn.Module:
    """fc1_1 of z, fc1_2 of the class, fc2, fc3, fc4: cGAN."""

    def run(net: nn.Module, latents: Tensor) -> Tensor:
        z, label = latents[:, :dim], latents[:, dim:]
        x = torch.cat([net.fc1_1_bn(net.fc1_1(z)).relu(), net.fc1_2_bn(net.fc1_2(label)).relu()], 1)
        x = net.fc3_bn(net.fc3(net.fc2_bn(net.fc2(x)).relu())).relu()
        return square(net.fc4(x).tanh())

    return Wired(
        run,
        fc1_1=nn.Linear(dim, width),
        fc1_1_bn=nn.BatchNorm1d(width),
        fc1_2=nn.Linear(classes, width),
        fc1_2_bn=nn.BatchNorm1d(width),
        fc2=nn.Linear(2 * width, 2 * width),
        fc2_bn=nn.BatchNorm1d(2 * width),
        fc3=nn.Linear(2 * width, 4 * width),
        fc3_bn=nn.BatchNorm1d(4 * width),
        fc4=nn.Linear(4 * width, pixels),
    )


def hidden_layers(dim: int, classes: int, width: int, channels: int) -> nn.Module:
    """hidden_layer1.input_deconv, hidden_layer2.label_deconv, hidden_layer, output_layer."""

    def run(net: nn.Module, latents: Tensor) -> Tensor:
        z, label = spatial(latents[:, :dim]), spatial(latents[:, dim:])
        x = torch.cat([net.hidden_layer1(z), net.hidden_layer2(label)], 1)
        return net.output_layer(net.hidden_layer(x))

    def block(name: str, number: str, layer: nn.Module, out: int) -> nn.Sequential:
        made = nn.Sequential()
        made.add_module(name, layer)
        made.add_module(f"{number}bn", nn.BatchNorm2d(out))
        made.add_module(f"{number}act", nn.ReLU())
        return made

    hidden = block("deconv2", "2", turned(4 * width, 2 * width), 2 * width)
    for name, layer in block("deconv3", "3", turned(2 * width, width), width).named_children():
        hidden.add_module(name, layer)
    last = nn.Sequential()
    last.add_module("out", turned(width, channels))
    last.add_module("act", nn.Tanh())
    return Wired(
        run,
        hidden_layer1=block("input_deconv", "input_", turned(dim, 2 * width, 4, 1, 0), 2 * width),
        hidden_layer2=block("label_deconv", "label_", turned(classes, 2 * width, 4, 1, 0), 2 * width),
        hidden_layer=hidden,
        output_layer=last,
    )


def tabled(dim: int, classes: int, row: int, width: int) -> nn.Module:
    """label_conditioned_generator: a table and a layer that make one channel of 4 x 4."""

    def run(net: nn.Module, latents: Tensor) -> Tensor:
        label = net.label_conditioned_generator(latents[:, dim:].argmax(1)).view(-1, 1, 4, 4)
        z = net.latent(latents[:, :dim]).view(-1, 8 * width, 4, 4)
        return net.model(torch.cat([z, label], 1))

    layers: list[nn.Module] = []
    for i, o in pairwise([8 * width + 1, 4 * width, 2 * width, width]):
        layers += [turned(i, o, bias=False), nn.BatchNorm2d(o, eps=0.8), nn.ReLU(True)]
    return Wired(
        run,
        label_conditioned_generator=nn.Sequential(nn.Embedding(classes, row), nn.Linear(row, 16)),
        latent=nn.Sequential(nn.Linear(dim, 128 * width), nn.LeakyReLU(0.2)),
        model=nn.Sequential(*layers, turned(width, 3, bias=False), nn.Tanh()),
    )


def behind(dim: int, classes: int, row: int, width: int) -> nn.Module:
    """label_emb behind z, then transposed convolutions."""
    table = nn.Embedding(classes, row)

    def run(net: nn.Module, latents: Tensor) -> Tensor:
        return net.main(spatial(torch.cat([latents[:, :dim], net.label_emb(latents[:, dim:].argmax(1))], 1)))

    layers: list[nn.Module] = [turned(dim + row, 4 * width, 4, 1, 0, bias=False), nn.BatchNorm2d(4 * width), nn.ReLU()]
    for i, o in pairwise([4 * width, 2 * width, width]):
        layers += [turned(i, o, bias=False), nn.BatchNorm2d(o), nn.ReLU()]
    return Wired(run, label_emb=table, main=nn.Sequential(*layers, turned(width, 3, bias=False), nn.Tanh()))


def plain_behind(dim: int, classes: int, width: int) -> nn.Module:
    """label_emb behind z, then linear layers and leaky ReLU, without norms."""

    def run(net: nn.Module, latents: Tensor) -> Tensor:
        return square(net.model(torch.cat([latents[:, :dim], net.label_emb(latents[:, dim:].argmax(1))], 1)))

    layers: list[nn.Module] = []
    for i, o in pairwise([dim + classes, width, 2 * width, 4 * width]):
        layers += [nn.Linear(i, o), nn.LeakyReLU(0.2, inplace=True)]
    return Wired(
        run,
        label_emb=nn.Embedding(classes, classes),
        model=nn.Sequential(*layers, nn.Linear(4 * width, 784), nn.Tanh()),
    )


def active_before(dim: int, width: int) -> nn.Module:
    """model.N: linear, leaky ReLU, batch norm of the usual eps."""
    layers: list[nn.Module] = []
    for i, o in pairwise([dim, width, 2 * width]):
        layers += [nn.Linear(i, o), nn.LeakyReLU(0.2), nn.BatchNorm1d(o)]
    run: Run = lambda net, z: square(net.model(z))  # noqa: E731
    return Wired(run, model=nn.Sequential(*layers, nn.Linear(2 * width, 784), nn.Tanh()))


def one_hot(dim: int, classes: int, width: int) -> nn.Module:
    """The class, as one 1 among zeros, behind z into a DCGAN: 110 inputs."""
    layers: list[nn.Module] = [turned(dim + classes, 4 * width, 4, 1, 0), nn.BatchNorm2d(4 * width), nn.ReLU()]
    for i, o in pairwise([4 * width, 2 * width, width]):
        layers += [turned(i, o), nn.BatchNorm2d(o), nn.ReLU()]
    run: Run = lambda net, z: net.main(spatial(z))  # noqa: E731
    return Wired(run, main=nn.Sequential(*layers, turned(width, 1), nn.Tanh()))


def variants() -> dict[str, Callable[[], nn.Module]]:
    return {
        "two deconvs": lambda: two_deconvs(100, 10, 4, 1),
        "two deconvs 64": lambda: two_deconvs(30, 2, 4, 3, 64),
        "two layers": lambda: two_layers(100, 10, 16, 784),
        "two layers 1024": lambda: two_layers(20, 5, 12, 1024),
        "hidden layers": lambda: hidden_layers(100, 10, 4, 1),
        "tabled": lambda: tabled(100, 3, 20, 3),
        "tabled narrow": lambda: tabled(24, 7, 12, 2),
        "behind": lambda: behind(100, 8, 100, 4),
        "plain behind": lambda: plain_behind(100, 10, 24),
        "active before": lambda: active_before(64, 32),
        "one hot": lambda: one_hot(100, 10, 4),
    }
