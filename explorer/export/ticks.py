"""Round numbers along an axis, the same on the screen and in what is exported."""

from __future__ import annotations

import math


def tick_step(wished: float) -> float:
    """The distance of ticks nearest to a wished one: 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(wished))
    return min((power * factor for factor in (1, 2, 5, 10)), key=lambda step: abs(math.log(step / wished)))


def ticks(low: float, high: float, step: float) -> list[float]:
    """Multiples of `step` in low..high."""
    return [number * step for number in range(math.ceil(low / step), math.floor(high / step) + 1)]


def tick_text(value: float, step: float) -> str:
    """A tick's number with just the decimals its step needs, and a true minus."""
    decimals = max(-math.floor(math.log10(step) + 1e-9), 0)
    text = f"{value:.{decimals}f}"
    return ("0" if float(text) == 0 else text).replace("-", "\N{MINUS SIGN}")


def labelled(low: float, high: float, wished: int = 7) -> list[tuple[float, str]]:
    """About `wished` ticks between two numbers, each with its text."""
    step = tick_step((high - low) / max(wished, 1))
    return [(value, tick_text(value, step)) for value in ticks(low, high, step)]
