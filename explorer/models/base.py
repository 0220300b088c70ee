"""The contract every family keeps: numpy in, numpy out. This file does not import torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal, Protocol, cast, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Images, Latents
from explorer.latents.priors import ChosenPrior

Likelihood = Literal["exact", "lower bound", "none"]


Prior = Literal["normal", "uniform", "unit", "sphere", "one-hot", "mapped", "none", "fitted"]
"""N(0, I); U(-1, 1) or U(0, 1) a number; uniform among vectors of length 1; one of `dim` classes; what a network makes
of another space's samples; not known: an autoencoder, whose latents come from pictures; or what the user fitted to
pictures."""

PRIORS: tuple[Prior, ...] = ("normal", "uniform", "unit", "sphere", "one-hot", "mapped", "none")
"""Those that a model can come with."""
How = Literal["read", "inferred", "guessed", "measured"]
HOWS: tuple[How, ...] = ("read", "inferred", "guessed", "measured")


@dataclass(frozen=True)
class Part:
    """Some numbers of a latent, next to each other, that have a prior of their own.

    `names`: what the classes of a 'one-hot' part are called, `dim` of them; empty where no file says.
    """

    name: str
    dim: int
    prior: Prior
    names: tuple[str, ...] = ()

    @property
    def classes(self) -> tuple[str, ...]:
        """What the classes of a 'one-hot' part are called: by their names, else by their numbers from 0."""
        return self.names or tuple(map(str, range(self.dim)))


@dataclass(frozen=True)
class Choice:
    """A part of a latent that is one class of several, as one 1 among zeros, and where it stands."""

    name: str
    where: slice
    classes: tuple[str, ...]


@dataclass(frozen=True)
class Space:
    """A latent space: its name ('z', 'w'), dimension, the model's own shape of one latent, and prior in words.

    `parts` make up the latent, in order; none means one part, N(0, I).
    """

    name: str
    dim: int
    shape: tuple[int, ...]
    prior: str
    parts: tuple[Part, ...] = ()

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The classes in a latent: one for each such part, in order; most models have one, or none."""
        starts = np.cumsum([0, *(part.dim for part in self.parts)]).tolist()
        return tuple(
            Choice(part.name, slice(start, start + part.dim), part.classes)
            for part, start in zip(self.parts, starts, strict=False)
            if part.prior == "one-hot"
        )

    @property
    def classes(self) -> slice | None:
        """Where the class stands in a latent, as one 1 among zeros: the last such part; None without one."""
        return self.choices[-1].where if self.choices else None

    @property
    def pieces(self) -> tuple[tuple[str, int, int], ...]:
        """Name, start and stop of each part in a latent; none where there is one part only."""
        ends = np.cumsum([0, *(part.dim for part in self.parts)]).tolist()
        named = ((part.name, *pair) for part, pair in zip(self.parts, pairwise(ends), strict=True))
        return tuple(named) if len(self.parts) > 1 else ()

    def called(self, number: int) -> str:
        """What one number of a latent, counted from 0, is called: 'z 5'; in a latent of parts '8 x 8 up · 5'; of
        channels, rows and columns '3 · 2, 8'."""
        for name, start, stop in self.pieces:
            if start <= number < stop and name != self.name:
                return f"{name} \N{MIDDLE DOT} {number - start + 1}"
        if len(self.shape) == 3 and self.shape[1] * self.shape[2] > 1:
            channel, row, column = (int(place) + 1 for place in np.unravel_index(number, self.shape))
            return f"{channel} \N{MIDDLE DOT} {row}, {column}"
        return f"{self.name} {number + 1}"

    @property
    def has_prior(self) -> bool:
        """Whether points drawn at random mean something."""
        return all(part.prior != "none" for part in self.parts)

    @property
    def kinds(self) -> list[tuple[Prior, int]]:
        """Prior and dimension of each part, in order: what latents are drawn by."""
        return [(part.prior, part.dim) for part in self.parts] or [("normal", self.dim)]

    def under(self, chosen: ChosenPrior | None) -> Space:
        """The same space with the prior that was chosen for it; None: as the model came."""
        if chosen is None:
            return self
        named = self.parts or (Part(self.name, self.dim, "normal"),)
        parts = (
            replace(part, prior=cast(Prior, kind))
            for part, (kind, _) in zip(named, chosen.parts_of(self.kinds), strict=True)
        )
        return replace(self, prior=chosen.words, parts=tuple(parts))


