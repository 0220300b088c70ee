"""The closed list of invertible steps of which a foreign flow may be made, each described by plain data.

A step is an object such as {"step": "mix"}. What comes in is known, so only what goes out is said. Shapes are those
of one item: (features,) or (channels, height, width). A step's `forward` leads from data to latents and `inverse`
back; both answer with the log of |det| of what they did: (n,), or () where it is the same for all. `given` (n, g) is
what a conditional flow is told beside its latents. Only plain operators, for ONNX.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.errors import CheckpointError
from explorer.models.fields import Fields
from explorer.models.foreign.flows.couplings import autoregressive, channelwise, elementwise, masked
from explorer.models.foreign.flows.elementwise import Moved
from explorer.models.foreign.flows.monotone import Logistic, soft_clip
from explorer.models.foreign.layers import LARGEST, Shape, stacked

MOST_STEPS = 512  # in one list
Made = tuple[nn.Module, Shape]


class Affine(nn.Module):
    """scale x + shift, a number for each channel or, with `each`, for each place."""

    def __init__(self, shape: Shape, each: bool) -> None:
        super().__init__()
        over = shape if each else (shape[0], *(1 for _ in shape[1:]))
        self.scale = nn.Parameter(torch.ones(over))
        self.shift = nn.Parameter(torch.zeros(over))
        self.places = 1 if each else math.prod(shape[1:])

    def forward(self, x: Tensor, given: Tensor | None) -> tuple[Tensor, Tensor]:  # noqa: ARG002
        return x * self.scale + self.shift, self.places * self.scale.abs().log().sum()

    def inverse(self, z: Tensor, given: Tensor | None) -> tuple[Tensor, Tensor]:  # noqa: ARG002
        return (z - self.shift) / self.scale, -self.places * self.scale.abs().log().sum()


class Mix(nn.Module):
    """W x + b over the channels. The inverse of W and log|det W| stand beside it, made where the file was read.

    They belong together, so none of them is a parameter.
    """

    matrix: Tensor
    back: Tensor
    log_det: Tensor

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(shape[0], *(1 for _ in shape[1:])))
        self.register_buffer("matrix", torch.eye(shape[0]))
        self.register_buffer("back", torch.eye(shape[0]))
        self.register_buffer("log_det", torch.zeros(()))
        self.places = math.prod(shape[1:])

    def forward(self, x: Tensor, given: Tensor | None) -> tuple[Tensor, Tensor]:  # noqa: ARG002
        return _times(self.matrix, x) + self.bias, self.places * self.log_det

    def inverse(self, z: Tensor, given: Tensor | None) -> tuple[Tensor, Tensor]:  # noqa: ARG002
        return _times(self.back, z - self.bias), -self.places * self.log_det


def _times(matrix: Tensor, x: Tensor) -> Tensor:
    return functional.linear(x, matrix) if x.dim() == 2 else functional.conv2d(x, matrix[:, :, None, None])


class Permute(nn.Module):
    """Channels in another order: the new i-th is the old order[i]-th."""

    order: Tensor
    back: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.register_buffer("order", torch.arange(channels))
        self.register_buffer("back", torch.arange(channels))

    def forward(self, x: Tensor, given: Tensor | None) -> tuple[Tensor, Tensor]:  # noqa: ARG002
        return x[:, self.order], x.new_zeros(())

    def inverse(self, z: Tensor, given: Tensor | None) -> tuple[Tensor, Tensor]:  # noqa: ARG002
        return z[:, self.back], z.new_zeros(())


class Squeeze(nn.Module):
    """2 x 2 pixels of a channel become four channels, or the other way round."""

    def __init__(self, grow: bool) -> None:
        super().__init__()
        self.grow = grow

    def forward(self, x: Tensor, given: Tensor | None) -> tuple[Tensor, Tensor]:  # noqa: ARG002
        return (functional.pixel_shuffle if self.grow else functional.pixel_unshuffle)(x, 2), x.new_zeros(())

    def inverse(self, z: Tensor, given: Tensor | None) -> tuple[Tensor, Tensor]:  # noqa: ARG002
        return (functional.pixel_unshuffle if self.grow else functional.pixel_shuffle)(z, 2), z.new_zeros(())


class Fold(nn.Module):
    """The same numbers in another shape."""

    def __init__(self, before: Shape, after: Shape) -> None:
        super().__init__()
        self.before, self.after = before, after

    def forward(self, x: Tensor, given: Tensor | None) -> tuple[Tensor, Tensor]:  # noqa: ARG002
        return x.reshape(-1, *self.after), x.new_zeros(())

    def inverse(self, z: Tensor, given: Tensor | None) -> tuple[Tensor, Tensor]:  # noqa: ARG002
        return z.reshape(-1, *self.before), z.new_zeros(())


class Scales(nn.Module):
    """The first `kept` channels go on through a chain; the others leave as latents, normalised by what stays.

    The result is flat: the coarser latents first. `prior` says of what stays the log of the scale, then the mean.
    """

    def __init__(self, kept: int, gone: Shape, prior: nn.Module, chain: Chain, coarse: Shape) -> None:
        super().__init__()
        self.kept, self.gone, self.coarse = kept, gone, coarse
        self.prior, self.chain = prior, chain

    def forward(self, x: Tensor, given: Tensor | None) -> tuple[Tensor, Tensor]:
        kept, gone = x[:, : self.kept], x[:, self.kept :]
        log_scale, mean = self._says(kept, gone)
        z, volume = self.chain(kept, given)
        own = (gone - mean) * torch.exp(-log_scale)
        return torch.cat([z.flatten(1), own.flatten(1)], 1), volume - log_scale.flatten(1).sum(1)

    def inverse(self, z: Tensor, given: Tensor | None) -> tuple[Tensor, Tensor]:
        size = math.prod(self.coarse)
        kept, volume = self.chain.inverse(z[:, :size].reshape(-1, *self.coarse), given)
        own = z[:, size:].reshape(-1, *self.gone)
        log_scale, mean = self._says(kept, own)
        return torch.cat([kept, own * torch.exp(log_scale) + mean], 1), volume + log_scale.flatten(1).sum(1)

    def _says(self, kept: Tensor, gone: Tensor) -> tuple[Tensor, Tensor]:
        if isinstance(self.prior, nn.Identity):
            return torch.zeros_like(gone), torch.zeros_like(gone)
        log_scale, mean = self.prior(kept).chunk(2, 1)
        return log_scale, mean


class Partly(nn.Module):
    """A chain for the first `kept` channels; the others stay as they are."""

    def __init__(self, kept: int, chain: Chain) -> None:
        super().__init__()
        self.kept, self.chain = kept, chain

    def forward(self, x: Tensor, given: Tensor | None) -> tuple[Tensor, Tensor]:
        z, volume = self.chain(x[:, : self.kept], given)
        return torch.cat([z, x[:, self.kept :]], 1), volume

    def inverse(self, z: Tensor, given: Tensor | None) -> tuple[Tensor, Tensor]:
        x, volume = self.chain.inverse(z[:, : self.kept], given)
        return torch.cat([x, z[:, self.kept :]], 1), volume


class Given(nn.Module):
    """(x - mean) / scale, both said by what is given: a conditional normal distribution as a step."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Tensor, given: Tensor | None) -> tuple[Tensor, Tensor]:
        log_scale, mean = self.net(given).chunk(2, 1)
        return (x - mean) * torch.exp(-log_scale), -log_scale.sum(1)

    def inverse(self, z: Tensor, given: Tensor | None) -> tuple[Tensor, Tensor]:
        log_scale, mean = self.net(given).chunk(2, 1)
        return z * torch.exp(log_scale) + mean, log_scale.sum(1)


