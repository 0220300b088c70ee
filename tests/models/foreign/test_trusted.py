"""Programs in files of others: never run without the user's word for exactly these bytes; then kept as data."""

from __future__ import annotations

import contextlib
import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from trusted_nets import DECODERS, Whole

from explorer.errors import CheckpointError
from explorer.models.checkpoint import open_model
from explorer.models.foreign.kept import Asking, Kept, keep
from explorer.models.foreign.opening import convert, open_foreign
from explorer.models.foreign.trusted import archives, programs, word
from explorer.models.foreign.trusted.seal import TrustWantedError, sealed

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::torch.jit.TracerWarning")


def quiet(*_told: object) -> None:
    """No step is told."""


def scripted(net: nn.Module, _shape: tuple[int, ...], path: Path) -> None:
    torch.jit.save(torch.jit.script(net), path)


def traced(net: nn.Module, shape: tuple[int, ...], path: Path) -> None:
    torch.jit.save(torch.jit.trace(net, torch.randn(2, *shape)), path)


def exported(net: nn.Module, shape: tuple[int, ...], path: Path) -> None:
    any_number = ({0: torch.export.Dim.DYNAMIC},)
    torch.export.save(torch.export.export(net, (torch.randn(2, *shape),), dynamic_shapes=any_number), path)


SAVED: dict[str, Callable[[nn.Module, tuple[int, ...], Path], None]] = {
    "script.pt": scripted,
    "trace.pt": traced,
    "program.pt2": exported,
}


def agree(path: Path) -> None:
    programs.agree_to(path)


def decoder(name: str) -> tuple[nn.Module, tuple[int, ...]]:
    """One of `DECODERS`, its norms no longer those of a fresh network."""
    kind, shape = DECODERS[name]
    torch.manual_seed(3)
    net = kind().eval()
    for key, value in net.state_dict().items():
        if "running" in key:
            value.uniform_(0.5, 1.5)
    return net, shape


