"""What one map is of: a model, the samples of the space one is in, and the projection that shows them. No Qt."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Latent, Latents, Points
from explorer.latents.concepts import Concept
from explorer.latents.mapped import is_same
from explorer.latents.samples import Labels, LatentSet
from explorer.latents.surroundings import Kin
from explorer.models.quantities import QUANTITIES, Quantity, explained, lacking
from explorer.models.scope import Mask, mixed
from explorer.projections.base import Projection
from explorer.session.state import State, frozen
from explorer.session.store import Store
from explorer.ui.map import colours, honesty, scene
from explorer.ui.map.colours import Colouring
from explorer.ui.map.marks import Asked, Marks, Route
from explorer.ui.map.nearest import PointGrid
from explorer.ui.map.subset_colours import SUBSETS, subset_colouring
from explorer.ui.map.traces import Traces
from explorer.work.messages import Opened

NO_MODEL = "No model is open"
NO_PRIOR = (
    "Nothing pulled the latents of this model to a known distribution while it learned, so random points would be "
    "noise. Bring pictures: they are encoded and fill this map, and a prior can be fitted to them."
)
BRING = "Choose a folder of pictures\N{HORIZONTAL ELLIPSIS}"
NO_SAMPLES = "This model brought no samples of this space, so there is no map of it."
PLACING = "Placing the samples\N{HORIZONTAL ELLIPSIS}"
MOST_LABELS = 6  # in a tooltip that leaves the map to be seen

Laid = tuple[Projection, Points, PointGrid | None]


class Chart:
    """Answers what follows from the state, the model and the fit. `fitted` is the projection with the places (n, 2) of
    the samples and the grid over them, as they came, `shown` the projection on the axes that are on the screen; None
    before the fit is there.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.opened: Opened | None = None
        self.fitted: Laid | None = None
        self.shown: Projection | None = None
        self.traces = Traces(store.state)
        self.measured: Labels | None = None  # numbers of the samples, as far as they are known
        self.kin: Kin | None = None  # of the sample that was chosen last
        self.hovered: tuple[NDArray[np.float64], Latent] | None = None  # the place (2,) under the cursor, what it gives
        self.asked: tuple[NDArray[np.float64], Latent] | None = None  # the place (2,) clicked last, and what it gave

    def begin(self) -> None:
        """Another model or another of its spaces: what was fitted is gone."""
        self.fitted = self.shown = self.measured = self.kin = self.asked = None
        self.traces = Traces(self._store.state, self.concepts)

    def take_model(self, opened: Opened | None) -> bool:
        """Another model, or none. False where it is the same one with the same samples (on another device)."""
        before, samples = self.opened, self.samples
        self.opened = opened
        same = opened is not None and opened.is_same_as(before) and samples is not None
        return not (same and samples is not None and _alike(samples, self.samples))

    def on_axes(self, equal: bool) -> Laid | None:
        """The projection, its places and the grid over them; `equal`: on axes of equal probability."""
        if self.fitted is None:
            return None
        return scene.bent(*self.fitted, self._store.state.prior) if equal else self.fitted

    @property
    def words(self) -> tuple[str, ...]:
        """What is written on the map in the place of pictures: the words of a table of words; else nothing."""
        samples = self.samples
        if samples is None or self.opened is None or self.opened.card.family != "words":
            return ()
        labels = samples.label("word")
        return () if labels is None else tuple(labels.names[code] for code in labels.values.astype(int).tolist())

    @property
    def samples(self) -> LatentSet | None:
        return None if self.opened is None else self.opened.samples.get(self._store.state.place.space)

    @property
    def quantity(self) -> Quantity | None:
        """What colours samples and tiles, where it is a measure of places that can be had here."""
        found = QUANTITIES.get(self._store.state.colour)
        return found if found is not None and self.opened is not None and not self.lacking(found) else None

    def lacking(self, quantity: Quantity) -> str:
        """Why a measure of places cannot be had here; '' if it can."""
        return "No model is open." if self.opened is None else lacking(quantity, self.opened.card, self.samples)

    @property
    def colours(self) -> tuple[str, ...]:
        """The labels that can colour the samples."""
        subsets = (SUBSETS,) if self._store.state.subsets else ()
        return () if self.samples is None else (*colours.choices(self.samples), *subsets)

    @property
    def measures(self) -> list[tuple[Quantity, str]]:
        """The measures of places that can colour samples and tiles, with why not where they cannot."""
        known = () if self.samples is None else QUANTITIES.values()
        return [(one, self.lacking(one)) for one in known]

    @property
    def told(self) -> LatentSet | None:
        """The samples with what is measured of them among their labels; NaN stands for what is not known yet."""
        samples, quantity = self.samples, self.quantity
        if samples is None or quantity is None:
            return samples
        known = self.measured
        if known is None or known.name != quantity.name or len(known.values) != len(samples):
            known = Labels(quantity.name, np.full(len(samples), np.nan, np.float32))
        return replace(samples, labels=(*samples.labels, known))

    @property
    def colour_words(self) -> tuple[str, str]:
        """The unit of the numbers that colour the samples, with how many are known, and what they are; '' of labels."""
        quantity, samples = self.quantity, self.told
        if quantity is None or samples is None:
            return "", ""
        known = int(np.isfinite(samples.labels[-1].values.astype(np.float32)).sum())
        more = "" if known == len(samples) else f" ({known:,} of {len(samples):,} measured)"
        return f"{quantity.unit}{more}", explained(quantity)

    def colouring(self, ground: str, *, dark: bool) -> Colouring:
        """What colours the samples, as the state has it; in the one colour `ground` (#rrggbb) where nothing does."""
        samples, state = self.told, self._store.state
        if samples is None:
            return colours.plain(0, ground)
        if state.colour == SUBSETS and state.subsets:
            return subset_colouring(len(samples), state.subsets, ground)
        return colours.colouring(samples, state.colour, ground=ground, dark=dark)

    @property
    def concepts(self) -> tuple[Concept, ...]:
        state = self._store.state
        return () if self.opened is None else self.opened.concepts_of(state.place.space, *state.studio.known)

    @property
    def current(self) -> Latent:
        """The latent on the stage, float32 (d,)."""
        return self.traces.current

    @property
    def offers_equal(self) -> bool:
        """Whether axes of equal probability mean something here."""
        if self.fitted is None or self.opened is None:
            return False
        state = self._store.state
        return scene.is_gaussian(self.fitted[0], self.opened.card, state.place.space, state.prior)

    @property
    def notice(self) -> tuple[str, str]:
        """What stands where a map is still missing, and what a button there does, in words; '' for none."""
        if self.opened is None:
            return NO_MODEL, ""
        if self.samples is not None and len(self.samples):
            return PLACING, ""
        is_first = self.opened.card.spaces[0].name == self._store.state.place.space
        return (NO_PRIOR, BRING) if is_first and self.opened.card.encodes else (NO_SAMPLES, "")

    def follow(self, old: State, new: State) -> None:
        """The place changed within its space."""
        self.traces.follow(old, new, self.concepts)

    def fits(self, latent: Latent | None) -> bool:
        """Whether a latent is one of this space."""
        return latent is not None and self.samples is not None and latent.shape == (self.samples.dim,)

    def at(self, latent: Latent | None) -> Points | None:
        """Where a latent is on the map, float32 (2,)."""
        if latent is None or self.shown is None or not self.fits(latent):
            return None
        return scene.place_one(self.shown, latent)

    def lifted(self, point: NDArray[np.float64]) -> Latent | None:
        """The latent of a place (2,)."""
        latents = self.lifted_all(point[None])
        return None if latents is None else frozen(latents[0])

    def lifted_all(self, points: NDArray[np.float64]) -> Latents | None:
        """Latents (n, d) of places (n, 2); None while there is no way back."""
        if self.shown is None or not self.fits(self.current):
            return None
        return mixed(self.moving, self.current, self.shown.lift(points.astype(np.float32), self.current))

    @property
    def moving(self) -> Mask | None:
        """The numbers of a latent that gestures change, bool (d,); None where they change all."""
        state = self._store.state
        return None if self.opened is None else self.opened.moving(state.place.space, state.scope)

    @property
    def scope_words(self) -> str:
        """What gestures change, in words; '' where they change all of a latent."""
        state = self._store.state
        return "" if self.opened is None else self.opened.scope_words(state.place.space, state.scope)

    def marks(self) -> Marks:
        """What lies over the samples and follows from the state."""
        if self.shown is None or not self.fits(self.current):
            return Marks()
        state, samples = self._store.state, self.samples
        marks = self.traces.marks(state, self.concepts, self.shown)
        if samples is None:
            return marks
        draft = scene.draft(state.studio, samples, self.shown)
        ties = honesty.ties(self.kin, state.place, samples, self.shown)
        asked = honesty.asked(self.asked, state.place, self.shown)
        return replace(marks, draft=draft, ties=ties, asked=asked)

    def reach(self, preview: Latent | None) -> Asked | None:
        """From the cursor to where the latent lies that it gives; None where that is the cursor's very place."""
        return None if self.shown is None else honesty.reach(self.hovered, preview, self.shown)

    def route(self) -> Route:
        """The path of the state."""
        if self.shown is None or self.samples is None:
            return Route()
        return scene.route(self._store.state.path, self.samples.dim, self.shown, self.concepts)

    def with_bead(self, known: Route) -> Route:
        """The same path with its bead where the state has it."""
        if self.shown is None:
            return known
        return scene.with_bead(known, self._store.state.path, self.shown, self.concepts)

    def describe(self, sample: int) -> str:
        """A sample in words: its number and what its labels say, the one that colours the map first."""
        samples = self.told
        if samples is None or sample >= len(samples):
            return ""
        colour = self._store.state.colour
        named = sorted(samples.labels, key=lambda labels: labels.name != colour)[:MOST_LABELS]
        lines = [f"{labels.name}: {labels.text(sample)}" for labels in named]
        return "\n".join([f"Sample {sample}", *lines])

    def describe_place(self, point: NDArray[np.float64]) -> str:
        """A place (2,) in the latent's own units."""
        return "" if self.shown is None else scene.place_text(self.shown, point)


def _alike(one: LatentSet, other: LatentSet | None) -> bool:
    """Whether two sets hold the same samples, with the same labels to choose from."""
    if other is None or one.space != other.space or colours.choices(one) != colours.choices(other):
        return False
    return is_same(one.latents, other.latents)
