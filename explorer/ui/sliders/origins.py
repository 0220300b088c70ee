"""Where latents came from that were moved by hand, so that a reset leads back there, whatever undo did in between."""

from __future__ import annotations

import weakref

from explorer.latents.arrays import Latent


class Origins:
    """Remembers for each moved base the one its moves began at; forgets with the base."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[Latent], Latent]] = {}

    def of(self, base: Latent) -> Latent:
        """Where the moves that led to this very array began; the array itself when none did."""
        known = self._known.get(id(base))
        return known[1] if known is not None and known[0]() is base else base

    def note(self, moved: Latent, before: Latent) -> None:
        """`moved` was made from `before`."""
        name = id(moved)
        self._known[name] = (weakref.ref(moved, lambda _gone: self._forget(name)), self.of(before))

    def _forget(self, name: int) -> None:
        known = self._known.get(name)
        if known is not None and known[0]() is None:  # its place in memory may belong to another one by now
            del self._known[name]
