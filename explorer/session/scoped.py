"""Where a gesture leads that takes another latent, or a part of it."""

from __future__ import annotations

from dataclasses import replace

from explorer.latents.arrays import Latent
from explorer.models.scope import Mask, mixed
from explorer.session.state import NOTHING, Place, frozen


def led_to(
    place: Place,
    held: Latent,
    taken: Latent,
    moving: Mask | None,
    *,
    sample: int | None = None,
    seed: int | None = None,
) -> Place:
    """The place of a latent `taken` (d,), a sample or one of a seed; where only some numbers are `moving`, the others
    stay those of the latent `held` (d,), sliders included, and it is of no sample and no seed any more."""
    is_whole = moving is None
    return replace(
        place,
        base=frozen(mixed(moving, held, taken)),
        strengths=NOTHING,
        sample=sample if is_whole else None,
        seed=seed if is_whole else None,
    )


def titled(title: str, words: str) -> str:
    """What undo calls a step that changes some numbers alone: 'Choose sample 3: coarse'."""
    return f"{title}: {words}" if words else title
