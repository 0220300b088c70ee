"""JointVAE (Dupont 2018): continuous latents beside one-hot ones; the last inputs of the decoder are classes."""

from __future__ import annotations

from explorer.models.base import Part, Space
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import Found, Stack, UnfitError, chain


def recognise(reading: Reading) -> Recognised | None:
    """Keys img_to_features, features_to_img, fc_mean, fc_alphas."""
    tensors = reading.tensors
    if not {"features_to_img.0.weight", "latent_to_features.0.weight", "img_to_features.0.weight"} <= set(tensors):
        return None
    decoder = Stack(tensors)
    encoder = decoder.beside()
    _decode(decoder)
    parts = _encode(encoder)
    space = Space("z", sum(part.dim for part in parts), (sum(part.dim for part in parts),), _told(parts), parts)
    found = Found(reading, f"JointVAE, {_told(parts)}", space, decoder, encoder, "joint")
    found.know("read", f"latents and classes from the shapes: {_told(parts)}")
    found.know("inferred", "ReLU between layers and a sigmoid at the end", "a class is one 1 among zeros")
    return found.recognised()


def _told(parts: tuple[Part, ...]) -> str:
    words = {"normal": "{} of N(0, 1)", "one-hot": "one of {} classes"}
    return " and ".join(words[part.prior].format(part.dim) for part in parts)


def _decode(stack: Stack) -> None:
    for key in chain(stack.tensors, "latent_to_features."):
        stack.linear(key).add("relu")
    pictures = chain(stack.tensors, "features_to_img.")
    stack.add("fold", shape=[stack.weight(pictures[0], 4).shape[0], 4, 4])
    for key in pictures:
        stack.transposed(key, 2, 1).add("relu" if key != pictures[-1] else "sigmoid")


def _encode(stack: Stack) -> tuple[Part, ...]:
    for key in chain(stack.tensors, "img_to_features."):
        stack.conv(key, 2, 1).add("relu")
    stack.add("flatten")
    for key in chain(stack.tensors, "features_to_hidden."):
        stack.linear(key).add("relu")
    heads, behind, parts = [], [], []
    if "fc_mean.weight" in stack.tensors:
        heads.append(stack.beside().linear("fc_mean"))
        behind.append(stack.beside().linear("fc_log_var"))
        parts.append(Part("continuous", stack.weight("fc_mean", 2).shape[0], "normal"))
    alphas = chain(stack.tensors, "fc_alphas.")
    for number, key in enumerate(alphas, 1):
        heads.append(stack.beside().linear(key).add("softmax"))
        name = "class" if len(alphas) == 1 else f"class {number}"
        parts.append(Part(name, stack.weight(key, 2).shape[0], "one-hot"))
    if not parts:
        raise UnfitError("fc_mean")
    stack.parallel(*heads, *behind)
    return tuple(parts)
