"""What a map says of itself: which true neighbours it lost, and where a click has landed. No Qt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Latent
from explorer.latents.samples import LatentSet
from explorer.latents.surroundings import Kin
from explorer.projections.base import Projection
from explorer.projections.neighbours import NeighbourMap
from explorer.session.preferences import PointsLook
from explorer.session.state import Place
from explorer.ui.map.contours import SHARES
from explorer.ui.map.marks import Asked, Ties

OF_NEIGHBOUR_MAPS = (
    "The size of a clump tells nothing about how much its samples differ.",
    "The distance between clumps tells little.",
    "Clumps can come from chance alone: look at another seed before you believe one.",
)


def ties(kin: Kin | None, place: Place, samples: LatentSet, projection: Projection) -> Ties | None:
    """The lines from the chosen sample to its true neighbours; None where another one, or an edited one, is shown."""
    if kin is None or place.sample != kin.sample or place.strengths or kin.indices.max(initial=-1) >= len(samples):
        return None
    points = projection.place(samples.latents[[kin.sample, *kin.indices.tolist()]])
    return Ties(points[0], points[1:][kin.kept], points[1:][~kin.kept], kin.sentence)


def asked(known: tuple[NDArray[np.float64], Latent] | None, place: Place, projection: Projection) -> Asked | None:
    """Where the last click was, on a map that cannot give the very place; None once another latent is shown."""
    if known is None or not projection.lift_error or place.base is not known[1] or place.strengths:
        return None
    return Asked(known[0].astype(np.float32), projection.place(place.base[None])[0])


def reach(
    known: tuple[NDArray[np.float64], Latent] | None, preview: Latent | None, projection: Projection
) -> Asked | None:
    """The same of the place under the cursor, while the preview is what it gives."""
    if known is None or not projection.lift_error or preview is not known[1]:
        return None
    return Asked(known[0].astype(np.float32), projection.place(known[1][None])[0], "")


MANY = 60_000  # samples from which on points are shaded where they are all in view
SHADE = "Where very many samples are in view, those that lie thinly are paler."
CONTOURS = f"Contours: within the lines lie {', '.join(f'{100 * share:.0f}' for share in SHARES)} % of the samples."


def looks(look: PointsLook, count: int) -> tuple[str, ...]:
    """What shade and contours mean, where there are any."""
    told = (SHADE,) if look.shaded and count > MANY else ()
    return (*told, CONTOURS) if look.contours else told


def fitted(projection: Projection) -> str:
    """How many samples a map was made of, where they were not all; else ''."""
    return projection.fitted_words if isinstance(projection, NeighbourMap) else ""


def axis_names(projection: Projection) -> tuple[str, str]:
    """The names along the edges of a map; empty for a map of neighbours, whose axes and numbers mean nothing."""
    return ("", "") if isinstance(projection, NeighbourMap) else projection.axis_names


def warnings(projection: Projection | None) -> tuple[str, ...]:
    """What people forget of a map of this kind."""
    return OF_NEIGHBOUR_MAPS if isinstance(projection, NeighbourMap) else ()
