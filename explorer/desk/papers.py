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
from explorer.desk.inverting import Inverting
from explorer.desk.open_model import OpenModel
from explorer.errors import InputError
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
PICTURE_ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"})


class Papers(QObject):
    """`table` maps the name of a deed to what is done."""

    def __init__(
        self,
        store: Store,
        engine: Engine,
        model: OpenModel,
        window: MainWindow,
        jobs: Background,
        demos: Demos,
        inverting: Inverting,
    ) -> None:
        super().__init__()
        self._store, self._model, self._window, self._jobs = store, model, window, jobs
        self._demos, self._inverting = demos, inverting
        self.arriving = Arriving(model, engine, window, jobs)
        self.table: Mapping[str, Callable[[], None]] = {
            "open": self._ask_model,
            "open_folder": self._ask_folder,
            "save_picture": self._ask_save,
            "copy": self._copy,
            "paste": self._paste,
            "copy_python": self._copy_python,
        }

    def take(self, path: str) -> None:
        """A dropped file: a demo or a picture of ours restores what made it, any other picture leads to its
        latent, and anything else is opened as a model."""
        ending = Path(path).suffix.lower()
        if ending == ENDING:
            self._demos.open(Path(path))
        elif ending == ".png":
            self._demos.look_into(path, lambda: self._inverting.take(path))
        elif ending in PICTURE_ENDINGS:
            self._inverting.take(path)
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


def save_picture(image: np.ndarray, path: Path, smooth: bool, state: str, *, step: Step) -> None:
    """Write one image as a PNG that is large enough to be seen and carries its state: the job."""
    from explorer.export.pictures import enlarged, save_png

    step(0, 1, "Saving")
    save_png(enlarged(image, PICTURE_SIZE, smooth=smooth), path, state)
