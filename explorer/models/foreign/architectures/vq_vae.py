"""VQ-VAEs (van den Oord et al. 2017) in their best known spellings: zalandoresearch's, MishaLaskin's, PyTorch-VAE's.

Their authors take the nearest code of a book at every place; here a latent moves freely between the codes. In the first
two the ReLU that opens a residual block works in place, so that it stands before the way around too.
"""

from __future__ import annotations

from explorer.errors import CheckpointError
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.sizes import spatial
from explorer.models.foreign.stack import Found, Stack

BOOKS = ("_vq_vae._embedding.weight", "vector_quantization.embedding.weight", "vq_layer.embedding.weight")
AVERAGES = ("_vq_vae._ema_w", "_vq_vae._ema_cluster_size")
SLOPE = 0.01


def recognise(reading: Reading) -> Recognised | None:
    """A book of codes between an encoder and a decoder of residual blocks. Raises CheckpointError for two books."""
    if "quantize_t.embed" in reading.tensors:
        raise CheckpointError(
            f"{reading.path.name} is a VQ-VAE-2: its latents are codes of two books, on two grids.",
            "A code means nothing between two others, so there is nothing to walk through. Open a VQ-VAE of one book, "
            "or the autoencoder of a diffusion model.",
        )
    book = next((name for name in BOOKS if name in reading.tensors), None)
    if book is None:
        return None
    return (_zalando, _laskin, _leaky)[BOOKS.index(book)](reading, book)


def _numbers(stack: Stack, prefix: str) -> list[str]:
    """prefix0, prefix1, … in order."""
    found = {key[len(prefix) :].partition(".")[0] for key in stack.tensors if key.startswith(prefix)}
    return [f"{prefix}{number}" for number in sorted(int(one) for one in found if one.isdigit())]


def _stacked(stack: Stack, blocks: str, name: str) -> Stack:
    """relu, x + convolutions, …, relu: the blocks of zalandoresearch's notebook and those like them."""
    for key in _numbers(stack, blocks):
        stack.add("relu")
        stack.residual(stack.beside().conv(f"{key}.{name}.1").add("relu").conv(f"{key}.{name}.3"))
    return stack.add("relu")


def _zalando(reading: Reading, book: str) -> Recognised | None:
    decoder = Stack(reading.tensors).conv("_decoder._conv_1")
    encoder = decoder.beside().conv("_encoder._conv_1", 2, 1).add("relu").conv("_encoder._conv_2", 2, 1).add("relu")
    _stacked(encoder.conv("_encoder._conv_3"), "_encoder._residual_stack._layers.", "_block").conv("_pre_vq_conv")
    _stacked(decoder, "_decoder._residual_stack._layers.", "_block")
    decoder.transposed("_decoder._conv_trans_1", 2, 1).add("relu").transposed("_decoder._conv_trans_2", 2, 1)
    return _found(reading, book, decoder, encoder, (-0.5, 0.5), "ReLU between layers, nothing at the end")


def _laskin(reading: Reading, book: str) -> Recognised | None:
    down, up = "encoder.conv_stack.", "decoder.inverse_conv_stack."
    decoder = Stack(reading.tensors).transposed(f"{up}0", 1, 1)
    encoder = decoder.beside().conv(f"{down}0", 2, 1).add("relu").conv(f"{down}2", 2, 1).add("relu").conv(f"{down}4")
    _stacked(encoder, f"{down}5.stack.", "res_block").conv("pre_quantization_conv")
    _stacked(decoder, f"{up}1.stack.", "res_block").transposed(f"{up}2", 2, 1).add("relu").transposed(f"{up}4", 2, 1)
    return _found(reading, book, decoder, encoder, (-1.0, 1.0), "ReLU between layers, nothing at the end")


def _leaky(reading: Reading, book: str) -> Recognised | None:
    decoder = Stack(reading.tensors)
    encoder = decoder.beside()
    for key in _numbers(encoder, "encoder."):
        _leaky_layer(encoder, key)
    parts = _numbers(decoder, "decoder.")
    for key in parts:
        _leaky_layer(decoder, key, last=key == parts[-1])
    return _found(reading, book, decoder, encoder, (-1.0, 1.0), "leaky ReLU 0.01 between layers, tanh at the end")


def _leaky_layer(stack: Stack, key: str, *, last: bool = False) -> None:
    """A block, or a convolution whose kernel tells its stride; behind the last block stands one more activation."""
    if f"{key}.resblock.0.weight" in stack.tensors:
        stack.residual(stack.beside().conv(f"{key}.resblock.0").add("relu").conv(f"{key}.resblock.2"))
        number = int(key.rpartition(".")[2]) + 1
        if f"{key.rpartition('.')[0]}.{number}.resblock.0.weight" not in stack.tensors:
            stack.add("leaky", slope=SLOPE)
        return
    halves = stack.weight(f"{key}.0", 4).shape[2] == 4
    if halves and key.startswith("decoder"):
        stack.transposed(f"{key}.0", 2, 1)
    else:
        stack.conv(f"{key}.0", 2 if halves else 1, 1 if halves else None)
    stack.add("tanh") if last else stack.add("leaky", slope=SLOPE)


def _found(
    reading: Reading, book: str, decoder: Stack, encoder: Stack, values: tuple[float, float], told: str
) -> Recognised | None:
    codes, channels = reading.tensors[book].shape
    factor = 1
    for layer in decoder.layers:
        factor *= 2 if layer["layer"] == "transposed" and layer["stride"] == 2 else 1
    space, size = spatial(reading.hints, channels, factor)
    found = Found(reading, f"VQ-VAE, {channels} channels at 1/{factor} of the size", space, decoder, encoder, "mean")
    found.values = values
    found.know("read", f"a book of {codes:,} codes of {channels} numbers, and all layers, from keys and shapes")
    found.know("inferred", f"latents move freely between the {codes:,} codes: its authors take the nearest")
    low, high = values
    found.know("inferred", f"{told}, pictures in {low:g}..{high:g}, as its authors have them")
    found.know("inferred", "no prior: random latents give texture; they come from pictures")
    found.facts.append(size)
    return found.recognised([book, *AVERAGES])