class Turned(nn.Module):
    """A step the other way round: its formula leads from latents to data."""

    def __init__(self, step: nn.Module) -> None:
        super().__init__()
        self.inner = step

    def forward(self, x: Tensor, given: Tensor | None) -> tuple[Tensor, Tensor]:
        return cast(Moved, self.inner.inverse(x, given))  # type: ignore[operator]

    def inverse(self, z: Tensor, given: Tensor | None) -> tuple[Tensor, Tensor]:
        return cast(Moved, self.inner(z, given))


class Chain(nn.Module):
    """Steps one after the other."""

    def __init__(self, steps: list[nn.Module]) -> None:
        super().__init__()
        self.steps = nn.ModuleList(steps)

    def forward(self, x: Tensor, given: Tensor | None = None) -> tuple[Tensor, Tensor]:
        volume = torch.zeros_like(x.flatten(1)[:, 0])
        for step in self.steps:
            x, change = step(x, given)
            volume = volume + change
        return x, volume

    def inverse(self, z: Tensor, given: Tensor | None = None) -> tuple[Tensor, Tensor]:
        volume = torch.zeros_like(z.flatten(1)[:, 0])
        for step in reversed(self.steps):
            z, change = step.inverse(z, given)  # type: ignore[operator]
            volume = volume + change
        return z, volume


