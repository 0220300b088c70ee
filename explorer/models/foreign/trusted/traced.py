"""A program followed once: the operations of torch that it asks for, as a graph, whatever language it is written in."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import torch
from torch import Tensor, fx
from torch.fx.experimental.proxy_tensor import (
    disable_proxy_modes_tracing,
    get_innermost_proxy_mode,
    get_proxy_slot,
    has_proxy_slot,
    make_fx,
)
from torch.utils._python_dispatch import TorchDispatchMode

from explorer.models.foreign.lowering import LoweringError

_ATEN = torch.ops.aten
_PLAIN: dict[object, tuple[object, int]] = {
    _ATEN._convolution.default: (_ATEN.convolution.default, 9),  # without settings of cudnn
}
_RESIZED: dict[object, tuple[object, int]] = {
    _ATEN.upsample_nearest2d.default: (_ATEN.upsample_nearest2d.vec, 2),
    _ATEN.upsample_bilinear2d.default: (_ATEN.upsample_bilinear2d.vec, 3),
    _ATEN.upsample_bicubic2d.default: (_ATEN.upsample_bicubic2d.vec, 3),
}
"""What is meant by the sizes alone: the exporter knows these spellings."""


@contextmanager
def quietly() -> Iterator[None]:
    """Around what warns of itself and writes to the terminal."""
    level = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)


class _Sizes(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Lets a program take numbers out of tensors that do not follow from what goes in: traced TorchScript counts so."""

    def __torch_dispatch__(
        self, function: Any, _kinds: object, given: tuple[Any, ...] = (), named: Mapping[str, Any] | None = None
    ) -> Any:
        if function is _ATEN._local_scalar_dense.default and not _follows(given[0]):
            with disable_proxy_modes_tracing():
                return function(*given)
        return function(*given, **(named or {}))


def _follows(value: Tensor) -> bool:
    """Whether a tensor was made from what goes into the program that is being followed."""
    mode = get_innermost_proxy_mode()
    if mode is None or not has_proxy_slot(value, mode.tracer):
        return False
    slot: Any = get_proxy_slot(value, mode.tracer)
    ahead, seen = [slot.proxy.node], set()
    while ahead:
        node = ahead.pop()
        if node.op == "placeholder":
            return True
        ahead += [one for one in node.all_input_nodes if one not in seen]
        seen.update(node.all_input_nodes)
    return False


def traced(call: Callable[[Tensor], Any], values: Tensor) -> fx.GraphModule:
    """The operations that `call` does on `values`, with every branch as it was taken. Raises LoweringError.

    Whole layers where they can be seen, such as an instance norm, else the small steps that torch makes of them.
    """

    def counted(given: Tensor) -> Any:
        with _Sizes():  # type: ignore[no-untyped-call]
            return call(given)

    for whole, way in ((True, call), (False, counted)):
        try:
            with quietly(), torch.no_grad(), _plainly_run():
                return _plainly(make_fx(way, pre_dispatch=whole)(values))
        except Exception as error:  # torch has many kinds for what cannot be followed
            trouble = error
    raise LoweringError(_why(trouble)) from trouble


def _plainly_run() -> AbstractContextManager[None]:
    """TorchScript as it is written: without its own mending of what it has run before."""
    made: AbstractContextManager[None] = torch.jit.optimized_execution(False)  # type: ignore[attr-defined]
    return made


def _why(error: Exception) -> str:
    said = str(error).strip()
    if "_local_scalar_dense" in said or "tracing tensor" in said or "data-dependent" in said.lower():
        return "it decides by the numbers that it makes what to do next, so its steps cannot be written down"
    first = next((line.strip() for line in reversed(said.splitlines()) if len(line) > 20), type(error).__name__)
    return f"its steps cannot be followed ({first[:200]})"


def _plainly(graph: fx.GraphModule) -> fx.GraphModule:
    for node in graph.graph.nodes:
        if node.target in _PLAIN:
            node.target, kept = _PLAIN[node.target]
            node.args = node.args[:kept]
        elif node.target in _RESIZED and len(node.args) > 1:
            node.target, kept = _RESIZED[node.target]
            node.args = (*node.args[:kept], None)
        elif node.target is _ATEN.detach.default:
            node.replace_all_uses_with(node.args[0])
    graph.graph.eliminate_dead_code()
    graph.recompile()
    return graph