@dataclass(frozen=True)
class Fact:
    """Something known of a model that came without its description, and how it is known.

    `warns`: what was measured says that something is wrong.
    """

    text: str
    how: How
    warns: bool = False


@dataclass(frozen=True)
class Card:
    """What is known of a model. Everything here comes from `config.json`; no weights are needed to read it."""

    name: str
    family: str
    architecture: str
    parameters: int
    spaces: tuple[Space, ...]
    image_shape: tuple[int, int, int]  # height, width, channels
    image_range: tuple[float, float]  # of the network's own output
    trained_on: str
    licence: str
    likelihood: Likelihood
    encodes: bool = True  # pictures to latents
    attribution: str = ""
    summary: str = ""
    measures: Mapping[str, object] = field(default_factory=dict)
    fingerprint: str = ""  # sha256 of the weights file, hex
    container: str = ""  # what the weights came in, of a model that others trained
    origin: str = ""  # sha256 of the file of such a model, hex
    facts: tuple[Fact, ...] = ()  # what was read, inferred, guessed and measured of such a model

    def space(self, name: str) -> Space:
        """The space called `name`; KeyError when the model has none."""
        return {space.name: space for space in self.spaces}[name]

    @property
    def truncates(self) -> bool:
        """Whether latents can be drawn towards a mean: a model with a mapping network."""
        return any(space.name == "w" for space in self.spaces)

    def under(self, chosen: ChosenPrior | None) -> Card:
        """The same card with the prior that was chosen for the space that pictures are drawn in."""
        return self if chosen is None else replace(self, spaces=(self.spaces[0].under(chosen), *self.spaces[1:]))

    @property
    def default_space(self) -> Space:
        """The space one edits in: the last in the list (w for a GAN with a mapping network)."""
        return self.spaces[-1]


@dataclass(frozen=True, eq=False)
class Posterior:
    """What an encoder says: `mean` float32 (n, d); `log_variance` float32 (n, d), or None for an exact inverse."""

    mean: Latents
    log_variance: Latents | None


class LatentModel(Protocol):
    """A trained generator. Not thread-safe; lives where it was opened.

    `space=None` means `card.default_space`. `truncation` matters to GANs with a w space (Karras et al. 2019): 1 is
    none, 0 is the mean picture; other families ignore it.
    """

    prior: ChosenPrior | None
    """What `sample` draws from instead of the prior of the card."""

    @property
    def card(self) -> Card: ...

    @property
    def device(self) -> str:
        """'cpu', 'cuda', 'cuda:1', 'mps'."""
        ...

    @property
    def precision(self) -> str:
        """'float32', or the half precision in use on this device."""
        ...

    def to(self, device: str) -> None:
        """Move to a device. Raises DeviceError and stays where it was when that fails."""
        ...

    def decode(self, latents: Latents, *, space: str | None = None, truncation: float = 1.0) -> Images:
        """Pictures, uint8 (n, height, width, channels). Raises InputError for latents of another shape or with NaN."""
        ...

    def decode_float(
        self, latents: Latents, *, space: str | None = None, truncation: float = 1.0
    ) -> NDArray[np.float32]:
        """The same before rounding: float32 (n, height, width, channels) in 0..1."""
        ...

    def sample(self, n: int, *, seed: int, space: str | None = None, temperature: float = 1.0) -> Latents:
        """n latents of the prior; one seed, the same latents on every device. For 'w', samples of 'z' are mapped.

        `temperature` multiplies their standard deviation (Kingma and Dhariwal 2018 show Glow at 0.7).
        """
        ...


@runtime_checkable
class CanEncode(Protocol):
    """A family with an encoder (VAE) or an exact inverse (flow)."""

    def encode(self, images: Images) -> Posterior: ...


@runtime_checkable
class CanScore(Protocol):
    """A family with a density: exact (flow), or a lower bound of it (VAE); `card.likelihood` says which."""

    def log_prob(self, images: Images, *, seed: int = 0) -> NDArray[np.float32]:
        """log p(image), or its lower bound (ELBO), in nats of 8-bit pictures, float32 (n,)."""
        ...


@runtime_checkable
class CanMap(Protocol):
    """A family with a mapping network from 'z' to 'w' (GAN). There is no way back."""

    def map(self, latents: Latents) -> Latents:
        """w of z, float32 (n, d_w)."""
        ...
