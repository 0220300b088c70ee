"""How a generator begins: its latent, its prior, and the class where it is conditional."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from explorer.models.base import Fact, Part, Prior, Space
from explorer.models.foreign.stack import Stack, UnfitError

TABLES = ("emb", "label")  # what a table of classes is called
COUNTS = ("n_classes", "num_classes", "classes", "n_class", "nclass")
USUAL = {110: 10}  # inputs of conditional generators of digits: how many of them are the class
INFO = (62, 10, 2)  # inputs of InfoGAN on digits: noise, one of 10 classes, codes
PRIORS: dict[Prior, str] = {"normal": "standard normal", "uniform": "uniform in -1..1", "unit": "uniform in 0..1"}


@dataclass(frozen=True, eq=False)
class Entry:
    """`space`: what goes in. `width`: numbers in the first vector. `rest`: the modules that follow."""

    space: Space
    width: int
    rest: list[str]
    facts: list[Fact] = field(default_factory=list)


def entry(stack: Stack, keys: list[str], hints: Mapping[str, object], prior: Prior) -> Entry:
    """Reads a table of classes if there is one, and how many numbers the next takes."""
    tables = [key for key in keys if _is_table(stack, key)]
    if tables:
        return _with_table(stack, [tables[0], *(key for key in keys if key != tables[0])], prior)
    width = _inputs(stack, keys[0])
    if width == sum(INFO):
        return Entry(_informed(), width, keys, [Fact(f"{width} inputs: noise, class and codes of InfoGAN", "guessed")])
    classes, fact = _classes(hints, width)
    return Entry(space_of(width - classes, classes, prior), width, keys, fact)


def space_of(z: int, classes: int, prior: Prior = "normal") -> Space:
    """The space [z, class]."""
    parts = (Part("z", z, prior), Part("class", classes, "one-hot")) if classes else (Part("z", z, prior),)
    told = PRIORS[prior] + (f", and one of {classes} classes" if classes else "")
    return Space("z", z + classes, (z + classes,), told, () if prior == "normal" and not classes else parts)


def _informed() -> Space:
    """The space [noise, class, codes] of InfoGAN (Chen et al. 2016)."""
    noise, classes, codes = INFO
    parts = (Part("noise", noise, "normal"), Part("class", classes, "one-hot"), Part("code", codes, "uniform"))
    told = f"standard normal, one of {classes} classes, and {codes} codes uniform in -1..1"
    return Space("z", sum(INFO), (sum(INFO),), told, parts)


def _is_table(stack: Stack, key: str) -> bool:
    weight = stack.tensors.get(f"{key}.weight")
    named = any(word in key.lower() for word in TABLES)
    return named and weight is not None and weight.dim() == 2 and f"{key}.bias" not in stack.tensors


def _with_table(stack: Stack, keys: list[str], prior: Prior) -> Entry:
    table = stack.weight(keys[0], 2)
    classes, row = table.shape
    width = _inputs(stack, keys[1])
    dense = all(f"{key}.weight" not in stack.tensors or stack.tensors[f"{key}.weight"].dim() < 4 for key in keys)
    normed = any(f"{key}.running_mean" in stack.tensors for key in keys)
    in_front = "label" in keys[0] and dense and normed  # as a well-known collection has it; others put it behind
    join = "times" if row == width else "front" if in_front else "behind"
    z = width if join == "times" else width - row
    if z < 1:
        raise UnfitError(keys[0])
    stack.add("labels", classes=classes, width=row, join=join).take(keys[0], ("weight",))
    words = {"times": "multiplies z", "front": "stands before z", "behind": "stands behind z"}
    facts = [Fact(f"{classes} classes, from the table '{keys[0]}'", "read")]
    facts.append(Fact(f"the class' row of {row} numbers {words[join]}", "inferred"))
    return Entry(space_of(z, classes, prior), width, keys[1:], facts)


def _classes(hints: Mapping[str, object], width: int) -> tuple[int, list[Fact]]:
    for name in COUNTS:
        told = hints.get(name)
        if isinstance(told, int) and not isinstance(told, bool) and 1 < told < width:
            return told, [Fact(f"the last {told} inputs are the class: the file says '{name}'", "inferred")]
    if width in USUAL:
        return USUAL[width], [Fact(f"the last {USUAL[width]} of {width} inputs are a class", "guessed")]
    return 0, []


def _inputs(stack: Stack, key: str) -> int:
    """How many numbers a first layer takes: a linear one, or a transposed convolution of one place."""
    weight = stack.tensors.get(f"{key}.weight")
    if weight is None or weight.dim() not in (2, 4):
        raise UnfitError(key)
    return weight.shape[1] if weight.dim() == 2 else weight.shape[0]
