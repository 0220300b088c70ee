"""The class in a latent of a conditional model: one 1 among zeros, or a blend of several, and what it is called."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.latents.arrays import Latent, Latents

PURE = 0.005  # numbers of a class that are nearer than this to one 1 among zeros are one
MOSTLY = 0.95
ROUNDING = 0.02  # below zero by more is no share of a class


def under_each(latent: Latent, where: slice, codes: Sequence[int]) -> Latents:
    """A latent (d,) with its numbers `where` set to each class of `codes` in turn, float32 (k, d)."""
    latents = np.repeat(latent[None].astype(np.float32), len(codes), axis=0)
    latents[:, where] = np.eye(where.stop - where.start, dtype=np.float32)[list(codes)]
    return latents


def moved_to(base: Latent, seen: Latent, where: slice, code: int) -> Latent:
    """The base whose edited latent is of a class, (d,). `seen`: what the edits, which stay, make of `base` now."""
    wanted = base.astype(np.float32)
    wanted[where] = np.eye(where.stop - where.start, dtype=np.float32)[code] - (seen[where] - base[where])
    return wanted


def pure(weights: Latent) -> int | None:
    """The class that the numbers (k,) are, None where they are a blend or no class at all."""
    code = int(np.argmax(weights))
    one = np.eye(len(weights), dtype=np.float32)[code]
    return code if float(np.abs(weights - one).max()) < PURE else None


def told(weights: Latent, names: Sequence[str]) -> str:
    """What the numbers of a class (k,) are, in words: '3', 'between 3 and 5 (60 : 40)', 'no class'."""
    code, total = pure(weights), float(weights.sum())
    if code is not None:
        return names[code]
    first, second = np.argsort(-weights, kind="stable")[:2].tolist() if len(weights) > 1 else (0, 0)
    if float(np.abs(weights).max()) < PURE:
        return "no class: all of its numbers are 0"
    if float(weights.min()) < -ROUNDING or total <= 0:
        return f"outside the classes, nearest {names[first]}"
    shares = np.clip(weights, 0, None) / total
    adds = "" if abs(total - 1) < ROUNDING else f", adding up to {total:.2f}"
    top, next_ = float(shares[first]), float(shares[second])
    if top > MOSTLY:
        return f"mostly {names[first]} ({100 * top:.0f} %{adds})"
    if top + next_ > MOSTLY:
        return f"between {names[first]} and {names[second]} ({100 * top:.0f} : {100 * next_:.0f}{adds})"
    count = int((shares > PURE).sum())
    return f"a blend of {count} classes, most of it {names[first]} ({100 * top:.0f} %{adds})"
