"""A map whose grid is on, and answers for its tiles."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from map_scene import MapScene
from pytestqt.qtbot import QtBot

from explorer.latents.arrays import Images, Latents


class GridScene(MapScene):
    """Answers like an engine, when told to: the red of a picture is the first number of its latent."""

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__(qtbot)
        self.asked: list[tuple[Latents | None, tuple[Any, ...]]] = []
        self.panel.grid_wanted.connect(lambda latents, marks: self.asked.append((latents, marks)))

    @property
    def grid(self) -> Any:
        return self.canvas.grid

    def toggle_grid(self) -> None:
        """As the key does it."""
        self.panel.show_grid_setting(replace(self.panel.grid_setting, on=not self.panel.grid_setting.on))

    def settle(self) -> tuple[Latents, tuple[Any, ...]]:
        """Let the view rest; the wish that follows."""
        before = len(self.asked)
        self.qtbot.waitUntil(lambda: len(self.asked) > before)
        latents, marks = self.asked[-1]
        assert latents is not None
        return latents, marks

    def rests(self) -> bool:
        """Whether no wish is going to follow."""
        return not self.grid._settle.isActive()

    def answer(self) -> None:
        latents, marks = self.asked[-1]
        assert latents is not None
        self.panel.show_tiles(marks, decoded(latents))
        self.grid._end_frame()

    def shade(self, tile: tuple[int, int, int]) -> int:
        return int(self.grid._layer.image(tile).pixelColor(2, 2).red())


def decoded(latents: Latents) -> Images:
    shades = np.clip(128 + 20 * latents[:, 0], 0, 255).astype(np.uint8)
    return np.broadcast_to(shades[:, None, None, None], (len(latents), 8, 8, 3)).copy()
