"""Type and colour of what is exported: one family in three sizes, and two papers to draw on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from PIL import ImageDraw, ImageFont

from explorer import places

Colour = tuple[int, int, int]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

SMALL, MEDIUM, LARGE = 15, 18, 30
"""Heights in pixels."""


@dataclass(frozen=True)
class Paper:
    """The colours of a sheet. `accent` marks what is current, as in the window."""

    ground: Colour
    panel: Colour
    ink: Colour
    faint: Colour
    line: Colour
    accent: Colour


DARK = Paper((24, 25, 28), (32, 33, 37), (236, 237, 240), (150, 153, 161), (58, 60, 66), (255, 176, 32))
LIGHT = Paper((250, 250, 251), (255, 255, 255), (28, 30, 34), (108, 112, 120), (222, 224, 228), (208, 92, 0))


@cache
def font(size: int) -> Font:
    """The type of the window, which comes with the program: a picture looks the same on every machine."""
    try:
        return ImageFont.truetype(
            places.resources() / "fonts" / "Inter-Regular.ttf", size, layout_engine=ImageFont.Layout.BASIC
        )
    except OSError:
        return ImageFont.load_default(size)


def plain(text: str) -> str:
    """The text with what cannot be printed replaced: names come from files of others."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def width(text: str, size: int) -> int:
    """Pixels that a text takes."""
    return round(font(size).getlength(plain(text)))


def write(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, colour: Colour, anchor: str = "ls"
) -> None:
    """A line of text; `anchor` as in Pillow: 'ls' starts at the base line, 'ms' is centred on it, 'rs' ends there."""
    draw.text(at, plain(text), fill=colour, font=font(size), anchor=anchor)


def shortened(text: str, size: int, room: int) -> str:
    """The text, cut with an ellipsis where it needs more than `room` pixels."""
    if width(text, size) <= room:
        return text
    while text and width(text + "…", size) > room:
        text = text[:-1]
    return text.rstrip() + "…"
