"""ONNX's operations that move numbers about: shapes, parts, places."""

from __future__ import annotations

import math

import numpy as np

from explorer.models.foreign.lowering import Given, Index, Value
from explorer.models.foreign.lowering import LoweringError as Unfit
from explorer.models.foreign.onnx_call import Call, Made, Operation

PADS = {"edge": "replicate", "wrap": "circular"}  # ONNX's words and torch's


def _reshape(call: Call) -> Given:
    wanted = call.numbers("shape", 1)
    if wanted is None:
        raise Unfit("'Reshape' does not say what to")
    keeps = not call.number("allowzero", 0)
    sides = [call.first.shape[place] if side == 0 and keeps else side for place, side in enumerate(wanted)]
    return call.writer.reshape(call.first, *sides)


def _flatten(call: Call) -> Given:
    axis = int(call.number("axis", 1))
    axis = axis + call.rank if axis < 0 else axis
    return call.writer.reshape(call.first, math.prod(call.first.shape[:axis]), -1)


def _squeeze(call: Call) -> Given:
    axes = call.numbers("axes", 1)
    shape = call.first.shape
    gone = {axis % len(shape) for axis in axes} if axes else {place for place, side in enumerate(shape) if side == 1}
    return call.writer.reshape(call.first, *(side for place, side in enumerate(shape) if place not in gone))


def _unsqueeze(call: Call) -> Given:
    axes = call.numbers("axes", 1) or []
    rank = call.rank + len(axes)
    new = {axis % rank for axis in axes}
    old = iter(call.first.shape)
    return call.writer.reshape(call.first, *(1 if place in new else next(old) for place in range(rank)))


def _transpose(call: Call) -> Given:
    return call.writer.transpose(call.first, *call.integers("perm", list(reversed(range(call.rank)))))


def _concat(call: Call) -> Value:
    takes = [one for one in call.takes if one is not None]
    rank = len(takes[0].shape)
    return call.emit("concat", *takes, axis=int(call.number("axis", 0)) % rank)


def _slice(call: Call) -> Given:
    starts, ends = call.numbers("starts", 1), call.numbers("ends", 2)
    axes, steps = call.numbers("axes", 3), call.numbers("steps", 4)
    if starts is None or ends is None:
        raise Unfit("'Slice' does not say where")
    value = call.first
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        axis = (axes[number] if axes else number) % call.rank
        value = _part(call, value, axis, slice(start, end, steps[number] if steps else 1))
    return value


def _part(call: Call, value: Value, axis: int, part: slice) -> Value:
    side = value.shape[axis]
    places = range(*_bounded(part, side).indices(side))
    if places == range(side):
        return value
    if places == range(side - 1, -1, -1):
        return call.emit("flip", value, axis=axis)
    if places.step < 0 or not places:
        raise Unfit("it takes a part backwards, or an empty one")
    return call.emit("slice", value, axis=axis, start=places.start, stop=places.stop, step=places.step)


def _bounded(part: slice, side: int) -> slice:
    """ONNX writes the largest number for 'to the end', and the smallest for 'beyond the beginning'."""
    stop = None if part.step < 0 and part.stop < -side else part.stop
    return slice(part.start, stop, part.step)


