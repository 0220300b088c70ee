"""The whole state as text and back, exactly: to copy and paste, to save, to send. And one picture of it as Python.

The text is JSON, one line for each part, with a marker and a version first.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import cast, get_args

from explorer.errors import InputError
from explorer.latents import paths
from explorer.latents.arrays import Latent
from explorer.latents.concepts import Concept
from explorer.latents.edits import edited
from explorer.latents.selections import NONE, Only, Subset
from explorer.latents.selections import to_text as samples_to_text
from explorer.models.scope import WHOLE, Scope
from explorer.projections import KINDS, ProjectionChoice
from explorer.session import prior_text, studio_text
from explorer.session.fields import Fields, refuse
from explorer.session.state import Keyframe, Origin, PathSetting, Pin, Place, PlayMode, Snapshot, State
from explorer.session.studio import Studio
from explorer.session.studio_text import numbers

FORMAT = "latent-explorer state"
VERSION = 1
LONGEST_TEXT = 10_000_000
LONGEST_SHELF = 1000
MOST_SUBSETS = 1000
MOST_WAYPOINTS = 1000
MOST_NUMBERED = 100_000  # parts or channels of a latent
MOST_SEED = 2**31 - 1  # what all libraries of maps take


@dataclass(frozen=True, eq=False)
class Document:
    """A state as it was written, and the model it belongs to: its name and the fingerprint of its weights.

    `digest`: of a fitted prior that was in force and whose numbers are not in the text; '' for none. `says_prior`: not
    in texts from before there were priors to choose.
    """

    state: State
    model_name: str
    fingerprint: str
    digest: str = ""
    says_prior: bool = True

    def check(self, spaces: Mapping[str, int]) -> None:
        """Raise InputError unless every latent fits a model with these spaces (name to dimension)."""
        places = (self.state.place, *(snapshot.place for snapshot in self.state.shelf))
        if any(spaces.get(place.space) != place.base.size for place in places) or any(
            pin.latent.size not in spaces.values() for pin in self.state.path.waypoints
        ):
            known = ", ".join(f"{name} with {dim} numbers" for name, dim in spaces.items())
            raise InputError(
                f"This state belongs to another model ('{self.model_name}').",
                f"Open that model first, then paste again. The open model has: {known}.",
            )


def to_text(state: State, card_name: str, fingerprint: str) -> str:
    """The state as text, to be read by `from_text`. Float32 numbers in as few digits as bring them back exactly."""
    parts: dict[str, object] = {
        "format": FORMAT,
        "version": VERSION,
        "model": {"name": card_name, "fingerprint": fingerprint, "path": state.model},
        "place": _place(state.place),
        "projection": _projection(state.projection),
        "second": None if state.second is None else _projection(state.second),
        "colour": state.colour,
        "prior": prior_text.told(state.prior),
        "path": _path(state.path),
        "studio": studio_text.told(state.studio),
        "shelf": [{"number": snapshot.number, "place": _place(snapshot.place)} for snapshot in state.shelf],
        "brought": state.brought,
        "selection": samples_to_text(state.selection),
        "only": _only(state.only),
        "scope": _scope(state.scope),
        "subsets": [
            {"name": subset.name, "colour": subset.colour, "samples": samples_to_text(subset.indices)}
            for subset in state.subsets
        ],
    }
    lines = (f" {json.dumps(name)}: {json.dumps(part, allow_nan=False)}" for name, part in parts.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def from_text(text: str, spaces: Mapping[str, int] | None = None) -> Document:
    """Read what `to_text` wrote. With `spaces` (name to dimension), also `Document.check` it against a model.

    Raises InputError for any other text, a newer version, numbers that are not finite, or more than 10 million letters.
    """
    if len(text) > LONGEST_TEXT:
        raise InputError("This text is too long for a state.", "Copy the state again from the window that made it.")
    fields = _parsed(text)
    state = State(
        model=fields.within("model").text("path"),
        place=_read_place(fields.within("place")),
        projection=_read_projection(fields.within("projection")),
        colour=fields.text("colour"),
        path=_read_path(fields.within("path")),
        studio=studio_text.read(fields.within("studio")) if fields.has("studio") else Studio(),
        second=_read_second(fields),
        shelf=tuple(
            Snapshot(entry.whole("number"), _read_place(entry.within("place")))
            for entry in fields.objects("shelf", LONGEST_SHELF)
        ),
        brought=fields.text("brought") if fields.has("brought") else "",
        selection=fields.samples("selection") if fields.has("selection") else NONE,
        subsets=_read_subsets(fields) if fields.has("subsets") else (),
        only=fields.maybe("only", lambda name: _read_only(fields.within(name))) if fields.has("only") else None,
        scope=_read_scope(fields.within("scope")) if fields.has("scope") else WHOLE,
    )
    model, says = fields.within("model"), fields.has("prior")
    prior = fields.maybe("prior", lambda name: prior_text.read(fields.within(name))) if says else None
    if prior is not None:
        state = replace(state, prior=prior[0])
    digest = prior[1] if prior is not None else ""
    document = Document(state, model.text("name"), model.text("fingerprint"), digest, says)
    if spaces is not None:
        document.check(spaces)
    return document


def place_to_python(place: Place, model: str, concepts: Iterable[Concept] = ()) -> str:
    """A script that decodes exactly the picture of a place, by the public API.

    `concepts`: the model's; those of other spaces are left out. Raises InputError before there is a picture.
    """
    if not place.base.size:
        raise InputError("There is no picture to copy yet.", "Open a model first.")
    known = tuple(concept for concept in concepts if concept.space == place.space)
    latent = edited(place.base, known, place.strengths)
    strengths = {concept.name: place.strengths.get(concept.name, 0.0) for concept in known}
    random = place.seed is not None and not any(place.strengths.values())
    drawn = f"model.sample(1, seed={place.seed}, space={place.space!r}, temperature={float(place.temperature)!r})"
    made = [f"{name!r} {strength:+.2f} sigma" for name, strength in strengths.items() if strength]
    listed = textwrap.fill(", ".join(map(repr, numbers(latent))), 100, initial_indent="    ", subsequent_indent="    ")
    return "\n".join(
        [
            "import numpy as np",
            "from PIL import Image",
            "",
            "import explorer",
            "",
            f"model = explorer.open({model!r})",
            *([f"# the latent that was found for {place.picture.name!r}"] if place.picture is not None else []),
            *(f"# the latent includes {change}" for change in made),
            *([f"# drawn as {drawn} draws it, from the prior that was in force"] if random else []),
            f"latent = [\n{listed},\n]",
            "latents = np.array([latent], dtype=np.float32)",
            f"images = model.decode(latents, space={place.space!r}, truncation={float(place.truncation)!r})",
            'Image.fromarray(images[0].squeeze()).save("picture.png")',
            "",
        ]
    )


def _parsed(text: str) -> Fields:
    try:
        fields = Fields(json.loads(text), "")
        marker, version = fields.text("format"), fields.whole("version")
    except (ValueError, RecursionError, InputError) as error:
        raise InputError("This text is no state of Latent Explorer.", _COPY_AGAIN) from error
    if marker != FORMAT:
        raise InputError("This text is no state of Latent Explorer.", _COPY_AGAIN)
    if version != VERSION:
        raise InputError(
            f"This state was written in version {version} of the format; this program reads version {VERSION}.",
            "Install the newest Latent Explorer, or copy the state again with this one.",
        )
    return fields


_COPY_AGAIN = "Use 'Copy state' in a window of Latent Explorer, then paste the whole text."


def _whole(number: int | None) -> int | None:
    return None if number is None else int(number)  # numpy's whole numbers are none of JSON's


def _projection(choice: ProjectionChoice) -> dict[str, object]:
    return {
        "kind": choice.kind,
        "first": choice.first,
        "second": choice.second,
        "label": choice.label,
        "across": choice.across,
        "up": choice.up,
        "seed": int(choice.seed),
        "tuned": dict(choice.tuned),
        "stopped": int(choice.stopped),
        "scope": _scope(choice.scope),
    }


def _place(place: Place) -> dict[str, object]:
    return {
        "space": place.space,
        "base": numbers(place.base),
        "strengths": {name: float(strength) for name, strength in place.strengths.items()},
        "truncation": float(place.truncation),
        "sample": _whole(place.sample),
        "seed": _whole(place.seed),
        **({"picture": _origin(place.picture)} if place.picture is not None else {}),
        "temperature": float(place.temperature),
    }


def _origin(origin: Origin) -> dict[str, object]:
    return {"name": origin.name, "error": None if origin.error is None else float(origin.error)}


def _pin(pin: Pin) -> dict[str, object]:
    return {"latent": numbers(pin.latent), "sample": _whole(pin.sample)}


def _path(path: PathSetting) -> dict[str, object]:
    return {
        "waypoints": [_pin(pin) for pin in path.waypoints],
        "kind": path.kind,
        "closed": path.closed,
        "keyframes": [
            {"at": float(one.at), "strengths": {name: float(value) for name, value in one.strengths.items()}}
            for one in path.keyframes
        ],
        "even": path.even,
        "seed": int(path.seed),
        "compared": list(path.compared),
        "company": path.company,
        "frames": int(path.frames),
        "rate": float(path.rate),
        "mode": path.mode,
        "position": None if path.position is None else float(path.position),
    }


def _read_place(fields: Fields) -> Place:
    base = fields.latent("base")
    return Place(
        space=fields.text("space"),
        base=base,
        strengths=MappingProxyType(fields.numbers("strengths")),
        truncation=fields.number("truncation"),
        sample=fields.maybe("sample", fields.whole),
        seed=fields.maybe("seed", fields.whole),
        origin=_read_origin(fields.within("picture"), base) if fields.has("picture") else None,
        temperature=fields.number("temperature") if fields.has("temperature") else 1.0,
    )


def _read_origin(fields: Fields, latent: Latent) -> Origin:
    return Origin(fields.text("name"), latent, fields.maybe("error", lambda name: fields.number(name, 0, 1)))


def _read_projection(fields: Fields) -> ProjectionChoice:
    """Texts from before there were labels, concepts, seeds and parameters have only the first three."""
    kind = fields.one_of("kind", tuple(KINDS))
    label, across, up = (fields.text(name) if fields.has(name) else "" for name in ("label", "across", "up"))
    choice = ProjectionChoice(kind, fields.whole("first"), fields.whole("second"), label, across, up)
    seed = fields.whole("seed", high=MOST_SEED) if fields.has("seed") else 0
    tuned = tuple(sorted(fields.values("tuned").items())) if fields.has("tuned") else ()
    stopped = fields.whole("stopped", high=MOST_SEED) if fields.has("stopped") else 0
    scope = _read_scope(fields.within("scope")) if fields.has("scope") else WHOLE
    return replace(choice, seed=seed, tuned=tuned, stopped=stopped, scope=scope)


def _read_second(fields: Fields) -> ProjectionChoice | None:
    """The map beside the first; texts from before there were two lack it."""
    if not fields.has("second"):
        return None
    return fields.maybe("second", lambda name: _read_projection(fields.within(name)))


def _only(only: Only | None) -> dict[str, str] | None:
    return None if only is None else {"words": only.words, "samples": samples_to_text(only.indices)}


def _scope(scope: Scope) -> dict[str, object]:
    cells = None if scope.cells is None else list(scope.cells)
    return {"space": scope.space, "parts": list(scope.parts), "channels": list(scope.channels), "cells": cells}


def _read_scope(fields: Fields) -> Scope:
    parts, channels = (fields.wholes(name, MOST_NUMBERED) for name in ("parts", "channels"))
    cells = fields.maybe("cells", lambda name: fields.wholes(name, 4))
    if cells is not None and len(cells) != 4:
        refuse("scope, cells")
    return Scope(fields.text("space"), parts, channels, cells)


def _read_only(fields: Fields) -> Only:
    return Only(fields.samples("samples"), fields.text("words"))


def _read_subsets(fields: Fields) -> tuple[Subset, ...]:
    entries = fields.objects("subsets", MOST_SUBSETS)
    read = [Subset(entry.text("name"), entry.colour("colour"), entry.samples("samples")) for entry in entries]
    return tuple({subset.name: subset for subset in read}.values())


def _read_pin(fields: Fields) -> Pin:
    return Pin(fields.latent("latent"), fields.maybe("sample", fields.whole))


def _read_path(fields: Fields) -> PathSetting:
    """Texts from before there were many waypoints have two, 'a' and 'b', either of which may be missing."""
    return PathSetting(
        waypoints=_read_waypoints(fields),
        kind=fields.one_of("kind", tuple(paths.KINDS)),
        closed=fields.has("closed") and fields.truth("closed"),
        keyframes=tuple(
            Keyframe(one.number("at", 0, 1), MappingProxyType(one.numbers("strengths")))
            for one in (fields.objects("keyframes", MOST_WAYPOINTS) if fields.has("keyframes") else ())
        ),
        seed=fields.whole("seed", high=MOST_SEED) if fields.has("seed") else 0,
        even=fields.has("even") and fields.truth("even"),
        compared=fields.some_of("compared", tuple(paths.KINDS)) if fields.has("compared") else (),
        company=fields.has("company") and fields.truth("company"),
        frames=fields.whole("frames", 1, 100_000),
        rate=fields.number("rate", 0.01, 1000),
        mode=cast(PlayMode, fields.one_of("mode", get_args(PlayMode))),
        position=fields.maybe("position", lambda name: fields.number(name, 0, 1)),
    )


def _read_waypoints(fields: Fields) -> tuple[Pin, ...]:
    if fields.has("waypoints"):
        return tuple(_read_pin(one) for one in fields.objects("waypoints", MOST_WAYPOINTS))
    ends = (fields.maybe(name, lambda name: _read_pin(fields.within(name))) for name in ("a", "b"))
    return tuple(pin for pin in ends if pin is not None)
