"""Decoders of no known architecture, to be saved as TorchScript, as `.pt2`, or as bare weights with a Python file."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class Gated(nn.Module):
    """Norms of all kinds, a gate from the latent, branches and loops."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(7, 64)
        self.up = nn.ConvTranspose2d(16, 8, 4, 2, 1)
        self.norms = nn.ModuleList([nn.GroupNorm(2, 8), nn.BatchNorm2d(8), nn.InstanceNorm2d(8, affine=True)])
        self.layer = nn.LayerNorm([8, 8, 8])
        self.gate = nn.Linear(7, 8)
        self.out = nn.Conv2d(8, 3, 3, 1, 1)

    def forward(self, z: Tensor) -> Tensor:
        if z.dim() == 1:
            z = z.unsqueeze(0)
        z = z / (z.pow(2).mean(1, keepdim=True) + 1e-8).sqrt()
        h = self.up(self.fc(z).view(z.size(0), 16, 2, 2))
        for norm in self.norms:
            h = norm(h)
        h = self.layer(functional.interpolate(h, scale_factor=2.0, mode="nearest"))
        h = h * torch.sigmoid(self.gate(z)).view(z.size(0), 8, 1, 1)
        h = torch.where(h > 0, h, 0.1 * h)
        made: Tensor = torch.tanh(self.out(h))
        return made


class Attending(nn.Module):
    """Patches that attend to each other."""

    def __init__(self) -> None:
        super().__init__()
        self.place = nn.Parameter(torch.randn(1, 16, 32))
        self.start, self.qkv, self.mix = nn.Linear(9, 32), nn.Linear(32, 96), nn.Linear(32, 32)
        self.norm, self.out = nn.LayerNorm(32), nn.Linear(32, 48)
        self.more = nn.Sequential(nn.Linear(32, 64), nn.GELU(), nn.Linear(64, 32))

    def forward(self, z: Tensor) -> Tensor:
        h = self.start(z).unsqueeze(1) + self.place
        b, t, c = h.shape
        q, k, v = self.qkv(self.norm(h)).reshape(b, t, 3, 4, 8).permute(2, 0, 3, 1, 4).unbind(0)
        mixed = functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, t, c)
        h = h + self.mix(mixed)
        h = h + self.more(h)
        made: Tensor = self.out(h).reshape(b, 4, 4, 3, 4, 4).permute(0, 3, 1, 4, 2, 5).reshape(b, 3, 16, 16)
        return made.sigmoid()


class Modulated(nn.Module):
    """A kernel for each latent, as style-based generators have it."""

    def __init__(self) -> None:
        super().__init__()
        self.const, self.kernel = nn.Parameter(torch.randn(1, 8, 4, 4)), nn.Parameter(torch.randn(8, 8, 3, 3))
        self.style, self.rgb, self.slope = nn.Linear(5, 8), nn.Conv2d(8, 3, 1), nn.PReLU()

    def forward(self, z: Tensor) -> Tensor:
        b = z.shape[0]
        x = functional.interpolate(self.const.repeat(b, 1, 1, 1), scale_factor=2.0, mode="bilinear")
        w = self.kernel[None] * (self.style(z) + 1)[:, None, :, None, None]
        w = w * torch.rsqrt(w.pow(2).sum([2, 3, 4]) + 1e-8).view(b, 8, 1, 1, 1)
        x = functional.conv2d(x.reshape(1, b * 8, 8, 8), w.reshape(b * 8, 8, 3, 3), padding=1, groups=b)
        x = self.slope(x.reshape(b, 8, 8, 8))
        x = functional.pixel_shuffle(torch.cat([x, x.flip(1), x.roll(1, 1), functional.softplus(x)], 1), 2)
        return self.rgb(x).clamp(-1, 1)  # type: ignore[no-any-return]


class Spatial(nn.Module):
    """A latent of 4 x 8 x 8."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = nn.Sequential(
            *(
                nn.Conv2d(4, 8, 3, 1, 1),
                nn.SiLU(),
                nn.Upsample(scale_factor=2),
                nn.ReflectionPad2d(1),
                nn.Conv2d(8, 8, 3),
            ),
            *(nn.ELU(), nn.Upsample(scale_factor=2, mode="bilinear"), nn.Conv2d(8, 3, 1), nn.Sigmoid()),
        )

    def forward(self, z: Tensor) -> Tensor:
        return self.steps(z)  # type: ignore[no-any-return]


class Whole(nn.Module):
    """A VAE: pictures go in at `forward`, latents at `decode`."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv2d(1, 4, 4, 2, 1), nn.SELU(), nn.Flatten(), nn.Linear(256, 16))
        self.mu, self.lv = nn.Linear(16, 3), nn.Linear(16, 3)
        self.decoder = nn.Sequential(
            *(nn.Linear(3, 64), nn.Mish(), nn.Unflatten(1, (4, 4, 4)), nn.ConvTranspose2d(4, 4, 4, 2, 1)),
            *(nn.Hardtanh(), nn.ConvTranspose2d(4, 1, 4, 2, 1), nn.Sigmoid()),
        )

    @torch.jit.export
    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        h = self.encoder(x)
        return self.mu(h), self.lv(h)

    @torch.jit.export
    def decode(self, z: Tensor) -> Tensor:
        return self.decoder(z)  # type: ignore[no-any-return]

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        mu, lv = self.encode(x)
        return self.decode(mu + torch.randn_like(mu) * (0.5 * lv).exp()), mu, lv


DECODERS: dict[str, tuple[type[nn.Module], tuple[int, ...]]] = {
    "gated": (Gated, (7,)),
    "attending": (Attending, (9,)),
    "modulated": (Modulated, (5,)),
    "spatial": (Spatial, (4, 8, 8)),
}
