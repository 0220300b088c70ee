"""Temperature of the prior: what the standard deviation of random latents is multiplied by."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QWidget

from explorer.latents import priors
from explorer.latents.arrays import Latent
from explorer.session.state import Place, frozen
from explorer.session.store import Store
from explorer.ui.sliders.place_row import NONE, PlaceRow
from explorer.work.messages import Opened

MOST = 2.0
HINT = (
    "Random latents (R), and samples of the prior on the map: z = mean + T \N{MIDDLE DOT} \N{GREEK SMALL LETTER SIGMA} "
    "\N{MIDDLE DOT} noise. 1 is the prior, 0 its mean; Glow shows its faces at 0.7 (Kingma and Dhariwal 2018)."
)


class TemperatureRow(PlaceRow):
    """Moves the same draw with the temperature; hidden where no prior is scaled by one."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, "temperature", (0.0, MOST), HINT, parent)
        self._opened: Opened | None = None
        self._unit: Latent | None = None  # the current draw at temperature 1, while it is moved
        self._made: Latent | None = None  # what was made of it last

    def show_model(self, opened: Opened | None) -> None:
        """Shown where the only space has numbers whose prior has some width."""
        self._opened = opened
        card = opened.card if opened is not None else None
        is_drawn = card is not None and len(card.spaces) == 1 and card.family != "words"
        space = card.spaces[0] if card is not None and is_drawn else None
        self.setVisible(space is not None and space.has_prior and priors.has_temperature(space.kinds))

    def reset(self, place: Place) -> dict[str, object]:
        """The fields of a place that take it back to temperature 1; none where it is there."""
        if place.temperature == NONE:
            return {}
        self._begin()
        return self._moved(NONE)

    def _begin(self) -> None:
        super()._begin()
        self._unit = self._drawn()

    def _drawn(self) -> Latent | None:
        """The current latent as temperature 1 has it; None where it is no draw, or was moved since."""
        place, drawn = self._store.state.place, self._draw_of(self._store.state.place)
        if drawn is None or place.base is self._made:
            return None if drawn is None else self._unit
        row, seed = drawn
        if place.seed is not None:
            at = self._row(0, seed, place.temperature)
            return self._row(0, seed, NONE) if np.array_equal(at, place.base) else None
        samples = self._opened.samples[place.space].latents if self._opened is not None else ()
        if row >= len(samples) or not np.array_equal(samples[row], place.base):
            return None
        if place.temperature == 0:
            return self._row(row, seed, NONE)
        return self._scaled(place.base, row, seed, 1 / place.temperature)

    def _row(self, row: int, seed: int, temperature: float) -> Latent:
        """One draw (d,) of a seed: all before it are drawn too."""
        chosen = self._store.state.prior
        latent: Latent = priors.drawn(row + 1, self._kinds, seed, chosen=chosen, temperature=temperature)[row]
        return latent

    def _scaled(self, latent: Latent, row: int, seed: int, by: float) -> Latent:
        return priors.tempered_row(latent, self._kinds, seed, row, chosen=self._store.state.prior, temperature=by)

    def _draw_of(self, place: Place) -> tuple[int, int] | None:
        """Row and seed of the draw that a place is."""
        if place.seed is not None:
            return 0, place.seed
        samples = self._opened.samples.get(place.space) if self._opened is not None else None
        if place.sample is None or samples is None or samples.seed is None:
            return None
        return place.sample, samples.seed

    @property
    def _kinds(self) -> priors.Parts:
        assert self._opened is not None
        return self._opened.card.spaces[0].kinds

    def _moved(self, temperature: float) -> dict[str, object]:
        drawn = self._draw_of(self._store.state.place)
        if self._unit is None or drawn is None:
            return {"temperature": temperature}
        self._made = frozen(self._scaled(self._unit, *drawn, temperature))
        return {"temperature": temperature, "base": self._made}

    def _ask_reset(self) -> None:
        if fields := self.reset(self._store.state.place):
            self._store.move("Reset temperature", **fields)
