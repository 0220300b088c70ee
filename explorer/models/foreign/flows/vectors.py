"""Flows over vectors: what becomes of them is a square picture, a plot of points, or a plain word."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from explorer.errors import CheckpointError
from explorer.models.base import Fact, How, Part, Space
from explorer.models.config import Config
from explorer.models.fields import Fields
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.flows.found import flow_found, places, with_class
from explorer.models.foreign.flows.points import SIDE
from explorer.models.foreign.flows.steps import Chain, chained
from explorer.models.foreign.flows.writing import Flowing
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import card_of, flat_picture

POINTS = "flow-points"
SMALLEST = 8  # pixels, the side of what is taken for a picture
FARTHEST = 1e6  # of a point that counts
TRIED = 2048  # points drawn to find where they are


@dataclass
class Vectors:
    """A flow over vectors, as its recogniser found it. `labels`: what is given is one 1 among zeros."""

    reading: Reading
    library: str
    features: int
    given: int = 0
    labels: bool = False
    facts: list[Fact] = field(default_factory=list)
    flowing: Flowing = field(init=False)

    def __post_init__(self) -> None:
        self.flowing = Flowing(self.reading.tensors)
        if self.picture is not None and not self.given:
            self.flowing.add("fold", shape=[self.features])

    @property
    def shape(self) -> tuple[int]:
        return (self.features,)

    @property
    def picture(self) -> tuple[int, int, int] | None:
        """(channels, side, side) of these numbers, where they may be a picture."""
        found = flat_picture(self.features)
        return found if found is not None and found[1] >= SMALLEST and self.given != 1 else None

    def know(self, how: How, text: str) -> None:
        if all(fact.text != text for fact in self.facts):
            self.facts.append(Fact(text, how))

    def recognised(self) -> Recognised | None:
        """The config; None where tensors are left over. Raises CheckpointError for numbers that nothing shows."""
        if self.flowing.left():
            return None
        if self.picture is not None:
            return self._picture(self.picture)
        if self.features == 2:
            return self._points()
        told = f", given {self.given} numbers as context" if self.given else ""
        raise CheckpointError(
            f"A flow of {self.library} over {self.features} numbers{told}: neither a point of a plane nor a picture.",
            "Latent Explorer shows flows over 2 numbers, and over square pictures of 8 x 8 pixels and more.",
        )

    def _picture(self, picture: tuple[int, int, int]) -> Recognised | None:
        channels, side, _ = picture
        chain = built(self.flowing, (self.features,) if self.given else picture, self.given)
        with torch.inference_mode():
            drawn = chain.inverse(torch.randn(4, self.features, generator=_generator()), self._told(4, classes=True))[0]
        low, high, logits = seen_range(drawn)
        scaled = "logits of 0..1" if logits else f"{low:g}..{high:g}"
        self.know("guessed", f"{side} x {side} pixels, {scaled}, as samples of the prior look")
        space = Space("z", self.features, picture, "standard normal")
        name, shape, seen = f"{self.library} flow over pictures", (side, side, channels), (low, high, logits)
        if not self.given:
            return flow_found(self.reading, name, shape, space, self.flowing, seen, self.facts)
        self.know("inferred" if self.labels else "guessed", f"a class, one of {self.given}: what is told beside")
        folded, space = self.flowing.beside().add("fold", shape=[self.features]), with_class(space, self.given)
        return flow_found(self.reading, name, shape, space, folded, seen, self.facts, self.flowing)

    def _told(self, count: int, classes: bool) -> Tensor | None:
        """What may be told beside, (count, given): each class in turn, or numbers of N(0, 1)."""
        if not self.given:
            return None
        every = torch.arange(count) % self.given
        return torch.eye(self.given)[every] if classes else torch.randn(count, self.given, generator=_generator(1))

    def _points(self) -> Recognised:
        chain = built(self.flowing, (2,), self.given)
        with torch.inference_mode():
            noise = torch.randn(TRIED, 2, generator=_generator())
            points = chain.inverse(noise, self._told(TRIED, self.labels))[0]
        centre, reach = window(points)
        told = Part("class", self.given, "one-hot") if self.labels else Part("context", self.given, "normal")
        parts = (Part("noise", 2, "normal"), told) if self.given else ()
        prior = f"standard normal, and a {told.name}" if self.given else "standard normal"
        space = Space("z", 2 + self.given, (2 + self.given,), prior, parts)
        self.know("inferred", "two numbers: the picture is a plot of the point, over the density that the flow gives")
        if self.given and not self.labels:
            self.know("guessed", f"the {self.given} numbers of context are about N(0, 1); they stand behind the noise")
        card = card_of(self.reading, f"{self.library} flow over points", space, (SIDE, SIDE, 3), (0.0, 1.0), POINTS)
        hyper = {"steps": self.flowing.steps, "given": self.given, "centre": centre, "reach": reach}
        tensors = {f"chain.steps.{name}": value for name, value in self.flowing.weights.items()}
        return Recognised(Config(replace(card, facts=tuple(self.facts)), hyper), tensors)


def built(flowing: Flowing, shape: tuple[int, ...], given: int) -> Chain:
    """The steps as a chain that works, to try what it makes."""
    with torch.device("meta"):
        chain = chained(Fields({"steps": flowing.steps}, "The steps"), shape, given)[0]
    chain.load_state_dict({f"steps.{name}": value for name, value in flowing.weights.items()}, assign=True)
    return chain.eval()


def seen_range(drawn: Tensor) -> tuple[float, float, bool]:
    """Low, high and whether as logits, of what a network over pictures makes."""
    finite = drawn[torch.isfinite(drawn)]
    low, high = (float(finite.quantile(share)) if len(finite) else 0.0 for share in (0.02, 0.98))
    if high > 40:
        return 0.0, 255.0, False
    if low < -2.5 or high > 2.5:
        return 0.0, 1.0, True
    if low < -0.7:
        return -1.0, 1.0, False
    return (-0.5, 0.5, False) if low < -0.3 and high < 0.7 else (0.0, 1.0, False)


def window(points: Tensor) -> tuple[list[float], float]:
    """The middle of points (n, 2), and half of the side of a square around nearly all of them."""
    near = points[(points.abs() < FARTHEST).all(1)]
    if not len(near):
        return [0.0, 0.0], 4.0
    ends = near.quantile(torch.tensor([0.005, 0.995]), dim=0)
    reach = float((ends[1] - ends[0]).max()) / 2 * 1.2
    return [round(float(one), 4) for one in ends.mean(0)], max(round(reach, 4), 1e-3)


def _generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def said_number(hints: Mapping[str, object], names: Sequence[str]) -> float | None:
    """A number that stands beside the weights under one of these names."""
    found = [place[name] for place in places(hints) for name in names if isinstance(place.get(name), int | float)]
    return next((float(one) for one in found if isinstance(one, int | float) and math.isfinite(one)), None)
