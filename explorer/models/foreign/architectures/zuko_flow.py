"""Flows of zuko ('transform.transforms.0.hyper.0'): MAF, NICE and RealNVP, NSF, with or without a context."""

from __future__ import annotations

import re

import torch
from torch import Tensor

from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.flows.nsf import BOUND as BOUNDS
from explorer.models.foreign.flows.vectors import Vectors, said_number
from explorer.models.foreign.flows.writing import net_of, odd_first, rows
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Stack, UnfitError

SLOPE = 1e-3  # the least
BOUND = 5.0  # of splines
LAYER = re.compile(r"transform\.transforms\.(\d+)\.hyper\.(\d+)\.weight")


def recognise(reading: Reading) -> Recognised | None:
    """transform.transforms.N.hyper, with 'order' (autoregressive) or 'mask' (couplings), and base."""
    tensors = reading.tensors
    numbers = sorted({int(match[1]) for key in tensors if (match := LAYER.fullmatch(key))})
    if not numbers or numbers != list(range(len(numbers))):
        return None
    start = "transform.transforms.0"
    features = tensors.get(f"{start}.order", tensors.get(f"{start}.mask", torch.zeros(0))).numel()
    if not features:
        return None
    found = Vectors(reading, "zuko", features, _given(reading, features))
    try:
        for number in numbers:
            _step(found, f"transform.transforms.{number}")
        _base(found)
    except (UnfitError, KeyError, IndexError, RuntimeError, ValueError):
        return None
    found.know("read", f"{len(numbers)} transforms over {features} numbers, their order and widths, from the file")
    found.know("inferred", "ReLU, and the defaults of zuko 1; prior N(0, I)")
    return found.recognised()


def _given(reading: Reading, features: int) -> int:
    start = "transform.transforms.0"
    sees = reading.tensors[f"{start}.hyper.0.weight"].shape[1]
    mask = reading.tensors.get(f"{start}.mask")
    return max(0, int(sees - (features if mask is None else mask.sum())))


def _step(found: Vectors, key: str) -> None:
    flowing = found.flowing
    order = flowing.take(f"{key}.order") if f"{key}.order" in flowing.tensors else None
    if order is not None:
        net, form = _net(found, f"{key}.hyper", found.features)
        passes = 1 + int(order.max())
        flowing.add("autoregressive", net_of(net), passes=max(1, passes), net=net.layers, **form)
        return
    mask = flowing.take(f"{key}.mask").bool()
    channels = torch.cat([mask.nonzero().flatten(), (~mask).nonzero().flatten()])
    kept = int(mask.sum())
    net, form = _net(found, f"{key}.hyper", found.features - kept)
    flowing.permute(channels).add("coupling", net_of(net), kept=kept, net=net.layers, **form)
    flowing.permute(torch.argsort(channels))


def _net(found: Vectors, key: str, moved: int) -> tuple[Stack, dict[str, object]]:
    """Layers with ReLU between them, and the form of what they say."""
    flowing, net = found.flowing, found.flowing.stack()
    names = sorted(
        (name for name in flowing.tensors if name.startswith(f"{key}.") and name.endswith(".weight")),
        key=lambda name: int(name[len(key) + 1 :].partition(".")[0]),
    )
    places = [int(name[len(key) + 1 :].partition(".")[0]) for name in names]
    if places != list(range(0, 2 * len(places), 2)):
        raise UnfitError("other layers than linear ones and activations")
    said = flowing.tensors[names[-1]].shape[0]
    each = said / moved
    order, form = _form(found, each, said)
    for name in names:
        layer = name.removesuffix(".weight")
        weight = flowing.take(name)
        mask = flowing.take(f"{layer}.mask").float() if f"{layer}.mask" in flowing.tensors else torch.ones(())
        rows(net, weight * mask, flowing.take(f"{layer}.bias"), order if name == names[-1] else None)
        if name != names[-1]:
            net.add("relu")
    return net, form


def _form(found: Vectors, each: float, said: int) -> tuple[Tensor | None, dict[str, object]]:
    if each == 2:  # a shift and a scale in turn
        return odd_first(said), {"form": "affine", "scale": "soft", "least": SLOPE}
    if each % 3 != 2:
        raise UnfitError(f"{each} numbers each")
    hint = said_number(found.reading.hints, BOUNDS)
    bound = BOUND if hint is None or hint <= 0 else hint
    found.know("inferred", f"splines in -{bound:g}..{bound:g}")
    return None, {"form": "spline", "style": "zuko", "bins": int(each + 1) // 3, "bound": bound, "least": SLOPE}


def _base(found: Vectors) -> None:
    """A diagonal normal distribution: as a step that makes it N(0, I)."""
    flowing = found.flowing
    left = [key for key in flowing.left() if key.startswith("base.")]
    names = {key.rpartition(".")[2]: key for key in left}
    loc, scale = (names.get(one, names.get(other)) for one, other in (("loc", "_0"), ("scale", "_1")))
    if loc is None or scale is None:
        if left:
            raise UnfitError("another base distribution")
        return
    spread = flowing.take(scale)
    flowing.affine(1 / spread, -flowing.take(loc) / spread, found.shape)
