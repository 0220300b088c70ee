"""The colours of samples: classes, numbers, and what is exported."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.export.palette import colours_of
from explorer.latents.palette import CLASSES, MORE_CLASSES, class_colours, own_colours
from explorer.latents.samples import Labels, LatentSet
from explorer.ui.map.colours import LIKELIHOOD, choices, colouring


def samples(**fields: object) -> LatentSet:
    return LatentSet("z", np.zeros((6, 3), np.float32), **fields)


def test_classes_get_colours_names_and_counts() -> None:
    labels = Labels("hair", np.array([0, 1, 1, 2, 2, 2]), ("bald", "short", "long"))
    shown = colouring(samples(labels=(labels,)), "hair", ground="#888888", dark=False)
    assert [(entry.name, entry.count, entry.colour) for entry in shown.entries] == [
        ("bald", 1, CLASSES[0]),
        ("short", 2, CLASSES[1]),
        ("long", 3, CLASSES[2]),
    ]


def test_a_class_that_no_name_was_given_for_is_shown_as_unknown() -> None:
    labels = Labels("hair", np.array([0, 0, -1, 9, 0, 0]), ("bald",))
    shown = colouring(samples(labels=(labels,)), "hair", ground="#888888", dark=False)
    assert [(entry.name, entry.count) for entry in shown.entries] == [("bald", 4), ("unknown", 2)]
    assert shown.codes.max() < len(shown.colours)


def test_numbers_run_along_the_ramp_and_what_is_no_number_is_grey() -> None:
    labels = Labels("age", np.array([0.0, 1.0, 2.0, 3.0, 4.0, np.nan], np.float32))
    shown = colouring(samples(labels=(labels,)), "age", ground="#888888", dark=True)
    assert shown.is_numeric
    assert not shown.entries
    assert np.all(np.diff(shown.codes[:5]) > 0)
    assert shown.colours[shown.codes[5]] == 0xFF808080


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("names", [(), ("a", "b", "c"), ("#112233", "#ffeedd", "#00ff00"), tuple("abcdefghijklmn")])
def test_what_is_exported_has_the_colours_of_the_window(names: tuple[str, ...], dark: bool) -> None:
    values = np.array([0, 1, 2, 2, 1, 0]) if names else np.array([3, 1, 4, 1, 5, np.nan], np.float32)
    labels = Labels("kind", values, names)
    shown = colouring(samples(labels=(labels,)), "kind", ground="#888888", dark=dark)
    red, green, blue = colours_of(labels, dark=dark).astype(np.uint32).T
    assert np.array_equal(shown.colours[shown.codes], 0xFF000000 | red << 16 | green << 8 | blue)


def test_the_log_likelihood_is_a_colouring_where_there_is_one() -> None:
    scored = samples(log_likelihoods=np.arange(6, dtype=np.float32))
    assert choices(scored) == (LIKELIHOOD,)
    assert choices(samples()) == ()
    assert colouring(scored, LIKELIHOOD, ground="#888888", dark=False).is_numeric


def test_a_colouring_that_does_not_exist_is_the_plain_one() -> None:
    shown = colouring(samples(), "nothing of the kind", ground="#123456", dark=False)
    assert shown.name == ""
    assert shown.colours.tolist() == [0xFF123456]


def test_classes_called_by_a_colour_have_it_and_show_on_any_ground() -> None:
    assert own_colours(("#77311d", "#9287ff")) == ("#77311d", "#9287ff")
    black, white = own_colours(("#000000", "#ffffff")) or ("", "")
    assert black > "#404040"
    assert white < "#d0d0d0"
    assert own_colours(("#77311d", "brown")) is None


def test_up_to_eight_classes_are_okabe_and_itos_and_beyond_none_repeats_for_long() -> None:
    assert class_colours(8) == CLASSES
    assert len(set(class_colours(36))) == 36
    assert len({*CLASSES, *MORE_CLASSES}) == len(CLASSES) + len(MORE_CLASSES)
    assert len(class_colours(100)) == 100
