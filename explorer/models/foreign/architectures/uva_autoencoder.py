"""The convolutional autoencoder of the UvA deep learning tutorials (PyTorch Lightning): no posterior, no prior."""

from __future__ import annotations

from explorer.models.base import Part, Space
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Found, Stack, chain


def recognise(reading: Reading) -> Recognised | None:
    """decoder.linear.0 to 4x4, then transposed and plain convolutions in turn; GELU between, tanh at the end."""
    tensors = reading.tensors
    if not {"decoder.linear.0.weight", "decoder.net.0.weight"} <= set(tensors):
        return None
    decoder = Stack(tensors)
    encoder = decoder.beside()
    _decode(decoder)
    has_encoder = "encoder.net.0.weight" in tensors
    if has_encoder:
        _encode(encoder)
    dim = decoder.weight("decoder.linear.0", 2).shape[1]
    space = Space("z", dim, (dim,), "none: an autoencoder", (Part("z", dim, "none"),))
    found = Found(reading, f"convolutional autoencoder, {dim} latents", space, decoder)
    found.encoder, found.layout, found.values = encoder if has_encoder else None, "mean", (-1.0, 1.0)
    found.know("read", f"{dim} latents and the widths of all layers, from the shapes")
    found.know("inferred", "GELU between layers and tanh at the end", "every other convolution changes the size by two")
    found.know("inferred", "no prior: latents drawn at random decode to noise; they come from your pictures")
    return found.recognised()


def _decode(stack: Stack) -> None:
    keys = chain(stack.tensors, "decoder.net.")
    channels = stack.weight(keys[0], 4).shape[0]
    side = round((stack.weight("decoder.linear.0", 2).shape[0] / channels) ** 0.5)
    stack.linear("decoder.linear.0").add("gelu").add("fold", shape=[channels, side, side])
    for number, key in enumerate(keys):
        if number % 2 == 0:
            stack.transposed(key, 2, 1, 1)
        else:
            stack.conv(key)
        stack.add("gelu" if key != keys[-1] else "tanh")


def _encode(stack: Stack) -> None:
    keys = chain(stack.tensors, "encoder.net.")
    for number, key in enumerate(keys[:-1]):
        stack.conv(key, 2 if number % 2 == 0 else 1, 1).add("gelu")
    stack.add("flatten").linear(keys[-1])