def pictures(net: Callable[[Tensor], Tensor], latents: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """What the network itself makes, its range stretched to 0..1, (n, height, width, channels)."""
    with torch.no_grad():
        made = net(torch.from_numpy(latents).reshape(-1, *shape))
    return made.permute(0, 2, 3, 1).numpy()


@pytest.mark.parametrize(
    ("name", "file"),
    [
        *((name, "script.pt") for name in DECODERS),
        *((name, "trace.pt") for name in ("gated", "modulated")),
        *((name, "program.pt2") for name in ("attending", "spatial")),
    ],
)
def test_a_program_that_was_agreed_to_makes_the_pictures_of_its_network(name: str, file: str, tmp_path: Path) -> None:
    net, shape = decoder(name)
    SAVED[file](net, shape, tmp_path / file)
    with pytest.raises(TrustWantedError, match="brings its own program"):
        open_foreign(tmp_path / file)
    agree(tmp_path / file)
    model = open_foreign(tmp_path / file)
    assert model.card.default_space.shape == shape
    latents = (
        model.sample(5, seed=0)
        if model.card.default_space.has_prior
        else np.random.default_rng(0).normal(size=(5, model.card.default_space.dim)).astype(np.float32)
    )
    low, high = model.card.image_range
    theirs = np.clip((pictures(net, latents, shape) - low) / (high - low), 0, 1)
    assert np.abs(model.decode_float(latents) - theirs).max() < 1e-4
    assert not any("no code" in fact.text for fact in model.card.facts)


def test_a_whole_vae_takes_latents_at_its_decode_and_pictures_at_its_encode(tmp_path: Path) -> None:
    net = Whole().eval()
    torch.jit.save(torch.jit.script(net), tmp_path / "vae.pt")
    agree(tmp_path / "vae.pt")
    model = open_foreign(tmp_path / "vae.pt")
    assert model.card.default_space.dim == 3
    images = np.random.default_rng(0).integers(0, 256, (4, 16, 16, 1), dtype=np.uint8)
    mean, log_variance = net.encode(torch.from_numpy(images).permute(0, 3, 1, 2) / 255)
    posterior = model.encode(images)  # type: ignore[attr-defined]
    np.testing.assert_allclose(posterior.mean, mean.detach().numpy(), atol=1e-5)
    np.testing.assert_allclose(posterior.log_variance, log_variance.detach().numpy(), atol=1e-5)


def test_the_decoder_in_an_exported_vae_is_found(tmp_path: Path) -> None:
    net = Whole().eval()
    exported(net, (1, 16, 16), tmp_path / "vae.pt2")
    agree(tmp_path / "vae.pt2")
    model = open_foreign(tmp_path / "vae.pt2")
    latents = model.sample(3, seed=0)
    assert np.abs(model.decode_float(latents) - pictures(net.decode, latents, (3,))).max() < 1e-4


def test_what_is_kept_is_data_and_opens_without_the_program_and_without_any_word(tmp_path: Path) -> None:
    net, shape = decoder("gated")
    scripted(net, shape, tmp_path / "g.pt")
    agree(tmp_path / "g.pt")
    convert(tmp_path / "g.pt", tmp_path / "ours", program=programs.program_of(tmp_path / "g.pt"))
    word.forget(word.agreed())
    assert sorted(one.name for one in (tmp_path / "ours").iterdir()) == ["config.json", "model.safetensors"]
    assert json.loads((tmp_path / "ours" / "config.json").read_text())["family"] == "graph"
    assert open_model(tmp_path / "ours").decode(np.zeros((2, 7), np.float32)).shape == (2, 8, 8, 3)


class Planted(nn.Module):
    """Writes a file as soon as it is loaded."""

    if TYPE_CHECKING:
        w: Tensor

    def __init__(self, marker: str) -> None:
        super().__init__()
        self.register_buffer("w", torch.randn(4, 768))
        self.marker = marker

    def forward(self, z: Tensor) -> Tensor:
        return (z @ self.w).view(-1, 3, 16, 16)

    @torch.jit.export
    def __getstate__(self) -> tuple[Tensor, str, bool]:
        return self.w, self.marker, self.training

    @torch.jit.export
    def __setstate__(self, state: tuple[Tensor, str, bool]) -> None:
        self.w, self.marker, self.training = state[0], state[1], state[2]
        torch.save(state[0], self.marker)


class Calls:
    """A pickle that makes a folder while it is loaded."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.marker),)


def planted_script(path: Path, marker: Path) -> None:
    torch.jit.save(torch.jit.script(Planted(str(marker))), path)


def planted_export(path: Path, marker: Path) -> None:
    net, shape = decoder("attending")
    exported(net, shape, path.with_suffix(".whole"))
    payload = io.BytesIO()
    torch.save({"a": Calls(marker)}, payload)
    with zipfile.ZipFile(path.with_suffix(".whole")) as whole, zipfile.ZipFile(path, "w") as spoilt:
        for name in whole.namelist():
            spoilt.writestr(name, payload.getvalue() if name.endswith("sample_inputs/model.pt") else whole.read(name))


PLANTED = {"g.pt": planted_script, "g.pt2": planted_export}


@pytest.mark.parametrize("name", PLANTED)
def test_a_payload_does_not_run_without_a_word_nor_with_one_for_other_bytes(name: str, tmp_path: Path) -> None:
    path, marker = tmp_path / name, tmp_path / "marker"
    PLANTED[name](path, marker)
    marker.unlink(missing_ok=True)  # TorchScript runs it while it is saved, too
    asked = keep(path, step=quiet)
    assert isinstance(asked, Asking)
    assert not marker.exists()
    other = tmp_path / "other" / name
    other.parent.mkdir()
    net, shape = decoder("gated")
    SAVED["script.pt" if name == "g.pt" else "program.pt2"](net, shape, other)
    agree(other)  # a word for another file of the same name
    assert isinstance(keep(path, step=quiet), Asking)
    word.agree({asked.inside.files[0].sha256: "x"})
    changed = bytearray(path.read_bytes())
    changed[len(changed) // 2] ^= 1
    path.write_bytes(changed)
    with pytest.raises(CheckpointError):
        open_foreign(path)
    assert not marker.exists()


@pytest.mark.parametrize("name", PLANTED)
def test_the_payload_is_live_once_it_was_agreed_to(name: str, tmp_path: Path) -> None:
    """So the test above can fail."""
    path, marker = tmp_path / name, tmp_path / "marker"
    PLANTED[name](path, marker)
    marker.unlink(missing_ok=True)
    agree(path)
    open_foreign(path)
    assert marker.exists()


def test_what_is_asked_names_the_suspicious_first(tmp_path: Path) -> None:
    planted_script(tmp_path / "g.pt", tmp_path / "marker")
    inside = archives.look(sealed(tmp_path / "g.pt"), "TorchScript file")
    assert any("torch.save" in alarm for alarm in inside.alarms)
    assert any("__setstate__" in alarm for alarm in inside.alarms)
    assert "Planted" in dict(inside.found)["Modules"]
    planted_export(tmp_path / "g.pt2", tmp_path / "marker")
    inside = archives.look(sealed(tmp_path / "g.pt2"), "torch export (.pt2)")
    assert any("mkdir" in alarm for alarm in inside.alarms)
    assert "Attending" in dict(inside.found)["Modules"]
    assert "scaled_dot_product_attention" in dict(inside.found)["Operations"]


def test_an_honest_program_raises_no_alarm(tmp_path: Path) -> None:
    for name, (kind, shape) in DECODERS.items():
        for file, save in SAVED.items():
            save(kind().eval(), shape, tmp_path / file)
            container = "torch export (.pt2)" if file.endswith("pt2") else "TorchScript file"
            assert archives.look(sealed(tmp_path / file), container).alarms == (), (name, file)  # type: ignore[arg-type]


class Tossing(nn.Module):
    """Draws noise of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 768)

    def forward(self, z: Tensor) -> Tensor:
        made: Tensor = self.fc(z).view(-1, 3, 16, 16)
        return made + torch.randn_like(made)


