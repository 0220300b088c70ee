"""Drafting weights that nobody knows: every answer goes to the engine, its pictures come back; then the model opens."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from explorer.desk.background import Background
from explorer.desk.open_model import OpenModel
from explorer.models.foreign.drafts.told import Draft
from explorer.models.foreign.kept import Kept, Unknown, keep_drafted
from explorer.ui.draft.dialog import DraftDialog
from explorer.ui.main_window import MainWindow
from explorer.work.engine import Engine
from explorer.work.messages import Drafted
from explorer.work.orders import DraftOrder

BEGINNING = ("start", "growth")  # answers that make those about single layers meaningless


@dataclass
class Sheet:
    """What is being drafted: the file, which of its networks, where it is laid out, and the answers so far."""

    path: Path
    network: str
    folder: str
    answers: dict[str, str]
    seed: int = 0
    draft: Draft | None = None


class Drafting(QObject):
    """One draft at a time. Nothing changes in the window until it is kept.

    `python_wanted` and `template_wanted` carry the file whose architecture shall be told in Python instead.
    """

    python_wanted = Signal(object)
    template_wanted = Signal(object)

    def __init__(self, model: OpenModel, engine: Engine, window: MainWindow, jobs: Background) -> None:
        super().__init__()
        self._model, self._engine, self._window, self._jobs = model, engine, window, jobs
        self.dialog: DraftDialog | None = None
        self._sheet: Sheet | None = None
        self._ordered = 0
        engine.drafted.connect(self._show)

    def open(self, path: Path, network: str, unknown: Unknown) -> None:
        """Show the first draft of a file that was laid out."""
        self._leave()
        self._sheet = Sheet(path, network, unknown.folder, dict(unknown.choices))
        self.dialog = dialog = DraftDialog(path.name, self._window)
        dialog.rejected.connect(self._leave)
        dialog.chosen.connect(self._answer)
        dialog.guesses_wanted.connect(self._take_back)
        dialog.samples_wanted.connect(self._show_others)
        dialog.keep_wanted.connect(self._keep)
        dialog.python_wanted.connect(lambda: self.python_wanted.emit(path))
        dialog.template_wanted.connect(lambda: self.template_wanted.emit(path))
        dialog.open()
        self._ask()

    def _answer(self, name: str, value: str) -> None:
        sheet = self._sheet
        if sheet is not None:
            if name in BEGINNING:
                sheet.answers = {key: said for key, said in sheet.answers.items() if ":" not in key}
            sheet.answers[name] = value
            self._ask()

    def _take_back(self) -> None:
        if self._sheet is not None:
            self._sheet.answers = {}
            self._ask()

    def _show_others(self) -> None:
        if self._sheet is not None:
            self._sheet.seed += 1
            self._ask()

    def _ask(self) -> None:
        sheet = self._sheet
        assert sheet is not None
        self._ordered += 1
        self._engine.draft(DraftOrder(self._ordered, sheet.folder, dict(sheet.answers), sheet.seed))

    def _show(self, drafted: Drafted) -> None:
        """Pictures under an answer before the last are shown too, but only the newest draft can be kept."""
        dialog, sheet = self.dialog, self._sheet
        if dialog is None or sheet is None:
            return
        newest = drafted.number == self._ordered
        if drafted.draft is None or drafted.drawn is None:
            if newest:
                sheet.draft = None
                dialog.show_trouble(drafted.title, drafted.hint)
            return
        sheet.draft = drafted.draft if newest else None
        if newest:
            dialog.show_draft(drafted.draft, drafted.drawn, tuple(sheet.answers))
        else:
            dialog.mosaic.show_images(drafted.drawn.images)

    def _keep(self) -> None:
        sheet = self._sheet
        if sheet is None or sheet.draft is None:
            return
        self._jobs.run(
            "keep",
            keep_drafted,
            sheet.path,
            sheet.network,
            sheet.draft.manifest,
            done=self._show_kept,
            title=f"Keeping {sheet.path.name}",
            apart=True,
        )

    def _show_kept(self, kept: Kept) -> None:
        if self.dialog is not None:
            self.dialog.accept()
        self._leave()
        self._model.switch(kept.folder)
        if kept.note:
            self._window.messages.show_note(kept.note)

    def close(self) -> None:
        """Another way was found."""
        dialog, self.dialog, self._sheet = self.dialog, None, None
        if dialog is not None:
            dialog.close()

    def _leave(self) -> None:
        was_open = self.dialog is not None
        self.close()
        if was_open and self._model.opened is None:
            self._model.missing.emit("")
