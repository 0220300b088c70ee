"""VAEs that nobody is known to have written, told by themselves: shapes give the layers, and latents that come back
through the encoder give the activations. What does not come out clearly is guessed, and said to be.
"""

from __future__ import annotations

import re

from explorer.errors import CheckpointError
from explorer.models.base import Fact
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.drafts.draft import draft
from explorer.models.foreign.drafts.evidence import inferred
from explorer.models.foreign.drafts.pieces import is_decoding, is_encoding
from explorer.models.foreign.drafts.recognised import drafted
from explorer.models.foreign.drafts.told import Draft
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.stack import chain

ASKED = ("activation", "last", "range", "posterior", "spread", "eps")
AROUND = r"(^|[._])(res|resnet|residual|resblock|shortcut|skip|conv_block|downsample|attn|attention)s?[\d_]*([._]|$)"
"""Names that tell of ways around layers, which a row of layers has not."""
KNOWN = "tried out: under what is inferred the network agrees with itself, under other choices it does not"


def recognise(reading: Reading) -> Recognised | None:
    """An encoder that ends in mean and log variance, and the decoder behind it, with no tensor left."""
    if any(re.search(AROUND, key) for key in chain(reading.tensors, "")):
        return None
    try:
        first = draft(reading, {})
    except CheckpointError:
        return None
    asked = {question.name for question in first.questions}
    if first.doubts or "posterior" not in asked:
        return None
    if "spread" not in asked and not _has_both_sides(reading):
        return None  # one last layer of no name is not clearly a mean and a log variance
    known = inferred(reading, {})
    try:
        made = draft(reading, known)
    except CheckpointError:
        return None
    return drafted(reading, _called(made), known, _facts(made, known))


def _has_both_sides(reading: Reading) -> bool:
    """Whether names say which layers read pictures and which make them."""
    keys = chain(reading.tensors, "")
    return any(map(is_encoding, keys)) and any(map(is_decoding, keys))


def _called(made: Draft) -> str:
    kernels = any(layer.get("layer") in ("conv", "transposed") for layer in made.manifest.decoder)
    return "convolutional VAE" if kernels else "fully connected VAE"


def _facts(made: Draft, known: dict[str, str]) -> list[Fact]:
    facts = [
        Fact(f"{one.title.lower()}: {one.words}", "inferred" if one.name in known else "guessed")
        for one in made.questions
        if one.name in ASKED
    ]
    if known:
        facts.append(Fact(KNOWN, "inferred"))
    return facts
