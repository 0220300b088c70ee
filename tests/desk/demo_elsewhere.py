"""A window in a process of its own, for the test of a demo that goes elsewhere: `save` or `open`, and the demo's path.

Prints the sha256 of the latent on the stage and of its picture by torch: an exported twin, which may round a pixel
otherwise, comes when it comes.
"""

from __future__ import annotations

import hashlib
import sys
import time
from pathlib import Path

import numpy as np
from desk_scene import joined
from PySide6.QtWidgets import QApplication

import explorer
from explorer.session.preferences import Preferences
from explorer.ui.carried import Carried
from explorer.ui.demo_dialog import DemoWords
from explorer.work.source import FolderSource


def main(what: str, path: Path) -> None:
    app = QApplication(sys.argv)
    desk = joined(Preferences(welcome_seen=True), greet=False, source=FolderSource)
    window, store, model = desk.window, desk.store, desk.model
    seen: list[bytes] = []
    desk.live.shown.connect(lambda image: seen.append(np.asarray(image).tobytes()))
    if what == "save":
        model.switch("digits-vae-2d")
        until(app, lambda: model.opened is not None)
        desk.window.studio.wishes.put("with", Carried((1, 2, 3)))
        desk.window.studio.wishes.put("without", Carried((4, 5, 6)))
        assert store.state.studio.draft is not None
        seen.clear()
        store.move("Move", strengths={store.state.studio.draft.name: 1.2345})
        until(app, lambda: bool(seen))
        desk.demos.save(path, DemoWords("A demo", ""))
        until(app, path.exists)
    else:
        desk.begin(str(path))
        until(app, lambda: model.opened is not None and "A demo" in window.messages.text and bool(seen))
    latent = model.latent()
    desk.close()
    picture = explorer.open("digits-vae-2d").decode(latent[None])
    print(hashlib.sha256(latent.tobytes()).hexdigest(), hashlib.sha256(picture.tobytes()).hexdigest())


def until(app: QApplication, is_so: object) -> None:
    end = time.monotonic() + 120
    while not is_so() and time.monotonic() < end:  # type: ignore[operator]
        app.processEvents()
    assert is_so()  # type: ignore[operator]


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
