from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.session.state import Pin, State, empty, frozen
from explorer.session.store import HISTORY_LIMIT, Store

Act = Callable[[Store], None]
ACTS: dict[str, Act] = {
    "change": lambda store: store.change("Colour", colour=store.state.colour + "x"),
    "move": lambda store: store.move("Move", seed=len(store.state.colour)),
    "path": lambda store: store.change_path("Frames", frames=store.state.path.frames + 1),
    "drag smile": lambda store: store.move("Smile", gesture="smile", truncation=store.state.place.truncation / 2),
    "drag beard": lambda store: store.move("Beard", gesture="beard", truncation=store.state.place.truncation + 1),
    "lift hand": Store.end_gesture,
    "hover": lambda store: store.show_preview(frozen(np.ones(2, np.float32))),
    "undo": Store.undo,
    "redo": Store.redo,
}
any_acts = st.lists(st.sampled_from(sorted(ACTS)), max_size=40)


def undo_all(store: Store) -> int:
    steps = 0
    while store.undo_title is not None:
        store.undo()
        steps += 1
    return steps


@given(acts=any_acts)
def test_after_whatever_was_done_undoing_it_all_gives_the_very_first_state(acts: list[str]) -> None:
    store = Store(first := empty())
    for act in acts:
        ACTS[act](store)
    undo_all(store)
    assert store.state is first


@given(acts=any_acts)
def test_after_whatever_was_undone_redoing_it_all_gives_the_very_last_state(acts: list[str]) -> None:
    store = Store(empty())
    for act in acts:
        ACTS[act](store)
    while store.redo_title is not None:
        store.redo()
    last = store.state
    steps = undo_all(store)
    for _ in range(steps):
        store.redo()
    assert store.state is last
    assert store.redo_title is None


@given(acts=any_acts)
def test_listeners_hear_an_unbroken_chain_of_states(acts: list[str]) -> None:
    store = Store(first := empty())
    heard: list[tuple[State, State]] = []
    store.listen(lambda old, new: heard.append((old, new)))
    for act in acts:
        ACTS[act](store)
    states = [first, *(new for _, new in heard)]
    assert all(old is before for (old, _), before in zip(heard, states, strict=False))
    assert states[-1] is store.state


def test_a_drag_is_one_step() -> None:
    store = Store(first := empty())
    for value in (0.9, 0.5, 0.1):
        store.move("Truncate", gesture=("truncation", 1), truncation=value)
    assert store.undo_title == "Truncate"
    store.undo()
    assert store.state is first
    store.redo()
    assert store.state.place.truncation == 0.1


def test_two_drags_of_one_slider_are_two_steps() -> None:
    store = Store(empty())
    store.move("Truncate", gesture="truncation", truncation=0.9)
    store.end_gesture()
    store.move("Truncate", gesture="truncation", truncation=0.5)
    store.undo()
    assert store.state.place.truncation == 0.9


@pytest.mark.parametrize("between", ["undo", "restart"])
def test_an_undo_and_a_new_model_end_the_running_drag(between: str) -> None:
    store = Store(empty())
    store.change("Colour", colour="smile")
    store.move("Truncate", gesture="truncation", truncation=0.9)
    if between == "undo":
        store.undo()
    else:
        store.restart(empty("other"))
    stop = store.state
    store.move("Truncate", gesture="truncation", truncation=0.5)
    store.undo()
    assert store.state is stop


def test_a_new_change_takes_the_redo_away() -> None:
    store = Store(empty())
    store.change("Colour", colour="a")
    store.undo()
    assert store.redo_title == "Colour"
    store.change_path("Frames", frames=3)
    assert store.redo_title is None
    store.redo()
    assert store.state.path.frames == 3


def test_undo_with_nothing_to_undo_tells_nobody() -> None:
    store = Store(first := empty())
    store.listen(lambda old, new: pytest.fail("nothing changed"))
    store.undo()
    store.redo()
    assert store.state is first


def test_the_history_forgets_the_oldest_steps_beyond_its_limit() -> None:
    store = Store(empty())
    for number in range(HISTORY_LIMIT + 20):
        store.change("Colour", colour=str(number))
    assert undo_all(store) == HISTORY_LIMIT
    assert store.state.colour == "19"


def test_a_preview_is_no_state_and_no_step_and_ends_with_the_next_change() -> None:
    store = Store(first := empty())
    seen: list[object] = []
    store.listen_preview(seen.append)
    hovered = frozen(np.ones(2, np.float32))
    store.show_preview(hovered)
    assert store.state is first
    assert store.preview is hovered
    assert store.undo_title is None
    store.change("Colour", colour="a")
    assert store.preview is None
    assert seen == [hovered, None]


def test_leaving_the_map_without_a_preview_tells_nobody() -> None:
    store = Store(empty())
    store.listen_preview(lambda latent: pytest.fail("there was no preview"))
    store.show_preview(None)
    store.change("Colour", colour="a")


def test_playing_moves_the_bead_without_steps_of_undo() -> None:
    store = Store(empty())
    store.change_path("Pin A", waypoints=(Pin(frozen(np.ones(2, np.float32))),))
    for position in (0.0, 0.5, 1.0, None):
        store.show_position(position)
    assert store.state.path.position is None
    assert undo_all(store) == 1


def test_a_change_from_within_a_listener_reaches_everyone_after_its_cause() -> None:
    store = Store(empty())
    last: list[str] = []

    def answer(_: State, new: State) -> None:
        if new.colour == "asked":
            store.change("Answer", colour="answered")

    store.listen(answer)
    store.listen(lambda _, new: last.append(new.colour))
    store.change("Ask", colour="asked")
    assert last == ["asked", "answered"]
    assert store.state.colour == "answered"


def test_a_listener_that_fails_does_not_silence_the_store() -> None:
    store = Store(empty())
    heard: list[str] = []

    def fail_once(_: State, new: State) -> None:
        heard.append(new.colour)
        if new.colour == "a":
            raise RuntimeError

    store.listen(fail_once)
    with pytest.raises(RuntimeError):
        store.change("Colour", colour="a")
    store.change("Colour", colour="b")
    assert heard == ["a", "b"]


def test_a_frozen_latent_is_a_float32_copy_that_cannot_be_written() -> None:
    source = np.arange(3, dtype=np.float64)
    latent = frozen(source)  # type: ignore[arg-type]
    source[0] = 9
    assert latent.dtype == np.float32
    assert latent[0] == 0
    with pytest.raises(ValueError, match="read-only"):
        latent[0] = 1
