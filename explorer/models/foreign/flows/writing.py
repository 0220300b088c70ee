"""What recognisers of flows write with: steps, and the tensors of each under the keys of what `steps` builds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from explorer.models.foreign.stack import COUNTED, Stack, UnfitError


class Flowing:
    """A list of steps that grows, over the tensors of one reading. All its parts share what was `taken`."""

    def __init__(self, tensors: Mapping[str, Tensor], taken: set[str] | None = None) -> None:
        self.tensors = tensors
        self.taken: set[str] = set() if taken is None else taken
        self.steps: list[dict[str, object]] = []
        self.weights: dict[str, Tensor] = {}

    def beside(self) -> Flowing:
        """An empty list over the same tensors."""
        return Flowing(self.tensors, self.taken)

    def stack(self) -> Stack:
        """An empty list of layers over the same tensors."""
        return Stack(self.tensors, self.taken)

    def take(self, key: str) -> Tensor:
        """A tensor of the file. Raises UnfitError."""
        if key not in self.tensors:
            raise UnfitError(key)
        self.taken.add(key)
        value = self.tensors[key]
        return value.float() if value.is_floating_point() else value

    def pass_over(self, *keys: str) -> None:
        """Tensors that say nothing that is not known."""
        self.taken.update(key for key in keys if key in self.tensors)

    def add(self, step: str, tensors: Mapping[str, Tensor] | None = None, **options: object) -> Flowing:
        self.steps.append({"step": step, **options})
        for name, value in (tensors or {}).items():
            self.weights[f"{len(self.steps) - 1}.{name}"] = _whole(value)
        return self

    def affine(self, scale: Tensor, shift: Tensor, shape: Sequence[int]) -> Flowing:
        """scale x + shift, a number for each channel, or for each place where there are as many."""
        each = len(shape) > 1 and scale.numel() > shape[0]
        over = tuple(shape) if each else (shape[0], *(1 for _ in shape[1:]))
        tensors = {"scale": scale.expand(over) if scale.numel() == 1 else scale.reshape(over)}
        tensors["shift"] = shift.expand(over) if shift.numel() == 1 else shift.reshape(over)
        return self.add("affine", tensors, each=int(each))

    def mix(self, matrix: Tensor, shape: Sequence[int], bias: Tensor | None = None) -> Flowing:
        """W x + b; the inverse is made here, in double precision. Raises UnfitError for no square matrix."""
        wide = matrix.double()
        if wide.dim() != 2 or wide.shape[0] != wide.shape[1] or wide.shape[0] != shape[0]:
            raise UnfitError("a matrix that is not square")
        over = (shape[0], *(1 for _ in shape[1:]))
        own = torch.zeros(over) if bias is None else bias.reshape(over)
        back, log_det = torch.linalg.inv_ex(wide)[0], torch.linalg.slogdet(wide)[1]
        return self.add("mix", {"matrix": wide.float(), "bias": own, "back": back.float(), "log_det": log_det.float()})

    def permute(self, order: Tensor) -> Flowing:
        """The new i-th channel is the old order[i]-th."""
        order = order.long()
        return self.add("permute", {"order": order.clone(), "back": torch.argsort(order)})

    def turned(self, step: str, tensors: Mapping[str, Tensor], **options: object) -> Flowing:
        """A step the other way round."""
        inner = {f"inner.{name}": value for name, value in tensors.items()}
        return self.add("turned", inner, of={"step": step, **options})

    def scales(self, kept: int, rest: Flowing, prior: Stack | None = None) -> Flowing:
        """The channels from `kept` on leave as latents."""
        options = {} if prior is None else {"prior": prior.layers}
        weights = {} if prior is None else {f"prior.{name}": value for name, value in prior.weights.items()}
        return self.add("scales", weights | rest.inner(), kept=kept, steps=rest.steps, **options)

    def partly(self, kept: int, rest: Flowing) -> Flowing:
        return self.add("partly", rest.inner(), kept=kept, steps=rest.steps)

    def inner(self) -> dict[str, Tensor]:
        """The weights of this list under the keys of a chain in a step."""
        return {f"chain.steps.{name}": value for name, value in self.weights.items()}

    def left(self) -> list[str]:
        """The tensors that nobody took."""
        return [key for key in self.tensors if key not in self.taken and not key.endswith(COUNTED)]


def _whole(value: Tensor) -> Tensor:
    """The tensor itself, or a copy of what is a part or a repetition of another one: no two weights share memory."""
    alone = value.is_contiguous() and value.untyped_storage().nbytes() == value.numel() * value.element_size()
    return value if alone else value.clone(memory_format=torch.contiguous_format)


def net_of(stack: Stack) -> dict[str, Tensor]:
    """The weights of a step's network."""
    return {f"net.{name}": value for name, value in stack.weights.items()}


def from_lower_upper(permutation: Tensor, lower: Tensor, upper: Tensor, diagonal: Tensor) -> Tensor:
    """P L U, where only what is below and above the diagonals counts: float64 (c, c)."""
    below = torch.tril(lower.double(), -1) + torch.eye(len(lower), dtype=torch.float64)
    above = torch.triu(upper.double(), 1) + torch.diag(diagonal.double())
    return permutation.double() @ below @ above


def mixing(flowing: Flowing, key: str, whole: str, parts: Sequence[str]) -> Tensor:
    """The matrix (c, c) of a key: `whole`, or of its `parts`: permutation, lower, upper, signs and logs of sizes."""
    if f"{key}.{whole}" in flowing.tensors:
        weight = flowing.take(f"{key}.{whole}")
        return weight.reshape(weight.shape[:2])
    permutation, lower, upper, sign, size = (flowing.take(f"{key}.{name}") for name in parts)
    return from_lower_upper(permutation, lower, upper, sign.double() * torch.exp(size.double()))


def rows(stack: Stack, weight: Tensor, bias: Tensor | None, order: Tensor | None = None, **options: object) -> Stack:
    """A convolution or matrix whose weights were made of several tensors; `order` of its outputs."""
    own = torch.zeros(len(weight)) if bias is None else bias.reshape(-1)
    if order is not None:
        weight, own = weight[order], own[order]
    if weight.dim() == 4:
        stack.add("conv", out=len(weight), kernel=weight.shape[2], **options)
    else:
        stack.add("linear", out=len(weight), **options)
    return stack.own("weight", weight.contiguous()).own("bias", own.contiguous())


def halves_swapped(count: int) -> Tensor:
    """The second half of so many channels, then the first: [mean, log scale] becomes [log scale, mean]."""
    return torch.cat([torch.arange(count // 2, count), torch.arange(count // 2)])


def odd_first(count: int) -> Tensor:
    """1, 3, 5, ..., 0, 2, 4, ...: what stands in turn becomes halves, the second of a pair in front."""
    return torch.cat([torch.arange(1, count, 2), torch.arange(0, count, 2)])


def even_first(count: int) -> Tensor:
    """0, 2, 4, ..., 1, 3, 5, ...: the first of a pair in front."""
    return odd_first(count).roll(count // 2)


def normalised(weight: Tensor, size: Tensor) -> Tensor:
    """Weight normalisation (Salimans & Kingma 2016): size v / |v| for each output."""
    norm = torch.linalg.vector_norm(weight.flatten(1), dim=1)
    factor: Tensor = (size.reshape(-1) / norm).reshape(-1, *(1 for _ in weight.shape[1:]))
    return weight * factor
