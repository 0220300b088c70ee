"""Drawing latents: one seed, the same latents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.latents.arrays import Latents


def normal(n: int, dim: int, seed: int) -> Latents:
    """n latents of N(0, I), float32 (n, dim)."""
    return np.random.default_rng(seed).standard_normal((n, dim)).astype(np.float32)


def drawn(n: int, parts: Sequence[tuple[str, int]], seed: int) -> Latents:
    """n latents of which each part (prior, dim) follows a prior of its own, float32 (n, sum of dims).

    'uniform' is U(-1, 1) a number, 'unit' U(0, 1), 'one-hot' one of `dim` classes, 'sphere' uniform among vectors of
    length 1, anything else N(0, I). The first rows do not depend on n, and latents of normal parts alone are those of
    `normal`: normal parts beside each other are drawn as one.
    """
    columns = []
    for number, (prior, dim) in enumerate(_joined(parts)):
        random = np.random.default_rng([seed, number] if number else seed)
        if prior == "uniform":
            columns.append(random.uniform(-1, 1, (n, dim)))
        elif prior == "unit":
            columns.append(random.uniform(0, 1, (n, dim)))
        elif prior == "one-hot":
            columns.append(np.eye(dim)[random.integers(dim, size=n)])
        elif prior == "sphere":
            numbers = random.standard_normal((n, dim))
            columns.append(numbers / np.linalg.norm(numbers, axis=1, keepdims=True))
        else:
            columns.append(random.standard_normal((n, dim)))
    return np.concatenate(columns, axis=1).astype(np.float32)


def _joined(parts: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """The same numbers, normal parts beside each other as one."""
    joined: list[tuple[str, int]] = []
    for prior, dim in parts:
        if joined and prior == joined[-1][0] == "normal":
            joined[-1] = prior, joined[-1][1] + dim
        else:
            joined.append((prior, dim))
    return joined
