"""The VAE of Burgess et al. (2018), as in the disentangling-vae repository: 32 or 64 pixels, 4x4 convolutions.

Its last encoder layer gives mean and log variance of each dimension next to each other, not in two halves.
"""

from __future__ import annotations

from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Found, Stack, vector


def recognise(reading: Reading) -> Recognised | None:
    """Keys such as encoder.mu_logvar_gen and decoder.convT3."""
    tensors = reading.tensors
    if "decoder.convT3.weight" not in tensors or "decoder.lin1.weight" not in tensors:
        return None
    decoder = Stack(tensors)
    _decode(decoder)
    encoder = decoder.beside()
    has_encoder = "encoder.mu_logvar_gen.weight" in tensors
    if has_encoder:
        _encode(encoder)
    space = vector(tensors["decoder.lin1.weight"].shape[1])
    found = Found(reading, f"Burgess VAE, {space.dim} latents", space, decoder, encoder if has_encoder else None)
    found.layout = "interleaved"
    found.know("read", f"{space.dim} latents, from the shapes; the names of the layers are those of disentangling-vae")
    found.know("inferred", "ReLU between layers and a sigmoid at the end", "prior N(0, I)")
    if has_encoder:
        found.know("inferred", "mean and log variance of each latent stand next to each other")
    return found.recognised()


def _decode(stack: Stack) -> None:
    for key in ("decoder.lin1", "decoder.lin2", "decoder.lin3"):
        stack.linear(key).add("relu")
    first = next(key for key in ("decoder.convT_64", "decoder.convT1") if f"{key}.weight" in stack.tensors)
    channels = stack.weight(first, 4).shape[0]
    side = round((stack.weight("decoder.lin3", 2).shape[0] / channels) ** 0.5)
    stack.add("fold", shape=[channels, side, side])
    for key in ("decoder.convT_64", "decoder.convT1", "decoder.convT2"):
        if f"{key}.weight" in stack.tensors:
            stack.transposed(key, 2, 1).add("relu")
    stack.transposed("decoder.convT3", 2, 1).add("sigmoid")


def _encode(stack: Stack) -> None:
    for key in ("encoder.conv1", "encoder.conv2", "encoder.conv3", "encoder.conv_64"):
        if f"{key}.weight" in stack.tensors:
            stack.conv(key, 2, 1).add("relu")
    stack.add("flatten")
    for key in ("encoder.lin1", "encoder.lin2"):
        stack.linear(key).add("relu")
    stack.linear("encoder.mu_logvar_gen")
