"""The engine process: opens models, decodes, samples, encodes. It ends when the window does, whatever way that goes."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from threading import Thread
from typing import cast

from explorer.work import wire
from explorer.work.clerk import Clerk
from explorer.work.orders import Order
from explorer.work.source import Source

Factory = Callable[[], Source]
"""Makes the source of models in the engine process; pickled by its name."""


def run_engine(pipe: Connection, factory: Factory) -> None:
    """The child's whole life: a thread reads orders, this one works them off."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in the terminal is for the window to answer
    sys.setswitchinterval(1e-3)  # while the loader imports torch, live pictures want their turn
    clerk = Clerk(pipe, factory())
    Thread(target=_read_orders, args=(pipe, clerk.put), name="orders", daemon=True).start()
    clerk.work()


def _read_orders(pipe: Connection, put: Callable[[int, Order], None]) -> None:
    try:
        while True:
            serial, order = cast(tuple[int, Order], wire.receive(pipe))
            put(serial, order)
    finally:
        os._exit(0)  # the window is gone: not even a decode that hangs may live on
