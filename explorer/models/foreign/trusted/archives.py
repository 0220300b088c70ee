"""What is in a TorchScript file or a `.pt2`, told by its texts and names. Nothing of it is run."""

from __future__ import annotations

import contextlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from explorer.models.foreign.limits import LARGEST_PICKLE, LARGEST_TEXT
from explorer.models.foreign.pickles import Machine
from explorer.models.foreign.sniff import Container
from explorer.models.foreign.trusted.seal import Inside, Sealed, held

PROGRAMS: dict[Container, str] = {"TorchScript file": "TorchScript", "torch export (.pt2)": "torch.export"}
TORCHS_OWN = frozenset({"aten", "prim", "prims", "torch", "higher_order", "quantized", "_quantized", "torchvision"})
ALARMS = {
    "save": "torch.save: it writes a file",
    "load": "torch.load: it reads a file, and runs what that says",
    "from_file": "torch.from_file: it reads or writes a file",
    "print": "print: it writes to the terminal",
}
MOST_TEXT = 200_000  # characters that are shown
_CLASS = re.compile(r"^class (\w+)\(", re.MULTILINE)
_CALLED = re.compile(r"\b(?:torch|ops\.(\w+))\.(\w+)\(")
_TARGET = re.compile(r"\btorch\.ops\.(\w+)\.(\w+)")
_DULL = frozenset(
    ["size", "len", "ne", "eq", "gt", "lt", "format", "warn", "annotate", "dim", "append", "sym_size", "RaiseException"]
)
_EXPECTED = re.compile(r"(collections|torch(?!\.(hub|load))|numpy|_codecs|__torch__)\b")


@dataclass
class Seen:
    """What was found so far, in order, each once."""

    alarms: dict[str, None]
    operations: dict[str, None]
    modules: dict[str, None]
    text: str = ""

    def operation(self, space: str, name: str) -> None:
        """An operation that the program names, in a space of torch's or of somebody else's."""
        if space not in TORCHS_OWN:
            self.alarms[f"{space}.{name}: an operation that is not torch's own"] = None
        elif name in ALARMS:
            self.alarms[ALARMS[name]] = None
        if name not in _DULL and not name.startswith("__"):
            self.operations[name] = None


def look(file: Sealed, container: Container) -> Inside:
    """What stands in it. A damaged one has nothing to tell."""
    seen = Seen({}, {}, {})
    with zipfile.ZipFile(io.BytesIO(file.content)) as opened:
        (_look_at_code if container == "TorchScript file" else _look_at_graph)(opened, seen)
        _look_at_pickles(opened, seen)
    found = (
        ("Modules", tuple(seen.modules)),
        ("Operations", tuple(seen.operations)),
    )
    told = tuple((title, names) for title, names in found if names)
    return Inside(PROGRAMS[container], held([file]), tuple(seen.alarms), told, seen.text[:MOST_TEXT])


def _texts(opened: zipfile.ZipFile, ending: str) -> Iterator[tuple[str, str]]:
    room = LARGEST_TEXT
    for entry in opened.infolist():
        if entry.filename.endswith(ending) and entry.file_size <= room:
            room -= entry.file_size
            yield entry.filename, opened.read(entry).decode(errors="replace")


def _look_at_code(opened: zipfile.ZipFile, seen: Seen) -> None:
    for name, text in sorted(_texts(opened, ".py"), key=lambda one: "/torch/nn/" in one[0]):
        seen.modules.update(dict.fromkeys(_CLASS.findall(text)))
        for space, called in _CALLED.findall(text):
            seen.operation(space or "torch", called)
        if "def __setstate__" in text:
            seen.alarms["__setstate__: a part of it runs as soon as it is loaded"] = None
        if "__torch__.torch.classes" in text:
            seen.alarms["torch.classes: it wants a class of some library"] = None
        seen.text += f"# {name}\n{text}\n" if len(seen.text) < MOST_TEXT else ""


def _look_at_graph(opened: zipfile.ZipFile, seen: Seen) -> None:
    for _name, text in _texts(opened, ".json"):
        for space, called in _TARGET.findall(text):
            seen.operation(space, called)
        for stack in re.findall(r'"nn_module_stack": ("(?:[^"\\]|\\.)*")', text):
            seen.modules.update({one.rpartition(".")[2]: None for one in _classes(stack)})
    for entry in opened.infolist():
        if entry.filename.endswith((".so", ".dll", ".dylib", ".cubin", ".o")):
            seen.alarms[f"{entry.filename.rpartition('/')[2]}: a library of machine code"] = None


def _classes(stack: str) -> list[str]:
    """The classes in torch.export's note of where a step came from: 'key,path,class;key,path,class'."""
    said = json.loads(stack)
    names = (one.rpartition(",")[2] for one in str(said).split(";"))
    return [name for name in names if not name.endswith("_hook")]


def _look_at_pickles(opened: zipfile.ZipFile, seen: Seen) -> None:
    for entry in opened.infolist():
        if not 0 < entry.file_size <= LARGEST_PICKLE or entry.filename.endswith((".py", ".debug_pkl", ".json")):
            continue
        with opened.open(entry) as stream:
            head = stream.read(2)
        if head[:1] == b"\x80":
            _name(opened.read(entry), seen)
        elif head == b"PK":
            _look_at_archive(opened.read(entry), seen)


def _look_at_archive(content: bytes, seen: Seen) -> None:
    """A torch file inside: weights, constants or example inputs of a `.pt2`."""
    with zipfile.ZipFile(io.BytesIO(content)) as inner:
        for entry in inner.infolist():
            if entry.filename.endswith(".pkl") and entry.file_size <= LARGEST_PICKLE:
                _name(inner.read(entry), seen)


def _name(content: bytes, seen: Seen) -> None:
    machine = Machine({}, lambda _identity: None)
    with contextlib.suppress(Exception):  # numbers that look like a pickle, or a damaged one: what it named counts
        machine.run(content)
    for name in machine.names:
        if not _EXPECTED.match(name):
            seen.alarms[f"{name}: a pickle in it wants this to be called while it is loaded"] = None
