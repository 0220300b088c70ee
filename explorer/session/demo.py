"""A demo: one text that leads, elsewhere, to exactly the same picture. Exported PNGs carry one too.

The text is JSON: the state (see `document`), the concepts that it moves with their vectors, and words for people::

    {"format": "latent-explorer demo", "version": 1, "title", "notes", "where", "concepts": [...], "samples",
     "prior", "state": {...}}
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from explorer.errors import InputError
from explorer.latents.concepts import Concept
from explorer.latents.edits import edited
from explorer.latents.fitted import Fitted
from explorer.latents.priors import FITTED, ChosenPrior
from explorer.latents.samples import LatentSet
from explorer.session import demo_samples, document, prior_text
from explorer.session.document import LONGEST_TEXT, Document
from explorer.session.fields import Fields
from explorer.session.state import NOTHING, Place, State, frozen
from explorer.session.studio_text import numbers

FORMAT = "latent-explorer demo"
VERSION = 1
MOST_CONCEPTS = 1000
LONGEST_WORDS = 20_000


@dataclass(frozen=True, eq=False)
class Demo:
    """`where`: how to come by the model, for a person who lacks it. `concepts`: those that the state moves. `samples`:
    the user's own that the state is of, and `fitted`: the prior that was fitted to such, where the demo holds them."""

    document: Document
    concepts: tuple[Concept, ...] = ()
    title: str = ""
    notes: str = ""
    where: str = ""
    deed: str = "Open the demo"  # what undo calls it
    samples: LatentSet | None = None
    fitted: Fitted | None = None


def demo_of(state: State, name: str, fingerprint: str, known: Iterable[Concept]) -> Demo:
    """What the state is now, in the model `name`: with the concepts, of those `known`, that its places move."""
    moved = {(place.space, name) for place in _places(state) for name, by in place.strengths.items() if by}
    concepts = tuple(concept for concept in known if (concept.space, concept.name) in moved)
    return Demo(Document(state, name, fingerprint), concepts)


def to_text(demo: Demo) -> str:
    """The demo as text, to be read by `from_text`: every float32 comes back exactly."""
    of = demo.document
    parts = {
        "format": FORMAT,
        "version": VERSION,
        "title": demo.title,
        "notes": demo.notes,
        "where": demo.where,
        "concepts": [_concept(concept) for concept in demo.concepts],
        "samples": None if demo.samples is None else demo_samples.told(demo.samples),
        "prior": None if demo.fitted is None else prior_text.told_whole(demo.fitted),
        "state": json.loads(document.to_text(of.state, of.model_name, of.fingerprint)),
    }
    return json.dumps(parts, allow_nan=False)


def from_text(text: str) -> Demo:
    """Read what `to_text` wrote, or the text of a bare state. Raises InputError for anything else."""
    if len(text) > LONGEST_TEXT:
        raise InputError("This file is too long for a demo.", "Save the demo again in the window that made it.")
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError("This is no demo of Latent Explorer.", "Save it again with 'Save demo…'.") from error
    if isinstance(raw, dict) and raw.get("format") == document.FORMAT:
        return Demo(document.from_text(text), deed="Paste state")
    fields = Fields(raw, "demo")
    if fields.text("format") != FORMAT:
        raise InputError("This is no demo of Latent Explorer.", "Save it again with 'Save demo…'.")
    if fields.whole("version") != VERSION:
        raise InputError("This demo is of a newer version of the program.", "Install the newest Latent Explorer.")
    fitted = _read_fitted(fields) if fields.has("prior") else None
    title, notes, where = (fields.text(name)[:LONGEST_WORDS] for name in ("title", "notes", "where"))
    return Demo(
        _with_fitted(document.from_text(json.dumps(raw.get("state"))), fitted),
        tuple(_read_concept(one) for one in fields.objects("concepts", MOST_CONCEPTS)),
        title,
        notes,
        where,
        samples=_read_samples(fields) if fields.has("samples") else None,
        fitted=fitted,
    )


def settled(demo: Demo, known: Sequence[Concept]) -> tuple[Document, tuple[str, ...]]:
    """The demo in a model that has the concepts `known`: its document, and the concepts that are missing or others.

    What those moved is laid into the latents, so that every picture is the demo's own; only their sliders are missing.
    """
    lost = {(concept.space, concept.name) for concept in demo.concepts if not _is_among(concept, known)}
    if not lost:
        return demo.document, ()
    state = demo.document.state
    shelf = tuple(replace(shot, place=_laid(shot.place, demo.concepts, lost)) for shot in state.shelf)
    state = replace(state, place=_laid(state.place, demo.concepts, lost), shelf=shelf)
    return replace(demo.document, state=state), tuple(sorted(name for _space, name in lost))


def _laid(place: Place, concepts: Sequence[Concept], lost: set[tuple[str, str]]) -> Place:
    """All strengths together: the sum is rounded once, as it was where the demo was made."""
    if not any((place.space, name) in lost for name, by in place.strengths.items() if by):
        return place
    own = [concept for concept in concepts if concept.space == place.space]
    return replace(place, base=frozen(edited(place.base, own, place.strengths)), strengths=NOTHING, sample=None)


def _places(state: State) -> tuple[Place, ...]:
    return (state.place, *(snapshot.place for snapshot in state.shelf))


def _is_among(concept: Concept, known: Sequence[Concept]) -> bool:
    """Whether the model has this very concept: a name alone promises nothing."""
    return any(
        (one.space, one.name) == (concept.space, concept.name)
        and np.array_equal(one.direction, concept.direction)
        and one.sigma == concept.sigma
        for one in known
    )


def _read_samples(fields: Fields) -> LatentSet | None:
    return fields.maybe("samples", lambda name: demo_samples.read(fields.within(name)))


def _read_fitted(fields: Fields) -> Fitted | None:
    return fields.maybe("prior", lambda name: prior_text.read_whole(fields.within(name)))


def _with_fitted(document: Document, fitted: Fitted | None) -> Document:
    """The document with the prior that its state lacks the numbers of."""
    if fitted is None or fitted.digest != document.digest:
        return document
    return replace(document, state=replace(document.state, prior=ChosenPrior(FITTED, fitted)), digest="")


def _concept(concept: Concept) -> dict[str, object]:
    return {
        "name": concept.name,
        "space": concept.space,
        "direction": numbers(concept.direction),
        "sigma": float(concept.sigma),
        "centre": float(concept.centre),
    }


def _read_concept(fields: Fields) -> Concept:
    return Concept(
        fields.text("name"),
        fields.latent("direction"),
        fields.number("sigma"),
        fields.number("centre"),
        fields.text("space"),
        {"method": "from a demo"},
    )
