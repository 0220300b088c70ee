"""Files made to run something, or to fill the memory, do neither; damaged ones give a message each."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import marshal
import os
import pickle
import struct
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import keras_nets
import numpy as np
import onnx_nets
import pytest
import torch
from safetensors.torch import save

from explorer.errors import CheckpointError
from explorer.models.foreign.contents import contents
from explorer.models.foreign.opening import open_foreign, read
from explorer.models.foreign.pickles import Damaged, Machine
from explorer.models.foreign.stand_ins import MAKERS


class Payload:
    """Makes a file where it is unpickled the usual way."""

    def __init__(self, marker: Path, how: str = "system") -> None:
        self.marker, self.how = marker, how

    def __reduce__(self) -> tuple[object, ...]:
        if self.how == "system":
            return os.system, (f"touch {self.marker}",)
        if self.how == "eval":
            return eval, (f"open({str(self.marker)!r}, 'w')",)
        return subprocess.Popen, (["touch", str(self.marker)],)


def weights() -> dict[str, torch.Tensor]:
    return {"fc.weight": torch.zeros(3, 2), "fc.bias": torch.zeros(3)}


def nested(marker: Path) -> bytes:
    """A torch file as bytes, in a pickle, whose own pickle has the payload."""
    inner = io.BytesIO()
    torch.save({"w": torch.zeros(2), "bad": Payload(marker)}, inner, _use_new_zipfile_serialization=False)
    return inner.getvalue()


class Nested:
    def __init__(self, content: bytes) -> None:
        self.content = content

    def __reduce__(self) -> tuple[object, ...]:
        return torch.storage._load_from_bytes, (self.content,)  # type: ignore[attr-defined]


def with_code(path: Path, marker: Path) -> None:
    """A zip that looks like TorchScript, with a payload in its pickle."""
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr("net/data.pkl", pickle.dumps(Payload(marker)))
        opened.writestr("net/constants.pkl", pickle.dumps(Payload(marker)))
        opened.writestr("net/code/__torch__.py", f"open({str(marker)!r}, 'w')")


def exported(path: Path, marker: Path) -> None:
    """A zip that looks like a .pt2."""
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr("a/archive_format", "pt2")
        opened.writestr("a/data/weights/weight_0", pickle.dumps(Payload(marker)))
        opened.writestr("a/data/sample_inputs/model.pt", pickle.dumps(Payload(marker)))
        meta = {"dtype": 7, "sizes": [{"as_int": 2}], "strides": [{"as_int": 1}], "storage_offset": {"as_int": 0}}
        one = {"path_name": "weight_0", "use_pickle": True, "tensor_meta": meta}
        said = {"config": {"w": one, "v": {**one, "use_pickle": False}}}
        opened.writestr("a/data/weights/model_weights_config.json", json.dumps(said))


def keras(path: Path, marker: Path) -> None:
    with zipfile.ZipFile(path, "w") as opened:
        opened.writestr("model.weights.h5", b"\x89HDF\r\n\x1a\n")
        opened.writestr("config.json", f'{{"class_name": "Lambda", "config": "open({str(marker)!r})"}}')


def lambda_h5(path: Path, marker: Path) -> None:
    """A Lambda whose code would write the marker, in the middle of a decoder."""
    code = f"open({str(marker)!r}, 'w')"
    layers = [
        keras_nets.dense(4, 192),
        keras_nets.plain("Lambda", lambda x: x, function=code),
        keras_nets.reshape(8, 8, 3),
    ]
    keras_nets.write_h5(path, keras_nets.sequential(layers, (4,)), layers)


def lambda_keras(path: Path, marker: Path) -> None:
    body = base64.b64encode(marshal.dumps(compile(f"open({str(marker)!r}, 'w')", "x", "exec"))).decode()
    function = {"class_name": "__lambda__", "config": {"code": body}}
    layers = [keras_nets.dense(4, 192), keras_nets.plain("Lambda", lambda x: x, function=function)]
    keras_nets.write_keras(path, keras_nets.sequential(layers, (4,)), layers)


def outside_onnx(path: Path, marker: Path) -> None:
    """Numbers that would be read through a path that writes, were it followed by a shell."""
    import onnx

    matrix = onnx.TensorProto(name="w", data_type=1, dims=[4, 256], data_location=onnx.TensorProto.EXTERNAL)
    matrix.external_data.add(key="location", value=f"$(touch {marker})")
    ports = [[onnx.helper.make_tensor_value_info(name, 1, ["n", side])] for name, side in (("z", 4), ("p", 256))]
    graph = onnx.helper.make_graph([onnx.helper.make_node("MatMul", ["z", "w"], ["p"])], "g", *ports, [matrix])
    path.write_bytes(onnx.helper.make_model(graph).SerializeToString())


def objects(path: Path, marker: Path) -> None:
    with path.open("wb") as stream:
        np.savez(stream, a=np.array([Payload(marker)], dtype=object))


def whole_module(path: Path, marker: Path) -> None:
    net = torch.nn.Sequential(torch.nn.Linear(2, 2))
    net.hidden = Payload(marker)  # type: ignore[assignment]
    torch.save(net, path)


HOSTILE: dict[str, Callable[[Path, Path], object]] = {
    "torch zip": lambda path, marker: torch.save({**weights(), "bad": Payload(marker)}, path),
    "torch legacy": lambda path, marker: torch.save(
        {**weights(), "bad": Payload(marker)}, path, _use_new_zipfile_serialization=False
    ),
    "eval": lambda path, marker: torch.save({**weights(), "bad": Payload(marker, "eval")}, path),
    "process": lambda path, marker: torch.save({**weights(), "bad": Payload(marker, "process")}, path),
    "plain pickle": lambda path, marker: path.write_bytes(pickle.dumps(Payload(marker))),
    "protocol 0": lambda path, marker: path.write_bytes(pickle.dumps(Payload(marker), protocol=0)),
    "nested storage": lambda path, marker: path.write_bytes(pickle.dumps(Nested(nested(marker)))),
    "lightning": lambda path, marker: torch.save(
        {"state_dict": weights(), "hyper_parameters": {"model": Payload(marker)}, "callbacks": Payload(marker)}, path
    ),
    "whole module": whole_module,
    "TorchScript": with_code,
    "pt2": exported,
    "keras": keras,
    "npz": objects,
    "Lambda in h5": lambda_h5,
    "Lambda in keras": lambda_keras,
    "ONNX external data": outside_onnx,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_planted_payload_never_runs(name: str, tmp_path: Path) -> None:
    path, marker = tmp_path / "weights.pt", tmp_path / "marker"
    HOSTILE[name](path, marker)
    for deed in (contents, read, open_foreign):
        with contextlib.suppress(CheckpointError):
            deed(path)  # type: ignore[operator]
    assert not marker.exists()


def test_the_payloads_are_live(tmp_path: Path) -> None:
    """The same file, unpickled as usual, does make the marker: the test above can fail."""
    path, marker = tmp_path / "weights.pkl", tmp_path / "marker"
    HOSTILE["plain pickle"](path, marker)
    pickle.loads(path.read_bytes())
    assert marker.exists()


def test_nothing_that_a_file_can_name_is_called() -> None:
    """Makers are a closed list of ours, none of them a function of the module that it stands for."""
    assert all(maker.__module__.startswith("explorer.models.foreign") for maker in MAKERS.values())


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\x80\x02" + b"]" * 100_000 + b".", id="a long stack"),
        pytest.param(b"\x80\x02r\xff\xff\xff\x7f.", id="a memo of two billion"),
        pytest.param(b"\x80\x04\x8e" + struct.pack("<Q", 2**60) + b".", id="bytes without end"),
        pytest.param(b"\x80\x02\x8b\xff\xff\xff\x7f.", id="a number without end"),
        pytest.param(b"\x80\x02(((((((.", id="marks"),
        pytest.param(b"\x80\x02N" + b"\x85" * 50_000 + b".", id="tuples in tuples"),
        pytest.param(b"\x80\x02", id="nothing"),
    ],
)
def test_pickles_made_to_fill_the_memory_come_to_an_end(content: bytes) -> None:
    with contextlib.suppress(Damaged):
        Machine(MAKERS).run(content)


def test_a_dict_of_itself_and_many_views_of_one_storage_come_to_an_end(tmp_path: Path) -> None:
    ring: dict[str, object] = dict(weights())
    ring["ring"] = ring
    torch.save(ring, tmp_path / "ring.pt")
    assert set(read(tmp_path / "ring.pt").tensors) == set(weights())
    large = torch.zeros(4_000_000)
    torch.save({str(number): large for number in range(300)}, tmp_path / "bomb.pt")
    with pytest.raises(CheckpointError, match="GB"):
        read(tmp_path / "bomb.pt")
    torch.save({"w": torch.zeros(1).expand(10**5, 10**5)}, tmp_path / "wide.pt")
    with pytest.raises(CheckpointError):
        read(tmp_path / "wide.pt")


def originals(folder: Path) -> Iterator[bytes]:
    """One small file of each kind."""
    for save_new in (True, False):
        torch.save({"epoch": 3, "state_dict": weights()}, folder / "a", _use_new_zipfile_serialization=save_new)
        yield (folder / "a").read_bytes()
    torch.save(torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU()), folder / "a")
    yield (folder / "a").read_bytes()
    yield save(weights())
    with (folder / "a").open("wb") as stream:
        np.savez_compressed(stream, **{key: value.numpy() for key, value in weights().items()})
    yield (folder / "a").read_bytes()
    yield pickle.dumps({key: value.numpy() for key, value in weights().items()})
    layers = [keras_nets.dense(3, 192), keras_nets.reshape(8, 8, 3)]
    keras_nets.write_h5(folder / "a", keras_nets.sequential(layers, (3,)), layers)
    yield (folder / "a").read_bytes()
    keras_nets.write_keras(folder / "a", keras_nets.sequential(layers, (3,)), layers)
    yield (folder / "a").read_bytes()
    onnx_nets.written(torch.nn.Sequential(torch.nn.Linear(3, 256), torch.nn.Tanh()), folder / "a", (2, 3))
    yield (folder / "a").read_bytes()
    torch.export.save(torch.export.export(torch.nn.Linear(2, 3), (torch.zeros(1, 2),)), folder / "a.pt2")
    yield (folder / "a.pt2").read_bytes()


BY_WEIGHTS = 6  # so many of them hold weights alone: the others are also followed step by step


def damaged(content: bytes, rng: np.random.Generator) -> bytes:
    """Some bits flipped, or cut, or spliced with itself."""
    kind, spoilt = rng.integers(3), bytearray(content)
    if kind == 0:
        for place in rng.integers(len(spoilt), size=rng.integers(1, 20)):
            spoilt[place] ^= 1 << int(rng.integers(8))
        return bytes(spoilt)
    first, last = sorted(int(place) for place in rng.integers(len(spoilt), size=2))
    return bytes(spoilt[:first]) if kind == 1 else bytes(spoilt[:first] + spoilt[last:])


@pytest.fixture
def _little_memory() -> Iterator[None]:
    """What the process may take beside what it has: far less than a damaged size could ask for."""
    status = Path("/proc/self/status")
    if not status.is_file():
        yield
        return
    import resource

    held = next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmData")) * 1024
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (held + 500 * 10**6, hard))
    yield
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


@pytest.mark.usefixtures("_little_memory")
def test_two_thousand_damaged_files_give_a_message_each_or_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing but CheckpointError comes out, and none for want of memory; one damaged in a number alone may open."""
    rng = np.random.default_rng(0)
    whole = list(originals(tmp_path))
    path = tmp_path / "spoilt.pt"
    told: list[CheckpointError] = []
    for number in range(2000):
        path.write_bytes(damaged(whole[number % len(whole)], rng))
        try:
            (read if number % len(whole) < BY_WEIGHTS else open_foreign)(path)
        except CheckpointError as error:
            told.append(error)
    assert len(told) > 1200
    assert all(error.title and error.hint and "\x1b" not in str(error) for error in told)
    assert not any("does not fit into the memory" in error.title for error in told)
    assert capsys.readouterr().out == ""  # where commands answer: nothing but the answer stands there
