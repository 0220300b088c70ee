"""Examples under the hand: what a dragged thumbnail carries from the map, the gallery or the shelf to a bucket."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QMimeData

MIME = "application/x-latent-explorer-examples"
MOST = 1_000_000


@dataclass(frozen=True)
class Carried:
    """Places of samples, and numbers of snapshots."""

    samples: tuple[int, ...] = ()
    snapshots: tuple[int, ...] = ()


def packed(samples: Sequence[int] = (), snapshots: Sequence[int] = ()) -> QMimeData:
    """What a drag carries."""
    told = {"samples": [int(one) for one in samples], "snapshots": [int(one) for one in snapshots]}
    data = QMimeData()
    data.setData(MIME, json.dumps(told).encode())
    return data


def unpacked(data: QMimeData) -> Carried | None:
    """What was dragged; None for anything else."""
    if not data.hasFormat(MIME):
        return None
    try:
        told = json.loads(bytes(data.data(MIME).data()))
        parts = [tuple(int(one) for one in told[key][:MOST]) for key in ("samples", "snapshots")]
    except (ValueError, KeyError, TypeError):
        return None
    return Carried(*parts) if all(one >= 0 for part in parts for one in part) else None
