"""Fully connected generators: of the well-known collection of GANs (eps 0.8 in its batch norms), conditional or not."""

from __future__ import annotations

from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.labels import entry
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Found, Stack, UnfitError, chain, flat_picture, is_norm

LEAST = 196  # numbers of a picture: fewer are scores of a classifier


def recognise(reading: Reading) -> Recognised | None:
    """Linear layers and batch norms alone, from few numbers to a square picture."""
    tensors = reading.tensors
    keys = chain(tensors, "")
    if len(keys) < 2 or any(value.dim() > 2 for value in tensors.values()) or any("enc" in key for key in keys):
        return None
    stack = Stack(tensors)
    try:
        way = entry(stack, keys, reading.hints, "normal")
        picture = flat_picture(stack.weight(keys[-1], 2).shape[0])
        if picture is None or stack.weight(keys[-1], 2).shape[0] < max(LEAST, way.width):
            return None
        _dense(stack, way.rest)
    except UnfitError:
        return None
    is_decoder = "dec" in keys[-1]
    stack.add("sigmoid" if is_decoder else "tanh").add("fold", shape=list(picture))
    kind = "decoder of a VAE" if is_decoder else "conditional generator" if way.space.classes else "generator"
    found = Found(reading, f"fully connected {kind}, {way.space.dim} inputs", way.space, stack)
    found.values = (0.0, 1.0) if is_decoder else (-1.0, 1.0)
    found.know("read", f"{way.space.dim} inputs and all widths, from the shapes")
    found.know("inferred", "leaky ReLU 0.2 between layers, tanh at the end" if not is_decoder else "ReLU, then sigmoid")
    found.know("inferred", f"prior {way.space.prior}", "a square picture")
    found.facts += way.facts
    return found.recognised()


def _dense(stack: Stack, keys: list[str]) -> None:
    eps = 0.8 if any(key.startswith("model.") for key in keys) else 1e-5
    for number, key in enumerate(keys):
        if is_norm(stack.tensors, key):
            stack.norm(key, eps)
        else:
            stack.linear(key)
        last = number + 1 == len(keys)
        if not last and not is_norm(stack.tensors, keys[number + 1]):
            stack.add("relu") if "dec" in key else stack.add("leaky", slope=0.2)
