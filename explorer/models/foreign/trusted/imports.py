"""Imports of a Python file that is being run, served from the bytes that were agreed to, and from no file."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType

from explorer.models.foreign.trusted.seal import Sealed


@contextmanager
def importable(files: Sequence[Sealed]) -> Iterator[None]:
    """While this lasts, the files beside the first one can be imported by it, and by each other."""
    folder = files[0].path.parent
    known = {name: one for one in files[1:] for name in [_name(one.path, folder)]}
    packages = {".".join(name.split(".")[:length]) for name in known for length in range(1, name.count(".") + 1)}
    finder = _Finder(known, packages - known.keys())
    before = {name: sys.modules.pop(name) for name in list(sys.modules) if finder.serves(name)}
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if finder.serves(name)]:
            del sys.modules[name]
        sys.modules.update(before)


def _name(path: Path, folder: Path) -> str:
    """'nets.vae' of nets/vae.py, 'nets' of nets/__init__.py."""
    parts = path.relative_to(folder).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


class _Finder(MetaPathFinder, InspectLoader):
    """Finds and loads the files of a bundle. A folder without `__init__.py` is a package all the same."""

    def __init__(self, files: Mapping[str, Sealed], folders: set[str]) -> None:
        self._files, self._folders = files, folders

    def serves(self, name: str) -> bool:
        return name in self._files or name in self._folders

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not self.serves(fullname):
            return None
        spec = ModuleSpec(fullname, self, origin=str(self._path(fullname) or ""), is_package=self.is_package(fullname))
        spec.has_location = fullname in self._files
        return spec

    def is_package(self, fullname: str) -> bool:
        path = self._path(fullname)
        return path is None or path.name == "__init__.py"

    def get_source(self, fullname: str) -> str:
        file = self._files.get(fullname)
        return file.content.decode() if file is not None else ""

    def get_code(self, fullname: str) -> CodeType:
        file = self._files.get(fullname)
        code = compile(file.content if file else b"", str(file.path) if file else "", "exec", dont_inherit=True)
        assert isinstance(code, CodeType)
        return code

    def _path(self, fullname: str) -> Path | None:
        file = self._files.get(fullname)
        return file.path if file is not None else None
