"""Demos: the state as one file that opens elsewhere to exactly this, and as a text that our PNGs carry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from explorer.desk.background import Background
from explorer.desk.open_model import OpenModel, every_concept
from explorer.errors import InputError
from explorer.latents.arrays import Latents
from explorer.latents.paths import Positions
from explorer.latents.samples import LatentSet
from explorer.session import demo, prior_text
from explorer.session.demo_samples import fits
from explorer.session.shown import shown_state
from explorer.session.state import NOTHING, State, frozen
from explorer.session.store import Store
from explorer.ui.demo_dialog import DemoDialog, DemoWords
from explorer.ui.main_window import MainWindow
from explorer.work.job import Step
from explorer.work.messages import Opened

ENDING = ".latent"
LARGEST_FILE = 20_000_000  # bytes


class Demos(QObject):
    """`table` maps the name of a deed to what is done. `opened` carries the path of a demo file that was taken."""

    opened = Signal(str)

    def __init__(self, store: Store, model: OpenModel, window: MainWindow, jobs: Background) -> None:
        super().__init__()
        self._store, self._model, self._window, self._jobs = store, model, window, jobs
        self._words = DemoWords()  # as they were written last
        self.table: Mapping[str, Callable[[], None]] = {"save_demo": self._ask_save, "open_demo": self._ask_open}

    def text(self) -> str:
        """What a picture that is on the stage now carries; '' before there is a model."""
        opened = self._model.opened
        if opened is None:
            return ""
        return demo.to_text(self._made(opened, shown_state(self._store.state, self._store.preview)))

    def texts_of(self, frames: Latents | None, at: Positions) -> Callable[[int | None], str]:
        """What the frames of the path carry: their own latents (n, d), or the bead at their positions (n,) where frames
        are mixed of pictures; the whole, None, carries the state as it is. To be called from any thread."""
        opened, state = self._model.opened, self._store.state
        if opened is None:
            return lambda _frame: ""

        def text(frame: int | None) -> str:
            if frame is None:
                seen = state
            elif frames is None:
                seen = replace(state, path=replace(state.path, position=float(at[frame])))
            else:
                own = replace(state.place, base=frozen(frames[frame]), strengths=NOTHING, sample=None, seed=None)
                seen = replace(state, place=own, path=replace(state.path, position=None))
            return demo.to_text(self._made(opened, seen))

        return text

    def look_into(self, path: str, otherwise: Callable[[], None]) -> None:
        """A PNG leads back to the state it carries; without one, do what else is done with pictures."""

        def take(text: str) -> None:
            self._model.restore(demo.from_text(text)) if text else otherwise()

        self._jobs.run("look into a picture", carried, Path(path), done=take)

    def open(self, path: Path) -> None:
        """Take a demo file. Raises InputError, CheckpointError."""
        self._model.restore(replace(demo.from_text(read(path)), deed=f"Open {path.name}"), path.parent)
        self.opened.emit(str(path.resolve()))

    def save(self, path: Path, words: DemoWords) -> None:
        """Write what is on the screen now as a demo file, in the background."""
        opened = self._model.opened
        if opened is None:
            return
        made, own = self._made(opened, self._store.state), self._brought()
        holds = own is not None and fits(own)
        prior = self._store.state.prior
        told = replace(
            made,
            title=words.title,
            notes=words.notes,
            where=words.where,
            samples=own if holds else None,
            fitted=prior.fitted if prior is not None and prior_text.fits(prior) else None,
        )
        note = f"Saved {path.name}. Drop it on a window to open it."
        if own is not None and not holds:
            note = f"Saved {path.name} without your {len(own):,} samples: they are too many. Bring them there too."
        self._jobs.run(
            "save",
            write,
            path,
            demo.to_text(told),
            done=lambda _none: self._window.messages.show_note(note),
        )

    def _brought(self) -> LatentSet | None:
        """The user's own samples, while they are on show."""
        return self._model.samples() if self._store.state.brought else None

    @staticmethod
    def _made(opened: Opened, state: State) -> demo.Demo:
        return demo.demo_of(state, opened.card.name, opened.card.fingerprint, every_concept(opened, state.studio))

    def _ask_save(self) -> None:
        opened = self._model.opened
        if opened is None:
            raise InputError("There is nothing to save yet.", "Open a model first.")
        asked = DemoDialog(opened.card.name, self._words, self._window)
        if not asked.exec():
            return
        self._words = asked.words
        path, _kind = QFileDialog.getSaveFileName(self._window, "Save demo", f"demo{ENDING}", f"Demo (*{ENDING})")
        if path:
            self.save(Path(path).with_suffix(ENDING), self._words)

    def _ask_open(self) -> None:
        path, _kind = QFileDialog.getOpenFileName(self._window, "Open demo", "", f"Demo (*{ENDING} *.png)")
        if path:
            self._window.dropped.emit(path)


def read(path: Path) -> str:
    """The text of a demo file. Raises InputError for one that cannot be read or is far too large."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InputError(f"{path.name} is too large for a demo.", f"Demos end in {ENDING} and are small.")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name} cannot be read as a demo.", f"{error}.") from error


def carried(path: Path, *, step: Step) -> str:
    """The text of the state in a picture: the job."""
    from explorer.export.pictures import state_in

    step(0, 1, "Looking into the picture")
    return state_in(path)


def write(path: Path, text: str, *, step: Step) -> None:
    """Write a text file, whole or not at all: the job."""
    from explorer.models.folder import write_bytes

    step(0, 1, "Saving")
    write_bytes(path, text.encode("utf-8"))
