"""Samples of the user's own: brought from files or a folder of pictures, instead of the model's or beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from explorer.desk.background import Background
from explorer.desk.open_model import OpenModel, first_place
from explorer.errors import InputError
from explorer.latents.samples import LatentSet
from explorer.latents.selections import NONE
from explorer.models.base import Space
from explorer.models.foreign.one_of_many import weights_in
from explorer.models.foreign.sniff import holds_weights
from explorer.models.word_tables import is_table
from explorer.session.store import Store
from explorer.ui.main_window import MainWindow
from explorer.work.job import Step
from explorer.work.messages import Opened

FILES = "Latents and labels (*.npy *.npz *.csv *.tsv *.txt *.parquet)"
DROPPED = frozenset({".npy", ".npz", ".csv", ".tsv", ".parquet"})
BESIDE = " (beside)"
FIT = "Fit a prior to them (Ctrl+Shift+F), and random latents are like them."


class Bringing(QObject):
    """`table` maps the name of a deed to what is done. Which samples are on show is state; the samples stay here."""

    def __init__(self, store: Store, model: OpenModel, window: MainWindow, jobs: Background) -> None:
        super().__init__()
        self._store, self._model, self._window, self._jobs = store, model, window, jobs
        self._awaited: list[Path] = []
        self.table: Mapping[str, Callable[[], None]] = {
            "bring_files": self._ask_files,
            "bring_folder": self._ask_folder,
            "beside_samples": self._put_beside,
            "own_samples": self._go_back,
        }
        store.listen(lambda _old, _new: self._show_ways())
        model.changed.connect(self._take_awaited)
        self._show_ways()

    def wants(self, paths: Sequence[str]) -> bool:
        """Whether what was dropped are samples for the open model, and no model or picture itself."""
        if self._model.opened is None:
            return False
        files = [Path(path) for path in paths]
        if len(files) == 1 and files[0].is_dir():
            from explorer.models.bringing import has_pictures

            return has_pictures(files[0]) and not weights_in(files[0])  # samples that were saved beside weights
        return (len(files) > 1 and are_pictures(files)) or all(
            one.suffix.lower() in DROPPED and not _is_model(one) for one in files
        )

    def take(self, paths: Sequence[Path]) -> None:
        """Bring a folder of pictures, several pictures, or files of latents and labels. Raises InputError."""
        opened = self._model.opened
        if opened is None:
            raise InputError("No model is open.", "Open one first: latents mean something only to their model.")
        self._window.messages.hide()
        if len(paths) == 1 and paths[0].is_dir():
            self._encode(opened, paths[0], paths[0].name)
        elif are_pictures(paths):
            self._encode(opened, list(paths), f"{len(paths)} pictures")
        else:
            self._read(opened, list(paths))

    def take_when_open(self, paths: Sequence[Path]) -> None:
        """Bring these when the model has come: from the command line."""
        self._awaited = list(paths)

    def _take_awaited(self, opened: Opened | None) -> None:
        paths, self._awaited = self._awaited, [] if opened is not None else self._awaited
        if opened is not None and paths:
            try:
                self.take(paths)
            except InputError as error:
                self._window.messages.show_error(error.title, error.hint)

    def _ask_files(self) -> None:
        paths, _kind = QFileDialog.getOpenFileNames(self._window, "Bring latents and labels", "", FILES)
        if paths:
            self.take([Path(path) for path in paths])

    def _ask_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self._window, "Bring a folder of pictures")
        if path:
            self.take([Path(path)])

    def _encode(self, opened: Opened, pictures: Path | list[Path], name: str) -> None:
        """A folder of pictures, or pictures."""
        from explorer.models.bringing import FOR_MANY, encoded_folder

        encodes = opened.card.encodes
        of = f"the pictures of {name}" if isinstance(pictures, Path) else name
        self._jobs.run(
            "bring samples",
            encoded_folder,
            opened.path,
            pictures,
            "cpu" if encodes else opened.device,  # in a process of its own, beside the engine
            replace(FOR_MANY, space=self._store.state.place.space),
            done=lambda samples: self._show(opened, samples, name),
            title=f"{'Encoding' if encodes else 'Finding latents of'} {of}",
            apart=True,
        )

    def _read(self, opened: Opened, paths: list[Path]) -> None:
        space = opened.card.space(self._store.state.place.space)
        known = self._model.samples()
        self._jobs.run(
            "bring samples",
            read,
            paths,
            space,
            known,
            done=lambda samples: self._show(opened, samples, ", ".join(path.name for path in paths)),
            title="Reading samples",
        )

    def _show(self, opened: Opened, samples: LatentSet, name: str) -> None:
        """They have come; if the model is still the one they were meant for, they are on the map."""
        if self._model.opened is None or self._model.opened.path != opened.path:
            return
        state, known = self._store.state, self._model.samples()
        if known is not None and samples.latents is known.latents:  # other labels of the same samples
            key = self._model.keep(f"{name} on {state.brought or 'its own'}", samples)
            self._store.change(f"Bring the labels of {name}", brought=key)
        else:
            self._put(self._model.keep(name, samples), samples, f"Bring {name}")
        told = f"{samples.provenance[:1].upper()}{samples.provenance[1:]}. Undo goes back."
        fits = opened.card.spaces[0].has_prior or samples.space != opened.card.spaces[0].name
        self._window.messages.show_note(told if fits else f"{told} {FIT}")

    def _put(self, key: str, samples: LatentSet | None, title: str) -> None:
        """Other samples on the map: what was said of the former ones by number means nothing any more."""
        opened, state = self._model.opened, self._store.state
        if opened is None:
            return
        space = opened.card.space(state.place.space if samples is None else samples.space)
        rest = {**vars(state.within(0)), "brought": key, "selection": NONE, "subsets": (), "only": None, "colour": ""}
        self._model.has_choice = False  # the label that tells most colours them
        self._store.change(title, **{**rest, "place": first_place(space.name, space.dim, samples)})

    def _put_beside(self) -> None:
        from explorer.models.bringing import beside

        key, brought, own = self._store.state.brought, self._model.samples(), self._model.own_samples()
        if key and not key.endswith(BESIDE) and brought is not None and own is not None:
            both = beside(own, brought)
            self._put(self._model.keep(key + BESIDE, both), both, "Show yours beside the model's")

    def _go_back(self) -> None:
        if self._store.state.brought:
            self._put("", self._model.own_samples(), "Back to the model's samples")

    def _show_ways(self) -> None:
        key = self._store.state.brought
        self._window.actions_by_name["own_samples"].setEnabled(bool(key))
        self._window.actions_by_name["beside_samples"].setEnabled(bool(key) and not key.endswith(BESIDE))


def are_pictures(paths: Sequence[Path]) -> bool:
    """Whether these are files of pictures."""
    from explorer.models.picture_files import SUFFIXES

    return all(path.suffix.lower() in SUFFIXES for path in paths)


def read(paths: list[Path], space: Space, known: LatentSet | None, *, step: Step) -> LatentSet:
    """The samples in some files: the job."""
    from explorer.models.bringing import read_samples_of

    step(0, 0, "Reading samples")
    return read_samples_of(paths, space, known)


def _is_model(path: Path) -> bool:
    """Whether an .npz is a model itself: words with vectors, or weights."""
    return path.suffix.lower() == ".npz" and (is_table(path) or holds_weights(path))
