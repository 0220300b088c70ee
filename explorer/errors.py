"""The user's errors: a title that says what is wrong and a hint that says what to do.

Anything that is not an `ExplorerError` is a defect of the program and is reported as one.
"""

from __future__ import annotations


class ExplorerError(Exception):
    """Something the user can act on. Shown in the message bar, or as one line and exit code 2.

    `details`: lines that belong to it, such as a table; a terminal shows them first.
    """

    details: tuple[str, ...] = ()

    def __init__(self, title: str, hint: str = "") -> None:
        super().__init__(title, hint)
        self.title = title
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.title} {self.hint}".strip()


class CheckpointError(ExplorerError):
    """A model file or folder that cannot be opened."""


class InputError(ExplorerError):
    """Latents, pictures or arguments that do not fit."""


class DeviceError(ExplorerError):
    """A device that is missing, out of memory or failing."""


class StorageError(ExplorerError):
    """A place that cannot be read or written: full disk, missing folder, no permission."""
