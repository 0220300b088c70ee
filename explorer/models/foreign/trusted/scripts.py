"""TorchScript and torch.export programs, loaded to be run. Only for bytes that the user agreed to."""

from __future__ import annotations

import io
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.export import ExportedProgram

from explorer.models.foreign.trusted.entries import Candidate, Shape
from explorer.models.foreign.trusted.traced import quietly

DECODERS = ("decode", "decoder", "generate", "generator", "dec", "gen", "netg", "net_g", "g_ema", "synthesis")
ENCODERS = ("encode", "encoder", "enc", "nete", "net_e")


def loaded_script(content: bytes) -> nn.Module:
    """The module of a TorchScript file, on the CPU, in eval mode. This runs parts of it."""
    with quietly():
        made: nn.Module = torch.jit.load(io.BytesIO(content), map_location="cpu")  # type: ignore[no-untyped-call]
        return made.eval().float()


def parts_of(script: nn.Module, names: tuple[str, ...] = DECODERS, *, whole: bool = True) -> Iterator[Candidate]:
    """The whole module first, then methods and modules of these names."""
    if whole:
        yield Candidate("forward", script, _sizes(script))
    for name in names:
        if not isinstance(getattr(script, name, None), nn.Module) and callable(getattr(script, name, None)):
            yield Candidate(name, getattr(script, name), _sizes(_beside(script, name)))
    for path, module in script.named_modules():
        if path and path.rpartition(".")[2].lower() in names:
            yield Candidate(path, module, _sizes(module))


def _beside(script: nn.Module, method: str) -> nn.Module:
    """The module that a method is likely about: 'decoder' of 'decode'."""
    for name, module in script.named_children():
        if name.lower().startswith(method[:3]):
            return module
    return script


def _sizes(module: nn.Module) -> list[Shape]:
    return [tuple(value.shape) for value in module.state_dict().values()]


def loaded_export(content: bytes) -> ExportedProgram:
    """The program of a `.pt2`. This may run pickles in it."""
    with quietly():
        return torch.export.load(io.BytesIO(content))


def exported_parts(program: ExportedProgram) -> Iterator[Candidate]:
    """The whole, with the shapes that it says, then the modules that it was exported from, where they are told."""
    wanted = program.graph_signature.user_inputs
    values = [node.meta.get("val") for node in program.graph.nodes if node.op == "placeholder" and node.name in wanted]
    if len(values) == 1 and isinstance(values[0], Tensor):
        first, *shape = values[0].shape
        if all(isinstance(side, int) for side in shape):
            items = first if isinstance(first, int) else 0
            yield Candidate("forward", program.module(check_guards=False), (), (tuple(shape),), items)
    yield from parts_of(unflattened(program), whole=False)


def unflattened(program: ExportedProgram) -> nn.Module:
    """The modules that a program was exported from; an empty one where they cannot be told."""
    try:
        with quietly():
            made: nn.Module = torch.export.unflatten(program)
            return made
    except Exception:  # its notes on modules may be of any age
        return nn.Module()
