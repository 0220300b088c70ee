"""The distribution function of N(0, 1) and its inverse, in numpy."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CENTRAL = (
    (3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125),
    (45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727),
    (1.0, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077),
    (21213.794301586595867, 39307.895800092710610, 28729.085735721942674, 5226.4952788528545610),
)
NEAR = (
    (1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504),
    (1.27045825245236838258, 0.241780725177450611770, 0.0227238449892691845833, 7.74545014278341407640e-4),
    (1.0, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550),
    (0.148103976427480074590, 0.0151986665636164571966, 5.47593808499534494600e-4, 1.05075007164441684324e-9),
)
FAR = (
    (6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 0.296560571828504891230),
    (0.0265321895265761230930, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7),
    (1.0, 0.599832206555887937690, 0.136929880922735805310, 0.0148753612908506148525),
    (7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15),
)


def from_half(values: Floats) -> Floats:
    """The share of N(0, 1) below each value less 1/2: near the mean, the share itself would have no digits left."""
    flat = (0.5 * math.erf(value / math.sqrt(2.0)) for value in values.ravel().tolist())
    return np.fromiter(flat, np.float64, values.size).reshape(values.shape)


def at_offset(offsets: Floats) -> Floats:
    """Its inverse: the value whose share is 1/2 + offset (within +-1/2): algorithm AS 241 (Wichura 1988)."""
    middle = np.abs(offsets) <= 0.425
    r = np.sqrt(-np.log(np.where(middle, 0.5, 0.5 - np.abs(offsets))))
    tail = np.where(r <= 5, _ratio(NEAR, r - 1.6), _ratio(FAR, r - 5))
    central = offsets * _ratio(CENTRAL, np.where(middle, 0.180625 - offsets**2, 0.0))
    return np.where(middle, central, np.copysign(tail, offsets))


def _ratio(table: tuple[tuple[float, ...], ...], r: Floats) -> Floats:
    above, below = (*table[0], *table[1]), (*table[2], *table[3])
    ratio: Floats = np.polyval(above[::-1], r) / np.polyval(below[::-1], r)
    return ratio
