"""Samples of the priors that were chosen and at other temperatures: kept while the program runs, for undo."""

from __future__ import annotations

from collections.abc import Mapping

from explorer.latents.priors import ChosenPrior
from explorer.latents.samples import LatentSet
from explorer.session.state import State
from explorer.work.messages import Opened, Redrawn

Samples = Mapping[str, LatentSet]


class DrawnSamples:
    """Knows which samples of the prior a state is to be seen with, in a model as the engine said it (`plain`)."""

    def __init__(self) -> None:
        self._priors: list[ChosenPrior] = []
        self._sets: dict[tuple[str, int, float], Samples] = {}

    def take(self, plain: Opened, redrawn: Redrawn) -> None:
        """Keep what the engine drew."""
        self._sets[plain.path, self._number(redrawn.prior), redrawn.temperature] = redrawn.samples

    def wants(self, plain: Opened, state: State) -> bool:
        """Whether samples have to be drawn for a state, which are not there yet."""
        return self._is_other(plain, state) and self._key(plain, state) not in self._sets

    def of(self, plain: Opened, state: State) -> Samples:
        """The samples to see: the model's own, or drawn ones; none where only noise could be drawn.

        Until the right ones come, those that the model came with.
        """
        if _are_own(plain) or _is_drawn_so(plain, state):
            return plain.samples
        return self._sets.get(self._key(plain, state), plain.samples) if _can_draw(plain, state) else {}

    def name(self, plain: Opened, state: State) -> str:
        """What tells these samples from all others of the model; '' for those it came with."""
        if self._is_other(plain, state) and (key := self._key(plain, state)) in self._sets:
            return f"prior {key[1]}, temperature {key[2]}"
        return "" if _are_own(plain) or _can_draw(plain, state) else "nothing"

    def known(self, digest: str) -> ChosenPrior | None:
        """The fitted prior with this digest, if it was seen here."""
        return next((one for one in self._priors if one.fitted is not None and one.fitted.digest == digest), None)

    def learn(self, prior: ChosenPrior | None) -> None:
        """Remember a prior that was in force."""
        self._number(prior)

    def _is_other(self, plain: Opened, state: State) -> bool:
        of_prior = not state.brought and not _are_own(plain) and len(plain.card.spaces) == 1
        return of_prior and not _is_drawn_so(plain, state) and _can_draw(plain, state)

    def _key(self, plain: Opened, state: State) -> tuple[str, int, float]:
        return plain.path, self._number(state.prior), state.place.temperature

    def _number(self, prior: ChosenPrior | None) -> int:
        """0 for the model's own; the same for priors that are the same."""
        if prior is None:
            return 0
        for number, known in enumerate(self._priors):
            if known.is_same_as(prior):
                return number + 1
        self._priors.append(prior)
        return len(self._priors)


def _are_own(plain: Opened) -> bool:
    """Whether the samples are no draws, or nobody knows how to draw them anew."""
    return any(samples.seed is None for samples in plain.samples.values())


def _is_drawn_so(plain: Opened, state: State) -> bool:
    """Whether the samples it came with are those of this prior, at this temperature."""
    same = state.prior is plain.prior or (state.prior is not None and state.prior.is_same_as(plain.prior))
    return same and state.place.temperature == 1.0


def _can_draw(plain: Opened, state: State) -> bool:
    return plain.card.under(state.prior).spaces[0].has_prior or not plain.card.encodes
