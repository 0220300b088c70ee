"""Word vectors as a model: a latent is a vector, its picture the list of the words nearest to it (Mikolov et al. 2013).

The picture is put together by torch from lettering that was drawn once, column by column, when the table was read
(`word_tables`): so it decodes in batches, on any device, and slides when the latent does.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from explorer.errors import CheckpointError
from explorer.latents.arrays import Latents
from explorer.models.config import Config
from explorer.models.fields import Fields
from explorer.models.network import NetworkModel

SIDE = 320  # pixels of the picture
LISTED = 9  # words under the nearest one
LARGE, SMALL, NUMBER = (48, 288), (22, 176), (22, 40)
"""Height and width in pixels of the nearest word, of the others, and of a number."""
LEFT, TOP, FIRST_ROW, ROW = 16, 10, 92, 25
BAR_LEFT, BAR_WIDTH, BAR_HEIGHT, NUMBER_LEFT = 200, 64, 8, 272
BAR_TOP, LARGE_BAR = 64, 8
INK, BAR_INK, TRACK_INK = 0.9, 0.55, 0.1
NUMBERS = 201  # '-1.00' to '1.00'


class WordPicture(nn.Module):
    """Latents (n, d) to pictures (n, 1, 320, 320) in 0..1, dark on white."""

    def __init__(self, words: int, dim: int, large: int, small: int) -> None:
        super().__init__()
        self.vectors = nn.Parameter(torch.zeros(words, dim), requires_grad=False)
        self.register_buffer("large", torch.zeros(LARGE[0], large, dtype=torch.uint8))
        self.register_buffer("small", torch.zeros(SMALL[0], small, dtype=torch.uint8))
        self.register_buffer("large_columns", torch.zeros(words, LARGE[1], dtype=torch.int16))
        self.register_buffer("small_columns", torch.zeros(words, SMALL[1], dtype=torch.int16))
        self.register_buffer("number_columns", torch.zeros(NUMBERS, NUMBER[1], dtype=torch.int16))
        self.listed = min(LISTED + 1, words)

    def forward(self, latents: Tensor) -> Tensor:
        near, order = self.cosines(latents).topk(self.listed, dim=1)
        lines = [self._head(near[:, 0], order[:, 0])]
        lines += [self._line(near[:, place], order[:, place]) for place in range(1, self.listed)]
        foot = SIDE - FIRST_ROW - ROW * (self.listed - 1)
        return 1 - INK * nn.functional.pad(torch.cat(lines, dim=1), (0, 0, 0, foot)).unsqueeze(1)

    def cosines(self, latents: Tensor) -> Tensor:
        """Cosine of each latent (n, d) with each word, (n, words)."""
        return nn.functional.normalize(latents, dim=1) @ nn.functional.normalize(self.vectors, dim=1).T

    def _head(self, near: Tensor, word: Tensor) -> Tensor:
        """The nearest word, large, and its bar: (n, FIRST_ROW, SIDE)."""
        letters = _lettering(self.large, self.large_columns, word)  # type: ignore[arg-type]
        bar = self._bar(near, LARGE[1] - NUMBER[1] - LEFT, LARGE_BAR)
        told = nn.functional.pad(bar, (LEFT, 0, (NUMBER[0] - LARGE_BAR) // 2, (NUMBER[0] - LARGE_BAR) // 2))
        number = nn.functional.pad(self._number(near), (NUMBER_LEFT - told.shape[2], 0))
        below = _wide(torch.cat([told, number], dim=2))
        above = _wide(nn.functional.pad(letters, (LEFT, 0, TOP, 0)))
        gap = FIRST_ROW - above.shape[1] - below.shape[1]
        return nn.functional.pad(torch.cat([above, below], dim=1), (0, 0, 0, gap))

    def _line(self, near: Tensor, word: Tensor) -> Tensor:
        """A word, its bar and its cosine: (n, ROW, SIDE)."""
        letters = nn.functional.pad(_lettering(self.small, self.small_columns, word), (LEFT, 0))  # type: ignore[arg-type]
        rim = (SMALL[0] - BAR_HEIGHT) // 2
        bar = nn.functional.pad(
            self._bar(near, BAR_WIDTH, BAR_HEIGHT),
            (BAR_LEFT - letters.shape[2], NUMBER_LEFT - BAR_LEFT - BAR_WIDTH, rim, rim),
        )
        return nn.functional.pad(_wide(torch.cat([letters, bar, self._number(near)], dim=2)), (0, 0, 0, ROW - SMALL[0]))

    def _number(self, near: Tensor) -> Tensor:
        place = ((near + 1) * (NUMBERS - 1) / 2).round().long().clamp(0, NUMBERS - 1)
        return _lettering(self.small, self.number_columns, place)  # type: ignore[arg-type]

    def _bar(self, near: Tensor, width: int, height: int) -> Tensor:
        """(n, height, width): full at a cosine of 1. Its end is soft, so that the picture slides with the latent."""
        places = torch.arange(width, device=near.device, dtype=near.dtype)
        filled = (near[:, None] * width - places).clamp(0, 1)
        inked = TRACK_INK + (BAR_INK - TRACK_INK) * filled
        return inked[:, None, :].expand(-1, height, -1)


def _lettering(strip: Tensor, columns: Tensor, which: Tensor) -> Tensor:
    """The drawn texts `which` (n,): (n, height, width) of ink in 0..1."""
    picked = strip.T[columns[which].long()]  # (n, width, height)
    return picked.permute(0, 2, 1).float() / 255


def _wide(part: Tensor) -> Tensor:
    """With nothing to the right of it, as wide as the picture."""
    return nn.functional.pad(part, (0, SIDE - part.shape[2]))


class WordVectors(NetworkModel):
    """Every vector has a picture; those between the words too."""

    net: WordPicture

    def _generator(self, space: str) -> nn.Module:  # noqa: ARG002
        return self.net

    def sample(self, n: int, *, seed: int, space: str | None = None, temperature: float = 1.0) -> Latents:  # noqa: ARG002
        """n words at random: nothing is known of vectors that are no words, and so of no temperature."""
        self._space(space)
        random, vectors = np.random.default_rng(seed), self.net.vectors.detach().cpu().numpy()
        return vectors[random.integers(len(vectors), size=n)]


def build(config: Config) -> WordVectors:
    """The model of a config, without its vectors. Raises CheckpointError."""
    raw = Fields(config.hyperparameters, f"The hyper-parameters of '{config.card.name}'")
    words, dim = raw.integer("words", 2, 1_000_000), raw.integer("dim", 1, 4096)
    widths = [raw.integer(name, 1, 32_000) for name in ("large", "small")]
    card = config.card
    if card.image_shape != (SIDE, SIDE, 1) or [space.dim for space in card.spaces] != [dim]:
        raise CheckpointError(f"config.json of '{card.name}' contradicts itself.", "Its vectors are of another size.")
    return WordVectors(card, config.hyperparameters, WordPicture(words, dim, *widths))
