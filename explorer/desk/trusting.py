"""Asking before a program is run that opens a file; and Python files of the user's, chosen or begun from the draft."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from explorer.desk.arriving import Arriving, Visit
from explorer.desk.background import Background
from explorer.models.foreign.kept import Asking
from explorer.models.foreign.trusted.sources import adapter_path
from explorer.models.foreign.trusted.word import agree
from explorer.ui.main_window import MainWindow
from explorer.ui.trust import TrustDialog
from explorer.work.job import Step

PYTHON = "Python files (*.py)"


class Trusting(QObject):
    """One question at a time. Nothing is run, and nothing changes, until the user says so."""

    def __init__(self, arriving: Arriving, window: MainWindow, jobs: Background) -> None:
        super().__init__()
        self._arriving, self._window, self._jobs = arriving, window, jobs
        self.dialog: TrustDialog | None = None
        arriving.ends[Asking] = self._ask
        arriving.drafting.python_wanted.connect(self._choose)
        arriving.drafting.template_wanted.connect(self._begin)

    def _ask(self, visit: Visit, asking: Asking) -> None:
        self._arriving.leave(visit)
        is_python = asking.inside.kind == "Python"
        other = "Open it without" if is_python else "Draft it instead\N{HORIZONTAL ELLIPSIS}"
        other = other if asking.can_do_without else ""
        self.dialog = dialog = TrustDialog(visit.path.name, asking.inside, other, self._window)
        dialog.agreed.connect(lambda: self._agree(visit, asking))
        dialog.other_way.connect(lambda: self._go_round(visit, is_python=is_python))
        dialog.rejected.connect(lambda: self._arriving.end_without(visit))
        dialog.finished.connect(lambda _result: setattr(self, "dialog", None))
        dialog.open()

    def _agree(self, visit: Visit, asking: Asking) -> None:
        agree(asking.inside.hashes)
        self._arriving.open(visit.path, adapter=visit.adapter)

    def _go_round(self, visit: Visit, *, is_python: bool) -> None:
        if is_python:
            self._arriving.open(visit.path, plain=True)
        else:
            self._arriving.draft(visit.path)

    def _choose(self, path: Path) -> None:
        """A Python file instead of a draft."""
        found, _kind = QFileDialog.getOpenFileName(self._window, "Your Python file", str(path.parent), PYTHON)
        if found:
            self._arriving.drafting.close()
            self._arriving.open(path, adapter=Path(found))

    def _begin(self, path: Path) -> None:
        """A Python file to begin with."""
        where = str(adapter_path(path))
        found, _kind = QFileDialog.getSaveFileName(self._window, "Write a template", where, PYTHON)
        if found:
            out = Path(found).with_suffix(".py")
            self._jobs.run("template", write_template, path, out, done=self._tell, apart=True)

    def _tell(self, out: Path) -> None:
        self._window.messages.show_note(
            f"{out.name} holds the keys of the file. Say there how latents become pictures, and open the file again."
        )


def write_template(path: Path, out: Path, *, step: Step) -> Path:
    """Write a Python file with the keys of a file filled in: the job."""
    from explorer.models.config import write_bytes
    from explorer.models.foreign.contents import contents
    from explorer.models.foreign.trusted.templates import template

    step(0, 1, f"Writing {out.name}")
    write_bytes(out, template(contents(path)).encode())
    return out
