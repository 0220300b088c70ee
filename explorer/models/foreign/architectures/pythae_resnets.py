"""The residual networks of pythae's benchmarks for MNIST, CIFAR and CelebA, told apart by their decoders."""

from __future__ import annotations

import math

from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.architectures.pythae_nets import sized
from explorer.models.foreign.pythae import book, finished, undrawn
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Found, Stack, UnfitError

BOOK = "encoder.pre_qantized.weight"
GROWN = {
    "MNIST": (("1", 2, 1, 0, ""), ("2", "relu"), ("3.0", 2, 1, 1, "relu"), ("4.0", 2, 1, 1, "sigmoid")),
    "CIFAR": (("1", ""), ("2.0", 2, 1, 0, ""), ("3.0", 2, 1, 0, "sigmoid")),
    "CelebA": (
        ("1", 2, 1, 0, ""),
        ("2", ""),
        ("3.0", 2, 1, 0, "sigmoid"),
        ("4.0", 2, 1, 1, ""),
        ("5.0", 2, 1, 0, "sigmoid"),
    ),
    "CelebA codes": (
        ("1", 2, 1, 0, ""),
        ("2", ""),
        ("3.0", 2, 1, 0, ""),
        ("4.0", 2, 1, 1, ""),
        ("5.0", 2, 1, 0, "sigmoid"),
    ),
}
"""Layers of the decoders after the first: residual blocks (number, activation), or transposed convolutions
(number, stride, padding, output padding, activation)."""


def recognise(reading: Reading) -> Recognised | None:
    """encoder.embedding, and blocks called conv_block on both sides."""
    tensors = reading.tensors
    ends = {"encoder.embedding.weight", BOOK} & set(tensors)
    if not ends or not any(".conv_block." in key for key in tensors):
        return None
    return _found(reading, _kind(reading))


def _kind(reading: Reading) -> str:
    if any(key.startswith("decoder.layers.1.0.conv_block.") for key in reading.tensors):
        return "CIFAR"
    if "decoder.layers.5.0.weight" not in reading.tensors:
        return "MNIST"
    return "CelebA codes" if BOOK in reading.tensors else "CelebA"


def _found(reading: Reading, kind: str) -> Recognised | None:
    decoder = Stack(reading.tensors)
    encoder = decoder.beside()
    spatial = BOOK in reading.tensors
    blocks = next(
        int(key.split(".")[2]) for key in reading.tensors if key.startswith("encoder") and "conv_block" in key
    )
    for number in range(blocks):
        last = kind == "CIFAR" and number + 1 == blocks
        encoder.conv(f"encoder.layers.{number}.0", 1 if last else 2, 1)
    _blocks(encoder, f"encoder.layers.{blocks}")
    if not spatial:
        encoder.add("flatten")
        first = decoder.weight("decoder.layers.0", 2).shape[0]
        channels = encoder.weight(f"encoder.layers.{blocks - 1}.0", 4).shape[0]
        side = math.isqrt(first // channels)
        decoder.linear("decoder.layers.0").add("fold", shape=[channels, side, side])
    elif kind == "CIFAR":
        decoder.conv("decoder.layers.0")
    else:
        decoder.transposed("decoder.layers.0", 1, 0)
    for layer, *window, activation in GROWN[kind]:
        if window:
            stride, padding, more = (int(one) for one in window)
            decoder.transposed(f"decoder.layers.{layer}", stride, padding, more)
        else:
            _blocks(decoder, f"decoder.layers.{layer}")
        if activation:
            decoder.add(str(activation))
    told = f"strides, paddings and activations of pythae's benchmark for {kind.removesuffix(' codes')}"
    if spatial:
        return _of_book(reading, kind, decoder, encoder.conv("encoder.pre_qantized"), told)
    return sized(reading, "residual", decoder, encoder, told)


def _of_book(reading: Reading, kind: str, decoder: Stack, encoder: Stack, told: str) -> Recognised | None:
    """VQ-VAE: a code for every place of a small grid."""
    dim, side = encoder.weight("encoder.pre_qantized", 4).shape[0], 8 if kind == "CIFAR" else 4
    space = undrawn(dim * side * side, (dim, side, side), "none: latents come from pictures")
    name = f"pythae's residual autoencoder, {side} x {side} codes of {dim} numbers"
    found = Found(reading, name, space, decoder, encoder, layout="mean")
    found.know("read", f"codes of {dim} numbers and the widths of all layers, from the shapes")
    return finished(book(found.know("inferred", told)))


def _blocks(stack: Stack, key: str) -> Stack:
    """x + the second convolution of a ReLU of the first of a ReLU of x, again and again."""
    number = 0
    while f"{key}.{number}.conv_block.1.weight" in stack.tensors:
        block = f"{key}.{number}.conv_block"
        stack.residual(stack.beside().add("relu").conv(f"{block}.1").add("relu").conv(f"{block}.3"))
        number += 1
    if not number:
        raise UnfitError(key)
    return stack
