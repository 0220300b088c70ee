"""The path leaves the window, and what is done live is recorded: films, frames, sheets, numbers, Python."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from explorer.desk.background import Background
from explorer.desk.live import Live
from explorer.desk.open_model import OpenModel
from explorer.errors import InputError
from explorer.export.reels import FORMS, Setting, write_reel
from explorer.latents.arrays import Images, Latents, Points
from explorer.latents.concepts import Concept
from explorer.latents.paths import KINDS, Positions
from explorer.latents.samples import Labels
from explorer.session.path_python import path_to_python
from explorer.session.route import LETTERS, latents_along, letter, stops, waypoints_of
from explorer.session.store import Store
from explorer.ui.main_window import MainWindow
from explorer.ui.path.export_dialog import NUMBERS, ExportDialog, Wish
from explorer.ui.path.playing import frame_of
from explorer.work.engine import Engine
from explorer.work.feed import Feed, Tape, part_of
from explorer.work.job import Step
from explorer.work.messages import Decoded, DecodeRequest, Opened

TOLD_S = 0.1  # between two words of progress
RECORDED_RATE = 30
MOST_KNOWN = 2**26  # bytes of pictures of the strip that are copied for an export: more would stall the window


@dataclass(frozen=True, eq=False)
class Shot:
    """One export: the latents whose pictures are wanted, where and with what truncation, and who waits for them.

    `known`: their pictures, where the strip has them all already: nothing is decoded twice.
    """

    feed: Feed
    latents: Latents
    space: str
    truncation: float
    known: Images | None = None


@dataclass(frozen=True, eq=False)
class MapBeside:
    """What stands beside the picture: the points of the map, their labels, and where every frame is."""

    points: Points
    labels: Labels | None
    line: Points
    ends: tuple[str, str]


class Filming(QObject):
    """`table` maps the name of a deed to what is done. One export at a time. `carried(latents, positions)`: what the
    pictures of frames carry."""

    _part_wanted = Signal(object, int, int)

    def __init__(
        self,
        store: Store,
        engine: Engine,
        model: OpenModel,
        window: MainWindow,
        jobs: Background,
        live: Live,
        carried: Callable[[Latents | None, Positions], Callable[[int | None], str]],
    ) -> None:
        super().__init__()
        self._carried = carried
        self._store, self._engine, self._model, self._window, self._jobs = store, engine, model, window, jobs
        self._wish = Wish()
        self._shot: Shot | None = None
        self._tape: Tape | None = None
        self.clock: Callable[[], float] = time.perf_counter  # of what is recorded
        self.table: Mapping[str, Callable[[], None]] = {
            "export_film": self._ask_film,
            "record": self._toggle_record,
            "copy_path": self._copy_python,
        }
        self._part_wanted.connect(self._ask_part)
        engine.decoded.connect(self._take)
        model.changed.connect(self._follow_model)
        live.shown.connect(lambda image: self._tape.put(image) if self._tape is not None else None)

    # the path as a file

    def _ask_film(self) -> None:
        if self._window.path.latents is None:
            raise InputError("There is no path yet.", "Pin two latents or more, then export.")
        has_map = self._window.map.shown is not None
        frames, rate = len(self._order()), self._store.state.path.rate
        dialog = ExportDialog(self._wish, frames, rate, has_map, self._window)
        if not dialog.exec():
            return
        self._wish = dialog.wish
        ending = self._wish.ending
        name = FORMS[ending][0] if ending in FORMS else NUMBERS[ending]
        path, _ = QFileDialog.getSaveFileName(self._window, "Export the path", f"path{ending}", f"{name} (*{ending})")
        if path:
            self.export(Path(path).with_suffix(ending), self._wish)

    def export(self, path: Path, wish: Wish) -> None:
        """Write the path to a file, in the background. Raises InputError where there is none."""
        at, state = self._order(), self._store.state
        dim = state.place.base.size
        latents, waypoints = latents_along(state.path, at, dim, self._concepts()), waypoints_of(state.path, dim)
        if latents is None or waypoints is None or self._model.opened is None:
            raise InputError("There is no path yet.", "Pin two latents or more, then export.")
        if wish.ending in NUMBERS:
            facts = {"model": self._model.opened.card.name, "space": state.place.space, "kind": state.path.kind}
            self._run(path, save_numbers, latents, path, {**facts, "closed": state.path.closed}, at.tolist())
            return
        mixes = KINDS[state.path.kind].mixes
        wanted = waypoints if mixes else latents
        image_bytes = int(np.prod(self._model.opened.card.image_shape))
        feed = Feed(len(wanted), lambda start, stop: self._part_wanted.emit(feed, start, stop), part_of(image_bytes))
        known = None if mixes or len(at) * image_bytes > MOST_KNOWN else self._window.path.film
        self._shot = Shot(feed, wanted, state.place.space, state.place.truncation, known)
        mix = (at, state.path.closed) if mixes else None
        beside = self._beside(latents) if wish.with_map else None
        setting = replace(self._setting(at, wish), carried=self._carried(None if mixes else latents, at))
        self._run(path, write_film, feed, path, setting, len(at), mix, beside)

    def _run(self, path: Path, job: Callable[..., object], *arguments: object) -> None:
        self._jobs.run(
            "export",
            job,
            *arguments,
            done=lambda _none: self._window.messages.show_note(f"Saved {path.name}."),
            title=f"Writing {path.name}",
        )

    def _order(self) -> Positions:
        """The positions of the frames as they are played: there and back for 'ping-pong'."""
        timing, mode = self._window.path.timing, self._store.state.path.mode
        count = 2 * (len(timing) - 1) if mode == "ping-pong" else len(timing)
        return timing[[frame_of(phase, len(timing), mode) for phase in range(count)]]

    def _setting(self, at: Positions, wish: Wish) -> Setting:
        from explorer.export.journey import captions

        path, opened = self._store.state.path, self._model.opened
        assert opened is not None
        height, width, _ = opened.card.image_shape
        factor = wish.longest / max(height, width)
        size = max(1, round(width * factor)), max(1, round(height * factor))
        letters = {place: letter(index) for index, place in enumerate(stops(path).tolist())}
        rate = Fraction(path.rate).limit_denominator(100_000)
        title = f"{opened.card.name}: {KINDS[path.kind].title.lower()}"
        shown = None if wish.with_map else self._window.path.images
        size_or_own = None if wish.with_map else size
        return Setting(rate, size_or_own, wish.smooth, shown, captions(at, letters), title)

    def _beside(self, latents: Latents) -> MapBeside | None:
        shown, samples = self._window.map.shown, self._model.samples()
        if shown is None or samples is None:
            return None
        path = self._store.state.path
        last = 0 if path.closed else len(path.waypoints) - 1
        labels = samples.label(self._store.state.colour)
        line = shown.place(latents)
        return MapBeside(shown.place(samples.latents), labels, line, (LETTERS[0], letter(last)))

    def _ask_part(self, feed: Feed, start: int, stop: int) -> None:
        shot, opened = self._shot, self._model.opened
        if shot is None or shot.feed is not feed or opened is None:
            return
        part, marks = shot.latents[start:stop], tuple(range(start, stop))
        if shot.known is not None:
            feed.put(marks, shot.known[start:stop])
            return
        self._engine.ask(DecodeRequest(opened.key, "export", part, shot.space, shot.truncation, marks))

    def _take(self, decoded: Decoded) -> None:
        shot = self._shot
        if decoded.purpose == "export" and shot is not None:
            marks = [int(str(mark)) for mark in decoded.marks]
            if np.array_equal(shot.latents[marks], decoded.latents):
                shot.feed.put(marks, decoded.images)

    def _follow_model(self, opened: Opened | None) -> None:
        """After a restart of the engine it goes on; with another model it cannot."""
        self._end_tape()
        shot = self._shot
        if shot is None or opened is None:
            return
        if any(space.name == shot.space and space.dim == shot.latents.shape[1] for space in opened.card.spaces):
            shot.feed.ask_again()
        else:
            shot.feed.fail(InputError("Another model was opened while the film was written.", "Export it again."))

    def _concepts(self) -> tuple[Concept, ...]:
        state, opened = self._store.state, self._model.opened
        return opened.concepts_of(state.place.space, *state.studio.known) if opened is not None else ()

    def _copy_python(self) -> None:
        state = self._store.state
        timing = self._window.path.timing
        text = path_to_python(state, timing, self._concepts())
        QGuiApplication.clipboard().setText(text)
        self._window.messages.show_note("Copied the path as Python.")

    # what is done live

    def _toggle_record(self) -> None:
        if self._tape is not None:
            self._end_tape()
            return
        if self._model.opened is None:
            return
        known = ";;".join(f"{FORMS[ending][0]} (*{ending})" for ending in (".mp4", ".webm", ".gif", ".webp"))
        path, _ = QFileDialog.getSaveFileName(self._window, "Record what is done", "live.mp4", known)
        if path:
            self.record(Path(path) if Path(path).suffix in FORMS else Path(path).with_suffix(".mp4"))

    def record(self, path: Path) -> None:
        """Record the stage into a film until the deed is done once more, or another model is opened."""
        tape = self._tape = Tape(clock=self.clock)
        image = self._window.stage.picture_shown
        if image is not None:
            tape.put(image)
        setting = replace(self._setting(np.zeros(1), self._wish), palette_from=None, rate=Fraction(RECORDED_RATE))
        self._window.path.controls.show_recording(True)
        self._jobs.run(
            "record",
            write_tape,
            tape,
            path,
            setting,
            done=lambda frames: self._tell_recorded(path, tape, frames),
            given_up=self._end_tape,
            title=f"Recording to {path.name}",
        )

    def _end_tape(self) -> None:
        if self._tape is not None:
            self._tape.end()
            self._tape = None
            self._window.path.controls.show_recording(False)

    def _tell_recorded(self, path: Path, tape: Tape, frames: int) -> None:
        lost = f" {tape.dropped} pictures were dropped: the encoder was too slow." if tape.dropped else ""
        self._window.messages.show_note(f"Saved {path.name}, {frames / RECORDED_RATE:.1f} s.{lost}")


def write_film(
    feed: Feed,
    path: Path,
    setting: Setting,
    total: int,
    mix: tuple[Positions, bool] | None,
    beside: MapBeside | None,
    *,
    step: Step,
) -> None:
    """Write what a feed brings: the job."""
    batches = feed.batches(step.check)
    if mix is not None:
        batches = _mixed(batches, *mix)
    if beside is not None:
        batches = _beside(batches, beside, setting.smooth)
    write_reel(batches, path, setting, total=total, progress=Told(path.name, step))


def write_tape(tape: Tape, path: Path, setting: Setting, *, step: Step) -> int:
    """Write what is put on a tape until it ends, the number of frames: the job."""
    step(0, 0, f"Recording to {path.name}")
    return write_reel(tape.frames(float(setting.rate), step.check), path, setting)


def save_numbers(latents: Latents, path: Path, facts: Mapping[str, object], at: list[float], *, step: Step) -> None:
    """Write latents (n, d): the job."""
    from explorer.export import journey

    step(0, 1, f"Writing {path.name}")
    journey.save_numbers(latents, path, facts, at)


class Told:
    """Progress in words, with the time left, ten times a second at most; raises what the job's step raises."""

    def __init__(self, name: str, step: Step) -> None:
        self._name, self._step = name, step
        self._began = self._last = time.perf_counter()

    def __call__(self, done: int, total: int) -> None:
        now = time.perf_counter()
        if now - self._last < TOLD_S and done < total:
            return
        self._last = now
        left = (now - self._began) / done * (total - done)
        self._step(done, total, f"Writing {self._name}: {done:,} of {total:,} frames, {left:.0f} s left")


def _mixed(batches: Iterator[Images], at: Positions, closed: bool) -> Iterator[Images]:
    from explorer.export.journey import mixtures

    yield from mixtures(np.concatenate(list(batches)), at, closed=closed)


def _beside(batches: Iterator[Images], seen: MapBeside, smooth: bool) -> Iterator[Images]:
    from explorer.export.beside import Beside

    frames = Beside(seen.points, seen.line, labels=seen.labels, ends=seen.ends, smooth=smooth)
    done = 0
    for images in batches:
        yield np.stack([frames.frame(image, done + index) for index, image in enumerate(images)])
        done += len(images)
