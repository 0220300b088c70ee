"""The question before a program is run that came with a file: what is in it, where it lies, and what running means."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from explorer.models.foreign.trusted.seal import Inside
from explorer.models.words import bytes_in_words
from explorer.ui.widgets import ink
from explorer.ui.widgets.notes import Dim, Plain, Title, words_on
from explorer.ui.widgets.scrolled import scrolled

SHOWN = 60  # names of a kind
WIDTH, TALL = 760, 680  # pixels
LEAST, MOST = 300, 560  # pixels of its height while the text is not shown: as much as its lines need
TITLES = {
    "TorchScript": "{name} brings its own program",
    "torch.export": "{name} brings its own program",
    "Python": "{name} would be opened by a Python file",
}
ALARM = "Look at this"
WHY = {
    "Python": "Its build_model(weights) builds the network.",
    "TorchScript": "No known architecture fits its tensors: only its program says how latents become pictures.",
}
MEANS = (
    "Nothing was run. A program can do whatever you can do on this computer, so run it only if you wrote it, or know "
    "who did. It is run once, in a process of its own, and what it does is kept as data."
)
QUESTION = "Run it, this once and whenever this very file is opened? A changed file is asked about again."


class TrustDialog(QDialog):
    """`agreed` when it may be run; `other_way` when it shall be opened without it; `rejected` for neither."""

    agreed = Signal()
    other_way = Signal()

    def __init__(self, name: str, inside: Inside, other_way: str, parent: QWidget | None = None) -> None:
        """`other_way`: what its button says; '' where there is none."""
        super().__init__(parent)
        self.setWindowTitle(f"Open {name}")
        self.source = QPlainTextEdit(inside.text)
        self.show_source = QPushButton("Show its text")
        self.run = QPushButton("Run it")
        self.other = QPushButton(other_way)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.cancel = buttons.button(QDialogButtonBox.StandardButton.Cancel)
        self._join(buttons)
        title = Title(TITLES[inside.kind].format(name=name))
        title.setWordWrap(True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*(3 * ink.GRID,) * 4)
        outer.setSpacing(12)
        for widget in (title, Plain(f"{MEANS} {WHY.get(inside.kind, WHY['TorchScript'])}")):
            outer.addWidget(widget)
        self._lines = self._page(inside)
        outer.addWidget(self._lines, 3)
        outer.addWidget(self.source, 4)
        outer.addWidget(Plain(QUESTION))
        outer.addWidget(buttons)
        self.resize(WIDTH, self._short())

    def _join(self, buttons: QDialogButtonBox) -> None:
        self.cancel.setDefault(True)
        self.run.setAutoDefault(False)
        self.other.setAutoDefault(False)
        self.show_source.setAutoDefault(False)
        self.show_source.setCheckable(True)
        self.source.setReadOnly(True)
        self.source.setAccessibleName("The text of the program")
        self.source.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.source.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.source.hide()
        self.show_source.setVisible(bool(self.source.toPlainText()))
        self.other.setVisible(bool(self.other.text()))
        buttons.addButton(self.run, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.other, QDialogButtonBox.ButtonRole.ResetRole)
        buttons.addButton(self.show_source, QDialogButtonBox.ButtonRole.ResetRole)
        buttons.rejected.connect(self.reject)
        self.show_source.toggled.connect(self._show_source)
        self.run.clicked.connect(self._agree)
        self.other.clicked.connect(self._leave)

    @property
    def text(self) -> str:
        """Everything that is written in it."""
        return words_on(self)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.cancel.setFocus()

    def _show_source(self, wanted: bool) -> None:
        self.source.setVisible(wanted)
        room = self.screen().availableSize().height() - 9 * ink.GRID
        self.resize(self.width(), min(TALL if wanted else self._short(), room))

    def _short(self) -> int:
        """The height in which all of its lines are seen, if that is not too much."""
        page, inner = self._lines.widget(), WIDTH - 7 * ink.GRID
        wanted = page.heightForWidth(inner) if page is not None else 0
        around = self.heightForWidth(WIDTH) - self._lines.sizeHint().height()
        return min(max(LEAST, around + wanted), MOST)

    def _agree(self) -> None:
        self.accept()
        self.agreed.emit()

    def _leave(self) -> None:
        self.accept()
        self.other_way.emit()

    def _page(self, inside: Inside) -> QScrollArea:
        """What is in it: the suspicious first."""
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, ink.GRID, 0)
        grid.setHorizontalSpacing(2 * ink.GRID)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for row, (name, text) in enumerate(_rows(inside)):
            grid.addWidget(Dim(name), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(_told(text, is_alarm=name == ALARM), row, 1)
        grid.setRowStretch(grid.rowCount(), 1)
        return scrolled(page)


def _rows(inside: Inside) -> list[tuple[str, str]]:
    nothing = ("Unusual", "nothing that is known to be harmful was found in it; that is no proof")
    rows = [
        (ALARM, "\n".join(inside.alarms)) if inside.alarms else nothing,
        *(
            (title, ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""))
            for title, names in inside.found
        ),
    ]
    for number, file in enumerate(inside.files):
        path = Path(file.path)
        rows.append(("Beside it" if number else "File", f"{path.name}, {bytes_in_words(file.size)}, in {path.parent}"))
        rows.append(("SHA-256", file.sha256))
    return rows


def _told(text: str, *, is_alarm: bool) -> QLabel:
    label = Plain(text)
    if is_alarm:
        label.setFont(ink.heading(label.font()))
    return label
