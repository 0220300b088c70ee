"""FastGAN and projected GANs in the keys of their authors, written for the tests. Noise between layers is 0."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import batch_norm, glu, interpolate
from torch.nn.utils import spectral_norm

WIDTHS = {4: 16.0, 8: 8.0, 16: 4.0, 32: 2.0, 64: 2.0, 128: 1.0, 256: 0.5, 512: 0.25, 1024: 0.125}


def conv(i: int, o: int, kernel: int = 3, padding: int = 1, bias: bool = False) -> nn.Module:
    return spectral_norm(nn.Conv2d(i, o, kernel, 1, padding, bias=bias))


class Gates(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return glu(x, 1)


class Noise(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        return x


class Start(nn.Module):
    def __init__(self, dim: int, width: int) -> None:
        super().__init__()
        first = spectral_norm(nn.ConvTranspose2d(dim, 2 * width, 4, 1, 0, bias=False))
        self.init = nn.Sequential(first, nn.BatchNorm2d(2 * width), Gates())

    def forward(self, z: Tensor) -> Tensor:
        return self.init(z[:, :, None, None])


def up(i: int, o: int) -> nn.Module:
    return nn.Sequential(nn.Upsample(scale_factor=2), conv(i, 2 * o), nn.BatchNorm2d(2 * o), Gates())


def up_twice(i: int, o: int) -> nn.Module:
    return nn.Sequential(
        *(nn.Upsample(scale_factor=2), conv(i, 2 * o), Noise(), nn.BatchNorm2d(2 * o), Gates()),
        *(conv(o, 2 * o), Noise(), nn.BatchNorm2d(2 * o), Gates()),
    )


class Steered(nn.Module):
    """A norm whose gain, around 1, and shift are made of the class' row."""

    def __init__(self, width: int, row: int) -> None:
        super().__init__()
        self.gain, self.bias = spectral_norm(nn.Linear(row, width)), spectral_norm(nn.Linear(row, width))
        self.register_buffer("stored_mean", torch.zeros(width))
        self.register_buffer("stored_var", torch.ones(width))

    def forward(self, x: Tensor, row: Tensor) -> Tensor:
        x = batch_norm(x, self.stored_mean, self.stored_var)
        return x * (1 + self.gain(row))[:, :, None, None] + self.bias(row)[:, :, None, None]


class UpSteered(nn.Module):
    def __init__(self, i: int, o: int, row: int, *, twice: bool) -> None:
        super().__init__()
        self.twice = twice
        if twice:
            self.conv1, self.conv2 = conv(i, 2 * o), conv(o, 2 * o)
            self.bn1, self.bn2 = Steered(2 * o, row), Steered(2 * o, row)
            self.noise = Noise()
        else:
            self.conv, self.bn = conv(i, 2 * o), Steered(2 * o, row)

    def forward(self, x: Tensor, row: Tensor) -> Tensor:
        x = interpolate(x, scale_factor=2)
        if not self.twice:
            return glu(self.bn(self.conv(x), row), 1)
        x = glu(self.bn1(self.conv1(x), row), 1)
        return glu(self.bn2(self.conv2(x), row), 1)


class Excite(nn.Module):
    def __init__(self, i: int, o: int) -> None:
        super().__init__()
        self.main = nn.Sequential(nn.AdaptiveAvgPool2d(4), conv(i, o, 4, 0), nn.SiLU(), conv(o, o, 1, 0), nn.Sigmoid())

    def forward(self, small: Tensor, large: Tensor) -> Tensor:
        return large * self.main(small)


class Fast(nn.Module):
    """`projected`: z is brought to length first, and the layers stand in `synthesis`."""

    def __init__(
        self, side: int, dim: int, ngf: int, *, projected: bool = False, classes: int = 0, tanh: bool = False
    ) -> None:
        super().__init__()
        widths = {size: max(1, int(factor * ngf)) for size, factor in WIDTHS.items()}
        net = nn.Module() if projected else self
        net.init = Start(dim, widths[4])
        self.sizes = [size for size in widths if 8 <= size <= max(side, 256)]
        for number, size in enumerate(self.sizes):
            sizes = widths[size // 2], widths[size]
            twice = number % 2 == 0
            block = UpSteered(*sizes, dim, twice=twice) if classes else (up_twice if twice else up)(*sizes)
            net.add_module(f"feat_{size}", block)
            if 64 <= size <= 512:
                net.add_module(f"se_{size}", Excite(widths[size // 16], widths[size]))
        if not projected:
            net.to_128 = conv(widths[128], 3, 1, 0)
        last = conv(widths[side], 3, bias=projected)
        net.to_big = nn.Sequential(last, nn.Tanh()) if tanh else last
        if classes:
            net.embed = nn.Embedding(classes, dim)
        if projected:
            self.synthesis = net
        self.side, self.projected, self.classes = side, projected, classes
        self.inputs = dim + classes

    def forward(self, latents: Tensor) -> Tensor:
        net = self.synthesis if self.projected else self
        dim = latents.shape[1] - self.classes
        z, row = latents[:, :dim], ()
        if self.classes:
            row = (net.embed(latents[:, dim:].argmax(1)),)
        if self.projected:
            z = z * (z.square().mean(1, keepdim=True) + 1e-8).rsqrt()
        features = {4: net.init(z)}
        for size in (size for size in self.sizes if size <= self.side):
            x = getattr(net, f"feat_{size}")(features[size // 2], *row)
            features[size] = getattr(net, f"se_{size}")(features[size // 16], x) if 64 <= size <= 512 else x
        made = net.to_big(features[self.side])
        return made.tanh() if self.side == 1024 and not self.projected else made


def awake(net: nn.Module) -> nn.Module:
    """The same with norms that keep what comes to them, so that a latent matters behind many gates."""
    if isinstance(net, Fast):
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = 1.0
        with torch.no_grad():
            net.train()(torch.randn(8, net.inputs))
    return net.eval()


def variants() -> dict[str, Callable[[], nn.Module]]:
    return {
        "fast 256": lambda: Fast(256, 32, 8),
        "fast 256 with tanh": lambda: Fast(256, 20, 4, tanh=True),
        "projected 128": lambda: Fast(128, 16, 4, projected=True),
        "projected 256": lambda: Fast(256, 16, 4, projected=True),
        "projected with classes": lambda: Fast(128, 16, 4, projected=True, classes=5),
    }
