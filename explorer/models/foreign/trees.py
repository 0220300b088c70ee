"""Pickled `torch.nn` modules as data: class names, plain attributes, children, and every tensor under its key.

A module pickles as its class and its `__dict__`: `_parameters`, `_buffers`, `_modules`, and what it was built with
(torch/nn/modules/module.py; `_non_persistent_buffers_set` since 1.5).
"""

from __future__ import annotations

from collections.abc import Mapping

from explorer.models.foreign.limits import DEEPEST
from explorer.models.foreign.reading import ModuleTree
from explorer.models.foreign.stand_ins import Array
from explorer.models.foreign.unwrap import Tensors, plain
from explorer.models.foreign.values import Name, Stored, Thing

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


def module_tensors(value: object, prefix: str = "", depth: int = 0) -> Tensors:
    """Parameters and buffers of a pickled module, by the keys that its `state_dict` would have."""
    if not isinstance(value, Thing) or depth > DEEPEST:
        return {}
    held, found = value.attributes(), {}
    for group in ("_parameters", "_buffers"):
        inner = held.get(group)
        for name, one in inner.items() if isinstance(inner, Mapping) else ():
            stored = one.stored if isinstance(one, Array) else one
            if isinstance(stored, Stored):
                found[f"{prefix}{name}"] = stored
    children = held.get("_modules")
    for name, child in children.items() if isinstance(children, Mapping) else ():
        found.update(module_tensors(child, f"{prefix}{name}.", depth + 1))
    return found


def find_module(value: object, depth: int = 0) -> Thing | None:
    """The first whole module in what a file holds: itself, or a value of its dict, an averaged copy before others."""
    if isinstance(value, Thing) and "_modules" in value.attributes():
        return value
    if not isinstance(value, Mapping) or depth > 3:
        return None
    order = sorted(value, key=lambda key: (str(key).lower() not in ("g_ema", "ema"), str(key).lower() in ("d", "netd")))
    return next((found for key in order if (found := find_module(value[key], depth + 1)) is not None), None)
