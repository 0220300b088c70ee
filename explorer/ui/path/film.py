"""The pictures of a path, as far as they are decoded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Images, Latents
from explorer.latents.paths.crossfade import mixed
from explorer.session.state import PlayMode
from explorer.ui.path.playing import frame_of

Pixels = NDArray[np.uint8]


class Film:
    """Frames by number, for the latents that were asked for last, float32 (n, d), or None.

    A film that is `mix`ed asks for the pictures of its waypoints, and makes its frames of them when they are there.
    """

    def __init__(self) -> None:
        self.wanted: Latents | None = None
        self.numbers: NDArray[np.int64] | None = None  # of the frames that are wanted; None: 0..n-1
        self.mix: tuple[NDArray[np.float64], bool] | None = None  # positions of the frames, and whether it is closed
        self._frames: dict[int, Pixels] = {}
        self._waypoints: dict[int, Pixels] = {}

    @property
    def frames(self) -> Mapping[int, Pixels]:
        """The pictures there are, uint8 (height, width, channels), by frame."""
        return self._frames

    def forget(self) -> None:
        self._frames, self._waypoints = {}, {}

    def keep(self, numbers: set[int]) -> None:
        """Let go of all frames but these."""
        self._frames = {number: frame for number, frame in self._frames.items() if number in numbers}

    def take(self, marks: Sequence[int], images: Images, latents: Latents | None) -> Mapping[int, Pixels]:
        """Keep pictures of the wanted latents `marks`; says which frames are new.

        Given the `latents` they were made of, pictures of others than the wanted ones are refused.
        """
        fresh = {
            mark if self.numbers is None else int(self.numbers[mark]): image
            for place, (mark, image) in enumerate(zip(marks, images, strict=True))
            if self._is_wanted(mark, None if latents is None else latents[place])
        }
        if self.mix is not None:
            fresh = self._mixed(fresh, self.mix)
        self._frames.update(fresh)
        return fresh

    @property
    def lacks_frames(self) -> bool:
        """Whether pictures that were asked for have not come."""
        if self.numbers is not None:
            return any(number not in self._frames for number in self.numbers.tolist())
        count = len(self._waypoints if self.mix is not None else self._frames)
        return self.wanted is not None and count < len(self.wanted)

    def images(self, frames: int) -> Images | None:
        """All frames in their order, uint8 (n, h, w, c); None until all are there."""
        if len(self._frames) < frames or not frames:
            return None
        return np.stack([self._frames[frame] for frame in range(frames)])

    def played(self, frames: int, mode: PlayMode) -> Images | None:
        """One round as it is played, uint8 (n, h, w, c), there and back for 'ping-pong'; None until all is decoded."""
        images = self.images(frames)
        phases = 2 * (frames - 1) if mode == "ping-pong" else frames
        return None if images is None else images[[frame_of(phase, frames, mode) for phase in range(phases)]]

    def _mixed(self, fresh: Mapping[int, Pixels], mix: tuple[NDArray[np.float64], bool]) -> dict[int, Pixels]:
        self._waypoints.update(fresh)
        if self.wanted is None or len(self._waypoints) < len(self.wanted):
            return {}
        pictures = np.stack([self._waypoints[index] for index in range(len(self.wanted))])
        return dict(enumerate(mixed(pictures, *mix)))

    def _is_wanted(self, mark: int, latent: NDArray[np.float32] | None) -> bool:
        if self.wanted is None or mark >= len(self.wanted):
            return False
        return latent is None or np.array_equal(latent, self.wanted[mark])
