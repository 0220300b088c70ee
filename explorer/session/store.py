"""The store: the one owner of the state, and its history. No Qt; everything runs in the GUI thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

from explorer.latents.arrays import Latent
from explorer.latents.paths import Knots
from explorer.session.state import State

Listener = Callable[[State, State], None]
HISTORY_LIMIT = 500


@dataclass(frozen=True, eq=False)
class Step:
    """One entry of the history: what was done, in words, and the state it led away from."""

    title: str
    before: State


class Store:
    """Owns the state. Widgets ask (`change`, `move`), everyone hears (`listen`), and nobody else keeps a copy.

    A *gesture* names a drag: changes in a row with the same gesture are one step of undo. `end_gesture` closes it.
    A *preview* is what hover shows; it is no state and no step.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._undo: list[Step] = []
        self._redo: list[Step] = []
        self._gesture: Hashable | None = None
        self._preview: Latent | None = None
        self._listeners: list[Listener] = []
        self._news: deque[tuple[State, State]] = deque()
        self._telling = False
        self._preview_listeners: list[Callable[[Latent | None], None]] = []

    @property
    def state(self) -> State:
        return self._state

    def listen(self, listener: Listener) -> None:
        """Call `listener(old, new)` after every change. A change that a listener asks for is told after this one."""
        self._listeners.append(listener)

    def change(self, title: str, *, gesture: Hashable | None = None, **fields: object) -> None:
        """Replace fields of the state as one step of undo, or as part of the running gesture."""
        self._commit(title, replace(self._state, **fields), gesture)  # type: ignore[arg-type]

    def move(self, title: str, *, gesture: Hashable | None = None, **place: object) -> None:
        """Replace fields of the place (base, strengths, truncation, ...)."""
        self._commit(title, self._state.moved(**place), gesture)

    def change_path(self, title: str, *, gesture: Hashable | None = None, **path: object) -> None:
        """Replace fields of the path (waypoints, kind, frames, position, ...)."""
        self._commit(title, replace(self._state, path=self._state.path.changed(**path)), gesture)

    def begin(self, state: State) -> None:
        """The first model is there: nothing lies before this state."""
        self._undo.clear()
        self._redo.clear()
        self.restart(state)

    def restart(self, state: State) -> None:
        """Take a state without a step of undo, such as a step of an animation."""
        self._gesture = None
        self._show(state)

    def show_position(self, position: float | None) -> None:
        """Move the bead of the path without a step of undo: it is where playing happens to be."""
        if position != self._state.path.position:
            self._show(replace(self._state, path=replace(self._state.path, position=position)))

    def show_course(self, course: Knots) -> None:
        """What a search has found so far for the path, without a step of undo: it follows from the path."""
        self._show(replace(self._state, path=replace(self._state.path, course=course)))

    def end_gesture(self) -> None:
        """The hand was lifted: the next change is a new step, whatever its gesture."""
        self._gesture = None

    @property
    def undo_title(self) -> str | None:
        """What undo would take back, or None."""
        return self._undo[-1].title if self._undo else None

    @property
    def redo_title(self) -> str | None:
        return self._redo[-1].title if self._redo else None

    def undo(self) -> None:
        self._travel(self._undo, self._redo)

    def redo(self) -> None:
        self._travel(self._redo, self._undo)

    def listen_preview(self, listener: Callable[[Latent | None], None]) -> None:
        self._preview_listeners.append(listener)

    @property
    def preview(self) -> Latent | None:
        """The latent under the cursor, or None."""
        return self._preview

    def show_preview(self, latent: Latent | None) -> None:
        """Hover: show this latent without committing to it; None returns to what was committed."""
        if latent is None and self._preview is None:
            return
        self._preview = latent
        for listener in tuple(self._preview_listeners):
            listener(latent)

    def _commit(self, title: str, state: State, gesture: Hashable | None) -> None:
        if gesture is None or gesture != self._gesture or not self._undo:
            self._undo.append(Step(title, self._state))
            del self._undo[:-HISTORY_LIMIT]
        self._gesture = gesture
        self._redo.clear()
        self._show(state)

    def _travel(self, source: list[Step], target: list[Step]) -> None:
        if not source:
            return
        step = source.pop()
        target.append(Step(step.title, self._state))
        self._gesture = None
        self._show(step.before)

    def _show(self, state: State) -> None:
        self._news.append((self._state, state))
        self._state = state
        if self._preview is not None:
            self.show_preview(None)
        if not self._telling:
            self._tell()

    def _tell(self) -> None:
        """In order: else a change from within a listener would reach the later listeners before its cause."""
        self._telling = True
        try:
            while self._news:
                old, new = self._news.popleft()
                for listener in tuple(self._listeners):
                    listener(old, new)
        finally:
            self._telling = False
            self._news.clear()
