"""What goes with a demo: a title, words for whoever opens it, and where to find the model."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QLineEdit, QPlainTextEdit, QWidget

from explorer.ui.widgets import ink


@dataclass(frozen=True)
class DemoWords:
    """All may be empty."""

    title: str = ""
    notes: str = ""
    where: str = ""


class DemoDialog(QDialog):
    """Asks for the words. `words` holds them after `accept`."""

    def __init__(self, model: str, words: DemoWords, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Save demo")
        self.setMinimumWidth(54 * ink.GRID)
        self.title, self.notes, self.where = QLineEdit(words.title), QPlainTextEdit(words.notes), QLineEdit(words.where)
        self.title.setPlaceholderText("A smile in four steps")
        self.notes.setPlaceholderText("What to look at, and what to try first")
        self.notes.setTabChangesFocus(True)
        self.notes.setFixedHeight(self.fontMetrics().lineSpacing() * 4 + 2 * ink.GRID)
        self.where.setPlaceholderText("An address or a folder, for those who lack the model")
        hint = QLabel(
            f"One file with the state, the concepts it moves and these words. It names {model} by the hash of its "
            "weights and does not hold them."
        )
        hint.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form = QFormLayout(self)
        form.setContentsMargins(*(3 * ink.GRID,) * 4)
        form.setSpacing(ink.GRID + 4)
        form.addRow(hint)
        for name, field in (("&Title", self.title), ("&Notes", self.notes), ("&Find the model", self.where)):
            form.addRow(name, field)
        form.addRow(buttons)

    @property
    def words(self) -> DemoWords:
        return DemoWords(self.title.text().strip(), self.notes.toPlainText().strip(), self.where.text().strip())
