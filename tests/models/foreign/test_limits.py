"""What a file may cost: its size, how deep it is nested, how many tensors and steps it has."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path

import pytest
import torch
from onnx_nets import Grower, written
from safetensors.torch import save_file

from explorer.errors import CheckpointError
from explorer.models.foreign import arrays, lowering, onnx_files, sniff, torch_files, unwrap
from explorer.models.foreign.contents import contents
from explorer.models.foreign.opening import open_foreign, read


def refused(path: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        open_foreign(path)
    assert caught.value.hint
    return str(caught.value)


def test_a_file_that_is_too_large_is_not_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.save({"a": torch.zeros(4)}, tmp_path / "a.pt")
    monkeypatch.setattr(sniff, "LARGEST_FILE", 100)
    assert "far too large" in refused(tmp_path / "a.pt")


def test_dicts_in_dicts_without_end_are_not_followed(tmp_path: Path) -> None:
    nested: dict[str, object] = {"w.weight": torch.zeros(2, 2)}
    for _ in range(400):
        nested = {"inner": nested}
    torch.save(nested, tmp_path / "deep.pt")
    assert "no tensors" in refused(tmp_path / "deep.pt")


def test_too_many_tensors_are_refused_in_every_container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = {f"w{number}": torch.zeros(1) for number in range(30)}
    torch.save(many, tmp_path / "a.pt")
    torch.save(many, tmp_path / "b.pt", _use_new_zipfile_serialization=False)
    save_file(many, tmp_path / "c.safetensors")
    for module in (arrays, torch_files, unwrap):
        monkeypatch.setattr(module, "MOST_TENSORS", 20)
    for name in ("a.pt", "b.pt", "c.safetensors"):
        assert "too many tensors" in refused(tmp_path / name)


def test_too_many_entries_and_steps_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(tmp_path / "many.pt", "w") as opened:
        for number in range(30):
            opened.writestr(f"a/data/{number}", b"")
    monkeypatch.setattr(sniff, "MOST_ENTRIES", 20)
    assert "holds 30 files" in refused(tmp_path / "many.pt")
    written(Grower(), tmp_path / "g.onnx", (2, 6))
    monkeypatch.setattr(lowering, "MOST_NODES", 3)
    assert "more than 3 operations" in refused(tmp_path / "g.onnx")
    monkeypatch.setattr(onnx_files, "MOST_STEPS", 3)
    assert "operations" in refused(tmp_path / "g.onnx")


def test_a_zip_that_swells_is_refused(tmp_path: Path) -> None:
    """A thousand megabytes of zeros, packed into one."""
    with zipfile.ZipFile(tmp_path / "bomb.pt", "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("a/data.pkl", b"\x80\x02" + b"N0" * 30_000_000 + b"N.")
        opened.writestr("a/version", b"3")
    assert "far too large" in refused(tmp_path / "bomb.pt")


def test_a_pickle_of_endless_instructions_comes_to_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from explorer.models.foreign import pickles

    monkeypatch.setattr(pickles, "INSTRUCTIONS", 1000)
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(list(range(5000))))
    assert "more than 1,000 instructions" in refused(tmp_path / "a.pkl")


def test_looking_into_a_file_loads_no_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.save({"a.weight": torch.zeros(4, 4)}, tmp_path / "a.pt")
    fetched: list[object] = []
    monkeypatch.setattr(torch_files, "member_bytes", lambda *told: fetched.append(told))
    assert contents(tmp_path / "a.pt").parameters == 16
    assert not fetched
    with pytest.raises(CheckpointError):
        read(tmp_path / "a.pt")
    assert fetched
