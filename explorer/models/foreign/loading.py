"""Numbers of unloaded tensors, brought into torch: each storage once, each tensor in memory of its own."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from explorer.models.foreign.limits import check_total
from explorer.models.foreign.values import DTYPES, Stored

WIDENED = {"float16", "bfloat16", "float64", "float8_e4m3fn", "float8_e5m2"}


def loaded(tensors: Mapping[str, Stored], file_size: int) -> dict[str, Tensor]:
    """float32 for all floating kinds, on the CPU. Raises CheckpointError where they are larger than the file can be."""
    check_total(sum(one.count * DTYPES[one.dtype] for one in tensors.values()), file_size)
    uses: dict[int, int] = {}
    for one in tensors.values():
        uses[id(one.storage)] = uses.get(id(one.storage), 0) + 1
    shelf: dict[int, Tensor] = {}
    made = {}
    for key, one in tensors.items():
        base = shelf.pop(id(one.storage), None)
        base = base if base is not None else _numbers(one)
        uses[id(one.storage)] -= 1
        if uses[id(one.storage)]:
            shelf[id(one.storage)] = base
        made[key] = _tensor(base, one, shared=id(one.storage) in shelf)
    return made


def _numbers(one: Stored) -> Tensor:
    assert one.storage.fetch is not None
    raw: Tensor = torch.from_numpy(one.storage.fetch())
    return raw.view(getattr(torch, one.storage.dtype))


def _tensor(base: Tensor, one: Stored, *, shared: bool) -> Tensor:
    view = torch.as_strided(base, one.shape, one.stride, one.offset) if one.count else base.new_empty(one.shape)
    if one.dtype in WIDENED:
        return view.float()
    whole = view.is_contiguous() and view.numel() == base.numel()
    return view if whole and not shared else view.contiguous().clone() if shared or not whole else view
