"""What the program remembers between two runs.

Never an error: a damaged file means the defaults, and on a full disk the program forgets.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast, get_args

from explorer import places

Theme = Literal["system", "light", "dark", "projector"]
MOST_RECENT = 10
MOST_LISTED = 30  # with the last of each kind
MOST_MODELS = 100
SMALLEST, LARGEST = 0.5, 3.0  # size of a point, times what fits
LARGEST_FILE = 1_000_000  # bytes
MOST_STEPS, MOST_STARTS = 10_000, 64  # of a search for a latent
MOST_SEED = 2**31 - 1  # what all libraries of maps take


@dataclass(frozen=True)
class MapChoice:
    """How the map of one model was last shown: the fields of a `ProjectionChoice`, the label that coloured it, and the
    map `beside` it, None for none.

    Plain values, so that the theme can be read before numpy is there.
    """

    kind: str = "pca"
    first: int = 0
    second: int = 1
    colour: str = ""
    label: str = ""
    across: str = ""
    up: str = ""
    seed: int = 0
    tuned: tuple[tuple[str, float | str], ...] = ()
    beside: MapChoice | None = None


@dataclass(frozen=True)
class GridChoice:
    """How the decoded grid was last shown: tiles a side, opacity and tint in 0..1, equal steps of probability."""

    side: int = 16
    opacity: float = 1.0
    tint: float = 0.55
    equal: bool = False


@dataclass(frozen=True)
class PointsLook:
    """How the points of a map look: `size` times what fits their number, `shaded` by density where they are many, with
    `contours` around most of them."""

    size: float = 1.0
    shaded: bool = True
    contours: bool = False


@dataclass(frozen=True)
class SearchChoice:
    """How the latent of a picture was last searched for: in which space ('' for the one that one is in), steps, and
    starts at once."""

    space: str = ""
    steps: int = 300
    starts: int = 8


@dataclass(frozen=True)
class Preferences:
    """What the user chose.

    `device`: '' for the best there is. `recent`: paths of what was opened, newest first, with what it is in `kinds`;
    the last of each kind stays. `layout`: the window's own words
    for its docks (base64). `model_choices`: how each model's map was last shown, by path, the newest last.
    """

    theme: Theme = "system"
    device: str = ""
    recent: tuple[str, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    last_model: str = ""
    smooth_pictures: bool = False
    welcome_seen: bool = False
    layout: str = ""
    grid: GridChoice = GridChoice()
    points: PointsLook = PointsLook()
    search: SearchChoice = SearchChoice()
    model_choices: Mapping[str, MapChoice] = field(default_factory=lambda: MappingProxyType({}))

    def with_opened(self, path: str, source: str = "", kind: str = "") -> Preferences:
        """The same with a model opened: it is the last one, and its `source` first of the recent ones."""
        return replace(self.with_recent(source or path, kind), last_model=path)

    def with_recent(self, path: str, kind: str) -> Preferences:
        """The same with a file first of the recent ones; of each kind the last one stays, however old."""
        kinds = {**self.kinds, path: kind}
        recent = _recent([path, *self.recent], kinds)
        return replace(self, recent=recent, kinds=_of(recent, kinds))

    def without(self, paths: Collection[str]) -> Preferences:
        """The same with some paths forgotten."""
        kept = tuple(path for path in self.recent if path not in paths)
        return replace(self, recent=kept, kinds=_of(kept, self.kinds))

    def with_choice(self, path: str, choice: MapChoice) -> Preferences:
        """The same with a model's map remembered; the oldest beyond a hundred are forgotten."""
        others = {known: value for known, value in self.model_choices.items() if known != path}
        kept = [*others.items(), (path, choice)][-MOST_MODELS:]
        return replace(self, model_choices=MappingProxyType(dict(kept)))


def load(path: Path | None = None) -> Preferences:
    """Read the preferences from `path`, or from where they belong. What cannot be read has its default."""
    try:
        path = path or _file()
        if path.stat().st_size > LARGEST_FILE:
            return Preferences()
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return Preferences()
    return _read(values) if isinstance(values, dict) else Preferences()


def save(preferences: Preferences, path: Path | None = None) -> bool:
    """Write the preferences in one step, so that no half file is ever seen. False where that failed."""
    values = asdict(replace(preferences, model_choices={}, kinds={}))
    values["kinds"] = dict(preferences.kinds)
    values["model_choices"] = {name: asdict(choice) for name, choice in preferences.model_choices.items()}
    try:
        path = path or _file()
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, json.dumps(values, indent=1))
    except OSError:
        return False
    return True


