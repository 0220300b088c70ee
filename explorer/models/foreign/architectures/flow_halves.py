"""Short flows over vectors that are copied a lot: a notebook's RealNVP ('s.0.0', 't.0.0', 'mask'), karpathy's nflib.

The first is senya-ashukha's real-nvp-pytorch, the second ('flow.flows.0.s_cond.net.0') has couplings of halves, MAF and
activation norms.
"""

from __future__ import annotations

import torch

from explorer.errors import CheckpointError
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.flows.plain_nets import autoregressive, dense, masked_coupling, masked_dense, numbered
from explorer.models.foreign.flows.vectors import Vectors
from explorer.models.foreign.flows.writing import net_of
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import UnfitError

NOTEBOOK, NFLIB = 0.01, 0.2  # slopes of their leaky activations
TOP = "flow.flows"


def recognise(reading: Reading) -> Recognised | None:
    """mask, s.N and t.N; or flow.flows.N. Raises CheckpointError for matrices whose permutation is not in the file."""
    tensors = reading.tensors
    notebook = {"mask", "s.0.0.weight", "t.0.0.weight"} <= set(tensors)
    if not notebook and not any(key.startswith(f"{TOP}.0.") for key in tensors):
        return None
    if any(key.startswith(f"{TOP}.") and key.endswith(".S") for key in tensors):
        raise CheckpointError(
            "This is a flow of nflib with 1 x 1 convolutions, and the file lacks their permutations.",
            "Couplings, MAF and activation norms of it open.",
        )
    features = tensors["mask"].shape[-1] if notebook else _features(reading)
    if features < 2:
        return None
    found = Vectors(reading, "RealNVP" if notebook else "nflib", features)
    count = _notebook(found) if notebook else _nflib(found)
    found.know("read", f"{count} steps over {features} numbers, and the widths, from keys and shapes")
    found.know("inferred", "prior N(0, I)")
    return found.recognised()


def _notebook(found: Vectors) -> int:
    """From the last to the first: their formula leads from noise to data."""
    flowing = found.flowing
    masks = flowing.take("mask").float()
    found.know("inferred", f"activations of slope {NOTEBOOK}, a tanh behind the networks of scales")
    for number in reversed(range(len(masks))):
        scale = dense(flowing, f"s.{number}", "leaky", -1.0, slope=NOTEBOOK).add("tanh")
        shift = dense(flowing, f"t.{number}", "leaky", -1.0, slope=NOTEBOOK)
        masked_coupling(found, masks[number], scale, shift, shift_first=True)
    return len(masks)


def _features(reading: Reading) -> int:
    """How many numbers a flow of nflib is over; 0 where nothing tells."""
    for key, value in reading.tensors.items():
        if key.startswith(f"{TOP}.") and key.endswith((".s_cond.net.0.weight", ".t_cond.net.0.weight")):
            return 2 * value.shape[1]
        if key.startswith(f"{TOP}.") and key.endswith(".net.net.net.0.weight"):
            return value.shape[1]
    return 0


def _nflib(found: Vectors) -> int:
    flowing = found.flowing
    numbers = sorted({int(key.split(".")[2]) for key in flowing.tensors if key.startswith(f"{TOP}.")})
    turns = 0
    for number in numbers:
        key = f"{TOP}.{number}"
        names = {name[len(key) + 1 :].partition(".")[0] for name in flowing.tensors if name.startswith(f"{key}.")}
        if names <= {"s", "t"}:
            _constant(found, key, names)
            continue
        if names <= {"s_cond", "t_cond"}:
            _half(found, key, names, turns % 2)
        elif names == {"net"}:
            _made(found, f"{key}.net.net.net", turns % 2)
        else:
            raise UnfitError(key)
        turns += 1
    return len(numbers)


def _constant(found: Vectors, key: str, names: set[str]) -> None:
    """x e^s + t."""
    none = torch.zeros(found.features)
    scale, shift = (found.flowing.take(f"{key}.{name}") if name in names else none for name in ("s", "t"))
    found.flowing.affine(torch.exp(scale).reshape(-1), shift.reshape(-1), found.shape)


def _half(found: Vectors, key: str, names: set[str], parity: int) -> None:
    """Every other number says what becomes of the others: x e^s + t."""
    flowing, kept = found.flowing, found.features // 2
    found.know("inferred", f"couplings of every other number, in turn; activations of slope {NFLIB}")
    order = torch.cat([torch.arange(parity, 2 * kept, 2), torch.arange(1 - parity, 2 * kept, 2)])
    nets = [dense(flowing, f"{key}.{name}.net", "leaky", slope=NFLIB) for name in ("s_cond", "t_cond") if name in names]
    net = flowing.stack().parallel(*nets) if len(nets) == 2 else nets[0]
    if "t_cond" not in names:
        raise UnfitError("a scale without a shift")
    form = {"form": "affine", "scale": "exp" if len(nets) == 2 else "one"}
    flowing.permute(order).add("coupling", net_of(net), kept=kept, net=net.layers, **form)
    flowing.permute(torch.argsort(order))


def _made(found: Vectors, key: str, parity: int) -> None:
    """x e^s + t of a masked network, then the order turned round in every other step."""
    found.know("inferred", "every other autoregressive step turns the order round; ReLU in its networks")
    net = masked_dense(found.flowing, numbered(found.flowing, key), "relu", sign=1.0)
    autoregressive(found, net, shift_first=0)
    if parity:
        found.flowing.permute(torch.arange(found.features).flip(0))
