"""What leaves the window and what comes in: pictures, films, the state as text, files dropped on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from explorer.desk.arriving import Arriving
from explorer.desk.background import Background
from explorer.desk.demos import ENDING, Demos
from explorer.desk.open_model import OpenModel
from explorer.errors import InputError
from explorer.latents.arrays import Images
from explorer.models.foreign.sniff import foreign
from explorer.session import demo, document
from explorer.session.store import Store
from explorer.ui.main_window import MainWindow
from explorer.work.engine import Engine
from explorer.work.job import Step

MODELS = (
    "Models (*.safetensors *.pt *.pth *.ckpt *.pkl *.bin *.npz *.onnx *.h5 *.keras *.pt2 *.vec *.txt *.json);;"
    "All files (*)"
)
PICTURES = "Pictures (*.png *.jpg *.jpeg *.webp *.bmp *.gif)"
PICTURE_ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"})


class Papers(QObject):
    """`table` maps the name of a deed to what is done."""

    def __init__(
        self, store: Store, engine: Engine, model: OpenModel, window: MainWindow, jobs: Background, demos: Demos
    ) -> None:
        super().__init__()
        self._store, self._engine, self._model, self._window, self._jobs = store, engine, model, window, jobs
        self._demos = demos
        self.arriving = Arriving(model, engine, window, jobs)
        self.table: Mapping[str, Callable[[], None]] = {
            "open": self._ask_model,
            "open_folder": self._ask_folder,
            "encode": self._ask_picture,
            "save_picture": self._ask_save,
            "copy": self._copy,
            "paste": self._paste,
            "copy_python": self._copy_python,
        }

    def take(self, path: str) -> None:
        """A dropped file: a demo or a picture of ours restores what made it, any other picture is encoded, and
        anything else is opened as a model."""
        ending = Path(path).suffix.lower()
        if ending == ENDING:
            self._demos.open(Path(path))
        elif ending == ".png":
            self._demos.look_into(path, lambda: self._encode(path))
        elif ending in PICTURE_ENDINGS:
            self._encode(path)
        else:
            self._window.messages.hide()
            self._take_model(path)

    def _take_model(self, path: str) -> None:
        if (stranger := foreign(path)) is not None:
            self.arriving.open(stranger)
        else:
            self._model.switch(path)

    def _ask_model(self) -> None:
        path, _kind = QFileDialog.getOpenFileName(self._window, "Open a model", "", MODELS)
        if path:
            self.take(path)

    def _ask_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self._window, "Open a model folder")
        if path:
            self.take(path)

    def _ask_picture(self) -> None:
        path, _kind = QFileDialog.getOpenFileName(self._window, "Bring a picture", "", PICTURES)
        if path:
            self._encode(path)

    def _encode(self, path: str) -> None:
        opened = self._model.opened
        if opened is None:
            return
        if not opened.card.encodes:
            raise InputError(
                f"{opened.card.name} has no encoder.", "Choose a VAE or a flow to bring a picture of your own."
            )
        self._jobs.run(
            "encode",
            read_picture,
            Path(path),
            opened.card.image_shape,
            done=lambda images: self._engine.encode(images) if self._model.opened is opened else None,
        )

    def _ask_save(self) -> None:
        image = self._window.stage.picture_shown
        if image is None:
            return
        path, _kind = QFileDialog.getSaveFileName(self._window, "Save picture", "picture.png", "PNG (*.png)")
        if path:
            self._save(image, Path(path))

    def _save(self, image: np.ndarray, path: Path) -> None:
        target = path.with_suffix(".png")
        smooth = self._window.stage.smooth
        self._jobs.run(
            "save",
            save_picture,
            image,
            target,
            smooth,
            self._demos.text(),
            done=lambda _none: self._note(f"Saved {target.name}."),
        )

    def _copy(self) -> None:
        opened = self._model.opened
        if opened is not None:
            text = document.to_text(self._store.state, opened.card.name, opened.card.fingerprint)
            QGuiApplication.clipboard().setText(text)
            self._note("Copied. Paste it here, in a mail or in a file: it leads back to exactly this.")

    def _paste(self) -> None:
        text = QGuiApplication.clipboard().text()
        if not text.strip():
            raise InputError("The clipboard is empty.", "Copy a state first: Ctrl+C in this window.")
        self._model.restore(demo.from_text(text))

    def _copy_python(self) -> None:
        state, opened = self._store.state, self._model.opened
        if opened is not None:
            concepts = opened.concepts_of(state.place.space, *state.studio.known)
            QGuiApplication.clipboard().setText(document.place_to_python(state.place, state.model, concepts))
            self._note("Copied as Python.")

    def _note(self, text: str) -> None:
        self._window.messages.show_note(text)


PICTURE_SIZE = 512  # pixels of the longer side


def read_picture(path: Path, shape: tuple[int, int, int], *, step: Step) -> Images:
    """A picture of the user's in the model's own size, uint8 (1, height, width, channels): the job."""
    from explorer.models.picture_files import read_pictures

    step(0, 1, "Reading the picture")
    return read_pictures([path], shape)


def save_picture(image: np.ndarray, path: Path, smooth: bool, state: str, *, step: Step) -> None:
    """Write one image as a PNG that is large enough to be seen and carries its state: the job."""
    from explorer.export.pictures import enlarged, save_png

    step(0, 1, "Saving")
    save_png(enlarged(image, PICTURE_SIZE, smooth=smooth), path, state)
