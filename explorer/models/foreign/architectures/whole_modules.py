"""Generators that were kept as whole `torch.nn` modules: strides, paddings, slopes and eps are in the file.

Only parts of `torch.nn` one after the other; what a class of somebody's own does between its parts is in no file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.architectures.conv_gan import style_of
from explorer.models.foreign.drafts.pieces import is_encoding
from explorer.models.foreign.labels import entry
from explorer.models.foreign.layers import Shape
from explorer.models.foreign.reading import ModuleTree, Reading
from explorer.models.foreign.stack import Found, Stack, UnfitError, flat_picture, made_of

ACTIVATIONS = {
    **{"ReLU": "relu", "Tanh": "tanh", "Sigmoid": "sigmoid", "SELU": "selu", "SiLU": "silu", "GELU": "gelu"},
    **{"ELU": "elu", "Softplus": "softplus", "Softsign": "softsign", "Hardtanh": "hardtanh"},
}
LEAKY = "LeakyReLU"
USUAL: dict[str, dict[str, object]] = {"ELU": {"alpha": 1}, "Softplus": {"beta": 1}, "GELU": {"approximate": "none"}}
USUAL["Hardtanh"] = {"min_val": -1, "max_val": 1}
USUAL["Conv2d"] = USUAL["ConvTranspose2d"] = {"dilation": [1, 1], "padding_mode": "zeros"}
IDLE = ("Dropout", "Dropout2d", "AlphaDropout", "Identity")  # do nothing to a picture that is only looked at
LISTS = ("Sequential", "DataParallel", "DistributedDataParallel")
NORMS = ("BatchNorm1d", "BatchNorm2d")
OF_PICTURES = ("Conv2d", "ConvTranspose2d", "BatchNorm2d", "Upsample", "UpsamplingNearest2d", "UpsamplingBilinear2d")
TURNS = ("view", "reshape", "flatten")  # how people call what makes a picture of a vector


@dataclass(frozen=True)
class Leaf:
    """A module without others below it."""

    key: str
    kind: str  # such as 'Conv2d'; of somebody's own class, with its package
    told: Mapping[str, object]

    def pair(self, name: str) -> int:
        """One number for both sides of a picture."""
        held = self.told.get(name)
        sides = held if isinstance(held, list) else [held]
        if not sides or not isinstance(sides[0], int) or any(side != sides[0] for side in sides):
            raise UnfitError(f"{self.key}.{name}")
        return sides[0]

    def number(self, name: str) -> float:
        held = self.told.get(name)
        if not isinstance(held, int | float):
            raise UnfitError(f"{self.key}.{name}")
        return float(held)

    @property
    def is_usual(self) -> bool:
        return all(self.told.get(name, usual) == usual for name, usual in USUAL.get(self.kind, {}).items())


def recognise(reading: Reading) -> Recognised | None:
    """A module of parts that run one after the other and lead from a vector to a picture."""
    tree = reading.modules
    if tree is None or not tree.children or any(is_encoding(key) for key in reading.tensors):
        return None
    leaves = _leaves(tree, "")
    sure = _is_chain(tree)
    if not leaves or not (sure or _runs_in_order(tree, leaves)):
        return None
    return _found(reading, leaves, sure=sure)


def _leaves(tree: ModuleTree, key: str) -> list[Leaf]:
    if not tree.children:
        return [Leaf(key, _kind(tree), tree.attributes)]
    return [leaf for name, child in tree.children.items() for leaf in _leaves(child, f"{key}.{name}" if key else name)]


def _kind(tree: ModuleTree) -> str:
    return tree.kind.rpartition(".")[2] if tree.kind.startswith("torch.nn.") else tree.kind


def _is_chain(tree: ModuleTree) -> bool:
    """Whether nothing but lists of parts holds others."""
    return not tree.children or (_kind(tree) in LISTS and all(_is_chain(one) for one in tree.children.values()))


def _runs_in_order(tree: ModuleTree, leaves: list[Leaf]) -> bool:
    """Whether a class of somebody's own likely runs its parts in turn: all are lists, and the last one is finished."""
    below = [child for child in tree.children.values() if _kind(child) != "Embedding"]
    return all(child.children and _is_chain(child) for child in below) and leaves[-1].kind in ACTIVATIONS


