"""What a user's Python file raised, told by the line of that file, and never as a traceback of ours."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Sequence

from explorer.errors import CheckpointError
from explorer.models.foreign.trusted.seal import Sealed

MOST = 60  # rows of a table
AGAIN = "Mend it there, and open the file again."
_KEYS = {"missing": "Missing key(s) in state_dict:", "not expected": "Unexpected key(s) in state_dict:"}
_SIZE = re.compile(r"size mismatch for (\S+): copying a param with shape torch.Size\((.*?)\) .*? torch.Size\((.*?)\)")


def mistake(error: BaseException, files: Sequence[Sealed]) -> CheckpointError:
    """The error to show for one that these files raised: where, what, the line itself; a table for keys that differ."""
    name, number, line = _where(error, files)
    rows = list(_rows(error))
    what = _counted(rows) if rows else f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
    at = f"{name}, line {number}" if number else name
    hint = f"The line is: {line}. {AGAIN}" if line else AGAIN
    if isinstance(error, ModuleNotFoundError):
        hint = f"It is not installed here, nor is it a file beside {files[0].path.name}. Install it, or put it there."
    made = CheckpointError(f"{at}: {what}", hint)
    made.details = tuple(f"  {kind:14s}{text}" for kind, text in rows[:MOST])
    if len(rows) > MOST:
        made.details += (f"  and {len(rows) - MOST} more",)
    return made


def _where(error: BaseException, files: Sequence[Sealed]) -> tuple[str, int, str]:
    """File, line number and line: the innermost that is the user's; 0 where none is."""
    texts = {str(one.path): one for one in files}
    if isinstance(error, SyntaxError) and error.filename in texts:
        return texts[error.filename].path.name, error.lineno or 0, (error.text or "").strip()
    for frame, number in reversed(list(traceback.walk_tb(error.__traceback__))):
        file = texts.get(frame.f_code.co_filename)
        if file is not None:
            lines = file.content.decode(errors="replace").splitlines()
            return file.path.name, number, lines[number - 1].strip() if number <= len(lines) else ""
    return files[0].path.name, 0, ""


def _rows(error: BaseException) -> Iterator[tuple[str, str]]:
    """(kind, key) of a `load_state_dict` that did not fit."""
    said = str(error)
    if "loading state_dict" not in said:
        return
    for kind, head in _KEYS.items():
        listed = said.partition(head)[2].partition("\n")[0]
        yield from ((kind, key) for key in re.findall(r'"([^"]+)"', listed))
    for key, file, net in _SIZE.findall(said):
        yield "another shape", f"{key}: {file} in the file, {net} in the network"


def _counted(rows: Sequence[tuple[str, str]]) -> str:
    parts = []
    for kind in dict.fromkeys(kind for kind, _text in rows):
        keys = [text for one, text in rows if one == kind]
        parts.append(f"{len(keys)} {kind} ({', '.join(keys[:3])}{' …' if len(keys) > 3 else ''})")
    return f"the weights do not fit the network: {'; '.join(parts)}."
