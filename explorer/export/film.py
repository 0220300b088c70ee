"""Animated GIF: one palette for the whole film, so that nothing flickers, and frames as long as they should be."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explorer.errors import InputError
from explorer.export.pictures import enlarged
from explorer.latents.arrays import Images
from explorer.models.folder import write_bytes

Progress = Callable[[int, int], None]
"""Called with frames done and frames in all."""

FASTEST = 50.0
"""Frames a second: viewers slow down what is faster."""


def save_film(
    images: Images,
    path: Path,
    *,
    rate: float = 24.0,
    longest: int = 384,
    smooth: bool = False,
    progress: Progress | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> bool:
    """Write images (n, h, w, c) as a GIF that repeats; False when `stopped` said so, and then nothing was written."""
    frames = [enlarged(image, longest, smooth=smooth) for image in images]
    return save_gif(frames, path, rate=rate, progress=progress, stopped=stopped)


def save_gif(
    frames: Sequence[Image.Image],
    path: Path,
    *,
    rate: float = 24.0,
    progress: Progress | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> bool:
    """The same for RGB pictures of one size. Raises InputError for no frame or no rate, StorageError."""
    if not frames or rate <= 0:
        raise InputError("There is no film to write.", "Give at least one frame and a rate above zero.")
    table = Inks(frames)
    inked: list[Image.Image] = []
    for index, frame in enumerate(frames):
        if stopped():
            return False
        inked.append(table.inked(frame))
        if progress is not None:
            progress(index + 1, len(frames))
    stream = io.BytesIO()
    lengths = durations(len(frames), rate)
    inked[0].save(stream, format="GIF", save_all=True, append_images=inked[1:], duration=lengths, loop=0, optimize=True)
    write_bytes(path, stream.getvalue())
    return True


class Inks:
    """One palette for all frames, and a table that finds a colour in it at once.

    255 colours: the last one is left to the writer, for what did not change since the frame before.
    """

    def __init__(self, frames: Sequence[Image.Image]) -> None:
        self._palette = np.array(shared_palette(frames).getpalette("RGB"), np.float32).reshape(-1, 3)
        steps = np.arange(32, dtype=np.float32) * 8 + 3.5
        cells = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
        away = (self._palette**2).sum(axis=1) - 2 * cells @ self._palette.T  # squared distance, less |cell|^2
        self._nearest = away.argmin(axis=1).astype(np.uint8)

    @property
    def table(self) -> NDArray[np.uint8]:
        """The palette as FFmpeg wants it, uint8 (256, 4): alpha, red, green, blue; the last one stays free."""
        table = np.full((256, 4), 255, np.uint8)
        table[: len(self._palette), 1:] = self._palette.astype(np.uint8)
        return table

    def inked(self, frame: Image.Image) -> Image.Image:
        """The frame in the colours of the palette: each channel to 5 bits, then the nearest."""
        red, green, blue = np.moveaxis(np.asarray(frame.convert("RGB")) >> 3, -1, 0).astype(np.intp)
        drawn = Image.fromarray(self._nearest[(red << 10) | (green << 5) | blue])
        drawn.putpalette(self._palette.astype(np.uint8).tobytes())
        return drawn


def shared_palette(frames: Sequence[Image.Image]) -> Image.Image:
    """A picture whose 255 colours serve all frames: chosen on up to 48 of them, side by side."""
    chosen = [frames[index] for index in np.unique(np.linspace(0, len(frames) - 1, 48).round().astype(int))]
    side = [frame.resize((min(frame.width, 200), min(frame.height, 200)), Image.Resampling.NEAREST) for frame in chosen]
    montage = Image.new("RGB", (sum(frame.width for frame in side), max(frame.height for frame in side)))
    left = 0
    for frame in side:
        montage.paste(frame, (left, 0))
        left += frame.width
    return montage.quantize(colors=255, method=Image.Quantize.MEDIANCUT, kmeans=2)


def durations(count: int, rate: float) -> list[int]:
    """Milliseconds of each frame, in the hundredths GIF knows. Roundings do not add up: the film keeps its length."""
    ends = np.round(np.arange(count + 1) * 100 / min(rate, FASTEST)).astype(int)
    return [int(10 * length) for length in np.diff(ends)]
