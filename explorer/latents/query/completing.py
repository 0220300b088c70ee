"""What could come next in a query: names of labels, signs, values, words that join."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.latents.query.parsing import parsed
from explorer.latents.query.vocabulary import Vocabulary, numbers_of
from explorer.latents.query.words import QueryError, quoted, words

MOST = 200


@dataclass(frozen=True)
class Completion:
    """`words` may stand instead of the text from `start` to the cursor."""

    start: int
    words: tuple[str, ...]


def completed(text: str, cursor: int, known: Vocabulary) -> Completion:
    """What may be meant at a place of the text: what fits what was typed of the word there, beginnings first."""
    before = text[:cursor]
    start = _word_start(before)
    typed = before[start:].lstrip("\"'").casefold()
    fitting = [word for word in _expected(before[:start], known) if typed in word.strip('"').casefold()]
    fitting.sort(key=lambda word: not word.strip('"').casefold().startswith(typed))
    return Completion(start, tuple(fitting[:MOST]))


def _word_start(before: str) -> int:
    """Where the word that is being typed begins: after the last space or sign outside quotes."""
    try:
        last = words(before)[-2:-1]
    except QueryError as error:
        return error.at if error.expected == "quote" else len(before)
    touches = last and last[0].end == len(before) and last[0].kind in ("name", "keyword")
    return last[0].at if touches else len(before)


def _expected(before: str, known: Vocabulary) -> list[str]:
    try:
        parsed(before, known)
    except QueryError as error:
        return _words_for(error.expected, error.label, known) if error.at >= len(before.rstrip()) else []
    return ["and", "or"]


def _words_for(expected: str, label: str, known: Vocabulary) -> list[str]:
    labels = known.label(label)
    if expected == "term":
        return [*(quoted(name) for name in known.by_name), *(quoted(name) for name in known.sets), "not"]
    if expected == "operator" and labels is not None:
        order = ["<", "<=", ">", ">="] if numbers_of(labels) is not None else []
        return ["=", "!=", *order, "in (", "~"]
    if expected == "value" and labels is not None:
        return [quoted(name) for name in labels.names]
    return {"connective": [")", "and", "or"], "bracket": ["("]}.get(expected, [])
