"""What was read of a file, as data. Nothing in it was run, and nothing in it can be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from torch import Tensor

from explorer.models.foreign.manifest import Manifest
from explorer.models.foreign.programs import Program


@dataclass(frozen=True, eq=False)
class ModuleTree:
    """A pickled `torch.nn` module as data: its class' full name, its plain attributes, its children by name."""

    kind: str
    attributes: Mapping[str, object] = field(default_factory=dict)
    children: Mapping[str, ModuleTree] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Reading:
    """What a file holds, read without running anything of it.

    `tensors`: one network's, in the order of the file, known prefixes stripped, half widened to float32, on the CPU.
    `hints`: plain data only (None, bool, int, float, str, list, dict): hyper-parameters, a `specs.json` beside it.
    `programs`: networks that the file describes step by step, as "decoder" and "encoder"; else none.
    `named`: code that the file mentions and that was not created. `networks`: the names of several, to choose from.
    `manifest`: what describes the network, where there is such a file beside it.
    """

    path: Path
    container: str
    tensors: Mapping[str, Tensor]
    hints: Mapping[str, object] = field(default_factory=dict)
    modules: ModuleTree | None = None
    named: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    file_hash: str = ""
    manifest: Manifest | None = None
    programs: Mapping[str, Program] = field(default_factory=dict)
