"""A picture of the user's becomes a latent: by the encoder, or by a search that can be watched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from explorer.desk.background import Background
from explorer.desk.open_model import OpenModel
from explorer.errors import InputError
from explorer.latents.arrays import Images, Latents
from explorer.models.inversion import Inverse, Wish
from explorer.models.inversion import jobs as searching
from explorer.session.preferences import SearchChoice
from explorer.session.state import Origin, Place, frozen
from explorer.session.store import Store
from explorer.ui.inversion.page import SearchPage
from explorer.ui.main_window import MainWindow
from explorer.work.engine import Engine
from explorer.work.job import Step
from explorer.work.messages import Encoded, Opened

PICTURES = "Pictures (*.png *.jpg *.jpeg *.webp *.bmp *.gif)"
SLOT = "search for a picture"


class Inverting(QObject):
    """`table` maps the name of a deed to what is done. `page` is the search that is open; one at a time.

    `chosen` carries a `SearchChoice` to be remembered.
    """

    chosen = Signal(object)

    def __init__(
        self,
        store: Store,
        engine: Engine,
        model: OpenModel,
        window: MainWindow,
        jobs: Background,
        choice: SearchChoice,
    ) -> None:
        super().__init__()
        self._store, self._engine, self._model, self._window, self._jobs = store, engine, model, window, jobs
        self._choice = choice
        self._encoding: tuple[str, Images] | None = None  # what the engine was last asked to encode
        self.page: SearchPage | None = None
        self._of = ""  # the path of the model that it is of
        self.table: Mapping[str, Callable[[], None]] = {
            "encode": lambda: self._ask(self.take),
            "search": lambda: self._ask(self.search),
        }
        engine.encoded.connect(self._take_encoded)
        model.changed.connect(self._show_model)
        window.closing.connect(self._give_up)
        self._show_model(model.opened)

    def take(self, path: str) -> None:
        """The latent of a picture: its encoding, or a search where the model has no encoder."""
        opened = self._model.opened
        if opened is not None:
            self._read(opened, path, self._encode if opened.card.encodes else self._open_page)

    def search(self, path: str) -> None:
        """Search for the latent, whether there is an encoder or not. Raises InputError where nothing is to be found."""
        opened = self._model.opened
        if opened is None:
            return
        if opened.card.likelihood == "exact":
            raise InputError(
                f"{opened.card.name} inverts pictures exactly.", "There is nothing to search for: bring the picture."
            )
        self._read(opened, path, self._open_page)

    def _ask(self, then: Callable[[str], None]) -> None:
        path, _kind = QFileDialog.getOpenFileName(self._window, "Bring a picture", "", PICTURES)
        if path:
            then(path)

    def _read(self, opened: Opened, path: str, then: Callable[[Opened, str, Images], None]) -> None:
        self._jobs.run(
            "encode",
            read_picture,
            Path(path),
            opened.card.image_shape,
            done=lambda images: then(opened, Path(path).name, images) if self._model.opened is opened else None,
        )

    def _encode(self, _opened: Opened, name: str, images: Images) -> None:
        self._encoding = name, images
        self._engine.encode(images)

    def _take_encoded(self, encoded: Encoded) -> None:
        opened = self._model.opened
        if opened is None or encoded.key != opened.key or self._encoding is None:
            return
        name, images = self._encoding
        base = frozen(encoded.latents[0])
        self._store.change(
            f"Bring {name}", **self._store.state.going(Place(encoded.space, base, origin=Origin(name, base)))
        )
        told = "Your picture was encoded: what you see is what the model can say of it."
        if opened.card.likelihood == "exact":
            self._window.messages.show_note("Your picture was encoded, and exactly: a flow loses nothing.")
        else:
            self._window.messages.show_note(told, "Refine…", lambda: self._open_page(opened, name, images))

    # The search

    def _open_page(self, opened: Opened, name: str, images: Images) -> None:
        if self._model.opened is not opened:
            return
        self._give_up()
        self._of = opened.path
        spaces = {space.name: space.prior for space in opened.card.spaces}
        self.page = page = SearchPage(
            name, images[0], spaces, self._wish(opened), self._window, refines=opened.card.encodes
        )
        page.wanted.connect(lambda wish, given: self._run(page, opened, images, wish, given))
        page.stopped.connect(lambda: self._jobs.cancel(SLOT))
        page.kept.connect(lambda found: self._keep(opened, name, found))
        page.finished.connect(lambda _code: self._forget(page))
        page.show()
        page.begin()

    def _wish(self, opened: Opened) -> Wish:
        """As last time, in the space that one is in unless another was chosen."""
        choice = self._choice
        known = [space.name for space in opened.card.spaces]
        space = choice.space if choice.space in known else self._store.state.place.space
        return Wish(space, choice.steps, choice.starts)

    def _run(self, page: SearchPage, opened: Opened, images: Images, wish: Wish, given: Latents | None) -> None:
        own = "" if wish.space == self._store.state.place.space and not self._choice.space else wish.space
        self._choice = SearchChoice(own, wish.steps, wish.starts)
        self.chosen.emit(self._choice)
        self._jobs.run(
            SLOT,
            searching.find,
            *(opened.path, images, wish, opened.device, given),
            seen=lambda found: page.show_found(found) if page is self.page else None,
            done=lambda found: page.show_end(found) if page is self.page else None,
            given_up=lambda: page.show_lost() if page is self.page else None,
            told=lambda text, _done, _total: page.show_stage(text) if page is self.page else None,
            apart=True,  # beside the engine: the live loop goes on
        )

    def _keep(self, opened: Opened, name: str, found: Inverse) -> None:
        """The place, and a snapshot of it, in one step of undo."""
        if self._model.opened is None or self._model.opened.path != opened.path:
            return
        base = frozen(found.latents[0])
        place = Place(found.space, base, origin=Origin(name, base, float(found.errors[0])))
        shelf = self._window.shelf.with_one(place)
        self._store.change(f"Find {name}", **self._store.state.going(place), shelf=shelf)
        self._window.messages.show_note(
            f"This is the nearest that was found to {name}, off by {100 * found.mean_error:.1f} % a pixel: a blend of "
            "what the model knows. It is on the shelf too."
        )

    def _show_model(self, opened: Opened | None) -> None:
        """Another model: what is searched for means nothing there."""
        for name in self.table:
            self._window.actions_by_name[name].setEnabled(opened is not None)
        if self.page is not None and (opened is None or opened.path != self._of):
            self._give_up()

    def _give_up(self) -> None:
        if self.page is not None:
            self.page.reject()

    def _forget(self, page: SearchPage) -> None:
        if page is self.page:
            self.page = None
            self._jobs.cancel(SLOT)
        page.deleteLater()


def read_picture(path: Path, shape: tuple[int, int, int], *, step: Step) -> np.ndarray:
    """A picture of the user's in the model's own size, uint8 (1, height, width, channels): the job."""
    from explorer.models.picture_files import read_pictures

    step(0, 1, "Reading the picture")
    return read_pictures([path], shape)
