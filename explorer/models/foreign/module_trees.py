"""Pickled `torch.nn` modules as data: class names, plain attributes, children."""

from __future__ import annotations

from collections.abc import Mapping

from explorer.models.foreign.limits import DEEPEST
from explorer.models.foreign.reading import ModuleTree
from explorer.models.foreign.unwrap import plain
from explorer.models.foreign.values import Name, Thing

_INNER = ("_parameters", "_buffers", "_modules", "_backend", "training")


def module_tree(value: object, depth: int = 0) -> ModuleTree | None:
    """The tree of a pickled module; None for anything else."""
    if not isinstance(value, Thing) or depth > DEEPEST:
        return None
    held = value.attributes()
    children = held.get("_modules")
    if not isinstance(children, Mapping) or not isinstance(held.get("_parameters"), Mapping):
        return None
    told = {key: _attribute(one) for key, one in held.items() if key not in _INNER and not key.endswith("_hooks")}
    below = {str(name): module_tree(child, depth + 1) for name, child in children.items()}
    kind = value.name.full
    kept = {key: one for key, one in told.items() if one is not None or key in ("padding_mode", "bias")}
    return ModuleTree(kind, kept, {name: tree for name, tree in below.items() if tree is not None})


def _attribute(value: object) -> object:
    return value.full if isinstance(value, Name) else plain(value)
