"""A decoder's exported twin: the same pictures from onnxruntime, on the CPU two to four times as fast for one latent.

`make_twin` runs once a model, in a process of its own: it exports, checks against torch, and writes into the cache by
the hash of the weights. `read_twin` needs neither torch nor the weights, so that a known model decodes before torch
has been imported.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from explorer import places
from explorer.latents.arrays import Images, Latent, Latents
from explorer.models.base import Card
from explorer.models.threads import threads_for

if TYPE_CHECKING:
    from torch import nn

    from explorer.models.network import NetworkModel

VERSION = 1  # of what is exported and how it is checked
VISIBLE = 1 / 512  # half a step of an 8-bit picture: no twin may differ from torch by more
SCALES = (0.5, 1.0, 1.5)  # times the prior, where it is checked ...
CHECKED = 4  # ... on so many latents each
LARGEST_MODEL = 100_000_000  # parameters; the cache would not hold many of them
CACHE_BYTES = 600_000_000
DIGEST = 32  # bytes of sha256 in front of everything else


class Step(Protocol):
    def __call__(self, done: int, total: int, text: str = "") -> None: ...


class OnnxTwin:
    """Decodes latents of one space as `LatentModel.decode` does.

    `centre`, float32 (d,): where truncation pulls to, for a family that has it (see `LatentModel`).
    """

    def __init__(self, graph: bytes, card: Card, centre: Latent | None = None) -> None:
        self.space = card.default_space.name
        self._dim = card.default_space.dim
        self._shape = card.image_shape
        self._centre = centre
        self._session = session(graph, threads=1)
        if (threads := threads_for(self._milliseconds())) > 1:
            self._session = session(graph, threads)

    def fits(self, latents: Latents) -> bool:
        """Whether these are latents it can decode; torch's model says of others what is wrong with them."""
        return (
            latents.dtype == np.float32
            and latents.ndim == 2
            and latents.shape[1] == self._dim
            and bool(np.isfinite(latents).all())
        )

    def decode(self, latents: Latents, truncation: float = 1.0) -> Images:
        """uint8 (n, height, width, channels)."""
        return np.rint(self.decode_float(latents, truncation) * 255).astype(np.uint8)

    def decode_float(self, latents: Latents, truncation: float = 1.0) -> NDArray[np.float32]:
        """float32 (n, height, width, channels) in 0..1."""
        if self._centre is not None and truncation != 1:
            latents = self._centre + np.float32(truncation) * (latents - self._centre)
        pictures: NDArray[np.float32] = self._session.run(None, {"latents": np.ascontiguousarray(latents)})[0]
        if pictures.shape != (len(latents), *self._shape):
            raise ValueError(f"The twin made pictures of shape {pictures.shape}.")
        return pictures

    def _milliseconds(self) -> float:
        """How long one latent takes."""
        latents = np.zeros((1, self._dim), np.float32)
        self.decode(latents)
        start = time.perf_counter()
        self.decode(latents)
        return 1e3 * (time.perf_counter() - start)


def twin_path(card: Card) -> Path:
    """Where the twin of a model's default space is cached."""
    plain = hashlib.sha256(card.default_space.name.encode()).hexdigest()[
        :8
    ]  # a space may have any name, a file may not
    return _folder() / f"{card.fingerprint[:40]}-{plain}-{VERSION}.onnx"


def may_have_twin(card: Card) -> bool:
    """Whether it is worth a try: weights are known by hash, of a bearable size, and no try failed before."""
    path = twin_path(card)
    return (
        bool(card.fingerprint) and card.parameters <= LARGEST_MODEL and not (path.exists() or _refusal(path).exists())
    )


def read_twin(card: Card) -> OnnxTwin | None:
    """The cached twin of the default space, or None. A damaged file is thrown away."""
    path = twin_path(card)
    if not card.fingerprint or not path.is_file():
        return None
    try:
        twin = OnnxTwin(*_unpacked(path.read_bytes(), card))
        path.touch()  # the cache drops what was not used for longest
        return twin
    except Exception:  # onnxruntime raises many kinds; the twin is made again
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        return None


def make_twin(model_path: str, step: Step | None = None, *, modest: bool = True) -> str:  # noqa: ARG001 - it is one step
    """Export, check and cache the twin of a model folder; the path of the file. For a background process.

    `modest`: lower this process's priority first, to stay out of the way of the live loop. A model that cannot be
    exported, or whose twin differs, is marked so that it is not tried at every start. Raises what went wrong.
    """
    if modest:
        _be_modest()
    from explorer.models.checkpoint import open_model

    model = open_model(model_path, device="cpu")
    path = twin_path(model.card)
    centre: Latent | None = getattr(model, "w_mean", None)
    try:
        graph = export(model)
        _check(model, OnnxTwin(graph, model.card, centre))
    except Exception as error:
        _write(_refusal(path), f"{type(error).__name__}: {error}".encode())
        raise
    _write(path, _packed(graph, centre))
    _keep_small(path)
    return str(path)


