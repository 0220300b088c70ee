"""The variational autoencoder (Kingma & Welling 2014): encoder, posterior, decoder, and a bound of the likelihood."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explorer.errors import CheckpointError
from explorer.latents.arrays import Images
from explorer.models.base import Card, Posterior, Space
from explorer.models.config import Config
from explorer.models.fields import Fields
from explorer.models.nets import ConvDecoder, ConvEncoder, lowest
from explorer.models.network import NetworkModel, batches, checked_images, described

LOG_VARIANCE = (-12.0, 6.0)  # a posterior narrower or wider than this is a numerical accident
SCORE_DRAWS = 4  # latents drawn per picture for the bound


class VaeNet(nn.Module):
    """Encoder to (mean, log variance), decoder to logits of pictures, and the likelihood's one number."""

    def __init__(self, encoder: ConvEncoder, decoder: ConvDecoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def posterior(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_variance = self.encoder(pictures).float().chunk(2, dim=1)
        return mean, log_variance.clamp(*LOG_VARIANCE)


class VaeModel(NetworkModel):
    """A `LatentModel` that can encode and bound log p."""

    net: VaeNet

    def _generator(self, space: str) -> nn.Module:  # noqa: ARG002
        return nn.Sequential(self.net.decoder, nn.Sigmoid())

    def encode(self, images: Images) -> Posterior:
        """Mean and log variance, float32 (n, d), of pictures uint8 (n, h, w, c). Raises InputError."""
        checked = checked_images(images, self.card.image_shape)
        d = self.card.default_space.dim
        mean, log_variance = np.empty((len(checked), d), np.float32), np.empty((len(checked), d), np.float32)
        with torch.inference_mode():
            for part in batches(len(checked)):
                found = self.net.posterior(self._pictures(checked[part]))
                mean[part], log_variance[part] = (tensor.cpu().numpy() for tensor in found)
        return Posterior(mean, log_variance)

    def log_prob(self, images: Images, *, seed: int = 0) -> NDArray[np.float32]:
        """The evidence lower bound of 8-bit pictures in nats, float32 (n,): E_q log p(x|z) - KL(q(z|x) | p(z)).

        p(x|z) is a Gaussian of mean decode(z) and of the fixed deviation `sigma` of the config, integrated over each of
        the 256 levels (the outer two reach to infinity), so it is a proper probability of 8-bit pictures. The
        expectation is the mean over SCORE_DRAWS latents.
        """
        checked = checked_images(images, self.card.image_shape)
        noise = torch.Generator().manual_seed(seed)
        scores = np.empty(len(checked), np.float32)
        with torch.inference_mode():
            for part in batches(len(checked)):
                scores[part] = self._bound(self._pictures(checked[part]), noise).cpu().numpy()
        return scores

    def _bound(self, pictures: Tensor, noise: torch.Generator) -> Tensor:
        mean, log_variance = self.net.posterior(pictures)
        sigma = float(self.hyperparameters["sigma"])  # type: ignore[arg-type]
        found = torch.zeros(len(pictures), dtype=torch.float64)
        for _ in range(SCORE_DRAWS):
            drawn = torch.randn(mean.shape, generator=noise).to(mean.device)
            decoded = self._generator("z")(mean + drawn * (log_variance / 2).exp())
            found += log_likelihood(pictures.cpu(), decoded.float().cpu(), sigma).sum((1, 2, 3)) / SCORE_DRAWS
        return found - kl(mean, log_variance).sum(1).double().cpu()


def kl(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean, variance) | N(0, 1)) of each dimension, in nats."""
    return (mean.square() + log_variance.exp() - 1 - log_variance) / 2


def log_likelihood(pictures: Tensor, decoded: Tensor, sigma: float) -> Tensor:
    """log P of each 8-bit value (0..1 in steps of 1/255) under N(decoded, sigma^2) integrated over its bin; float64."""
    centred, half_bin = (pictures - decoded).double() / sigma, 0.5 / 255 / sigma
    upper = torch.where(pictures > 1 - 0.25 / 255, math.inf, centred + half_bin)
    lower = torch.where(pictures < 0.25 / 255, -math.inf, centred - half_bin)
    flip = centred > 0  # both ends to the left tail, where log_ndtr is exact
    high, low = torch.where(flip, -lower, upper), torch.where(flip, -upper, lower)
    log_high, log_low = torch.special.log_ndtr(high), torch.special.log_ndtr(low)
    found: Tensor = log_high + torch.log1p(-torch.exp(log_low - log_high))
    return found


def build(config: Config) -> VaeModel:
    """The model of a config, with weights at random. Raises CheckpointError."""
    raw = Fields(config.hyperparameters, f"The hyper-parameters of '{config.card.name}'")
    size, channels = raw.integer("size", 8, 512), raw.integer("channels", 1, 3)
    dim, patch = raw.integer("latent_dim", 1, 1024), raw.integer("patch", 2, 16)
    widths = raw.integers("widths", 1, 2048)
    raw.number("sigma", 1e-4, 10)
    side = lowest(size, patch, widths)
    if patch & (patch - 1) or side * patch * 2 ** (len(widths) - 1) != size:
        raise CheckpointError(f"{raw.where}: {size} pixels cannot be halved that often.", "Its sizes disagree.")
    card = config.card
    if card.image_shape != (size, size, channels) or [space.dim for space in card.spaces] != [dim]:
        raise CheckpointError(f"config.json of '{card.name}' contradicts itself.", "Its networks are of another size.")
    hidden = raw.integer("hidden", 0, 8192, 0)
    encoder = ConvEncoder(size, channels, widths, raw.integer("encoder_depth", 0, 32), patch, 2 * dim, hidden)
    depth, tail = raw.integer("decoder_depth", 0, 32), raw.integer("tail", 1, 1024)
    net = VaeNet(encoder, ConvDecoder(size, channels, dim, widths, depth, patch, tail, hidden))
    return VaeModel(described(card, net), config.hyperparameters, net)


def new_card(name: str, hyperparameters: Mapping[str, object]) -> Card:
    """The card of a model that is to be trained; its texts and figures come later."""
    raw = Fields(hyperparameters, "The hyper-parameters")
    size, channels, dim = raw.integer("size", 8, 512), raw.integer("channels", 1, 3), raw.integer("latent_dim", 1, 1024)
    return Card(
        name=name,
        family="vae",
        architecture=f"convolutional VAE, {dim} latents, Gaussian likelihood",
        parameters=0,
        spaces=(Space("z", dim, (dim,), "standard normal"),),
        image_shape=(size, size, channels),
        image_range=(0.0, 1.0),
        trained_on="",
        licence="",
        likelihood="lower bound",
    )
