"""Fully connected VAEs whose picture and latent have a class behind them, as one 1 among zeros (timbmg's CVAE).

How many classes there are, the shapes tell: what the encoder takes beside the picture, the decoder takes beside z.
Their encoder wants the class of a picture, which nobody gave it, so it is left out.
"""

from __future__ import annotations

from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.heads import encoder_first, heads_among
from explorer.models.foreign.labels import space_of
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Found, Stack, chain, flat_picture, is_norm


def recognise(reading: Reading) -> Recognised | None:
    """Linear layers (and batch norms) alone: picture and class, widths, two heads, widths, picture."""
    tensors = reading.tensors
    keys = encoder_first(chain(tensors, ""))
    linear = [key for key in keys if not is_norm(tensors, key)]
    weights = [tensors.get(f"{key}.weight") for key in linear]
    if len(linear) < 4 or any(weight is None or weight.dim() != 2 for weight in weights):
        return None
    classes = tensors[f"{linear[0]}.weight"].shape[1] - tensors[f"{linear[-1]}.weight"].shape[0]
    heads = heads_among(tensors, linear, classes) if classes > 1 else None
    if heads is None:
        return None
    last = max(keys.index(head) for head in heads)
    return _found(reading, classes, heads, keys[last + 1 :])


def _found(reading: Reading, classes: int, heads: tuple[str, str], after: list[str]) -> Recognised | None:
    decoder = Stack(reading.tensors)
    _dense(decoder, after[:-1])
    decoder.linear(after[-1])
    picture = flat_picture(decoder.weight(after[-1], 2).shape[0])
    if picture is None or is_norm(reading.tensors, after[-1]):
        return None
    decoder.add("sigmoid").add("fold", shape=list(picture))
    space = space_of(decoder.weight(heads[0], 2).shape[0], classes)
    found = Found(reading, f"conditional fully connected VAE, {space.dim - classes} latents", space, decoder)
    found.know("read", f"{classes} classes: the encoder takes them beside the picture, the decoder beside the latents")
    found.know("inferred", "ReLU between layers and a sigmoid at the end", f"prior {space.prior}", "a square picture")
    found.know("inferred", "the encoder is left out: it wants the class of a picture")
    return found.recognised([key for key in reading.tensors if key.rpartition(".")[0] not in after])


def _dense(stack: Stack, keys: list[str]) -> None:
    for number, key in enumerate(keys):
        if is_norm(stack.tensors, key):
            stack.norm(key)
        else:
            stack.linear(key)
        if number + 1 == len(keys) or not is_norm(stack.tensors, keys[number + 1]):
            stack.add("relu")
