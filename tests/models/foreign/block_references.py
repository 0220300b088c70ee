"""VAEs and autoencoders of residual blocks in the spelling of their authors, written for the tests."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn
from torch.nn import functional
from vae_references import Kind, Posterior, Wild, leaky


class Up(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return functional.interpolate(x, scale_factor=2.0)


class Block(nn.Module):
    """relu(around(x) + bn2(conv2(relu(bn1(conv1(x)))))), or bn2 `behind` the sum"""

    def __init__(
        self, parts: dict[str, nn.Module], around: str = "", order: str = "12", slope: float = 0.0, behind: bool = False
    ) -> None:
        super().__init__()
        for name, part in parts.items():
            self.add_module(name, part)
        self.around, self.order, self.slope, self.behind = around, order, slope, behind

    def forward(self, x: Tensor) -> Tensor:
        one, two = self.order
        y = functional.leaky_relu(self.get_submodule(f"bn{one}")(self.get_submodule(f"conv{one}")(x)), self.slope)
        y, norm = self.get_submodule(f"conv{two}")(y), self.get_submodule(f"bn{two}")
        x = getattr(self, self.around)(x) if self.around else x
        return functional.leaky_relu(norm(y + x) if self.behind else norm(y) + x, self.slope)


def conv(i: int, o: int, kernel: int = 3, stride: int = 1, bias: bool = False) -> nn.Conv2d:
    return nn.Conv2d(i, o, kernel, stride, kernel // 2, bias=bias)


def down(i: int, o: int, stride: int, around: str) -> Block:
    parts: dict[str, nn.Module] = {"conv1": conv(i, o, 3, stride), "bn1": nn.BatchNorm2d(o)}
    parts |= {"conv2": conv(o, o), "bn2": nn.BatchNorm2d(o)}
    if stride == 1:
        return Block(parts)
    return Block({**parts, around: nn.Sequential(conv(i, o, 1, 2), nn.BatchNorm2d(o))}, around)


def bolt(i: int, o: int, scale: int) -> Block:
    second = nn.Sequential(Up(), conv(i, o)) if scale == 2 else conv(i, o)
    parts: dict[str, nn.Module] = {"conv1": conv(i, i), "bn1": nn.BatchNorm2d(i), "conv2": second}
    parts |= {"bn2": nn.BatchNorm2d(o)}
    if scale == 1 and i == o:
        return Block(parts)
    first = nn.Sequential(Up(), conv(i, o, 1)) if scale == 2 else conv(i, o, 1)
    return Block({**parts, "upsample": nn.Sequential(first, nn.BatchNorm2d(o))}, "upsample")


def bolts(dim: int, large: bool, pooled: bool, variational: bool, w: int = 4) -> Wild:
    """Lightning Bolts' networks of ResNet18, narrow: 32 pixels, 64 or 128 with a large first kernel and pooling."""
    widths = [w, 2 * w, 4 * w, 8 * w]
    parts: dict[str, nn.Module] = {"encoder.conv1": nn.Conv2d(3, w, 7, 2, 3, bias=False) if large else conv(3, w)}
    parts |= {"encoder.bn1": nn.BatchNorm2d(w)}
    for number, (i, o) in enumerate(pairwise([w, *widths]), 1):
        parts |= {
            f"encoder.layer{number}": nn.Sequential(
                down(i, o, 1 if number == 1 else 2, "downsample"), down(o, o, 1, "")
            )
        }
    parts |= {"decoder.linear": nn.Linear(dim, 8 * w * 16)}
    for number, (i, o) in enumerate(pairwise([8 * w, 4 * w, 2 * w, w, w]), 1):
        scale = 1 if number == 4 and not pooled else 2
        parts |= {f"decoder.layer{number}": nn.Sequential(bolt(i, o, scale), bolt(o, o, 1))}
    parts |= {"decoder.conv1": conv(w, 3)}
    heads = ("fc_mu", "fc_var") if variational else ("fc",)
    parts |= {head: nn.Linear(8 * w, dim) for head in heads}

    def encode(net: Wild, x: Tensor) -> Posterior:
        x = net.encoder.bn1(net.encoder.conv1(x)).relu()
        x = functional.max_pool2d(x, 3, 2, 1) if pooled else x
        for number in range(1, 5):
            x = net.part(f"encoder.layer{number}")(x)
        said = [net.part(head)(x.mean((2, 3))) for head in heads]
        return said[0], said[1] if variational else None

    def decode(net: Wild, z: Tensor) -> Tensor:
        x = net.decoder.linear(z).view(-1, 8 * w, 4, 4)
        for number in range(1, 5):
            x = net.part(f"decoder.layer{number}")(x)
        x = functional.interpolate(x, scale_factor=2.0) if large else x
        return net.decoder.conv1(x)

    return Wild(parts, decode, encode, (-2.0, 2.0))


