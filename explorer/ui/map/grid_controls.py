"""The grid in the map's bar: on and off, and behind the second button how many tiles, how strong, how spaced."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QSpinBox,
    QWidget,
)

from explorer.ui.map.lattice import FEWEST, MOST, GridSetting
from explorer.ui.widgets import ink
from explorer.ui.widgets.glyphs import GlyphButton, paint_glyph

TIP = "Pictures of the places under the points"
SPACINGS = (
    ("Linear", False, "Equal steps of the two numbers."),
    ("Equal probability", True, "Equal steps of probability under the prior, from 1 % to 99 %: the map bends with it."),
)


class GridToggle(GlyphButton):
    """The icon with its word: filled while the grid is on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("grid-2x2", TIP, parent, key="G")
        self.setCheckable(True)
        self.setAccessibleName("Grid")
        self.setAccessibleDescription(TIP)

    def sizeHint(self) -> QSize:
        side = ink.row_height(self)
        return QSize(side + self.fontMetrics().horizontalAdvance("Grid") + ink.GRID, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        side = ink.row_height(self)
        colour = ink.grey(self.palette(), 0.82 if self.isEnabled() else 0.24)
        if self.isChecked():
            colour = ink.accent(self.palette())
        glyph = round(side * 0.64)
        field = QRectF((side - glyph) / 2, (self.height() - glyph) / 2, glyph, glyph)
        paint_glyph(painter, self.glyph, colour, field)
        painter.setPen(QPen(colour))
        painter.drawText(self.rect().adjusted(side - 2, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, "Grid")


class GridPopup(QFrame):
    """How the grid is shown; a small window that a click beside it closes."""

    wanted = Signal(object)
    save_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAccessibleName("Grid settings")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._setting = GridSetting()
        self.side = QSpinBox(self)
        self.side.setRange(FEWEST, MOST)
        self.side.setAccessibleName("Tiles a side")
        self.side.setToolTip("Tiles along the shorter side of the whole map; twice as many each time you come nearer.")
        self.opacity = QSlider(Qt.Orientation.Horizontal, self)
        self.opacity.setRange(10, 100)
        self.opacity.setMinimumWidth(15 * ink.GRID)
        self.opacity.setAccessibleName("Opacity of the grid")
        self._percent = QLabel(self)
        self.tint = QSlider(Qt.Orientation.Horizontal, self)
        self.tint.setRange(0, 100)
        self.tint.setAccessibleName("Tint of the tiles")
        self.tint.setToolTip(
            "How strong the colours lie over the pictures where the map is coloured by a measure of places."
        )
        self._tint_percent = QLabel(self)
        self.save = QPushButton("Save grid\N{HORIZONTAL ELLIPSIS}", self)
        self.save.setToolTip("The tiles of this view as a picture for print, with the axes beside them.")
        self.save.clicked.connect(self._save)
        self.spacing = QComboBox(self)
        self.spacing.setAccessibleName("Spacing of the tiles")
        for name, equal, hint in SPACINGS:
            self.spacing.addItem(name, equal)
            self.spacing.setItemData(self.spacing.count() - 1, hint, Qt.ItemDataRole.ToolTipRole)
        self._lay_out()
        self.side.valueChanged.connect(lambda side: self._ask(side=side))
        self.tint.valueChanged.connect(lambda percent: self._ask(tint=percent / 100))
        self.opacity.valueChanged.connect(lambda percent: self._ask(opacity=percent / 100))
        self.spacing.activated.connect(lambda: self._ask(equal=self.spacing.currentData()))

    def show_setting(self, setting: GridSetting, *, offers_equal: bool) -> None:
        """`offers_equal`: the axes are numbers of a Gaussian prior."""
        self._setting = setting
        with QSignalBlocker(self.side), QSignalBlocker(self.opacity), QSignalBlocker(self.tint):
            self.side.setValue(setting.side)
            self.opacity.setValue(round(100 * setting.opacity))
            self.tint.setValue(round(100 * setting.tint))
        self._percent.setText(f"{round(100 * setting.opacity)} %")
        self._tint_percent.setText(f"{round(100 * setting.tint)} %")
        self.save.setEnabled(setting.on)
        self.spacing.setCurrentIndex(int(setting.equal and offers_equal))
        self.spacing.setEnabled(offers_equal)
        self.spacing.setToolTip(
            SPACINGS[self.spacing.currentIndex()][2]
            if offers_equal
            else "Only linear here: equal probability needs axes that are numbers of a Gaussian prior."
        )

    def open_under(self, button: QWidget) -> None:
        """Its right edge under that of a button."""
        self.adjustSize()
        corner = button.mapToGlobal(QPoint(button.width() - self.width(), button.height() + 4))
        room = button.screen().availableGeometry()
        corner.setX(max(corner.x(), room.left()))
        self.move(corner)
        self.show()
        self.side.setFocus(Qt.FocusReason.PopupFocusReason)

    def _ask(self, **fields: object) -> None:
        self.wanted.emit(replace(self._setting, **fields))  # type: ignore[arg-type]

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(2 * ink.GRID, ink.GRID + 4, 2 * ink.GRID, ink.GRID + 4)
        form.setHorizontalSpacing(2 * ink.GRID)
        form.setVerticalSpacing(ink.GRID)
        form.addRow("Tiles a side", self.side)
        form.addRow("Opacity", self._with_percent(self.opacity, self._percent))
        form.addRow("Tint", self._with_percent(self.tint, self._tint_percent))
        form.addRow("Spacing", self.spacing)
        form.addRow("", self.save)

    def _with_percent(self, slider: QSlider, percent: QLabel) -> QHBoxLayout:
        percent.setFont(ink.tabular(self.font()))
        percent.setFixedWidth(self.fontMetrics().horizontalAdvance("100 %"))
        percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout()
        row.addWidget(slider, 1)
        row.addWidget(percent)
        return row

    def _save(self) -> None:
        self.close()
        self.save_wanted.emit()


class GridControls(QWidget):
    """Both buttons. `wanted` carries a GridSetting; what is set by code is silent."""

    wanted = Signal(object)
    save_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._setting = GridSetting()
        self.toggle = GridToggle(self)
        self.more = GlyphButton("chevron-down", "Grid settings", self)
        self.popup = GridPopup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.toggle)
        row.addWidget(self.more)
        self.toggle.clicked.connect(lambda on: self.wanted.emit(replace(self._setting, on=on)))
        self.more.clicked.connect(lambda: self.popup.open_under(self.more))
        self.popup.wanted.connect(self.wanted)
        self.popup.save_wanted.connect(self.save_wanted)

    def show_setting(self, setting: GridSetting, *, offers_equal: bool) -> None:
        self._setting = setting
        self.toggle.setChecked(setting.on)
        self.popup.show_setting(setting, offers_equal=offers_equal)
