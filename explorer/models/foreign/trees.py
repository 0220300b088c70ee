"""Pickled `torch.nn` modules, their tensors under the keys that `state_dict` would give them. No torch here.

A module pickles as its class and its `__dict__`: `_parameters`, `_buffers`, `_modules`, and what it was built with
(torch/nn/modules/module.py).
"""

from __future__ import annotations

from collections.abc import Mapping

from explorer.models.foreign.limits import DEEPEST
from explorer.models.foreign.stand_ins import Array
from explorer.models.foreign.unwrap import Tensors
from explorer.models.foreign.values import Stored, Thing


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
