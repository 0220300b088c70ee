"""Generators of residual blocks in the keys of public repositories, written for the tests."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import torch
from gan_references import SelfAttention, Wired
from torch import Tensor, nn
from torch.nn.functional import batch_norm, interpolate, max_pool2d
from torch.nn.utils import spectral_norm

Split = tuple[Tensor, Tensor]


def conv(i: int, o: int, kernel: int = 3, bias: bool = True) -> nn.Conv2d:
    return nn.Conv2d(i, o, kernel, 1, kernel // 2, bias=bias)


def split(z: Tensor, classes: int) -> Split:
    """z, and the number of the class."""
    dim = z.shape[1] - classes
    return z[:, :dim], (z[:, dim:].argmax(1) if classes else torch.zeros(len(z)))


class Doubled(nn.Module):
    """conv1 and conv2, which stand in `model` a second time; nothing but an enlarging around."""

    def __init__(self, i: int, o: int) -> None:
        super().__init__()
        self.conv1, self.conv2 = conv(i, o), conv(o, o)
        self.model = nn.Sequential(
            *(nn.BatchNorm2d(i), nn.ReLU(), nn.Upsample(scale_factor=2), self.conv1),
            *(nn.BatchNorm2d(o), nn.ReLU(), self.conv2),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x) + interpolate(x, scale_factor=2)


def doubled(dim: int, width: int, blocks: int, channels: int) -> nn.Module:
    """SNGAN: dense, model.N, final; the last convolution stands in the file twice, too."""
    final = conv(width, channels)
    layers = [*(Doubled(width, width) for _ in range(blocks)), nn.BatchNorm2d(width), nn.ReLU(), final, nn.Tanh()]
    run: Callable[[nn.Module, Tensor], Tensor] = lambda net, z: net.model(net.dense(z).view(-1, width, 4, 4))  # noqa: E731
    return Wired(run, dense=nn.Linear(dim, 16 * width), final=final, model=nn.Sequential(*layers))


class ClassNorm(nn.Module):
    """One table of gains and shifts, or one for each; `pairs` as in the older spelling."""

    def __init__(self, width: int, classes: int, *, pairs: bool) -> None:
        super().__init__()
        self.pairs = pairs
        if pairs:
            self.register_buffer("running_mean", torch.zeros(width))
            self.register_buffer("running_var", torch.ones(width))
            self.register_buffer("num_batches_tracked", torch.tensor(0))
            self.weights, self.biases = nn.Embedding(classes, width), nn.Embedding(classes, width)
        else:
            self.bn, self.embed = nn.BatchNorm2d(width, affine=False), nn.Embedding(classes, 2 * width)

    def forward(self, x: Tensor, label: Tensor) -> Tensor:
        if self.pairs:
            x = batch_norm(x, self.running_mean, self.running_var)
            gain, shift = self.weights(label), self.biases(label)
        else:
            x = self.bn(x)
            gain, shift = self.embed(label).chunk(2, 1)
        return gain[:, :, None, None] * x + shift[:, :, None, None]


class GBlock(nn.Module):
    """c1, c2, b1, b2, c_sc, with a class or without."""

    def __init__(self, i: int, o: int, classes: int, *, smooth: bool, pairs: bool, spectral: bool) -> None:
        super().__init__()
        wrap = spectral_norm if spectral else (lambda layer: layer)
        self.c1, self.c2 = wrap(conv(i, o)), wrap(conv(o, o))
        self.b1 = ClassNorm(i, classes, pairs=pairs) if classes else nn.BatchNorm2d(i)
        self.b2 = ClassNorm(o, classes, pairs=pairs) if classes else nn.BatchNorm2d(o)
        self.c_sc = wrap(conv(i, o, 1))
        self.smooth, self.classes = smooth, classes

    def forward(self, x: Tensor, label: Tensor) -> Tensor:
        def norm(layer: nn.Module, features: Tensor) -> Tensor:
            return (layer(features, label) if self.classes else layer(features)).relu()

        mode = {"mode": "bilinear", "align_corners": False} if self.smooth else {"mode": "nearest"}
        hidden = interpolate(norm(self.b1, x), scale_factor=2, **mode)
        hidden = self.c2(norm(self.b2, self.c1(hidden)))
        return hidden + self.c_sc(interpolate(x, scale_factor=2, **mode))


class Numbered(nn.Module):
    """l1, block2, block3, ..., b5, c5 (or l5); attention between blocks of one width."""

    def __init__(
        self, dim: int, widths: list[int], side: int = 4, classes: int = 0, *, old: bool = False, seen: bool = False
    ) -> None:
        super().__init__()
        self.l1 = nn.Linear(dim, widths[0] * side**2)
        self.names: list[str] = []
        for number, (i, o) in enumerate(pairwise(widths), 2):
            self.names.append(f"block{number}")
            block = GBlock(i, o, classes, smooth=not old, pairs=old, spectral=seen)
            self.add_module(self.names[-1], block)
            if seen and number == len(widths) - 1:
                self.names.append("attn_block")
                self.attn_block = SelfAttention(o, 2)
        self.last = len(widths) + 1
        self.add_module(f"b{self.last}", nn.BatchNorm2d(widths[-1]))
        self.add_module(f"{'l' if old else 'c'}{self.last}", conv(widths[-1], 3))
        self.shape, self.classes, self.old = (-1, widths[0], side, side), classes, old

    def forward(self, latents: Tensor) -> Tensor:
        z, label = split(latents, self.classes)
        x = self.l1(z).view(*self.shape)
        for name in self.names:
            x = getattr(self, name)(x) if name == "attn_block" else getattr(self, name)(x, label)
        x = getattr(self, f"b{self.last}")(x).relu()
        return getattr(self, f"{'l' if self.old else 'c'}{self.last}")(x).tanh()


class Branched(nn.Module):
    """residual.N and shortcut.1."""

    def __init__(self, i: int, o: int) -> None:
        super().__init__()
        self.residual = nn.Sequential(
            *(nn.BatchNorm2d(i), nn.ReLU(), nn.Upsample(scale_factor=2), conv(i, o)),
            *(nn.BatchNorm2d(o), nn.ReLU(), conv(o, o)),
        )
        self.shortcut = nn.Sequential(nn.Upsample(scale_factor=2), conv(i, o, 1))

    def forward(self, x: Tensor) -> Tensor:
        return self.residual(x) + self.shortcut(x)


def branched(dim: int, widths: list[int], side: int) -> nn.Module:
    blocks = [Branched(i, o) for i, o in pairwise(widths)]
    end = [nn.BatchNorm2d(widths[-1]), nn.ReLU(), conv(widths[-1], 3), nn.Tanh()]

    def run(net: nn.Module, z: Tensor) -> Tensor:
        return net.blocks(net.linear(z).view(-1, widths[0], side, side))

    return Wired(run, linear=nn.Linear(dim, widths[0] * side**2), blocks=nn.Sequential(*blocks, *end))


class GenBlock(nn.Module):
    """cond_bn1, snconv2d1, cond_bn2, snconv2d2, and snconv2d0 around: SAGAN on ImageNet."""

    def __init__(self, i: int, o: int, classes: int) -> None:
        super().__init__()
        self.cond_bn1, self.cond_bn2 = ClassNorm(i, classes, pairs=False), ClassNorm(o, classes, pairs=False)
        self.snconv2d1, self.snconv2d2 = spectral_norm(conv(i, o)), spectral_norm(conv(o, o))
        self.snconv2d0 = spectral_norm(conv(i, o, 1))

    def forward(self, x: Tensor, label: Tensor) -> Tensor:
        hidden = self.snconv2d1(interpolate(self.cond_bn1(x, label).relu(), scale_factor=2))
        return self.snconv2d2(self.cond_bn2(hidden, label).relu()) + self.snconv2d0(interpolate(x, scale_factor=2))


class Seeing(nn.Module):
    """snconv1x1_theta, _phi, _g, _attn, and their weight sigma."""

    def __init__(self, width: int) -> None:
        super().__init__()
        sizes = {"theta": (width, width // 8), "phi": (width, width // 8), "g": (width, width // 2)}
        for name, (i, o) in {**sizes, "attn": (width // 2, width)}.items():
            self.add_module(f"snconv1x1_{name}", spectral_norm(conv(i, o, 1)))
        self.sigma = nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        key, value = (max_pool2d(one(x), 2).flatten(2) for one in (self.snconv1x1_phi, self.snconv1x1_g))
        weights = (self.snconv1x1_theta(x).flatten(2).transpose(1, 2) @ key).softmax(-1)
        return x + self.sigma * self.snconv1x1_attn((value @ weights.transpose(1, 2)).unflatten(2, x.shape[2:]))


def attentive(dim: int, classes: int, widths: list[int]) -> nn.Module:
    """snlinear0, block1 to block3, self_attn, block4, bn, snconv2d1."""

    def run(net: nn.Module, latents: Tensor) -> Tensor:
        z, label = split(latents, classes)
        x = net.snlinear0(z).view(-1, widths[0], 4, 4)
        for name in ("block1", "block2", "self_attn", "block3"):
            x = net.self_attn(x) if name == "self_attn" else getattr(net, name)(x, label)
        return net.snconv2d1(net.bn(x).relu()).tanh()

    blocks = {f"block{number}": GenBlock(i, o, classes) for number, (i, o) in enumerate(pairwise(widths), 1)}
    return Wired(
        run,
        snlinear0=spectral_norm(nn.Linear(dim, 16 * widths[0])),
        block1=blocks["block1"],
        block2=blocks["block2"],
        self_attn=Seeing(widths[2]),
        block3=blocks["block3"],
        bn=nn.BatchNorm2d(widths[-1]),
        snconv2d1=spectral_norm(conv(widths[-1], 3)),
    )


class Wrapped(nn.Module):
    """A convolution within another module or two: conv.conv."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.conv = layer

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x)


