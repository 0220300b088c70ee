"""The parameters of a neighbour map: on show in the bar, changed in a small window, applied together."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSpinBox,
    QWidget,
)

from explorer.projections import KINDS, Parameter, ProjectionChoice
from explorer.projections.base import Value
from explorer.ui.widgets import ink

MOST_SEED = 2**31 - 1
SEED_HINT = "The start of the map: 0 begins at the principal components, every other one by chance."
Field = QComboBox | QSpinBox | QDoubleSpinBox


class TuningPopup(QFrame):
    """`wanted(choice)`: the parameters as they stand in the fields; a click beside it changes nothing."""

    wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAccessibleName("Parameters of the map")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._choice = ProjectionChoice()
        self.fields: dict[str, Field] = {}
        self._form = QFormLayout(self)
        self._form.setContentsMargins(2 * ink.GRID, ink.GRID + 4, 2 * ink.GRID, ink.GRID + 4)
        self._form.setHorizontalSpacing(2 * ink.GRID)
        self._form.setVerticalSpacing(ink.GRID)

    def show_choice(self, choice: ProjectionChoice) -> None:
        """The parameters of its kind."""
        self._choice = choice
        while self._form.rowCount():
            self._form.removeRow(0)
        self.fields = {}
        for parameter in KINDS[choice.kind].parameters:
            field = _field(parameter, parameter.of(choice))
            field.setAccessibleName(parameter.label)
            field.setToolTip(parameter.hint)
            self.fields[parameter.name] = field
            self._form.addRow(parameter.label, field)
        self.seed = QSpinBox()
        self.seed.setRange(0, MOST_SEED)
        self.seed.setValue(choice.seed)
        self.seed.setAccessibleName("Seed")
        self.seed.setToolTip(SEED_HINT)
        self._form.addRow("Seed", self.seed)
        self._form.addRow(self._buttons())

    def open_under(self, button: QWidget) -> None:
        """Its left edge under that of a button."""
        self.adjustSize()
        corner = button.mapToGlobal(QPoint(0, button.height() + 4))
        room = button.screen().availableGeometry()
        corner.setX(max(min(corner.x(), room.right() - self.width()), room.left()))
        self.move(corner)
        self.show()
        next(iter(self.fields.values())).setFocus(Qt.FocusReason.PopupFocusReason)

    @property
    def told(self) -> ProjectionChoice:
        """The choice as the fields say it."""
        choice = replace(self._choice, seed=self.seed.value())
        for parameter in KINDS[choice.kind].parameters:
            choice = parameter.set(choice, _value(self.fields[parameter.name]))
        return choice

    def _apply(self) -> None:
        self.hide()
        self.wanted.emit(self.told)

    def _as_usual(self) -> None:
        for parameter in KINDS[self._choice.kind].parameters:
            _show_value(self.fields[parameter.name], parameter.usual)
        self.seed.setValue(0)

    def _buttons(self) -> QHBoxLayout:
        draw, usual = QPushButton("Draw the map"), QPushButton("As usual")
        draw.setToolTip("Make the map anew with these parameters. A map made before is there at once.")
        usual.setToolTip("The parameters and the seed that one begins with.")
        for button in (draw, usual):
            button.setAccessibleName(button.text())
        draw.setDefault(True)
        draw.clicked.connect(self._apply)
        usual.clicked.connect(self._as_usual)
        row = QHBoxLayout()
        row.addWidget(usual)
        row.addWidget(draw, 1)
        return row


class TuningButton(QPushButton):
    """Says the parameter that matters most, and the seed; opens the small window."""

    wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Parameters of the map")
        self.popup = TuningPopup(self)
        self.popup.wanted.connect(self.wanted)
        self._choice, self._is_short = ProjectionChoice(), False
        self.clicked.connect(self._open)

    def _open(self) -> None:
        self.popup.show_choice(self._choice)
        self.popup.open_under(self)

    def show_choice(self, choice: ProjectionChoice) -> None:
        """The parameters of its kind, on show."""
        self._choice = choice
        known = KINDS[choice.kind].parameters
        if not known:
            return
        self._show_text()
        lines = [f"{parameter.label}: {_words(parameter.of(choice))}" for parameter in known]
        ended = f"\nStopped after {choice.stopped:,} iterations." if choice.stopped else ""
        self.setToolTip("\n".join([*lines, f"Seed: {choice.seed}"]) + ended)

    def show_short(self, is_short: bool) -> None:
        """The numbers alone, where room is short."""
        self._is_short = is_short
        self._show_text()

    def _show_text(self) -> None:
        known = KINDS[self._choice.kind].parameters
        if known:
            name, value = known[0].label, f"{known[0].number(self._choice):g}"
            whole = f"{name} {value} \N{MIDDLE DOT} seed {self._choice.seed}"
            self.setText(f"{value} \N{MIDDLE DOT} {self._choice.seed}" if self._is_short else whole)


def _words(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:,g}"


def _field(parameter: Parameter, value: Value) -> Field:
    field: Field
    if parameter.options:
        field = QComboBox()
        field.addItems(parameter.options)
    elif parameter.is_whole:
        field = QSpinBox()
        field.setRange(int(parameter.low), int(parameter.high))
        field.setSingleStep(int(parameter.step))
        field.setGroupSeparatorShown(True)
    else:
        field = QDoubleSpinBox()
        field.setRange(parameter.low, parameter.high)
        field.setSingleStep(parameter.step)
    _show_value(field, value)
    return field


def _show_value(field: Field, value: Value) -> None:
    if isinstance(field, QComboBox):
        field.setCurrentText(str(value))
    elif isinstance(field, QSpinBox):
        field.setValue(round(float(value)))
    else:
        field.setValue(float(value))


def _value(field: Field) -> Value:
    return field.currentText() if isinstance(field, QComboBox) else float(field.value())
