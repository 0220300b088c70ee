"""Networks that their file describes step by step (ONNX): what is done is read, what it means is found out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import Tensor

from explorer.errors import CheckpointError
from explorer.latents.samplers import drawn
from explorer.models.base import HOWS, Fact, How, Part, Space
from explorer.models.config import Config
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.checked_by import by_onnxruntime
from explorer.models.foreign.contents import told
from explorer.models.foreign.halves import Half, decoder_of, encoder_of, seen
from explorer.models.foreign.lowering import Lowered, LoweringError
from explorer.models.foreign.programs import Program
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.roles import range_guessed, range_read
from explorer.models.foreign.sniff import no_model
from explorer.models.foreign.stack import card_of

SAME = 1e-3  # how far two ways of computing a picture may lie apart, of its range: kernels round in other orders
PROBED = 8  # latents


def recognise(reading: Reading) -> Recognised | None:
    """The decoder of a program, and the encoder that came with it. Raises CheckpointError where it is no decoder."""
    if "decoder" not in reading.programs:
        return None
    with told(reading.path), np.errstate(all="ignore"):  # a damaged program asks for numbers that are none
        return _recognised(reading)


def _recognised(reading: Reading) -> Recognised:
    program = reading.programs["decoder"]
    constants = {key: value.numpy() for key, value in reading.tensors.items()}
    try:
        half = decoder_of(program, constants)
    except LoweringError as error:
        raise no_model(
            reading.path,
            f"is {program.language} that is no decoder which can be opened: {error}.",
            "Export the decoder alone, in eval mode: one latent in, one picture out.",
        ) from error
    found = _Description(reading, program, half)
    found.probe()
    if "encoder" in reading.programs:
        try:
            encoder = encoder_of(reading.programs["encoder"], constants, half.picture, found.space.dim)
            found.add_encoder(encoder.graph, encoder.layout, encoder.said)
        except LoweringError as error:
            found.know("read", f"the encoder beside it was left out: {error}")
    return found.recognised()


@dataclass
class _Description:
    reading: Reading
    program: Program
    half: Half
    values: tuple[float, float] = (0.0, 1.0)
    facts: list[Fact] = field(default_factory=list)
    encoder: tuple[Lowered, str] | None = None

    @property
    def space(self) -> Space:
        space, said = self.half.entry.space(), self.program.prior
        if said is None or len(space.parts) > 1:
            return space
        if said == "normal":
            return replace(space, prior="standard normal", parts=())
        words = {"uniform": "uniform in -1..1"}.get(said, "none: latents come from pictures")
        return replace(space, prior=words, parts=(Part("z", space.dim, said),))

    def know(self, how: How, *texts: str) -> None:
        self.facts += [Fact(text, how) for text in texts]

    def probe(self) -> None:
        """Runs it once: the range of its pictures, and whether onnxruntime gives the same ones."""
        half = self.half
        _channels, height, width = half.picture.shown
        self.know("read", f"all {len(half.graph.nodes)} operations and their order; {self.space.dim} latents go in")
        self.know("read", f"pictures of {height} x {width} come out, {half.picture.in_words()}")
        if half.entry.fixed and half.entry.has_axis:
            how = "any number goes through" if not half.graph.items else f"{half.graph.items} go through at once"
            self.know("read", f"made for batches of {half.entry.fixed}; {how}")
        count = half.entry.fixed or PROBED
        latents = self._drawn(count)
        pictures = seen(half.graph, latents)
        if not torch.isfinite(pictures).all():
            raise CheckpointError(
                f"{self.reading.path.name} makes pictures that hold no numbers.", "It is damaged, or training failed."
            )
        self._find_range(pictures)
        self._check(latents, pictures)
        self._tell_inlets()
        if self.program.prior is None:
            self.know("guessed", f"prior {self.space.prior}: the file does not say how latents were drawn")

    def _drawn(self, count: int) -> Tensor:
        space = self.space
        if space.choices:  # a class is one 1 among zeros: noise in its place would be no class
            return torch.from_numpy(drawn(count, space.kinds, 0))
        return torch.randn(count, *self.half.entry.shape, generator=torch.Generator().manual_seed(0))

    def _tell_inlets(self) -> None:
        for one in self.half.entry.inlets:
            if one.kind == "index":
                self.know("read", f"'{one.name}' is one of {one.dim} classes, each with a row of a table")
            elif one.kind == "class":
                self.know("inferred", f"'{one.name}' is one of {one.dim} classes, by its name")
            elif one.kind == "held":
                self.know("guessed", f"'{one.name}' is held at 1")
        if self.half.is_quiet:
            self.know("inferred", "the noise that it draws by itself is left out: its mean stands for it")

    def _find_range(self, pictures: Tensor) -> None:
        said = self.program.image_range or range_read(self.half.graph.nodes)
        self.values = said or range_guessed(float(pictures.min()), float(pictures.max()))
        low, high = (f"{one:g}" for one in self.values)
        self.know("read" if said else "guessed", f"pictures in {low}..{high}" + ("" if said else ", from samples"))

    def _check(self, latents: Tensor, pictures: Tensor) -> None:
        if self.program.language != "ONNX":  # Keras has nobody to ask here; what was run is compared where it ran
            return
        if self.half.is_quiet:
            self.know("inferred", "it draws noise in onnxruntime, so its pictures were not compared")
            return
        ignored = self.half.entry.fixed == 0 and self.half.graph.items == 1
        theirs = by_onnxruntime(self.program, self.half, (latents[:1] if ignored else latents).numpy())
        if theirs is None:
            self.know("inferred", "onnxruntime does not run this file, so its pictures were not compared")
            return
        span = self.values[1] - self.values[0]
        apart = float((torch.from_numpy(theirs) - pictures[: len(theirs)]).abs().max()) / span
        if not apart < max(SAME, 1.01 / 255 if self._is_whole else 0):
            raise CheckpointError(
                f"{self.reading.path.name}: its pictures are not those of onnxruntime ({apart:.2g} of the range).",
                "Please report it, with the file. Until then export it with another opset_version.",
            )
        self.know("read", f"checked against onnxruntime: {apart:.1g} of the range apart at most")

    @property
    def _is_whole(self) -> bool:
        return any(node["op"] == "whole" for node in self.half.graph.nodes)

    def add_encoder(self, graph: Lowered, layout: str, said: str) -> None:
        self.encoder = graph, layout
        meaning = "the mean" if layout == "mean" else "mean and log variance"
        self.know("inferred", f"the encoder's {said}: {meaning}, by name and order")

    def recognised(self) -> Recognised:
        graph = self.half.graph
        hyper: dict[str, object] = {"decoder": graph.hyperparameters()}
        tensors = {f"decoder.{name}": value for name, value in graph.weights.items()}
        if self.encoder is not None:
            encoder, layout = self.encoder
            hyper |= {"encoder": encoder.hyperparameters(), "posterior": layout}
            tensors |= {f"encoder.{name}": value for name, value in encoder.weights.items()}
        channels, height, width = self.half.picture.shown
        with_encoder = "decoder and encoder" if self.encoder else "decoder"
        said = f"{with_encoder} described in {self.program.language}, {len(graph.nodes)} operations"
        facts = sorted(self.facts, key=lambda fact: HOWS.index(fact.how))
        card = card_of(self.reading, said, self.space, (height, width, channels), self.values, "graph")
        return Recognised(Config(replace(card, facts=tuple(facts)), hyper), tensors)
