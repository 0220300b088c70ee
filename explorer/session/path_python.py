"""A path as Python: a script that decodes exactly its frames, by the public API."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from explorer.errors import InputError
from explorer.latents.arrays import Latents
from explorer.latents.concepts import Concept
from explorer.latents.edits import edited_along
from explorer.session.route import course_of, strengths_at
from explorer.session.state import State
from explorer.session.studio_text import numbers


def path_to_python(state: State, timing: NDArray[np.float64], concepts: Iterable[Concept]) -> str:
    """The script. Raises InputError where there is no path yet.

    The waypoints lead the way; a course that was searched for, and one with keyframes, is given frame by frame.
    """
    path, place = state.path, state.place
    course = course_of(path, place.base.size)
    if course is None:
        raise InputError("There is no path to copy yet.", "Pin two latents or more.")
    if path.course is not None or path.keyframes:
        way = f"latents = {_array(edited_along(course(timing), concepts, strengths_at(path.keyframes, timing)))}"
    else:
        way = "\n".join(
            [
                f"waypoints = {_array(np.stack([pin.latent for pin in path.waypoints]))}",
                f"positions = np.array({[round(float(one), 9) for one in timing]})",
                f"latents = points({path.kind!r}, waypoints, positions, closed={path.closed})",
            ]
        )
    return "\n".join(
        [
            "from pathlib import Path",
            "",
            "import numpy as np",
            "",
            "import explorer",
            "from explorer.export.film import save_film",
            "from explorer.latents.paths import points",
            "",
            f"model = explorer.open({state.model!r})",
            way,
            f"images = model.decode(latents, space={place.space!r}, truncation={float(place.truncation)!r})",
            f'save_film(images, Path("path.gif"), rate={float(path.rate)!r})',
            "",
        ]
    )


def _array(latents: Latents) -> str:
    rows = ["[" + ", ".join(map(repr, numbers(latent))) + "]," for latent in latents]
    lines = "\n".join(textwrap.fill(row, 110, initial_indent="    ", subsequent_indent="     ") for row in rows)
    return f"np.array([\n{lines}\n], dtype=np.float32)"
