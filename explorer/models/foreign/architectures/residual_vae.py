"""VAEs and autoencoders of residual blocks: Lightning Bolts' (ResNet18) and VAE-ResNet18's.

Blocks of two convolutions with a batch norm each, around which the features pass; names tell which change the size.
"""

from __future__ import annotations

from explorer.models.base import Fact, Part, Space
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Found, Stack, UnfitError, vector

LAYERS = ("layer1", "layer2", "layer3", "layer4")
AS_AUTHORS = "as its authors have it"


def recognise(reading: Reading) -> Recognised | None:
    """encoder.layer1.0.conv1, with a decoder of the same kind."""
    if "decoder.layer4.0.bn2.weight" not in reading.tensors:
        return None
    return _bolts(reading) if "decoder.layer1.0.upsample.1.weight" in reading.tensors else _resized(reading)


def _block(stack: Stack, body: Stack, skip: Stack | None) -> None:
    stack.residual(body, skip).add("relu")


def _has(stack: Stack, key: str) -> bool:
    return f"{key}.weight" in stack.tensors


def _each(stack: Stack, prefix: str) -> list[str]:
    """prefix.0, prefix.1, …"""
    count = len({key[len(prefix) + 1 :].partition(".")[0] for key in stack.tensors if key.startswith(f"{prefix}.")})
    return [f"{prefix}.{number}" for number in range(count)]


def _doubled(stack: Stack) -> Stack:
    return stack.add("upsample", factor=2, mode="nearest")


def _shrinking(stack: Stack, key: str, around: str) -> None:
    """A block of an encoder: it halves the picture where its way around has a convolution."""
    stride = 2 if _has(stack, f"{key}.{around}.0") else 1
    body = stack.beside().conv(f"{key}.conv1", stride, 1).norm(f"{key}.bn1").add("relu")
    body.conv(f"{key}.conv2").norm(f"{key}.bn2")
    skip = stack.beside().conv(f"{key}.{around}.0", 2, 0).norm(f"{key}.{around}.1") if stride == 2 else None
    _block(stack, body, skip)


def _encoded(stack: Stack, around: str, side: int) -> Stack:
    """Four groups of blocks, and the mean over all places, of which there are side x side."""
    for layer in LAYERS:
        for key in _each(stack, f"encoder.{layer}"):
            _shrinking(stack, key, around)
    if side > 1:
        stack.add("pool", size=side, kind="mean")
    return stack.add("flatten")


def _bolts(reading: Reading) -> Recognised | None:
    decoder = Stack(reading.tensors)
    encoder = decoder.beside()
    large = encoder.weight("encoder.conv1", 4).shape[2] == 7
    pooled = _has(decoder, "decoder.layer4.0.conv2.1")
    factor = 8 * (2 if large else 1) * (2 if pooled else 1)
    asked = reading.hints.get("input_height")
    height = asked if isinstance(asked, int) and asked > 0 else 4 * factor
    if height % (4 * factor):
        raise UnfitError("a picture that is enlarged to a broken size")
    encoder.conv("encoder.conv1", 2 if large else 1).norm("encoder.bn1").add("relu")
    if pooled:
        encoder.add("pad", sides=[1, 1, 1, 1]).add("pool", size=3, stride=2, kind="max")
    _encoded(encoder, "downsample", height // factor)
    wide = decoder.weight("decoder.linear", 2).shape[0] // 16
    decoder.linear("decoder.linear").add("fold", shape=[wide, 4, 4])
    if height > 4 * factor:
        decoder.add("upsample", factor=height // factor // 4, mode="nearest")
    for layer in LAYERS:
        for key in _each(decoder, f"decoder.{layer}"):
            _growing_bolt(decoder, key)
    if large:
        _doubled(decoder)
    decoder.conv("decoder.conv1")
    return _of_bolts(reading, decoder, encoder, height)


def _growing_bolt(stack: Stack, key: str) -> None:
    body = stack.beside().conv(f"{key}.conv1").norm(f"{key}.bn1").add("relu")
    if _has(stack, f"{key}.conv2.1"):
        _doubled(body).conv(f"{key}.conv2.1")
    else:
        body.conv(f"{key}.conv2")
    skip = None
    if _has(stack, f"{key}.upsample.1"):
        skip = stack.beside()
        resized = _has(stack, f"{key}.upsample.0.1")
        (_doubled(skip) if resized else skip).conv(f"{key}.upsample.0{'.1' if resized else ''}")
        skip.norm(f"{key}.upsample.1")
    _block(stack, body.norm(f"{key}.bn2"), skip)


def _of_bolts(reading: Reading, decoder: Stack, encoder: Stack, height: int) -> Recognised | None:
    dim = decoder.weight("decoder.linear", 2).shape[1]
    plain = _has(encoder, "fc")
    if plain:
        encoder.linear("fc")
        space = Space("z", dim, (dim,), "none: an autoencoder", (Part("z", dim, "none"),))
    else:
        encoder.parallel(encoder.beside().linear("fc_mu"), encoder.beside().linear("fc_var"))
        space = vector(dim)
    found = Found(reading, f"Lightning Bolts' {'autoencoder' if plain else 'VAE'}, {dim} latents", space, decoder)
    found.encoder, found.layout, found.values = encoder, "mean" if plain else "halves", (-2.0, 2.0)
    found.know("read", f"{dim} latents and all blocks, from keys and shapes")
    found.know("inferred", f"{height} x {height} pixels; ReLU, nothing at the end, {AS_AUTHORS}")
    found.know("inferred", f"prior: {space.prior}")
    found.facts.append(Fact("pictures in -2..2, of standardised colours; 0..1 where its data were not", "guessed"))
    return found.recognised()


def _resized(reading: Reading) -> Recognised | None:
    decoder = Stack(reading.tensors)
    encoder = decoder.beside()
    encoder.conv("encoder.conv1", 2, 1).norm("encoder.bn1").add("relu")
    _encoded(encoder, "shortcut", 4).linear("encoder.linear")
    dim, wide = decoder.weight("decoder.linear", 2).shape[1], decoder.weight("decoder.linear", 2).shape[0]
    decoder.linear("decoder.linear").add("fold", shape=[wide, 1, 1]).add("upsample", factor=4, mode="nearest")
    for layer in reversed(LAYERS):
        for key in _each(decoder, f"decoder.{layer}"):
            _growing_resized(decoder, key)
    _doubled(decoder).conv("decoder.conv1.conv").add("sigmoid")
    found = Found(reading, f"VAE of ResNet18's blocks, {dim} latents", vector(dim), decoder, encoder)
    found.know("read", f"{dim} latents and all blocks, from keys and shapes")
    found.know("inferred", f"64 x 64 pixels; ReLU, a sigmoid at the end, {AS_AUTHORS}", "prior N(0, I)")
    return found.recognised()


def _growing_resized(stack: Stack, key: str) -> None:
    body = stack.beside().conv(f"{key}.conv2").norm(f"{key}.bn2").add("relu")
    if not _has(stack, f"{key}.shortcut.1"):
        _block(stack, body.conv(f"{key}.conv1").norm(f"{key}.bn1"), None)
        return
    _doubled(body).conv(f"{key}.conv1.conv").norm(f"{key}.bn1")
    _block(stack, body, _doubled(stack.beside()).conv(f"{key}.shortcut.0.conv").norm(f"{key}.shortcut.1"))
