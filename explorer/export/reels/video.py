"""MP4 (H.264), WebM (VP9) and animated WebP, by PyAV: FFmpeg's libraries as a wheel."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from explorer.export.reels.base import Pixels, Setting
from explorer.export.reels.encoded import EncodedReel

CODECS: dict[str, tuple[str, str, dict[str, str]]] = {
    ".mp4": ("mp4", "libx264", {"crf": "14", "preset": "veryfast"}),
    ".webm": ("webm", "libvpx-vp9", {"crf": "20", "b": "0", "deadline": "realtime", "cpu-used": "6", "row-mt": "1"}),
    ".webp": ("webp", "libwebp_anim", {"quality": "90"}),
}
"""By ending: container, encoder, its options. Constant quality: what can be seen is kept."""
BT709 = 1
MILLISECOND = Fraction(1, 1000)


class VideoReel(EncodedReel):
    """Frames of equal length, 1 / rate each; colours by BT.709, and the file says so."""

    def __init__(self, path: Path, setting: Setting) -> None:
        super().__init__(path, setting)
        self._tick = MILLISECOND

    def _write(self, image: Pixels) -> None:
        if self._container is None:
            self._open(image)
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
        how = "LANCZOS" if self.setting.smooth else "POINT"
        width, height = self._stream.width, self._stream.height
        colours = None if self._stream.pix_fmt == "bgra" else "ITU709"
        ready = frame.reformat(width, height, self._stream.pix_fmt, dst_colorspace=colours, interpolation=how)
        ready.pts, ready.time_base = round(self.count / self.setting.rate / self._tick), self._tick
        self._container.mux(self._stream.encode(ready))

    def _open(self, image: Pixels) -> None:
        container, codec, options = CODECS[self.path.suffix.lower()]
        width, height = self.setting.sized(image)
        self._file = self.beside.open("wb")
        loop = {"loop": "0"} if container == "webp" else {}
        self._container = av.open(self._file, "w", format=container, options=loop)
        rate = self.setting.rate
        self._stream = self._container.add_stream(codec, rate=rate, options=options)
        self._stream.width, self._stream.height = width, height
        self._stream.pix_fmt = _format(container, width, height)
        self._tick = MILLISECOND if container == "webp" else 1 / rate
        context = self._stream.codec_context
        self._stream.time_base = context.time_base = self._tick
        if container != "webp":
            context.colorspace = context.color_primaries = context.color_trc = BT709


def _format(container: str, width: int, height: int) -> str:
    """Half the colour resolution, as players want it, needs even sides; what is odd keeps all of it."""
    if container == "webp":
        return "bgra"
    return "yuv444p" if width % 2 or height % 2 else "yuv420p"
