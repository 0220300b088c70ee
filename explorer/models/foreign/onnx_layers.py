"""ONNX's layers with weights or windows: convolutions, norms, pooling, resizing."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.models.foreign.lowering import Given, Value
from explorer.models.foreign.lowering import LoweringError as Unfit
from explorer.models.foreign.onnx_call import NUMBER, Call, Operation


def _gemm(call: Call) -> Value:
    alpha, beta = call.number("alpha", 1.0), call.number("beta", 1.0)
    values = call.first if not call.number("transA", 0) else call.writer.transpose(call.first, 1, 0)
    weight = call.constant(1)
    if weight is None or weight.ndim != 2:
        raise Unfit("'Gemm' has no matrix")
    matrix = (weight if call.number("transB", 0) else weight.T) * np.float32(alpha)
    bias = call.constant(2)
    made = call.emit("linear", values, np.ascontiguousarray(matrix))
    return made if bias is None else call.emit("add", made, bias * np.float32(beta))


def _window(call: Call, kernel: list[int], *, is_transposed: bool = False) -> dict[str, Any]:
    """Strides, dilations and paddings (top, left, bottom, right)."""
    if call.rank != 4:
        raise Unfit(f"'{call.name}' works on values of {call.rank} axes; pictures have four")
    stride, dilation = call.integers("strides", [1, 1]), call.integers("dilations", [1, 1])
    padding = call.integers("pads", [0, 0, 0, 0])
    auto = call.settings.get("auto_pad", "NOTSET")
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        padding = [0, 0, 0, 0]
        for axis in (0, 1):
            side = call.first.shape[2 + axis]
            wide = (kernel[axis] - 1) * dilation[axis] + 1
            total = (
                wide - stride[axis] if is_transposed else (-(-side // stride[axis]) - 1) * stride[axis] + wide - side
            )
            less, more = max(total, 0) // 2, max(total, 0) - max(total, 0) // 2
            padding[axis], padding[axis + 2] = (less, more) if auto == "SAME_UPPER" else (more, less)
    return {"stride": stride, "dilation": dilation, "padding": padding}


def _conv(call: Call) -> Value:
    weight = call.needed(1)
    shape = weight.shape
    if len(shape) != 4:
        raise Unfit(f"a convolution in it has a kernel of {len(shape) - 2} axes; pictures have two")
    groups = int(call.number("group", 1))
    takes = [one for one in (call.first, weight, call.given(2)) if one is not None]
    return call.emit("conv", *takes, groups=groups, **_window(call, list(shape[2:])))


def _transposed(call: Call) -> Value:
    weight = call.needed(1)
    shape = weight.shape
    if len(shape) != 4:
        raise Unfit(f"a convolution in it has a kernel of {len(shape) - 2} axes; pictures have two")
    window = _window(call, list(shape[2:]), is_transposed=True)
    more = call.integers("output_padding", [0, 0])
    if wanted := call.integers("output_shape", []):
        window["padding"] = _cut_to(call, wanted[-2:], list(shape[2:]), window, more)
    takes = [one for one in (call.first, weight, call.given(2)) if one is not None]
    groups = int(call.number("group", 1))
    return call.emit("transposed", *takes, groups=groups, more=more, **window)


def _cut_to(call: Call, wanted: list[int], kernel: list[int], window: dict[str, Any], more: list[int]) -> list[int]:
    sides = [0, 0, 0, 0]
    for axis in (0, 1):
        whole = (call.first.shape[2 + axis] - 1) * window["stride"][axis] + more[axis]
        total = whole + (kernel[axis] - 1) * window["dilation"][axis] + 1 - wanted[axis]
        if total < 0:
            raise Unfit("a convolution in it makes more than it can")
        upper = call.settings.get("auto_pad") != "SAME_LOWER" and "auto_pad" in call.settings
        sides[axis] = total // 2 if upper else total - total // 2
        sides[axis + 2] = total - sides[axis]
    return sides


def _batch_norm(call: Call) -> Value:
    if call.number("training_mode", 0):
        raise Unfit("its batch norms are in training mode")
    takes = [call.needed(place) for place in range(1, 5)]
    return call.emit("batch_norm", call.first, *takes, eps=call.number("epsilon", 1e-5))


def _instance_norm(call: Call) -> Value:
    takes = [call.needed(place) for place in (1, 2)]
    return call.emit("instance_norm", call.first, *takes, eps=call.number("epsilon", 1e-5))


def _group_norm(call: Call) -> Value:
    groups, eps = int(call.number("num_groups", 1)), call.number("epsilon", 1e-5)
    scale, shift = call.constant(1), call.constant(2)
    if scale is None or shift is None:
        raise Unfit("'GroupNormalization' lacks its scale")
    channels = call.first.shape[1]
    if len(scale) != channels:  # opset 18 has one a group
        scale, shift = (np.repeat(one, channels // groups) for one in (scale, shift))
    return call.emit("group_norm", call.first, scale, shift, groups=groups, eps=eps)


def _layer_norm(call: Call) -> Value:
    axis = call.axis(-1)
    takes = [one for one in call.takes[:3] if one is not None]
    return call.emit("layer_norm", *takes, last=call.rank - axis, eps=call.number("epsilon", 1e-5))


def _global_pool(kind: str) -> Operation:
    return lambda call: call.emit("reduce", call.first, kind=kind, axes=list(range(2, call.rank)), keep=1)


def _pool(kind: str) -> Operation:
    def write(call: Call) -> Value:
        kernel = call.integers("kernel_shape", [1, 1])
        window = _window(call, kernel)
        top, left, bottom, right = window["padding"]
        counted = int(call.number("count_include_pad", 0))
        if call.number("ceil_mode", 0) or window["dilation"] != [1, 1]:
            raise Unfit("it pools with rounding up, or with gaps")
        value = call.first
        if (top, left) != (bottom, right):
            if kind == "mean" and not counted:
                raise Unfit("it pools means over uneven sides")
            value = call.emit(
                "pad", value, sides=[left, right, top, bottom], value=-NUMBER if kind == "max" else 0.0, mode="constant"
            )
            top = left = 0
        options = {"kind": kind, "kernel": kernel, "stride": window["stride"], "padding": [top, left]}
        return call.emit("pool", value, **options, count_padding=counted)

    return write


def _resize(call: Call) -> Given:
    if call.rank != 4:
        raise Unfit("it resizes something that is no picture")
    height, width = call.first.shape[2:]
    target = _target(call)
    if target == [height, width]:
        return call.first
    mode, corners = str(call.settings.get("mode", "nearest")), 0
    how = str(
        call.settings.get(
            "coordinate_transformation_mode",
            "half_pixel" if call.name == "Resize" and call.opset > 10 else "asymmetric",
        )
    )
    whole = all(new % old == 0 for new, old in zip(target, (height, width), strict=True))
    if mode == "nearest":
        rounded = str(call.settings.get("nearest_mode", "round_prefer_floor" if call.opset > 10 else "floor"))
        if not whole and (how, rounded) not in (("asymmetric", "floor"), ("half_pixel", "round_prefer_ceil")):
            raise Unfit(f"it resizes by '{how}' and '{rounded}'")
        torch_mode = "nearest" if whole or how == "asymmetric" else "nearest-exact"
    elif mode in ("linear", "cubic") and how in ("half_pixel", "pytorch_half_pixel", "align_corners"):
        torch_mode, corners = {"linear": "bilinear", "cubic": "bicubic"}[mode], int(how == "align_corners")
    else:
        raise Unfit(f"it resizes by '{mode}' and '{how}'")
    return call.emit("resize", call.first, size=target, mode=torch_mode, corners=corners)


def _target(call: Call) -> list[int]:
    """Height and width after a resize, from its scales or sizes."""
    sizes = call.constant(3) if call.name == "Resize" else None
    if sizes is not None and sizes.size:
        return [int(one) for one in sizes.ravel()[-2:]]
    place = 2 if call.name == "Resize" and call.opset > 10 else 1
    scales = call.constant(place)
    said = [float(one) for one in scales.ravel()] if scales is not None else call.settings.get("scales")
    if not isinstance(said, list) or len(said) < 2 or any(one != 1 for one in said[:-2]):
        raise Unfit("a resize in it does not say what to")
    return [int(side * scale) for side, scale in zip(call.first.shape[2:], said[-2:], strict=True)]


LAYERS: dict[str, Operation] = {
    "Gemm": _gemm,
    "Conv": _conv,
    "ConvTranspose": _transposed,
    "BatchNormalization": _batch_norm,
    "InstanceNormalization": _instance_norm,
    "GroupNormalization": _group_norm,
    "LayerNormalization": _layer_norm,
    "GlobalAveragePool": _global_pool("mean"),
    "GlobalMaxPool": _global_pool("max"),
    "MaxPool": _pool("max"),
    "AveragePool": _pool("mean"),
    "Resize": _resize,
    "Upsample": _resize,
}
