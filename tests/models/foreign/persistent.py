"""NVIDIA's way to pickle a network: each module as a record that holds the source text of its class."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from types import ModuleType

import pytest
from torch import nn


def reconstructed(meta: object) -> object:
    raise AssertionError("a record was opened")


class Record:
    """A module that pickles as (reconstruct, ({type, version, module_src, class_name, state},))."""

    def __init__(self, net: nn.Module, source: str) -> None:
        self.net, self.source = net, source

    def __reduce__(self) -> tuple[object, ...]:
        state = dict(vars(self.net))
        state["_modules"] = {name: Record(child, self.source) for name, child in self.net._modules.items() if child}
        state |= {"_init_args": (), "_init_kwargs": {"c_dim": 0}}
        meta = {"type": "class", "version": 6, "module_src": self.source, "class_name": type(self.net).__name__}
        return sys.modules["torch_utils.persistence"]._reconstruct_persistent_obj, ({**meta, "state": state},)


def write(path: Path, networks: dict[str, nn.Module], marker: Path, patch: pytest.MonkeyPatch) -> None:
    """A `.pkl` whose source text would make the file `marker`."""
    package, module = ModuleType("torch_utils"), ModuleType("torch_utils.persistence")
    reconstructed.__module__, reconstructed.__qualname__ = "torch_utils.persistence", "_reconstruct_persistent_obj"
    module._reconstruct_persistent_obj = reconstructed  # type: ignore[attr-defined]
    patch.setitem(sys.modules, "torch_utils", package)
    patch.setitem(sys.modules, "torch_utils.persistence", module)
    source = f"open({str(marker)!r}, 'w').close()\nclass Generator: pass\n"
    held = {name: Record(net, source) for name, net in networks.items()}
    path.write_bytes(pickle.dumps({**held, "augment_pipe": None, "training_set_kwargs": {"path": "data.zip"}}))
