"""The weights that take a latent, in any architecture: what closed-form factorisation needs (Shen & Zhou 2021)."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explorer.errors import InputError
from explorer.models.network import NetworkModel

LAYERS = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.ConvTranspose1d, nn.ConvTranspose2d)


def first_weights(model: NetworkModel, space: str) -> NDArray[np.float64]:
    """float64 (outputs, d): every layer that was seen to take the latent itself, one below the other.

    A GAN's styles take w once a layer; a decoder has one first layer. Raises InputError where no layer takes all of the
    latent, as in a flow, which takes it in halves.
    """
    dim = model.card.space(space).dim
    probe = torch.randn(1, dim, generator=torch.Generator().manual_seed(0)).to(model.device)
    taking: list[nn.Module] = []

    def look(layer: nn.Module, inputs: tuple[object, ...]) -> None:
        given = inputs[0]
        if isinstance(given, Tensor) and given.numel() == dim and torch.allclose(given.float().reshape(1, -1), probe):
            taking.append(layer)

    net = model._generator(space)
    hooks = [part.register_forward_pre_hook(look) for part in net.modules() if isinstance(part, LAYERS)]
    try:
        with torch.inference_mode():
            net(probe)
    finally:
        for hook in hooks:
            hook.remove()
    if not taking:
        raise InputError(
            "No layer of this model takes the whole latent, so there is nothing to factorise.",
            "Choose principal or independent components.",
        )
    return np.concatenate([_rows(layer, dim) for layer in dict.fromkeys(taking)])


def _rows(layer: nn.Module, dim: int) -> NDArray[np.float64]:
    """The weights of a layer as (outputs, d); those of a transposed convolution have the inputs first."""
    given = layer.weight
    assert isinstance(given, Tensor)
    weight = given.detach().double().cpu()
    if isinstance(layer, nn.ConvTranspose1d | nn.ConvTranspose2d):
        return np.asarray(weight.reshape(dim, -1).T.numpy())
    if isinstance(layer, nn.Linear):
        return np.asarray(weight.numpy())
    return np.asarray(weight.transpose(0, 1).reshape(dim, -1).T.numpy())
