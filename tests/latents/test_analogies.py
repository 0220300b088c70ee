from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.errors import InputError
from explorer.latents.analogies import answer, near


@given(st.integers(0, 1000))
def test_the_answer_is_as_far_from_c_as_b_is_from_a_and_asks_the_same_both_ways(seed: int) -> None:
    a, b, c = np.random.default_rng(seed).standard_normal((3, 5)).astype(np.float32)
    found = answer(a, b, c)
    np.testing.assert_allclose(found - c, b - a, atol=1e-5)
    np.testing.assert_allclose(answer(a, c, b), found, atol=1e-5)
    np.testing.assert_allclose(answer(a, a, c), c, atol=1e-6)


def test_latents_of_two_spaces_make_no_analogy() -> None:
    with pytest.raises(InputError):
        answer(np.zeros(2, np.float32), np.zeros(2, np.float32), np.zeros(3, np.float32))


def test_the_nearest_samples_leave_out_the_three_that_were_picked() -> None:
    latents = np.arange(10, dtype=np.float32)[:, None]
    assert near(latents, latents[4], 3, (4, 5)).tolist() == [3, 2, 6]
    assert near(latents[:2], latents[0], 5, (0,)).tolist() == [1]