class Good(nn.Module):
    """rb1: conv_shortcut, bn1, bn2, conv_1, conv_2; enlarged by depth to space of copies, which is the nearest."""

    def __init__(self, i: int, o: int) -> None:
        super().__init__()
        self.bn1, self.bn2 = nn.BatchNorm2d(i), nn.BatchNorm2d(o)
        self.conv_shortcut = Wrapped(Wrapped(conv(i, o, 1)))
        self.conv_1, self.conv_2 = Wrapped(Wrapped(conv(i, o, bias=False))), Wrapped(conv(o, o))

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.conv_1(interpolate(self.bn1(x).relu(), scale_factor=2))
        return self.conv_shortcut(interpolate(x, scale_factor=2)) + self.conv_2(self.bn2(hidden).relu())


def good(dim: int, width: int) -> nn.Module:
    """WGAN-GP on 64 x 64."""

    def run(net: nn.Module, z: Tensor) -> Tensor:
        x = net.ln1(z).view(-1, 8 * width, 4, 4)
        for number in range(1, 5):
            x = getattr(net, f"rb{number}")(x)
        return net.conv1(net.bn(x).relu()).tanh()

    widths = [8 * width, 8 * width, 4 * width, 2 * width, width]
    blocks = {f"rb{number}": Good(i, o) for number, (i, o) in enumerate(pairwise(widths), 1)}
    return Wired(
        run, ln1=nn.Linear(dim, 128 * width), **blocks, bn=nn.BatchNorm2d(width), conv1=Wrapped(conv(width, 3))
    )


