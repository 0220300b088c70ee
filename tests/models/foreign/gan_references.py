"""Convolutional generators as they are found in public repositories, in their authors' keys, written for the tests."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import conv_transpose2d, max_pool2d, normalize
from torch.nn.utils import spectral_norm
from torch.nn.utils.spectral_norm import SpectralNorm

Run = Callable[[nn.Module, Tensor], Tensor]


class Wired(nn.Module):
    """Named parts, in the order in which their authors registered them, and the way through them."""

    def __init__(self, run: Run, **parts: nn.Module) -> None:
        super().__init__()
        for name, part in parts.items():
            self.add_module(name, part)
        self.run = run

    def forward(self, z: Tensor) -> Tensor:
        return self.run(self, z)


def turned(i: int, o: int, kernel: int = 4, stride: int = 2, padding: int = 1, **more: int) -> nn.Module:
    return nn.ConvTranspose2d(i, o, kernel, stride, padding, **more)


def spatial(z: Tensor) -> Tensor:
    return z[:, :, None, None]


def udacity(dim: int, width: int, channels: int) -> nn.Module:
    """fc, t_conv1.0: ReLU by functional, none behind the linear layer."""

    def run(net: nn.Module, z: Tensor) -> Tensor:
        x = net.fc(z).view(-1, 4 * width, 4, 4)
        return net.t_conv3(net.t_conv2(net.t_conv1(x).relu()).relu()).tanh()

    widths = [4 * width, 2 * width, width]
    blocks = {
        f"t_conv{number}": nn.Sequential(turned(i, o, bias=False), nn.BatchNorm2d(o))
        for number, (i, o) in enumerate(pairwise(widths), 1)
    }
    last = nn.Sequential(turned(width, channels, bias=False))
    return Wired(run, fc=nn.Linear(dim, 64 * width), **blocks, t_conv3=last)


def preprocessed_mnist(dim: int, width: int) -> nn.Module:
    """WGAN-GP on digits: preprocess comes last in the file, and a picture of 8 is cut to 7."""

    def run(net: nn.Module, z: Tensor) -> Tensor:
        x = net.block1(net.preprocess(z).view(-1, 4 * width, 4, 4))[:, :, :7, :7]
        return net.deconv_out(net.block2(x)).sigmoid()

    return Wired(
        run,
        block1=nn.Sequential(nn.ConvTranspose2d(4 * width, 2 * width, 5), nn.ReLU(True)),
        block2=nn.Sequential(nn.ConvTranspose2d(2 * width, width, 5), nn.ReLU(True)),
        deconv_out=nn.ConvTranspose2d(width, 1, 8, stride=2),
        preprocess=nn.Sequential(nn.Linear(dim, 64 * width), nn.ReLU(True)),
    )


def preprocessed_colour(dim: int, width: int) -> nn.Module:
    """WGAN-GP on CIFAR: a norm of the whole vector, kernels of 2."""

    def run(net: nn.Module, z: Tensor) -> Tensor:
        x = net.preprocess(z).view(-1, 4 * width, 4, 4)
        return net.deconv_out(net.block2(net.block1(x))).tanh()

    return Wired(
        run,
        preprocess=nn.Sequential(nn.Linear(dim, 64 * width), nn.BatchNorm1d(64 * width), nn.ReLU(True)),
        block1=nn.Sequential(turned(4 * width, 2 * width, 2, 2, 0), nn.BatchNorm2d(2 * width), nn.ReLU(True)),
        block2=nn.Sequential(turned(2 * width, width, 2, 2, 0), nn.BatchNorm2d(width), nn.ReLU(True)),
        deconv_out=turned(width, 3, 2, 2, 0),
    )


def main_module(dim: int, width: int, channels: int) -> nn.Module:
    layers: list[nn.Module] = [turned(dim, 4 * width, 4, 1, 0), nn.BatchNorm2d(4 * width), nn.ReLU(True)]
    for i, o in ((4 * width, 2 * width), (2 * width, width)):
        layers += [turned(i, o), nn.BatchNorm2d(o), nn.ReLU(True)]
    run: Run = lambda net, z: net.main_module(spatial(z)).tanh()  # noqa: E731
    return Wired(run, main_module=nn.Sequential(*layers, turned(width, channels)))


def named(size: int, dim: int, width: int, channels: int, extra: int = 0) -> nn.Module:
    """WGAN: modules called by what they do, with colons, and plain convolutions in between."""
    wide = width * size // 8
    layers: OrderedDict[str, nn.Module] = OrderedDict()

    def add(name: str, layer: nn.Module, out: int) -> None:
        layers[name] = layer
        if out != channels:
            layers[f"{name.rpartition(':')[0]}:{out}:batchnorm"] = nn.BatchNorm2d(out)
            layers[f"{name.rpartition(':')[0]}:{out}:relu"] = nn.ReLU(True)

    add(f"initial:{dim}-{wide}:convt", turned(dim, wide, 4, 1, 0, bias=False), wide)
    side = 4
    while side < size // 2:
        add(f"pyramid:{wide}-{wide // 2}:convt", turned(wide, wide // 2, bias=False), wide // 2)
        wide, side = wide // 2, 2 * side
    for number in range(extra):
        add(f"extra-layers-{number}:{wide}:conv", nn.Conv2d(wide, wide, 3, 1, 1, bias=False), wide)
    add(f"final:{wide}-{channels}:convt", turned(wide, channels, bias=False), channels)
    layers[f"final:{channels}:tanh"] = nn.Tanh()
    return Wired(lambda net, z: net.main(spatial(z)), main=nn.Sequential(layers))


def features_to_image(size: int, dim: int, width: int, channels: int) -> nn.Module:
    """WGAN-GP: activations before the norms."""
    side = size // 16

    def run(net: nn.Module, z: Tensor) -> Tensor:
        return net.features_to_image(net.latent_to_features(z).view(-1, 8 * width, side, side))

    layers: list[nn.Module] = []
    for i, o in pairwise([8 * width, 4 * width, 2 * width, width]):
        layers += [turned(i, o), nn.ReLU(), nn.BatchNorm2d(o)]
    return Wired(
        run,
        latent_to_features=nn.Sequential(nn.Linear(dim, 8 * width * side**2), nn.ReLU()),
        features_to_image=nn.Sequential(*layers, turned(width, channels), nn.Sigmoid()),
    )


def upsampled(size: int, dim: int, channels: int) -> nn.Module:
    """l1 and conv_blocks that begin with an upsampling (LSGAN, EBGAN, softmax GAN)."""
    side = size // 4
    run: Run = lambda net, z: net.conv_blocks(net.l1(z).view(-1, 16, side, side))  # noqa: E731
    return Wired(
        run,
        l1=nn.Sequential(nn.Linear(dim, 16 * side**2)),
        conv_blocks=nn.Sequential(
            *(nn.Upsample(scale_factor=2), nn.Conv2d(16, 16, 3, 1, 1), nn.BatchNorm2d(16, 0.8), nn.LeakyReLU(0.2)),
            *(nn.Upsample(scale_factor=2), nn.Conv2d(16, 8, 3, 1, 1), nn.BatchNorm2d(8, 0.8), nn.LeakyReLU(0.2)),
            *(nn.Conv2d(8, channels, 3, 1, 1), nn.Tanh()),
        ),
    )


def informed(width: int) -> nn.Module:
    """InfoGAN of digits: tconv1 of one place, bn1, ...; 62 numbers, one of 10 classes, 2 codes."""

    def run(net: nn.Module, z: Tensor) -> Tensor:
        x = spatial(z)
        for number in (1, 2, 3):
            x = getattr(net, f"bn{number}")(getattr(net, f"tconv{number}")(x)).relu()
        return net.tconv4(x).sigmoid()

    sizes = ((74, 8 * width, 1, 1, 0), (8 * width, 2 * width, 7, 1, 0), (2 * width, width, 4, 2, 1))
    parts: dict[str, nn.Module] = {}
    for number, (i, o, kernel, stride, padding) in enumerate(sizes, 1):
        parts[f"tconv{number}"] = turned(i, o, kernel, stride, padding, bias=False)
        parts[f"bn{number}"] = nn.BatchNorm2d(o)
    return Wired(run, **parts, tconv4=turned(width, 1, bias=False))


def spectral_cnn(dim: int, width: int) -> nn.Module:
    """The plain network of SNGAN: the last convolution is transposed and keeps the size."""
    layers: list[nn.Module] = [turned(dim, 8 * width, 4, 1, 0), nn.BatchNorm2d(8 * width), nn.ReLU()]
    for i, o in pairwise([8 * width, 4 * width, 2 * width, width]):
        layers += [turned(i, o), nn.BatchNorm2d(o), nn.ReLU()]
    return Wired(
        lambda net, z: net.model(spatial(z)), model=nn.Sequential(*layers, turned(width, 3, 3, 1, 1), nn.Tanh())
    )


def lightning(dim: int, width: int) -> nn.Module:
    """lin1, ct1, ct2, conv: 7, 16, 34, 28 pixels, and nothing at the end."""

    def run(net: nn.Module, z: Tensor) -> Tensor:
        x = net.lin1(z).relu().view(-1, 4 * width, 7, 7)
        return net.conv(net.ct2(net.ct1(x).relu()).relu())

    return Wired(
        run,
        lin1=nn.Linear(dim, 196 * width),
        ct1=nn.ConvTranspose2d(4 * width, 2 * width, 4, stride=2),
        ct2=nn.ConvTranspose2d(2 * width, width, 4, stride=2),
        conv=nn.Conv2d(width, 1, 7),
    )


def projected(dim: int, width: int, channels: int, size: int = 32) -> nn.Module:
    """fc.N and deconv.N: two linear layers with norms, two transposed convolutions (a well-known collection)."""
    side = size // 4
    run: Run = lambda net, z: net.deconv(net.fc(z).view(-1, 2 * width, side, side))  # noqa: E731
    flat = 2 * width * side**2
    return Wired(
        run,
        fc=nn.Sequential(
            *(nn.Linear(dim, 8 * width), nn.BatchNorm1d(8 * width), nn.ReLU()),
            *(nn.Linear(8 * width, flat), nn.BatchNorm1d(flat), nn.ReLU()),
        ),
        deconv=nn.Sequential(
            *(turned(2 * width, width), nn.BatchNorm2d(width), nn.ReLU(), turned(width, channels), nn.Tanh()),
        ),
    )


def fives(dim: int, width: int, channels: int) -> nn.Module:
    """Kernels of 5, as the paper has them: output padding doubles the size exactly."""
    layers: list[nn.Module] = [turned(dim, 4 * width, 4, 1, 0, bias=False), nn.BatchNorm2d(4 * width), nn.ReLU()]
    for i, o in pairwise([4 * width, 2 * width, width]):
        layers += [turned(i, o, 5, 2, 2, output_padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU()]
    layers += [turned(width, channels, 5, 2, 2, output_padding=1), nn.Tanh()]
    return Wired(lambda net, z: net.main(spatial(z)), main=nn.Sequential(*layers))


def interpolating(dim: int, width: int, channels: int) -> nn.Module:
    """Upsampling and convolutions in one Sequential of blocks."""
    blocks: list[nn.Module] = [
        nn.Unflatten(1, (dim, 1, 1)),
        turned(dim, 4 * width, 4, 1, 0),
        nn.BatchNorm2d(4 * width),
        nn.ReLU(),
    ]
    for i, o in pairwise([4 * width, 2 * width, width]):
        blocks += [nn.Upsample(scale_factor=2), nn.Conv2d(i, o, 3, 1, 1), nn.BatchNorm2d(o), nn.ReLU()]
    blocks += [nn.Upsample(scale_factor=2), nn.Conv2d(width, channels, 3, 1, 1), nn.Tanh()]
    return Wired(lambda net, z: net.layers(z), layers=nn.Sequential(*blocks))


def settled(net: nn.Module) -> nn.Module:
    """The same net as after a training: the vectors of spectral norms fit the weights, kept variances are positive."""
    for name, buffer in net.named_buffers():
        if name.endswith(("stored_var", "running_vars")):
            buffer.abs_().add_(0.5)
    for module in net.modules():
        for hook in module._forward_pre_hooks.values():
            if isinstance(hook, SpectralNorm):
                for _ in range(30):
                    hook.compute_weight(module, do_power_iteration=True)
    return net


def model_zoo(dim: int, width: int, channels: int) -> nn.Module:
    """formatLayer, then main of named modules that begins with a norm."""
    layers: OrderedDict[str, nn.Module] = OrderedDict(batchNorm0=nn.BatchNorm2d(4 * width), relu0=nn.ReLU(True))
    for number, (i, o) in enumerate(pairwise([4 * width, 2 * width, width]), 1):
        layers[f"convTranspose{number}"] = turned(i, o, bias=False)
        layers[f"batchNorm{number}"], layers[f"relu{number}"] = nn.BatchNorm2d(o), nn.ReLU(True)
    layers["outlayer"] = turned(width, channels, bias=False)
    run: Run = lambda net, z: net.main(net.formatLayer(spatial(z))).tanh()  # noqa: E731
    return Wired(run, formatLayer=turned(dim, 4 * width, 4, 1, 0, bias=False), main=nn.Sequential(layers))


def dense_start(dim: int, width: int) -> nn.Module:
    """linear, then main, which begins with a norm and ends in a plain convolution (pytorch-gan-collections)."""
    layers: list[nn.Module] = [nn.BatchNorm2d(8 * width), nn.ReLU()]
    for i, o in pairwise([8 * width, 4 * width, 2 * width, width]):
        layers += [turned(i, o), nn.BatchNorm2d(o), nn.ReLU(True)]
    run: Run = lambda net, z: net.main(net.linear(z).view(-1, 8 * width, 4, 4))  # noqa: E731
    last = nn.Conv2d(width, 3, 3, padding=1)
    return Wired(run, linear=nn.Linear(dim, 128 * width), main=nn.Sequential(*layers, last, nn.Tanh()))


class Barred(nn.Module):
    """A layer in a wrapper that keeps its weight as weight_bar, and takes one step of the power method each time."""

    def __init__(self, layer: nn.ConvTranspose2d) -> None:
        super().__init__()
        weight = layer.weight.data
        del layer._parameters["weight"]
        layer.register_parameter("weight_u", nn.Parameter(normalize(torch.randn(len(weight)), dim=0), False))
        layer.register_parameter("weight_v", nn.Parameter(torch.randn(weight[0].numel()), False))
        layer.register_parameter("weight_bar", nn.Parameter(weight))
        self.module = layer

    def forward(self, x: Tensor) -> Tensor:
        flat = self.module.weight_bar.flatten(1)
        v = normalize(flat.T @ self.module.weight_u, dim=0)
        sigma = normalize(flat @ v, dim=0) @ flat @ v
        weight = self.module.weight_bar / sigma
        return conv_transpose2d(x, weight, self.module.bias, self.module.stride, self.module.padding)


class SelfAttention(nn.Module):
    """gamma attention(x) + x, in one of the usual namings; the last makes keys and values of fewer places."""

    NAMES = (("query_conv", "key_conv", "value_conv"), ("g", "f", "h"), ("theta", "phi", "g", "o"))

    def __init__(self, width: int, naming: int = 0) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.zeros(()) if naming == 2 else torch.zeros(1))
        self.names = self.NAMES[naming]
        inner, values = max(1, width // 8), width // 2 if naming == 2 else width
        sizes = [(width, inner), (width, inner), (width, values), (values, width)][: len(self.names)]
        made = dict(zip(self.names, sizes, strict=True))
        for name in sorted(made) if naming == 1 else made:
            self.add_module(name, nn.Conv2d(*made[name], 1, bias=naming != 2))
        self.pooled = naming == 2

    def forward(self, x: Tensor) -> Tensor:
        query, key, value = (getattr(self, name)(x) for name in self.names[:3])
        if self.pooled:
            key, value = max_pool2d(key, 2), max_pool2d(value, 2)
        weights = (query.flatten(2).transpose(1, 2) @ key.flatten(2)).softmax(-1)
        seen = (value.flatten(2) @ weights.transpose(1, 2)).unflatten(2, x.shape[2:])
        return self.gamma * (getattr(self, self.names[3])(seen) if self.pooled else seen) + x


def attentive(dim: int, width: int, channels: int, naming: int, *, barred: bool) -> nn.Module:
    """SAGAN: spectral norms, attention registered last."""

    def norm(layer: nn.ConvTranspose2d) -> nn.Module:
        return Barred(layer) if barred else spectral_norm(layer)

    def block(i: int, o: int, *sizes: int) -> nn.Module:
        layer = nn.ConvTranspose2d(i, o, *sizes)
        return nn.Sequential(norm(layer), nn.BatchNorm2d(o), nn.ReLU())

    def run(net: nn.Module, z: Tensor) -> Tensor:
        x = net.attn1(net.l3(net.l2(net.l1(spatial(z)))))
        return net.last(net.attn2(net.l4(x)))

    w = width
    return Wired(
        run,
        l4=block(2 * w, w, 4, 2, 1),
        l1=block(dim, 8 * w, 4),
        l2=block(8 * w, 4 * w, 4, 2, 1),
        l3=block(4 * w, 2 * w, 4, 2, 1),
        last=nn.Sequential(nn.ConvTranspose2d(w, channels, 4, 2, 1), nn.Tanh()),
        attn1=SelfAttention(2 * w, naming),
        attn2=SelfAttention(w, naming),
    )


def quick_looks() -> dict[str, Callable[[], nn.Module]]:
    """All of this file, in other sizes than their authors'."""
    return {
        "udacity 32": lambda: udacity(100, 4, 3),
        "udacity grey": lambda: udacity(20, 6, 1),
        "wgan-gp digits": lambda: preprocessed_mnist(128, 4),
        "wgan-gp digits narrow": lambda: preprocessed_mnist(16, 3),
        "wgan-gp colour": lambda: preprocessed_colour(128, 4),
        "wgan-gp colour narrow": lambda: preprocessed_colour(30, 3),
        "main module": lambda: main_module(100, 4, 1),
        "main module colour": lambda: main_module(50, 6, 3),
        "named 64": lambda: named(64, 100, 4, 3),
        "named 32 with extra layers": lambda: named(32, 20, 4, 1, extra=2),
        "features 64": lambda: features_to_image(64, 30, 3, 3),
        "features 32": lambda: features_to_image(32, 100, 2, 1),
        "upsampled 32": lambda: upsampled(32, 62, 1),
        "upsampled 64": lambda: upsampled(64, 100, 3),
        "informed": lambda: informed(8),
        "spectral cnn": lambda: spectral_cnn(128, 4),
        "lightning": lambda: lightning(100, 4),
        "projected 32": lambda: projected(62, 8, 3),
        "projected 28": lambda: projected(62, 6, 1, 28),
        "fives": lambda: fives(100, 4, 3),
        "model zoo": lambda: model_zoo(64, 4, 3),
        "dense start": lambda: dense_start(128, 4),
        "sagan": lambda: attentive(128, 8, 3, 0, barred=True),
        "sagan f, g, h": lambda: attentive(64, 8, 1, 1, barred=False),
        "sagan pooled": lambda: attentive(30, 16, 3, 2, barred=False),
        "interpolating": lambda: interpolating(64, 4, 3),
    }
