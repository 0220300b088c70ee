"""Each operation of ONNX that is read makes what onnxruntime makes of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.models.foreign.halves import net_of
from explorer.models.foreign.lowering import Value, Writer, lowered
from explorer.models.foreign.onnx_lowering import write_onnx
from explorer.models.foreign.programs import Port, Program, Step
from explorer.models.twin import session

onnx = pytest.importorskip("onnx")
RANDOM = np.random.default_rng(0)


def numbers(*shape: int) -> np.ndarray:
    return RANDOM.standard_normal(shape).astype(np.float32)


def whole(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


PICTURE, ROW = (4, 6, 8), (12,)
CASES: dict[str, tuple[str, tuple[int, ...], list[np.ndarray | None], dict[str, Any], int]] = {
    **{
        name: (name, PICTURE, [], {}, 17)
        for name in ("Relu", "Sigmoid", "Tanh", "Exp", "Neg", "Abs", "Erf", "Sin", "Cos")
    },
    **{
        name: (name, PICTURE, [], {}, 17)
        for name in ("Softplus", "Softsign", "Floor", "Ceil", "Sign", "Round", "Selu", "HardSigmoid", "HardSwish")
    },
    **{
        name: (name, PICTURE, [numbers(4, 1, 1)], {}, 17)
        for name in ("Greater", "GreaterOrEqual", "Less", "LessOrEqual")
    },
    "Greater than itself": ("GreaterOrEqual", PICTURE, [], {}, 17),
    "Equal": ("Equal", PICTURE, [np.float32(0.5)], {}, 17),
    "Celu": ("Celu", PICTURE, [], {"alpha": 0.7}, 17),
    "Pad around": ("Pad", PICTURE, [whole(0, 0, 2, 1, 0, 0, 1, 3)], {"mode": "wrap"}, 19),
    "Mish": ("Mish", PICTURE, [], {}, 18),
    "Gelu": ("Gelu", PICTURE, [], {}, 20),
    "Gelu tanh": ("Gelu", PICTURE, [], {"approximate": "tanh"}, 20),
    "LeakyRelu": ("LeakyRelu", PICTURE, [], {"alpha": 0.3}, 17),
    "Elu": ("Elu", PICTURE, [], {"alpha": 0.7}, 17),
    "PRelu": ("PRelu", PICTURE, [numbers(4, 1, 1)], {}, 17),
    "Clip": ("Clip", PICTURE, [np.float32(-0.5), np.float32(0.6)], {}, 17),
    "Clip of old": ("Clip", PICTURE, [], {"min": -0.5, "max": 0.6}, 7),
    "Add": ("Add", PICTURE, [numbers(4, 1, 1)], {}, 17),
    "Pow": ("Pow", PICTURE, [np.array(2.0, np.float32)], {}, 17),
    "Max": ("Max", PICTURE, [np.float32(0.1)], {}, 17),
    "MatMul": ("MatMul", ROW, [numbers(12, 5)], {}, 17),
    "Gemm": ("Gemm", ROW, [numbers(12, 5), numbers(5)], {"alpha": 0.5, "beta": 2.0}, 17),
    "Gemm turned": ("Gemm", ROW, [numbers(5, 12), numbers(5)], {"transB": 1}, 9),
    "Conv": ("Conv", PICTURE, [numbers(6, 4, 3, 3), numbers(6)], {"pads": [1, 0, 2, 1], "strides": [2, 1]}, 17),
    "Conv in groups": ("Conv", PICTURE, [numbers(4, 2, 3, 3)], {"group": 2, "dilations": [1, 2]}, 17),
    "Conv same": ("Conv", PICTURE, [numbers(3, 4, 4, 3)], {"auto_pad": "SAME_UPPER", "strides": [2, 2]}, 17),
    "Conv same lower": ("Conv", PICTURE, [numbers(3, 4, 4, 4)], {"auto_pad": "SAME_LOWER"}, 17),
    "ConvTranspose": (
        "ConvTranspose",
        PICTURE,
        [numbers(4, 3, 4, 4), numbers(3)],
        {"strides": [2, 2], "pads": [1, 1, 1, 1]},
        17,
    ),
    "ConvTranspose uneven": (
        "ConvTranspose",
        PICTURE,
        [numbers(4, 3, 5, 5), numbers(3)],
        {"strides": [2, 2], "pads": [2, 1, 1, 2], "output_padding": [1, 1]},
        17,
    ),
    "ConvTranspose more": (
        "ConvTranspose",
        PICTURE,
        [numbers(4, 3, 3, 3)],
        {"strides": [2, 2], "pads": [1, 1, 1, 1], "output_padding": [1, 1]},
        17,
    ),
    "ConvTranspose same": (
        "ConvTranspose",
        PICTURE,
        [numbers(4, 3, 5, 5)],
        {"strides": [2, 2], "auto_pad": "SAME_UPPER", "output_shape": [12, 16]},
        17,
    ),
    "ConvTranspose in groups": ("ConvTranspose", PICTURE, [numbers(4, 3, 2, 2)], {"group": 2, "strides": [2, 2]}, 17),
    "BatchNormalization": (
        "BatchNormalization",
        PICTURE,
        [numbers(4), numbers(4), numbers(4), np.abs(numbers(4)) + 0.1],
        {"epsilon": 1e-3},
        15,
    ),
    "InstanceNormalization": ("InstanceNormalization", PICTURE, [numbers(4), numbers(4)], {"epsilon": 1e-4}, 17),
    "LayerNormalization": ("LayerNormalization", PICTURE, [numbers(8), numbers(8)], {"axis": -1}, 17),
    "GroupNormalization": ("GroupNormalization", PICTURE, [numbers(4), numbers(4)], {"num_groups": 2}, 21),
    "Softmax": ("Softmax", PICTURE, [], {"axis": 1}, 17),
    "Softmax of old": ("Softmax", ROW, [], {}, 9),
    "Reshape": ("Reshape", PICTURE, [whole(0, -1, 8)], {}, 17),
    "Flatten": ("Flatten", PICTURE, [], {}, 17),
    "Squeeze": ("Squeeze", (1, 6, 8), [whole(1)], {}, 17),
    "Squeeze of old": ("Squeeze", (1, 6, 8), [], {"axes": [1]}, 11),
    "Unsqueeze": ("Unsqueeze", ROW, [whole(1, -1)], {}, 17),
    "Transpose": ("Transpose", PICTURE, [], {"perm": [0, 2, 3, 1]}, 17),
    "Slice": ("Slice", PICTURE, [whole(1, -5), whole(3, 2**62), whole(1, 3), whole(1, 2)], {}, 17),
    "Slice backwards": ("Slice", PICTURE, [whole(-1), whole(-(2**62)), whole(2), whole(-1)], {}, 17),
    "Slice of old": ("Slice", PICTURE, [], {"starts": [1], "ends": [3], "axes": [2]}, 9),
    "Gather": ("Gather", PICTURE, [whole(2, -1, 0)], {"axis": 2}, 17),
    "Gather one": ("Gather", PICTURE, [np.array(-1, np.int64)], {"axis": 1}, 17),
    "Pad": ("Pad", PICTURE, [whole(0, 0, 1, 2, 0, 0, 0, 3), np.float32(0.5)], {}, 17),
    "Pad mirrored": ("Pad", PICTURE, [whole(0, 0, 1, 2, 0, 0, 0, 3)], {"mode": "reflect"}, 17),
    "Pad by the edge": ("Pad", PICTURE, [], {"pads": [0, 0, 1, 2, 0, 0, 0, 3], "mode": "edge"}, 9),
    "Expand": ("Expand", (1, 6, 8), [whole(1, 3, 1, 1)], {}, 17),
    "Tile": ("Tile", PICTURE, [whole(1, 1, 2, 3)], {}, 17),
    "DepthToSpace": ("DepthToSpace", PICTURE, [], {"blocksize": 2}, 17),
    "DepthToSpace CRD": ("DepthToSpace", PICTURE, [], {"blocksize": 2, "mode": "CRD"}, 17),
    "SpaceToDepth": ("SpaceToDepth", PICTURE, [], {"blocksize": 2}, 17),
    "ReduceMean": ("ReduceMean", PICTURE, [], {"axes": [1, -1], "keepdims": 0}, 17),
    "ReduceSum": ("ReduceSum", PICTURE, [whole(2)], {}, 17),
    "ReduceMax": ("ReduceMax", PICTURE, [], {"axes": [2]}, 17),
    "ReduceL2": ("ReduceL2", ROW, [], {"axes": [1]}, 17),
    "GlobalAveragePool": ("GlobalAveragePool", PICTURE, [], {}, 17),
    "MaxPool": ("MaxPool", PICTURE, [], {"kernel_shape": [3, 3], "pads": [0, 0, 1, 1], "strides": [2, 2]}, 17),
    "AveragePool": ("AveragePool", PICTURE, [], {"kernel_shape": [2, 2], "pads": [1, 1, 1, 1], "strides": [2, 2]}, 17),
    "AveragePool uneven": (
        "AveragePool",
        PICTURE,
        [],
        {"kernel_shape": [2, 2], "pads": [0, 0, 1, 1], "count_include_pad": 1},
        17,
    ),
    "Resize": ("Resize", PICTURE, [None, np.array([1, 1, 2, 2], np.float32)], {}, 17),
    "Resize to sizes": (
        "Resize",
        PICTURE,
        [None, None, whole(1, 4, 9, 16)],
        {"mode": "linear", "coordinate_transformation_mode": "half_pixel"},
        17,
    ),
    "Resize by corners": (
        "Resize",
        PICTURE,
        [None, np.array([1, 1, 2, 3], np.float32)],
        {"mode": "linear", "coordinate_transformation_mode": "align_corners"},
        17,
    ),
    "Resize cubic": ("Resize", PICTURE, [None, np.array([1, 1, 2, 2], np.float32)], {"mode": "cubic"}, 17),
    "Resize by the corner of a pixel": (
        "Resize",
        PICTURE,
        [None, np.array([1, 1, 1.5, 1.5], np.float32)],
        {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
        17,
    ),
    "Upsample": ("Upsample", PICTURE, [np.array([1, 1, 2, 2], np.float32)], {"mode": "nearest"}, 9),
    "Einsum": ("Einsum", ROW, [numbers(12, 5)], {"equation": "bi,ij->bj"}, 17),
}


COMPARISONS = ("Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Equal")


def both(name: str, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """What onnxruntime makes of one step, and what our graph does."""
    op, shape, constants, settings, opset = CASES[name]
    values = np.random.default_rng(seed).standard_normal((n, *shape)).astype(np.float32)
    if op == "Resize" and constants[-1] is not None and constants[-1].dtype == np.int64:
        constants = [*constants[:-1], np.array([n, *constants[-1][1:]], np.int64)]
    names = ["" if one is None else f"c{number}" for number, one in enumerate(constants)]
    tensors = [
        onnx.numpy_helper.from_array(np.asarray(one), name)
        for one, name in zip(constants, names, strict=True)
        if one is not None
    ]
    takes = ["z", *names] if names or op not in COMPARISONS else ["z", "z"]
    steps = [Step(op, "", tuple(takes), ("out",), settings)]
    if op in COMPARISONS:  # yes or no, as numbers
        steps = [Step(op, "", tuple(takes), ("said",), settings), Step("Cast", "", ("said",), ("out",), {"to": 1})]
    nodes = [onnx.helper.make_node(one.name, one.takes, one.gives, **one.settings) for one in steps]
    free = onnx.helper.make_tensor_value_info("z", 1, ["n", *shape])
    graph = onnx.helper.make_graph(nodes, "g", [free], [onnx.helper.make_tensor_value_info("out", 1, None)], tensors)
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", opset)], ir_version=9)
    theirs = session(model.SerializeToString(), threads=1).run(None, {"z": values})[0]
    program = Program(
        "ONNX",
        opset,
        (Port("z", "float32", (None, *shape)),),
        (Port("out", "float32", ()),),
        tuple(steps),
    )
    held = {one: np.asarray(value) for one, value in zip(names, constants, strict=True) if value is not None}

    def write(count: int) -> tuple[Writer, Value]:
        writer = Writer(shape, count)
        fitting = {key: _for_items(op, value, count) for key, value in held.items()}
        (made,) = write_onnx(writer, program, fitting, {"z": writer.input})
        assert isinstance(made, Value), made
        return writer, made

    with torch.inference_mode():
        return theirs, net_of(lowered(write))(torch.from_numpy(values)).numpy()


def _for_items(op: str, value: np.ndarray, count: int) -> np.ndarray:
    return np.array([count, *value[1:]], np.int64) if op == "Resize" and value.dtype == np.int64 else value


@pytest.mark.parametrize("name", CASES)
def test_an_operation_makes_what_onnxruntime_makes(name: str) -> None:
    theirs, ours = both(name, 3, seed=1)
    np.testing.assert_allclose(ours, theirs, atol=2e-5, rtol=1e-4)


@given(
    st.integers(1, 6),
    st.integers(0, 99),
    st.sampled_from(["Conv", "ConvTranspose uneven", "Reshape", "Resize", "Gemm"]),
)
def test_any_number_of_items_goes_through(n: int, seed: int, name: str) -> None:
    theirs, ours = both(name, n, seed)
    np.testing.assert_allclose(ours, theirs, atol=2e-5, rtol=1e-4)


def branched(*steps: Step) -> tuple[np.ndarray, np.ndarray]:
    """What onnxruntime and our graph make of steps that end in 'out', of the latents z and a row w."""
    values, row = numbers(5, 12), numbers(12)
    nodes = [onnx.helper.make_node(one.name, one.takes, one.gives, **one.settings) for one in steps]
    ports = [onnx.helper.make_tensor_value_info(*one) for one in (("z", 1, ["n", 12]), ("out", 1, None))]
    graph = onnx.helper.make_graph(nodes, "g", ports[:1], ports[1:], [onnx.numpy_helper.from_array(row, "w")])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=9)
    theirs = session(model.SerializeToString(), threads=1).run(None, {"z": values})[0]
    program = Program("ONNX", 17, (Port("z", "float32", (None, 12)),), (Port("out", "float32", ()),), steps)

    def write(count: int) -> tuple[Writer, Value]:
        writer = Writer((12,), count)
        (made,) = write_onnx(writer, program, {"w": row}, {"z": writer.input})
        assert isinstance(made, Value), made
        return writer, made

    with torch.inference_mode():
        return theirs, net_of(lowered(write))(torch.from_numpy(values)).numpy()


def test_yes_and_no_are_joined_and_choose() -> None:
    """Where(Not((z > w and z < 1) or z == w), z, exp z), a softplus with a threshold for one."""
    theirs, ours = branched(
        Step("Constant", "", (), ("one",), {"value_float": 1.0}),
        Step("Greater", "", ("z", "w"), ("above",)),
        Step("Less", "", ("z", "one"), ("below",)),
        Step("And", "", ("above", "below"), ("both",)),
        Step("Equal", "", ("z", "w"), ("same",)),
        Step("Or", "", ("both", "same"), ("either",)),
        Step("Not", "", ("either",), ("neither",)),
        Step("Exp", "", ("z",), ("grown",)),
        Step("Where", "", ("neither", "z", "grown"), ("out",)),
    )
    np.testing.assert_allclose(ours, theirs, atol=2e-5)


def test_rounding_keeps_a_slope_for_those_who_follow_it() -> None:
    from explorer.models.fields import Fields
    from explorer.models.foreign.operators import OPERATORS

    values = torch.tensor([0.4, 1.5, 2.5, -0.6], requires_grad=True)
    rounded = OPERATORS["round"](Fields({}, "round"))(4, values)
    rounded.sum().backward()  # type: ignore[no-untyped-call]
    assert rounded.tolist() == [0, 2, 2, -1]
    assert values.grad is not None
    assert values.grad.tolist() == [1, 1, 1, 1]