def _packed(graph: bytes, centre: Latent | None) -> bytes:
    place = b"" if centre is None else np.asarray(centre, np.float32).tobytes()
    body = len(place).to_bytes(8, "little") + place + graph
    return hashlib.sha256(body).digest() + body


def _unpacked(content: bytes, card: Card) -> tuple[bytes, Card, Latent | None]:
    body = content[DIGEST:]
    if hashlib.sha256(body).digest() != content[:DIGEST]:
        raise ValueError("The file is damaged.")
    start = 8 + int.from_bytes(body[:8], "little")
    return body[start:], card, np.frombuffer(body[8:start], np.float32) if start > 8 else None


def export(model: NetworkModel) -> bytes:
    """The ONNX graph of the default space's decoder: 'latents' (n, d) to 'pictures' (n, h, w, c), any n."""
    module = model.decoder_module(model.card.default_space.name)
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")  # the exporters warn of themselves
        path = Path(folder) / "twin.onnx"
        try:
            _trace(module, model.card.default_space.dim, path)
        except Exception:  # a later torch may lack the tracing exporter; it takes 1 s, the other one 5 s
            _trace_anew(module, model.card.default_space.dim, path)
        return path.read_bytes()


def _trace(module: nn.Module, dim: int, path: Path) -> None:
    import torch

    torch.onnx.export(
        module,
        (torch.zeros(2, dim),),
        str(path),
        dynamo=False,
        input_names=["latents"],
        output_names=["pictures"],
        dynamic_axes={"latents": {0: "n"}, "pictures": {0: "n"}},
    )


def _trace_anew(module: nn.Module, dim: int, path: Path) -> None:
    import torch

    program = torch.onnx.export(
        module,
        (torch.zeros(2, dim),),
        dynamo=True,
        verbose=False,
        input_names=["latents"],
        output_names=["pictures"],
        dynamic_shapes=({0: torch.export.Dim.DYNAMIC},),
    )
    assert program is not None
    program.save(str(path), external_data=False)


def _check(model: NetworkModel, twin: OnnxTwin) -> None:
    """Raises ValueError where the twin's pictures differ visibly from torch's, on latents of the prior and beyond.

    A flow far from its data is chaotic: there torch's own pictures change visibly when the latent moves by a
    millionth, and more than this cannot be asked of a twin either.
    """
    for seed, scale in enumerate(SCALES):
        latents = model.sample(CHECKED, seed=seed, space=twin.space) * np.float32(scale)
        for truncation in (1.0, 0.5):
            theirs = model.decode_float(latents, truncation=truncation)
            moved = model.decode_float(latents * np.float32(1 + 1e-6), truncation=truncation)
            difference = float(np.abs(twin.decode_float(latents, truncation) - theirs).max())
            if not difference < max(VISIBLE, float(np.abs(moved - theirs).max())):
                raise ValueError(f"The twin differs from torch by {difference:.2g}.")


def session(graph: bytes | Path, threads: int) -> Any:
    """A session of onnxruntime, which nobody else imports."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # from 1.29 on it reports to its maker, unless told before its import
    import onnxruntime

    onnxruntime.set_default_logger_severity(3)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # a spinning thread starves the window
    return onnxruntime.InferenceSession(
        str(graph) if isinstance(graph, Path) else graph,
        options,
        providers=["CPUExecutionProvider"],
        enable_fallback=0,  # to the same again, which it announces on the standard output
    )


def _folder() -> Path:
    return places.cache() / "twins"


def _refusal(path: Path) -> Path:
    return path.with_suffix(".none")


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: another process may read at this moment, and another one may write the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _keep_small(newest: Path) -> None:
    """Drop what was not used for longest until the cache has its size."""
    files = sorted(_folder().glob("*.onnx"), key=lambda file: file.stat().st_mtime, reverse=True)
    total = 0
    for file in files:
        total += file.stat().st_size
        if total > CACHE_BYTES and file != newest:
            file.unlink(missing_ok=True)


def _be_modest() -> None:
    import torch

    torch.set_num_threads(1)
    if sys.platform != "win32":
        os.nice(19)