def _found(reading: Reading, leaves: list[Leaf], *, sure: bool) -> Recognised | None:
    held = {key.rpartition(".")[0] for key in reading.tensors}
    weighing = [leaf.key for leaf in leaves if leaf.key in held]
    if not weighing:
        return None
    stack = Stack(reading.tensors)
    style = style_of(weighing)
    way = entry(stack, weighing, reading.hints, style.prior)
    shape: Shape = (way.width,)
    rest = [leaf for leaf in leaves if leaf.key in way.rest or leaf.key not in held]
    for number, leaf in enumerate(rest):
        if len(shape) == 1 and leaf.kind in OF_PICTURES:
            _fold(stack, next(one for one in rest[number:] if one.key in held), shape[0])
        shape = _written(stack, leaf, shape, way.space.shape)
    if len(shape) == 1:
        picture = flat_picture(shape[0])
        if picture is None or shape[0] <= way.width or leaves[-1].kind not in ACTIVATIONS:
            raise UnfitError("no picture: an encoder, or a judge")
        stack.add("fold", shape=list(picture))
    last = leaves[-1].kind
    found = Found(reading, f"generator of {len(weighing)} modules, {way.space.dim} inputs", way.space, stack)
    found.values = (0.0, 1.0) if last == "Sigmoid" else (-1.0, 1.0)
    found.know("read", f"{way.space.dim} inputs, and every layer with its stride, padding, activation and eps")
    if not sure:
        found.know("inferred", "the parts of the module run in the order in which it has them")
    found.know("inferred", f"values {found.values[0]:g}..{found.values[1]:g}, prior {way.space.prior}")
    found.facts += way.facts
    return found.recognised()


def _written(stack: Stack, leaf: Leaf, shape: Shape, given: Shape) -> Shape:
    """Adds one module; the shape behind it."""
    if leaf.kind in IDLE or (leaf.kind == "Unflatten" or any(word in leaf.kind.lower() for word in TURNS)):
        return shape
    if not leaf.is_usual:
        raise UnfitError(leaf.key)
    if leaf.kind not in ADD:
        raise UnfitError(leaf.kind)
    ADD[leaf.kind](stack, leaf)
    made = made_of(stack, given)
    if made is None:
        raise UnfitError(leaf.key)
    return made


def _fold(stack: Stack, leaf: Leaf, width: int) -> None:
    """Makes a picture of a vector for the next module with weights."""
    if leaf.kind not in OF_PICTURES:
        raise UnfitError(leaf.key)
    channels = stack.tensors[f"{leaf.key}.weight"].shape[int(leaf.kind == "Conv2d")]
    side = math.isqrt(width // channels)
    if not side or side * side * channels != width:
        raise UnfitError(leaf.key)
    stack.add("fold", shape=[channels, side, side])


def _activate(stack: Stack, leaf: Leaf) -> None:
    stack.add(ACTIVATIONS[leaf.kind])


def _leaky(stack: Stack, leaf: Leaf) -> None:
    stack.add("leaky", slope=leaf.number("negative_slope"))


def _linear(stack: Stack, leaf: Leaf) -> None:
    stack.linear(leaf.key)


def _conv(stack: Stack, leaf: Leaf) -> None:
    same = leaf.told.get("padding") == "same" and leaf.pair("kernel_size") % 2 == 1
    padding = leaf.pair("kernel_size") // 2 if same else leaf.pair("padding")
    stack.conv(leaf.key, leaf.pair("stride"), padding, leaf.pair("groups"))


def _transposed(stack: Stack, leaf: Leaf) -> None:
    if leaf.pair("groups") != 1:
        raise UnfitError(leaf.key)
    stack.transposed(leaf.key, leaf.pair("stride"), leaf.pair("padding"), leaf.pair("output_padding"))


def _norm(stack: Stack, leaf: Leaf) -> None:
    stack.norm(leaf.key, leaf.number("eps"))


def _group_norm(stack: Stack, leaf: Leaf) -> None:
    stack.group_norm(leaf.key, leaf.pair("num_groups"), leaf.number("eps"))


def _upsample(stack: Stack, leaf: Leaf) -> None:
    factor, mode = leaf.told.get("scale_factor"), leaf.told.get("mode")
    sides = factor if isinstance(factor, list) else [factor]
    whole = next((one for one in range(2, 9) if all(side == one for side in sides)), 0)
    if not sides or not whole or mode not in ("nearest", "bilinear"):
        raise UnfitError(leaf.key)
    corners = {"align_corners": int(bool(leaf.told.get("align_corners")))} if mode == "bilinear" else {}
    stack.add("upsample", factor=whole, mode=mode, **corners)


def _shuffle(stack: Stack, leaf: Leaf) -> None:
    stack.add("shuffle", factor=leaf.pair("upscale_factor"))


def _slopes(stack: Stack, leaf: Leaf) -> None:
    stack.add("prelu", slopes=leaf.pair("num_parameters")).take(leaf.key, ("weight",))


ADD = {
    **dict.fromkeys(ACTIVATIONS, _activate),
    **dict.fromkeys(NORMS, _norm),
    LEAKY: _leaky,
    "Linear": _linear,
    "Conv2d": _conv,
    "ConvTranspose2d": _transposed,
    "GroupNorm": _group_norm,
    "Upsample": _upsample,
    "UpsamplingNearest2d": _upsample,
    "UpsamplingBilinear2d": _upsample,
    "PixelShuffle": _shuffle,
    "PReLU": _slopes,
}
