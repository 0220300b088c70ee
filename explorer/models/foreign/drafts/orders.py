"""The order in which modules are used, where a file has them in another: registered late, or sorted by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import permutations

from explorer.models.foreign.drafts.pieces import UNKNOWN, Piece

LATE = 10**6  # the number of what has none: an output layer
MOST_RUNS = 5  # groups of modules whose order is tried


def orders(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """The order of the file first; then by the numbers in plain names; then whole groups by name, or in any order."""
    yield placed(pieces)
    if len({piece.key.rpartition(".")[0] for piece in pieces}) == 1:
        yield placed([replace(piece, gap=UNKNOWN) for piece in sorted(pieces, key=_by_number)])
    aside = [piece for piece in pieces if piece.kind == "attend"]
    runs = [_inside(run) for run in _runs([piece for piece in pieces if piece.kind != "attend"])]
    yield placed([piece for run in sorted(runs, key=lambda run: natural(run[0].key)) for piece in run] + aside)
    if 1 < len(runs) <= MOST_RUNS and not all(_is_numbered(runs, run) for run in runs):
        for order in permutations(runs):
            yield placed([piece for run in order for piece in run] + aside)


def _by_number(piece: Piece) -> tuple[list[int], bool]:
    """Such as ([1], False) for 'tconv1', before ([1], True) for its norm 'bn1'."""
    return [int(one) for one in re.findall(r"\d+", piece.key)] or [LATE], not piece.weighs


def _is_numbered(runs: Sequence[Sequence[Piece]], run: Sequence[Piece]) -> bool:
    """Whether a group is called by its number in a Sequential, whose order is certain."""
    depth = _depth([one[0] for one in runs])
    return run[0].key.split(".")[depth].isdigit()


def _inside(run: Sequence[Piece]) -> list[Piece]:
    """Modules with plain names that were sorted, in the order of their numbers: 'bn2' with 'deconv2'."""
    keys = [piece.key for piece in run]
    lasts = [key.rpartition(".")[2] for key in keys]
    if (
        keys != sorted(keys)
        or any(last.isdigit() for last in lasts)
        or len({key.rpartition(".")[0] for key in keys}) > 1
    ):
        return list(run)
    return sorted(run, key=lambda piece: _by_number(replace(piece, key=piece.key.rpartition(".")[2])))


def natural(key: str) -> list[str]:
    """Numbers as numbers: 'l10' behind 'l9'."""
    return [part.zfill(6) if part.isdigit() else part for part in re.split(r"(\d+)|\.", key) if part]


def _runs(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Neighbours whose names begin alike: with the first part in which the names differ at all."""
    depth = _depth(pieces)
    found: list[list[Piece]] = []
    for piece in pieces:
        head = piece.key.split(".")[depth]
        if found and found[-1][0].key.split(".")[depth] == head:
            found[-1].append(piece)
        else:
            found.append([piece])
    return found


def _depth(pieces: Sequence[Piece]) -> int:
    """The first part of their names that differs."""
    depth = 0
    parts = [piece.key.split(".") for piece in pieces]
    while all(len(part) > depth + 1 for part in parts) and len({part[depth] for part in parts}) == 1:
        depth += 1
    return depth


def placed(pieces: Sequence[Piece]) -> list[Piece]:
    """The same with self-attention that stands before or behind all else where the features are as wide as it is."""
    others = [number for number, piece in enumerate(pieces) if piece.kind != "attend"]
    if not others:
        return list(pieces)
    found = list(pieces[others[0] : others[-1] + 1])
    for piece in (*pieces[: others[0]], *pieces[others[-1] + 1 :]):
        norm = next((one for one, other in enumerate(found) if _makes(other, piece.shape[0])), None)
        if norm is None:
            return list(pieces)
        found.insert(norm + 1, piece)
    return found


def _makes(piece: Piece, width: int) -> bool:
    return piece.kind == "norm" and piece.shape[0] == width
