"""Decoder and encoder of a program that describes itself: found by what goes in and what comes out, and lowered."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from explorer.errors import ExplorerError
from explorer.models.fields import Fields
from explorer.models.foreign.graph import GraphNet
from explorer.models.foreign.inlets import Entry, entry_of
from explorer.models.foreign.keras_lowering import write_keras
from explorer.models.foreign.lowering import (
    Broken,
    Constant,
    Given,
    Lowered,
    LoweringError,
    Result,
    Value,
    Writer,
    lowered,
)
from explorer.models.foreign.onnx_lowering import write_onnx
from explorer.models.foreign.programs import Port, Program, in_words
from explorer.models.foreign.roles import Picture, given, picture_in, shown

TRIED = 5  # items, where any number may go in
CLOSE = 1e-5  # of pictures made together to pictures made one by one

Constants = Mapping[str, Constant]
Write = Callable[[Writer, Program, Constants, Mapping[str, Given]], list[Result]]
WRITERS: Mapping[str, Write] = {"Keras": write_keras}
"""By language; every other one comes as ONNX."""


@dataclass(frozen=True, eq=False)
class Half:
    """A decoder: its graph, how latents go in, which of the results is the picture and how it lies."""

    graph: Lowered
    entry: Entry
    place: int
    picture: Picture
    is_quiet: bool = False  # noise of its own was left out


def decoder_of(program: Program, constants: Constants) -> Half:
    """The decoder that a program is. Raises LoweringError, with what it is where it is none."""
    entry = entry_of(program, constants)
    count = entry.fixed or TRIED
    tried, results = _results(program, constants, entry, count)
    shapes = [_item(one, count) for one in results]
    pictures = {place: found for place, shape in enumerate(shapes) if shape and (found := picture_in(shape))}
    seen = picture_in(entry.shape)
    if not pictures:
        raise _no_pictures(program, entry, results)
    place = max(pictures, key=lambda one: math.prod(pictures[one].shape))
    picture = pictures[place]
    if seen is not None and math.prod(picture.shape) <= math.prod(entry.shape):
        raise LoweringError(f"it takes pictures and gives pictures ({in_words(program.inputs)}), so no latent goes in")

    def write(n: int) -> tuple[Writer, Value]:
        writer, made = _results(program, constants, entry, n)
        value = made[place]
        assert isinstance(value, Value)
        return writer, shown(writer, value, picture)

    return Half(_freed(write, entry), entry, place, picture, tried.left_out)


def _results(program: Program, constants: Constants, entry: Entry, n: int) -> tuple[Writer, list[Result]]:
    writer = Writer(entry.shape, n)
    writer.is_quiet = True
    return writer, _written(writer, program, constants, entry.starts(writer, program))


def _written(writer: Writer, program: Program, constants: Constants, starts: Mapping[str, Given]) -> list[Result]:
    program = program.others.get(writer.n, program)
    own = {key.removeprefix(program.prefix): one for key, one in constants.items() if key.startswith(program.prefix)}
    return WRITERS.get(program.language, write_onnx)(writer, program, own, starts)


def _item(result: Result, count: int) -> tuple[int, ...]:
    """The shape of one item of a result; the whole where it has no axis for them, or one item whatever goes in."""
    if not isinstance(result, Value):
        return ()
    return result.shape[1:] if result.shape[:1] in ((count,), (1,)) else result.shape


def _no_pictures(program: Program, entry: Entry, results: Sequence[Result]) -> LoweringError:
    if why := next((one.why for one in results if isinstance(one, Broken)), ""):
        return LoweringError(why)
    what = "an encoder or a classifier: it takes pictures" if picture_in(entry.shape) else "nothing that makes pictures"
    return LoweringError(f"it is {what} and gives {in_words(program.outputs)}")


def _freed(write: Callable[[int], tuple[Writer, Value]], entry: Entry) -> Lowered:
    """For any number of latents at once where that gives the same pictures, else for as many as it was made for."""
    if not entry.fixed:
        try:
            return lowered(write)
        except LoweringError:
            return replace(lowered(write, 1), items=1)  # it makes one picture, whatever goes in
    graph = replace(lowered(write, entry.fixed), items=entry.fixed)
    free = replace(graph, items=0)
    return free if _alike(graph, free, entry) else graph


def _alike(one: Lowered, other: Lowered, entry: Entry) -> bool:
    latents = torch.randn(entry.fixed + 2, *entry.shape, generator=torch.Generator().manual_seed(0))
    try:
        with torch.inference_mode():
            first, second = net_of(one)(latents), net_of(other)(latents)
    except (RuntimeError, ExplorerError):
        return False
    return first.shape == second.shape and bool((first - second).abs().max() <= CLOSE * first.abs().max().clamp(1))


def net_of(graph: Lowered) -> GraphNet:
    """A network with the weights of the graph."""
    with torch.device("meta"):
        net = GraphNet(Fields(graph.hyperparameters(), "The graph"))
    net.load_state_dict(dict(graph.weights), assign=True)
    return net.eval()


@dataclass(frozen=True, eq=False)
class Encoder:
    """An encoder's graph, and how its numbers lie ('mean', 'halves')."""

    graph: Lowered
    layout: str
    said: str


def encoder_of(program: Program, constants: Constants, picture: Picture, dim: int) -> Encoder:
    """The encoder that a program is, for pictures and latents of this kind. Raises LoweringError."""
    entry = entry_of(program, constants)
    taken = None if entry.inlets else picture_in(entry.shape)
    if taken is None or taken.shape != picture.shown:
        raise LoweringError(f"it takes {in_words(program.inputs)}, not the decoder's pictures")

    def write_all(n: int) -> tuple[Writer, list[Result]]:
        writer = Writer(taken.shape, n)
        start = given(writer, writer.input, taken, entry.shape)
        return writer, _written(writer, program, constants, {program.inputs[0].name: start})

    count = entry.fixed or TRIED
    places, layout = _heads(program.outputs, write_all(count)[1], count, dim)

    def write(n: int) -> tuple[Writer, Value]:
        writer, made = write_all(n)
        values = [one for place in places if isinstance(one := made[place], Value)]
        flat = [writer.reshape(value, n, -1) for value in values]
        return writer, flat[0] if len(flat) == 1 else writer.emit("concat", *flat, axis=1)

    names = " and ".join(f"'{program.outputs[place].name}'" for place in places)
    return Encoder(_freed(write, replace(entry, shape=taken.shape)), layout, names)


def _heads(ports: Sequence[Port], results: Sequence[Result], count: int, dim: int) -> tuple[list[int], str]:
    """Which results are the mean and the log variance. A result that draws noise is none."""
    numbers = [math.prod(_item(one, count)) if isinstance(one, Value) else 0 for one in results]
    fitting = [place for place, number in enumerate(numbers) if number == dim]
    spread = [place for place in fitting if any(word in ports[place].name.lower() for word in ("var", "std", "sigma"))]
    means = [place for place in fitting if place not in spread]
    if spread and means:
        return [means[0], spread[0]], "halves"
    if len(fitting) >= 2:
        return fitting[:2], "halves"
    if fitting:
        return fitting, "mean"
    if 2 * dim in numbers:
        return [numbers.index(2 * dim)], "halves"
    raise LoweringError(f"it gives {in_words(ports)}, nothing for {dim} latents")


def seen(graph: Lowered, latents: Tensor) -> Tensor:
    """What the graph makes of latents, float32."""
    with torch.inference_mode():
        made: Tensor = net_of(graph)(latents)
    return made
