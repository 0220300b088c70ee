"""The user's Python file with `build_model(weights)`, run after the user agreed to it, and what it says of its model.

    def build_model(weights): ...      a dict of tensors by name, to a torch.nn.Module in which latents become pictures
    LATENT_DIM = 20                    how many numbers one latent has; else it is found by trying
    IMAGE_RANGE = (-1.0, 1.0)          of the numbers in its pictures; else it is found by looking
    PRIOR = "normal"                   or "uniform" (-1..1), or "none": an autoencoder
    def encode(pictures): ...          pictures to latents, or to (mean, log variance); or a method of the module

The last four may also be attributes of the module.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from types import ModuleType
from typing import Any, cast

import torch
from torch import Tensor, nn

from explorer.errors import CheckpointError
from explorer.models.base import Fact, Prior
from explorer.models.foreign.trusted import scripts
from explorer.models.foreign.trusted.entries import Candidate, Shape
from explorer.models.foreign.trusted.imports import importable
from explorer.models.foreign.trusted.mistakes import mistake
from explorer.models.foreign.trusted.running import Parts
from explorer.models.foreign.trusted.seal import Sealed

PRIORS = ("normal", "uniform", "none")
SHOW = "latent-explorer inspect FILE --template FILE.latent.py writes one to begin with."


@contextmanager
def of_the_user(files: Sequence[Sealed]) -> Iterator[None]:
    """Around running these files: they print to stderr, import each other, and what they raise is told as theirs."""
    try:
        with importable(files), redirect_stdout(sys.stderr):
            yield
    except CheckpointError:
        raise
    except (Exception, SystemExit) as error:
        raise mistake(error, files) from error


def parts_of(files: Sequence[Sealed], weights: Mapping[str, Tensor]) -> Parts:
    """What the model of a Python file offers, inside `of_the_user`. Raises CheckpointError and what the file raises."""
    name = files[0].path.name
    torch.manual_seed(0)  # what draws numbers while it builds draws the same ones every time
    module = ModuleType("latent_adapter")
    module.__file__ = str(files[0].path)
    sys.modules[module.__name__] = module
    exec(compile(files[0].content, str(files[0].path), "exec", dont_inherit=True), module.__dict__)
    build = getattr(module, "build_model", None)
    if not callable(build):
        raise CheckpointError(f"{name} has no function build_model(weights).", SHOW)
    net = build(dict(weights))
    if not isinstance(net, nn.Module):
        raise CheckpointError(
            f"{name}: build_model returned {_kind(net)}, not a torch.nn.Module.",
            "End it with the module: return net.",
        )
    net = net.cpu().float().eval().requires_grad_(False)
    said = _Said(name, module, net)
    number = sum(one.numel() for one in weights.values())
    facts = [
        Fact(f"built by {name} ({files[0].sha256[:12]}…), which you agreed to, from {number:,} numbers", "read"),
        *([Fact(f"with {len(files) - 1} files beside it", "read")] if len(files) > 1 else []),
        *said.facts(),
    ]
    shapes = said.shapes()
    decoders = [Candidate(one.name, one.call, one.sizes, shapes) for one in scripts.parts_of(net)]
    told = said.encoders(), said.image_range(), said.prior(), facts
    return Parts("Python", decoders, *told, is_users=True, says_shape=bool(shapes))


def _kind(value: object) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"


class _Said:
    """The settings of a Python file, or of the module that it built. Raises CheckpointError for impossible ones."""

    def __init__(self, name: str, module: ModuleType, net: nn.Module) -> None:
        self._name, self._module, self._net = name, module, net

    def _get(self, name: str) -> Any:
        return getattr(self._module, name, getattr(self._net, name, None))

    def _wrong(self, name: str, hint: str) -> CheckpointError:
        return CheckpointError(f"{self._name}: {name} cannot be {str(self._get(name))[:60]!r}.", hint)

    def shapes(self) -> tuple[Shape, ...]:
        """Those that one latent may have."""
        dim = self._get("LATENT_DIM")
        if dim is None:
            return ()
        if isinstance(dim, tuple | list) and dim and all(type(side) is int and side > 0 for side in dim):
            return (tuple(dim),)
        if type(dim) is not int or dim < 1:
            raise self._wrong("LATENT_DIM", "It is how many numbers one latent has, such as 128, or its shape.")
        return (dim,), (dim, 1, 1)

    def image_range(self) -> tuple[float, float] | None:
        said = self._get("IMAGE_RANGE")
        if said is None:
            return None
        if (
            not isinstance(said, tuple | list)
            or len(said) != 2
            or not all(isinstance(one, int | float) for one in said)
        ):
            raise self._wrong("IMAGE_RANGE", "It is a pair of numbers: (0.0, 1.0), (-1.0, 1.0) or (0.0, 255.0).")
        low, high = map(float, said)
        if not low < high:
            raise self._wrong("IMAGE_RANGE", "Write the smaller number first.")
        return low, high

    def prior(self) -> Prior | None:
        said = self._get("PRIOR")
        if said is not None and said not in PRIORS:
            raise self._wrong("PRIOR", f"It is one of {', '.join(PRIORS)}.")
        return cast(Prior | None, said)

    def encoders(self) -> list[Callable[[Tensor], object]]:
        own = getattr(self._module, "encode", None)
        inside = scripts.parts_of(self._net, scripts.ENCODERS, whole=False)
        return [*([own] if callable(own) else []), *(one.call for one in inside)]

    def facts(self) -> Iterator[Fact]:
        """What it says itself."""
        names = [name for name in ("LATENT_DIM", "IMAGE_RANGE", "PRIOR") if self._get(name) is not None]
        if names:
            yield Fact(f"it says {', '.join(f'{name} = {self._get(name)}' for name in names)}", "read")
