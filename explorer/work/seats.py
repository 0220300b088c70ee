"""Waiting seats: orders wait by name, the newest takes the seat of an older one. So nothing ever piles up."""

from __future__ import annotations

from collections.abc import Callable, Collection
from threading import Condition

from explorer.work.orders import RANK, Order, seat_of


class Seats:
    """Thread-safe; nobody who puts an order ever waits."""

    def __init__(self) -> None:
        self._orders: dict[str, Order] = {}
        self._changed = Condition()

    def put(self, order: Order) -> None:
        """Seat an order in the place of the one that waited there, and wake who waits for it."""
        with self._changed:
            self._orders[seat_of(order)] = order
            self._changed.notify_all()

    def take(self, seats: Collection[str] = RANK) -> Order | None:
        """The most urgent order in `seats`, or None; at once."""
        with self._changed:
            name = next((name for name in RANK if name in seats and name in self._orders), None)
            return None if name is None else self._orders.pop(name)

    def wait(self, seats: Callable[[], Collection[str]] = lambda: RANK, timeout: float | None = None) -> None:
        """Until an order sits in one of `seats()`, something else changes, or `timeout` seconds are over."""
        with self._changed:
            wanted = seats()  # asked under the lock, so that no `wake` falls between the question and the wait
            if not any(name in self._orders for name in wanted):
                self._changed.wait(timeout)

    def wake(self) -> None:
        """Let whoever waits look again."""
        with self._changed:
            self._changed.notify_all()

    @property
    def empty(self) -> bool:
        return not self._orders
