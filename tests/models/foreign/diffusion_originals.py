"""The autoencoders of latent diffusion and VQGAN in the keys of their authors' own code, written for the tests."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

WIDE = 32  # group norms have 32 groups


class Block(nn.Module):
    def __init__(self, wide: int, out: int) -> None:
        super().__init__()
        self.norm1, self.conv1 = nn.GroupNorm(32, wide, 1e-6), nn.Conv2d(wide, out, 3, padding=1)
        self.norm2, self.conv2 = nn.GroupNorm(32, out, 1e-6), nn.Conv2d(out, out, 3, padding=1)
        if wide != out:
            self.nin_shortcut = nn.Conv2d(wide, out, 1)

    def forward(self, x: Tensor) -> Tensor:
        body = self.conv2(functional.silu(self.norm2(self.conv1(functional.silu(self.norm1(x))))))
        around: Tensor = self.nin_shortcut(x) if hasattr(self, "nin_shortcut") else x
        return around + body


class Attend(nn.Module):
    def __init__(self, wide: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(32, wide, 1e-6)
        self.q, self.k, self.v, self.proj_out = (nn.Conv2d(wide, wide, 1) for _ in range(4))

    def forward(self, x: Tensor) -> Tensor:
        normed = self.norm(x)
        q, k, v = (one(normed).flatten(2).transpose(1, 2) for one in (self.q, self.k, self.v))
        seen = functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(x.shape)
        made: Tensor = x + self.proj_out(seen)
        return made


class Level(nn.Module):
    def __init__(self, wide: int, out: int, count: int, attends: bool) -> None:
        super().__init__()
        self.block = nn.ModuleList(Block(out if number else wide, out) for number in range(count))
        self.attn = nn.ModuleList(Attend(out) for _ in range(count if attends else 0))

    def forward(self, x: Tensor) -> Tensor:
        for number, block in enumerate(self.block):
            x = block(x)
            x = self.attn[number](x) if len(self.attn) else x
        return x


class Sized(nn.Module):
    def __init__(self, wide: int, stride: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(wide, wide, 3, stride, 0 if stride == 2 else 1)


class Middle(nn.Module):
    def __init__(self, wide: int) -> None:
        super().__init__()
        self.block_1, self.attn_1, self.block_2 = Block(wide, wide), Attend(wide), Block(wide, wide)

    def forward(self, x: Tensor) -> Tensor:
        made: Tensor = self.block_2(self.attn_1(self.block_1(x)))
        return made


class Original(nn.Module):
    """`codes`: of a VQGAN's book, 0 of an AutoencoderKL. `attends`: whether the smallest level has attention."""

    def __init__(self, channels: int, levels: int, codes: int = 0, attends: bool = True, quant: bool = True) -> None:
        super().__init__()
        widths = [WIDE] + [2 * WIDE] * (levels - 1)
        twice = channels if codes else 2 * channels
        self.encoder, self.decoder = nn.Module(), nn.Module()
        self.encoder.conv_in = nn.Conv2d(3, WIDE, 3, padding=1)
        self.encoder.down = nn.ModuleList()
        for number, out in enumerate(widths):
            last = number + 1 == levels
            level = Level(widths[max(number - 1, 0)], out, 1, attends and last)
            if not last:
                level.downsample = Sized(out, 2)
            self.encoder.down.append(level)
        self.encoder.mid = Middle(widths[-1])
        self.encoder.norm_out = nn.GroupNorm(32, widths[-1], 1e-6)
        self.encoder.conv_out = nn.Conv2d(widths[-1], twice, 3, padding=1)
        self.decoder.conv_in = nn.Conv2d(channels, widths[-1], 3, padding=1)
        self.decoder.mid = Middle(widths[-1])
        self.decoder.up = nn.ModuleList()
        for number, out in enumerate(widths):  # the smallest picture has the highest number, and comes first
            level = Level(widths[min(number + 1, levels - 1)], out, 2, attends and number + 1 == levels)
            if number:
                level.upsample = Sized(out, 1)
            self.decoder.up.append(level)
        self.decoder.norm_out, self.decoder.conv_out = nn.GroupNorm(32, WIDE, 1e-6), nn.Conv2d(WIDE, 3, 3, padding=1)
        if codes:
            self.quantize = nn.Module()
            self.quantize.embedding = nn.Embedding(codes, channels)
        if quant:
            self.quant_conv, self.post_quant_conv = nn.Conv2d(twice, twice, 1), nn.Conv2d(channels, channels, 1)

    def decode(self, z: Tensor) -> Tensor:
        x = self.decoder.conv_in(self.post_quant_conv(z) if hasattr(self, "post_quant_conv") else z)
        x = self.decoder.mid(x)
        for level in reversed(self.decoder.up):
            x = level(x)
            if hasattr(level, "upsample"):
                x = level.upsample.conv(functional.interpolate(x, scale_factor=2.0))
        made: Tensor = self.decoder.conv_out(functional.silu(self.decoder.norm_out(x)))
        return made

    def encode(self, x: Tensor) -> Tensor:
        x = self.encoder.conv_in(x)
        for level in self.encoder.down:
            x = level(x)
            if hasattr(level, "downsample"):
                x = level.downsample.conv(functional.pad(x, (0, 1, 0, 1)))
        x = self.encoder.conv_out(functional.silu(self.encoder.norm_out(self.encoder.mid(x))))
        return self.quant_conv(x) if hasattr(self, "quant_conv") else x


def beside(state: dict[str, Tensor], stage: str = "first_stage_model.") -> dict[str, Tensor]:
    """The state as it lies in a checkpoint of a whole diffusion model."""
    others = {"model.diffusion_model.input_blocks.0.0.weight": torch.zeros(4, 4, 3, 3), "betas": torch.zeros(10)}
    others |= {"cond_stage_model.transformer.text_model.embeddings.token_embedding.weight": torch.zeros(9, 4)}
    return others | {f"{stage}{key}": value for key, value in state.items()}
