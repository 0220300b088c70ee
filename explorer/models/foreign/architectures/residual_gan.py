"""Generators of residual blocks: WGAN-GP (Gulrajani et al. 2017), SNGAN (Miyato et al. 2018), BigGAN and their like.

A linear layer, blocks of norm, ReLU, convolution twice around which the features pass, a last norm and convolution.
A class, where there is one, steers the norms. Names do not matter: blocks are found by their shapes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.models.base import Fact
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.class_norms import Norm, norm_of, norms_among
from explorer.models.foreign.drafts.blocks import BYPASSES
from explorer.models.foreign.drafts.orders import natural
from explorer.models.foreign.drafts.pieces import Piece, pieces_of
from explorer.models.foreign.labels import Entry, entry, space_of
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.sizes import USUAL_SIDES
from explorer.models.foreign.stack import Found, Stack, UnfitError, made_of

STEERING = "steers block"  # what is kept for the norms of each, with its number
SMOOTH = ("c_sc", "c")  # how the shortcut ends and the last convolution begins with those who enlarge smoothly


@dataclass(frozen=True, eq=False)
class Block:
    """Two norms, two convolutions in turn, and one around where the widths differ, or where authors like it."""

    head: str
    norms: tuple[Norm, Norm]
    kernels: tuple[Piece, Piece]
    around: Piece | None


def recognise(reading: Reading) -> Recognised | None:
    """Blocks that normalise before they convolve, between a linear layer and a last norm and convolution."""
    tensors = {key: value for key, value in reading.tensors.items() if key not in copies(reading.tensors)}
    if not any(value.dim() == 4 for value in tensors.values()):
        return None
    return _Reader(reading, tensors).recognised()


def copies(tensors: Mapping[str, Tensor]) -> set[str]:
    """Keys of modules that stand in the file twice: of two, the one without a number."""
    seen: dict[tuple[object, ...], list[str]] = {}
    for key, value in tensors.items():
        if value.dim() > 1 and value.numel() > 1:
            seen.setdefault((tuple(value.shape), float(value.flatten()[0]), float(value.flatten()[-1])), []).append(key)
    gone: set[str] = set()
    for keys in seen.values():
        for one in keys:
            same = [key for key in keys if key != one and torch.equal(tensors[key], tensors[one])]
            if any(_numbered(key) for key in same) and not _numbered(one):
                head = one.rpartition(".")[0]
                gone |= {key for key in tensors if key.rpartition(".")[0] == head}
    return gone


def _numbered(key: str) -> bool:
    return key.rpartition(".")[0].rpartition(".")[2].isdigit()


class _Reader:
    """Finds the parts of the network."""

    def __init__(self, reading: Reading, tensors: Mapping[str, Tensor]) -> None:
        self.reading, self.tensors = reading, tensors
        self.stack = Stack(reading.tensors)
        self.norms = {key: norm_of(tensors, key) for key in norms_among(tensors)}
        owned = {key for norm in self.norms.values() for key in norm.keys}
        pieces = pieces_of({key: value for key, value in tensors.items() if key not in owned})
        self.pieces = [piece for piece in pieces if piece.kind != "attend"]
        self.order = [piece.key for piece in pieces]
        self.attention = [piece for piece in pieces if piece.kind == "attend"]
        self.blocks = self._blocks()
        inner = {piece.key for block in self.blocks for piece in (*block.kernels, block.around) if piece}
        self.rest = [piece for piece in self.pieces if piece.key not in inner]

    def _blocks(self) -> list[Block]:
        kernels = [piece for piece in self.pieces if piece.kind == "kernel"]
        found: list[Block] = []
        for head in self._heads(kernels):
            inside = [piece for piece in kernels if piece.key.startswith(f"{head}.")]
            norms = [norm for key, norm in self.norms.items() if key.startswith(f"{head}.")]
            found.append(_block(head, sorted(norms, key=lambda norm: natural(norm.key)), inside))
        if not found:
            raise UnfitError("no blocks")
        return sorted(found, key=lambda block: natural(block.head))

    def _heads(self, kernels: Sequence[Piece]) -> list[str]:
        """The shortest names below which there are two or three convolutions and two norms."""
        names = {".".join(part) for piece in kernels for part in _prefixes(piece.key)}
        found: list[str] = []
        for name in sorted(names, key=lambda name: name.count(".")):
            inside = sum(piece.key.startswith(f"{name}.") for piece in kernels)
            norms = sum(key.startswith(f"{name}.") for key in self.norms)
            if inside in (2, 3) and norms == 2 and not any(name.startswith(f"{other}.") for other in found):
                found.append(name)
        return found

    def recognised(self) -> Recognised | None:
        linear = [piece for piece in self.rest if piece.kind in ("linear", "table")]
        last = [piece for piece in self.rest if piece.kind == "kernel"]
        inside = {norm.key for block in self.blocks for norm in block.norms}
        norms = [norm for key, norm in self.norms.items() if key not in inside]
        if len(last) != 1 or len(norms) != 1 or len(self.rest) != len(linear) + 1 or last[0].shape[0] not in (1, 3):
            raise UnfitError("no beginning and end")
        way = self._enter([piece.key for piece in linear])
        space = way.space
        side = self._begin([piece for piece in linear if piece.key in way.rest])
        ups = self._write_blocks()
        norms[0].write(self.stack, 1e-5)
        self.stack.add("relu").conv(last[0].key).add("tanh")
        made = made_of(self.stack, space.shape)
        if made is None or made[1] not in USUAL_SIDES:
            raise UnfitError("no usual size")
        kind = f"{'conditional ' if space.classes else ''}residual generator"
        found = Found(self.reading, f"{kind}, {space.dim} inputs", space, self.stack, values=(-1.0, 1.0))
        found.know("read", f"{len(self.blocks)} residual blocks from {side} x {side}, their widths, from the shapes")
        found.know("inferred", f"{ups} blocks double the size, {self._mode()}; ReLU before each convolution")
        found.know("inferred", "tanh at the end", f"prior {space.prior}")
        found.facts += way.facts
        return found.recognised(copies(self.reading.tensors))

    def _enter(self, keys: list[str]) -> Entry:
        """From a latent to what the first layer takes; what steers the norms of each block is kept by its number."""
        steered = max(norm.steered for block in self.blocks for norm in block.norms)
        table = next((key for key in keys if f"{key}.bias" not in self.tensors), None) if steered else None
        if table is not None:
            return self._enter_shared(keys, table, steered)
        if not steered:
            return entry(self.stack, keys, self.reading.hints, "normal")
        z = self.stack.weight(keys[0], 2).shape[1]
        for number in range(len(self.blocks)):
            self.stack.add("keep", name=f"{STEERING} {number}", of=[z, z + steered])
        self.stack.add("narrow", stop=z)
        facts = [Fact(f"{steered} classes, from the tables of the norms", "read")]
        return Entry(space_of(z, steered), z, keys, facts)

    def _enter_shared(self, keys: list[str], table: str, steered: int) -> Entry:
        """BigGAN (Brock et al. 2019): a class' row steers all norms, in each block with a piece of z or none."""
        classes, row = self.stack.weight(table, 2).shape
        rest = [key for key in keys if key != table]
        first, piece = self.stack.weight(rest[0], 2).shape[1], steered - row
        z = first + piece * len(self.blocks)
        self.stack.add("labels", classes=classes, width=row, join="behind").take(table, ("weight",))
        for number in range(len(self.blocks)):
            start = first + number * piece
            own = [start, start + piece] if piece else []
            self.stack.add("keep", name=f"{STEERING} {number}", of=[z, z + row, *own])
        self.stack.add("narrow", stop=first)
        facts = [Fact(f"{classes} classes, a row of {row} numbers each in '{table}', which steers the norms", "read")]
        if piece:
            facts.append(Fact(f"z in {len(self.blocks) + 1} pieces: one begins, one goes to each block", "inferred"))
        return Entry(space_of(z, classes), first, rest, facts)

    def _begin(self, linear: Sequence[Piece]) -> int:
        """The layers of vectors, and the first picture; its side."""
        wide = self.blocks[0].norms[0].features
        for piece in linear[:-1]:
            self.stack.linear(piece.key).add("relu")
        flat = self.stack.linear(linear[-1].key).weight(linear[-1].key, 2).shape[0]
        side = math.isqrt(flat // wide)
        if side * side * wide != flat:
            raise UnfitError(linear[-1].key)
        self.stack.add("fold", shape=[wide, side, side])
        return side

    def _mode(self) -> str:
        ends = [block.around.key.endswith(SMOOTH[0]) for block in self.blocks if block.around]
        last = next(piece.key for piece in self.rest if piece.kind == "kernel").rpartition(".")[2]
        return "bilinear" if any(ends) and last.startswith(SMOOTH[1]) else "nearest"

    def _write_blocks(self) -> int:
        some = any(block.around for block in self.blocks)
        ups, waiting = 0, list(self.attention)
        for block in self.blocks:
            grows = not some or block.around is not None
            ups += grows
            self._write(block, grows=grows)
            for piece in [one for one in waiting if self._follows(one, block)]:
                self.stack.attend(dict(piece.parts), 2 if "out" in dict(piece.parts) else 1)
                waiting.remove(piece)
        if waiting:
            raise UnfitError(waiting[0].key)
        return ups

    def _follows(self, piece: Piece, block: Block) -> bool:
        """Whether attention stands behind a block: that before it in the file, or the last but one as wide."""
        place = self.order.index(piece.key)
        before = [one for one in self.blocks if self.order.index(one.kernels[0].key) < place]
        alike = [one for one in self.blocks if one.kernels[1].shape[0] == piece.shape[0]]
        return block is (before[-1] if before else alike[-2:][0] if alike else None)

    def _write(self, block: Block, *, grows: bool) -> None:
        body, around = self.stack.beside(), self.stack.beside()
        for norm, kernel in zip(block.norms, block.kernels, strict=True):
            norm.write(body, 1e-5, f"{STEERING} {self.blocks.index(block)}")
            body.add("relu")
            if grows and kernel is block.kernels[0]:
                body.add("upsample", factor=2, mode=self._mode())
            body.conv(kernel.key)
        if grows:
            around.add("upsample", factor=2, mode=self._mode())
        if block.around is not None:
            around.conv(block.around.key)
        self.stack.residual(body, around)


def _block(head: str, norms: Sequence[Norm], kernels: Sequence[Piece]) -> Block:
    """Which convolution comes first, and which leads around. Raises UnfitError."""
    around = [piece for piece in kernels if any(word in piece.key.removeprefix(head).lower() for word in BYPASSES)]
    around = around or [piece for piece in kernels if piece.kernel == 1]
    main = sorted((piece for piece in kernels if piece not in around[:1]), key=lambda piece: natural(piece.key))
    first = [norm for norm in norms if norm.features == main[0].shape[1]]
    if len(main) != 2 or len(norms) != 2 or not first or main[1].shape[1] != main[0].shape[0]:
        raise UnfitError(head)
    second = next((norm for norm in norms if norm is not first[0]), norms[1])
    bypass = around[0] if around else None
    widths = main[0].shape[1], main[1].shape[0]
    fits = bypass.shape[:2] == widths[::-1] if bypass else widths[0] == widths[1]
    if second.features != main[1].shape[1] or not fits or any(piece.kernel % 2 == 0 for piece in kernels):
        raise UnfitError(head)
    return Block(head, (first[0], second), (main[0], main[1]), bypass)


def _prefixes(key: str) -> list[list[str]]:
    parts = key.split(".")
    return [parts[:end] for end in range(1, len(parts))]
