"""How a flow of ours is trained: to the highest likelihood of pictures with uniform noise inside their bins.

Kept is a running mean of the weights; a validation set says which one was best, since flows of this size can overfit.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from explorer.models.coupling import FlowNet
from explorer.models.flow import log_density, to_logits


@dataclass(frozen=True)
class FlowPlan:
    """The numbers of a training; `memory` is the share of the running mean that a step keeps."""

    steps: int
    margin: float
    batch: int = 128
    rate: float = 1e-3
    memory: float = 0.995
    longest_step: float = 1.0  # norm of the gradient of bits a dimension


class FlowTraining:
    """The state of a training: `advance` does one step; `best` is the net that scored best so far.

    Everything random comes from one generator of its own, so that a training that was interrupted goes on as if it
    had not been.
    """

    def __init__(self, net: FlowNet, plan: FlowPlan, pictures: Tensor, seed: int) -> None:
        self.net, self.plan = net, plan
        self.random = torch.Generator().manual_seed(seed)
        net.settle(to_logits(self._noisy(pictures[: 4 * plan.batch]), plan.margin)[0])
        self.mean = copy.deepcopy(net).requires_grad_(False)
        self.best = copy.deepcopy(self.mean)
        self.best_score = math.inf
        self.taken = 0
        self.optimiser = torch.optim.Adam(net.parameters(), lr=plan.rate)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimiser, self._share_of_rate)

    def advance(self, pictures: Tensor) -> dict[str, float]:
        """One step on a batch drawn from `pictures`, uint8 (n, channels, size, size); its bits a dimension."""
        rows = torch.randint(len(pictures), (self.plan.batch,), generator=self.random)
        loss = self._bits(self.net, self._noisy(pictures[rows]))
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.net.parameters(), self.plan.longest_step)
        self.optimiser.step()
        self.schedule.step()
        self.taken += 1
        self._follow()
        return {"bits": float(loss.detach())}

    @torch.no_grad()
    def validate(self, pictures: Tensor) -> float:
        """Bits a dimension of the running mean on held-out pictures; the net is kept when it is the best so far."""
        noise = torch.rand(pictures.shape, generator=torch.Generator().manual_seed(0))
        pieces = torch.split(pictures + noise, 500)
        score = sum(float(self._bits(self.mean, piece)) * len(piece) for piece in pieces) / len(pictures)
        if score < self.best_score:
            self.best_score = score
            self.best.load_state_dict(self.mean.state_dict())
        return score

    def state(self) -> dict[str, object]:
        """All that is needed to go on later."""
        states = [part.state_dict() for part in self._parts()]
        return {"taken": self.taken, "score": self.best_score, "random": self.random.get_state(), "parts": states}

    def go_on(self, state: Mapping[str, object]) -> None:
        """Continue from what `state` gave."""
        taken, score, random, states = (state[key] for key in ("taken", "score", "random", "parts"))
        assert isinstance(taken, int) and isinstance(score, float) and isinstance(random, Tensor)  # noqa: PT018
        assert isinstance(states, list)
        self.taken, self.best_score = taken, score
        self.random.set_state(random)
        for part, known in zip(self._parts(), states, strict=True):
            part.load_state_dict(known)

    def _parts(self) -> tuple[Any, ...]:
        return self.net, self.mean, self.best, self.optimiser, self.schedule

    def _bits(self, net: FlowNet, values: Tensor) -> Tensor:
        return -log_density(net, values, self.plan.margin)[1].mean() / (values[0].numel() * math.log(2))

    def _noisy(self, pictures: Tensor) -> Tensor:
        return pictures + torch.rand(pictures.shape, generator=self.random)

    def _share_of_rate(self, step: int) -> float:
        """Rises over the first 100 steps, full for three tenths, then a cosine down to a hundredth."""
        late = max(0.0, step / self.plan.steps - 0.3) / 0.7
        return min(1.0, (step + 1) / 100) * (0.5 * (1 + math.cos(math.pi * min(late, 1.0))) + 0.01)

    @torch.no_grad()
    def _follow(self) -> None:
        keep = min(self.plan.memory, 1 - 10 / (9 + self.taken))
        for kept, current in zip(self.mean.parameters(), self.net.parameters(), strict=True):
            kept.lerp_(current, 1 - keep)
