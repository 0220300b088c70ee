"""The laws of the house: who may import whom, what runs where, how long a thing may be, what it may be called.

Where a better plan is found, the table `MAY_IMPORT` changes with it.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "explorer"

FOR_ALL = {"errors", "places", ""}  # '' is the package itself: its version
CORE = {"latents", "models", "projections"}
MAY_IMPORT: dict[str, set[str]] = {
    "": {"models"},
    "errors": set(),
    "places": set(),
    "latents": set(),
    "models": {"latents"},
    "projections": {"latents", "models"},
    "session": CORE,
    "work": CORE,
    "export": CORE,
    "ui": {*CORE, "session", "export", "work"},
    "commands": {*CORE, "session", "export"},
    "cli": {"commands"},
    "__main__": {"cli"},
    "desk": {*CORE, "session", "work", "export", "ui"},
    "app": {*CORE, "session", "work", "export", "ui", "desk"},
}
EXCEPTIONS = {
    ("commands.window", "app"),  # the command that opens the window
    ("commands.programs", "work.apart"),  # a program of others is run in a process of its own there, too
}
MEASURING = {"commands.bench"}  # runs each benchmark in a process of its own
FROM_WORK_TO_UI = {"work.messages"}
WITHOUT_QT = {"", "errors", "places", "latents", "models", "projections", "session", "export", "commands", "cli"}
STARTERS = {"threading", "multiprocessing", "subprocess", "concurrent", "asyncio"}
QT_STARTERS = {"QThread", "QThreadPool", "QRunnable", "QProcess"}
HEAVY = (
    "torch",
    "av",
    "sklearn",
    "scipy",
    "onnx",
    "onnxscript",
    "onnxruntime",
    "pyqtgraph",
    "openTSNE",
    "umap",
    "pacmap",
)
LONGEST_FILE, LONGEST_FUNCTION = 400, 50
VERBS_OF_NOTHING = {"update", "refresh", "process", "handle"}
NAMES_OF_NOTHING = {"manager", "helper", "helpers", "util", "utils", "misc", "common"}


def python_files(*folders: str) -> list[Path]:
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def module_name(file: Path) -> str:
    """'ui.map.view' for explorer/ui/map/view.py, '' for explorer/__init__.py."""
    parts = file.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports(file: Path) -> Iterator[str]:
    """Full names of what a file imports anywhere; 'a.b' for `from a import b`."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: say the whole name of what is imported"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own_imports(file: Path) -> set[str]:
    """What a file imports of ours, without 'explorer.'."""
    names = {name for name in imports(file) if name.split(".")[0] == "explorer"}
    return {_known_module(name.partition(".")[2]) for name in names}


def _known_module(name: str) -> str:
    """The module in 'work.messages.Opened': 'work.messages'."""
    while name and not (PACKAGE / name.replace(".", "/")).with_suffix(".py").is_file():
        if (PACKAGE / name.replace(".", "/")).is_dir():
            break
        name = name.rpartition(".")[0]
    return name


def room(name: str) -> str:
    return name.partition(".")[0]


def is_allowed(importer: str, imported: str) -> bool:
    here, there = room(importer), room(imported)
    if here == "ui" and there == "work":
        return imported in FROM_WORK_TO_UI
    return there in FOR_ALL or there == here or there in MAY_IMPORT[here] or (importer, imported) in EXCEPTIONS


ALL = python_files("explorer")
names_of_files = pytest.mark.parametrize("file", ALL, ids=lambda file: module_name(file) or "explorer")


@names_of_files
def test_every_file_is_in_a_room_of_the_plan(file: Path) -> None:
    assert room(module_name(file)) in MAY_IMPORT, f"{file.relative_to(ROOT)}: add its room to the plan"


@names_of_files
def test_a_file_imports_only_what_its_room_may(file: Path) -> None:
    here = module_name(file)
    if room(here) in MAY_IMPORT:
        assert [name for name in sorted(own_imports(file)) if not is_allowed(here, name)] == []


@names_of_files
def test_the_core_never_sees_qt_and_the_screen_never_sees_torch(file: Path) -> None:
    here = room(module_name(file))
    seen = {name.split(".")[0] for name in imports(file)}
    if here in WITHOUT_QT:
        assert not seen & {"PySide6", "shiboken6", "pyqtgraph"}
    if here != "models":
        assert "torch" not in seen
    if here not in ("ui", "benchmarks"):
        assert "pyqtgraph" not in seen


@names_of_files
def test_only_work_starts_threads_and_processes(file: Path) -> None:
    if room(module_name(file)) == "work" or module_name(file) in MEASURING:
        return
    assert [name for name in imports(file) if name.split(".")[0] in STARTERS] == []
    assert [name for name in imports(file) if name.rpartition(".")[2] in QT_STARTERS] == []


@pytest.mark.parametrize(
    "names", ["explorer.cli explorer.commands.window", "explorer.ui explorer.session explorer.desk explorer.app"]
)
def test_what_the_window_imports_at_start_is_light(names: str) -> None:
    """In a process of its own: torch, scikit-learn and the like come after the first picture."""
    lines = [
        "import importlib, pkgutil, sys",
        f"for name in {names.split()!r}:",
        "    if importlib.util.find_spec(name) is None: continue",
        "    module = importlib.import_module(name)",
        "    paths = getattr(module, '__path__', [])",
        "    for found in pkgutil.walk_packages(paths, name + '.'): importlib.import_module(found.name)",
        f"print(*sorted(set({HEAVY!r}) & set(sys.modules)))",
    ]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False, env=environment, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_before_the_first_paint_nothing_of_the_core_is_imported() -> None:
    """Neither numpy nor the models: what the command of the window asks of its options waits behind them."""
    lines = [
        "import sys",
        "from explorer import app, cli",
        "app.run = lambda *_given, **_named: print(*sorted({'numpy', 'explorer.models'} & set(sys.modules))) or 0",
        "cli.main([])",
    ]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False, env=environment, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


@pytest.mark.parametrize("file", python_files("explorer", "tests", "benchmarks"), ids=lambda file: file.stem)
def test_a_file_is_short(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("file", python_files("explorer", "benchmarks"), ids=lambda file: file.stem)
def test_functions_are_short(file: Path) -> None:
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(tree(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def words(name: str) -> list[str]:
    """'open', 'model' for open_model and OpenModel."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def says_nothing(name: str) -> bool:
    parts = words(name)
    return bool(parts) and (parts[0] in VERBS_OF_NOTHING or bool(set(parts) & NAMES_OF_NOTHING))


@pytest.mark.parametrize("file", python_files("explorer", "benchmarks"), ids=lambda file: file.stem)
def test_names_say_something(file: Path) -> None:
    defined = [
        node.name
        for node in ast.walk(tree(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    ]
    assert [name for name in [*defined, file.stem] if says_nothing(name)] == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    places = re.compile(r"(?<![\w.~}])/(?:home|root|work|tmp|Users)/(?!\.X11)")
    texts = [
        *python_files("explorer", "tests", "benchmarks"),
        *ROOT.glob("*.md"),
        *ROOT.glob("*.toml"),
        ROOT / "Makefile",
    ]
    texts += [*(ROOT / "pretrained").rglob("*.md"), *(ROOT / "pretrained").rglob("*.json")]
    naming = {
        f"{file.relative_to(ROOT)}: {line.strip()}"
        for file in texts
        for line in file.read_text(encoding="utf-8").splitlines()
        if places.search(line) and "re.compile" not in line
    }
    assert naming == set()