def trained(net: nn.Module) -> nn.Module:
    """The same with the gains of classes around 1, as every training leaves them."""
    with torch.no_grad():
        for module in net.modules():
            if isinstance(module, ClassNorm):
                (module.weights.weight if module.pairs else module.embed.weight[:, : module.bn.num_features]).add_(1)
    return net


def variants() -> dict[str, Callable[[], nn.Module]]:
    return {
        "doubled 32": lambda: doubled(128, 8, 3, 3),
        "doubled 64 grey": lambda: doubled(20, 6, 4, 1),
        "numbered 32": lambda: Numbered(128, [8, 8, 8, 8]),
        "numbered 48": lambda: Numbered(30, [16, 8, 6, 4], side=6),
        "numbered 64": lambda: Numbered(128, [12, 8, 6, 4, 4]),
        "numbered with classes": lambda: Numbered(128, [8, 8, 8, 8], classes=10),
        "numbered with attention": lambda: Numbered(64, [16, 16, 16, 16], classes=7, seen=True),
        "projected with classes": lambda: Numbered(32, [12, 8, 6, 4], classes=5, old=True),
        "projected": lambda: Numbered(32, [12, 8, 6, 4], old=True),
        "branched 32": lambda: branched(128, [8, 8, 8, 8], 4),
        "branched 48": lambda: branched(100, [16, 8, 6, 4], 6),
        "attentive with classes": lambda: attentive(20, 6, [16, 16, 16, 8]),
        "good": lambda: good(128, 2),
    }
