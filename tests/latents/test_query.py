from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.latents.query import QueryError, Vocabulary, completed, found, quoted, vocabulary
from explorer.latents.samples import Labels, LatentSet
from explorer.latents.selections import chosen

COUNT = 40
RANDOM = np.random.default_rng(3)
SMILE = Labels("smile", RANDOM.integers(0, 2, COUNT), ("no", "yes"))
GLASSES = Labels("glasses", RANDOM.integers(-1, 3, COUNT), ("none", "round", "very thick"))
AGE = Labels("age", RANDOM.normal(30, 10, COUNT).astype(np.float32))
DIGIT = Labels("digit", RANDOM.integers(0, 3, COUNT), ("1", "7", "9"))
HAIR = Labels("long hair", RANDOM.integers(0, 2, COUNT), ("no", "yes"))
SAMPLES = LatentSet("z", np.zeros((COUNT, 3), np.float32), labels=(SMILE, GLASSES, AGE, DIGIT, HAIR))
KNOWN = vocabulary(SAMPLES, {"selected": chosen([1, 2, 3]), "group A": chosen(range(10))})

names = st.text(min_size=1, max_size=6)


def ask(text: str) -> set[int]:
    return set(found(text, KNOWN).tolist())


def those(mask: np.ndarray) -> set[int]:
    return set(np.flatnonzero(mask).tolist())


@pytest.mark.parametrize(
    ("text", "mask"),
    [
        ("smile = 1 and glasses != none", (SMILE.values == 1) & (GLASSES.values != 0)),
        ("SMILE == Yes", SMILE.values == 1),
        ('"long hair" = no', HAIR.values == 0),
        ("'long hair'=yes or smile=no", (HAIR.values == 1) | (SMILE.values == 0)),
        ('glasses = "very thick"', GLASSES.values == 2),
        ("glasses in (round, none)", np.isin(GLASSES.values, (0, 1))),
        ("glasses not in (round)", GLASSES.values != 1),
        ("glasses ~ THICK", GLASSES.values == 2),
        ("age >= 30", AGE.values >= 30),
        ("age > 20 and age < 4e1", (AGE.values > 20) & (AGE.values < 40)),
        ("digit > 5", DIGIT.values > 0),
        ("digit = 7", DIGIT.values == 1),
        ("not smile = yes and digit = 9", (SMILE.values != 1) & (DIGIT.values == 2)),
        ("not (smile = yes and digit = 9)", ~((SMILE.values == 1) & (DIGIT.values == 2))),
        ("smile = yes or smile = no and digit = 1", (SMILE.values == 1) | (DIGIT.values == 0)),
        ("sample < 5", np.arange(COUNT) < 5),
        ("selected", np.isin(np.arange(COUNT), (1, 2, 3))),
        ('"group A" and not selected', np.isin(np.arange(COUNT), (0, 4, 5, 6, 7, 8, 9))),
        ("age ≤ 30 and smile ≠ yes", (AGE.values <= 30) & (SMILE.values != 1)),
        ("", np.ones(COUNT, bool)),
    ],
)
def test_a_query_finds_the_samples_it_names(text: str, mask: np.ndarray) -> None:
    assert ask(text) == those(mask)


@pytest.mark.parametrize(
    ("text", "at", "says"),
    [
        ("smil = 1", 0, "Did you mean smile?"),
        ("smile = perhaps", 8, "There are: no, yes"),
        ("smile", 5, "Write what it has to be: smile = no"),
        ("smile =", 7, "There are: no, yes"),
        ("age = old", 6, "Give one"),
        ("glasses < 3", 10, "Compare with = or !="),
        ("(smile = 1", 10, "Close it"),
        ("smile = 1 glasses = none", 10, "Join conditions"),
        ("smile = 1 and", 13, "There are: smile"),
        ("age > 'x", 6, "Close it with '"),
        ("smile ! 1", 6, "Compare with"),
        ("glasses in round", 11, "in (a, b)"),
        ("smile = yes)", 11, "Join conditions"),
        ("(" * 500 + "smile = 1", 100, "Take some out"),
        ("", None, ""),
    ],
)
def test_an_error_says_where_it_is_and_what_there_is(text: str, at: int | None, says: str) -> None:
    if at is None:
        return
    with pytest.raises(QueryError) as caught:
        ask(text)
    assert caught.value.at == at
    assert says in str(caught.value)


@given(name=names, value=names)
def test_every_name_can_be_asked_for(name: str, value: str) -> None:
    labels = Labels(name, np.array([0, 1, 0]), (value, value + "'\"\\ and"))
    known = Vocabulary(3, (labels,), {})
    assert found(f"{quoted(name)} = {quoted(value)}", known).tolist() == [0, 2]
    assert found(f"{quoted(name)} != {quoted(value)}", known).tolist() == [1]


@given(text=st.text(max_size=40) | st.text(alphabet="smile=1 andor()<>!~'\"in,not", max_size=60))
def test_any_text_finds_samples_or_says_what_is_wrong_within_it(text: str) -> None:
    try:
        ask(text)
        error = None
    except QueryError as caught:
        error = caught
    assert error is None or (0 <= error.at <= len(text) and error.title and error.hint)
    completed(text, len(text), KNOWN)


conditions = st.recursive(
    st.sampled_from(["smile = yes", "age > 30", "digit in (1, 9)", "selected"]),
    lambda inner: (
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})")
        | inner.map(lambda text: f"not ({text})")
    ),
    max_leaves=6,
)


@given(one=conditions, other=conditions)
def test_and_or_not_are_those_of_sets(one: str, other: str) -> None:
    everything = set(range(COUNT))
    assert ask(f"{one} and {other}") == ask(one) & ask(other)
    assert ask(f"{one} or {other}") == ask(one) | ask(other)
    assert ask(f"not ({one})") == everything - ask(one)


@pytest.mark.parametrize(
    ("text", "start", "first"),
    [
        ("", 0, "smile"),
        ("sm", 0, "smile"),
        ("lon", 0, '"long hair"'),
        ('"lo', 0, '"long hair"'),
        ("smile ", 6, "="),
        ("age ", 4, "="),
        ("smile = ", 8, "no"),
        ("glasses = ver", 10, '"very thick"'),
        ("glasses in (none, r", 18, "round"),
        ("smile = yes ", 12, "and"),
        ("smile = yes and g", 16, "glasses"),
        ("(smile = yes ", 13, ")"),
    ],
)
def test_completion_offers_what_can_come_next(text: str, start: int, first: str) -> None:
    offered = completed(text, len(text), KNOWN)
    assert offered.start == start
    assert offered.words[0] == first


def test_completion_in_the_middle_looks_at_what_stands_before() -> None:
    assert completed("smile = y and age > 3", 9, KNOWN).words == ("yes",)


ODD = (0.0, -0.0, -0.001, 0.004, 0.005, 0.015, 2.675, -1.125, 1e13, 1e300, np.inf, -np.inf, np.nan)


@given(
    numbers=st.lists(st.sampled_from(ODD) | st.floats(width=32) | st.integers(-500, 500).map(float), max_size=40),
    text=st.sampled_from(("0", "1.", "-", "-0", ".01", "nan", "inf", "5", "")),
)
def test_numbers_hold_a_text_where_what_is_written_of_them_does(numbers: list[float], text: str) -> None:
    size = Labels("size", np.array(numbers))
    known = vocabulary(LatentSet("z", np.zeros((len(numbers), 2), np.float32), labels=(size,)))
    asked = [row for row in range(len(numbers)) if text in size.text(row)]
    assert found(f'size ~ "{text}"', known).tolist() == asked
