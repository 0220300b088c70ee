"""The pictures of a path, as far as they are decoded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Images, Latents
from explorer.session.state import PlayMode
from explorer.ui.playing import frame_of

Pixels = NDArray[np.uint8]


class Film:
    """Frames by number, for the latents that were asked for last, float32 (n, d), or None."""

    def __init__(self) -> None:
        self.wanted: Latents | None = None
        self._frames: dict[int, Pixels] = {}

    @property
    def frames(self) -> Mapping[int, Pixels]:
        """The pictures there are, uint8 (height, width, channels), by frame."""
        return self._frames

    def forget(self) -> None:
        self._frames = {}

    def take(
        self, marks: Sequence[int], images: Images, latents: Latents | None, *, first: int = 0
    ) -> Mapping[int, Pixels]:
        """Keep pictures of the wanted latents `marks`, shown from frame `first` on; says which were kept.

        Given the `latents` they were made of, pictures of others than the wanted ones are refused.
        """
        fresh = {
            mark + first: image
            for place, (mark, image) in enumerate(zip(marks, images, strict=True))
            if self._is_wanted(mark, None if latents is None else latents[place])
        }
        self._frames.update(fresh)
        return fresh

    @property
    def lacks_frames(self) -> bool:
        """Whether pictures that were asked for have not come."""
        return self.wanted is not None and len(self._frames) < len(self.wanted)

    def played(self, frames: int, mode: PlayMode) -> Images | None:
        """One round as it is played, uint8 (n, h, w, c), there and back for 'ping-pong'; None until all is decoded."""
        if len(self._frames) < frames:
            return None
        phases = 2 * (frames - 1) if mode == "ping-pong" else frames
        return np.stack([self._frames[frame_of(phase, frames, mode)] for phase in range(phases)])

    def _is_wanted(self, mark: int, latent: NDArray[np.float32] | None) -> bool:
        if self.wanted is None or mark >= len(self.wanted):
            return False
        return latent is None or np.array_equal(latent, self.wanted[mark])
