"""The tiny autoencoders of latent diffusion (TAESD, TAESDXL, TAEF1, TAEF2): a spatial latent, 1/8 of the size.

Bare sequences, as their author ships them, or the layout of diffusers (`AutoencoderTiny`).
"""

from __future__ import annotations

from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.sizes import spatial
from explorer.models.foreign.stack import Found, Stack

PREFIXES = (("decoder.layers.", "encoder.layers."), ("decoder.", "encoder."), ("", "encoder."))


def recognise(reading: Reading) -> Recognised | None:
    """Blocks of three convolutions around which the picture passes, and convolutions without bias between sizes."""
    for decoder, encoder in PREFIXES:
        numbers = _numbers(reading, decoder)
        if numbers and any(f"{decoder}{number}.conv.4.weight" in reading.tensors for number in numbers):
            return _found(reading, decoder, encoder)
    return None


def _numbers(reading: Reading, prefix: str) -> list[int]:
    rest = [key[len(prefix) :].partition(".")[0] for key in reading.tensors if key.startswith(prefix)]
    return sorted({int(one) for one in rest if one.isdigit()})


def _found(reading: Reading, prefix: str, other: str) -> Recognised | None:
    decoder = Stack(reading.tensors).add("soft_clamp", limit=3.0)
    numbers = _numbers(reading, prefix)
    channels = decoder.weight(f"{prefix}{numbers[0]}", 4).shape[1]
    if decoder.weight(f"{prefix}{numbers[-1]}", 4).shape[0] != 3 or channels == 3:
        return None
    decoder.conv(f"{prefix}{numbers[0]}").add("relu")
    factor = 1
    for number in numbers[1:-1]:
        if f"{prefix}{number}.conv.0.weight" in reading.tensors:
            _block(decoder, f"{prefix}{number}")
        else:
            decoder.add("upsample", factor=2, mode="nearest").conv(f"{prefix}{number}")
            factor *= 2
    decoder.conv(f"{prefix}{numbers[-1]}")
    space, size = spatial(reading.hints, channels, factor)
    encoder = _encoder(decoder, reading, other)
    found = Found(reading, f"tiny autoencoder, {channels} channels at 1/{factor} of the size", space, decoder, encoder)
    found.layout = "mean"
    found.know("read", f"{channels} channels of the latent and all blocks, from keys and shapes")
    found.know("inferred", "ReLU; latents softly clamped to -3..3", "pictures in 0..1")
    found.know("inferred", "no prior: random latents give texture; they come from pictures")
    found.facts.append(size)
    return found.recognised()


def _encoder(beside: Stack, reading: Reading, prefix: str) -> Stack | None:
    numbers = _numbers(reading, prefix)
    if not numbers or prefix == "":
        return None
    stack = beside.beside()
    for number in numbers:
        key = f"{prefix}{number}"
        if f"{key}.conv.0.weight" in reading.tensors:
            _block(stack, key)
        else:
            stack.conv(key, 1 if f"{key}.bias" in reading.tensors else 2, 1)
    return stack


def _block(stack: Stack, key: str) -> None:
    """relu(skip(x) + convolutions(x)), after x + pool(x) where there is one."""
    if f"{key}.pool.0.weight" in stack.tensors:
        pool = stack.beside().conv(f"{key}.pool.0").group_norm(f"{key}.pool.1", 4)
        stack.residual(pool.add("relu").conv(f"{key}.pool.3"))
    body = stack.beside().conv(f"{key}.conv.0").add("relu").conv(f"{key}.conv.2").add("relu").conv(f"{key}.conv.4")
    skip = stack.beside().conv(f"{key}.skip") if f"{key}.skip.weight" in stack.tensors else None
    stack.residual(body, skip).add("relu")
