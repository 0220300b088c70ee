"""StyleGAN of 2019 in the keys of rosinality, as it is and as it began, and of GenForce, written for the tests."""

from __future__ import annotations

import math
from itertools import pairwise

import torch
from progressive_references import Reparametrised, doubled, leaky, normal, shaken
from torch import Tensor, nn
from torch.nn import functional

BLUR = torch.outer(torch.tensor([1.0, 2, 1]), torch.tensor([1.0, 2, 1]))[None, None] / 16


class Linear(nn.Module):
    """linear.weight_orig: of equalised learning rate."""

    def __init__(self, i: int, o: int) -> None:
        super().__init__()
        layer = shaken(nn.Linear(i, o))
        weight = layer.weight
        del layer._parameters["weight"]
        layer.register_parameter("weight_orig", weight)
        self.linear = layer

    def forward(self, x: Tensor) -> Tensor:
        weight = self.linear.weight_orig
        return functional.linear(x, weight * math.sqrt(2 / weight.shape[1]), self.linear.bias)


class Adain(nn.Module):
    def __init__(self, width: int, w: int) -> None:
        super().__init__()
        self.style = Linear(w, 2 * width)

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        gain, shift = self.style(w)[:, :, None, None].chunk(2, 1)
        return gain * functional.instance_norm(x) + shift


class Fused(nn.Module):
    def __init__(self, i: int, o: int) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.randn(i, o, 3, 3)), nn.Parameter(torch.randn(o) * 0.3)

    def forward(self, x: Tensor) -> Tensor:
        weight = functional.pad(self.weight * math.sqrt(2 / (9 * self.weight.shape[0])), (1, 1, 1, 1))
        parts = (weight[:, :, 1:, 1:], weight[:, :, :-1, 1:], weight[:, :, 1:, :-1], weight[:, :, :-1, :-1])
        return functional.conv_transpose2d(x, sum(parts) / 4, self.bias, stride=2, padding=1)


