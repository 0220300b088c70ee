"""BigGAN and BigGAN-deep in the keys of public repositories, written for the tests."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import torch
from gan_references import SelfAttention
from torch import Tensor, nn
from torch.nn.functional import batch_norm, interpolate, max_pool2d, normalize
from torch.nn.utils import spectral_norm


class Counted(nn.Module):
    """A layer with u0 and sv0 beside its weight; one step of the power method each time."""

    def __init__(self, layer: nn.Conv2d | nn.Linear) -> None:
        super().__init__()
        self.weight, self.bias = layer.weight, layer.bias
        self.register_buffer("u0", torch.randn(1, len(layer.weight)))
        self.register_buffer("sv0", torch.ones(1))
        self.padding = layer.kernel_size[0] // 2 if isinstance(layer, nn.Conv2d) else 0

    def forward(self, x: Tensor) -> Tensor:
        flat = self.weight.flatten(1)
        v = normalize(self.u0 @ flat)
        weight = self.weight / (v @ flat.T @ normalize(v @ flat.T).T).squeeze()
        if self.weight.dim() == 2:
            return nn.functional.linear(x, weight, self.bias)
        return nn.functional.conv2d(x, weight, self.bias, padding=self.padding)


def conv(i: int, o: int, kernel: int = 3) -> nn.Module:
    return Counted(nn.Conv2d(i, o, kernel, padding=kernel // 2))


class Ccbn(nn.Module):
    def __init__(self, width: int, steering: int) -> None:
        super().__init__()
        self.gain = Counted(nn.Linear(steering, width, bias=False))
        self.bias = Counted(nn.Linear(steering, width, bias=False))
        self.register_buffer("stored_mean", torch.zeros(width))
        self.register_buffer("stored_var", torch.ones(width))

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        x = batch_norm(x, self.stored_mean, self.stored_var)
        return x * (1 + self.gain(y))[:, :, None, None] + self.bias(y)[:, :, None, None]


class Plain(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.gain, self.bias = nn.Parameter(torch.ones(width)), nn.Parameter(torch.zeros(width))
        self.register_buffer("stored_mean", torch.zeros(width))
        self.register_buffer("stored_var", torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        return batch_norm(x, self.stored_mean, self.stored_var, self.gain, self.bias)


class Block(nn.Module):
    def __init__(self, i: int, o: int, steering: int) -> None:
        super().__init__()
        self.conv1, self.conv2, self.conv_sc = conv(i, o), conv(o, o), conv(i, o, 1)
        self.bn1, self.bn2 = Ccbn(i, steering), Ccbn(o, steering)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        hidden = self.conv1(interpolate(self.bn1(x, y).relu(), scale_factor=2))
        return self.conv2(self.bn2(hidden, y).relu()) + self.conv_sc(interpolate(x, scale_factor=2))


class Seen(SelfAttention):
    """Self-attention with counted convolutions."""

    def __init__(self, width: int) -> None:
        super().__init__(width, 2)
        for name in self.names:
            self.add_module(name, Counted(getattr(self, name)))


class BigGan(nn.Module):
    """`piece`: numbers of z that go to each block, 0 where all of z begins."""

    def __init__(self, first: int, piece: int, row: int, classes: int, widths: list[int], seen: int = -1) -> None:
        super().__init__()
        self.shared = nn.Embedding(classes, row)
        self.linear = Counted(nn.Linear(first, 16 * widths[0]))
        self.blocks = nn.ModuleList()
        for number, (i, o) in enumerate(pairwise(widths)):
            inner = [Block(i, o, row + piece)] + ([Seen(o)] if number == seen else [])
            self.blocks.append(nn.ModuleList(inner))
        self.output_layer = nn.Sequential(Plain(widths[-1]), nn.ReLU(), conv(widths[-1], 3))
        self.first, self.piece, self.classes, self.width = first, piece, classes, widths[0]

    def forward(self, latents: Tensor) -> Tensor:
        z, label = latents[:, : -self.classes], latents[:, -self.classes :].argmax(1)
        row = self.shared(label)
        x = self.linear(z[:, : self.first]).view(-1, self.width, 4, 4)
        for number, inner in enumerate(self.blocks):
            start = self.first + number * self.piece
            x = inner[0](x, torch.cat([row, z[:, start : start + self.piece]], 1))
            x = inner[1](x) if len(inner) > 1 else x
        return self.output_layer(x).tanh()


class ManyNorm(nn.Module):
    """Means and variances for several truncations; the last are those of 1."""

    def __init__(self, width: int, steering: int) -> None:
        super().__init__()
        self.register_buffer("running_means", torch.randn(5, width) / 5)
        self.register_buffer("running_vars", torch.rand(5, width) + 0.5)
        self.steering = steering
        if steering:
            self.scale = spectral_norm(nn.Linear(steering, width, bias=False))
            self.offset = spectral_norm(nn.Linear(steering, width, bias=False))
        else:
            self.weight, self.bias = nn.Parameter(torch.ones(width)), nn.Parameter(torch.zeros(width))

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        mean, variance = self.running_means[-1], self.running_vars[-1]
        if not self.steering:
            return batch_norm(x, mean, variance, self.weight, self.bias, eps=1e-4)
        x = batch_norm(x, mean, variance, eps=1e-4)
        return x * (1 + self.scale(y))[:, :, None, None] + self.offset(y)[:, :, None, None]


class DeepBlock(nn.Module):
    def __init__(self, i: int, o: int, steering: int, *, grows: bool) -> None:
        super().__init__()
        middle = i // 4
        sizes = [(i, middle, 1), (middle, middle, 3), (middle, middle, 3), (middle, o, 1)]
        for number, (a, b, kernel) in enumerate(sizes):
            self.add_module(f"bn_{number}", ManyNorm(a, steering))
            self.add_module(f"conv_{number}", spectral_norm(nn.Conv2d(a, b, kernel, padding=kernel // 2)))
        self.grows, self.out = grows, o

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        before = x[:, : self.out]
        for number in range(4):
            x = getattr(self, f"bn_{number}")(x, y).relu()
            if self.grows and number == 1:
                x = interpolate(x, scale_factor=2)
            x = getattr(self, f"conv_{number}")(x)
        return x + (interpolate(before, scale_factor=2) if self.grows else before)


class DeepAttention(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()

        def one(i: int, o: int) -> nn.Module:
            return spectral_norm(nn.Conv2d(i, o, 1, bias=False))

        self.snconv1x1_theta, self.snconv1x1_phi = one(width, width // 8), one(width, width // 8)
        self.snconv1x1_g, self.snconv1x1_o_conv = one(width, width // 2), one(width // 2, width)
        self.gamma = nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor, _y: Tensor) -> Tensor:
        key, value = (max_pool2d(layer(x), 2).flatten(2) for layer in (self.snconv1x1_phi, self.snconv1x1_g))
        weights = (self.snconv1x1_theta(x).flatten(2).transpose(1, 2) @ key).softmax(-1)
        seen = (value @ weights.transpose(1, 2)).unflatten(2, x.shape[2:])
        return x + self.gamma * self.snconv1x1_o_conv(seen)


class DeepGenerator(nn.Module):
    def __init__(self, z: int, plan: list[tuple[int, int]], width: int, seen: int) -> None:
        super().__init__()
        self.gen_z = spectral_norm(nn.Linear(2 * z, 16 * plan[0][0]))
        self.layers = nn.ModuleList()
        for number, (i, o) in enumerate(plan):
            if number == seen:
                self.layers.append(DeepAttention(i))
            self.layers.append(DeepBlock(i, o, 2 * z, grows=number % 2 == 1))
        self.bn = ManyNorm(width, 0)
        self.conv_to_rgb = spectral_norm(nn.Conv2d(width, width, 3, padding=1))
        self.first = plan[0][0]

    def forward(self, y: Tensor) -> Tensor:
        x = self.gen_z(y).view(-1, 4, 4, self.first).permute(0, 3, 1, 2)
        for layer in self.layers:
            x = layer(x, y)
        return self.conv_to_rgb(self.bn(x, y).relu())[:, :3].tanh()


class BigGanDeep(nn.Module):
    def __init__(self, z: int, classes: int, plan: list[tuple[int, int]], seen: int) -> None:
        super().__init__()
        self.embeddings = nn.Linear(classes, z, bias=False)
        self.generator = DeepGenerator(z, plan, plan[-1][1], seen)
        self.z = z

    def forward(self, latents: Tensor) -> Tensor:
        return self.generator(torch.cat([latents[:, : self.z], self.embeddings(latents[:, self.z :])], 1))


def variants() -> dict[str, Callable[[], nn.Module]]:
    deep = [(16, 16), (16, 16), (16, 16), (16, 8), (8, 8), (8, 8)]
    return {
        "big 32": lambda: BigGan(12, 0, 12, 10, [8, 8, 8, 8]),
        "big 64 in pieces": lambda: BigGan(5, 5, 8, 6, [16, 16, 8, 8, 4], seen=2),
        "big deep 32": lambda: BigGanDeep(6, 9, deep, 4),
    }
