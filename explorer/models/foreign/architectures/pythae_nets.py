"""The networks that come with pythae: the default fully connected ones, and the convolutional ones of its benchmarks.

Its encoders call their heads 'embedding' and 'log_var'; those of plain autoencoders have the first alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.pythae import around, finished, settings
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Stack, flat_picture, made_of

WINDOWS = {
    3: ((2, 1, 0), (2, 1, 1), (2, 1, 1)),  # of the benchmark for MNIST: 4, 7, 14, 28 pixels
    4: ((2, 1, 0), (2, 1, 1), (1, 2, 0)),  # CIFAR: 8, 16, 33, 32
    5: ((2, 2, 0), (2, 1, 0), (2, 2, 1), (1, 1, 0)),  # CelebA: 8, 15, 31, 63, 64
}
"""Stride, padding and output padding of the decoders' transposed convolutions, by their kernel."""
FIRST = {3: 4, 4: 8, 5: 8}  # pixels, of what the first dense layer is folded into


def recognise(reading: Reading) -> Recognised | None:
    """encoder.layers.N.0, encoder.embedding, encoder.log_var or none, decoder.layers.N."""
    tensors = reading.tensors
    if not {"encoder.embedding.weight", "encoder.layers.0.0.weight"} <= set(tensors):
        return None
    flat = tensors["encoder.layers.0.0.weight"].dim() == 2
    return _dense(reading) if flat else _convolutional(reading)


def _dense(reading: Reading) -> Recognised | None:
    decoder = Stack(reading.tensors)
    encoder = decoder.beside().add("flatten")
    for number in range(_count(reading, "encoder")):
        encoder.linear(f"encoder.layers.{number}.0").add("relu")
    layers = _count(reading, "decoder")
    for number in range(layers):
        decoder.linear(f"decoder.layers.{number}.0").add("sigmoid" if number + 1 == layers else "relu")
    pixels = decoder.weight(f"decoder.layers.{layers - 1}.0", 2).shape[0]
    said = _said_shape(reading.hints, pixels)
    picture = said or flat_picture(pixels)
    if picture is None:
        return None
    decoder.add("fold", shape=list(picture))
    found = around(reading, "fully connected", decoder, encoder)
    if said is None:
        found.know("inferred", "a square picture")
    else:
        found.know("read", f"{said[1]} x {said[2]} pixels, from the model_config.json beside")
    return finished(found)


def _convolutional(reading: Reading) -> Recognised | None:
    decoder = Stack(reading.tensors)
    encoder = decoder.beside()
    for number in range(_count(reading, "encoder")):
        encoder.conv(f"encoder.layers.{number}.0", 2, 1).norm(f"encoder.layers.{number}.1").add("relu")
    encoder.add("flatten")
    dense = "decoder.layers.0.0" if "decoder.layers.0.0.weight" in reading.tensors else "decoder.layers.0"
    kernel = decoder.weight("decoder.layers.1.0", 4).shape[2]
    channels = decoder.weight("decoder.layers.1.0", 4).shape[0]
    decoder.linear(dense).add("fold", shape=[channels, FIRST[kernel], FIRST[kernel]])
    windows = WINDOWS[kernel]
    for number, (stride, padding, more) in enumerate(windows, 1):
        decoder.transposed(f"decoder.layers.{number}.0", stride, padding, more)
        if number < len(windows):
            decoder.norm(f"decoder.layers.{number}.1").add("relu")
    decoder.add("sigmoid")
    told = "strides and paddings of pythae's benchmarks, from the kernels"
    return sized(reading, "convolutional", decoder, encoder, told)


def sized(reading: Reading, kind: str, decoder: Stack, encoder: Stack, told: str) -> Recognised | None:
    """With heads and prior, and what is `told` of the sizes; None where decoder and encoder do not fit each other."""
    found = around(reading, kind, decoder, encoder)
    picture = made_of(decoder, found.space.shape)
    if picture is None or (found.encoder is not None and made_of(found.encoder, picture) is None):
        return None
    return finished(found.know("inferred", f"{told}: {picture[1]} x {picture[2]} pixels"))


def _count(reading: Reading, side: str) -> int:
    start = f"{side}.layers."
    return len({key[len(start) :].partition(".")[0] for key in reading.tensors if key.startswith(start)})


def _said_shape(hints: Mapping[str, object], pixels: int) -> tuple[int, int, int] | None:
    """(channels, height, width) of 'input_dim', where it holds so many numbers."""
    said = settings(hints).get("input_dim")
    if not isinstance(said, list) or not all(isinstance(one, int) and one > 0 for one in said):
        return None
    whole = [1] * (3 - len(said)) + said
    if len(whole) != 3 or whole[0] not in (1, 3) or whole[0] * whole[1] * whole[2] != pixels or len(said) < 2:
        return None
    return whole[0], whole[1], whole[2]
