"""The operations of ONNX that are read, each written as nodes of ours."""

from __future__ import annotations

import numpy as np

from explorer.models.foreign.lowering import Given, Index, Value
from explorer.models.foreign.lowering import LoweringError as Unfit
from explorer.models.foreign.onnx_call import NUMBER, Call, Made, Operation
from explorer.models.foreign.onnx_layers import LAYERS
from explorer.models.foreign.onnx_shapes import SHAPES

ZERO, ONE = np.zeros(1, np.float32), np.ones(1, np.float32)


def _plain(op: str) -> Operation:
    return lambda call: call.emit(op, call.first)


def _two(op: str) -> Operation:
    def write(call: Call) -> Value:
        takes = [one for one in call.takes if one is not None]
        made = takes[0]
        for other in takes[1:]:
            made = call.emit(op, made, other)
        assert isinstance(made, Value)
        return made

    return write


def _slope(op: str, name: str, default: float, setting: str = "alpha") -> Operation:
    return lambda call: call.emit(op, call.first, **{name: call.number(setting, default)})


def _same(call: Call) -> Given:
    return call.first


def _prelu(call: Call) -> Value:
    return call.emit("prelu", call.first, call.needed(1))


def _clip(call: Call) -> Value:
    low, high = call.constant(1), call.constant(2)
    bounds = [
        float(one.ravel()[0]) if one is not None and one.size else call.number(name, default)
        for one, name, default in ((low, "min", -NUMBER), (high, "max", NUMBER))
    ]
    low_bound, high_bound = (min(max(one, -NUMBER), NUMBER) for one in bounds)
    return call.emit("clip", call.first, low=low_bound, high=high_bound)


def _cast(call: Call) -> Given:
    kind = int(call.number("to", 1))
    if kind in (1, 10, 11, 16) or isinstance(call.first, Index):
        return call.first
    if kind == 2:
        return call.emit("whole", call.first)
    if kind == 9:
        return _not(call.emit("equal", call.first, ZERO), call)
    raise Unfit("it turns numbers into whole ones in the middle")


def _not(says: Given, call: Call) -> Value:
    return call.emit("sub", ONE, says)


def _compared(op: str, first: int = 0) -> Operation:
    """`first`: which of two things is the larger one; 1 makes less of greater."""
    return lambda call: call.emit(op, call.needed(first), call.needed(1 - first))


def _where(call: Call) -> Value:
    says, yes, no = (call.needed(place) for place in range(3))
    if not isinstance(says, Value):
        says = says.astype(np.float32)
    return call.emit("where", says, yes, no)


def _cast_like(call: Call) -> Given:
    """All values are floats here, and so are constants that meet them."""
    given = call.needed(0)
    return given if isinstance(given, Value) else given.astype(np.float32)


def _bound(name: str) -> Operation:
    """The larger or the smaller of two; with a single constant a clip, so that the range of pictures can be told."""
    low = name == "max"

    def write(call: Call) -> Made:
        bounds = [one for one in call.takes if not isinstance(one, Value)]
        if len(call.takes) != 2 or len(bounds) != 1 or bounds[0] is None or bounds[0].size != 1:
            return _two(name)(call)
        value = next(one for one in call.takes if isinstance(one, Value))
        bound = float(np.clip(bounds[0].ravel()[0], -NUMBER, NUMBER))
        return call.emit("clip", value, low=bound if low else -NUMBER, high=NUMBER if low else bound)

    return write


def _softmax(call: Call) -> Value:
    axis = call.axis(-1 if call.opset >= 13 else 1)
    if call.opset < 13 and axis != call.rank - 1:
        raise Unfit("it has a softmax over several axes at once")
    return call.emit("softmax", call.first, axis=axis)


def _reduce(kind: str) -> Operation:
    def write(call: Call) -> Value:
        axes = call.numbers("axes", 1) or list(range(call.rank))
        keep = int(call.number("keepdims", 1))
        return call.emit("reduce", call.first, kind=kind, axes=sorted(axis % call.rank for axis in axes), keep=keep)

    return write


def _einsum(call: Call) -> Value:
    takes = [one for one in call.takes if one is not None]
    return call.emit("einsum", *takes, equation=str(call.settings.get("equation", "")))


def _mean(call: Call) -> Value:
    total = _two("add")(call)
    assert isinstance(total, Value)
    return call.emit("mul", total, np.array(1 / len(call.takes), np.float32))


OPERATIONS: dict[str, Operation] = {
    **LAYERS,
    **SHAPES,
    **{name: _plain(name.lower()) for name in ("Relu", "Sigmoid", "Tanh", "Exp", "Log", "Sqrt", "Neg", "Abs", "Erf")},
    **{name: _plain(name.lower()) for name in ("Sin", "Cos", "Reciprocal", "Softplus", "Softsign", "Mish", "Floor")},
    **{name: _two(name.lower()) for name in ("Add", "Sub", "Mul", "Div", "Pow", "MatMul")},
    **dict.fromkeys(("Identity", "Dropout"), _same),
    **{f"Reduce{name}": _reduce(kind) for name, kind in (("Mean", "mean"), ("Sum", "sum"), ("Max", "max"))},
    **{f"Reduce{name}": _reduce(kind) for name, kind in (("Min", "min"), ("L2", "l2"))},
    "Sum": _two("add"),
    "Mean": _mean,
    "HardSwish": _plain("hardswish"),
    "Swish": _plain("silu"),
    "Selu": _plain("selu"),
    "LeakyRelu": _slope("leaky", "slope", 0.01),
    "Elu": _slope("elu", "alpha", 1.0),
    "Gelu": lambda call: call.emit("gelu", call.first, approximate=str(call.settings.get("approximate", "none"))),
    "HardSigmoid": lambda call: call.emit(
        "hard_sigmoid", call.first, slope=call.number("alpha", 0.2), middle=call.number("beta", 0.5)
    ),
    **{name: _plain(name.lower()) for name in ("Ceil", "Sign", "Round")},
    "Greater": _compared("greater"),
    "GreaterOrEqual": _compared("least"),
    "Less": _compared("greater", 1),
    "LessOrEqual": _compared("least", 1),
    "Equal": _compared("equal"),
    "And": _two("mul"),
    "Or": _two("max"),
    "Not": lambda call: _not(call.first, call),
    "Where": _where,
    "Celu": _slope("celu", "alpha", 1.0),
    "PRelu": _prelu,
    "Clip": _clip,
    "Cast": _cast,
    "CastLike": _cast_like,
    "Max": _bound("max"),
    "Min": _bound("min"),
    "Softmax": _softmax,
    "Einsum": _einsum,
}
