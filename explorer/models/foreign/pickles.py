"""The instructions of a pickle, followed without ever importing or calling what they name.

A pickle is a small program for a machine with a stack. `pickletools` splits it into instructions and decodes their
arguments; the machine here builds lists, dicts, tuples, numbers and texts, and where the program says *call this* it
writes down a `Thing`, or asks a closed list of *makers* (`stand_ins`) that build plain data. There is no way from here
to any code that the file names. Format: the docstrings of CPython's `pickletools`.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from explorer.errors import CheckpointError
from explorer.models.foreign.values import Name, Thing

INSTRUCTIONS = 20_000_000  # a list of five million losses has about that many
NAMES = 100_000
Maker = Callable[[tuple[object, ...]], object]
Persistent = Callable[[object], object]

_VALUES = frozenset(
    (
        *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT"),
        *("STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8"),
        *("BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8"),
    )
)
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_EMPTIES: dict[str, Callable[[], object]] = {
    "EMPTY_LIST": list,
    "EMPTY_DICT": dict,
    "EMPTY_SET": set,
    "EMPTY_TUPLE": tuple,
}
_NOTHING = frozenset({"PROTO", "FRAME", "NEXT_BUFFER", "READONLY_BUFFER"})


class Damaged(Exception):  # noqa: N818 - an error of the file; turned into CheckpointError by whoever knows its name
    """The file does not say what it should, in a few words."""


class _Mark:
    """Where a group begins on the stack."""


MARK = _Mark()


class Machine:
    """One pickle's stack and memo. `run` gives the value that it describes."""

    def __init__(self, makers: Mapping[str, Maker], persistent: Persistent | None = None) -> None:
        self._makers = makers
        self._persistent = persistent
        self._stack: list[Any] = []
        self._memo: dict[int, object] = {}
        self.names: dict[str, None] = {}  # everything that was named, in order

    def run(self, stream: BinaryIO | bytes) -> object:
        """The value of the next pickle in `stream`. Raises Damaged."""
        try:
            return self._run(stream)
        except (Damaged, CheckpointError):
            raise
        except RecursionError as error:
            raise Damaged("it is nested too deeply") from error
        except (
            Exception
        ) as error:  # damaged instructions raise whatever they like: ValueError, IndexError, KeyError ...
            raise Damaged("its instructions make no sense") from error

    def _run(self, stream: BinaryIO | bytes) -> object:
        for number, (code, argument, _position) in enumerate(pickletools.genops(stream)):
            if number > INSTRUCTIONS:
                raise Damaged(f"it has more than {INSTRUCTIONS:,} instructions")
            if code.name == "STOP":
                return self._stack.pop()
            self._follow(code.name, argument)
        raise Damaged("it ends in the middle")

    def _follow(self, code: str, argument: Any) -> None:
        if code in _VALUES:
            self._stack.append(argument)
        elif code in _CONSTANTS:
            self._stack.append(_CONSTANTS[code])
        elif code in _EMPTIES:
            self._stack.append(_EMPTIES[code]())
        elif code not in _NOTHING:
            getattr(self, f"_on_{code.lower()}")(argument)

    # The memo

    def _on_put(self, index: int) -> None:
        self._memo[int(index)] = self._stack[-1]

    _on_binput = _on_long_binput = _on_put

    def _on_memoize(self, _argument: object) -> None:
        self._memo[len(self._memo)] = self._stack[-1]

    def _on_get(self, index: int) -> None:
        self._stack.append(self._memo[int(index)])

    _on_binget = _on_long_binget = _on_get

    # The stack

    def _on_mark(self, _argument: object) -> None:
        self._stack.append(MARK)

    def _on_pop(self, _argument: object) -> None:
        self._stack.pop()

    def _on_dup(self, _argument: object) -> None:
        self._stack.append(self._stack[-1])

    def _on_pop_mark(self, _argument: object) -> None:
        self._group()

    def _group(self) -> list[Any]:
        """What lies above the last mark, taken off with it."""
        place = next(i for i in range(len(self._stack) - 1, -1, -1) if self._stack[i] is MARK)
        group = self._stack[place + 1 :]
        del self._stack[place:]
        return group

    # Containers

    def _on_tuple(self, _argument: object) -> None:
        self._stack.append(tuple(self._group()))

    def _on_tuple1(self, _argument: object) -> None:
        self._short_tuple(1)

    def _on_tuple2(self, _argument: object) -> None:
        self._short_tuple(2)

    def _on_tuple3(self, _argument: object) -> None:
        self._short_tuple(3)

    def _short_tuple(self, size: int) -> None:
        values = tuple(self._stack[-size:])
        if len(values) < size:
            raise Damaged("its instructions make no sense")
        del self._stack[-size:]
        self._stack.append(values)

    def _on_list(self, _argument: object) -> None:
        self._stack.append(self._group())

    def _on_dict(self, _argument: object) -> None:
        group = self._group()
        self._stack.append({})
        self._set_all(group)

    def _on_frozenset(self, _argument: object) -> None:
        self._stack.append(frozenset(_hashable(one) for one in self._group()))

    def _on_append(self, _argument: object) -> None:
        self._extend([self._stack.pop()])

    def _on_appends(self, _argument: object) -> None:
        self._extend(self._group())

    def _extend(self, values: list[Any]) -> None:
        target = self._stack[-1]
        if isinstance(target, Thing):
            target.items.extend(values)
        else:
            target.extend(values)

    def _on_additems(self, _argument: object) -> None:
        group = self._group()
        self._stack[-1].update(_hashable(one) for one in group)

    def _on_setitem(self, _argument: object) -> None:
        value = self._stack.pop()
        self._set_all([self._stack.pop(), value])

    def _on_setitems(self, _argument: object) -> None:
        self._set_all(self._group())

    def _set_all(self, pairs: list[Any]) -> None:
        target = self._stack[-1]
        entries = target.entries if isinstance(target, Thing) else target
        for key, value in zip(pairs[::2], pairs[1::2], strict=True):
            entries[_hashable(key)] = value

    # What would be made of names

    def _on_global(self, argument: str) -> None:
        module, _space, name = argument.partition(" ")
        self._name(module, name)

    def _on_stack_global(self, _argument: object) -> None:
        name, module = self._stack.pop(), self._stack.pop()
        self._name(str(module), str(name))

    def _name(self, module: str, name: str) -> None:
        found = Name(module[:200], name[:200])
        self.names[found.full] = None
        if len(self.names) > NAMES:
            raise Damaged("it names too much")
        self._stack.append(found)

    def _on_reduce(self, _argument: object) -> None:
        arguments = self._stack.pop()
        self._make(self._stack.pop(), arguments)

    def _on_newobj(self, _argument: object) -> None:
        self._on_reduce(None)

    def _on_newobj_ex(self, _argument: object) -> None:
        self._stack.pop()  # keyword arguments
        self._on_reduce(None)

    def _on_inst(self, argument: str) -> None:
        group = tuple(self._group())
        module, _space, name = argument.partition(" ")
        self._name(module, name)
        self._make(self._stack.pop(), group)

    def _on_obj(self, _argument: object) -> None:
        first, *rest = self._group()
        self._make(first, tuple(rest))

    def _make(self, what: object, arguments: object) -> None:
        if not isinstance(arguments, tuple):
            raise Damaged("its instructions make no sense")
        if not isinstance(what, Name):
            what = Name("", f"a {type(what).__name__}")  # called something that is no name: never mind, nothing is
        maker = self._makers.get(what.full)
        self._stack.append(maker(arguments) if maker else Thing(what, arguments))

    def _on_build(self, _argument: object) -> None:
        state = self._stack.pop()
        target = self._stack[-1]
        if isinstance(target, Thing):
            target.state = state
        elif hasattr(target, "build"):  # an array that is being put together, see `stand_ins`
            target.build(state)

    # What lies outside the pickle

    def _on_persid(self, argument: object) -> None:
        self._fetch(argument)

    def _on_binpersid(self, _argument: object) -> None:
        self._fetch(self._stack.pop())

    def _fetch(self, identity: object) -> None:
        if self._persistent is None:
            raise Damaged("it refers to something outside the file")
        self._stack.append(self._persistent(identity))


def _hashable(value: object) -> Any:
    """A key as it is, or its place in memory where it is none: such entries are kept apart and mean nothing to us."""
    try:
        hash(value)
    except TypeError:
        return ("unhashable", id(value))
    return value
