"""What the words of the path command mean: waypoints, keyframes, sizes."""

from __future__ import annotations

import argparse
from fractions import Fraction
from pathlib import Path

import numpy as np

from explorer.commands.latent_files import read_latents
from explorer.errors import InputError
from explorer.latents.arrays import Latent, Latents
from explorer.latents.concepts import Concept
from explorer.latents.samples import LatentSet
from explorer.models.base import LatentModel, Space
from explorer.session.state import Keyframe

ALIASES = {"slerp": "spherical", "lerp": "linear", "nlerp": "kept length", "cdf": "gaussian", "spline": "catmull-rom"}
MORE_ALIASES = {"smooth": "catmull-rom", "data": "through the data", "fade": "crossfade"}


def kind_name(text: str) -> str:
    """The kind that a word stands for: 'slerp' is spherical, 'through-the-data' is through the data."""
    plain = text.lower().replace("_", "-")
    return {**ALIASES, **MORE_ALIASES}.get(plain, plain if plain == "catmull-rom" else plain.replace("-", " "))


def waypoints(words: list[str], model: LatentModel, space: Space, samples: LatentSet | None) -> Latents:
    """Latents (k, d) of ids, files and seeds, in their order."""
    return np.concatenate([_waypoint(word, model, space, samples) for word in words])


def _waypoint(word: str, model: LatentModel, space: Space, samples: LatentSet | None) -> Latents:
    """'12': a sample; 'seed:3': drawn from the prior; 'zero'; else a file of one latent or several."""
    name, _, number = word.partition(":")
    if name == "seed" and number.isdecimal():
        return model.sample(1, seed=int(number), space=space.name)
    if word == "zero":
        return np.zeros((1, space.dim), np.float32)
    if word.isdecimal() and not Path(word).exists():
        return _sample(int(word), samples, model.card.name)[None]
    return read_latents(Path(word), space)


def _sample(index: int, samples: LatentSet | None, name: str) -> Latent:
    count = 0 if samples is None else len(samples)
    if samples is None or index >= count:
        raise InputError(f"{name} has no sample {index}: it has {count}, counted from 0.", "Choose one of them.")
    latent: Latent = samples.latents[index]
    return latent


def keyframes(words: list[str], concepts: tuple[Concept, ...]) -> tuple[Keyframe, ...]:
    """'0.5:smile=2,glasses=-1' each: concept strengths in sigma at a position."""
    known = {concept.name for concept in concepts}
    return tuple(_keyframe(word, known) for word in words)


def _keyframe(word: str, known: set[str]) -> Keyframe:
    place, _, settings = word.partition(":")
    try:
        at, pairs = float(place), [pair.rpartition("=") for pair in settings.split(",")]
        strengths = {name.strip(): float(value) for name, _, value in pairs}
    except ValueError as error:
        raise InputError(f"'{word}' is no keyframe.", "Write position:concept=strength, as 0.5:smile=2.") from error
    if not 0 <= at <= 1 or not all(np.isfinite(list(strengths.values()))):
        raise InputError(f"'{word}' is no keyframe.", "The position lies between 0 and 1.")
    for name in strengths:
        if name not in known:
            raise InputError(f"There is no concept '{name}'.", f"There are: {', '.join(sorted(known)) or 'none'}.")
    return Keyframe(at, strengths)


def size(text: str) -> tuple[int, int] | int:
    """'512' for the longer side, '640x480' for both."""
    parts = text.lower().split("x")
    try:
        sides = [int(part) for part in parts]
    except ValueError as error:
        raise argparse.ArgumentTypeError("give 512, or 640x480") from error
    if len(sides) not in (1, 2) or min(sides) < 1:
        raise argparse.ArgumentTypeError("give 512, or 640x480")
    return (sides[0], sides[1]) if len(sides) == 2 else sides[0]


def rate(text: str) -> Fraction:
    """'24', '29.97' or '30000/1001'."""
    try:
        value = Fraction(text).limit_denominator(100_000)
    except (ValueError, ZeroDivisionError) as error:
        raise argparse.ArgumentTypeError("give frames a second, such as 24 or 30000/1001") from error
    if not 0 < value <= 1000:
        raise argparse.ArgumentTypeError("give 1000 frames a second at most, and more than none")
    return value


def sized(wanted: tuple[int, int] | int | None, shape: tuple[int, int, int]) -> tuple[int, int]:
    """Width and height of a film of pictures (h, w, c): whole steps of at least 256 pixels where none are wanted."""
    height, width, _ = shape
    if isinstance(wanted, tuple):
        return wanted
    factor = max(1, -(-256 // max(height, width))) if wanted is None else wanted / max(height, width)
    return max(1, round(width * factor)), max(1, round(height * factor))
