"""From a call to an ONNX program, by way of torch's own exporter; read back by the reader of ONNX files."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, fx

from explorer.models.foreign.lowering import ITEMS, LoweringError
from explorer.models.foreign.onnx_files import read_onnx
from explorer.models.foreign.programs import Program
from explorer.models.foreign.trusted.traced import quietly, traced
from explorer.models.foreign.unwrap import Tensors

_OPERATION = re.compile(r"torch\.ops\.(?:aten|prims|(\w+))\.(\w+)")


@dataclass(frozen=True, eq=False)
class Written:
    """A program, and its constants by the names of the program, not loaded."""

    program: Program
    tensors: Tensors


def written(
    call: Callable[[Tensor], Any], shape: Sequence[int], items: int, language: str, outputs: Sequence[str], folder: Path
) -> Written:
    """`call` on values (n, *shape), written down for `items` of them, or for any number (0).

    `folder`: where files may be written. Raises LoweringError, naming what cannot be written down.
    """
    numbers = (items,) if items else ITEMS
    parts = [_once(call, (n, *shape), f"{n}/", outputs, folder) for n in numbers]
    tensors = {name: one for part in parts for name, one in part.tensors.items()}
    first = replace(parts[0].program, language=language)
    if not items:
        port = first.inputs[0]
        first = replace(first, inputs=(replace(port, shape=(None, *port.shape[1:])),), others=_others(numbers, parts))
    return Written(first, tensors)


def _others(numbers: Sequence[int], parts: Sequence[Written]) -> dict[int, Program]:
    return {n: part.program for n, part in zip(numbers, parts, strict=True)}


def _once(
    call: Callable[[Tensor], Any], size: Sequence[int], prefix: str, outputs: Sequence[str], folder: Path
) -> Written:
    values = torch.randn(*size, generator=torch.Generator().manual_seed(0))
    graph = traced(call, values)
    path = folder / "program.onnx"
    try:
        with quietly(), torch.no_grad():
            _write(graph, values, outputs, path)
    except Exception as error:  # the exporter raises many kinds, each around the one that says why
        raise LoweringError(_why(error)) from error
    program, tensors = read_onnx(path, prefix)
    return Written(program, tensors)


def _write(graph: fx.GraphModule, values: Tensor, outputs: Sequence[str], path: Path) -> None:
    """Without the exporter's own mending, which takes a small constant for nought (1e-8 in a norm, seen with 0.7)."""
    import onnxscript.optimizer

    exported = torch.export.export(graph, (values,))
    made = torch.onnx.export(
        exported, dynamo=True, verbose=False, optimize=False, input_names=["latents"], output_names=list(outputs)
    )
    assert made is not None
    onnxscript.optimizer.inline(made.model)
    onnxscript.optimizer.fold_constants(made.model)
    onnxscript.optimizer.remove_unused_nodes(made.model)
    made.save(str(path), external_data=False)


def _why(error: BaseException) -> str:
    """Which operation it was, from the innermost of the exporter's errors."""
    cause: BaseException | None = error
    while cause is not None:
        if (found := _OPERATION.search(str(cause))) is not None:
            space, name = found.groups()
            return f"the operation '{f'{space}.{name}' if space else name}' cannot be written as ONNX"
        cause = cause.__cause__
    return f"it cannot be written as ONNX ({str(error).strip().splitlines()[-1][:160] if str(error).strip() else '?'})"
