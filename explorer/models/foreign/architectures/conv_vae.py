"""Convolutional VAEs: the VanillaVAE kind, that of World Models, and others that are built the same way.

Convolutions that halve the picture, two heads, a layer back, and transposed convolutions.
"""

from __future__ import annotations

from itertools import product

from explorer.models.base import How
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.growing import USUAL_SIDES, Growing, Style, plans
from explorer.models.foreign.heads import encoder_first, heads_among
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Found, Stack, UnfitError, chain, is_norm, made_of, vector

VANILLA = Style("leaky ReLU 0.01 between layers", 0.01, end="tanh", turned=("decoder.", "final_layer.0"))
OTHERS = Style("ReLU between layers", end="sigmoid")


def recognise(reading: Reading) -> Recognised | None:
    """Convolutions, two heads of one shape, one or more layers back, transposed convolutions."""
    tensors = reading.tensors
    keys = encoder_first(chain(tensors, ""))
    first = tensors.get(f"{keys[0]}.weight") if keys else None
    if first is None or first.dim() != 4:
        return None
    linear = [key for key in keys if not is_norm(tensors, key) and tensors[f"{key}.weight"].dim() == 2]
    heads = heads_among(tensors, linear)
    if heads is None:
        return None
    try:
        return _found(reading, keys, heads)
    except (UnfitError, IndexError, KeyError):
        return None


def _found(reading: Reading, keys: list[str], heads: tuple[str, str]) -> Recognised | None:
    ends = sorted(keys.index(head) for head in heads)
    before, after = keys[: ends[0]], keys[ends[1] + 1 :]
    style = VANILLA if any(key.startswith("decoder_input") for key in after) else OTHERS
    space = vector(reading.tensors[f"{heads[0]}.weight"].shape[0])
    for more in plans(reading):
        decoder = Stack(reading.tensors)
        Growing(decoder, after, space.dim, style, more).write()
        picture = made_of(decoder, space.shape)
        if picture is None or picture[1] not in USUAL_SIDES:
            continue
        encoder = _encoder(decoder, before, heads, picture, style)
        found = Found(reading, f"convolutional VAE, {space.dim} latents", space, decoder, encoder, values=style.values)
        found.know("read", f"{space.dim} latents, order, widths and kernels of all layers, from keys and shapes")
        found.know("inferred", f"strides and paddings, from kernels and the size {picture[1]} x {picture[2]}")
        how: How = "inferred" if style is VANILLA else "guessed"
        found.know(how, style.said, f"{style.end} at the end").know("inferred", "prior N(0, I)")
        found.know("inferred", f"'{heads[0]}' is the mean and '{heads[1]}' the log variance, by their names and order")
        return found.recognised(_encoding(reading, before, heads) if encoder is None else ())
    return None


def _encoding(reading: Reading, before: list[str], heads: tuple[str, str]) -> list[str]:
    """The tensors of an encoder that could not be put together."""
    return [key for key in reading.tensors if key.rpartition(".")[0] in {*before, *heads}]


def _encoder(
    beside: Stack, keys: list[str], heads: tuple[str, str], picture: tuple[int, ...], style: Style
) -> Stack | None:
    """The convolutions with the first stride and padding that lead to as many numbers as the heads take."""
    wanted = beside.weight(heads[0], 2).shape[1]
    for padded, stride in product((True, False), (2, 1)):
        stack = beside.beside()
        last = _shrink(stack, keys, style, padded, stride)
        stack.add("flatten")
        made = made_of(stack, picture)
        if made is not None and made[0] == (last or wanted):
            _dense(stack, [key for key in keys if _is_dense(stack, key)], style)
            return stack.parallel(stack.beside().linear(heads[0]), stack.beside().linear(heads[1]))
    return None


def _shrink(stack: Stack, keys: list[str], style: Style, padded: bool, stride: int) -> int:
    """Writes the convolutions; how many numbers the first dense layer takes, 0 without one."""
    for number, key in enumerate(keys):
        after = keys[number + 1] if number + 1 < len(keys) else ""
        if _is_dense(stack, key):
            return stack.weight(key, 2).shape[1]
        if is_norm(stack.tensors, key):
            stack.norm(key)
        else:
            kernel = stack.weight(key, 4).shape[2]
            stack.conv(key, stride, (kernel - 1) // 2 if padded else 0)
        if not is_norm(stack.tensors, after):
            _activate(stack, style)
    return 0


def _dense(stack: Stack, keys: list[str], style: Style) -> None:
    for key in keys:
        _activate(stack.linear(key), style)


def _is_dense(stack: Stack, key: str) -> bool:
    weight = stack.tensors.get(f"{key}.weight")
    return weight is not None and weight.dim() == 2


def _activate(stack: Stack, style: Style) -> None:
    stack.add("leaky", slope=style.slope) if style.slope else stack.add("relu")
