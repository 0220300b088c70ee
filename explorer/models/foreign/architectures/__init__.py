"""The architectures that are known, in the order in which they are tried. One file each; the first that fits is taken.

A recogniser looks at keys *and* shapes of a reading. It answers with a config of one of our own families, so that a
foreign checkpoint is a model like any other from here on, and with the weights under the keys of that family. What no
file tells (activations, eps, prior) it fills in with what the authors of the architecture used, and says so.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from torch import Tensor

from explorer.latents.priors import ChosenPrior
from explorer.models.base import Fact
from explorer.models.config import Config
from explorer.models.foreign.reading import Reading

__all__ = ["RECOGNISERS", "Fact", "Recognised", "recognise"]


@dataclass(frozen=True, eq=False)
class Recognised:
    """An architecture found: the config that `checkpoint.build` takes, and weights with the keys of what it builds.

    `config.card.facts` says what was read, what inferred, what guessed. `prior`: one that came with the weights, where
    no word of a card tells it.
    """

    config: Config
    tensors: Mapping[str, Tensor]
    prior: ChosenPrior | None = None

    @property
    def facts(self) -> tuple[Fact, ...]:
        return self.config.card.facts


Recogniser = Callable[[Reading], Recognised | None]

RECOGNISERS: tuple[str, ...] = (
    "stylegan2",
    "stylegan2_blocks",
    "stylegan1",
    "stylegan3",
    "progressive",
    "fast_gan",
    "big_gan_deep",
    "described",
    "burgess",
    "joint_vae",
    "uva_autoencoder",
    "tiny_autoencoder",
    "autoencoder_kl",
    "uva_flow",
    "real_nvp",
    "glow_blocks",
    "glow_layers",
    "glow_nested",
    "glow_levels",
    "flow_numbered",
    "flow_made",
    "flow_halves",
    "nice_flow",
    "freia_flow",
    "nflows_pictures",
    "nflows_flow",
    "zuko_flow",
    "normflows_glow",
    "normflows_flow",
    "pythae_resnets",
    "pythae_nets",
    "vq_vae",
    "residual_vae",
    "introspective",
    "pytorch_vae",
    "spelled",
    "evident",
    "mlp_vae",
    "whole_modules",
    "branched_gan",
    "mlp_gan",
    "residual_gan",
    "conv_gan",
)
"""Modules of this package, each with `recognise(reading) -> Recognised | None`."""


STUMBLES = (KeyError, IndexError, ValueError, ZeroDivisionError, RuntimeError)  # UnfitError is a ValueError


def recognise(reading: Reading) -> Recognised | None:
    """What the first recogniser that knows this reading says of it; None when nobody does.

    Tensors that a recogniser did not expect make it stumble, torch among them: then they are not its own.
    """
    for name in RECOGNISERS:
        recogniser: Recogniser = importlib.import_module(f"{__name__}.{name}").recognise
        try:
            found = recogniser(reading)
        except STUMBLES:
            continue
        if found is not None:
            return found
    return None
