"""ONNX decoders open without running anything of others, and give the pictures of the network they came from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from onnx_nets import After, Grower, Reader, Single, written
from torch import Tensor, nn

from explorer.errors import CheckpointError
from explorer.models.base import CanEncode
from explorer.models.checkpoint import open_model, save_model
from explorer.models.foreign.opening import convert, open_foreign

onnx = pytest.importorskip("onnx")


def pictures_of(net: nn.Module, latents: np.ndarray, values: tuple[float, float] = (-1.0, 1.0)) -> np.ndarray:
    """What torch makes of latents: (n, height, width, channels) in 0..1."""
    with torch.inference_mode():
        made: Tensor = net(torch.from_numpy(latents))
    low, high = values
    return ((made.permute(0, 2, 3, 1) - low) / (high - low)).clamp(0, 1).numpy()


@pytest.mark.parametrize("anew", [False, True], ids=["traced", "exported anew"])
@pytest.mark.parametrize("opset", [9, 11, 13, 17, 18])
def test_a_decoder_of_any_opset_gives_the_pictures_of_its_network(opset: int, anew: bool, tmp_path: Path) -> None:
    if anew and opset < 18:
        pytest.skip("the newer exporter begins at opset 18")
    net = written(Grower(), tmp_path / "decoder.onnx", (2, 6), opset=opset, anew=anew)
    model = open_foreign(tmp_path / "decoder.onnx")
    latents = model.sample(5, seed=0)
    np.testing.assert_allclose(model.decode_float(latents), pictures_of(net, latents), atol=1e-5)
    assert any("checked against onnxruntime" in fact.text for fact in model.card.facts)
    assert model.card.image_range == (-1.0, 1.0)


@pytest.mark.parametrize("how", ["nhwc", "rgba", "flat", "grey"])
def test_pictures_may_lie_in_any_way(how: str, tmp_path: Path) -> None:
    grower = Grower(channels=1 if how == "flat" else 3)
    written(After(grower, how), tmp_path / "g.onnx", (2, 6))
    model = open_foreign(tmp_path / "g.onnx")
    latents = model.sample(4, seed=1)
    wanted = pictures_of(grower, latents)
    np.testing.assert_allclose(model.decode_float(latents), wanted[..., :1] if how == "grey" else wanted, atol=1e-5)


def test_whole_numbers_come_out_as_the_file_makes_them_and_have_a_slope(tmp_path: Path) -> None:
    net = written(After(Grower(), "bytes"), tmp_path / "g.onnx", (2, 6))
    model = open_foreign(tmp_path / "g.onnx")
    assert model.card.image_range == (0.0, 255.0)
    latents = model.sample(3, seed=0)
    with torch.inference_mode():
        wanted = net(torch.from_numpy(latents)).permute(0, 2, 3, 1).numpy()
    assert (np.abs(model.decode(latents).astype(int) - wanted.astype(int)) <= 1).all()
    assert (model.decode(latents) == wanted).mean() > 0.999
    steep = torch.from_numpy(latents).requires_grad_()
    model.pictures_with_slope(steep, "z").sum().backward()
    assert steep.grad is not None
    assert (steep.grad != 0).all()


@pytest.mark.parametrize("batch", [1, 4])
def test_a_fixed_batch_is_freed(batch: int, tmp_path: Path) -> None:
    net = written(Grower(), tmp_path / "g.onnx", (batch, 6), free=False)
    model = open_foreign(tmp_path / "g.onnx")
    latents = model.sample(7, seed=0)
    np.testing.assert_allclose(model.decode_float(latents), pictures_of(net, latents), atol=1e-5)
    assert model.hyperparameters["decoder"]["items"] == 0  # type: ignore[index]


class Mixing(nn.Module):
    """Of a fixed batch only: every picture is shifted by its place in the batch."""

    def __init__(self, net: nn.Module, count: int) -> None:
        super().__init__()
        self.net = net
        self.register_buffer("shift", torch.zeros(count, 1, 1, 1))

    def forward(self, z: Tensor) -> Tensor:
        return torch.tanh(self.net(z) + self.shift)  # type: ignore[operator]


def test_a_batch_that_cannot_be_freed_goes_through_as_it_was_made(tmp_path: Path) -> None:
    grower = Grower()
    net = written(Mixing(grower, 3), tmp_path / "g.onnx", (3, 6), free=False)
    with torch.no_grad():
        net.shift.zero_()  # type: ignore[operator, union-attr]
    net = written(Mixing(grower, 3), tmp_path / "g.onnx", (3, 6), free=False)
    model = open_foreign(tmp_path / "g.onnx")
    assert model.hyperparameters["decoder"]["items"] == 3  # type: ignore[index]
    latents = model.sample(4, seed=0)
    made = model.decode_float(latents)
    np.testing.assert_allclose(made[:3], pictures_of(net, latents[:3]), atol=1e-5)
    assert made.shape[0] == 4


def test_a_latent_without_an_axis_for_several_opens(tmp_path: Path) -> None:
    grower = Grower()
    written(Single(grower), tmp_path / "g.onnx", (6,), free=False)
    model = open_foreign(tmp_path / "g.onnx")
    latents = model.sample(3, seed=0)
    np.testing.assert_allclose(model.decode_float(latents), pictures_of(grower, latents), atol=1e-5)


class Forgetful(nn.Module):
    """Makes one picture, whatever goes in."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, z: Tensor) -> Tensor:
        picture: Tensor = self.net(z[:1])
        return picture


