"""Where a defect of the program is written down, so that it can be sent to us."""

from __future__ import annotations

import platform
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

from explorer import __version__, places


def written(error: BaseException) -> Path:
    """Append a report of the error to the log, and say where that is."""
    log = places.cache() / "defects.log"
    when = datetime.now(UTC).isoformat(timespec="seconds")
    head = f"{when} latent-explorer {__version__}, Python {platform.python_version()}, {platform.platform()}"
    with log.open("a", encoding="utf-8") as file:
        file.write(f"{head}\n{' '.join(sys.argv)}\n{''.join(traceback.format_exception(error))}\n")
    return log
