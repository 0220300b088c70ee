"""The search for the latents of pictures: several starts for each, all as one batch, the bad ones dropped early.

After the projector of Karras et al. 2020 (StyleGAN2, appendix D): from the mean of w, Adam, a rate that rises and falls
as a cosine. Otherwise than there the difference is one of pixels at several scales, coordinates are whitened (Wulff &
Torralba 2020), there is no noise on w (with it, pictures of the bundled GAN were found less well), and there are other
starts beside the mean: the random samples that look most alike.
"""

from __future__ import annotations

import math
from typing import cast

import numpy as np
import torch
from torch import Tensor

from explorer.errors import InputError
from explorer.latents.arrays import Images, Latents
from explorer.models.inversion.ground import Ground
from explorer.models.inversion.likeness import traits
from explorer.models.inversion.told import Inverse, Wish, compared
from explorer.models.network import NetworkModel, checked_images, checked_latents

RATE = 0.2  # of Adam, in deviations of the prior
RISING = 0.05  # share of the steps in which the rate comes up
BETAS, TINY = (0.9, 0.999), 1e-8
PRIOR = 1e-2  # weight of the square of a length beyond that of a middling sample, beside the mean squared pixel
DROPPING = (0.1, 0.2, 0.4)  # shares of the steps at which the worse half of the starts goes


class Inversion:
    """A search that is made step by step; `found` says at any time what is best so far.

    `given` (n, d) of the space: latents to begin with, such as encodings; they are one of the starts. Deterministic:
    the same model, pictures and wish on the same device lead to the same latents. `ground`: what an earlier search of
    the same space and seed found out. Raises InputError.
    """

    def __init__(
        self,
        model: NetworkModel,
        images: Images,
        wish: Wish | None = None,
        given: Latents | None = None,
        ground: Ground | None = None,
    ) -> None:
        self.wish = wish or Wish()
        self._model = model
        self.space = model.card.space(self.wish.space) if self.wish.space else model.card.default_space
        self._images = checked_images(images, model.card.image_shape)
        if not len(images):
            raise InputError("There is no picture to find a latent of.", "Give one or more.")
        self._ground = ground or Ground(model, self.space, self.wish.seed)
        pictures = self._ground.tensor(self._images.astype(np.float32) / np.float32(255)).permute(0, 3, 1, 2)
        self._targets = torch.cat([traits(pictures[part]) for part in self._ground.parts(len(images))])
        self._points = self._first(None if given is None else checked_latents(given, self.space))
        shape = self._points.shape[:2]
        self._first_moment, self._second_moment = torch.zeros_like(self._points), torch.zeros_like(self._points)
        self._best, self._best_loss = self._points.clone(), torch.full(shape, torch.inf, device=self._points.device)
        self._alive = torch.arange(shape[1]).expand(shape).clone()  # which start each of the points began as
        self._losses = np.full((*shape, self.wish.steps), np.nan, np.float32)
        self.step = 0

    @property
    def is_over(self) -> bool:
        return self.step >= self.wish.steps

    def advance(self) -> None:
        """One step of every start that is left."""
        losses, slope = self._measured()
        self._remember(losses)
        self._move(slope)
        self.step += 1
        if self.step in {math.ceil(share * self.wish.steps) for share in DROPPING}:
            self._drop()

    def found(self) -> Inverse:
        """The best start of each picture. Before the first step that is where one begins."""
        leader = self._best_loss.argmin(1)
        points = self._best[torch.arange(len(leader)), leader]
        latents, lengths, shares = (
            one.float().cpu().numpy()
            for one in (self._ground.coordinates.to_latents(points), *self._ground.coordinates.lengths(points))
        )
        images = self._model.decode(latents, space=self.space.name)
        errors, signals = compared(images, self._images)
        return Inverse(
            space=self.space.name,
            latents=latents,
            images=images,
            errors=errors,
            signals=signals,
            lengths=lengths,
            percentiles=shares,
            losses=self._losses[:, :, : self.step].copy(),
            step=self.step,
            steps=self.wish.steps,
        )

    def _first(self, given: Latents | None) -> Tensor:
        """Points (n, starts, d): what was given, the centre, then samples that look most alike."""
        ground, count = self._ground, len(self._images)
        firsts = [] if given is None else [ground.coordinates.from_latents(ground.tensor(given))]
        if not ground.coordinates.has_classes and (given is None or self.wish.starts > 2):
            firsts.append(torch.zeros(count, self.space.dim, device=ground.device))
        fixed = [one[:, None] for one in firsts[: self.wish.starts]]
        wanted = self.wish.starts - len(fixed)
        return torch.cat([*fixed, ground.alike(self._targets, wanted)] if wanted else fixed, 1)

    def _measured(self) -> tuple[Tensor, Tensor]:
        """Losses (n, starts) and their slope (n, starts, d)."""
        flat, shape = self._points.flatten(0, 1), self._points.shape
        targets = self._targets.repeat_interleave(shape[1], 0)
        losses, slope = torch.empty(len(flat), device=self._points.device), torch.empty_like(flat)
        with torch.enable_grad():
            for part in self._ground.parts(len(flat)):
                leaf = flat[part].detach().clone().requires_grad_()
                apart = (traits(self._ground.decoded(leaf)) - targets[part]).square().sum(1)
                loss = apart + PRIOR * self._ground.coordinates.beyond(leaf)
                torch.autograd.backward([loss.sum()])
                losses[part], slope[part] = loss.detach(), cast(Tensor, leaf.grad)
        return losses.view(shape[:2]), slope.view(shape)

    def _remember(self, losses: Tensor) -> None:
        better = losses < self._best_loss
        self._best_loss = torch.where(better, losses, self._best_loss)
        self._best = torch.where(better[..., None], self._points, self._best)
        rows = np.arange(len(losses))[:, None]
        self._losses[rows, self._alive.numpy(), self.step] = losses.float().cpu().numpy()

    def _move(self, slope: Tensor) -> None:
        """One step of Adam (Kingma & Ba 2015), of each number by itself."""
        slope = torch.nan_to_num(slope * self._ground.coordinates.moves, 0, 0, 0)
        first, second = BETAS
        self._first_moment.lerp_(slope, 1 - first)
        self._second_moment.lerp_(slope.square(), 1 - second)
        count = self.step + 1
        size = (self._second_moment / (1 - second**count)).sqrt() + TINY
        self._points = self._points - self._rate() * self._first_moment / (1 - first**count) / size
        self._ground.coordinates.confine(self._points)

    def _rate(self) -> float:
        share = (self.step + 1) / self.wish.steps
        return RATE * min(1.0, share / RISING) * (0.5 + 0.5 * math.cos(math.pi * share))

    def _drop(self) -> None:
        """Leave the better half of the starts of each picture."""
        if self._points.shape[1] == 1:
            return
        kept = self._best_loss.topk((self._points.shape[1] + 1) // 2, 1, largest=False).indices
        self._alive = self._alive.gather(1, kept.cpu())
        self._best_loss = self._best_loss.gather(1, kept)
        wide = kept[..., None].expand(*kept.shape, self.space.dim)
        for name in ("_points", "_first_moment", "_second_moment", "_best"):
            setattr(self, name, getattr(self, name).gather(1, wide))


def inverted(model: NetworkModel, images: Images, wish: Wish | None = None, given: Latents | None = None) -> Inverse:
    """The whole search at once, for a batch of pictures uint8 (n, height, width, channels). Raises InputError."""
    search = Inversion(model, images, wish, given)
    while not search.is_over:
        search.advance()
    return search.found()
