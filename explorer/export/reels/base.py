"""What every reel keeps: frames in one by one, a whole file or none at the end."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from explorer.errors import InputError, StorageError
from explorer.latents.arrays import Images

Pixels = NDArray[np.uint8]
LARGEST = 8192  # pixels of a side


@dataclass(frozen=True, eq=False)
class Setting:
    """How a film is written.

    `rate`: frames a second, exactly. `size`: width and height in pixels; None keeps the size of the frames. `smooth`:
    soft pixels where they are enlarged. `palette_from`: frames (n, h, w, c) that show the colours to come, for forms
    of few colours. `captions`: a line for each frame, for a contact sheet; `title` above it. `carried`: the text of the
    state that a frame, by number, or the whole (None) leads back to, for forms whose pictures carry one.
    """

    rate: Fraction = Fraction(24)
    size: tuple[int, int] | None = None
    smooth: bool = False
    palette_from: Images | None = None
    captions: tuple[str, ...] = ()
    title: str = ""
    carried: Callable[[int | None], str] = lambda _frame: ""

    def sized(self, image: Pixels) -> tuple[int, int]:
        """Width and height of a frame of this film. Raises InputError for a size that cannot be."""
        size = self.size or (image.shape[1], image.shape[0])
        if not all(1 <= side <= LARGEST for side in size):
            raise InputError(f"A film of {size[0]} x {size[1]} pixels cannot be written.", f"Give 1 to {LARGEST}.")
        return size


class Reel:
    """A film on its way to a file. It grows beside its place, under another name, and is renamed when it is whole."""

    def __init__(self, path: Path, setting: Setting) -> None:
        if setting.rate <= 0:
            raise InputError("A film needs a rate above zero.", "Give frames a second, such as 24.")
        self.path, self.setting = path, setting
        self.beside = path.with_name(f"{path.name}.part")
        self.count = 0
        self._is_whole = False

    def write(self, image: Pixels) -> None:
        """One frame more, uint8 (h, w, 1 or 3), of the size of the first one."""
        try:
            self._write(np.broadcast_to(image, (*image.shape[:2], 3)) if image.shape[2] == 1 else image)
        except OSError as error:
            raise storage_error(self.path, error) from error
        self.count += 1

    def finish(self) -> None:
        """The film is whole: put it in its place."""
        try:
            self._finish()
            self.beside.replace(self.path)
        except OSError as error:
            raise storage_error(self.path, error) from error
        self._is_whole = True

    def __enter__(self) -> Self:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise storage_error(self.path, error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._is_whole:
            with contextlib.suppress(Exception):  # encoders want to end what has no room to end
                self._give_up()
            with contextlib.suppress(OSError):
                self.beside.unlink(missing_ok=True)

    def _write(self, image: Pixels) -> None:
        raise NotImplementedError

    def _finish(self) -> None:
        raise NotImplementedError

    def _give_up(self) -> None:
        """Let go of what is open."""


def storage_error(path: Path, error: OSError) -> StorageError:
    """What the user is told when a place cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return StorageError(f"The disk is full: {path.name} was not written.", "Make room and export it again.")
    return StorageError(f"{path} cannot be written ({error.strerror or error}).", "Choose another place.")
