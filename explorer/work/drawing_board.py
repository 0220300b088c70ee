"""Where the engine drafts weights of others. torch is imported when the first one comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.work.faults import failure
from explorer.work.messages import Drafted
from explorer.work.orders import DraftOrder

if TYPE_CHECKING:
    from explorer.models.foreign.drafts.laid import Workbench


class DrawingBoard:
    """Keeps what is drafted in memory between two choices."""

    def __init__(self) -> None:
        self._bench: Workbench | None = None

    def drafted(self, order: DraftOrder) -> Drafted:
        """The draft that was ordered, or why there is none."""
        from explorer.models.foreign.drafts.laid import Workbench

        self._bench = self._bench or Workbench()
        try:
            draft, drawn = self._bench.draw(order.folder, order.choices, order.seed)
        except Exception as error:  # whatever the choices lead to is an answer
            failed = failure(0, error)
            return Drafted(order.number, title=failed.title, hint=failed.hint)
        return Drafted(order.number, draft, drawn)
