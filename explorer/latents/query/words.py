"""The words of a query: names, signs and brackets, each with its place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from explorer.errors import InputError

Kind = Literal["name", "sign", "bracket", "keyword", "end"]
KEYWORDS = ("and", "or", "not", "in")
SIGNS = {"==": "=", "<>": "!=", "\N{NOT EQUAL TO}": "!=", "\N{LESS-THAN OR EQUAL TO}": "<=",
         "\N{GREATER-THAN OR EQUAL TO}": ">="}  # fmt: skip
WORD = re.compile(
    r"""(?P<space>\s+)|(?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<sign>==|!=|<>|<=|>=|[=<>~≠≤≥])"""
    r"""|(?P<bracket>[(),])|(?P<bare>[^\s()=!<>~,"'≠≤≥]+)"""
)
LONGEST = 10_000  # letters of a query


class QueryError(InputError):
    """A query that cannot be understood; `at` is where, `expected` what could stand there, for completion."""

    def __init__(self, title: str, hint: str, at: int, expected: str = "", label: str = "") -> None:
        super().__init__(title, hint)
        self.at, self.expected, self.label = at, expected, label


@dataclass(frozen=True)
class Word:
    """`text` is what is meant, without quotes; `at` and `end` are where it stands."""

    kind: Kind
    text: str
    at: int
    end: int

    def __str__(self) -> str:
        return "the end" if self.kind == "end" else f"'{self.text}'"


def words(text: str) -> list[Word]:
    """All of them, and the end. Raises QueryError for a quote that never ends and for signs that mean nothing."""
    if len(text) > LONGEST:
        raise QueryError("This query is too long.", f"Use at most {LONGEST:,} letters.", LONGEST)
    read, at = [], 0
    while at < len(text):
        match = WORD.match(text, at)
        if match is None:
            raise _nonsense(text, at)
        if match.lastgroup != "space":
            read.append(_word(str(match.lastgroup), match[0], at, match.end()))
        at = match.end()
    return [*read, Word("end", "", len(text), len(text))]


def quoted(name: str) -> str:
    """A name as it has to stand in a query."""
    match = WORD.fullmatch(name)
    plain = match is not None and match.lastgroup == "bare" and name.lower() not in KEYWORDS
    return name if plain else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _word(group: str, text: str, at: int, end: int) -> Word:
    if group == "quoted":
        return Word("name", re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL), at, end)
    if group == "bare":
        is_keyword = text.lower() in KEYWORDS
        return Word("keyword" if is_keyword else "name", text.lower() if is_keyword else text, at, end)
    return Word("sign" if group == "sign" else "bracket", SIGNS.get(text, text), at, end)


def _nonsense(text: str, at: int) -> QueryError:
    if text[at] in "\"'":
        return QueryError("This quote never ends.", f"Close it with {text[at]}.", at, "quote")
    return QueryError(f"'{text[at]}' means nothing here.", "Compare with = != < > <= >= or ~.", at)
