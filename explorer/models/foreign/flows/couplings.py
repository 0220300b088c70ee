"""Steps whose elementwise form is said by a network of the rest: couplings, masked ones, and autoregressive ones."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from explorer.errors import CheckpointError
from explorer.models.fields import Fields
from explorer.models.foreign.flows.forms import Form, form_of
from explorer.models.foreign.layers import Shape, stacked

UNROLLED = 64  # passes, at most, that an exported graph holds one after the other


class Coupling(nn.Module):
    """The first `kept` channels stay and say what becomes of the others."""

    def __init__(self, kept: int, net: nn.Module, form: Form) -> None:
        super().__init__()
        self.kept, self.net, self.form = kept, net, form

    def forward(self, x: Tensor, given: Tensor | None) -> tuple[Tensor, Tensor]:
        kept = x[:, : self.kept]
        moved, change = self.form(x[:, self.kept :], self.net(_joined(kept, given)))
        return torch.cat([kept, moved], 1), change.flatten(1).sum(1)

    def inverse(self, z: Tensor, given: Tensor | None) -> tuple[Tensor, Tensor]:
        kept = z[:, : self.kept]
        moved, change = self.form.inverse(z[:, self.kept :], self.net(_joined(kept, given)))
        return torch.cat([kept, moved], 1), change.flatten(1).sum(1)


class Masked(nn.Module):
    """Where the mask is 1 numbers stay, and say what becomes of those where it is 0."""

    mask: Tensor

    def __init__(self, shape: Shape, net: nn.Module, form: Form) -> None:
        super().__init__()
        self.register_buffer("mask", torch.zeros(shape))
        self.net, self.form = net, form

    def forward(self, x: Tensor, given: Tensor | None) -> tuple[Tensor, Tensor]:
        return self._mixed(x, self.form(x, self.net(_joined(x * self.mask, given))))

    def inverse(self, z: Tensor, given: Tensor | None) -> tuple[Tensor, Tensor]:
        return self._mixed(z, self.form.inverse(z, self.net(_joined(z * self.mask, given))))

    def _mixed(self, x: Tensor, moved: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        free = 1 - self.mask
        return x * self.mask + moved[0] * free, (moved[1] * free).flatten(1).sum(1)


class Autoregressive(nn.Module):
    """Every number is moved by what a network of those before it says.

    The way back has no other way than one number after the other, which are `passes` passes of all at once: in each
    of them one more is right, and often many are. When a pass changes nothing, none that follows would.
    """

    def __init__(self, passes: int, net: nn.Module, form: Form) -> None:
        super().__init__()
        self.passes, self.net, self.form = passes, net, form

    def forward(self, x: Tensor, given: Tensor | None) -> tuple[Tensor, Tensor]:
        z, change = self.form(x, self.net(_joined(x, given)))
        return z, change.sum(1)

    def inverse(self, z: Tensor, given: Tensor | None) -> tuple[Tensor, Tensor]:
        traced = torch.onnx.is_in_onnx_export() or torch.compiler.is_compiling()
        if traced and self.passes > UNROLLED:
            raise RuntimeError(f"{self.passes} passes one after the other are too many for a graph.")
        x, change = torch.zeros_like(z), torch.zeros_like(z)
        for _ in range(self.passes):
            before = x
            x, change = self.form.inverse(z, self.net(_joined(x, given)))
            if not traced and torch.equal(before, x):
                break
        return x, change.sum(1)


class Elementwise(nn.Module):
    """A form whose parameters are learned themselves, the same for every item."""

    def __init__(self, width: int, form: Form) -> None:
        super().__init__()
        self.form = form
        self.raw = nn.Parameter(torch.zeros(1, width * form.each))

    def forward(self, x: Tensor, given: Tensor | None) -> tuple[Tensor, Tensor]:  # noqa: ARG002
        z, change = self.form(x, self.raw.expand(x.shape[0], -1))
        return z, change.sum(1)

    def inverse(self, z: Tensor, given: Tensor | None) -> tuple[Tensor, Tensor]:  # noqa: ARG002
        x, change = self.form.inverse(z, self.raw.expand(z.shape[0], -1))
        return x, change.sum(1)


def _joined(x: Tensor, given: Tensor | None) -> Tensor:
    return x if given is None else torch.cat([x, given], 1)


def channelwise(raw: Fields, shape: Shape, given: int) -> tuple[nn.Module, Shape]:
    kept = raw.integer("kept", 1, shape[0] - 1)
    moved = (shape[0] - kept, *shape[1:])
    net, form = _said(raw, (kept, *shape[1:]), moved, given)
    return Coupling(kept, net, form), shape


def masked(raw: Fields, shape: Shape, given: int) -> tuple[nn.Module, Shape]:
    net, form = _said(raw, shape, shape, given)
    over = {"all": shape, "places": (1, *shape[1:])}[raw.choice("over", ("all", "places"))]
    return Masked(over, net, form), shape


def autoregressive(raw: Fields, shape: Shape, given: int) -> tuple[nn.Module, Shape]:
    if len(shape) != 1:
        raise CheckpointError(f"{raw.where}: a step of vectors gets {shape}.", "The sizes of its steps disagree.")
    net, form = _said(raw, shape, shape, given)
    return Autoregressive(raw.integer("passes", 1, shape[0]), net, form), shape


def elementwise(raw: Fields, shape: Shape, given: int) -> tuple[nn.Module, Shape]:  # noqa: ARG001
    if len(shape) != 1:
        raise CheckpointError(f"{raw.where}: a step of vectors gets {shape}.", "The sizes of its steps disagree.")
    return Elementwise(shape[0], form_of(raw, shape)), shape


def _said(raw: Fields, sees: Shape, moves: Shape, given: int) -> tuple[nn.Module, Form]:
    if given and len(sees) != 1:
        raise CheckpointError(f"{raw.where}: what is given does not fit pictures.", "The file is damaged.")
    net, said = stacked(raw, "net", (sees[0] + given, *sees[1:]))
    form = form_of(raw, moves)
    if said != (form.each * moves[0], *moves[1:]):
        raise CheckpointError(f"{raw.where}: a network makes {said} for {moves}.", "The sizes of its steps disagree.")
    return net, form