def _split(call: Call) -> Made:
    axis = call.axis(0)
    sizes = call.numbers("split", 1)
    if sizes is None:
        count = int(call.number("num_outputs", 2))
        side = -(-call.first.shape[axis] // count)
        sizes = [min(side, call.first.shape[axis] - side * number) for number in range(count)]
    made: list[Given] = []
    start = 0
    for size in sizes:
        made.append(_part(call, call.first, axis, slice(start, start + size, 1)))
        start += size
    return made


def _gather(call: Call) -> Given:
    if isinstance(index := call.given(1), Index):
        return _row_of(call, index)
    axis, places = call.axis(0), call.constant(1)
    if places is None:
        raise Unfit("'Gather' does not say what")
    side = call.first.shape[axis]
    counted = np.where(places < 0, places + side, places)
    if counted.ndim == 0:
        part = _part(call, call.first, axis, slice(int(counted), int(counted) + 1, 1))
        return call.writer.reshape(part, *part.shape[:axis], *part.shape[axis + 1 :])
    made = call.emit("gather", call.first, counted.ravel().astype(np.float32), axis=axis)
    return call.writer.reshape(made, *call.first.shape[:axis], *counted.shape, *call.first.shape[axis + 1 :])


def _row_of(call: Call, index: Index) -> Given:
    """The row of a table for a class; for a blend of classes, the blend of their rows."""
    table = call.takes[0]
    if not isinstance(table, np.ndarray) or table.ndim < 1 or call.number("axis", 0):
        raise Unfit("it looks up a class in something that is no table")
    rows = call.emit("linear", index.rows, np.ascontiguousarray(table.reshape(len(table), -1).T))
    return call.writer.reshape(rows, *index.shape, *table.shape[1:])


def _one_hot(call: Call) -> Given:
    index, values = call.first, call.constant(2)
    if not isinstance(index, Index) or values is None or values.ravel().tolist() != [0, 1]:
        raise Unfit("it makes a class of something that is none")
    return call.writer.reshape(index.rows, *index.shape, -1)


def _pad(call: Call) -> Given:
    pads, mode = call.numbers("pads", 1), str(call.settings.get("mode", "constant"))
    value, axes = call.constant(2), call.numbers("axes", 3)
    if pads is None or mode not in ("constant", "reflect", "edge", "wrap"):
        raise Unfit(f"it pads by '{mode[:20]}'")
    where = [axis % call.rank for axis in axes] if axes else list(range(call.rank))
    sides = [0] * (2 * call.rank)
    for number, axis in enumerate(where):
        turned = 2 * (call.rank - 1 - axis)
        sides[turned], sides[turned + 1] = pads[number], pads[number + len(where)]
    if not any(sides):
        return call.first
    if mode != "constant" and (call.rank != 4 or any(sides[4:])):
        raise Unfit("it pads more than the sides of pictures")
    fill = float(value.ravel()[0]) if value is not None and value.size else call.number("value", 0.0)
    return call.emit("pad", call.first, sides=sides, value=fill, mode=PADS.get(mode, mode))


def _expand(call: Call) -> Given:
    wanted = call.numbers("shape", 1) or []
    return _to_shape(call, call.first, wanted)


def _to_shape(call: Call, value: Value, wanted: list[int]) -> Value:
    shape = [int(side) for side in np.broadcast_shapes(value.shape, tuple(wanted))]
    return value if shape == list(value.shape) else call.emit("expand", value, shape=shape)


def _tile(call: Call) -> Given:
    value = call.first
    for axis, times in enumerate(call.numbers("repeats", 1) or []):
        if times > 1:
            value = call.emit("concat", *([value] * min(times, 64)), axis=axis)
    return value


def _depth_to_space(call: Call) -> Given:
    size = int(call.number("blocksize", 1))
    n, channels, height, width = call.first.shape
    wide = channels // size**2
    if call.settings.get("mode", "DCR") == "CRD":
        value = call.writer.reshape(call.first, n, wide, size, size, height, width)
        order = (0, 1, 4, 2, 5, 3)
    else:
        value = call.writer.reshape(call.first, n, size, size, wide, height, width)
        order = (0, 3, 4, 1, 5, 2)
    return call.writer.reshape(call.writer.transpose(value, *order), n, wide, height * size, width * size)


def _space_to_depth(call: Call) -> Given:
    size = int(call.number("blocksize", 1))
    n, channels, height, width = call.first.shape
    value = call.writer.reshape(call.first, n, channels, height // size, size, width // size, size)
    turned = call.writer.transpose(value, 0, 3, 5, 1, 2, 4)
    return call.writer.reshape(turned, n, channels * size**2, height // size, width // size)


SHAPES: dict[str, Operation] = {
    "Reshape": _reshape,
    "Flatten": _flatten,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Transpose": _transpose,
    "Concat": _concat,
    "Slice": _slice,
    "Split": _split,
    "Gather": _gather,
    "OneHot": _one_hot,
    "Pad": _pad,
    "Expand": _expand,
    "Tile": _tile,
    "DepthToSpace": _depth_to_space,
    "SpaceToDepth": _space_to_depth,
}
