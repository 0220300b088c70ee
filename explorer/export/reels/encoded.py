"""What the reels share that FFmpeg's encoders write: how they end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from explorer.export.reels.base import Reel, Setting


class EncodedReel(Reel):
    """An open file, a container of PyAV in it, and its one stream; None until the first frame is written."""

    def __init__(self, path: Path, setting: Setting) -> None:
        super().__init__(path, setting)
        self._file: Any = None
        self._container: Any = None
        self._stream: Any = None

    def _finish(self) -> None:
        self._container.mux(self._stream.encode(None))
        self._container.close()
        self._file.close()

    def _give_up(self) -> None:
        try:
            if self._container is not None:
                self._container.close()
        finally:
            if self._file is not None:
                self._file.close()
