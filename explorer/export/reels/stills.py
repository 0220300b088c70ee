"""Frames as stills: PNG files in a zip, and a contact sheet with captions."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from explorer.errors import InputError
from explorer.export.lettering import DARK, SMALL, shortened, write
from explorer.export.pictures import carrying, enlarged, picture
from explorer.export.reels.base import Pixels, Reel, Setting
from explorer.export.sheet import Words, sheet

MOST_ON_SHEET = 400
CELL, COLUMNS = 128, 8


class FramesReel(Reel):
    """frame_00001.png, frame_00002.png, ... without loss, in one zip file that needs no compression of its own."""

    def __init__(self, path: Path, setting: Setting) -> None:
        super().__init__(path, setting)
        self._zip: zipfile.ZipFile | None = None

    def _write(self, image: Pixels) -> None:
        if self._zip is None:
            self._zip = zipfile.ZipFile(self.beside, "w", zipfile.ZIP_STORED)
        drawn, size = picture(image), self.setting.sized(image)
        if size != drawn.size:
            drawn = drawn.resize(size, Image.Resampling.LANCZOS if self.setting.smooth else Image.Resampling.NEAREST)
        stream = io.BytesIO()
        drawn.save(stream, format="PNG", pnginfo=carrying(self.setting.carried(self.count)))
        self._zip.writestr(f"frame_{self.count + 1:05d}.png", stream.getvalue())

    def _finish(self) -> None:
        assert self._zip is not None
        self._zip.close()

    def _give_up(self) -> None:
        if self._zip is not None:
            self._zip.close()


class SheetReel(Reel):
    """All frames in rows, a caption under each. It holds its frames, so it takes some hundreds at most."""

    def __init__(self, path: Path, setting: Setting) -> None:
        super().__init__(path, setting)
        self._images: list[Pixels] = []

    def _write(self, image: Pixels) -> None:
        if len(self._images) == MOST_ON_SHEET:
            raise InputError(f"A contact sheet holds {MOST_ON_SHEET} frames at most.", "Export fewer, or a film.")
        self._images.append(image.copy())

    def _finish(self) -> None:
        images, captions = np.stack(self._images), self.setting.captions
        cell = CELL if self.setting.size is None else max(self.setting.size)
        columns = min(COLUMNS, len(images))
        drawn = captioned(images, captions, self.setting.title, columns, cell, smooth=self.setting.smooth)
        stream = io.BytesIO()
        drawn.save(stream, format="PNG", optimize=True, pnginfo=carrying(self.setting.carried(None)))
        self.beside.write_bytes(stream.getvalue())


def captioned(
    images: Pixels, captions: tuple[str, ...], title: str, columns: int, cell: int, *, smooth: bool
) -> Image.Image:
    """A sheet of images (n, h, w, c) with a line of text below each."""
    strip = 22  # pixels for a caption
    shown = [enlarged(image, cell, smooth=smooth) for image in images]
    cells = np.empty((len(shown), shown[0].height + strip, shown[0].width, 3), np.uint8)
    for index, one in enumerate(shown):
        paper = Image.new("RGB", (one.width, one.height + strip), DARK.ground)
        paper.paste(one, (0, 0))
        caption = captions[index] if index < len(captions) else str(index + 1)
        text = shortened(caption, SMALL, one.width)
        write(ImageDraw.Draw(paper), (one.width / 2, one.height + strip - 6), text, SMALL, DARK.faint, "ms")
        cells[index] = np.asarray(paper)
    return sheet(cells, Words(title=title), columns=columns, cell=max(cells.shape[1:3]))
