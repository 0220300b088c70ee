"""What recognisers write with: layers by the keys of the file, and which tensor goes where."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from explorer.errors import ExplorerError
from explorer.models.base import Card, Fact, How, Space
from explorer.models.config import Config
from explorer.models.fields import Fields
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.layers import Shape, stacked
from explorer.models.foreign.reading import Reading

COUNTED = "num_batches_tracked"  # of a batch norm: means nothing after training
PLAIN = {"model", "generator", "decoder", "vae", "net", "weights", "checkpoint", "g", "netg", "best", "last", "encoder"}


class UnfitError(ValueError):
    """The reading is of another architecture than the recogniser thought: then the next one is asked."""


class Stack:
    """A list of layers that grows, over the tensors of one reading. All its parts share what was `taken`."""

    def __init__(self, tensors: Mapping[str, Tensor], taken: set[str] | None = None) -> None:
        self.tensors = tensors
        self.taken: set[str] = set() if taken is None else taken
        self.layers: list[dict[str, object]] = []
        self.weights: dict[str, Tensor] = {}

    def beside(self) -> Stack:
        """An empty stack over the same tensors."""
        return Stack(self.tensors, self.taken)

    def add(self, layer: str, **options: object) -> Stack:
        """A layer without weights."""
        self.layers.append({"layer": layer, **options})
        return self

    def linear(self, key: str) -> Stack:
        weight = self.weight(key, 2)
        return self._keep("linear", key, out=weight.shape[0])

    def conv(self, key: str, stride: int = 1, padding: int | None = None, groups: int = 1) -> Stack:
        """A convolution; without `padding` it keeps the size at stride 1."""
        weight = self.weight(key, 4)
        kernel = weight.shape[2]
        same = kernel // 2 if padding is None else padding
        return self._keep("conv", key, out=weight.shape[0], kernel=kernel, stride=stride, padding=same, groups=groups)

    def transposed(self, key: str, stride: int, padding: int, output_padding: int = 0) -> Stack:
        weight = self.weight(key, 4)
        sizes = {"kernel": weight.shape[2], "stride": stride, "padding": padding, "output_padding": output_padding}
        return self._keep("transposed", key, out=weight.shape[1], **sizes)

    def norm(self, key: str, eps: float = 1e-5) -> Stack:
        """Batch normalisation."""
        affine = f"{key}.weight" in self.tensors
        self.add("norm", eps=eps, affine=int(affine))
        names = ("weight", "bias") if affine else ()
        return self.take(key, (*names, "running_mean", "running_var"))

    def group_norm(self, key: str, groups: int, eps: float = 1e-5) -> Stack:
        return self.add("group_norm", groups=groups, eps=eps).take(key, ("weight", "bias"))

    def attend(self, parts: Mapping[str, str], pool: int = 1) -> Stack:
        """Self-attention of the modules 'query', 'key', 'value' and perhaps 'out', and the number 'gamma'."""
        inner = self.weight(parts["key"], 4).shape[0]
        values = self.weight(parts["value"], 4).shape[0]
        biased, scalar = f"{parts['key']}.bias" in self.tensors, self.tensors[parts["gamma"]].dim() == 0
        sizes = {"inner": inner, "values": values, "pool": pool, "bias": int(biased), "scalar": int(scalar)}
        self.add("attend", **sizes, projected=int("out" in parts))
        for role in ("query", "key", "value", "out"):
            for name in ("weight", "bias") if biased else ("weight",):
                if role in parts:
                    self.taken.add(f"{parts[role]}.{name}")
                    self.own(f"{role}.{name}", self.tensors[f"{parts[role]}.{name}"])
        self.taken.add(parts["gamma"])
        return self.own("gamma", self.tensors[parts["gamma"]])

    def residual(self, body: Stack, skip: Stack | None = None) -> Stack:
        around = self.beside() if skip is None else skip
        self.add("residual", body=body.layers, skip=around.layers)
        return self._adopt("body", body)._adopt("skip", around)

    def modulate(self, kept: str, one: float, **branches: Stack) -> Stack:
        """Features times (one + `factor`), plus `shift`: branches of what was kept by that name."""
        self.add("modulate", **{"from": kept}, one=one, **{name: branch.layers for name, branch in branches.items()})
        for name, branch in branches.items():
            self._adopt(name, branch)
        return self

    def parallel(self, *branches: Stack) -> Stack:
        self.add("parallel", branches=[{"layers": branch.layers} for branch in branches])
        for number, branch in enumerate(branches):
            self._adopt(f"branches.{number}", branch)
        return self

    def own(self, name: str, value: Tensor) -> Stack:
        """A weight of the newest layer that is not in the file under that name."""
        self.weights[f"{len(self.layers) - 1}.{name}"] = value
        return self

    def weight(self, key: str, rank: int) -> Tensor:
        """`key`.weight of a layer. Raises UnfitError where there is none, or of another rank, or not square."""
        weight = self.tensors.get(f"{key}.weight")
        if weight is None or weight.dim() != rank or (rank == 4 and weight.shape[2] != weight.shape[3]):
            raise UnfitError(key)
        return weight

    def take_out(self, key: str) -> Tensor:
        """A tensor by its whole key, for what is no layer. Raises UnfitError where there is none."""
        if key not in self.tensors:
            raise UnfitError(key)
        self.taken.add(key)
        return self.tensors[key]

    def _keep(self, layer: str, key: str, **options: object) -> Stack:
        biased = f"{key}.bias" in self.tensors
        self.add(layer, **options, bias=int(biased))
        return self.take(key, ("weight", "bias") if biased else ("weight",))

    def take(self, key: str, names: Iterable[str]) -> Stack:
        for name in names:
            source = f"{key}.{name}"
            if source not in self.tensors:
                raise UnfitError(source)
            self.taken.add(source)
            self.own(name, self.tensors[source])
        return self

    def _adopt(self, name: str, part: Stack) -> Stack:
        for key, value in part.weights.items():
            self.own(f"{name}.{key}", value)
        return self


@dataclass
class Found:
    """All that makes an architecture of stacks. `layout` and `encoder` as in `layered`."""

    reading: Reading
    architecture: str
    space: Space
    decoder: Stack
    encoder: Stack | None = None
    layout: str = "halves"
    values: tuple[float, float] = (0.0, 1.0)  # of the decoder's pictures
    seen: tuple[float, float] | None = None  # of the encoder's, where others
    facts: list[Fact] = field(default_factory=list)

    def know(self, how: How, *texts: str) -> Found:
        self.facts += [Fact(text, how) for text in texts]
        return self

    def recognised(self, ignored: Iterable[str] = ()) -> Recognised | None:
        """The finished config; None where tensors are left over, or where the layers do not fit each other.

        `ignored` names tensors that have no part in making pictures.
        """
        known = self.decoder.taken | (self.encoder.taken if self.encoder else set()) | set(ignored)
        if [key for key in self.reading.tensors if key not in known and not key.endswith(COUNTED)]:
            return None
        hyper: dict[str, object] = {"decoder": self.decoder.layers}
        tensors = {f"decoder.{key}": value for key, value in self.decoder.weights.items()}
        if self.encoder is not None:
            hyper |= {"encoder": self.encoder.layers, "posterior": self.layout}
            tensors |= {f"encoder.{key}": value for key, value in self.encoder.weights.items()}
            if self.seen is not None:
                hyper["input_range"] = list(self.seen)
        shape = made_of(self.decoder, self.space.shape)
        if shape is None or len(shape) != 3 or shape[0] not in (1, 3):
            return None
        card = card_of(self.reading, self.architecture, self.space, (shape[1], shape[2], shape[0]), self.values)
        facts = tuple(self.facts)
        return Recognised(Config(_with(card, facts), hyper), tensors)


def _with(card: Card, facts: tuple[Fact, ...]) -> Card:
    return Card(**{**vars(card), "facts": facts})


def made_of(stack: Stack, shape: Shape) -> Shape | None:
    """The shape that the layers make of `shape`; None where they do not fit. Nothing is allocated."""
    try:
        with torch.device("meta"):
            return stacked(Fields({"layers": stack.layers}, "The layers"), "layers", shape)[1]
    except (ExplorerError, RuntimeError, ValueError, ZeroDivisionError):
        return None


def card_of(
    reading: Reading,
    architecture: str,
    space: Space,
    image_shape: tuple[int, int, int],
    values: tuple[float, float],
    family: str = "layers",
) -> Card:
    """The card of a foreign model, called by its file, or by its folder where the file has a plain name."""
    stem = reading.path.stem
    return Card(
        name=reading.path.parent.name if stem.lower() in PLAIN and reading.path.parent.name else stem or "model",
        family=family,
        architecture=architecture,
        parameters=sum(value.numel() for key, value in reading.tensors.items() if not key.endswith(COUNTED)),
        spaces=(space,),
        image_shape=image_shape,
        image_range=values,
        trained_on="",
        licence="",
        likelihood="none",
        fingerprint=reading.file_hash,
        container=reading.container,
    )


def vector(dim: int, prior: str = "standard normal") -> Space:
    """z of N(0, I)."""
    return Space("z", dim, (dim,), prior)


def flat_picture(numbers: int) -> tuple[int, int, int] | None:
    """(channels, side, side) of so many numbers: a square, grey before colour."""
    for channels in (1, 3):
        side = math.isqrt(numbers // channels)
        if side * side * channels == numbers and side > 1:
            return channels, side, side
    return None


def chain(tensors: Mapping[str, Tensor], prefix: str) -> list[str]:
    """The modules below a prefix that have weights, in the order of the file: 'net.0', 'net.1', 'net.3'."""
    keys = [key.rpartition(".")[0] for key in tensors if key.startswith(prefix)]
    return list(dict.fromkeys(keys))


def only(tensors: Mapping[str, Tensor], names: Sequence[str]) -> bool:
    """Whether every tensor is below one of these names."""
    return all(any(key == name or key.startswith(f"{name}.") for name in names) for key in tensors)


def is_norm(tensors: Mapping[str, Tensor], key: str) -> bool:
    """Whether a module is a batch norm."""
    return f"{key}.running_mean" in tensors
