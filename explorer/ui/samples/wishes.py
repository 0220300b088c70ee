"""What is done in the samples panel, as wishes to the store. No Qt."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from explorer.latents.arrays import Latent
from explorer.latents.palette import CLASSES
from explorer.latents.samples import LatentSet
from explorer.latents.selections import Indices, Only, Subset, both, either, same, without
from explorer.session.scoped import led_to, titled
from explorer.session.store import Store
from explorer.work.messages import Opened

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
COMBINED = {"add": either, "subtract": without, "keep": both}


class Wishes:
    def __init__(self, store: Store) -> None:
        self._store = store

    def go(self, sample: int, samples: LatentSet, opened: Opened, held: Latent) -> None:
        """To a sample, or to the part of it that gestures change, the rest being that of the latent `held` (d,); the
        selection stays."""
        state = self._store.state
        moving, words = opened.moving(samples.space, state.scope), opened.scope_words(samples.space, state.scope)
        place = led_to(state.place, held, samples.latents[sample], moving, sample=sample)
        title = titled(f"Choose sample {sample}", words)
        self._store.change(title, place=place, path=replace(state.path, position=None))

    def select(self, indices: Indices, title: str = "") -> None:
        if not same(indices, self._store.state.selection):
            self._store.change(title or f"Select {len(indices):,} samples", selection=indices)

    def show_only(self, indices: Indices, words: str) -> None:
        """Hide all others; hiding everything, or nothing, would show nothing new."""
        known = self._store.state.only
        if len(indices) and (known is None or not same(known.indices, indices)):
            self._store.change(f"Show only {words}", only=Only(indices, words))

    def make(self, indices: Indices, wished: str = "") -> str:
        """Another subset; its name."""
        subsets = self._store.state.subsets
        name = _free(wished, {subset.name for subset in subsets})
        used = {subset.colour for subset in subsets}
        colour = next((one for one in CLASSES if one not in used), CLASSES[len(subsets) % len(CLASSES)])
        self._store.change(f"Make the subset {name}", subsets=(*subsets, Subset(name, colour, indices)))
        return name

    def combine(self, deed: str, name: str) -> None:
        """Select a subset, add it, take it away, or keep what is in both."""
        subset = self._store.state.subset(name)
        if subset is not None:
            now = self._store.state.selection
            self.select(COMBINED[deed](now, subset.indices) if deed in COMBINED else subset.indices)

    def alter(self, known: str, title: str, **fields: object) -> None:
        """Another name, colour or content of a subset."""
        state = self._store.state
        taken = fields.get("name", known) != known and state.subset(str(fields["name"])) is not None
        if state.subset(known) is not None and not taken:
            subsets = tuple(replace(one, **fields) if one.name == known else one for one in state.subsets)  # type: ignore[arg-type]
            self._store.change(title, subsets=subsets)

    def remove(self, name: str) -> None:
        kept = tuple(subset for subset in self._store.state.subsets if subset.name != name)
        self._store.change(f"Remove the subset {name}", subsets=kept)


def _free(wished: str, taken: set[str]) -> str:
    if wished and wished not in taken:
        return wished
    names = (f"group {letter}{number or ''}" for number in count() for letter in LETTERS)
    return next(name for name in names if name not in taken)
