"""Progressive GANs in the spellings of their authors, written for the tests from their descriptions."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional


def normal(x: Tensor) -> Tensor:
    return x / (x.square().mean(1, keepdim=True) + 1e-8).sqrt()


def leaky(x: Tensor) -> Tensor:
    return functional.leaky_relu(x, 0.2)


def doubled(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2)


def shaken(layer: nn.Module) -> nn.Module:
    nn.init.normal_(layer.weight)
    nn.init.normal_(layer.bias, std=0.3)
    return layer


class Constrained(nn.Module):
    """weight and bias times He's constant."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.module = shaken(layer)

    def forward(self, x: Tensor) -> Tensor:
        return self.module(x) * math.sqrt(2 / self.module.weight[0].numel())


class Zoo(nn.Module):
    def __init__(self, z: int, widths: Sequence[int], channels: int = 3) -> None:
        super().__init__()
        first = widths[0]
        self.formatLayer = Constrained(nn.Linear(z, 16 * first))
        self.groupScale0 = nn.ModuleList([Constrained(nn.Conv2d(first, first, 3, padding=1))])
        self.toRGBLayers = nn.ModuleList(Constrained(nn.Conv2d(width, channels, 1)) for width in widths)
        self.scaleLayers = nn.ModuleList(
            nn.ModuleList(Constrained(nn.Conv2d(i, high, 3, padding=1)) for i in (low, high))
            for low, high in itertools.pairwise(widths)
        )

    def forward(self, z: Tensor) -> Tensor:
        x = normal(leaky(self.formatLayer(normal(z))).view(len(z), -1, 4, 4))
        x = normal(leaky(self.groupScale0[0](x)))
        for scale in self.scaleLayers:
            x = doubled(x)
            for layer in scale:
                x = normal(leaky(layer(x)))
        return self.toRGBLayers[-1](x)


class Equal(nn.Conv2d):
    def forward(self, x: Tensor) -> Tensor:
        weight = self.weight * math.sqrt(2 / self.weight[0].numel())
        return functional.conv2d(x, weight, self.bias, padding=self.padding)


class EqualTurned(nn.ConvTranspose2d):
    def forward(self, x: Tensor) -> Tensor:
        return functional.conv_transpose2d(x, self.weight * math.sqrt(2 / len(self.weight)), self.bias)


class Pair(nn.Module):
    def __init__(self, low: int, high: int, *, first: bool) -> None:
        super().__init__()
        kind = EqualTurned(low, high, 4) if first else Equal(low, high, 3, padding=1)
        self.conv_1, self.conv_2 = shaken(kind), shaken(Equal(high, high, 3, padding=1))


class Blocks(nn.Module):
    """`trained`: how many sizes; the colours of the others still have the bias 0."""

    def __init__(self, z: int, widths: Sequence[int], trained: int, channels: int = 3) -> None:
        super().__init__()
        before = [z, *widths]
        self.trained = trained
        self.layers = nn.ModuleList(Pair(before[n], width, first=n == 0) for n, width in enumerate(widths))
        self.rgb_converters = nn.ModuleList(shaken(Equal(width, channels, 1)) for width in widths)
        for layer in self.rgb_converters[trained:]:
            nn.init.zeros_(layer.bias)

    def forward(self, z: Tensor) -> Tensor:
        first = self.layers[0]
        x = normal(leaky(first.conv_2(leaky(first.conv_1(z[:, :, None, None])))))
        for block in self.layers[1 : self.trained]:
            x = normal(leaky(block.conv_1(doubled(x))))
            x = normal(leaky(block.conv_2(x)))
        return self.rgb_converters[self.trained - 1](x)


