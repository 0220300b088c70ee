"""The autoencoders of diffusers, small, written for the tests in its spelling."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class Residual(nn.Module):
    def __init__(self, wide: int, out: int, groups: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.GroupNorm(groups, wide, 1e-6), nn.GroupNorm(groups, out, 1e-6)
        self.conv1, self.conv2 = nn.Conv2d(wide, out, 3, padding=1), nn.Conv2d(out, out, 3, padding=1)
        self.conv_shortcut = nn.Conv2d(wide, out, 1) if wide != out else None

    def forward(self, x: Tensor) -> Tensor:
        body = self.conv2(functional.silu(self.norm2(self.conv1(functional.silu(self.norm1(x))))))
        around: Tensor = x if self.conv_shortcut is None else self.conv_shortcut(x)
        return around + body


class Attention(nn.Module):
    def __init__(self, wide: int, groups: int) -> None:
        super().__init__()
        self.group_norm = nn.GroupNorm(groups, wide, 1e-6)
        self.to_q, self.to_k, self.to_v = (nn.Linear(wide, wide) for _ in range(3))
        self.to_out = nn.ModuleList([nn.Linear(wide, wide)])

    def forward(self, x: Tensor) -> Tensor:
        flat = self.group_norm(x).flatten(2).transpose(1, 2)
        seen = functional.scaled_dot_product_attention(self.to_q(flat), self.to_k(flat), self.to_v(flat))
        return x + self.to_out[0](seen).transpose(1, 2).reshape(x.shape)


class Middle(nn.Module):
    def __init__(self, wide: int, groups: int) -> None:
        super().__init__()
        self.resnets = nn.ModuleList(Residual(wide, wide, groups) for _ in range(2))
        self.attentions = nn.ModuleList([Attention(wide, groups)])

    def forward(self, x: Tensor) -> Tensor:
        made: Tensor = self.resnets[1](self.attentions[0](self.resnets[0](x)))
        return made


class Sized(nn.Module):
    """A convolution before or after which the size changes."""

    def __init__(self, wide: int, stride: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(wide, wide, 3, stride, 0 if stride == 2 else 1)


class Block(nn.Module):
    def __init__(self, wide: int, out: int, groups: int, kind: str, count: int) -> None:
        super().__init__()
        self.resnets = nn.ModuleList(Residual(out if number else wide, out, groups) for number in range(count))
        if kind == "up":
            self.upsamplers = nn.ModuleList([Sized(out, 1)])
        if kind == "down":
            self.downsamplers = nn.ModuleList([Sized(out, 2)])

    def forward(self, x: Tensor) -> Tensor:
        for one in self.resnets:
            x = one(x)
        if hasattr(self, "upsamplers"):
            x = self.upsamplers[0].conv(functional.interpolate(x, scale_factor=2.0))
        if hasattr(self, "downsamplers"):
            x = self.downsamplers[0].conv(functional.pad(x, (0, 1, 0, 1)))
        return x


class KlAutoencoder(nn.Module):
    def __init__(self, widths: tuple[int, ...], groups: int, channels: int) -> None:
        super().__init__()
        self.encoder, self.decoder = nn.Module(), nn.Module()
        low, high = widths[0], widths[-1]
        self.encoder.conv_in = nn.Conv2d(3, low, 3, padding=1)
        pairs = list(zip((low, *widths), widths, strict=False))
        kinds = ["down"] * (len(widths) - 1) + [""]
        self.encoder.down_blocks = nn.ModuleList(
            Block(*pair, groups, kind, 2) for pair, kind in zip(pairs, kinds, strict=True)
        )
        self.encoder.mid_block = Middle(high, groups)
        self.encoder.conv_norm_out = nn.GroupNorm(groups, high, 1e-6)
        self.encoder.conv_out = nn.Conv2d(high, 2 * channels, 3, padding=1)
        self.quant_conv, self.post_quant_conv = (
            nn.Conv2d(2 * channels, 2 * channels, 1),
            nn.Conv2d(channels, channels, 1),
        )
        self.decoder.conv_in = nn.Conv2d(channels, high, 3, padding=1)
        self.decoder.mid_block = Middle(high, groups)
        up = widths[::-1]
        self.decoder.up_blocks = nn.ModuleList(
            Block(*pair, groups, "up" if kind else "", 3)
            for pair, kind in zip(zip((high, *up), up, strict=False), kinds, strict=True)
        )
        self.decoder.conv_norm_out = nn.GroupNorm(groups, low, 1e-6)
        self.decoder.conv_out = nn.Conv2d(low, 3, 3, padding=1)

    def decode(self, z: Tensor) -> Tensor:
        side = self.decoder
        x = side.mid_block(side.conv_in(self.post_quant_conv(z)))
        for block in side.up_blocks:
            x = block(x)
        made: Tensor = side.conv_out(functional.silu(side.conv_norm_out(x)))
        return made


class TinyBlock(nn.Module):
    def __init__(self, wide: int) -> None:
        super().__init__()
        layers = [nn.Conv2d(wide, wide, 3, padding=1), nn.ReLU(), nn.Conv2d(wide, wide, 3, padding=1), nn.ReLU()]
        self.conv = nn.Sequential(*layers, nn.Conv2d(wide, wide, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        return (self.conv(x) + x).relu()


class TinyAutoencoder(nn.Module):
    def __init__(self, wide: int, channels: int) -> None:
        super().__init__()
        self.encoder, self.decoder = nn.Module(), nn.Module()
        down: list[nn.Module] = [nn.Conv2d(3, wide, 3, padding=1), TinyBlock(wide)]
        up: list[nn.Module] = [nn.Conv2d(channels, wide, 3, padding=1), nn.ReLU()]
        for number in range(3):
            down += [nn.Conv2d(wide, wide, 3, 2, 1, bias=False), TinyBlock(wide)]
            up += [TinyBlock(wide), nn.Upsample(scale_factor=2), nn.Conv2d(wide, wide, 3, padding=1, bias=False)]
            assert number < 3
        self.encoder.layers = nn.Sequential(*down, nn.Conv2d(wide, channels, 3, padding=1))
        self.decoder.layers = nn.Sequential(*up, TinyBlock(wide), nn.Conv2d(wide, 3, 3, padding=1))

    def decode(self, z: Tensor) -> Tensor:
        made: Tensor = self.decoder.layers(torch.tanh(z / 3) * 3).mul(2).sub(1)
        return made
