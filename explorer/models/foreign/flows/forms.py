"""The forms that a step may give a number, by their names."""

from __future__ import annotations

from collections.abc import Callable

from explorer.models.fields import Fields
from explorer.models.foreign.flows.elementwise import AffineForm, SplineForm, affine, spline
from explorer.models.foreign.flows.monotone import RisingForm, bernstein, mixture, squares
from explorer.models.foreign.layers import Shape

Form = AffineForm | SplineForm | RisingForm

FORMS: dict[str, Callable[[Fields, Shape], Form]] = {
    "affine": affine,
    "spline": lambda raw, _shape: spline(raw),
    "mixture": lambda raw, _shape: mixture(raw),
    "bernstein": lambda raw, _shape: bernstein(raw),
    "squares": lambda raw, _shape: squares(raw),
}


def form_of(raw: Fields, shape: Shape) -> Form:
    """The form that is told in `raw`, for items of `shape`. Raises CheckpointError."""
    return FORMS[raw.choice("form", tuple(FORMS))](raw, shape)
