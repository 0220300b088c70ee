"""From a route and choices to layers: where activations stand, and what each convolution does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from torch import Tensor

from explorer.models.foreign.drafts.blocks import AFTER, BEFORE, norms_first
from explorer.models.foreign.drafts.pieces import UNKNOWN, Piece
from explorer.models.foreign.drafts.route import Step
from explorer.models.foreign.drafts.told import Choices, Option, Question, Row
from explorer.models.foreign.drafts.ways import Kernel, growing_ways, in_words, shrinking_ways, side_after
from explorer.models.foreign.stack import Stack, UnfitError

ACTIVATIONS = (
    *(("relu", "ReLU"), ("leaky 0.2", "leaky ReLU 0.2"), ("leaky 0.01", "leaky ReLU 0.01"), ("elu", "ELU")),
    *(("silu", "SiLU"), ("gelu", "GELU"), ("selu", "SELU"), ("tanh", "tanh"), ("sigmoid", "sigmoid")),
    *(("softplus", "softplus"), ("none", "none")),
)
LASTS = (("sigmoid", "sigmoid"), ("tanh", "tanh"), ("none", "none"), ("relu", "ReLU"), ("hardtanh", "clipped to -1..1"))
GROUPS = (32, 16, 8, 4, 2, 1)
SIGNED = frozenset({"tanh", "hardtanh"})


class KeyedStack(Stack):
    """A stack whose layers name the modules of the file that they take their weights from."""

    def beside(self) -> KeyedStack:
        return KeyedStack(self.tensors, self.taken)

    def take(self, key: str, names: Iterable[str]) -> Stack:
        self.layers[-1]["key"] = key
        return super().take(key, names)

    def attend(self, parts: Mapping[str, str], pool: int = 1) -> Stack:
        super().attend(parts, pool)
        self.layers[-1]["keys"] = dict(parts)
        return self


def activate(stack: Stack, name: str) -> None:
    """Adds an activation of `ACTIVATIONS` or `LASTS`."""
    kind, _, slope = name.partition(" ")
    if kind == "leaky":
        stack.add("leaky", slope=float(slope))
    elif kind != "none":
        stack.add(kind)


class Writer:
    """Writes steps one after the other, and a row for each. `side` 0: vectors."""

    def __init__(self, tensors: Mapping[str, Tensor], choices: Choices, part: str, side: int) -> None:
        self.stack = KeyedStack(tensors)
        self.choices, self.part, self.side = choices, part, side
        self.usual = choices.get("activation", "relu")
        self.eps = float(choices.get("eps", "1e-05"))
        self.rows: list[Row] = []

    def write(self, steps: Sequence[Step], plan: Mapping[str, str], *, open_end: bool) -> None:
        """`open_end`: nothing is added behind the last layer."""
        for number, step in enumerate(steps):
            after = _next_piece(steps, number)
            self._layer(step, plan)
            chosen: Question | None = None
            ends = after is None and open_end and f"after:{step.piece.key}" not in self.choices
            if step.kind not in ("fold", "shuffle", "flatten") and not ends:
                chosen = self._activation(step.piece, after, plan)
            if step.kind not in ("fold", "flatten"):
                self.rows.append(self._row(step, plan, chosen))

    def _layer(self, step: Step, plan: Mapping[str, str]) -> None:
        stack, key = self.stack, step.piece.key
        if step.kind == "linear":
            stack.linear(key)
        elif step.kind == "flatten":
            stack.add("flatten")
            self.side = 0
        elif step.kind == "fold":
            stack.add("fold", shape=[step.out, step.side, step.side])
            self.side = step.side
        elif step.kind == "kernel":
            assert step.kernel is not None
            self._convolution(step.kernel, plan[key])
        elif step.kind == "attend":
            stack.attend(
                dict(step.piece.parts),
                pool=int(self.choices.get("pooled", "2" if "out" in dict(step.piece.parts) else "1")),
            )
        elif step.kind == "block":
            self._block(step.piece, plan[key])
        elif step.kind == "shuffle":
            stack.add("shuffle", factor=2)
            self.side *= 2
        else:
            self._norm(step)

    def _block(self, block: Piece, way: str) -> None:
        """A residual block, with norms and activations before its convolutions or behind them."""
        parts, first, enlarged = dict(block.parts), self._normalises_first(block), way.startswith("up")
        body, around = self.stack.beside(), self.stack.beside()
        if way not in (same := f"1,{block.shape[4] // 2}", f"up,{same}"):
            raise UnfitError(f"'{block.key}' cannot change the size so")
        for number in (1, 2):
            norm = parts.get(f"norm{number}")
            if first:
                self._normalised(body, norm)
            if enlarged and number == 1:
                for stack in (body, around):
                    stack.add("upsample", factor=2, mode=self.choices.get("enlarging", "nearest"))
            body.conv(parts[f"conv{number}"])
            if not first:
                self._normalised(body, norm, active=number == 1)
        if "around" in parts:
            around.conv(parts["around"])
        self.stack.residual(body, around)
        self.side *= 1 + enlarged

    def _normalises_first(self, block: Piece) -> bool:
        return self.choices.get("blocks", BEFORE if norms_first(block) else AFTER) == BEFORE

    def _normalised(self, stack: Stack, norm: str | None, *, active: bool = True) -> None:
        if norm is not None:
            stack.norm(norm, float(self.choices.get(f"eps:{norm}", self.eps)))
        if active:
            activate(stack, self.usual)

    def _norm(self, step: Step) -> None:
        stack, key, features = self.stack, step.piece.key, step.piece.shape[0]
        if step.kind == "norm":
            stack.norm(key, float(self.choices.get(f"eps:{key}", self.eps)))
        elif step.kind == "slope":
            stack.add("prelu", slopes=features).take(key, ("weight",))
        elif self.side:
            groups = int(self.choices.get("groups", "0")) or next(one for one in GROUPS if features % one == 0)
            stack.group_norm(key, groups if features % groups == 0 else 1, self.eps)
        else:
            stack.add("layer_norm", eps=self.eps).take(key, ("weight", "bias"))

    def _convolution(self, kernel: Kernel, way: str) -> None:
        words = way.split(",")
        if words[0] == "up":
            self.stack.add("upsample", factor=2, mode=self.choices.get("enlarging", "nearest"))
            words = words[1:]
        stride, padding = int(words[0]), int(words[1])
        if kernel.turned:
            self.stack.transposed(kernel.key, stride, padding, int(words[2]))
        else:
            self.stack.conv(kernel.key, stride, padding)
        if words[-1].startswith("pool"):
            self.stack.add("pool", size=2, stride=int(words[-1][4:] or 2), kind=self.choices.get("pooling", "max"))
        self.side = side_after(self.side, kernel, way) // (2 if kernel.shuffled else 1)
        if self.side < 1:
            raise UnfitError(f"'{kernel.key}' with {in_words(way)} leaves no picture")

    def _activation(self, piece: Piece, after: Piece | None, plan: Mapping[str, str]) -> Question:
        """Adds what stands behind a module; `after` is the next one."""
        enlarged = after is not None and after.gap == 1 and plan.get(after.key, "").startswith("up")
        default = self.usual if stands_between(piece, after) and not enlarged else "none"
        if any(one is not None and one.kind == "block" and self._normalises_first(one) for one in (piece, after)):
            default = "none"
        taken = self.choices.get(f"after:{piece.key}", default)
        activate(self.stack, taken)
        options = tuple(Option(*one) for one in ACTIVATIONS)
        return Question(f"after:{piece.key}", "Activation", options, taken, tip=f"What stands behind {piece.key}")

    def _row(self, step: Step, plan: Mapping[str, str], chosen: Question | None) -> Row:
        shape = f"{step.out} x {self.side} x {self.side}" if self.side else f"{step.out}"
        return Row(self.part, step.piece.key, _called(step), shape, self._way(step, plan), chosen)

    def _way(self, step: Step, plan: Mapping[str, str]) -> Question | None:
        kernel = step.kernel
        if kernel is None:
            return None
        ways = growing_ways(kernel) if self.part == "decoder" else shrinking_ways(kernel)
        ways = tuple(dict.fromkeys((plan[kernel.key], *ways)))
        options = tuple(Option(way, in_words(way)) for way in ways)
        return Question(f"way:{kernel.key}", "Stride and padding", options, plan[kernel.key])


def stands_between(piece: Piece, after: Piece | None) -> bool:
    """Whether an activation stands behind a module: the gap in their numbers tells, else what people do."""
    if piece.kind in ("slope", "attend") or (after is not None and after.kind == "slope"):
        return False
    if piece.kind in ("norm", "scale") and piece.gap > 0:
        return False  # it stands before the norm
    if after is not None and after.gap != UNKNOWN:
        return after.gap > 0
    return after is None or after.kind not in ("norm", "scale")


def _next_piece(steps: Sequence[Step], number: int) -> Piece | None:
    own = steps[number].piece
    return next((step.piece for step in steps[number + 1 :] if step.piece is not own), None)


def _called(step: Step) -> str:
    piece = step.piece
    if step.kind == "linear":
        return f"Linear {piece.shape[1]} → {piece.shape[0]}"
    if piece.kind == "block":
        return f"Residual block {piece.shape[0]} → {piece.shape[2]}"
    if step.kernel is not None:
        wide = (piece.shape[0], piece.shape[1]) if step.kernel.turned else (piece.shape[1], piece.shape[0])
        name = "ConvTranspose2d" if step.kernel.turned else "Conv2d"
        return f"{name} {wide[0]} → {wide[1]}, {piece.kernel} x {piece.kernel}"
    names = {
        "attend": "Self-attention",
        "norm": "BatchNorm",
        "slope": "PReLU",
        "shuffle": "PixelShuffle",
        "scale": "GroupNorm or LayerNorm",
    }
    return f"{names[step.kind]} {step.out}"
