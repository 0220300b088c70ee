"""The closed list of what is built in place of names that files of weights use: dicts, tensors not yet loaded, arrays.

Each maker takes the arguments that the file gives and answers with plain data of `values`. Sources: torch/_utils.py,
torch/storage.py, numpy/_core/multiarray.py, as far back as torch 0.2.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.models.foreign.pickles import Damaged, Maker
from explorer.models.foreign.values import DTYPES, Name, Storage, Stored, Thing, row_major

NESTED = 4  # files within files
PERSISTENT = "torch_utils.persistence._reconstruct_persistent_obj"
_KINDS = {"f8": "float64", "f4": "float32", "f2": "float16", "i8": "int64", "i4": "int32", "i2": "int16"}
_KINDS |= {"i1": "int8", "u1": "uint8", "b1": "bool"}
_STORAGES = {
    "DoubleStorage": "float64",
    "FloatStorage": "float32",
    "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
    "UntypedStorage": "uint8",
    "ComplexFloatStorage": "complex64",
    "ComplexDoubleStorage": "complex128",
}


def storage_kind(name: object) -> str:
    """'float32' for torch.FloatStorage or torch.cuda.FloatStorage. Raises Damaged for kinds that are not read."""
    short = name.name.rpartition(".")[2] if isinstance(name, Name) else str(name)
    if short not in _STORAGES:
        raise Damaged(f"it holds numbers of the kind {short[:40]}, which are not read")
    return _STORAGES[short]


@dataclass(eq=False)
class Kind:
    """A numpy dtype in the making: its letters, and the order of bytes that `build` brings."""

    letters: str
    order: str = "<"

    def build(self, state: object) -> None:
        if isinstance(state, tuple) and len(state) > 1 and isinstance(state[1], str):
            self.order = state[1]


class Array:
    """A numpy array in the making: `stored` is set when its numbers come."""

    stored: Stored | None = None

    def build(self, state: object) -> None:
        """(version, shape, dtype, Fortran order, bytes); a list in place of bytes are objects, which stay unread."""
        if not isinstance(state, tuple) or len(state) < 4:
            raise Damaged("its instructions make no sense")
        shape, kind, fortran, content = state[-4:]
        if isinstance(content, bytes | bytearray | str) and isinstance(kind, Kind):
            raw = content.encode("latin1") if isinstance(content, str) else bytes(content)
            self.stored = stored_array(raw, kind, _sizes(shape), fortran=bool(fortran))


def stored_array(raw: bytes, kind: Kind, shape: tuple[int, ...], *, fortran: bool) -> Stored | None:
    """Numbers of an array; None for kinds that are no numbers. Raises Damaged where they are too few."""
    dtype = _KINDS.get(kind.letters)
    if dtype is None:
        return None
    size, count = DTYPES[dtype], math.prod(shape)
    if count * size > len(raw):
        raise Damaged("it ends in the middle")
    swapped = np.frombuffer(raw, f"{'>' if kind.order == '>' else '<'}{kind.letters}", count).astype(kind.letters)
    content = np.frombuffer(swapped.tobytes(), np.uint8).copy()
    stride = tuple(reversed(row_major(tuple(reversed(shape))))) if fortran else row_major(shape)
    return Stored(Storage("", dtype, count, lambda: content), dtype, shape, stride)


def _sizes(value: object) -> tuple[int, ...]:
    """A shape or strides. Raises Damaged unless they are a few whole numbers."""
    values = tuple(value) if isinstance(value, tuple | list) else None
    fits = values is not None and len(values) <= 16
    if not fits or not all(type(one) is int and 0 <= one < 2**48 for one in values or ()):
        raise Damaged("a tensor in it has an impossible shape")
    return values or ()


def rebuilt_tensor(arguments: tuple[object, ...]) -> Stored:
    """(storage, offset, shape, stride, ...) of torch._utils._rebuild_tensor and _v2."""
    storage, offset, shape, stride = arguments[:4]
    if not isinstance(storage, Storage):
        raise Damaged("a tensor in it has no numbers")
    return _view(storage, storage.dtype, offset, shape, stride)


def _rebuilt_untyped(arguments: tuple[object, ...]) -> Stored:
    """(storage, offset, shape, stride, requires_grad, hooks, dtype) of _rebuild_tensor_v3."""
    storage, kind = arguments[0], arguments[6]
    dtype = kind.name if isinstance(kind, Name) else ""
    if not isinstance(storage, Storage) or dtype not in DTYPES:
        raise Damaged("a tensor in it has no numbers")
    typed = Storage(storage.key, dtype, storage.size // DTYPES[dtype], storage.fetch)
    return _view(typed, dtype, *arguments[1:4])


def _view(storage: Storage, dtype: str, offset: object, shape: object, stride: object) -> Stored:
    sizes, steps = _sizes(shape), _sizes(stride)
    if not isinstance(offset, int) or offset < 0 or len(sizes) != len(steps):
        raise Damaged("a tensor in it has an impossible shape")
    count = math.prod(sizes)
    last = offset + sum((size - 1) * step for size, step in zip(sizes, steps, strict=True))
    if count and (last >= storage.count or count > storage.count):
        raise Damaged("a tensor in it is larger than its numbers")
    return Stored(storage, dtype, sizes, steps, offset)


def _first(arguments: tuple[object, ...]) -> object:
    return arguments[0]


def _entries(arguments: tuple[object, ...]) -> dict[object, object]:
    if not arguments or not isinstance(arguments[0], dict | list | tuple):
        return {}
    return dict(arguments[0])


def _list(arguments: tuple[object, ...]) -> list[object]:
    return list(arguments[0]) if arguments and isinstance(arguments[0], list | tuple | set) else []


def _default_dict(_arguments: tuple[object, ...]) -> dict[object, object]:
    return {}


def _encoded(arguments: tuple[object, ...]) -> bytes:
    """_codecs.encode(text, 'latin1'): how protocol 2 writes bytes."""
    if not isinstance(arguments[0], str):
        raise Damaged("its instructions make no sense")
    return arguments[0].encode("latin1")


def _bytes(arguments: tuple[object, ...]) -> bytearray:
    return bytearray(arguments[0]) if arguments and isinstance(arguments[0], bytes | bytearray) else bytearray()


def _kind(arguments: tuple[object, ...]) -> Kind:
    letters = str(arguments[0])
    return Kind(letters.lstrip("<>|="), letters[0] if letters[:1] in "<>" else "<")


def _scalar(arguments: tuple[object, ...]) -> object:
    kind, raw = (*arguments, b"")[:2]
    raw = raw.encode("latin1") if isinstance(raw, str) else raw
    if not isinstance(kind, Kind) or kind.letters not in _KINDS or not isinstance(raw, bytes):
        return None
    return np.frombuffer(raw, f"{'>' if kind.order == '>' else '<'}{kind.letters}", 1)[0].item()


def _from_buffer(arguments: tuple[object, ...]) -> object:
    raw, kind, shape, order = arguments[:4]
    array = Array()
    if isinstance(raw, bytes | bytearray) and isinstance(kind, Kind):
        array.stored = stored_array(bytes(raw), kind, _sizes(shape), fortran=order == "F")
    return array


def _as_text(arguments: tuple[object, ...]) -> str:
    return ":".join(str(one) for one in arguments)


def _shape(arguments: tuple[object, ...]) -> tuple[int, ...]:
    return _sizes(arguments[0] if arguments else ())


def _reconstructor(arguments: tuple[object, ...]) -> object:
    """copyreg: (class, base, state) makes an object without calling its class."""
    return Thing(arguments[0]) if isinstance(arguments[0], Name) else None


def _persistent(arguments: tuple[object, ...]) -> object:
    """NVIDIA's torch_utils.persistence: ({class_name, state, module_src, ...},). Its source text is dropped unread."""
    meta = arguments[0] if arguments else None
    held = meta.attributes() if isinstance(meta, Thing) else meta
    if not isinstance(held, Mapping):
        raise Damaged("its instructions make no sense")
    state = held.get("state")
    named = Name("torch_utils.persistence", str(held.get("class_name"))[:200])
    return Thing(named, (), state.attributes() if isinstance(state, Thing) else state)


