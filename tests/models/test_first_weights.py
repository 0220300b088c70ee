"""Which weights take the latent, in families that can tell."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tiny_models import TINY
from torch import nn

from explorer.errors import InputError
from explorer.models.first_weights import first_weights
from explorer.models.network import NetworkModel
from explorer.models.vae import VaeModel


def made(name: str) -> NetworkModel:
    torch.manual_seed(0)
    model = TINY[name]()
    model.ready()
    return model


def test_a_decoder_takes_the_latent_in_its_first_layer() -> None:
    model = made("vae")
    assert isinstance(model, VaeModel)
    foot = next(part for part in model.net.decoder.foot.modules() if isinstance(part, nn.Linear))
    np.testing.assert_allclose(first_weights(model, "z"), foot.weight.detach().numpy())


def test_a_gan_takes_w_in_the_styles_of_all_its_layers() -> None:
    model = made("gan")
    found = first_weights(model, "w")
    dim = model.card.space("w").dim
    assert found.shape[1] == dim
    assert len(found) > dim


def test_a_flow_takes_its_latent_in_parts_and_says_so() -> None:
    with pytest.raises(InputError, match="nothing to factorise"):
        first_weights(made("flow"), "z")


class Transposed(NetworkModel):
    """One transposed convolution from (d, 1, 1)."""

    def _generator(self, space: str) -> nn.Module:
        return nn.Sequential(nn.Unflatten(1, (self.card.space(space).dim, 1, 1)), self.net)


def test_a_transposed_convolution_is_read_with_the_latent_last() -> None:
    model = made("vae")
    dim = model.card.space("z").dim
    layer = nn.ConvTranspose2d(dim, 3, 2)
    convolutional = Transposed(model.card, {}, layer)
    found = first_weights(convolutional, "z")
    latent = torch.randn(1, dim)
    with torch.no_grad():
        seen = layer(latent.reshape(1, dim, 1, 1)) - layer.bias.reshape(1, 3, 1, 1)
    np.testing.assert_allclose(np.sort(found @ latent[0].numpy()), np.sort(seen.flatten().numpy()), atol=1e-5)
