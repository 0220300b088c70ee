"""How a GAN of ours is trained: generator against critic, one step at a time.

The loss compares each real picture with a generated one (relativistic pairing, Jolicoeur-Martineau 2019), with a
zero-centred gradient penalty on both, applied every few steps (Mescheder et al. 2018; Karras et al. 2020): together
they keep the variety (Huang et al. 2024). What is kept is a running mean of the generator's weights (Karras et al.
2018).
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from explorer.models.adversarial import Critic


@dataclass(frozen=True)
class GanPlan:
    """The numbers of a training. `half_life` of the running mean in pictures; `mapping_rate` is a factor on `rate`."""

    steps: int
    batch: int = 64
    rate: float = 1e-3
    mapping_rate: float = 0.1
    penalty: float = 1.0
    penalty_every: int = 4
    half_life: float = 10_000


class GanTraining:
    """The state of a training: `advance` does one step, `mean` is the generator worth keeping.

    `networks` has the parts 'mapping' and 'synthesis'. Everything random comes from one generator of its own, so that
    a training that was interrupted goes on as if it had not been.
    """

    def __init__(self, networks: nn.ModuleDict, critic: Critic, plan: GanPlan, z_dim: int, seed: int) -> None:
        self.networks, self.critic, self.plan, self.z_dim = networks, critic, plan, z_dim
        self.mean = copy.deepcopy(networks).requires_grad_(False)
        self.taken = 0
        self.random = torch.Generator().manual_seed(seed)
        rates = ((networks["mapping"], plan.rate * plan.mapping_rate), (networks["synthesis"], plan.rate))
        groups = [{"params": list(part.parameters()), "lr": rate} for part, rate in rates]
        self.painter = torch.optim.Adam(groups, betas=(0.0, 0.99))
        self.judge = torch.optim.Adam(critic.parameters(), lr=plan.rate, betas=(0.0, 0.99))
        self.schedules = [
            torch.optim.lr_scheduler.LambdaLR(optimiser, self._share_of_rate)
            for optimiser in (self.painter, self.judge)
        ]

    def advance(self, pictures: Tensor) -> dict[str, float]:
        """One step of both sides on batches of `pictures` (n, channels, size, size) in -1..1; the two losses."""
        judged = self._teach_critic(self._draw(pictures))
        painted = self._teach_generator(self._draw(pictures))
        self.taken += 1
        for schedule in self.schedules:
            schedule.step()
        self._follow()
        return {"critic": judged, "generator": painted}

    def state(self) -> dict[str, object]:
        """All that is needed to go on later."""
        states = [part.state_dict() for part in self._parts()]
        return {"taken": self.taken, "random": self.random.get_state(), "parts": states}

    def go_on(self, state: Mapping[str, object]) -> None:
        """Continue from what `state` gave."""
        taken, random, states = state["taken"], state["random"], state["parts"]
        assert isinstance(taken, int) and isinstance(random, Tensor)  # noqa: PT018
        assert isinstance(states, list)
        self.taken = taken
        self.random.set_state(random)
        for part, known in zip(self._parts(), states, strict=True):
            part.load_state_dict(known)

    def _parts(self) -> tuple[Any, ...]:
        return self.networks, self.mean, self.critic, self.painter, self.judge, *self.schedules

    def _teach_critic(self, real: Tensor) -> float:
        penalised = self.taken % self.plan.penalty_every == 0
        with torch.no_grad():
            made = self._paint()
        real.requires_grad_(penalised)
        made.requires_grad_(penalised)
        for_real, for_made = self.critic(real), self.critic(made)
        loss = softplus(for_made - for_real).mean()
        if penalised:
            slopes = torch.autograd.grad(for_real.sum() + for_made.sum(), (real, made), create_graph=True)
            steepness = sum(slope.square().sum((1, 2, 3)).mean() for slope in slopes)
            loss = loss + self.plan.penalty / 2 * self.plan.penalty_every * steepness
        self.judge.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.judge.step()
        return float(loss.detach())

    def _teach_generator(self, real: Tensor) -> float:
        self.critic.requires_grad_(False)
        loss: Tensor = softplus(self.critic(real) - self.critic(self._paint())).mean()
        self.painter.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.painter.step()
        self.critic.requires_grad_(True)
        return float(loss.detach())

    def _paint(self) -> Tensor:
        z = torch.randn(self.plan.batch, self.z_dim, generator=self.random)
        made: Tensor = self.networks["synthesis"](self.networks["mapping"](z))
        return made

    def _draw(self, pictures: Tensor) -> Tensor:
        return pictures[torch.randint(len(pictures), (self.plan.batch,), generator=self.random)]

    def _share_of_rate(self, step: int) -> float:
        """Rises over the first 100 steps, full until the middle, then falls evenly to a tenth."""
        late = max(0.0, step / self.plan.steps - 0.5) / 0.5
        return min(1.0, (step + 1) / 100) * (1 - 0.9 * late)

    @torch.no_grad()
    def _follow(self) -> None:
        keep = min(0.5 ** (self.plan.batch / self.plan.half_life), 1 - 10 / (9 + self.taken))
        for kept, current in zip(self.mean.parameters(), self.networks.parameters(), strict=True):
            kept.lerp_(current, 1 - keep)
