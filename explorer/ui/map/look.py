"""How the points look, whatever they are: their size, whether density shades them, and lines around most of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QFrame, QHBoxLayout, QLabel, QSlider, QWidget

from explorer.session.preferences import LARGEST, SMALLEST, PointsLook
from explorer.ui.widgets import ink
from explorer.ui.widgets.glyphs import GlyphButton

SHADED_HINT = "Where more than 60,000 points are in view, those that lie thinly are paler: log of the points per pixel."
CONTOUR_HINT = "Lines within which 25, 50, 75 and 95 % of the samples lie most densely (a Gaussian estimate)."


@dataclass(frozen=True)
class _Part:
    """A wish of the look that is on or off."""

    field: str
    words: str
    hint: str


PARTS = (
    _Part("shaded", "Shade by density", SHADED_HINT),
    _Part("contours", "Contours", CONTOUR_HINT),
)


class LookPopup(QFrame):
    """A small window that a click beside it closes. `wanted` carries a PointsLook."""

    wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAccessibleName("How the points look")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._look = PointsLook()
        self.size_of = QSlider(Qt.Orientation.Horizontal, self)
        self.size_of.setRange(round(100 * SMALLEST), round(100 * LARGEST))  # percent
        self.size_of.setMinimumWidth(15 * ink.GRID)
        self.size_of.setAccessibleName("Size of the points")
        self.size_of.setToolTip("Of the size that fits their number. At most 3 times, at least half.")
        self._percent = QLabel(self)
        self.boxes = {part.field: QCheckBox(part.words, self) for part in PARTS}
        self._lay_out()
        self.size_of.valueChanged.connect(lambda percent: self._ask(size=percent / 100))
        for part in PARTS:
            box = self.boxes[part.field]
            box.setToolTip(part.hint)
            box.toggled.connect(lambda on, field=part.field: self._ask(**{field: on}))

    def show_look(self, look: PointsLook) -> None:
        self._look = look
        with QSignalBlocker(self.size_of):
            self.size_of.setValue(round(100 * look.size))
        self._percent.setText(f"{round(100 * look.size)} %")
        for field, box in self.boxes.items():
            with QSignalBlocker(box):
                box.setChecked(getattr(look, field))

    def open_under(self, button: QWidget) -> None:
        """Its right edge under that of a button."""
        self.adjustSize()
        corner = button.mapToGlobal(QPoint(button.width() - self.width(), button.height() + 4))
        corner.setX(max(corner.x(), button.screen().availableGeometry().left()))
        self.move(corner)
        self.show()
        self.size_of.setFocus(Qt.FocusReason.PopupFocusReason)

    def _ask(self, **fields: object) -> None:
        self.wanted.emit(replace(self._look, **fields))  # type: ignore[arg-type]

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(2 * ink.GRID, ink.GRID + 4, 2 * ink.GRID, ink.GRID + 4)
        form.setHorizontalSpacing(2 * ink.GRID)
        form.setVerticalSpacing(ink.GRID)
        self._percent.setFont(ink.tabular(self.font()))
        self._percent.setFixedWidth(self.fontMetrics().horizontalAdvance("300 %"))
        self._percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout()
        row.addWidget(self.size_of, 1)
        row.addWidget(self._percent)
        form.addRow("Size of points", row)
        for box in self.boxes.values():
            form.addRow(box)


class LookButton(GlyphButton):
    """Opens the popup. `wanted` carries a PointsLook; what is set by code is silent."""

    wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("sliders-horizontal", "How the points look: size, density, contours", parent)
        self.popup = LookPopup(self)
        self.clicked.connect(lambda: self.popup.open_under(self))
        self.popup.wanted.connect(self.wanted)

    def show_look(self, look: PointsLook) -> None:
        self.popup.show_look(look)
