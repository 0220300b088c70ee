"""From an exception to a message: the user's error keeps its title and hint, ours becomes a report."""

from __future__ import annotations

import traceback

from explorer.errors import ExplorerError
from explorer.work.messages import Failed


def failure(key: int, error: BaseException) -> Failed:
    """What to tell the user of any exception."""
    if isinstance(error, ExplorerError):
        return Failed(key, error.title, error.hint, report="\n".join(error.details))
    return defect(key, error)


def defect(key: int, error: BaseException) -> Failed:
    """A fault of the program, with its traceback."""
    report = "".join(traceback.format_exception(error))
    what = f"{type(error).__name__}: {error}"[:300]
    return Failed(key, "Something went wrong inside the program.", what, defect=True, report=report)
