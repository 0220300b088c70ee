"""Contact sheets: many images on one paper, with titles, captions and one of them framed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from explorer.errors import InputError
from explorer.export.lettering import DARK, LARGE, MEDIUM, SMALL, Paper, shortened, width, write
from explorer.export.pictures import enlarged
from explorer.latents.arrays import Images

MARGIN, GAP = 32, 8


@dataclass(frozen=True)
class Words:
    """What stands around the images. `rows` and `columns` name them; `captions` stand under each; any may be empty."""

    title: str = ""
    subtitle: str = ""
    rows: Sequence[str] = field(default_factory=tuple)
    columns: Sequence[str] = field(default_factory=tuple)
    captions: Sequence[str] = field(default_factory=tuple)


def sheet(
    images: Images,
    words: Words,
    *,
    columns: int = 0,
    cell: int = 128,
    smooth: bool = False,
    framed: Sequence[int] = (),
    paper: Paper = DARK,
) -> Image.Image:
    """Images (n, h, w, c) in rows of `columns` (0: nearly square), each at most `cell` pixels; some `framed`."""
    if not len(images):
        raise InputError("There is no picture to put on the sheet.", "Give at least one.")
    plan = _Plan(images, words, columns or math.ceil(math.sqrt(len(images))), cell, smooth)
    drawn = Image.new("RGB", plan.size, paper.ground)
    draw = ImageDraw.Draw(drawn)
    _write_head(draw, words, paper, plan.size[0] - 2 * MARGIN)
    _write_sides(draw, words, plan, paper)
    for index, image in enumerate(images):
        left, top = plan.corner(index)
        drawn.paste(enlarged(image, cell, smooth=smooth), (left, top))
        if index in framed:
            draw.rectangle(
                (left - 4, top - 4, left + plan.width + 3, top + plan.height + 3), outline=paper.accent, width=3
            )
        if index < len(words.captions):
            caption = shortened(words.captions[index], SMALL, plan.width)
            write(draw, (left + plan.width / 2, top + plan.height + 18), caption, SMALL, paper.faint, "ms")
    return drawn


class _Plan:
    """Where everything goes."""

    def __init__(self, images: Images, words: Words, columns: int, cell: int, smooth: bool) -> None:
        self.columns = min(columns, len(images))
        self.width, self.height = enlarged(images[0], cell, smooth=smooth).size
        self.left = MARGIN + max((width(name, MEDIUM) + 20 for name in words.rows), default=0)
        self.top = MARGIN + (44 if words.title else 0) + (28 if words.subtitle else 0) + (30 if words.columns else 0)
        self.step = (self.width + GAP, self.height + GAP + (20 if words.captions else 0))
        rows = math.ceil(len(images) / self.columns)
        bottom = self.top + rows * self.step[1] - GAP + MARGIN
        least = MARGIN * 2 + max(width(words.title, LARGE), width(words.subtitle, MEDIUM))
        self.size = (max(self.left + self.columns * self.step[0] - GAP + MARGIN, min(least, 1600)), bottom)

    def corner(self, index: int) -> tuple[int, int]:
        """Left and top of an image, in pixels."""
        row, column = divmod(index, self.columns)
        return self.left + column * self.step[0], self.top + row * self.step[1]


def _write_head(draw: ImageDraw.ImageDraw, words: Words, paper: Paper, room: int) -> None:
    baseline = MARGIN + 22
    if words.title:
        write(draw, (MARGIN, baseline), shortened(words.title, LARGE, room), LARGE, paper.ink)
        baseline += 34
    if words.subtitle:
        write(draw, (MARGIN, baseline), shortened(words.subtitle, MEDIUM, room), MEDIUM, paper.faint)


def _write_sides(draw: ImageDraw.ImageDraw, words: Words, plan: _Plan, paper: Paper) -> None:
    for column, name in enumerate(words.columns[: plan.columns]):
        left, top = plan.corner(column)
        write(draw, (left + plan.width / 2, top - 12), name, SMALL, paper.faint, "ms")
    for row, name in enumerate(words.rows):
        _left, top = plan.corner(row * plan.columns)
        write(draw, (plan.left - 20, top + plan.height / 2), name, MEDIUM, paper.ink, "rm")
