"""Flows of zuko ('transform.transforms.0.hyper.0'), with or without a context.

MAF, NICE and RealNVP, splines (NSF), Bernstein polynomials (BPF), sums of squares (SOSPF), gaussianization (GF).
"""

from __future__ import annotations

import re

import torch

from explorer.errors import CheckpointError
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.flows.nsf import BOUND as BOUNDS
from explorer.models.foreign.flows.vectors import Vectors, said_number
from explorer.models.foreign.flows.writing import net_of
from explorer.models.foreign.flows.zuko_nets import network
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import UnfitError

SLOPE = 1e-3  # the least
BOUND = 5.0  # of splines and of Bernstein polynomials
CLIP = 11.0  # between sums of squares
COEFFICIENTS, DEGREE = 5, 16  # of the polynomials, where their number leaves a choice
STEP = re.compile(r"transform\.transforms\.(\d+)\.(hyper|phi|A)\b")
NAMED = (
    ("transform.ode.", "a continuous flow (CNF): it needs a solver of differential equations"),
    (".univariate.network.", "a neural autoregressive flow (NAF): it is not opened"),
    (".univariate.integrand.", "an unconstrained neural flow (UNAF): it is not opened"),
    ("base.lower", "a flow over a box or a circle, such as NCSF: it is not opened"),
)


def recognise(reading: Reading) -> Recognised | None:
    """transform.transforms.N and base. Raises CheckpointError for flows of zuko of another kind."""
    tensors = reading.tensors
    if not any(key.startswith("transform.") for key in tensors) or not any(key.startswith("base.") for key in tensors):
        return None
    for part, what in NAMED:
        if any(part in key for key in tensors):
            raise _other(what)
    numbers = {int(match[1]) for key in tensors if (match := STEP.match(key))}
    features = _features(reading)
    if not numbers or not features:
        return None
    found = Vectors(reading, "zuko", features, _given(reading, features))
    for number in range(1 + max(numbers)):
        _step(found, f"transform.transforms.{number}", number in numbers, len(numbers) <= max(numbers))
    _base(found)
    found.know("read", f"{len(numbers)} transforms over {features} numbers, their order and widths, from the file")
    found.know("inferred", "ReLU, and the defaults of zuko 1; prior N(0, I)")
    return found.recognised()


def _other(what: str) -> CheckpointError:
    return CheckpointError(f"This is a flow of zuko, {what}.", "Its MAF, NSF, NICE, RealNVP, BPF, SOSPF and GF open.")


def _features(reading: Reading) -> int:
    start = "transform.transforms.0"
    first = next(
        (reading.tensors[key] for name in ("order", "mask") if (key := f"{start}.{name}") in reading.tensors), None
    )
    if first is not None:
        return first.numel()
    if f"{start}.phi.0" in reading.tensors:
        return len(reading.tensors[f"{start}.phi.0"])
    if f"{start}.hyper.0.weight" in reading.tensors:
        raise _other("gaussianization with a context: it is not opened")
    return 0


def _given(reading: Reading, features: int) -> int:
    start = "transform.transforms.0"
    first = reading.tensors.get(f"{start}.hyper.0.weight")
    mask = reading.tensors.get(f"{start}.mask")
    return 0 if first is None else max(0, int(first.shape[1] - (features if mask is None else mask.sum())))


def _step(found: Vectors, key: str, stored: bool, clipped: bool) -> None:
    """One transform; `clipped`: between those that have something in the file are some that have nothing."""
    flowing = found.flowing
    if not stored:
        flowing.add("soft_clip", bound=CLIP)
    elif f"{key}.A" in flowing.tensors:
        skew = flowing.take(f"{key}.A").double()
        flowing.mix(torch.linalg.matrix_exp(skew - skew.t()), found.shape)
    elif f"{key}.phi.0" in flowing.tensors:
        raw = torch.cat([flowing.take(f"{key}.phi.0"), flowing.take(f"{key}.phi.1")], 1)
        flowing.add("elementwise", {"raw": raw.reshape(1, -1)}, form="mixture", count=raw.shape[1] // 2)
    elif f"{key}.order" in flowing.tensors:
        passes = 1 + int(flowing.take(f"{key}.order").max())
        net, each = network(flowing, f"{key}.hyper", found.features)
        options = {"passes": max(1, passes), "net": net.layers, **_form(found, each, clipped)}
        flowing.add("autoregressive", net_of(net), **options)
    else:
        _coupling(found, key, clipped)


def _coupling(found: Vectors, key: str, clipped: bool) -> None:
    flowing = found.flowing
    mask = flowing.take(f"{key}.mask").bool()
    channels = torch.cat([mask.nonzero().flatten(), (~mask).nonzero().flatten()])
    kept = int(mask.sum())
    net, each = network(flowing, f"{key}.hyper", found.features - kept)
    form = _form(found, each, clipped)
    flowing.permute(channels).add("coupling", net_of(net), kept=kept, net=net.layers, **form)
    flowing.permute(torch.argsort(channels))


def _form(found: Vectors, each: int, clipped: bool) -> dict[str, object]:
    """What so many numbers for each feature say."""
    count, left = divmod(each - 1, COEFFICIENTS)
    if each == 2:
        return {"form": "affine", "scale": "soft", "least": SLOPE}
    if clipped or (each == 1 + 3 * COEFFICIENTS):
        if left:
            raise UnfitError(f"{each} numbers each")
        found.know("inferred", f"{count} sums of squares of polynomials of degree {COEFFICIENTS - 1}")
        return {"form": "squares", "count": count, "coefficients": COEFFICIENTS, "least": SLOPE}
    hint = said_number(found.reading.hints, BOUNDS)
    bound = BOUND if hint is None or hint <= 0 else hint
    degree = said_number(found.reading.hints, ("degree",))
    if each % 3 == 2 and degree != each - 1:
        found.know("inferred", f"splines in -{bound:g}..{bound:g}")
        if each == DEGREE + 1:
            found.know("guessed", f"splines of 6 bins: Bernstein polynomials of degree {DEGREE} have as many numbers")
        return {"form": "spline", "style": "zuko", "bins": (each + 1) // 3, "bound": bound, "least": SLOPE}
    found.know("inferred", f"Bernstein polynomials of degree {each - 1}, in -{bound:g}..{bound:g}")
    return {"form": "bernstein", "each": each, "bound": bound}


def _base(found: Vectors) -> None:
    """A diagonal normal distribution: as a step that makes it N(0, I)."""
    flowing = found.flowing
    left = [key for key in flowing.left() if key.startswith("base.")]
    names = {key.rpartition(".")[2]: key for key in left}
    loc, scale = (names.get(one, names.get(other)) for one, other in (("loc", "_0"), ("scale", "_1")))
    if loc is None or scale is None:
        if left:
            raise UnfitError("another base distribution")
        return
    spread = flowing.take(scale)
    flowing.affine(1 / spread, -flowing.take(loc) / spread, found.shape)
