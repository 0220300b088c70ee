"""Convolutional generators in their spellings: DCGAN (Radford et al. 2016), WGAN-GP, upsampling, conditional.

The order of layers, widths and kernels are in a file; strides and paddings follow from the kernels and the size that
comes out, as a draft finds them; what stands between layers, from the numbers of the modules and the spelling.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from explorer.models.base import Prior, Space
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.drafts.orders import orders
from explorer.models.foreign.drafts.pieces import Piece, pieces_of
from explorer.models.foreign.drafts.route import Route, Walker
from explorer.models.foreign.drafts.ways import plans
from explorer.models.foreign.drafts.writing import Writer, activate
from explorer.models.foreign.labels import Entry, entry
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.sizes import USUAL_SIDES
from explorer.models.foreign.stack import Found, UnfitError, made_of


@dataclass(frozen=True)
class Style:
    """What no file tells, as the authors of a spelling had it.

    `bare`: how modules begin behind which nothing stands; `late_eps`: of the batch norms behind convolutions.
    """

    said: str
    activation: str = "relu"
    bare: tuple[str, ...] = ()
    prior: Prior = "normal"
    late_eps: float = 1e-5
    end: str = "tanh"
    kind: str = "DCGAN generator"

    def choices(self, pieces: Sequence[Piece]) -> dict[str, str]:
        """What a draft would be told."""
        first = next((number for number, piece in enumerate(pieces) if piece.kind == "kernel"), 0)
        norms = [piece.key for piece in pieces[first:] if piece.kind == "norm"]
        found = {"activation": self.activation} | {f"eps:{key}": str(self.late_eps) for key in norms}
        return found | {f"after:{piece.key}": "none" for piece in pieces if piece.key.startswith(self.bare)}


CUT, CUT_WAYS = (4, 5, 5, 8), ("1,0,0", "1,0,0", "2,0,0")
"""The first side and kernels of WGAN-GP on digits: 8 pixels behind the first kernel are cut to 7, and become 28."""
DCGAN = Style("ReLU between layers, as in DCGAN")
STYLES: tuple[tuple[tuple[str, ...], Style], ...] = (
    (
        ("generator_deconv.",),
        Style("leaky ReLU 0.2, none after the first layer", "leaky 0.2", ("generator_deconv.0.",), "uniform"),
    ),
    (("fc.", "deconv."), Style("ReLU between layers", prior="unit")),
    (("fc", "t_conv1"), Style("ReLU between layers, none after the first", bare=("fc",), prior="uniform")),
    (
        ("conv_blocks.",),
        Style(
            "leaky ReLU 0.2; eps 0.8 in batch norms, as the authors have it",
            "leaky 0.2",
            ("l1.",),
            late_eps=0.8,
            kind="upsampling generator",
        ),
    ),
    (("lin1", "ct1", "ct2"), Style("ReLU between layers, nothing at the end", end="none")),
    (("tconv1", "bn1"), Style("ReLU between layers, as in InfoGAN", end="sigmoid")),
    (("block1.", "deconv_out"), Style("ReLU between layers, as in WGAN-GP", kind="WGAN-GP generator")),
    (
        ("latent_to_features.", "features_to_image."),
        Style("ReLU between layers, before batch norms", end="sigmoid", kind="WGAN-GP generator"),
    ),
)
"""By how the modules of a spelling begin: all of them have to be there."""


def recognise(reading: Reading) -> Recognised | None:
    """Modules that lead from a vector to a picture through convolutions, and nothing else."""
    pieces = pieces_of(reading.tensors)
    if not any(piece.kind == "kernel" for piece in pieces) or any(not _fits(piece) for piece in pieces):
        return None
    if _reads_pictures(pieces):
        return None
    for order in orders(pieces):
        try:
            return _found(reading, order)
        except (UnfitError, IndexError, KeyError):
            continue
    return None


def _reads_pictures(pieces: Sequence[Piece]) -> bool:
    """Whether numbered modules begin with a convolution of a picture and do not end in one: a judge, or an encoder."""
    weighing = [piece for piece in pieces if piece.weighs]
    first, last = weighing[0], weighing[-1]
    if not first.key.rpartition(".")[2].isdigit() or first.kind != "kernel" or first.shape[1] not in (1, 3):
        return False
    return min(last.shape[:2]) not in (1, 3) or (last.shape[0] == 1 and not last.turned and first.shape[1] == 3)


def _fits(piece: Piece) -> bool:
    return piece.kind not in ("other", "scale") and "encoder" not in piece.key


def _found(reading: Reading, pieces: list[Piece]) -> Recognised | None:
    style = style_of([piece.key for piece in pieces])
    writer = Writer(reading.tensors, style.choices(pieces), "decoder", 0)
    way = entry(writer.stack, [piece.key for piece in pieces], reading.hints, style.prior)
    layers = [piece for piece in pieces if piece.key in way.rest]
    route = Walker(layers, 0).walk()
    style = replace(style, end="sigmoid") if _is_cut(route) else style
    if route.dim == 1:
        raise UnfitError("one number in: a discriminator, read backwards")
    if route.side > 1 or route.dim != way.width or route.out not in (1, 3) or not route.kernels:
        raise UnfitError("no picture of a vector")
    _write(writer, route)
    activate(writer.stack, style.end)
    made = made_of(writer.stack, way.space.shape)
    if made is None or made[1] not in USUAL_SIDES:
        raise UnfitError("no usual size")
    return _told(reading, style, way, route, writer, made[1])


def _write(writer: Writer, route: Route) -> None:
    """Layers with the likeliest strides that lead to a picture of a usual size."""
    kernels = route.kernels
    found = plans(kernels, route.first_side, growing=True, wanted=USUAL_SIDES)
    if not found:
        raise UnfitError("no strides lead to a picture")
    if route.side == 1:
        writer.stack.add("fold", shape=[route.dim, 1, 1])
        writer.side = 1
    plan = {kernel.key: way for kernel, way in zip(kernels, CUT_WAYS if _is_cut(route) else found[0], strict=True)}
    begin = _first_end(route) if _is_cut(route) else 0
    if begin:
        writer.write(route.steps[:begin], plan, open_end=False)
        writer.stack.add("crop", sides=[0, 1, 0, 1])
        writer.side -= 1
    writer.write(route.steps[begin:], plan, open_end=True)


def _is_cut(route: Route) -> bool:
    return (route.first_side, *(kernel.size for kernel in route.kernels)) == CUT


def _first_end(route: Route) -> int:
    """Where the steps behind the first convolution begin."""
    return 1 + next(number for number, step in enumerate(route.steps) if step.kernel is not None)


def _told(reading: Reading, style: Style, way: Entry, route: Route, writer: Writer, side: int) -> Recognised | None:
    space, values = way.space, (0.0, 1.0) if style.end == "sigmoid" else (-1.0, 1.0)
    found = Found(reading, _called(space, style), space, writer.stack, values=values)
    found.know("read", f"{space.dim} inputs, {len(route.kernels)} convolutions and their kernels, from the shapes")
    found.know("inferred", f"strides and paddings, from the kernels and the size {side} x {side}")
    found.know("inferred", style.said, f"{style.end} at the end", f"prior {space.prior}")
    found.facts += way.facts
    return found.recognised()


def _called(space: Space, style: Style) -> str:
    return f"{'conditional ' if space.classes else ''}{style.kind}, {space.dim} inputs"


def style_of(keys: Sequence[str]) -> Style:
    """The spelling of these modules; that of DCGAN where none is known."""
    for heads, style in STYLES:
        if all(any(key.startswith(head) for key in keys) for head in heads):
            return style
    return DCGAN
