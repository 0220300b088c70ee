"""TorchScript files looked into: the tensors of the pickled module, and what its code names. Nothing of it is run.

A TorchScript file is a torch zip file with `code/`, a text for each class, and `data.pkl`, an object of such a class:
its attributes are tensors, plain values and further objects (torch/csrc/jit/serialization).
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from explorer.models.foreign.limits import DEEPEST, LARGEST_TEXT
from explorer.models.foreign.pickles import Damaged
from explorer.models.foreign.unwrap import Tensors
from explorer.models.foreign.values import Stored, Thing

_CALLED = re.compile(r"\b(?:torch|ops\.\w+)\.(\w+)\(")
_DULL = frozenset({"size", "len", "ne", "eq", "gt", "lt", "format", "warn", "annotate", "dim", "__not__", "__is__"})


def script_tensors(value: object, prefix: str = "", depth: int = 0) -> Tensors:
    """Tensors of a pickled script module, by the keys that its `state_dict` would have. Raises Damaged."""
    if depth > DEEPEST:
        raise Damaged("it is nested too deeply")
    found: Tensors = {}
    if isinstance(value, Thing):
        for name, one in value.attributes().items():
            if isinstance(one, Stored):
                found[f"{prefix}{name}"] = one
            else:
                found.update(script_tensors(one, f"{prefix}{name}.", depth + 1))
    return found


def operations(path: Path) -> tuple[int, tuple[str, ...]]:
    """How many texts of code are in the file, and which operations of torch they name."""
    named: dict[str, None] = {}
    with zipfile.ZipFile(path) as opened:
        texts = [one for one in opened.infolist() if one.filename.endswith(".py")]
        for one in texts:
            if one.file_size < LARGEST_TEXT // 16:
                named.update(dict.fromkeys(_CALLED.findall(opened.read(one).decode(errors="replace"))))
    return len(texts), tuple(name for name in named if name not in _DULL)
