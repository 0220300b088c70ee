"""The normal of the plane that separates two buckets best, found by Newton's method in the primal.

Both losses share it: logistic regression and the linear support vector machine with squared hinge (Chapelle 2007,
'Training a Support Vector Machine in the Primal'). It costs milliseconds for hundreds of examples, so that the arrow
follows the hand, and asks for no library. The buckets weigh the same, however many examples are in each.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from explorer.latents.concepts.concept import Numbers
from explorer.latents.concepts.difference import unit
from explorer.latents.concepts.examples import Examples

RIDGE = 0.08  # of the mean variance of a dimension: how much a long normal costs
MOST_STEPS = 50
MANY, MOST_TURNS, NEAR_ENOUGH = 200, 30, 3e-3  # dimensions, turns of conjugate gradients, of the first squared error
Slopes = Callable[[Numbers], tuple[Numbers, Numbers, Numbers]]
"""From margins (n,) to the loss of each, its first and its second derivative."""


def separating(examples: Examples, slopes: Slopes, ridge: float = RIDGE) -> Numbers:
    """The unit normal (d,) that points to the examples with. Raises InputError for examples all alike.

    Minimises sum of share * loss(y (w x + b)) + ridge * v |w|^2 / 2, v the mean variance of a dimension. It lies in the
    span of the examples, so that with more dimensions than examples the search has as many numbers as there are
    examples.
    """
    shares, latents = examples.shares, examples.latents
    centred = latents - shares @ latents
    basis = np.linalg.qr(centred.T)[0] if centred.shape[1] > len(centred) else None
    inner = centred if basis is None else centred @ basis
    variance = float(shares @ np.square(inner).sum(axis=1)) / inner.shape[1]
    signs = np.where(examples.is_with, 1.0, -1.0)
    rows = np.column_stack([inner, np.full(len(inner), np.sqrt(max(variance, 1e-300)))]) * signs[:, None]
    normal = _minimum(rows, shares, slopes, ridge * max(variance, 1e-300))[:-1]
    return unit(normal if basis is None else basis @ normal, _scaled(examples, normal))


def _scaled(examples: Examples, normal: Numbers) -> Examples:
    """A normal is in the inverse unit of the latents: only its being nothing at all is an error."""
    return Examples(np.zeros_like(examples.with_), np.zeros_like(examples.without)) if normal.any() else examples


def _newton_step(rows: Numbers, weights: Numbers, cost_of: Numbers, gradient: Numbers) -> Numbers:
    """(X' W X + C)^-1 g; with many dimensions by conjugate gradients, which never build that matrix."""
    if rows.shape[1] <= MANY:
        hessian = (rows * weights[:, None]).T @ rows + np.diag(cost_of)
        return np.asarray(np.linalg.solve(hessian, gradient))
    scale = weights @ np.square(rows) + cost_of  # the diagonal, which the search is preconditioned by
    found, left = np.zeros_like(gradient), gradient.copy()
    way = scaled = left / scale
    worth = start = float(left @ scaled)
    for _ in range(MOST_TURNS):
        bent = rows.T @ (weights * (rows @ way)) + cost_of * way
        length = worth / max(float(way @ bent), 1e-300)
        found, left = found + length * way, left - length * bent
        scaled = left / scale
        before, worth = worth, float(left @ scaled)
        if worth <= NEAR_ENOUGH * start:
            break
        way = scaled + (worth / before) * way
    return found


def _minimum(rows: Numbers, shares: Numbers, slopes: Slopes, ridge: float) -> Numbers:
    """Newton steps, halved until the cost falls; the last number of a row is the offset's, which costs nothing."""
    cost_of = np.append(np.full(rows.shape[1] - 1, ridge), 1e-9 * ridge)
    found = np.zeros(rows.shape[1])
    loss, slope, bend = slopes(rows @ found)
    cost = float(shares @ loss)
    for _ in range(MOST_STEPS):
        gradient = rows.T @ (shares * slope) + cost_of * found
        step, length = _newton_step(rows, shares * bend, cost_of, gradient), 1.0
        while length > 1e-6:
            tried = found - length * step
            loss, slope, bend = slopes(rows @ tried)
            now = float(shares @ loss + (cost_of * tried) @ tried / 2)
            if now <= cost:
                break
            length /= 2
        gained, found, cost = cost - now, tried, min(now, cost)
        if gained < (1e-10 if rows.shape[1] <= MANY else 1e-4) * max(cost, 1e-30):
            break
    return found