class Blur(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.register_buffer("weight", BLUR.repeat(width, 1, 1, 1))
        self.register_buffer("weight_flip", BLUR.repeat(width, 1, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return functional.conv2d(x, self.weight, padding=1, groups=x.shape[1])


class Constant(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.input = nn.Parameter(torch.randn(1, width, 4, 4))


class NoiseWeight(nn.Module):
    """Left out where pictures are compared."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight_orig = nn.Parameter(torch.randn(1, width, 1, 1))


class Styled(nn.Module):
    def __init__(self, i: int, o: int, w: int, kind: str) -> None:
        super().__init__()
        if kind == "first":
            self.conv1 = Constant(o)
        elif kind == "old":
            self.conv1 = Reparametrised(nn.Conv2d(i, o, 3, padding=1))
        elif kind == "fused":
            self.conv1 = nn.Sequential(Fused(i, o), Blur(o))
        else:
            self.conv1 = nn.Sequential(
                nn.Upsample(scale_factor=2), Reparametrised(nn.Conv2d(i, o, 3, padding=1)), Blur(o)
            )
        self.noise1, self.adain1 = NoiseWeight(o), Adain(o, w)
        self.conv2 = Reparametrised(nn.Conv2d(o, o, 3, padding=1))
        self.noise2, self.adain2 = NoiseWeight(o), Adain(o, w)
        self.kind = kind

    def forward(self, x: Tensor, w: Tensor, *, old: bool) -> Tensor:
        def finished(features: Tensor, adain: nn.Module) -> Tensor:
            return leaky(adain(features, w)) if old else adain(leaky(features), w)

        if self.kind == "first":
            x = self.conv1.input.expand(len(w), -1, -1, -1)
        elif self.kind == "old":
            x = self.conv1(functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False))
        else:
            x = self.conv1(x)
        return finished(self.conv2(finished(x, self.adain1)), self.adain2)


class Progress(nn.Module):
    def __init__(self, widths: list[int], w: int, *, old: bool, fused_from: int, trained: int) -> None:
        super().__init__()
        pairs = [(widths[0], widths[0]), *pairwise(widths)]
        kinds = ["old" if old else "fused" if level >= fused_from else "plain" for level in range(len(widths))]
        blocks = [Styled(i, o, w, kinds[n] if n else "first") for n, (i, o) in enumerate(pairs)]
        self.progression = nn.ModuleList(blocks)
        self.to_rgb = nn.ModuleList(Reparametrised(nn.Conv2d(width, 3, 1)) for width in widths)
        for layer in self.to_rgb[trained + 1 :]:
            nn.init.zeros_(layer.conv.bias)
        self.old, self.trained = old, trained

    def forward(self, w: Tensor) -> Tensor:
        x = w
        for block in self.progression[: self.trained + 1]:
            x = block(x, w, old=self.old)
        return self.to_rgb[self.trained](x)


class Rosinality(nn.Module):
    def __init__(
        self, w: int, depth: int, widths: list[int], *, old: bool = False, fused_from: int = 99, trained: int = -1
    ) -> None:
        super().__init__()
        trained = trained if trained >= 0 else len(widths) - 1
        self.generator = Progress(widths, w, old=old, fused_from=fused_from, trained=trained)
        layers: list[nn.Module] = [nn.Identity()]
        for _ in range(depth):
            layers += [Linear(w, w), nn.LeakyReLU(0.2)]
        self.style = nn.Sequential(*layers)

    def forward(self, z: Tensor) -> Tensor:
        return self.generator(self.style(normal(z)))


class Dense(nn.Module):
    def __init__(self, i: int, o: int) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.randn(o, i) * 100), nn.Parameter(torch.randn(o) * 30)

    def forward(self, x: Tensor) -> Tensor:
        return leaky(functional.linear(x, self.weight * (math.sqrt(2 / self.weight.shape[1]) / 100), self.bias / 100))


class NoiseOf(nn.Module):
    def __init__(self, width: int, side: int) -> None:
        super().__init__()
        self.register_buffer("noise", torch.randn(1, 1, side, side))
        self.weight = nn.Parameter(torch.randn(width) / 5)


class StyleOf(nn.Module):
    def __init__(self, width: int, w: int) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.randn(2 * width, w) / 2), nn.Parameter(torch.randn(2 * width) / 5)


class BlurOf(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.register_buffer("kernel", BLUR.repeat(width, 1, 1, 1))


class Layer(nn.Module):
    """const, or weight; bias, noise, style."""

    def __init__(self, i: int, o: int, side: int, w: int, kind: str) -> None:
        super().__init__()
        if kind == "first":
            self.const = nn.Parameter(torch.randn(1, o, side, side))
        else:
            self.weight = nn.Parameter(torch.randn(*((i, o) if kind == "fused" else (o, i)), 3, 3))
        self.bias = nn.Parameter(torch.randn(o) * 0.3)
        self.apply_noise, self.style = NoiseOf(o, side), StyleOf(o, w)
        if kind in ("up", "fused"):
            self.blur = BlurOf(o)
        self.kind = kind

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        if self.kind == "first":
            x = self.const.expand(len(w), -1, -1, -1)
        elif self.kind == "fused":
            weight = functional.pad(self.weight * math.sqrt(2 / (9 * self.weight.shape[0])), (1, 1, 1, 1))
            parts = (weight[:, :, 1:, 1:], weight[:, :, :-1, 1:], weight[:, :, 1:, :-1], weight[:, :, :-1, :-1])
            x = functional.conv_transpose2d(x, sum(parts), stride=2, padding=1)
        else:
            x = doubled(x) if self.kind == "up" else x
            x = functional.conv2d(x, self.weight * math.sqrt(2 / self.weight[0].numel()), padding=1)
        if self.kind in ("up", "fused"):
            x = functional.conv2d(x, self.blur.kernel, padding=1, groups=x.shape[1])
        x = x + self.apply_noise.noise * self.apply_noise.weight[:, None, None] + self.bias[:, None, None]
        style = functional.linear(w, self.style.weight / math.sqrt(w.shape[1]), self.style.bias)
        gain, shift = style[:, :, None, None].chunk(2, 1)
        return functional.instance_norm(leaky(x), eps=1e-8) * (gain + 1) + shift


class Output(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.randn(3, width, 1, 1)), nn.Parameter(torch.randn(3) * 0.3)

    def forward(self, x: Tensor) -> Tensor:
        return functional.conv2d(x, self.weight / math.sqrt(self.weight.shape[1]), self.bias)


class GenForce(nn.Module):
    def __init__(self, z: int, w: int, widths: list[int], fused_from: int = 128) -> None:
        super().__init__()
        self.mapping, self.truncation, self.synthesis = nn.Module(), nn.Module(), nn.Module()
        self.mapping.dense0, self.mapping.dense1 = Dense(z, 2 * w), Dense(2 * w, w)
        self.truncation.register_buffer("w_avg", torch.randn(w) / 5)
        self.synthesis.register_buffer("lod", torch.zeros(()))
        for level, (i, o) in enumerate([(widths[0], widths[0]), *pairwise(widths)]):
            side = 4 * 2**level
            kind = "first" if not level else "fused" if side >= fused_from else "up"
            self.synthesis.add_module(f"layer{2 * level}", Layer(i, o, side, w, kind))
            self.synthesis.add_module(f"layer{2 * level + 1}", Layer(o, o, side, w, "plain"))
            self.synthesis.add_module(f"output{level}", Output(o))
        self.levels = len(widths) - 1

    def forward(self, z: Tensor) -> Tensor:
        w = self.mapping.dense1(self.mapping.dense0(normal(z)))
        x = w
        for number in range(2 * self.levels + 2):
            x = getattr(self.synthesis, f"layer{number}")(x, w)
        return getattr(self.synthesis, f"output{self.levels}")(x)
