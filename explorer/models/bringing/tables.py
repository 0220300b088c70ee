"""Tables that nobody vouches for: .csv, .tsv and .parquet as columns of text or numbers."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.errors import InputError
from explorer.latents.samples import Labels

Column = NDArray[np.generic]
"""float64 (n,), or str (n,)."""

MOST_BYTES = 4 << 30  # of a file, and of what it unpacks to
MOST_ROWS, MOST_COLUMNS = 10_000_000, 20_000
FEW = 30  # whole numbers of so few kinds are classes
DELIMITERS = {".csv": ",", ".tsv": "\t", ".txt": "\t"}
UNKNOWN = ("", "nan", "null", "na", "n/a")


def read_table(path: Path) -> Mapping[str, Column]:
    """The columns by name; a file without a line of names has '1', '2', ... Raises InputError."""
    check_size(path)
    try:
        return _parquet(path) if path.suffix.lower() == ".parquet" else _text(path)
    except InputError:
        raise
    except MemoryError:
        raise
    except Exception as error:  # a damaged file raises many kinds
        raise InputError(f"{path.name} cannot be read as a table.", f"It may be damaged: {error}"[:200]) from error


def check_size(path: Path) -> None:
    """Raises InputError for what is not there or far too large."""
    if not path.is_file():
        raise InputError(f"There is no file {path}.", "Check the path.")
    if path.stat().st_size > MOST_BYTES:
        raise InputError(f"{path.name} is larger than 4 GB.", "Bring a part of it.")


def as_labels(name: str, column: Column) -> Labels:
    """Text and few whole numbers are classes, other numbers stay numbers; what is empty is unknown."""
    if column.dtype.kind == "f":
        known = column[np.isfinite(column)]
        kinds = np.unique(known)
        if len(kinds) > FEW or not np.array_equal(kinds, np.rint(kinds)):
            return Labels(name, column.astype(np.float32))
        codes = np.searchsorted(kinds, np.where(np.isfinite(column), column, np.inf))
        codes = np.where(np.isfinite(column), codes, -1)
        return Labels(name, codes.astype(np.int64), tuple(f"{kind:.0f}" for kind in kinds) or ("unknown",))
    names, codes = np.unique(column.astype(np.str_), return_inverse=True)
    is_known = np.array([one.strip().lower() not in UNKNOWN for one in names], dtype=np.bool_)
    fresh = np.where(is_known, np.cumsum(is_known) - 1, -1)
    kept = tuple(str(one) for one in names[is_known])
    return Labels(name, fresh[codes].astype(np.int64), kept or ("unknown",))


def _text(path: Path) -> Mapping[str, Column]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=_delimiter(path)))
    rows = [row for row in rows if row]
    if not rows:
        raise InputError(f"{path.name} is empty.", "Give a table with one row for each sample.")
    widths = {len(row) for row in rows}
    if len(widths) > 1:
        odd = next(number for number, row in enumerate(rows) if len(row) != len(rows[0])) + 1
        told = f"row {odd} has {len(rows[odd - 1])} columns, the first has {len(rows[0])}"
        raise InputError(f"{path.name} is no even table: {told}.", "Give every row as many columns as the first.")
    _check_shape(path, len(rows), len(rows[0]))
    # projector metadata of one column has no line of names (as TensorBoard's does)
    lone = path.suffix.lower() == ".tsv" and len(rows[0]) == 1
    has_names = not lone and not any(_is_number(word) for word in rows[0]) and len(rows) > 1
    names = _distinct(rows[0]) if has_names else [str(number + 1) for number in range(len(rows[0]))]
    names = ["label"] if lone and not _is_number(rows[0][0]) else names
    body = np.array(rows[1:] if has_names else rows, dtype=np.str_)
    return {name: _column(body[:, number]) for number, name in enumerate(names)}


def _delimiter(path: Path) -> str:
    """A .csv may be written with semicolons or tabs."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline(1 << 20)
    usual = DELIMITERS.get(path.suffix.lower(), ",")
    return max((usual, ";", "\t"), key=lambda sign: (first.count(sign) > 0 and sign == usual, first.count(sign)))


def _column(words: NDArray[np.str_]) -> Column:
    """Numbers where all that is known is one; nothing known stays text."""
    unknown = np.isin(np.char.lower(np.char.strip(words)), UNKNOWN)
    if unknown.all():
        return words
    try:
        return np.where(unknown, "nan", words).astype(np.float64)
    except ValueError:
        return words


def _parquet(path: Path) -> Mapping[str, Column]:
    from pyarrow import parquet

    file = parquet.ParquetFile(path)
    unpacked = sum(file.metadata.row_group(one).total_byte_size for one in range(file.metadata.num_row_groups))
    _check_shape(path, file.metadata.num_rows, file.metadata.num_columns)
    if unpacked > MOST_BYTES:
        raise InputError(f"{path.name} unpacks to more than 4 GB.", "Bring a part of it.")
    table = file.read()
    names = _distinct([str(name) for name in table.column_names])
    return {name: _arrow(table.column(number)) for number, name in enumerate(names)}


def _arrow(column: Any) -> Column:
    """A column of pyarrow, without a look at every row for numbers, text and lists of numbers."""
    from pyarrow import compute, types

    kind = column.type
    if column.null_count == len(column):
        return np.full(len(column), "", dtype=np.str_)
    if types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind):
        return _numbers(column)
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        widths = compute.unique(compute.list_value_length(column))  # one vector a row
        if len(widths) != 1 or column.null_count:
            raise InputError("A column holds lists of different lengths.", "Give every row a list of the same length.")
        return _numbers(compute.list_flatten(column)).reshape(len(column), -1)
    if types.is_string(kind) or types.is_large_string(kind):
        encoded = column.fill_null("").combine_chunks().dictionary_encode()
        names = np.array(encoded.dictionary.to_pylist(), dtype=np.str_)
        return np.asarray(names[encoded.indices.to_numpy()])
    return np.array(["" if one is None else str(one) for one in column.to_pylist()], dtype=np.str_)


def _numbers(column: Any) -> NDArray[np.float64]:
    """float64 (n,), NaN where there is none."""
    return np.asarray(column.cast("float64", safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)


def _check_shape(path: Path, rows: int, columns: int) -> None:
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        raise InputError(f"{path.name} has {rows:,} rows of {columns:,} columns.", "Bring a part of it.")


def _distinct(names: list[str]) -> list[str]:
    """Every name once: a second 'a' becomes 'a 2'; one without letters is called by its place."""
    taken: dict[str, int] = {}
    distinct = []
    for place, given in enumerate(names):
        name = given.strip() or f"column {place + 1}"
        taken[name] = taken.get(name, 0) + 1
        distinct.append(name if taken[name] == 1 else f"{name} {taken[name]}")
    return distinct


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