def _scales(raw: Fields, shape: Shape, given: int) -> Made:
    kept = raw.integer("kept", 1, shape[0] - 1)
    rest = (shape[0] - kept, *shape[1:])
    chain, coarse = chained(raw, (kept, *shape[1:]), given)
    prior: nn.Module = nn.Identity()
    if list(raw.inners("prior", 0, MOST_STEPS, ())):
        prior, said = stacked(raw, "prior", (kept, *shape[1:]))
        _expect(raw, said, (2 * rest[0], *rest[1:]))
    return Scales(kept, rest, prior, chain, coarse), (math.prod(shape),)


def _partly(raw: Fields, shape: Shape, given: int) -> Made:
    kept = raw.integer("kept", 1, shape[0] - 1)
    chain, made = chained(raw, (kept, *shape[1:]), given)
    _expect(raw, made, (kept, *shape[1:]))
    return Partly(kept, chain), shape


def _given(raw: Fields, shape: Shape, given: int) -> Made:
    net, said = stacked(raw, "net", (given,))
    _expect(raw, said, (2 * math.prod(shape),))
    return Given(net), shape


def _turned(raw: Fields, shape: Shape, given: int) -> Made:
    inner, made = step_of(raw.inner("of"), shape, given)
    return Turned(inner), made


def _squeeze(raw: Fields, shape: Shape, given: int) -> Made:  # noqa: ARG001
    channels, height, width = _picture(raw, shape)
    grow = bool(raw.integer("grow", 0, 1, 0))
    if (channels % 4 if grow else height % 2 or width % 2) != 0:
        raise CheckpointError(f"{raw.where}: {shape} cannot be squeezed.", "The sizes of its steps disagree.")
    after = (channels // 4, 2 * height, 2 * width) if grow else (4 * channels, height // 2, width // 2)
    return Squeeze(grow), after


def _fold(raw: Fields, shape: Shape, given: int) -> Made:  # noqa: ARG001
    after = tuple(raw.integers("shape", 1, LARGEST))
    if math.prod(after) != math.prod(shape):
        raise CheckpointError(f"{raw.where}: {shape} cannot become {after}.", "The sizes of its steps disagree.")
    return Fold(shape, after), after


def _picture(raw: Fields, shape: Shape) -> tuple[int, int, int]:
    if len(shape) != 3:
        raise CheckpointError(f"{raw.where}: a step of pictures gets {shape}.", "The sizes of its steps disagree.")
    return shape[0], shape[1], shape[2]


def _expect(raw: Fields, said: Shape, wanted: Shape) -> None:
    if said != wanted:
        raise CheckpointError(f"{raw.where}: a network makes {said} for {wanted}.", "The sizes of its steps disagree.")


STEPS: dict[str, Callable[[Fields, Shape, int], Made]] = {
    "affine": lambda raw, shape, given: (Affine(shape, bool(raw.integer("each", 0, 1, 0))), shape),  # noqa: ARG005
    "mix": lambda raw, shape, given: (Mix(shape), shape),  # noqa: ARG005
    "permute": lambda raw, shape, given: (Permute(shape[0]), shape),  # noqa: ARG005
    "squeeze": _squeeze,
    "fold": _fold,
    "scales": _scales,
    "partly": _partly,
    "given": _given,
    "turned": _turned,
    "coupling": channelwise,
    "masked": masked,
    "autoregressive": autoregressive,
    "elementwise": elementwise,
    "soft_clip": soft_clip,
    "logistic": lambda raw, shape, given: (Logistic(), shape),  # noqa: ARG005
}


def step_of(raw: Fields, shape: Shape, given: int) -> Made:
    """One step for items of `shape`, and the shape that it makes. Raises CheckpointError."""
    return STEPS[raw.choice("step", tuple(STEPS))](raw, shape, given)


def chained(raw: Fields, shape: Shape, given: int, name: str = "steps") -> tuple[Chain, Shape]:
    """The steps under `name`, one after the other, and the shape that they make. Raises CheckpointError."""
    steps = []
    for described in raw.inners(name, 1, MOST_STEPS):
        step, shape = step_of(described, shape, given)
        steps.append(step)
    return Chain(steps), shape
