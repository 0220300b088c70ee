"""The field for a query: counts while one types, says where a mistake is, completes names and values."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from explorer.latents.query import Completion, QueryError, Vocabulary, completed, found
from explorer.latents.selections import Indices

MOST_ROWS = 10
TAKE = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)


class _Offers(QListWidget):
    """The list under the field. It lies in the window, above the rest, and never takes the focus."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("What can come next")
        self.hide()

    def show_words(self, words: tuple[str, ...], below: QWidget) -> None:
        self.clear()
        self.addItems(list(words))
        rows = min(len(words), MOST_ROWS)
        height = rows * max(self.sizeHintForRow(0), 1) + 2 * self.frameWidth()
        at = below.mapTo(below.window(), QPoint(0, below.height()))
        self.setGeometry(at.x(), at.y(), below.width(), height)
        self.show()
        self.raise_()

    def step(self, by: int) -> None:
        self.setCurrentRow(min(max(self.currentRow() + by, 0), self.count() - 1))


class QueryField(QLineEdit):
    """`found(indices or None, sentence)` while one types: None for a mistake, which the sentence tells."""

    found = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known: Vocabulary | None = None
        self._completion = Completion(0, ())
        self._list: _Offers | None = None
        self.setPlaceholderText("Search: smile = yes and age > 30")
        self.setClearButtonEnabled(True)
        self.setAccessibleName("Query")
        self.setToolTip(
            "Labels with = != < > <= >= ~ in (…), joined by and, or, not. Names with spaces stand in quotes. "
            "Down shows what can come next."
        )
        self.textChanged.connect(self.ask)
        self.textEdited.connect(lambda _text: self._offer())

    def show_vocabulary(self, known: Vocabulary | None) -> None:
        """What can be asked now."""
        self._known = known
        self._rest()
        if known is not None and known.labels:
            self.setPlaceholderText(f"Search: {_hint(known)}")
        self.ask()

    def ask(self) -> None:
        """Ask what stands there."""
        if self._known is None:
            return
        try:
            indices: Indices | None = found(self.text(), self._known)
            sentence = ""
        except QueryError as error:
            indices, sentence = None, f"At {error.at + 1}: {error.title} {error.hint}"
        self.found.emit(indices, sentence)

    @property
    def offered(self) -> tuple[str, ...]:
        """What the list under the field holds."""
        return self._completion.words

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, offers = Qt.Key(event.key()), self._list
        if offers is not None and offers.isVisible() and self._choose(key, offers):
            return
        if key == Qt.Key.Key_Down:
            self._offer(empty=True)
        elif key == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab takes the word on offer, where there is one; else it goes on."""
        return not (self._list is not None and self._list.isVisible()) and super().focusNextPrevChild(forward)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._rest()

    def _choose(self, key: Qt.Key, offers: _Offers) -> bool:
        """A key for the list; False when it is one for the field."""
        item = offers.currentItem()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            offers.step(1 if key == Qt.Key.Key_Down else -1)
        elif key == Qt.Key.Key_Escape:
            self._rest()
        elif key in TAKE and (item is not None or key == Qt.Key.Key_Tab):
            self._take(item.text() if item is not None else self._completion.words[0])
        else:
            if key in TAKE:
                self._rest()
            return False
        return True

    def _rest(self) -> None:
        if self._list is not None:
            self._list.hide()

    def _offer(self, *, empty: bool = False) -> None:
        """The list of what can come next; while typing only where something was begun."""
        if self._known is None:
            return
        self._completion = completed(self.text(), self.cursorPosition(), self._known)
        typed = self.text()[self._completion.start : self.cursorPosition()]
        if not self._completion.words or not (typed or empty) or self._completion.words == (typed,):
            self._rest()
            return
        if self._list is None:
            self._list = _Offers(self.window())
            self._list.itemClicked.connect(self._take_item)
        self._list.show_words(self._completion.words, self)

    def _take_item(self, item: QListWidgetItem) -> None:
        self._take(item.text())

    def _take(self, word: str) -> None:
        """Put a word where it was offered."""
        text, cursor = self.text(), self.cursorPosition()
        before = f"{text[: self._completion.start]}{word} "
        self.setText(before + text[cursor:].lstrip())
        self.setCursorPosition(len(before))
        self._rest()


def _hint(known: Vocabulary) -> str:
    """An example with a label that there is."""
    first = known.labels[0]
    return f"{first.name} = {first.names[0]}" if first.is_category else f"{first.name} > 0"
