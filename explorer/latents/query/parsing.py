"""From a query to the samples it names. `or` binds weakest, then `and`, then `not`."""

from __future__ import annotations

import difflib
import operator
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from explorer.latents.query.vocabulary import Vocabulary, code_of, numbers_of
from explorer.latents.query.words import QueryError, Word, quoted, words
from explorer.latents.samples import Labels
from explorer.latents.selections import Indices, Mask, from_mask

__all__ = ["QueryError", "found", "parsed", "quoted"]

Node = Callable[[], Mask]
ORDERS: dict[str, Callable[[np.ndarray, float], np.ndarray]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}
DEEPEST = 100  # brackets and 'not' within each other
LARGEST_ALIKE = 2.0**40  # hundredths up to which float64 tells where the next one begins
MOST_NAMED = 12  # names in an error


def found(text: str, known: Vocabulary) -> Indices:
    """The samples that a query names; all of them for an empty one. Raises QueryError."""
    return from_mask(parsed(text, known)() if text.strip() else np.ones(known.count, dtype=np.bool_))


def parsed(text: str, known: Vocabulary) -> Node:
    """The query, to be asked. Raises QueryError with the place of what is wrong."""
    return _Parser(words(text), known).whole()


class _Parser:
    def __init__(self, given: list[Word], known: Vocabulary) -> None:
        self._words, self._known = given, known
        self._at = self._depth = 0

    def whole(self) -> Node:
        node = self._either()
        if self._next.kind != "end":
            raise self._wrong(f"{self._next} is not expected here.", "Join conditions by and, or.", "connective")
        return node

    @property
    def _next(self) -> Word:
        return self._words[self._at]

    def _take(self, *texts: str, kind: str = "keyword") -> Word | None:
        """The next word if it is one of these."""
        word = self._next
        if word.kind != kind or (texts and word.text not in texts):
            return None
        self._at += 1
        return word

    def _either(self) -> Node:
        nodes = [self._both()]
        while self._take("or"):
            nodes.append(self._both())
        return nodes[0] if len(nodes) == 1 else lambda: np.logical_or.reduce([node() for node in nodes])

    def _both(self) -> Node:
        nodes = [self._denied()]
        while self._take("and"):
            nodes.append(self._denied())
        return nodes[0] if len(nodes) == 1 else lambda: np.logical_and.reduce([node() for node in nodes])

    def _denied(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._wrong("This query has too many brackets.", "Take some out.")
        try:
            if self._take("not"):
                node = self._denied()
                return lambda: ~node()
            if self._take("(", kind="bracket"):
                return self._closed(self._either())
            return self._condition()
        finally:
            self._depth -= 1

    def _closed(self, node: Node) -> Node:
        if not self._take(")", kind="bracket"):
            raise self._wrong(f"A bracket is open at {self._next}.", "Close it with ).", "connective")
        return node

    def _condition(self) -> Node:
        name = self._take(kind="name")
        if name is None:
            raise self._wrong(f"A condition is missing before {self._next}.", self._labels_known(), "term")
        labels = self._known.label(name.text)
        if labels is not None and (self._next.kind == "sign" or self._next.text in ("in", "not")):
            return self._comparison(labels)
        members = self._known.members(name.text)
        if members is not None:
            return lambda: members
        if labels is None:
            raise self._unknown(name)
        hint = f"Write what it has to be: {quoted(labels.name)} = {quoted(_example(labels))}."
        raise self._wrong(f"'{labels.name}' alone says nothing.", hint, "operator", labels.name)

    def _comparison(self, labels: Labels) -> Node:
        if sign := self._take(kind="sign"):
            return self._compared(labels, sign.text)
        denied = self._take("not") is not None
        if not self._take("in"):
            raise self._wrong("After a label and 'not' comes 'in'.", "Write: not in (a, b).", "operator", labels.name)
        node = self._among(labels)
        return (lambda: ~node()) if denied else node

    def _compared(self, labels: Labels, sign: str) -> Node:
        value = self._value(labels)
        if sign == "~":
            return _containing(labels, value.text)
        if sign in ("=", "!="):
            node = self._equal(labels, value)
            return node if sign == "=" else lambda: ~node()
        if numbers_of(labels) is None:
            raise self._wrong(f"The classes of '{labels.name}' have no order.", "Compare with = or !=.", at=value.at)
        return _ordered(labels, sign, self._number(labels, value))

    def _among(self, labels: Labels) -> Node:
        if not self._take("(", kind="bracket"):
            raise self._wrong("After 'in' comes a bracket.", "Write: in (a, b).", "bracket", labels.name)
        nodes = [self._equal(labels, self._value(labels))]
        while self._take(",", kind="bracket"):
            nodes.append(self._equal(labels, self._value(labels)))
        return self._closed(lambda: np.logical_or.reduce([node() for node in nodes]))

    def _value(self, labels: Labels) -> Word:
        """Keywords may be values too: `glasses = not` means a class called so."""
        word = self._take(kind="name") or self._take()
        if word is None:
            raise self._wrong(f"A value of '{labels.name}' is missing.", _values_known(labels), "value", labels.name)
        return word

    def _equal(self, labels: Labels, value: Word) -> Node:
        if not labels.is_category:
            return _ordered(labels, "=", self._number(labels, value))
        code = code_of(labels, value.text)
        if code is None:
            title = f"'{labels.name}' is never '{value.text}'."
            raise self._wrong(title, _values_known(labels, value.text), "value", labels.name, value.at)
        return lambda: np.asarray(labels.values == code)

    def _number(self, labels: Labels, value: Word) -> float:
        try:
            return float(value.text)
        except ValueError:
            hint = f"Give one, such as {_example(labels)}."
            title = f"'{labels.name}' is a number, '{value.text}' is none."
            raise self._wrong(title, hint, "value", labels.name, value.at) from None

    def _unknown(self, name: Word) -> QueryError:
        known = [*self._known.by_name, *self._known.sets]
        return self._wrong(f"There is no label '{name.text}'.", _names_known(known, name.text), "term", at=name.at)

    def _labels_known(self) -> str:
        return _names_known([*self._known.by_name, *self._known.sets], "")

    def _wrong(self, title: str, hint: str, expected: str = "", label: str = "", at: int | None = None) -> QueryError:
        return QueryError(title, hint, self._next.at if at is None else at, expected, label)


def _ordered(labels: Labels, sign: str, bound: float) -> Node:
    """float32 numbers are compared as they are written: 0.1 is the float32 next to it."""
    if not labels.is_category and labels.values.dtype == np.float32:
        bound = float(np.float32(bound))

    def ask() -> Mask:
        numbers = numbers_of(labels)
        assert numbers is not None
        return np.asarray(ORDERS[sign](numbers, bound))

    return ask


def _containing(labels: Labels, text: str) -> Node:
    if not labels.is_category:
        return lambda: _written_with(labels.values.astype(np.float64), text)
    codes = [code for code, name in enumerate(labels.names) if text.casefold() in name.casefold()]
    return lambda: np.isin(labels.values, codes)


def _written_with(numbers: NDArray[np.float64], text: str) -> Mask:
    """Which numbers (n,) have `text` in what is written of them, two places after the point, bool (n,).

    Numbers that are written alike are written once. Ties, zeros with a sign and what is no number are written one by
    one.
    """
    scaled = 100 * numbers
    with np.errstate(invalid="ignore"):  # infinite numbers
        whole = np.rint(scaled)
        alike = (np.abs(scaled - whole) < 0.5 - 1e-3) & (np.abs(whole) < LARGEST_ALIKE) & (whole != 0)
    result = np.zeros(len(numbers), dtype=np.bool_)
    kinds, seats = np.unique(whole[alike], return_inverse=True)
    result[alike] = np.array([text in f"{kind / 100:.2f}" for kind in kinds.tolist()], dtype=np.bool_)[seats]
    result[~alike] = [text in f"{number:.2f}" for number in numbers[~alike].tolist()]
    return result


def _example(labels: Labels) -> str:
    if labels.is_category:
        return labels.names[0]
    return f"{float(np.nanmedian(labels.values.astype(np.float64))):.4g}" if len(labels.values) else "0"


def _values_known(labels: Labels, near: str = "") -> str:
    return _names_known(labels.names, near) if labels.is_category else f"Give a number, such as {_example(labels)}."


def _names_known(names: Iterable[str], near: str) -> str:
    """What there is, and what may have been meant."""
    known = list(names)
    close = difflib.get_close_matches(near, known, 1) if near else []
    told = ", ".join(known[:MOST_NAMED]) + (f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else "")
    return f"Did you mean {quoted(close[0])}? There are: {told}." if close else f"There are: {told}."