def _file() -> Path:
    return places.config() / "preferences.json"


def _replace(path: Path, text: str) -> None:
    number, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _recent(paths: Iterable[str], kinds: Mapping[str, str]) -> tuple[str, ...]:
    """Each once; the first ten, and the first of each kind."""
    kept: list[str] = []
    seen: set[str] = set()
    for path in dict.fromkeys(paths):
        kind = kinds.get(path, "")
        if len(kept) < MOST_RECENT or (kind and kind not in seen and len(kept) < MOST_LISTED):
            kept.append(path)
            seen.add(kind)
    return tuple(kept)


def _of(paths: Iterable[str], kinds: Mapping[str, str]) -> Mapping[str, str]:
    """The kinds that are known of these paths."""
    return MappingProxyType({path: kinds[path] for path in paths if kinds.get(path)})


def _read(values: Mapping[str, object]) -> Preferences:
    """Each field for itself: one that does not fit does not cost the others."""
    theme = _text(values.get("theme"))
    recent, choices = values.get("recent"), values.get("model_choices")
    kinds = _texts(values.get("kinds"))
    paths = [entry for entry in recent if isinstance(entry, str)] if isinstance(recent, list) else []
    return Preferences(
        theme=cast(Theme, theme) if theme in get_args(Theme) else "system",
        device=_text(values.get("device")),
        recent=_recent(paths, kinds),
        kinds=_of(_recent(paths, kinds), kinds),
        last_model=_text(values.get("last_model")),
        smooth_pictures=values.get("smooth_pictures") is True,
        welcome_seen=values.get("welcome_seen") is True,
        layout=_text(values.get("layout")),
        grid=_read_grid(values.get("grid")),
        points=_read_look(values.get("points")),
        search=_read_search(values.get("search")),
        model_choices=MappingProxyType(_read_choices(choices) if isinstance(choices, dict) else {}),
    )


def _read_grid(values: object) -> GridChoice:
    default = GridChoice()
    if not isinstance(values, dict):
        return default
    side = values.get("side")
    return GridChoice(
        min(max(_index(side, default.side), 5), 40),
        _share(values.get("opacity"), default.opacity),
        _share(values.get("tint"), default.tint),
        values.get("equal") is True,
    )


def _share(value: object, default: float) -> float:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
    return float(value) if fits else default  # type: ignore[arg-type]


def _read_look(values: object) -> PointsLook:
    if not isinstance(values, dict):
        return PointsLook()
    size = values.get("size")
    if isinstance(size, bool) or not isinstance(size, int | float) or not SMALLEST <= size <= LARGEST:
        size = 1.0
    return PointsLook(float(size), values.get("shaded") is not False, values.get("contours") is True)


def _read_search(values: object) -> SearchChoice:
    default = SearchChoice()
    if not isinstance(values, dict):
        return default
    steps = min(max(_index(values.get("steps"), default.steps), 1), MOST_STEPS)
    starts = min(max(_index(values.get("starts"), default.starts), 1), MOST_STARTS)
    return SearchChoice(_text(values.get("space")), steps, starts)


def _read_choices(values: Mapping[str, object]) -> dict[str, MapChoice]:
    kept = list(values.items())[-MOST_MODELS:]
    return {path: _read_choice(value) for path, value in kept if isinstance(value, dict)}


def _read_choice(values: Mapping[str, object]) -> MapChoice:
    default, beside = MapChoice(), values.get("beside")
    return MapChoice(
        _text(values.get("kind")) or default.kind,
        _index(values.get("first"), default.first),
        _index(values.get("second"), default.second),
        _text(values.get("colour")),
        _text(values.get("label")),
        _text(values.get("across")),
        _text(values.get("up")),
        min(_index(values.get("seed"), default.seed), MOST_SEED),
        _tuned(values.get("tuned")),
        _read_choice({**beside, "beside": None}) if isinstance(beside, dict) else None,
    )


def _tuned(value: object) -> tuple[tuple[str, float | str], ...]:
    """Pairs of a name and a finite number or a word; others are left out."""
    pairs = [entry for entry in value if isinstance(entry, list) and len(entry) == 2] if isinstance(value, list) else []
    return tuple((name, told) for name, told in pairs if isinstance(name, str) and _is_value(told))


def _is_value(told: object) -> bool:
    if isinstance(told, bool):
        return False
    return isinstance(told, str) or (isinstance(told, int | float) and isfinite(told))


def _texts(values: object) -> dict[str, str]:
    return {str(name): _text(value) for name, value in values.items()} if isinstance(values, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _index(value: object, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else default
