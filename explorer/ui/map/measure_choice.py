"""Measures of places in a list of colours: each with its formula; grey, and with the reason, where it cannot be had."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from explorer.models.quantities import Quantity, explained


def add_measure(combo: QComboBox, quantity: Quantity, lack: str) -> None:
    """One line more; `lack`: why it cannot be had here, '' if it can."""
    combo.addItem(f"{quantity.name} ({lack.rstrip('.')})" if lack else quantity.name, quantity.name)
    row = combo.count() - 1
    combo.setItemData(row, f"{lack} {explained(quantity)}".strip(), Qt.ItemDataRole.ToolTipRole)
    if lack:
        combo.setItemData(row, Qt.ItemFlag.NoItemFlags, Qt.ItemDataRole.UserRole - 1)
