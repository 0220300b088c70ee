"""From the steps of an ONNX program to a graph of ours. What follows from constants alone is computed here, once.

Semantics: https://onnx.ai/onnx/operators (opset 7 and later).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from explorer.models.foreign.inlets import KEEPING
from explorer.models.foreign.lowering import Broken, Constant, Given, Index, LoweringError, Result, Value, Writer
from explorer.models.foreign.onnx_call import Call
from explorer.models.foreign.onnx_operations import OPERATIONS
from explorer.models.foreign.programs import Program, Step

LARGEST_CONSTANT = 2**24  # numbers of a constant that is computed
UNMADE = Broken("nothing in it makes what a later step takes")
_GROW = ("ConstantOfShape", "Expand", "Tile", "Range", "Resize", "Upsample", "Pad", "OneHot")


def write_onnx(
    writer: Writer, program: Program, constants: Mapping[str, Constant], starts: Mapping[str, Given]
) -> list[Result]:
    """Writes the program, from what it takes; its results, in order."""
    known: dict[str, Result] = {**constants, **starts}
    for step in program.steps:
        takes = [known.get(name, UNMADE) if name else None for name in step.takes]
        broken = next((one for one in takes if isinstance(one, Broken)), None)
        try:
            made = _made(writer, program, step, takes) if broken is None else []  # type: ignore[arg-type]
        except LoweringError as error:
            broken = Broken(str(error))
        known.update(dict.fromkeys(step.gives, broken) if broken else zip(step.gives, made, strict=False))
    return [known.get(port.name, UNMADE) for port in program.outputs]


def _made(writer: Writer, program: Program, step: Step, takes: list[Given | None]) -> list[Given]:
    first = takes[0] if takes else None
    if step.name.startswith(("Random", "Multinomial", "Bernoulli")):
        return [_noise(writer, step, first)]
    if step.name == "Shape" and isinstance(first, Value):
        return [np.array(first.shape, np.int64)[_part(step.settings)]]
    if step.name == "Size" and isinstance(first, Value):
        return [np.array(math.prod(first.shape), np.int64)]
    if not any(isinstance(one, Value) for one in takes):
        made = _folded(program, step, [one for one in takes if not isinstance(one, Value)])
        return list(made) if step.name == "Constant" else [writer.computed(one) for one in made]
    operation = OPERATIONS.get(step.name)
    if operation is None:
        raise LoweringError(f"the operation '{step.name}' is not read")
    written = operation(Call(writer, step.name, takes, step.settings, program.version))
    if isinstance(first, Index) and step.name in KEEPING and isinstance(written, Value):
        written = Index(written.name, written.meta, first.rows)
    return list(written) if isinstance(written, list) else [written]


def _noise(writer: Writer, step: Step, like: Given | None) -> Constant:
    """The mean of noise, where it may be left out. Raises LoweringError."""
    shape = step.settings.get("shape") if like is None else like.shape
    low, high, mean = (step.settings.get(name, usual) for name, usual in (("low", 0.0), ("high", 1.0), ("mean", 0.0)))
    if not writer.is_quiet or not isinstance(shape, list | tuple) or math.prod(shape) > LARGEST_CONSTANT:
        raise LoweringError(f"it draws noise of its own ('{step.name}')")
    if step.name.startswith("RandomUniform"):
        mean = (float(str(low)) + float(str(high))) / 2
    elif not step.name.startswith("RandomNormal"):
        raise LoweringError(f"it throws dice of its own ('{step.name}')")
    writer.left_out = True
    return writer.computed(np.full(shape, mean, np.float32))


def _part(settings: Mapping[str, object]) -> slice:
    start, end = settings.get("start", 0), settings.get("end")
    return slice(start if isinstance(start, int) else 0, end if isinstance(end, int) else None)


def _folded(program: Program, step: Step, takes: list[Constant | None]) -> list[Constant]:
    """What a step makes of constants, by ONNX's own reference in numpy."""
    if step.name == "Constant":
        return [_constant(step.settings)]
    if step.name == "Identity" and takes[0] is not None:
        return [takes[0]]
    _check_size(step.name, [one for one in takes if one is not None])
    import onnx.helper
    from onnx.reference import ReferenceEvaluator

    names = [f"i{number}" if one is not None else "" for number, one in enumerate(takes)]
    given = {name: one for name, one in zip(names, takes, strict=True) if one is not None}
    gives = [f"o{number}" for number in range(len(step.gives))]
    try:
        node = onnx.helper.make_node(step.name, names, gives, **_tensors(step.settings))
        inputs = [onnx.helper.make_tensor_value_info(name, _kind(one), None) for name, one in given.items()]
        outputs = [onnx.helper.make_value_info(name, onnx.TypeProto()) for name in gives]
        graph = onnx.helper.make_graph([node], "one", inputs, outputs)
        opset = [onnx.helper.make_opsetid("", program.version)]
        made = ReferenceEvaluator(onnx.helper.make_model(graph, opset_imports=opset)).run(None, given)
    except Exception as error:  # a damaged step raises whatever it likes
        raise LoweringError(f"'{step.name}' cannot be computed of its constants") from error
    return [np.asarray(one) for one in made]


def _constant(settings: Mapping[str, object]) -> Constant:
    for name, kind in (
        ("value_float", np.float32),
        ("value_floats", np.float32),
        ("value_int", np.int64),
        ("value_ints", np.int64),
    ):
        if name in settings:
            return np.array(settings[name], kind)
    value = settings.get("value")
    if not isinstance(value, np.ndarray):
        raise LoweringError("a constant in it is no number")
    return value


def _check_size(name: str, takes: list[Constant]) -> None:
    largest = max((float(one.size) for one in takes), default=0.0)
    if name in _GROW:
        numbers = [float(side) for one in takes if one.size <= 16 for side in one.ravel() if np.isfinite(side)]
        largest = max(largest, *(abs(one) for one in numbers), abs(math.prod(one for one in numbers if one > 1)), 0)
    if largest > LARGEST_CONSTANT * (1 if name in _GROW else 16):
        raise LoweringError(f"'{name}' would make far too many numbers")


def _tensors(settings: Mapping[str, object]) -> dict[str, Any]:
    import onnx.numpy_helper

    return {
        name: onnx.numpy_helper.from_array(value) if isinstance(value, np.ndarray) else value
        for name, value in settings.items()
    }


def _kind(value: Constant) -> int:
    import onnx.helper

    return int(onnx.helper.np_dtype_to_tensor_dtype(value.dtype))