class Resize(nn.Module):
    def __init__(self, i: int, o: int) -> None:
        super().__init__()
        self.conv = conv(i, o, bias=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(functional.interpolate(x, scale_factor=2.0))


def back(i: int, o: int) -> Block:
    parts: dict[str, nn.Module] = {"conv2": conv(i, i), "bn2": nn.BatchNorm2d(i)}
    parts |= {"conv1": conv(i, o) if i == o else Resize(i, o), "bn1": nn.BatchNorm2d(o)}
    if i == o:
        return Block(parts, "", "21")
    return Block({**parts, "shortcut": nn.Sequential(Resize(i, o), nn.BatchNorm2d(o))}, "shortcut", "21")


def resized(dim: int, w: int = 4) -> Wild:
    """VAE-ResNet18: enlarging convolutions; one linear layer to halves."""
    parts: dict[str, nn.Module] = {"encoder.conv1": conv(3, w, 3, 2), "encoder.bn1": nn.BatchNorm2d(w)}
    widths = [w, w, 2 * w, 4 * w, 8 * w]
    for number, (i, o) in enumerate(pairwise(widths), 1):
        blocks = (down(i, o, 1 if i == o else 2, "shortcut"), down(o, o, 1, ""))
        parts |= {f"encoder.layer{number}": nn.Sequential(*blocks)}
    parts |= {"encoder.linear": nn.Linear(8 * w, 2 * dim), "decoder.linear": nn.Linear(dim, 8 * w)}
    for number, (o, i) in reversed(list(enumerate(pairwise(widths), 1))):
        parts |= {f"decoder.layer{number}": nn.Sequential(back(i, i), back(i, o))}
    parts |= {"decoder.conv1": Resize(w, 3)}

    def encode(net: Wild, x: Tensor) -> Posterior:
        x = net.encoder.bn1(net.encoder.conv1(x)).relu()
        for number in range(1, 5):
            x = net.part(f"encoder.layer{number}")(x)
        mean, log_variance = net.encoder.linear(x.mean((2, 3))).chunk(2, 1)
        return mean, log_variance

    def decode(net: Wild, z: Tensor) -> Tensor:
        x = functional.interpolate(net.decoder.linear(z)[:, :, None, None], scale_factor=4.0)
        for number in range(4, 0, -1):
            x = net.part(f"decoder.layer{number}")(x)
        return net.decoder.conv1(x).sigmoid()

    return Wild(parts, decode, encode)


def expanded(i: int, o: int, behind: bool) -> Block:
    parts: dict[str, nn.Module] = {"conv_expand": conv(i, o, 1)} if i != o else {}
    parts |= {"conv1": conv(i, o), "bn1": nn.BatchNorm2d(o), "conv2": conv(o, o), "bn2": nn.BatchNorm2d(o)}
    return Block(parts, "conv_expand" if i != o else "", "12", 0.2, behind)


def introspective(dim: int, size: int, widths: list[int], channels: int = 3, behind: bool = False) -> Wild:
    """Soft-IntroVAE, or IntroVAE with a norm `behind` the sum: main.res_in_N between halving and doubling."""
    parts: dict[str, nn.Module] = {"encoder.main.0": conv(channels, widths[0], 5)}
    parts |= {"encoder.main.1": nn.BatchNorm2d(widths[0])}
    sides = [size >> (number + 1) for number in range(len(widths))]
    for side, (i, o) in zip(sides, pairwise([*widths, widths[-1]]), strict=True):
        parts |= {f"encoder.main.res_in_{side}": expanded(i, o, behind)}
    flat = widths[-1] * sides[-1] ** 2
    parts |= {"encoder.fc": nn.Linear(flat, 2 * dim), "decoder.fc": nn.Sequential(nn.Linear(dim, flat), nn.ReLU())}
    larger = [*sides[::-1], size]
    for side, (i, o) in zip(larger, pairwise([widths[-1], *widths[::-1], widths[0]]), strict=True):
        parts |= {f"decoder.main.res_in_{side}": expanded(i, o, behind)}
    parts |= {"decoder.main.predict": conv(widths[0], channels, 5, bias=True)}

    def encode(net: Wild, x: Tensor) -> Posterior:
        x = functional.avg_pool2d(leaky(0.2)(net.part("encoder.main.1")(net.part("encoder.main.0")(x))), 2)
        for side in sides:
            x = net.part(f"encoder.main.res_in_{side}")(x)
            x = functional.avg_pool2d(x, 2) if side != sides[-1] else x
        mean, log_variance = net.encoder.fc(x.flatten(1)).chunk(2, 1)
        return mean, log_variance

    def decode(net: Wild, z: Tensor) -> Tensor:
        x = net.decoder.fc(z).view(-1, widths[-1], sides[-1], sides[-1])
        for side in larger:
            x = net.part(f"decoder.main.res_in_{side}")(x)
            x = functional.interpolate(x, scale_factor=2.0) if side != size else x
        made: Tensor = net.part("decoder.main.predict")(x)
        return made

    return Wild(parts, decode, encode)


BLOCKS: dict[str, Kind] = {
    "Bolts VAE": Kind(lambda: bolts(7, large=False, pooled=False, variational=True), (7,)),
    "Bolts autoencoder": Kind(lambda: bolts(9, large=False, pooled=False, variational=False), (9,)),
    "Bolts, large": Kind(lambda: bolts(5, large=True, pooled=True, variational=True, w=2), (5,)),
    "VAE-ResNet18": Kind(lambda: resized(6), (6,)),
    "Soft-IntroVAE 32": Kind(lambda: introspective(8, 32, [4, 6, 8]), (8,)),
    "Soft-IntroVAE 64 grey": Kind(lambda: introspective(5, 64, [4, 6, 8, 8], 1), (5,)),
}
