"""The parts of the path tool and where they stand."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.ui.path.keyframes import Keyframes
from explorer.ui.path.waypoints import Waypoints
from explorer.ui.widgets import ink
from explorer.ui.widgets.notes import Quiet, Title
from explorer.ui.widgets.pad import BlendPad
from explorer.ui.widgets.scrolled import scrolled

_PAD_HINT = "Pin four waypoints: they become the corners."


class Parts:
    """Built into a widget once."""

    def __init__(self, tool: QWidget) -> None:
        self.waypoints, self.keyframes, self.pad = Waypoints(), Keyframes(), BlendPad()
        self.draw = _button("Draw on the map", "Then drag over the map: waypoints evenly along the curve")
        self.draw.setCheckable(True)
        self.loop = _button("Noise loop", "A closed curve around what is shown, at this radius; again for another one")
        self.walk = _button("Random walk", "Steps from what is shown, as long as the radius; again for another one")
        self.radius = QDoubleSpinBox()
        self.radius.setRange(0.1, 100)
        self.radius.setSingleStep(0.5)
        self.radius.setValue(2.0)
        self.radius.setPrefix("radius ")
        self.radius.setAccessibleName("Radius of loops, stride of walks")
        self.radius.setToolTip("Radius of a loop and stride of a walk, in units of the latent")
        self.add_keyframe = _button("Add keyframe", "At the bead, or half way: the strengths that the sliders have now")
        self.flat = QCheckBox("In the plane, not on the sphere")
        self.flat.setToolTip("Bilinear in the plane: the middle is shorter than the corners. On the sphere it is not.")
        self._pad_hint = Quiet(_PAD_HINT)
        self.features = _button("Features\N{HORIZONTAL ELLIPSIS}", "An ONNX network of yours measures paths")
        self._features = Quiet("Bring an ONNX network to measure the path as it sees it.")
        self._lay_out(tool)

    def show_pad_hint(self, is_ready: bool) -> None:
        self._pad_hint.setVisible(not is_ready)
        self.pad.setVisible(is_ready)
        self.flat.setVisible(is_ready)

    def show_features(self, name: str) -> None:
        """The network that measures."""
        self._features.setText(f"{name} measures the path and the rows beside it.")

    def _lay_out(self, tool: QWidget) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(2 * ink.GRID, ink.GRID, ink.GRID, ink.GRID)
        column.setSpacing(ink.GRID)
        for part in (Title("Waypoints"), self.waypoints, Title("Make a path"), *self._makers()):
            column.addWidget(part)
        column.addWidget(Title("Concepts on the way"))
        column.addWidget(self.keyframes)
        column.addWidget(self.add_keyframe, 0, Qt.AlignmentFlag.AlignLeft)
        for part in (Title("Blend of A, B, C and D"), self._pad_hint, self.pad, self.flat):
            column.addWidget(part)
        column.addWidget(Title("Perceptual path length"))
        column.addWidget(self._features)
        column.addWidget(self.features, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        area = scrolled(page, sideways=True)
        outer = QVBoxLayout(tool)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def _makers(self) -> list[QWidget]:
        made = []
        for parts in ((self.draw,), (self.loop, self.walk, self.radius)):
            row = QWidget()
            layout = QHBoxLayout(row)
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(ink.GRID // 2)
            for part in parts:
                layout.addWidget(part)
            layout.addStretch(1)
            made.append(row)
        return made


def _button(text: str, words: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(words)
    button.setAutoDefault(False)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
