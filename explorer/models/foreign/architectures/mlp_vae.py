"""Fully connected VAEs: the example that comes with PyTorch, and its many relatives of any width and depth.

Two heads of the same shape stand between encoder and decoder. Which of them is the mean, their names tell; that the
other gives the log of the variance, and not of the deviation, is what nearly all of them do.
"""

from __future__ import annotations

from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.heads import encoder_first, heads_among
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Found, Stack, UnfitError, chain, flat_picture, is_norm, vector


def recognise(reading: Reading) -> Recognised | None:
    """Linear layers (and batch norms) alone: picture, widths, two heads, widths, picture."""
    tensors = reading.tensors
    keys = encoder_first(chain(tensors, ""))
    linear = [key for key in keys if not is_norm(tensors, key)]
    weights = [tensors.get(f"{key}.weight") for key in linear]
    if len(linear) < 4 or any(weight is None or weight.dim() != 2 for weight in weights):
        return None
    heads = heads_among(tensors, linear)
    if heads is None:
        return None
    first, last = sorted(keys.index(head) for head in heads)
    try:
        return _found(reading, keys[:first], heads, keys[last + 1 :])
    except UnfitError:
        return None


def _found(reading: Reading, before: list[str], heads: tuple[str, str], after: list[str]) -> Recognised | None:
    decoder = Stack(reading.tensors)
    encoder = decoder.beside().add("flatten")
    _dense(encoder, before)
    encoder.parallel(encoder.beside().linear(heads[0]), encoder.beside().linear(heads[1]))
    _dense(decoder, after[:-1])
    decoder.linear(after[-1])
    picture = flat_picture(decoder.weight(after[-1], 2).shape[0])
    if picture is None or is_norm(reading.tensors, after[-1]):
        return None
    decoder.add("sigmoid").add("fold", shape=list(picture))
    space = vector(decoder.weight(heads[0], 2).shape[0])
    found = Found(reading, f"fully connected VAE, {space.dim} latents", space, decoder, encoder)
    told = f"{len(before)} layers to two heads '{heads[0]}' and '{heads[1]}', {len(after)} layers back"
    found.know("read", f"widths from the shapes: {told}")
    found.know("inferred", "ReLU between layers and a sigmoid at the end", "prior N(0, I)", "a square picture")
    found.know("inferred", f"'{heads[0]}' is the mean and '{heads[1]}' the log variance, by their names and order")
    return found.recognised()


def _dense(stack: Stack, keys: list[str]) -> None:
    for number, key in enumerate(keys):
        if is_norm(stack.tensors, key):
            stack.norm(key)
        else:
            stack.linear(key)
        if number + 1 == len(keys) or not is_norm(stack.tensors, keys[number + 1]):
            stack.add("relu")
