"""The window: builds the panels and lays them out. It holds no logic.

It is painted empty at first, which needs neither numpy nor a panel; `furnish` brings the panels in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QMainWindow, QTabWidget, QVBoxLayout, QWidget

from explorer.ui.deeds import DEEDS, Deed
from explorer.ui.widgets.message_bar import MessageBar

if TYPE_CHECKING:
    from explorer.session.store import Store

LAYOUT_VERSION = 1
SIZE = QSize(1440, 900)  # where the screen has room for it


class MainWindow(QMainWindow):
    """The panels, side by side. `done` names the deed that was asked for; `dropped` carries a path,
    `let_go` the deed whose key was released."""

    done = Signal(str)
    dropped = Signal(str)
    several_dropped = Signal(object)  # paths
    let_go = Signal(str)
    closing = Signal()
    first_painted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Latent Explorer")
        self.setAcceptDrops(True)
        self.setDockOptions(QMainWindow.DockOption.AnimatedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self._painted = False
        self.actions_by_name = {deed.name: self._action(deed) for deed in DEEDS}
        self._build()
        self.resize(self.screen().availableSize().boundedTo(SIZE))

    def furnish(self, store: Store) -> Iterator[None]:
        """Build the panels, one a step, so that the window answers in between. Only then has it its panels."""
        from explorer.ui.classes import ClassStrip
        from explorer.ui.inspect import InspectPanel
        from explorer.ui.map.pair import MapPair
        from explorer.ui.path.panel import PathPanel
        from explorer.ui.path.tool import PathTool
        from explorer.ui.samples import SamplesPanel
        from explorer.ui.shelf import Shelf
        from explorer.ui.sliders import SlidersPanel
        from explorer.ui.spotlight import Spotlight
        from explorer.ui.stage import Stage
        from explorer.ui.status import Status
        from explorer.ui.studio import StudioPanel
        from explorer.ui.tool_bar import ToolBar
        from explorer.ui.welcome import Welcome

        self.maps = MapPair(store)
        self.map = self.maps.first
        yield
        self.stage, self.classes = Stage(store), ClassStrip(store)
        yield
        self.sliders = SlidersPanel(store)
        yield
        self.inspect, self.shelf = InspectPanel(store), Shelf(store)
        yield
        self.samples = SamplesPanel(store)
        yield
        self.studio = StudioPanel(store)
        yield
        self.path, self.way = PathPanel(store), PathTool(store)
        yield
        self.status, self.tool_bar = Status(), ToolBar(self.actions_by_name)
        self.welcome, self.spotlight = Welcome(self.map), Spotlight()
        yield
        yield from self._fill()
        self._join()

    def _join(self) -> None:
        self.spotlight.pressed.connect(self.keyPressEvent)
        self.stage.painted.connect(lambda _born: self._show_spotlight())
        self.stage.full_screen_wanted.connect(self.toggle_full_screen)
        self._home = self.saveState(LAYOUT_VERSION)
        self._share_later = QTimer(self, singleShot=True, interval=0)  # sizes hold only in a window that is laid out
        self._share_later.timeout.connect(self._share_room)
        self._share_later.start()

    @property
    def panels(self) -> tuple[QWidget, ...]:
        """Everything that shows a model."""
        tools = (self.sliders, self.samples, self.studio, self.way, self.shelf, self.inspect)
        return (self.maps, self.stage, self.classes, *tools, self.path)

    def layout_text(self) -> str:
        """Where the window and its panels are, to be remembered."""
        return ".".join(part.toBase64().toStdString() for part in (self.saveGeometry(), self.saveState(LAYOUT_VERSION)))

    def restore_layout(self, text: str) -> bool:
        """Put the panels where they were; False, and nothing moved, for a damaged layout or another version's."""
        if not self.restoreState(QByteArray.fromBase64(text.partition(".")[2].encode()), LAYOUT_VERSION):
            return False
        self._share_later.stop()
        return True

    def restore_place(self, text: str) -> bool:
        """Put the window itself where it was; False when it stays where it is."""
        return self.restoreGeometry(QByteArray.fromBase64(text.partition(".")[0].encode()))

    def reset_layout(self) -> None:
        self.restoreState(self._home, LAYOUT_VERSION)
        self._share_later.start()

    def show_icons(self) -> None:
        """Draw every icon in the colours of the theme."""
        from explorer.ui.icons import icon

        for deed in DEEDS:
            if deed.icon:
                self.actions_by_name[deed.name].setIcon(icon(deed.icon))
        self.tool_bar.show_icons()

    def toggle_full_screen(self) -> None:
        """The picture alone on the screen, and back."""
        if self.spotlight.isVisible():
            self.spotlight.close()
        else:
            self.spotlight.open_beside(self)
            self._show_spotlight()

    def _show_spotlight(self) -> None:
        if self.spotlight.isVisible():
            self.spotlight.show_image(self.stage.image, smooth=self.stage.smooth)

    def _build(self) -> None:
        centre = QWidget()
        self._column = column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._opening = QLabel("Opening…")
        self._opening.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._opening.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        column.addWidget(self._opening, 1)
        self.setCentralWidget(centre)
        self.messages = MessageBar(centre)
        self._menus()

    def _fill(self) -> Iterator[None]:
        """A widget is polished and laid out when it comes into the window: one a step."""
        self._column.replaceWidget(self._opening, self.maps)
        self._opening.deleteLater()
        yield
        self.addToolBar(self.tool_bar)
        yield
        self.setStatusBar(self.status)
        yield from self._docks()

    def _docks(self) -> Iterator[None]:
        from explorer.ui.widgets.dock import Dock

        self.tools = QTabWidget()
        self.tools.setDocumentMode(True)
        for panel, title in self._tabs():
            self.tools.addTab(panel, title)
        right, bottom = Qt.DockWidgetArea.RightDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea
        front = QWidget()
        column = QVBoxLayout(front)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.stage, 1)
        column.addWidget(self.classes)
        stage, tools = Dock("Picture", "stage", front), Dock("Tools", "tools", self.tools)
        path = Dock("Path", "path", self.path)
        for area, dock in ((right, stage), (right, tools), (bottom, path)):
            yield
            self.addDockWidget(area, dock)
        self._dock_list = (stage, tools, path)
        for dock in self._dock_list:
            self._view.addAction(dock.toggleViewAction())

    def _tabs(self) -> tuple[tuple[QWidget, str], ...]:
        return (
            (self.sliders, "Sliders"),
            (self.samples, "Samples"),
            (self.studio, "Concepts"),
            (self.way, "Path"),
            (self.shelf, "Shelf"),
            (self.inspect, "Inspect"),
        )

    def _share_room(self) -> None:
        """About two thirds for the map; the picture above the tools; the path as high as its strip."""
        stage, tools, path = self._dock_list
        height, width = self.height(), self.width()
        self.resizeDocks([stage], [max(400, int(width * 0.34))], Qt.Orientation.Horizontal)
        self.resizeDocks([stage, tools], [int(height * 0.47), int(height * 0.43)], Qt.Orientation.Vertical)
        self.resizeDocks([path], [int(height * 0.2)], Qt.Orientation.Vertical)

    def _menus(self) -> None:
        bar = self.menuBar()
        menus = {name: bar.addMenu(name) for name in ("File", "Edit", "Select", "Path", "View", "Help")}
        for deed in DEEDS:
            menus[deed.menu].addAction(self.actions_by_name[deed.name])
        self.themes = menus["View"].addMenu("Theme")
        self.recent = menus["File"].addMenu("Recent")
        self._view = menus["View"]
        self._view.addSeparator()

    def _action(self, deed: Deed) -> QAction:
        action = QAction(deed.text, self)
        if deed.keys:
            action.setShortcut(deed.keys)
        hint = deed.keys or deed.key_text
        if deed.key_text:
            action.setText(f"{deed.text}\t{deed.key_text}")
        action.setIconText(deed.word or deed.text)
        action.setToolTip(f"{deed.tip or deed.text} ({hint})" if hint else deed.tip or deed.text)
        action.triggered.connect(self._doer(deed.name))
        self.addAction(action)
        return action

    def _doer(self, name: str) -> Callable[[], None]:
        return lambda: self.done.emit(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in {Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier}
        deed = next((deed for deed in DEEDS if plain and deed.key == event.key()), None)
        if deed is None:
            super().keyPressEvent(event)
        else:
            self.done.emit(deed.name)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        deed = next((deed for deed in DEEDS if deed.key == event.key()), None)
        if deed is not None and not event.isAutoRepeat():
            self.let_go.emit(deed.name)
        super().keyReleaseEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.first_painted.emit)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if len(paths) > 1:
            self.several_dropped.emit(paths)
        elif paths:
            self.dropped.emit(paths[0])

    def closeEvent(self, event: QCloseEvent) -> None:
        self.spotlight.close()
        self.closing.emit()
        super().closeEvent(event)
