"""The engine with a model folder of ours, torch and onnxruntime: slow to start, so one test tells the whole story."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.models.folder import read_card
from explorer.models.twin import twin_path
from explorer.work import engine as engines
from explorer.work.engine import Engine
from explorer.work.messages import Decoded, DecodeRequest

WAIT = 120_000  # ms


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    from explorer.models.checkpoint import build, save_model
    from explorer.models.config import Config
    from explorer.models.gan import new_card

    parameters = {"latent_dim": 6, "mapping_width": 8, "widths": [8, 6], "depths": [2]}
    save_model(build(Config(new_card("tiny", parameters, (8, 8, 3)), parameters)), tmp_path / "tiny")
    return tmp_path / "tiny"


def decoded_by(qtbot: QtBot, engine: Engine, backend: str) -> Decoded:
    """Asks until the picture comes from there."""
    found: list[Decoded] = []
    engine.decoded.connect(found.append)

    def ask() -> bool:
        request = DecodeRequest(engine.key, "live", np.ones((1, 6), np.float32), "w", truncation=0.7)
        engine.ask(request)
        return bool(found) and found[-1].backend == backend

    qtbot.waitUntil(ask, timeout=WAIT)
    engine.decoded.disconnect(found.append)
    return found[-1]


def test_a_model_decodes_by_torch_then_by_the_twin_made_behind_it_and_the_next_time_by_the_twin_at_once(
    qtbot: QtBot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "IDLE_S", 0.0)
    pictures = []
    for backends in (("torch", "onnxruntime"), ("onnxruntime",)):
        engine = Engine()
        try:
            with qtbot.waitSignal(engine.opened, timeout=WAIT):
                engine.open(str(folder))
            for backend in backends:
                with qtbot.waitSignal(engine.sampled, timeout=WAIT) as sampled:
                    engine.sample(2, 3, "w")  # needs the weights, whoever decodes
                pictures.append(decoded_by(qtbot, engine, backend).images)
                if backend == "torch":
                    qtbot.waitUntil(lambda: twin_path(read_card(folder)).exists(), timeout=WAIT)
        finally:
            engine.close()
    assert sampled.args[0].latents.shape == (2, 6)
    assert all(np.abs(images.astype(int) - pictures[0]).max() <= 1 for images in pictures)
