"""A Python file to begin an adapter with: the contract, and the layers that the keys and shapes of a file speak of."""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Mapping

from explorer.models.foreign.contents import Contents
from explorer.models.foreign.unwrap import Tensors

LISTED = 400  # tensors
COUNTED = "num_batches_tracked"
Shape = tuple[int, ...]
Tree = dict[str, "Tree | Shape"]

HEAD = '''"""How Latent Explorer opens {name} ({container}, {count} tensors, {numbers:,} numbers).

It calls build_model(weights) once, in a process of its own, after you agreed to exactly this file. `weights` is a dict
of float32 tensors by the names below. Give back a torch.nn.Module in which latents (n, LATENT_DIM) become pictures
(n, channels, height, width). What it does is then written down as data, so use torch alone, and no numbers drawn at
random on the way. Files beside this one can be imported; a changed one is asked about again.
"""

from collections import OrderedDict

import torch
from torch import nn

{dim}
IMAGE_RANGE = (0.0, 1.0)  # of the numbers in the pictures: (-1.0, 1.0) after a tanh, (0.0, 255.0) of bytes
PRIOR = "normal"  # how latents are drawn: "normal", "uniform" (-1 to 1), or "none" for an autoencoder
'''
HOLDING = '''

def holding(members):
    """A module with these parts; tensors become its parameters."""
    made = nn.Module()
    for name, one in members.items():
        (made.add_module if isinstance(one, nn.Module) else made.register_parameter)(name, one)
    return made'''
TAIL = '''
    def forward(self, z):
        """Latents (n, LATENT_DIM) to pictures (n, channels, height, width)."""
        raise NotImplementedError("write here how z goes through the layers above")

    # Where there is an encoder, so that your own pictures can be brought:
    # def encode(self, pictures):
    #     """Pictures (n, channels, height, width) in IMAGE_RANGE to latents, or to (mean, log variance)."""


def build_model(weights):
    net = Net()
    net.load_state_dict(weights)  # strict: a difference is shown as a table of keys
    return net
'''


def template(held: Contents) -> str:
    """The text of a Python file for what is in a file of weights."""
    tensors = held.tensors
    shapes = {key: one.shape for key, one in tensors.items()}
    first = next((shape for shape in shapes.values() if len(shape) == 2), (0, 0))[1]
    hint = "how many numbers one latent has" + (f"; the first matrix takes {first}" if first else "")
    head = HEAD.format(
        name=held.path.name,
        container=held.container,
        count=len(tensors),
        numbers=held.parameters,
        dim=f"LATENT_DIM = {_dim(shapes) or 128}  # {hint}",
    )
    members = list(_Layers().members(_tree(shapes)))
    lines = [head, *_listed(tensors), *([HOLDING] if any("holding(" in line for line in members) else [])]
    lines += ["", "", "class Net(nn.Module):", "    def __init__(self):", "        super().__init__()", *members, TAIL]
    return "\n".join(lines)


def _dim(shapes: Mapping[str, Shape]) -> int:
    """What the first layer of a decoder takes, or the first of all."""
    matrices = {key: shape for key, shape in shapes.items() if len(shape) in (2, 4) and key.endswith("weight")}
    decoding = [one for key, one in matrices.items() if any(word in key.lower() for word in ("dec", "gen"))]
    for shape in (*decoding, *matrices.values()):
        return shape[1] if len(shape) == 2 else shape[0]
    return 0


def _listed(tensors: Tensors) -> Iterator[str]:
    yield "# In the file:"
    for key, one in list(tensors.items())[:LISTED]:
        yield f"#   {key:44s} {one.dtype:9s} {' x '.join(map(str, one.shape)) or 'one number'}"
    if len(tensors) > LISTED:
        yield f"#   and {len(tensors) - LISTED} more"


def _tree(shapes: Mapping[str, Shape]) -> Tree:
    tree: Tree = {}
    for key, shape in shapes.items():
        *path, name = key.split(".")
        here = tree
        for part in path:
            inner = here.setdefault(part, {})
            if not isinstance(inner, dict):
                break
            here = inner
        here[name] = tuple(shape)
    return tree


