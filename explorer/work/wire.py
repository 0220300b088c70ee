"""Values over a pipe between two processes; large arrays beside the pickle, not in it.

Measured there and back, with one look at every pixel (2 cores, Linux), pickled as a whole / arrays beside / shared
memory: one of 64x64x3 0.04 / 0.04 / 0.03 ms, 256x256x3 0.23 / 0.11 / 0.08 ms, 1024x1024x3 5.3 / 2.6 / 1.0 ms, 32 of
64x64x3 0.21 / 0.19 / 0.15 ms. A model that makes 1024x1024 takes 100 ms and more a picture on a CPU: the 1.6 ms do not
pay for memory that outlives a killed program.
"""

from __future__ import annotations

import pickle
from multiprocessing.connection import Connection


def send(connection: Connection, value: object) -> None:
    """Blocks while the pipe is full. Raises OSError when the other end is gone, others for what cannot be pickled."""
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(value, 5, buffer_callback=buffers.append)
    connection.send_bytes(len(buffers).to_bytes(4, "little") + head)
    for buffer in buffers:
        connection.send_bytes(buffer.raw())


def receive(connection: Connection) -> object:
    """Blocks until a value comes; its arrays cannot be written. Raises EOFError or OSError when the other end is gone.

    Only for pipes between processes of this program: unpickling runs what the sender says.
    """
    message = connection.recv_bytes()
    buffers = [connection.recv_bytes() for _ in range(int.from_bytes(message[:4], "little"))]
    return pickle.loads(memoryview(message)[4:], buffers=buffers)