def test_a_network_that_ignores_the_batch_gets_its_latents_one_by_one(tmp_path: Path) -> None:
    grower = Grower()
    written(Forgetful(grower), tmp_path / "g.onnx", (2, 6))
    model = open_foreign(tmp_path / "g.onnx")
    latents = model.sample(3, seed=0)
    np.testing.assert_allclose(model.decode_float(latents), pictures_of(grower, latents), atol=1e-5)


def test_latents_of_four_axes_keep_their_shape(tmp_path: Path) -> None:
    net = nn.Sequential(
        nn.ConvTranspose2d(5, 8, 4, 1, 0), nn.BatchNorm2d(8), nn.ReLU(), nn.ConvTranspose2d(8, 3, 4, 4), nn.Sigmoid()
    )
    written(net, tmp_path / "netG.onnx", (2, 5, 1, 1))
    model = open_foreign(tmp_path / "netG.onnx")
    assert model.card.default_space.shape == (5, 1, 1)
    assert model.card.default_space.has_prior
    latents = model.sample(3, seed=0)
    wanted = pictures_of(net, latents.reshape(-1, 5, 1, 1), (0.0, 1.0))
    np.testing.assert_allclose(model.decode_float(latents), wanted, atol=1e-5)


def test_an_encoder_beside_it_is_taken_along(tmp_path: Path) -> None:
    written(Grower(), tmp_path / "face_decoder.onnx", (2, 6))
    reader = written(Reader(), tmp_path / "face_encoder.onnx", (2, 3, 16, 16), outputs=("mu", "log_var"))
    for name in ("face_decoder.onnx", "face_encoder.onnx"):
        model = open_foreign(tmp_path / name)
        assert isinstance(model, CanEncode)
        images = model.decode(model.sample(4, seed=0))
        posterior = model.encode(images)
        with torch.inference_mode():
            mean, spread = reader(torch.from_numpy(images).permute(0, 3, 1, 2) / 127.5 - 1)
        np.testing.assert_allclose(posterior.mean, mean.numpy(), atol=1e-4)
        assert posterior.log_variance is not None
        np.testing.assert_allclose(posterior.log_variance, spread.numpy(), atol=1e-4)


def test_it_converts_to_a_folder_of_ours_that_needs_the_file_no_more(tmp_path: Path) -> None:
    written(Grower(), tmp_path / "g.onnx", (2, 6))
    converted = convert(tmp_path / "g.onnx", tmp_path / "ours")
    (tmp_path / "g.onnx").unlink()
    again = open_model(tmp_path / "ours", "cpu")
    latents = again.sample(3, seed=0)
    np.testing.assert_array_equal(again.decode_float(latents), converted.decode_float(latents))
    save_model(again, tmp_path / "twice")
    assert (tmp_path / "twice" / "config.json").read_text() == (tmp_path / "ours" / "config.json").read_text()


