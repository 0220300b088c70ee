"""Decoded images as pictures and files. A file appears whole or not at all."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from explorer.errors import InputError
from explorer.models.folder import write_bytes

STATE = "latent-explorer state"
"""The keyword of the text chunk in which a PNG carries its state."""


def picture(image: NDArray[np.uint8]) -> Image.Image:
    """An RGB picture of one image, uint8 (height, width, channels), channels 1 or 3."""
    if image.ndim != 3 or image.shape[2] not in (1, 3) or image.dtype != np.uint8:
        raise InputError(f"Not an image: {image.dtype} {image.shape}.", "Give uint8 (height, width, 1 or 3).")
    return Image.fromarray(np.ascontiguousarray(np.broadcast_to(image, (*image.shape[:2], 3))))


def enlarged(image: NDArray[np.uint8], longest: int, *, smooth: bool = False) -> Image.Image:
    """One image, the longer side at most `longest` pixels: hard pixels in whole steps, or smooth and exact."""
    small = picture(image)
    factor = longest / max(small.size)
    if smooth or factor < 1:
        size = (max(round(small.width * factor), 1), max(round(small.height * factor), 1))
        return small.resize(size, Image.Resampling.LANCZOS)
    whole = int(factor)
    return small.resize((small.width * whole, small.height * whole), Image.Resampling.NEAREST)


def save_png(drawn: Image.Image, path: Path, state: str = "", *, dpi: int = 72) -> None:
    """Write a PNG that carries the text of the state that made it (`state_in` reads it). Raises StorageError."""
    stream = io.BytesIO()
    drawn.save(stream, format="PNG", optimize=True, pnginfo=carrying(state), dpi=(dpi, dpi))
    write_bytes(path, stream.getvalue())


def carrying(state: str) -> PngInfo:
    """The chunk of a PNG with the text of a state; nothing for ''."""
    carried = PngInfo()
    if state:
        carried.add_itxt(STATE, state, zip=True)
    return carried


def state_in(path: Path) -> str:
    """The text of the state that a PNG of ours carries; '' for any other file, a damaged one among them."""
    try:
        with Image.open(path, formats=("PNG",)) as opened:
            opened.load()  # a text may stand behind the pixels
            return str(getattr(opened, "text", {}).get(STATE, ""))
    except Exception:  # a damaged picture raises many kinds; it is read as a picture then, and told
        return ""


def save_array(array: NDArray[np.generic], path: Path) -> None:
    """Write an .npy file. Raises StorageError."""
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=False)
    write_bytes(path, stream.getvalue())
