"""The map with the bead beside the picture, as one frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from explorer.export.lettering import DARK, LARGE, write
from explorer.export.map_picture import MapContent, MapPicture
from explorer.export.pictures import enlarged
from explorer.latents.arrays import Points
from explorer.latents.samples import Labels

WIDTH, HEIGHT = 1000, 480
MAP = (560, 480)


class Beside:
    """Frames of a path: `line` (n, 2) is where each frame is on the map of `points` (m, 2)."""

    def __init__(
        self,
        points: Points,
        line: Points,
        *,
        labels: Labels | None = None,
        ends: tuple[str, str] = ("A", "B"),
        cell: int = 384,
        smooth: bool = False,
    ) -> None:
        self._map = MapPicture(MapContent(points, labels=labels, path=line, legend=False), size=MAP)
        self._line, self._ends, self._cell, self._smooth = line, ends, cell, smooth

    def frame(self, image: NDArray[np.uint8], index: int) -> NDArray[np.uint8]:
        """Frame `index` with its picture, uint8 (480, 1000, 3)."""
        drawn = Image.new("RGB", (WIDTH, HEIGHT), DARK.ground)
        drawn.paste(self._map.with_bead(self._line[index]), (0, 0))
        shown = enlarged(image, self._cell, smooth=self._smooth)
        drawn.paste(shown, (576 + (388 - shown.width) // 2, (420 - shown.height) // 2 + 20))
        self._draw_rail(ImageDraw.Draw(drawn), index / max(len(self._line) - 1, 1))
        return np.asarray(drawn)

    def _draw_rail(self, draw: ImageDraw.ImageDraw, share: float) -> None:
        write(draw, (576, 452), self._ends[0], LARGE, DARK.accent, "lm")
        write(draw, (964, 452), self._ends[1], LARGE, DARK.accent, "rm")
        draw.rounded_rectangle((616, 450, 924, 454), 2, fill=DARK.line)
        draw.rectangle((616, 450, 616 + share * 308, 454), fill=DARK.accent)
        draw.ellipse((608 + share * 308, 444, 624 + share * 308, 460), fill=DARK.accent)
