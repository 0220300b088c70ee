"""What a network is that makes no pictures, told from the shapes of its layers."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from explorer.errors import CheckpointError
from explorer.models.foreign.sniff import no_model

CHANNELS = (1, 2, 3, 4)  # of a picture
EXPORT = (
    "Export its generator to ONNX (torch.onnx.export, in eval mode), or write a Python file with build_model(weights)."
)
LEVELS = (
    "Its latents stand on several levels, each drawn from what those above make. Write a Python file with "
    "build_model(weights) that makes a picture of one level and keeps the others at their means: "
    "`latent-explorer inspect FILE --template FILE.py` begins one."
)
KNOWN: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "a lightweight-gan, whose versions differ in what no file tells",
        EXPORT,
        (r"(GE?\.)?initial_conv\.0\.weight", r"(GE?\.)?out_conv\.weight"),
    ),
    ("NVAE", LEVELS, (r"(.*\.)?prior_ftr0", r"(.*\.)?dec_tower\..*", r"(.*\.)?enc_sampler\..*")),
    (
        "the very deep VAE (VDVAE)",
        LEVELS,
        (r"(.*\.)?dec_blocks\.\d+\.prior\.c1\.weight", r"(.*\.)?dec_blocks\.\d+\.z_proj\.weight"),
    ),
    (
        "a ladder VAE",
        LEVELS,
        (r"(.*\.)?top_down_layers\.\d+\.stochastic\..*", r"(.*\.)?bottom_up_layers\.\d+\..*"),
    ),
    ("a hierarchical VAE (HVAE)", LEVELS, (r"(.*\.)?recons_z1_mu\.weight", r"(.*\.)?debed_z2_code\.weight")),
    (
        "a ladder VAE (LVAE) whose layers make no picture",
        "In its authors' code the decoder ends in the latents of the lowest level: there is nothing to show.",
        (r"(.*\.)?encoders\.0\.encoder_mu\.weight", r"(.*\.)?decoders\.0\.decode\.0\.weight"),
    ),
)
"""Networks that are named and not read: their name, what to do, and patterns of which each fits some of their keys."""


class UnknownArchitectureError(CheckpointError):
    """Weights of layers that nobody knows: they can be drafted."""


def layer_shapes(shapes: Mapping[str, Sequence[int]]) -> list[tuple[str, tuple[int, ...]]]:
    """The layers with a matrix or a kernel, in order."""
    return [(key, tuple(shape)) for key, shape in shapes.items() if len(shape) >= 2]


def what_it_is(path: Path, shapes: Mapping[str, Sequence[int]]) -> CheckpointError:
    """Why this is not opened: a discriminator, a classifier, an encoder, or weights whose architecture nobody knows."""
    layers = layer_shapes(shapes)
    if not layers:
        return no_model(path, "holds no layers.", "Open the file of the weights.")
    if (known := _by_name(shapes)) is not None:
        return no_model(path, f"holds {known[0]}, which is not read.", known[1])
    (_name, first), (_other, last) = layers[0], layers[-1]
    takes_pictures = len(first) == 4 and first[1] in CHANNELS
    out = last[0]
    judges = out == 1 and len(last) in (2, 4) and last[1] > CHANNELS[-1]
    if judges and (takes_pictures or _from_colours(layers) or _takes_flat_pictures(layers)):
        return no_model(path, "looks like a discriminator: image in, one number out.", "Load the generator.")
    if takes_pictures and len(last) == 2 and out in (10, 100, 200, 1000) and len(layers) > 1:
        return no_model(
            path, f"looks like a classifier: it ends in {out} outputs from a picture.", "Looking for the decoder?"
        )
    if takes_pictures and len(last) == 4 and min(last[:2]) > CHANNELS[-1] and not _to_colours(layers):
        return no_model(
            path,
            f"looks like an encoder: a picture in, {out} channels out.",
            "Open its decoder, or the file that holds both.",
        )
    return UnknownArchitectureError(
        f"{path.name} holds weights only: {len(shapes)} tensors, last layer {_arrow(last)}. No known architecture "
        "fits, and the order of layers and the activations are not in the file.",
        "Drop it on the window to draft it from the shapes, or give it to `latent-explorer inspect FILE --draft`; or "
        "tell the network in Python: `latent-explorer inspect FILE --template FILE.py` writes a file to begin with.",
    )


def _by_name(shapes: Mapping[str, object]) -> tuple[str, str] | None:
    """What is known by the names of its tensors, and not read; and what to do."""
    for called, hint, patterns in KNOWN:
        if all(any(re.fullmatch(pattern, key) for key in shapes) for pattern in patterns):
            return called, hint
    return None


def _from_colours(layers: Sequence[tuple[str, tuple[int, ...]]]) -> bool:
    """Whether layers are called as in progressive and style-based discriminators."""
    return any("fromrgb" in key.lower().replace("_", "") for key, _shape in layers)


def _takes_flat_pictures(layers: Sequence[tuple[str, tuple[int, ...]]]) -> bool:
    """Whether there are matrices alone, the first of a square picture."""
    pixels = layers[0][1][-1]
    flat = any(math.isqrt(pixels // channels) ** 2 * channels == pixels for channels in (1, 3))
    return flat and pixels >= 196 and all(len(shape) == 2 for _key, shape in layers)


def _to_colours(layers: Sequence[tuple[str, tuple[int, ...]]]) -> bool:
    """Whether some layer but the first ends in the channels of a picture, or begins with them, as a transposed does."""
    return any(len(shape) == 4 and min(shape[:2]) <= CHANNELS[-1] for _key, shape in layers[1:])


def _arrow(shape: tuple[int, ...]) -> str:
    """'32 -> 3 channels' of a kernel, '400 -> 784 numbers' of a matrix."""
    if len(shape) >= 3:
        low, high = sorted(shape[:2], reverse=True)
        return f"{low} → {high} channels"
    return f"{shape[1]} → {shape[0]} numbers"
