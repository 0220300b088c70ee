"""A Python file of the user's, and the files beside it that it imports: found and looked at, not run.

Only what is found here can be imported from that folder later on: each of these files is hashed and agreed to.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

from explorer.errors import CheckpointError
from explorer.models.foreign.trusted.seal import Inside, Sealed, held, sealed

ENDING = ".latent.py"
MOST_FILES = 64
MOST_TEXT = 200_000  # characters that are shown
ALARMS = {
    "os": "it may change files and start programs",
    "subprocess": "it may start programs",
    "shutil": "it may move and delete files",
    "socket": "it may use the network",
    "requests": "it may use the network",
    "urllib": "it may use the network",
    "http": "it may use the network",
    "ctypes": "it may call machine code",
    "pickle": "loading pickles runs what they say",
    "builtins": "it may call anything",
    "importlib": "it may import anything",
    "sys": "it may change how Python works",
}
CALLS = {
    "eval": "it runs text as a program",
    "exec": "it runs text as a program",
    "compile": "it makes a program of a text",
    "__import__": "it imports by a name that it makes up",
    "open": "it opens files",
    "torch.load": "with weights_only=False it runs what the file says",
    "torch.hub.load": "it fetches a program from the network",
}


def adapter_path(weights: Path) -> Path:
    """Where the Python file of a file of weights lies: vae.pth, vae.latent.py."""
    return weights.with_name(weights.stem + ENDING)


def bundle(adapter: Path) -> tuple[Sealed, ...]:
    """The file, and those beside it that it imports, read once. Raises CheckpointError."""
    if adapter.suffix.lower() != ".py":
        raise CheckpointError(f"{adapter.name} is no Python file.", "Its name has to end in .py.")
    first = sealed(adapter)
    found: dict[Path, Sealed] = {first.path: first}
    ahead = [first]
    while ahead:
        one = ahead.pop(0)
        for path in _beside(one, first.path.parent):
            if path not in found:
                if len(found) >= MOST_FILES:
                    raise CheckpointError(f"{adapter.name} imports more than {MOST_FILES} files.", "Give it fewer.")
                found[path] = sealed(path)
                ahead.append(found[path])
    return tuple(found.values())


def _beside(file: Sealed, folder: Path) -> Iterator[Path]:
    """Files below `folder` that a file imports."""
    package = file.path.parent.relative_to(folder).parts
    for name in _imported(file, package):
        parts = name.split(".")
        for length in range(1, len(parts) + 1):
            place = folder.joinpath(*parts[:length])
            for path in (place.with_suffix(".py"), place / "__init__.py"):
                if path.is_file() and path.resolve().is_relative_to(folder):
                    yield path.resolve()


def _imported(file: Sealed, package: Sequence[str]) -> Iterator[str]:
    for node in _nodes(file):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join((*above, *([node.module] if node.module else [])))
            yield base
            yield from (f"{base}.{alias.name}" if base else alias.name for alias in node.names)


def _nodes(file: Sealed) -> Iterator[ast.AST]:
    try:
        yield from ast.walk(ast.parse(file.content))
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # it says so itself when it is run
        return


def look(files: Sequence[Sealed]) -> Inside:
    """What stands in them."""
    alarms: dict[str, None] = {}
    imports: dict[str, None] = {}
    defined: dict[str, None] = {}
    for file in files:
        for node in _nodes(file):
            _note(node, alarms, imports, defined)
    text = "\n".join(f"# {one.path}\n{one.content.decode(errors='replace')}" for one in files)
    found = (("Imports", tuple(imports)), ("Defines", tuple(defined)))
    return Inside("Python", held(files), tuple(alarms), tuple(one for one in found if one[1]), text[:MOST_TEXT])


def _note(node: ast.AST, alarms: dict[str, None], imports: dict[str, None], defined: dict[str, None]) -> None:
    if isinstance(node, ast.Import | ast.ImportFrom):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or "."]
        imports.update(dict.fromkeys(names))
        for name in names:
            if (what := ALARMS.get(name.partition(".")[0])) is not None:
                alarms[f"import {name}: {what}"] = None
    elif isinstance(node, ast.ClassDef | ast.FunctionDef):
        defined[node.name] = None
    elif isinstance(node, ast.Call):
        called = ast.unparse(node.func)
        if called in CALLS:
            alarms[f"line {node.lineno}: {called}(…): {CALLS[called]}"] = None