def _of_type(arguments: tuple[object, ...]) -> object:
    """torch._tensor._rebuild_from_type_v2(function, type, arguments, state): of a Parameter or Buffer."""
    function, _kind, inner = arguments[:3]
    maker = MAKERS.get(function.full) if isinstance(function, Name) else None
    if maker is None or not isinstance(inner, tuple):
        raise Damaged("a tensor in it has no numbers")
    return maker(inner)


def _many(modules: str, names: str, maker: Callable[[tuple[object, ...]], object]) -> dict[str, Maker]:
    return {f"{module}.{name}": maker for module in modules.split() for name in names.split()}


_NUMPY = "numpy.core.multiarray numpy._core.multiarray"
_BUILTIN = "builtins __builtin__"
MAKERS: Mapping[str, Maker] = {
    **_many("collections", "OrderedDict Counter", _entries),
    **_many("collections", "defaultdict", _default_dict),
    **_many(_BUILTIN, "dict", _entries),
    **_many(_BUILTIN, "list", _list),
    **_many(_BUILTIN, "set frozenset", lambda arguments: set(_list(arguments))),
    **_many(_BUILTIN, "tuple", lambda arguments: tuple(_list(arguments))),
    **_many(_BUILTIN, "bytearray", _bytes),
    **_many("torch._utils", "_rebuild_tensor _rebuild_tensor_v2", rebuilt_tensor),
    **_many("torch._utils", "_rebuild_tensor_v3", _rebuilt_untyped),
    **_many("torch._utils", "_rebuild_parameter _rebuild_parameter_with_state", _first),
    **_many("torch._tensor", "_rebuild_from_type_v2", _of_type),
    **_many("torch.nn.parameter", "Parameter Buffer", _first),
    **_many("torch", "Size", _shape),
    **_many("torch", "device", _as_text),
    **_many("pathlib pathlib._local", "PosixPath WindowsPath PurePosixPath Path", _as_text),
    **_many(_NUMPY, "_reconstruct", lambda _arguments: Array()),
    **_many(_NUMPY, "scalar", _scalar),
    **_many("numpy.core.numeric numpy._core.numeric", "_frombuffer", _from_buffer),
    **_many("numpy", "dtype", _kind),
    **_many("_codecs", "encode", _encoded),
    **_many("copyreg copy_reg", "_reconstructor", _reconstructor),
    PERSISTENT: _persistent,
}


def makers(load_bytes: Callable[[bytes], Any]) -> dict[str, Maker]:
    """All makers; `load_bytes` reads the torch file that stands inside a pickle."""

    def nested(arguments: tuple[object, ...]) -> object:
        if not isinstance(arguments[0], bytes | bytearray):
            raise Damaged("its instructions make no sense")
        return load_bytes(bytes(arguments[0]))

    return {**MAKERS, "torch.storage._load_from_bytes": nested}
