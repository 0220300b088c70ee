"""Perceptual path lengths: by the features of a network that the user brings, in a process of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from explorer.desk.background import Background
from explorer.desk.costing import Costing
from explorer.latents.arrays import Images
from explorer.latents.paths import Positions
from explorer.ui.main_window import MainWindow
from explorer.work.job import Step


class Perceiving(QObject):
    """Measures every row of the table whose pictures are there, once a network was brought."""

    def __init__(self, window: MainWindow, jobs: Background, costing: Costing) -> None:
        super().__init__()
        self._window, self._jobs, self._costing = window, jobs, costing
        self._network: Path | None = None
        window.way.parts.features.clicked.connect(self._ask_network)
        costing.pictured.connect(self._measure)

    def _ask_network(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self._window, "Bring a network of features", "", "ONNX (*.onnx)")
        if path:
            self.bring(Path(path))

    def bring(self, network: Path) -> None:
        """Measure with this network from now on."""
        self._network = network
        self._window.way.parts.show_features(network.name)
        self._window.path.rows.show_features()
        self._costing.tell_all()

    def _measure(self, row: str, images: Images) -> None:
        if self._network is None:
            return
        timing = self._window.path.timing
        self._jobs.run(
            f"perceptual {row}",
            perceptual_path_length,
            *(str(self._network), images, timing),
            done=lambda value: self._window.path.rows.show_perceptual(row, value),
            apart=True,
        )


def perceptual_path_length(network: str, images: Images, timing: Positions, *, step: Step) -> float:
    """Mean of d / dt^2 of pictures (n, h, w, c), d as `Features` tells it (Karras et al. 2019): the job."""
    from explorer.models.features import Features

    step(0, 1, "Measuring with the network")
    distances = Features(Path(network)).distances(images)
    return float(np.mean(distances / np.square(np.maximum(np.diff(timing), 1e-12))))
