"""Animated GIF, frame by frame: one palette for the whole film, and frames as long as they should be."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from explorer.export.film import FASTEST, Inks
from explorer.export.pictures import picture
from explorer.export.reels.base import Pixels, Setting
from explorer.export.reels.encoded import EncodedReel
from explorer.latents.arrays import Images

TICK = Fraction(1, 100)  # seconds: what GIF counts in
LOOK = 48  # frames that the palette is chosen from where none were given


class GifReel(EncodedReel):
    """Repeats for ever. Frames end at the nearest hundredth of a second, so the film keeps its length."""

    def __init__(self, path: Path, setting: Setting) -> None:
        super().__init__(path, setting)
        self._waiting: list[Pixels] = []  # while there is no palette
        self._inks: Inks | None = None
        self._written = 0
        self._rate = min(Fraction(setting.rate), Fraction(int(FASTEST)))

    def _write(self, image: Pixels) -> None:
        known = self.setting.palette_from
        if self._inks is None and known is not None and len(known):
            self._open(known, image)
        if self._inks is None:
            self._waiting.append(image.copy())
            if len(self._waiting) == LOOK:
                self._write_waiting()
        else:
            self._ink(image)

    def _write_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        self._open(np.stack(waiting), waiting[0])
        for image in waiting:
            self._ink(image)

    def _open(self, colours: Images, image: Pixels) -> None:
        self._inks = Inks([picture(one) for one in colours])
        self._file = self.beside.open("wb")
        self._container = av.open(
            self._file, "w", format="gif", options={"loop": "0", "final_delay": str(self._last())}
        )
        self._stream = self._container.add_stream("gif", rate=self._rate)
        self._stream.width, self._stream.height = self.setting.sized(image)
        self._stream.pix_fmt = "pal8"
        self._stream.time_base = self._stream.codec_context.time_base = TICK

    def _ink(self, image: Pixels) -> None:
        assert self._inks is not None
        size = self._stream.width, self._stream.height
        how = Image.Resampling.LANCZOS if self.setting.smooth else Image.Resampling.NEAREST
        shown = picture(image) if size == (image.shape[1], image.shape[0]) else picture(image).resize(size, how)
        inked: Any = (np.asarray(self._inks.inked(shown)), self._inks.table)
        frame = av.VideoFrame.from_ndarray(inked, format="pal8")
        frame.pts, frame.time_base = self._tick(self._written), TICK
        self._container.mux(self._stream.encode(frame))
        self._written += 1

    def _tick(self, frame: int) -> int:
        return round(frame * 100 / self._rate)

    def _last(self) -> int:
        """Hundredths that the last frame stays."""
        return max(1, round(100 / self._rate))

    def _finish(self) -> None:
        if self._waiting:
            self._write_waiting()
        super()._finish()