class Sampling(nn.Module):
    """Looks numbers up in a way that no graph of ours has."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 768)

    def forward(self, z: Tensor) -> Tensor:
        made = self.fc(z).view(-1, 3, 16, 16)
        return torch.cumsum(made, 2)


class Judge(nn.Module):
    """Takes pictures, gives a number."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(48, 1)

    def forward(self, z: Tensor) -> Tensor:
        return self.fc(z.flatten(1))  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("net", "said"),
    [(Sampling(), "CumSum"), (Judge(), "nothing in it makes pictures from latents")],
)
def test_what_cannot_be_kept_is_named(net: nn.Module, said: str, tmp_path: Path) -> None:
    torch.jit.save(torch.jit.script(net.eval()), tmp_path / "g.pt")
    agree(tmp_path / "g.pt")
    with pytest.raises(CheckpointError, match=said) as told:
        open_foreign(tmp_path / "g.pt")
    assert told.value.hint


def test_noise_of_its_own_is_left_out_and_told(tmp_path: Path) -> None:
    net = Tossing().eval()
    torch.jit.save(torch.jit.script(net), tmp_path / "g.pt")
    agree(tmp_path / "g.pt")
    model = open_foreign(tmp_path / "g.pt")
    assert any("draws noise of its own" in fact.text for fact in model.card.facts)
    latents = model.sample(3, seed=0)
    np.testing.assert_array_equal(model.decode(latents), model.decode(latents))


def test_a_known_architecture_opens_without_its_program_and_with_it_after_a_word(tmp_path: Path) -> None:
    from references import ExampleVae

    torch.jit.save(torch.jit.script(ExampleVae(784, 40, 5).eval()), tmp_path / "vae.pt")
    plain = keep(tmp_path / "vae.pt", step=quiet)
    assert isinstance(plain, Kept)
    assert "fully connected" in plain.card.architecture


def test_damaged_programs_give_a_message_each(tmp_path: Path) -> None:
    """Bytes that were agreed to and do not load are told as well, whatever torch raises for them."""
    rng = np.random.default_rng(0)
    net, shape = decoder("gated")
    for file, save in SAVED.items():
        save(net, shape, tmp_path / file)
        whole = (tmp_path / file).read_bytes()
        for number in range(12):
            spoilt = bytearray(whole)
            for place in rng.integers(len(spoilt), size=8):
                spoilt[place] ^= 1 << int(rng.integers(8))
            path = tmp_path / f"{number}_{file}"
            path.write_bytes(bytes(spoilt) if number % 3 else whole[: len(whole) * number // 13])
            word.agree({sealed(path).sha256: str(path)})
            with contextlib.suppress(CheckpointError):
                open_foreign(path)


def test_the_word_survives_damage_of_its_file_as_no_word(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("x = 1")
    word.agree({sealed(file).sha256: str(file)})
    assert word.is_agreed([sealed(file)])
    assert [one.name for one in word.agreed().values()] == ["a.py"]
    file.write_text("x = 2")
    assert not word.is_agreed([sealed(file)])
    from explorer import places

    for spoilt in ('{"files": [{"sha256": "zz"}, 3]}', "[", '{"files": 3}', "[]"):
        (places.config() / "trusted.json").write_text(spoilt)
        assert word.agreed() == {}
