"""Light, dark and projector: a palette, type sizes and a few narrow style rules.

The pictures are the colour, the program is the frame: neutral greys in even steps and one accent for what is current.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from explorer import places

NAMES = ("system", "light", "dark", "projector")
FAMILY = "Inter"


@dataclass(frozen=True)
class Theme:
    """Colours as #rrggbb, `size` in points for body text."""

    name: str
    window: str
    base: str
    raised: str
    line: str
    text: str
    dim: str
    accent: str
    accent_text: str
    warning: str
    size: float = 9.5


LIGHT = Theme(
    "light", "#f2f2f4", "#fbfbfc", "#ffffff", "#d6d6db", "#1b1b1f", "#66666f", "#5b3fe0", "#ffffff", "#8a4b00"
)
DARK = Theme("dark", "#1e1e21", "#151517", "#2b2b30", "#3b3b42", "#e9e9ec", "#9c9ca6", "#a08bff", "#141416", "#ffc46b")
PROJECTOR = Theme(
    "projector", "#ffffff", "#ffffff", "#f4f4f6", "#b4b4bb", "#000000", "#3c3c44", "#4a25e8", "#ffffff", "#7a3f00", 13.0
)


def chosen(name: str) -> Theme:
    """The theme of that name; 'system' follows the desktop."""
    if name == "system":
        dark = QApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return DARK if dark else LIGHT
    return {"light": LIGHT, "dark": DARK, "projector": PROJECTOR}.get(name, LIGHT)


def load_fonts() -> None:
    """The type family we ship, so that a machine without fonts shows words too."""
    for path in sorted((places.resources() / "fonts").glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(path))


def body_font(theme: Theme) -> QFont:
    """Body text with tabular figures, so that numbers do not jitter while they change."""
    font = QFont(FAMILY)
    font.setPointSizeF(theme.size)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def palette(theme: Theme) -> QPalette:
    """The whole palette of a theme; widgets draw with it and with nothing else."""
    result = QPalette()
    role = QPalette.ColorRole
    pairs = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.base,
        role.AlternateBase: theme.raised,
        role.Text: theme.text,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.warning,
        role.Mid: theme.line,
        role.Midlight: theme.line,
        role.Dark: theme.line,
        role.Light: theme.raised,
        role.Shadow: theme.line,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.accent_text,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.dim,
    }
    for which, colour in pairs.items():
        result.setColor(which, QColor(colour))
    for which in (role.Text, role.WindowText, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, which, QColor(theme.dim))
    return result


def style_rules(theme: Theme) -> str:
    """Narrow rules only: a rule for QWidget would break composite widgets."""
    return f"""
    QToolTip {{ color: {theme.text}; background: {theme.raised}; border: 1px solid {theme.line}; padding: 4px 6px; }}
    QMainWindow::separator {{ width: 7px; height: 7px; background: {theme.window}; }}
    QMainWindow::separator:hover {{ background: {theme.line}; }}
    QToolBar {{ background: {theme.window}; border: 0; padding: 6px 8px; spacing: 4px; }}
    QToolBar::separator {{ width: 1px; margin: 5px 6px; background: {theme.line}; }}
    QToolBar QToolButton {{ border: 0; border-radius: 6px; padding: 5px 8px; }}
    QToolBar QToolButton:hover {{ background: {theme.raised}; }}
    QToolBar QToolButton:pressed, QToolBar QToolButton:checked {{ background: {theme.line}; }}
    QToolBar QToolButton:focus {{ border: 1px solid {theme.accent}; padding: 4px 7px; }}
    QToolBar QToolButton::menu-indicator {{ image: none; width: 0; }}
    QStatusBar {{ background: {theme.window}; }}
    QStatusBar::item {{ border: 0; }}
    QTabBar::tab {{ padding: 6px 5px; border: 0; border-bottom: 2px solid transparent; color: {theme.dim}; }}
    QTabBar::tab:selected {{ color: {theme.text}; border-bottom: 2px solid {theme.accent}; }}
    QTabBar::tab:hover {{ color: {theme.text}; }}
    QTabBar::tab:focus {{ color: {theme.accent}; }}
    QTabWidget::pane {{ border: 0; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
    QScrollBar::handle {{ background: {theme.line}; border-radius: 3px; margin: 2px; }}
    QScrollBar::handle:vertical {{ min-height: 28px; }}
    QScrollBar::handle:horizontal {{ min-width: 28px; }}
    QScrollBar::handle:hover {{ background: {theme.dim}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QRadioButton::indicator {{
        width: 12px; height: 12px; border: 1px solid {theme.dim}; border-radius: 7px; background: {theme.base};
    }}
    QRadioButton::indicator:checked {{ width: 6px; height: 6px; border: 4px solid {theme.accent}; }}
    QRadioButton::indicator:focus {{ border-color: {theme.accent}; }}
    QPushButton {{ background: {theme.raised}; border: 1px solid {theme.line}; border-radius: 6px; padding: 4px 12px; }}
    QPushButton:hover {{ border-color: {theme.dim}; }}
    QPushButton:focus {{ border-color: {theme.accent}; }}
    QPushButton:pressed {{ background: {theme.line}; }}
    QPushButton:disabled {{ color: {theme.dim}; }}
    """


def apply(app: QApplication, name: str) -> Theme:
    """Dress the whole program; returns the theme in force."""
    theme = chosen(name)
    app.setStyle("Fusion")
    app.setPalette(palette(theme))
    app.setFont(body_font(theme))
    app.setStyleSheet(style_rules(theme))
    return theme
