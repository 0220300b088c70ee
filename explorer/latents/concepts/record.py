"""What is kept with a concept beside its vector: the examples that it was made from, and its strip."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from explorer.latents.arrays import Images, Latents

MOST_KEPT = 200  # examples of a bucket


@dataclass(frozen=True, eq=False)
class Record:
    """Latents of the examples with (n, d) and without (m, d), and the strip from -2 to +2, uint8 (5, h, w, c)."""

    with_: Latents
    without: Latents
    strip: Images | None = None

    @property
    def turned(self) -> Record:
        """Of the concept the other way round."""
        return Record(self.without, self.with_, None if self.strip is None else self.strip[::-1])

    @property
    def hashes(self) -> dict[str, list[str]]:
        """A name for each example that is the same on every machine."""
        return {"with": hashes(self.with_), "without": hashes(self.without)}


def hashes(latents: Latents) -> list[str]:
    """The first 16 hex digits of the sha256 of each latent's float32 numbers, little-endian."""
    rows = np.ascontiguousarray(latents, dtype="<f4")
    return [hashlib.sha256(row.tobytes()).hexdigest()[:16] for row in rows]


def places_of(wanted: Latents, latents: Latents) -> dict[int, int]:
    """Which of the wanted latents (k, d) are among some latents (n, d), to the bit: place by place in `wanted`."""
    names = set(hashes(wanted))
    first = {name: place for place, name in reversed(list(enumerate(hashes(latents)))) if name in names}
    return {place: first[name] for place, name in enumerate(hashes(wanted)) if name in first}