# What is refused, and the words for it


def refused(path: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        open_foreign(path)
    assert caught.value.hint
    return str(caught.value)


def node(op: str, domain: str = "", **settings: object) -> object:
    return onnx.helper.make_node(op, ["z"], ["picture"], domain=domain, **settings)


def saved(path: Path, nodes: list[object], opset: int = 17, *, takes: tuple[object, ...] = ("n", 6)) -> None:
    inputs = [onnx.helper.make_tensor_value_info("z", 1, takes)]
    outputs = [onnx.helper.make_tensor_value_info("picture", 1, None)]
    graph = onnx.helper.make_graph(nodes, "g", inputs, outputs)
    imports = [onnx.helper.make_opsetid("", opset), onnx.helper.make_opsetid("my.ops", 1)]
    path.write_bytes(onnx.helper.make_model(graph, opset_imports=imports).SerializeToString())


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "too old": (lambda path: saved(path, [node("Relu")], 6), "opset 6, which is too old"),
    "custom operation": (lambda path: saved(path, [node("Magic", "my.ops")]), "'Magic' of 'my.ops'"),
    "unknown operation": (lambda path: saved(path, [node("LSTM")]), "'LSTM' is not read"),
    "dice": (lambda path: saved(path, [node("Bernoulli")]), "throws dice"),
    "classifier": (
        lambda path: written(nn.Sequential(nn.Flatten(), nn.Linear(768, 10)), path, (2, 3, 16, 16)),
        "classifier",
    ),
    "picture to picture": (
        lambda path: written(nn.Conv2d(3, 3, 3, padding=1), path, (2, 3, 16, 16)),
        "no latent goes in",
    ),
    "no picture": (lambda path: written(nn.Linear(6, 5), path, (2, 6)), "nothing that makes pictures"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_decoder_is_refused_with_words(name: str, tmp_path: Path) -> None:
    write, said = REFUSED[name]
    write(tmp_path / "g.onnx")
    assert said in refused(tmp_path / "g.onnx")


@pytest.mark.parametrize("location", ["/etc/passwd", "../secret.bin", "below/../../secret.bin", "link.bin", ""])
def test_numbers_outside_of_the_folder_are_never_touched(location: str, tmp_path: Path) -> None:
    (tmp_path / "secret.bin").write_bytes(bytes(4096))
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "below").mkdir()
    (folder / "link.bin").symlink_to(tmp_path / "secret.bin")
    outside(folder / "g.onnx", location)
    assert "outside of its folder" in refused(folder / "g.onnx")


def outside(path: Path, location: str) -> None:
    """A graph whose matrix lies in another file."""
    matrix = onnx.TensorProto(name="w", data_type=1, dims=[6, 256], data_location=onnx.TensorProto.EXTERNAL)
    for key, value in (("location", location), ("offset", "0"), ("length", str(6 * 256 * 4))):
        matrix.external_data.add(key=key, value=value)
    ports = (
        [onnx.helper.make_tensor_value_info("z", 1, ["n", 6])],
        [onnx.helper.make_tensor_value_info("p", 1, ["n", 256])],
    )
    nodes = [onnx.helper.make_node("MatMul", ["z", "w"], ["p"])]
    graph = onnx.helper.make_graph(nodes, "g", *ports, [matrix])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=10)
    path.write_bytes(model.SerializeToString())


def test_numbers_beside_the_file_are_read(tmp_path: Path) -> None:
    matrix = np.random.default_rng(0).standard_normal((6, 256)).astype(np.float32)
    (tmp_path / "g.onnx.data").write_bytes(matrix.tobytes())
    outside(tmp_path / "g.onnx", "g.onnx.data")
    model = open_foreign(tmp_path / "g.onnx")
    latents = 0.05 * model.sample(3, seed=0)
    low, high = model.card.image_range
    wanted = ((latents @ matrix - low) / (high - low)).clip(0, 1).reshape(-1, 16, 16, 1)
    np.testing.assert_allclose(model.decode_float(latents), wanted, atol=1e-5)
    (tmp_path / "g.onnx.data").unlink()
    assert "missing" in refused(tmp_path / "g.onnx")
