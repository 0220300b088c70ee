"""Pictures of the user as images of a model: read, turned upright, cropped to the middle, resized."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from explorer.errors import InputError
from explorer.latents.arrays import Images

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff")


def picture_paths(names: Iterable[Path]) -> list[Path]:
    """The files, and the pictures inside the folders, in order. Raises InputError for what is not there."""
    found: list[Path] = []
    for name in names:
        path = name.expanduser()
        if path.is_dir():
            inside = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
            if not inside:
                raise InputError(f"There is no picture in the folder {path}.", f"Known endings: {' '.join(SUFFIXES)}.")
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise InputError(f"There is no picture {path}.", "Check the path.")
    return found


def read_pictures(paths: Sequence[Path], image_shape: tuple[int, int, int]) -> Images:
    """uint8 (n, height, width, channels) for a model of this image shape. Raises InputError naming the file."""
    return np.stack([read_picture(path, image_shape) for path in paths])


def read_picture(path: Path, image_shape: tuple[int, int, int]) -> Images:
    """One picture, uint8 (height, width, channels). What is transparent lies on white. Raises InputError."""
    height, width, channels = image_shape
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as opened:
                opened.draft("RGB", (4 * width, 4 * height))
                upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise InputError(f"{path.name} unpacks to far too many pixels.", "Make it smaller first.") from error
    except Exception as error:  # a damaged picture raises many kinds
        raise InputError(
            f"{path.name} cannot be read as a picture.", "Give a PNG, JPEG, WebP, BMP, GIF or TIFF."
        ) from error
    opaque = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright)
    fitted = ImageOps.fit(opaque.convert("RGB"), (width, height), Image.Resampling.LANCZOS)
    return np.asarray(fitted.convert("L") if channels == 1 else fitted, np.uint8).reshape(height, width, channels)
