"""Residual blocks among the modules of a file: two convolutions around which the features pass."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from explorer.models.foreign.drafts.pieces import UNKNOWN, Piece

BYPASSES = ("short", "skip", "bypass", "sc", "res_conv")  # in the name of a convolution that leads around
CALLED = ("res", "block")  # in the name of a block without one
BEFORE, AFTER = "before", "after"  # where norms and activations stand: before each convolution, or behind


def with_blocks(pieces: Sequence[Piece]) -> list[Piece]:
    """The same with one piece of kind 'block' for the modules of each residual block."""
    found: list[Piece] = []
    done: set[str] = set()
    heads = _heads(pieces)
    for piece in pieces:
        head = next((one for one in heads if piece.key.startswith(f"{one}.")), None)
        if head is None:
            found.append(piece)
        elif head not in done:
            found.append(heads[head])
            done.add(head)
    return found


def norms_first(block: Piece) -> bool:
    """Whether the first norm belongs to what comes in, or was registered before the first convolution."""
    roles = [role for role, _key in block.parts]
    into, middle, _out, normed = block.shape[:4]
    if normed and into != middle:
        return normed == into
    return "norm1" not in roles or roles.index("norm1") < roles.index("conv1")


def _heads(pieces: Sequence[Piece]) -> dict[str, Piece]:
    """The blocks, by the shortest names that hold all of one."""
    names = {".".join(part[:end]) for part in (piece.key.split(".") for piece in pieces) for end in range(1, len(part))}
    found: dict[str, Piece] = {}
    for name in sorted(names, key=lambda one: one.count(".")):
        inside = [piece for piece in pieces if piece.key.startswith(f"{name}.")]
        if not _is_within(name, found) and (block := _block(name, inside)) is not None:
            found[name] = block
    return found


def _is_within(name: str, heads: Iterable[str]) -> bool:
    return any(name.startswith(f"{head}.") for head in heads)


def _block(head: str, inside: Sequence[Piece]) -> Piece | None:
    """None where these modules are no residual block."""
    kernels = [piece for piece in inside if piece.kind == "kernel" and piece.kernel % 2]
    norms = [piece for piece in inside if piece.kind == "norm"]
    if len(kernels) not in (2, 3) or len(norms) not in (0, 2) or len(kernels) + len(norms) != len(inside):
        return None
    around = [piece for piece in kernels if any(word in piece.key[len(head) :].lower() for word in BYPASSES)]
    around = (around or [piece for piece in kernels if piece.kernel == 1])[:1] if len(kernels) == 3 else []
    main = [piece for piece in kernels if piece not in around]
    if len(main) != 2 or main[1].shape[1] != main[0].shape[0]:
        return None
    into, middle, out = main[0].shape[1], main[0].shape[0], main[1].shape[0]
    fits = around[0].shape[:2] == (out, into) if around else into == out and _is_called(head)
    if not fits or any(norm.shape[0] not in (into, middle, out) for norm in norms):
        return None
    roles = {main[0].key: "conv1", main[1].key: "conv2"} | {piece.key: "around" for piece in around}
    roles |= {norm.key: f"norm{number}" for number, norm in enumerate(norms, 1)}
    parts = tuple((roles[piece.key], piece.key) for piece in inside)
    normed = norms[0].shape[0] if norms else 0
    return Piece(head, "block", (into, middle, out, normed, main[0].kernel), 0, UNKNOWN, parts)


def _is_called(head: str) -> bool:
    return any(word in head.lower() for word in CALLED)
