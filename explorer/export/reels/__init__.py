"""Films of any length in any form, written frame by frame. A new form is one class and one line in `FORMS`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from explorer.errors import InputError
from explorer.export.reels.base import Reel, Setting
from explorer.latents.arrays import Images

__all__ = ["FORMS", "Reel", "Setting", "open_reel", "write_reel"]

Progress = Callable[[int, int], None]
"""Called with frames done and frames in all; what it raises stops the export."""


def _video(path: Path, setting: Setting) -> Reel:
    from explorer.export.reels.video import VideoReel

    return VideoReel(path, setting)


def _gif(path: Path, setting: Setting) -> Reel:
    from explorer.export.reels.gif import GifReel

    return GifReel(path, setting)


def _frames(path: Path, setting: Setting) -> Reel:
    from explorer.export.reels.stills import FramesReel

    return FramesReel(path, setting)


def _sheet(path: Path, setting: Setting) -> Reel:
    from explorer.export.reels.stills import SheetReel

    return SheetReel(path, setting)


FORMS: dict[str, tuple[str, Callable[[Path, Setting], Reel]]] = {
    ".mp4": ("MP4 film (H.264)", _video),
    ".webm": ("WebM film (VP9)", _video),
    ".gif": ("Animated GIF", _gif),
    ".webp": ("Animated WebP", _video),
    ".zip": ("PNG frames in a zip file", _frames),
    ".png": ("Contact sheet", _sheet),
}
"""By ending: what it is, and what writes it."""


def open_reel(path: Path, setting: Setting) -> Reel:
    """A reel for a file of this ending. Raises InputError, StorageError."""
    form = FORMS.get(path.suffix.lower())
    if form is None:
        raise InputError(f"{path.name} has no ending that says what to write.", f"End it in {', '.join(FORMS)}.")
    return form[1](path, setting)


def write_reel(
    batches: Iterable[Images],
    path: Path,
    setting: Setting,
    *,
    total: int = 0,
    progress: Progress = lambda _done, _total: None,
) -> int:
    """Write batches of images (n, h, w, c) as they come, and hold none of them; the number of frames.

    The file appears when it is whole. Whatever stops it before, an error or what `progress` raises, leaves what was
    there. Raises InputError for no frame, StorageError.
    """
    done = 0
    with open_reel(path, setting) as reel:
        for images in batches:
            for image in images:
                reel.write(image)
                done += 1
                progress(done, total)
        if not done:
            raise InputError("There is no film to write.", "Give at least one frame.")
        reel.finish()
    return done
