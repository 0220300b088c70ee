"""The menu of what was opened lately: each under its own name, with what it is, its path in the tooltip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtWidgets import QMenu


def fill(menu: QMenu, paths: Sequence[str], kinds: Mapping[str, str], chosen: Callable[[str], None]) -> None:
    """One entry a path, that calls `chosen` with it."""
    menu.setToolTipsVisible(True)
    for path, name in zip(paths, names(paths), strict=True):
        kind = kinds.get(path, "")
        action = menu.addAction(f"{name.replace('&', '&&')}\t{kind}" if kind else name.replace("&", "&&"))
        action.setToolTip(path)
        action.setData(path)
        action.triggered.connect(lambda _=False, path=path: chosen(path))


def names(paths: Sequence[str]) -> list[str]:
    """Their own names; with the folder around it where two have the same."""
    own = [Path(path).name for path in paths]
    count = Counter(own)
    return [
        f"{Path(path).parent.name}/{name}" if count[name] > 1 else name for path, name in zip(paths, own, strict=True)
    ]
