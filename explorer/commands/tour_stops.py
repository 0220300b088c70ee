"""The stops of a tour: each writes files and says what they show. A new stop is one function and one entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from explorer import projections
from explorer.commands.tour_grid import show_grid
from explorer.commands.tour_subject import Subject, ends, few, ordinary
from explorer.export.beside import Beside
from explorer.export.film import save_gif
from explorer.export.lettering import DARK, MEDIUM, write
from explorer.export.map_picture import MapContent, MapPicture, Thumbnails, spread_out
from explorer.export.palette import colours_of
from explorer.export.pictures import enlarged, save_png
from explorer.export.sheet import Words, sheet
from explorer.latents import paths
from explorer.latents.arrays import Latents, Points
from explorer.latents.edits import edited
from explorer.latents.measures import most_telling
from explorer.projections.base import Projection

Seen = Iterator[tuple[Path, str]]
STRENGTHS = (-3, -2, -1, 0, 1, 2, 3)
FRAMES = 48
RATE = 24.0
STRIP = 9


def show_samples(subject: Subject, out: Path) -> Seen:
    """What the model makes of nothing but chance."""
    latents = subject.model.sample(40, seed=subject.seed, space=subject.samples.space)
    words = Words(f"{subject.card.name}: samples", f"Latents drawn from the prior, seed {subject.seed}, and decoded.")
    drawn = sheet(subject.decode(latents), words, columns=10, cell=_cell(subject, 112), smooth=subject.smooth)
    save_png(drawn, out / "samples.png")
    yield out / "samples.png", "pictures of random latents: what the model makes up"


def show_sliders(subject: Subject, out: Path) -> Seen:
    """Each concept from -3 to +3 sigma, the untouched picture framed in the middle."""
    base = ordinary(subject)
    concepts = subject.concepts[:7]
    latents = np.stack([edited(base, [one], {one.name: float(at)}) for one in concepts for at in STRENGTHS])
    words = Words(
        f"{subject.card.name}: sliders",
        "One picture in the middle, moved along each concept. Steps are standard deviations of the samples.",
        rows=[one.name.replace("_", " ") for one in concepts],
        columns=["as it is" if at == 0 else f"{at:+d}" for at in STRENGTHS],
    )
    width = len(STRENGTHS)
    middle = [row * width + width // 2 for row in range(len(concepts))]
    images = subject.decode(latents)
    drawn = sheet(images, words, columns=width, cell=_cell(subject, 128), smooth=subject.smooth, framed=middle)
    save_png(drawn, out / "sliders.png")
    yield out / "sliders.png", "one picture moved along each concept"
    save_gif(_slider_frames(subject, base), out / "sliders.gif", rate=RATE)
    yield out / "sliders.gif", "the same, moving"


def _slider_frames(subject: Subject, base: Latents) -> list[Image.Image]:
    """Each concept swings once: 0, +2.5, -2.5, 0."""
    swing = 2.5 * np.sin(np.linspace(0, 2 * np.pi, 40, endpoint=False))
    frames = []
    for concept in subject.concepts[:4]:
        latents = np.stack([edited(base, [concept], {concept.name: float(at)}) for at in swing])
        frames += [
            _slider_frame(subject, image, concept.name, float(at))
            for image, at in zip(subject.decode(latents), swing, strict=True)
        ]
    return frames


def _slider_frame(subject: Subject, image: NDArray[np.uint8], name: str, strength: float) -> Image.Image:
    """A picture above a slider."""
    shown = enlarged(image, _cell(subject, 384), smooth=subject.smooth)
    frame = Image.new("RGB", (448, shown.height + 128), DARK.ground)
    frame.paste(shown, ((448 - shown.width) // 2, 24))
    draw = ImageDraw.Draw(frame)
    top, left, right = shown.height + 60, 32, 416
    write(draw, (left, top), name.replace("_", " "), MEDIUM, DARK.ink)
    write(draw, (right, top), f"{strength:+.1f}", MEDIUM, DARK.accent, "rs")
    rail, middle = top + 28, (left + right) / 2
    knob = middle + strength / 3 * (right - left) / 2
    draw.rounded_rectangle((left, rail - 2, right, rail + 2), 2, fill=DARK.line)
    draw.rectangle((min(middle, knob), rail - 2, max(middle, knob), rail + 2), fill=DARK.accent)
    draw.ellipse((knob - 8, rail - 8, knob + 8, rail + 8), fill=DARK.accent)
    return frame


def show_map_and_path(subject: Subject, out: Path) -> Seen:
    """The map with a path on it, the path as a strip, and both moving together."""
    samples = few(subject.samples)
    choice = projections.choices(samples.dim)
    if not choice:
        return
    projection = projections.fit(samples, choice[0])
    points = projection.place(samples.latents)
    start, end = ends(points, subject.seed)
    travelled = {
        kind: paths.points(kind, samples.latents[[start, end]], paths.positions(FRAMES))
        for kind in ("spherical", "linear")
    }
    line = projection.place(travelled["spherical"])
    drawn = MapPicture(_map_content(subject, projection, points, line))
    save_png(drawn.image, out / "map.png")
    yield out / "map.png", f"{len(samples):,} samples of the latent space on a plane, with a path from A to B"
    yield from _show_path(subject, travelled, out)
    save_gif(_walk(subject, travelled["spherical"], line, points), out / "path.gif", rate=RATE)
    yield out / "path.gif", "the path, walked: the bead on the map and its picture"


def _map_content(subject: Subject, projection: Projection, points: Points, line: Points) -> MapContent:
    samples = few(subject.samples)
    kind = projection.choice.kind.upper()
    labels = most_telling(samples, points)
    chosen = spread_out(points, 40, seed=subject.seed)
    images = subject.decode(samples.latents[chosen])
    colours = None if labels is None else colours_of(labels)[chosen]
    return MapContent(
        points,
        f"{subject.card.name}: the map",
        f"{len(samples):,} {samples.provenance}, {samples.dim} numbers each, placed by {kind}",
        projection.axis_names,
        labels,
        Thumbnails(images, points[chosen], _cell(subject, 64), colours),
        line,
    )


def _show_path(subject: Subject, travelled: dict[str, Latents], out: Path) -> Seen:
    steps = np.linspace(0, FRAMES - 1, STRIP).round().astype(int)
    images = np.concatenate([subject.decode(latents[steps]) for latents in travelled.values()])
    words = Words(
        f"{subject.card.name}: a path",
        "From A to B. Spherical keeps the length of the latent; the straight line cuts through the middle.",
        rows=list(travelled),
        columns=["A", *(f"{step / (FRAMES - 1):.0%}" for step in steps[1:-1]), "B"],
    )
    drawn = sheet(images, words, columns=STRIP, cell=_cell(subject, 128), smooth=subject.smooth)
    save_png(drawn, out / "path.png")
    yield out / "path.png", "the pictures along the path, spherical and linear"


def _walk(subject: Subject, latents: Latents, line: Points, points: Points) -> list[Image.Image]:
    """The bead goes from A to B and back; its picture stands beside the map."""
    labels = most_telling(few(subject.samples), points)
    beside = Beside(points, line, labels=labels, cell=_cell(subject, 384), smooth=subject.smooth)
    images = subject.decode(latents)
    frames = [Image.fromarray(beside.frame(image, index)) for index, image in enumerate(images)]
    return [frames[0]] * 8 + frames + [frames[-1]] * 8 + frames[-2:0:-1]


def _cell(subject: Subject, wanted: int) -> int:
    """A side that hard pixels fit: at least the image's own."""
    longest = max(subject.card.image_shape[:2])
    return wanted if subject.smooth else max(wanted // longest, 1) * longest


STOPS: tuple[Callable[[Subject, Path], Seen], ...] = (show_samples, show_sliders, show_map_and_path, show_grid)
