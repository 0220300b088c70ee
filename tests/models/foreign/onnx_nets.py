"""ONNX files for the tests, exported from small networks with weights at random."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import torch
from references import shaken
from torch import Tensor, nn


class Grower(nn.Module):
    """A latent to a picture in -1..1, by a matrix and transposed convolutions."""

    def __init__(self, dim: int = 6, channels: int = 3, side: int = 16) -> None:
        super().__init__()
        self.side = side // 4
        self.first = nn.Linear(dim, 8 * self.side**2)
        self.grow = nn.Sequential(
            nn.BatchNorm2d(8),
            nn.ReLU(),
            nn.ConvTranspose2d(8, 6, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(6, channels, 3, padding=1),
            nn.Tanh(),
        )

    def forward(self, z: Tensor) -> Tensor:
        pictures: Tensor = self.grow(self.first(z).view(z.shape[0], 8, self.side, self.side))
        return pictures


class After(nn.Module):
    """A network, and something done to what it makes."""

    def __init__(self, net: nn.Module, how: str) -> None:
        super().__init__()
        self.net, self.how = net, how

    def forward(self, z: Tensor) -> Tensor:
        pictures: Tensor = self.net(z)
        if self.how == "nhwc":
            return pictures.permute(0, 2, 3, 1)
        if self.how == "bytes":
            return ((pictures + 1) * 127.5).clamp(0, 255).to(torch.uint8)
        if self.how == "rgba":
            return torch.cat([pictures, torch.ones_like(pictures[:, :1])], 1)
        if self.how == "flat":
            return pictures.flatten(1)
        if self.how == "grey":
            return pictures[:, 0]
        return pictures


class Single(nn.Module):
    """One latent without an axis for several, and one picture."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, z: Tensor) -> Tensor:
        picture: Tensor = self.net(z.unsqueeze(0))[0]
        return picture


class Reader(nn.Module):
    """A picture to mean and log variance."""

    def __init__(self, dim: int = 6, channels: int = 3, side: int = 16) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(channels, 4, 4, 2, 1), nn.ELU(), nn.Flatten())
        self.mean, self.spread = nn.Linear(side**2, dim), nn.Linear(side**2, dim)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        features = self.body(pictures)
        return self.mean(features), self.spread(features)


def written(
    net: nn.Module,
    path: Path,
    takes: Sequence[int],
    *,
    opset: int = 17,
    free: bool = True,
    outputs: Sequence[str] = ("picture",),
    anew: bool = False,
) -> nn.Module:
    """The net, with weights at random, exported; `free`: for any number of items. `anew`: by the newer exporter."""
    shaken(net)
    free_axes = {name: {0: "batch"} for name in ("z", *outputs)} if free and not anew else None
    sizes = ({0: torch.export.Dim.DYNAMIC},) if free and anew else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            net,
            (torch.randn(*takes),),
            str(path),
            dynamo=anew,
            opset_version=opset,
            input_names=["z"],
            output_names=list(outputs),
            **({"dynamic_shapes": sizes, "external_data": False} if anew else {"dynamic_axes": free_axes}),
        )
    return net