class _Layers:
    """Writes layers in the order of the file. `_rank`: axes of the newest weight, which tell what kind a norm is."""

    def __init__(self) -> None:
        self._rank = 4

    def members(self, tree: Tree) -> Iterator[str]:
        """The lines of `__init__`."""
        for name, one in tree.items():
            made = self._made(one, 8)
            if isinstance(one, tuple):
                kind, value = (
                    ("buffer", made) if name.startswith("running_") else ("parameter", f"nn.Parameter({made})")
                )
                yield f'        self.register_{kind}("{name}", {value})'
            elif name.isidentifier() and not keyword.iskeyword(name):
                yield f"        self.{name} = {made}"
            else:
                yield f'        self.add_module("{name}", {made})'

    def _made(self, one: Tree | Shape, indent: int) -> str:
        if isinstance(one, tuple):
            return f"torch.empty({', '.join(map(str, one))})" if one else "torch.empty(())"
        if all(isinstance(inner, tuple) for inner in one.values()):
            return self._layer({name: inner for name, inner in one.items() if isinstance(inner, tuple)})
        pad = " " * (indent + 4)
        if all(name.isdigit() and isinstance(part, dict) for name, part in one.items()):
            return self._in_order(one, indent, pad)
        inner = "".join(f'{pad}"{name}": {self._module(part, indent + 4)},\n' for name, part in one.items())
        kind = "holding" if any(isinstance(part, tuple) for part in one.values()) else "nn.ModuleDict"
        return f"{kind}({{\n{inner}{' ' * indent}}})"

    def _in_order(self, one: Tree, indent: int, pad: str) -> str:
        """A Sequential with the numbers of the file; what has no weights is a gap in them."""
        lines, before = [], -1
        for name, part in one.items():
            if (gap := int(name) - before - 1) > 0 and before >= 0:
                lines.append(f"{pad}# {gap} without weights between: an activation?\n")
            lines.append(f'{pad}("{name}", {self._module(part, indent + 4)}),\n')
            before = int(name)
        return f"nn.Sequential(OrderedDict([\n{''.join(lines)}{' ' * indent}]))"

    def _module(self, one: Tree | Shape, indent: int) -> str:
        return f"nn.Parameter({self._made(one, indent)})" if isinstance(one, tuple) else self._made(one, indent)

    def _layer(self, shapes: Mapping[str, Shape]) -> str:
        """The layer of torch.nn with these tensors, as far as shapes tell."""
        weight, said = shapes.get("weight", ()), "" if "bias" in shapes else ", bias=False"
        if not set(shapes) <= {"weight", "bias", "running_mean", "running_var", COUNTED}:
            return self._bare(shapes)
        if "running_mean" in shapes:
            kind = "1d" if self._rank == 2 else "2d"
            return f"nn.BatchNorm{kind}({shapes['running_mean'][0]}{'' if weight else ', affine=False'})"
        if len(weight) == 1:
            return f"nn.GroupNorm(1, {weight[0]})" if not said else f"nn.PReLU({weight[0]})"
        self._rank = len(weight)
        if len(weight) == 2:
            return f"nn.Linear({weight[1]}, {weight[0]}{said})"
        return _convolution(weight, shapes.get("bias"), said) if len(weight) == 4 else self._bare(shapes)

    def _bare(self, shapes: Mapping[str, Shape]) -> str:
        inner = ", ".join(f'"{name}": nn.Parameter({self._made(shape, 0)})' for name, shape in shapes.items())
        return f"nn.ParameterDict({{{inner}}})"


def _convolution(weight: Shape, bias: Shape | None, said: str) -> str:
    """Transposed where the bias says so; without one an ordinary one."""
    first, second, *kernel = weight
    size = kernel[0] if kernel[0] == kernel[1] else tuple(kernel)
    if bias == (second,) and first != second:
        return f"nn.ConvTranspose2d({first}, {second}, {size}{said})"
    return f"nn.Conv2d({second}, {first}, {size}{said})"
