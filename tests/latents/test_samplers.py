"""Latents drawn from priors."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from explorer.latents.samplers import drawn, normal

PARTS = st.lists(
    st.tuples(st.sampled_from(["normal", "uniform", "one-hot"]), st.integers(1, 6)), min_size=1, max_size=4
)


@given(PARTS, st.integers(0, 20), st.integers(0, 1000))
def test_every_part_of_a_latent_follows_its_prior_and_the_first_do_not_depend_on_how_many(parts, n, seed):
    latents, start = drawn(n, parts, seed), 0
    assert latents.dtype == np.float32
    np.testing.assert_array_equal(drawn(n + 3, parts, seed)[:n], latents)
    for prior, dim in parts:
        part = latents[:, start : start + dim]
        start += dim
        assert part.shape == (n, dim)
        if prior == "uniform":
            assert (np.abs(part) <= 1).all()
        if prior == "one-hot":
            assert ((part == 1).sum(axis=1) == 1).all()
            assert ((part == 0).sum(axis=1) == dim - 1).all()


def test_one_normal_part_is_what_it_always_was():
    np.testing.assert_array_equal(drawn(5, [("normal", 3)], 7), normal(5, 3, 7))


def test_normal_parts_beside_each_other_are_drawn_as_one() -> None:
    np.testing.assert_array_equal(drawn(3, [("normal", 2), ("normal", 4)], 5), normal(3, 6, 5))