class Scaled(nn.Module):
    def __init__(self, low: int, high: int, kernel: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(low, high, kernel, padding=kernel // 2, bias=False)
        self.bias = nn.Parameter(0.3 * torch.randn(high))
        nn.init.normal_(self.conv.weight)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x * math.sqrt(2 / self.conv.weight[0].numel())) + self.bias.view(1, -1, 1, 1)


class ScaledPair(nn.Module):
    def __init__(self, low: int, high: int) -> None:
        super().__init__()
        self.conv1, self.conv2 = Scaled(low, high, 3), Scaled(high, high, 3)

    def forward(self, x: Tensor) -> Tensor:
        return normal(leaky(self.conv2(normal(leaky(self.conv1(x))))))


class Course(nn.Module):
    def __init__(self, z: int, widths: Sequence[int], trained: int, channels: int = 3) -> None:
        super().__init__()
        first = widths[0]
        parts = [nn.Identity(), nn.ConvTranspose2d(z, first, 4), nn.Identity(), Scaled(first, first, 3)]
        self.initial, self.trained = nn.Sequential(*parts), trained
        self.initial_rgb = Scaled(first, channels, 1)
        self.prog_blocks = nn.ModuleList(ScaledPair(low, high) for low, high in itertools.pairwise(widths))
        self.rgb_layers = nn.ModuleList([self.initial_rgb, *(Scaled(width, channels, 1) for width in widths[1:])])
        for layer in self.rgb_layers[trained:]:
            nn.init.zeros_(layer.bias)

    def forward(self, z: Tensor) -> Tensor:
        x = leaky(self.initial[1](normal(z)[:, :, None, None]))
        x = normal(leaky(self.initial[3](x)))
        for block in self.prog_blocks[: self.trained - 1]:
            x = block(doubled(x))
        return self.rgb_layers[self.trained - 1](x).tanh()


class Reparametrised(nn.Module):
    """conv, whose weight of standard deviation 1 is times sqrt(2 / fan) at each use; in the file: conv.weight_orig."""

    def __init__(self, layer: nn.Conv2d | nn.ConvTranspose2d) -> None:
        super().__init__()
        shaken(layer)
        self.conv = layer
        weight = layer.weight
        del layer._parameters["weight"]
        layer.register_parameter("weight_orig", weight)

    def forward(self, x: Tensor) -> Tensor:
        layer = self.conv
        weight = layer.weight_orig * math.sqrt(2 / layer.weight_orig[0].numel())
        if isinstance(layer, nn.ConvTranspose2d):
            return functional.conv_transpose2d(x, weight, layer.bias, layer.stride, layer.padding)
        return functional.conv2d(x, weight, layer.bias, padding=layer.padding)


class Pixels(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return normal(x)


class NormedPair(nn.Module):
    """Two convolutions, each normalised and then leaky."""

    def __init__(self, i: int, o: int, slope: float, *, first: bool = False) -> None:
        super().__init__()
        begin = nn.Conv2d(i, o, 4, padding=3) if first else nn.Conv2d(i, o, 3, padding=1)
        layers = [
            Reparametrised(begin),
            Pixels(),
            nn.LeakyReLU(slope),
            Reparametrised(nn.Conv2d(o, o, 3, padding=1)),
            Pixels(),
        ]
        self.conv = nn.Sequential(*layers, nn.LeakyReLU(slope))

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x)


class Labelled(nn.Module):
    """progression.N, to_rgb.N, and a class' row behind the normalised z."""

    def __init__(self, z: int, classes: int, widths: Sequence[int]) -> None:
        super().__init__()
        if classes:
            self.label_embed = nn.Embedding(classes, classes)
        pairs = [(z + classes, widths[0]), *itertools.pairwise(widths)]
        self.progression = nn.ModuleList(NormedPair(i, o, 0.2, first=not n) for n, (i, o) in enumerate(pairs))
        self.to_rgb = nn.ModuleList(shaken(nn.Conv2d(width, 3, 1)) for width in widths)
        self.z, self.classes = z, classes

    def forward(self, latents: Tensor) -> Tensor:
        x = normal(latents[:, : self.z])
        if self.classes:
            x = torch.cat([x, self.label_embed(latents[:, self.z :].argmax(1))], 1)
        x = x[:, :, None, None]
        for number, pair in enumerate(self.progression):
            x = pair(doubled(x) if number else x)
        return self.to_rgb[-1](x)


class Descendant(nn.Module):
    """progression_4, progression_8, ..., to_rgb_8, ...: enlarged bilinearly."""

    def __init__(self, z: int, widths: Sequence[int], trained: int) -> None:
        super().__init__()
        first = Reparametrised(nn.ConvTranspose2d(z, widths[0], 4, 1, 0))
        self.input_layer = nn.Sequential(first, Pixels(), nn.LeakyReLU(0.1))
        pairs = [(widths[0], widths[0]), *itertools.pairwise(widths)]
        for number, (i, o) in enumerate(pairs):
            self.add_module(f"progression_{4 * 2**number}", NormedPair(i, o, 0.1))
        for number, width in enumerate(widths[1:], 1):
            size = 4 * 2**number
            self.add_module(f"to_rgb_{size}", Reparametrised(nn.Conv2d(width, 3, 1)))
            if size > trained:
                nn.init.zeros_(getattr(self, f"to_rgb_{size}").conv.bias)
        self.trained = trained

    def forward(self, z: Tensor) -> Tensor:
        x, size = self.progression_4(self.input_layer(z[:, :, None, None])), 4
        while size < self.trained:
            size *= 2
            x = functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
            x = getattr(self, f"progression_{size}")(x)
        return getattr(self, f"to_rgb_{size}")(x).tanh()


class Normalising(nn.Module):
    """Of GenForce: weight and bias within; of InterFaceGAN, `inner`: conv.weight and wscale.bias."""

    def __init__(self, i: int, o: int, kernel: int, padding: int, gain: float, *, inner: bool) -> None:
        super().__init__()
        weight, bias = nn.Parameter(torch.randn(o, i, kernel, kernel)), nn.Parameter(torch.randn(o) * 0.3)
        holders = (nn.Module(), nn.Module()) if inner else (self, self)
        holders[0].weight, holders[1].bias = weight, bias
        if inner:
            self.conv, self.wscale = holders
        self.holders, self.scale, self.padding = [lambda: holders], math.sqrt(gain / weight[0].numel()), padding

    def forward(self, x: Tensor) -> Tensor:
        conv, wscale = self.holders[0]()
        return functional.conv2d(normal(x), conv.weight * self.scale, wscale.bias, padding=self.padding)


class Layers(nn.Module):
    """layer0, layer1, output0, ...; lod."""

    def __init__(self, z: int, widths: Sequence[int], *, inner: bool) -> None:
        super().__init__()
        self.register_buffer("lod", torch.zeros(()))
        for number, (i, o) in enumerate([(z, widths[0]), *itertools.pairwise(widths)]):
            size = (3, 1) if number else (4, 3)
            self.add_module(f"layer{2 * number}", Normalising(i, o, *size, 2.0, inner=inner))
            self.add_module(f"layer{2 * number + 1}", Normalising(o, o, 3, 1, 2.0, inner=inner))
            self.add_module(f"output{number}", Normalising(o, 3, 1, 0, 1.0, inner=inner))
        self.levels = len(widths)

    def forward(self, z: Tensor) -> Tensor:
        x = normal(z)[:, :, None, None]
        for number in range(2 * self.levels):
            layer = getattr(self, f"layer{number}")
            if number and number % 2 == 0:
                x = doubled(normal(x))
            x = leaky(layer(x))
        return getattr(self, f"output{self.levels - 1}")(x)
