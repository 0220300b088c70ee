"""`latent-explorer path MODEL`: from one latent to another, as a film, as pictures or as numbers."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.commands.arguments import add_device, add_model, add_space, check_out, count, space_of
from explorer.commands.path_stops import kind_name, rate, size
from explorer.commands.progress import tell

if TYPE_CHECKING:
    from explorer.export.reels import Setting
    from explorer.latents.arrays import Images, Latents
    from explorer.latents.paths import Positions
    from explorer.latents.samples import LatentSet
    from explorer.models.network import NetworkModel
    from explorer.session.state import PathSetting

ENDINGS = (".mp4", ".webm", ".gif", ".webp", ".zip", ".png", ".npy", ".json")
WAYPOINT = "the number of a sample, an .npy file of latents, seed:N, or zero"


def declare(parser: argparse.ArgumentParser) -> None:
    """Which way, and what of it is written."""
    add_model(parser)
    parser.add_argument("--from", dest="start", metavar="ID|FILE", required=True, help=f"where it begins: {WAYPOINT}")
    parser.add_argument("--via", metavar="ID|FILE", action="append", default=[], help="on the way; may be repeated")
    parser.add_argument("--to", dest="end", metavar="ID|FILE", help="where it ends (a closed path needs none)")
    parser.add_argument("--kind", default="spherical", type=kind_name, help="slerp, linear, data, geodesic, ...")
    parser.add_argument("--closed", action="store_true", help="lead back to the start")
    parser.add_argument("--keyframe", metavar="AT:CONCEPT=SIGMA", action="append", default=[], help="as 0.5:smile=2")
    parser.add_argument("--frames", type=count, default=60, help="from the start to the end (default: 60)")
    parser.add_argument("--fps", type=rate, default=rate("24"), help="frames a second, exactly (default: 24)")
    parser.add_argument("--loop", choices=("once", "ping-pong"), default="once", help="there, or there and back")
    parser.add_argument("--even", action="store_true", help="let the picture change by equal amounts")
    parser.add_argument("--size", type=size, help="pixels: 512 for the longer side, or 640x480")
    parser.add_argument("--smooth", action="store_true", help="soft pixels where they are enlarged")
    parser.add_argument("--map", action="store_true", help="the map with a bead beside the picture")
    parser.add_argument("--truncation", type=float, default=1.0, help="of a GAN: 1 none, 0 the mean picture")
    add_space(parser)
    add_device(parser)
    endings = "film .mp4 .webm .gif .webp, frames .zip, contact sheet .png, latents .npy .json"
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help=endings)


def run(options: argparse.Namespace) -> int:
    """Lay the path, decode it some frames at a time and write them as they come."""
    check_out(options.out, ENDINGS)
    from explorer.latents.paths import kind_of

    kind_of(options.kind)
    trip = prepared(options)
    if options.out.suffix.lower() in (".npy", ".json"):
        _save_numbers(trip, options.out)
    else:
        _save_film(trip, options)
    print(f"{options.out}: {len(trip.order)} frames of {trip.model.card.name}, {options.kind}")
    return 0


@dataclass(frozen=True, eq=False)
class Trip:
    """A path that is laid: `order` (n,) are the positions of the frames as they are shown, `latents` (n, d) theirs."""

    model: NetworkModel
    space: str
    truncation: float
    path: PathSetting
    samples: LatentSet | None
    order: Positions
    latents: Latents

    def decode(self, latents: Latents) -> Images:
        return self.model.decode(latents, space=self.space, truncation=self.truncation)


def prepared(options: argparse.Namespace) -> Trip:
    """Open the model, find the waypoints, search for the course and time the frames."""
    import numpy as np

    from explorer.commands.path_stops import keyframes, waypoints
    from explorer.errors import InputError
    from explorer.latents.paths import kind_of
    from explorer.models.checkpoint import open_model
    from explorer.models.folder import read_concepts, read_samples, resolve
    from explorer.session.route import latents_along
    from explorer.session.state import PathSetting, Pin, frozen

    folder = resolve(options.model)
    model = open_model(folder, device=options.device)
    space, samples = space_of(model.card, options.space), None
    samples = read_samples(folder, model.card).get(space.name)
    concepts = tuple(concept for concept in read_concepts(folder, model.card) if concept.space == space.name)
    words = [options.start, *options.via, *([options.end] if options.end else [])]
    stops = waypoints(words, model, space, samples)
    if len(stops) < 2:
        raise InputError("A path needs two waypoints.", "Give --to as well, or a file of several latents.")
    path = PathSetting(
        tuple(Pin(frozen(latent)) for latent in stops),
        options.kind,
        options.closed,
        keyframes(options.keyframe, concepts),
        even=options.even,
        frames=options.frames,
    )
    if kind_of(path.kind).search is not None:
        path = _searched(path, model, samples, space.name, options.truncation)

    def along(at: Positions) -> Latents:
        latents = latents_along(path, at, space.dim, concepts)
        assert latents is not None  # two waypoints of this space at least
        return latents

    trip = Trip(model, space.name, options.truncation, path, samples, np.zeros(0), stops)
    order = _order(trip, along, options)
    return Trip(model, space.name, options.truncation, path, samples, order, along(order))


def _searched(
    path: PathSetting, model: NetworkModel, samples: LatentSet | None, space: str, truncation: float
) -> PathSetting:
    from dataclasses import replace

    import numpy as np

    from explorer.latents.paths import Knots, searched
    from explorer.models.terrain import Terrain

    known = samples.latents if samples is not None else model.sample(2000, seed=0, space=space)
    ground = Terrain(model, np.asarray(known), space, truncation)
    tell("Searching for the path ...")
    *_earlier, course = searched(path.kind, [pin.latent for pin in path.waypoints], ground, closed=path.closed)
    tell("")
    return replace(path, course=course) if isinstance(course, Knots) else path


def _order(trip: Trip, along: Callable[[Positions], Latents], options: argparse.Namespace) -> Positions:
    """The positions of the frames, evenly timed where that is wished, there and back where that is."""
    import numpy as np

    from explorer.export.journey import pictures
    from explorer.latents.paths import kind_of, positions
    from explorer.latents.paths.costs import changes, evenly

    there = positions(options.frames, closed=options.closed)
    if options.even and not kind_of(options.kind).mixes:
        at = np.linspace(0, 1, 2 * options.frames + 1)
        images = list(pictures(along(at), trip.decode))
        there = evenly(at, changes(np.concatenate(images)), options.frames, closed=options.closed)
    return np.concatenate([there, there[-2:0:-1]]) if options.loop == "ping-pong" else there


def _save_numbers(trip: Trip, out: Path) -> None:
    from explorer.export.journey import save_numbers

    facts = {"model": trip.model.card.name, "space": trip.space, "kind": trip.path.kind, "closed": trip.path.closed}
    save_numbers(trip.latents, out, facts, trip.order.tolist())


def _save_film(trip: Trip, options: argparse.Namespace) -> None:
    from explorer.export.reels import write_reel

    total = len(trip.order)
    began = time.perf_counter()

    def progress(done: int, _total: int) -> None:
        if done % 25 == 0:
            left = (time.perf_counter() - began) / done * (total - done)
            tell(f"{done:,} of {total:,} frames, {left:.0f} s left")

    write_reel(_images(trip, options), options.out, _setting(trip, options), total=total, progress=progress)
    tell("")


def _images(trip: Trip, options: argparse.Namespace) -> Iterator[Images]:
    import numpy as np

    from explorer.export.journey import mixtures, pictures
    from explorer.latents.paths import kind_of

    batches = pictures(trip.latents, trip.decode)
    if kind_of(trip.path.kind).mixes:
        stops = trip.decode(np.stack([pin.latent for pin in trip.path.waypoints]))
        batches = mixtures(stops, trip.order, closed=trip.path.closed)
    if not options.map:
        return batches
    return _beside(trip, batches, smooth=options.smooth)


def _beside(trip: Trip, batches: Iterator[Images], *, smooth: bool) -> Iterator[Images]:
    """The map and the picture in one frame. Raises InputError for a model that brought no samples."""
    import numpy as np

    from explorer import projections
    from explorer.errors import InputError
    from explorer.export.beside import Beside
    from explorer.latents.measures import most_telling
    from explorer.session.route import letter

    if trip.samples is None or not projections.choices(trip.samples.dim):
        raise InputError(f"{trip.model.card.name} brought no samples for a map.", "Leave --map out.")
    projection = projections.fit(trip.samples, projections.choices(trip.samples.dim)[0])
    points = projection.place(trip.samples.latents)
    ends = (letter(0), letter(0 if trip.path.closed else len(trip.path.waypoints) - 1))
    labels = most_telling(trip.samples, points)
    beside = Beside(points, projection.place(trip.latents), labels=labels, ends=ends, smooth=smooth)
    done = 0
    for images in batches:
        yield np.stack([beside.frame(image, done + index) for index, image in enumerate(images)])
        done += len(images)


def _setting(trip: Trip, options: argparse.Namespace) -> Setting:
    from explorer.commands.path_stops import sized
    from explorer.export.journey import captions, spread
    from explorer.export.reels import Setting
    from explorer.session.route import letter, stops

    letters = {at: letter(index) for index, at in enumerate(stops(trip.path).tolist())}
    is_gif = options.out.suffix.lower() == ".gif" and not options.map
    return Setting(
        options.fps,
        sized(options.size, trip.model.card.image_shape) if not options.map or options.size else None,
        options.smooth,
        trip.decode(spread(trip.latents)) if is_gif else None,
        captions(trip.order, letters),
        f"{trip.model.card.name}: {trip.path.kind}",
    )
