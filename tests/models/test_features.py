"""Perceptual distances by a network that the user brings."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.errors import CheckpointError
from explorer.models.features import DEVIATION, MEAN, Features

IMAGES = np.random.default_rng(0).integers(0, 256, (21, 64, 64, 3), np.uint8)


class Pair(torch.nn.Module):
    """Two layers of features."""

    def __init__(self) -> None:
        super().__init__()
        self.first = torch.nn.Conv2d(3, 8, 3, stride=4)
        self.second = torch.nn.Conv2d(8, 4, 3, stride=4)

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        first = torch.relu(self.first(pictures))
        return first, self.second(first)


@pytest.fixture(scope="module")
def net() -> Pair:
    torch.manual_seed(0)
    return Pair().eval()


def written(net: torch.nn.Module, path: Path, *, free: bool = True, given: tuple[int, ...] = (2, 3, 64, 64)) -> Path:
    stream = io.BytesIO()
    axes = {"pictures": {0: "n"}} if free else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(net, (torch.zeros(given),), stream, input_names=["pictures"], dynamic_axes=axes, dynamo=False)
    path.write_bytes(stream.getvalue())
    return path


def wanted(net: Pair, images: np.ndarray) -> np.ndarray:
    """The same, by torch and the formula of Zhang et al."""
    pictures = (torch.tensor(images) / 255 - torch.tensor(MEAN)) / torch.tensor(DEVIATION)
    total = torch.zeros(len(images) - 1)
    for layer in net(pictures.permute(0, 3, 1, 2)):
        unit = layer / (layer.norm(dim=1, keepdim=True) + 1e-10)
        total += (unit[1:] - unit[:-1]).square().sum(dim=1).mean(dim=(1, 2))
    return total.detach().numpy()


def test_distances_are_those_of_the_formula_over_batches(net: Pair, tmp_path: Path) -> None:
    features = Features(written(net, tmp_path / "net.onnx"))
    assert features.distances(IMAGES) == pytest.approx(wanted(net, IMAGES), rel=1e-4)


def test_a_network_for_one_picture_of_its_own_size_sees_pictures_of_that_size(net: Pair, tmp_path: Path) -> None:
    features = Features(written(net, tmp_path / "net.onnx", free=False, given=(1, 3, 64, 64)))
    assert features.distances(IMAGES[:3]) == pytest.approx(wanted(net, IMAGES[:3]), rel=1e-4)
    assert features.distances(IMAGES[:2, :16, :16]).shape == (1,)


def test_the_same_picture_is_no_distance_away_and_grey_ones_are_taken(net: Pair, tmp_path: Path) -> None:
    features = Features(written(net, tmp_path / "net.onnx"))
    assert features.distances(np.repeat(IMAGES[:1, :28, :28, :1], 3, axis=0)) == pytest.approx([0, 0], abs=1e-12)


@pytest.mark.parametrize("content", [b"", b"no graph", bytes(1000)])
def test_what_is_no_network_is_said_to_be_so(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match=r"net\.onnx"):
        Features(path)


def test_a_network_of_other_inputs_is_refused(tmp_path: Path) -> None:
    path = written(torch.nn.Linear(5, 2), tmp_path / "net.onnx", given=(2, 5))
    with pytest.raises(CheckpointError, match="It takes"):
        Features(path)
