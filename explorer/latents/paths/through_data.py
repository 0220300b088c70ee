"""From sample to sample: the shortest way in the graph of neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from explorer.latents.arrays import Latents
from explorer.latents.paths import linear
from explorer.latents.paths.base import Floats, Ground, Kind, Knots, rounded

NEIGHBOURS = 12
MOST = 4000  # samples in the graph
BLOCK = 512
POWER = 2.0
"""A hop of length d costs d^2, so that many short hops through dense places are cheaper than one long one."""


def search(waypoints: Latents, closed: bool, ground: Ground) -> Iterator[Knots]:
    """The way of least sum of squared hops (Hwang, Damelin and Hero 2016) between neighbours, by Dijkstra's algorithm.

    A waypoint joins the graph by its own neighbours. Where the graph falls apart its pieces are joined by the
    direct hop.
    """
    ends = rounded(waypoints, closed)
    chosen = np.linspace(0, len(ground.samples) - 1, min(MOST, len(ground.samples))).astype(np.int64)
    nodes = np.concatenate([waypoints, ground.samples[chosen]])
    ways = shortest(nodes, len(waypoints))
    stops = [*range(len(waypoints)), 0][: len(ends)]
    sections = [nodes[ways(start, stop)] for start, stop in pairwise(stops)]
    yield joined(sections or [ends])


def joined(sections: list[Latents]) -> Knots:
    """Sections that each take the same time, even in length within."""
    at = [np.zeros(1)]
    knots = [sections[0][:1]]
    for index, section in enumerate(sections):
        along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(section, axis=0), axis=1))])
        share = along / along[-1] if along[-1] > 0 else np.linspace(0, 1, len(section))
        at.append((index + share[1:]) / len(sections))
        knots.append(section[1:])
    return Knots(np.concatenate(knots), np.concatenate(at))


class shortest:  # noqa: N801 - reads as what it gives
    """Ways between nodes (n, d) that start at one of the first `count`: rows of nodes from start to stop."""

    def __init__(self, nodes: Latents, count: int) -> None:
        from scipy.sparse.csgraph import dijkstra

        graph = _graph(nodes)
        self._cost, self._before = dijkstra(graph, directed=False, indices=range(count), return_predecessors=True)

    def __call__(self, start: int, stop: int) -> NDArray[np.int64]:
        if start == stop or not np.isfinite(self._cost[start, stop]):
            return np.array([start, stop])
        way = [stop]
        while way[-1] != start:
            way.append(int(self._before[start, way[-1]]))
        return np.array(way[::-1])


def _graph(nodes: Latents) -> object:
    """The symmetric graph of the nearest neighbours, sparse (n, n)."""
    from scipy.sparse import csr_matrix

    count = min(NEIGHBOURS, len(nodes) - 1)
    centred = nodes - nodes.mean(axis=0)
    squares = np.einsum("ij,ij->i", centred, centred)
    rows, columns, costs = [], [], []
    for start in range(0, len(nodes), BLOCK):
        block = np.arange(start, min(start + BLOCK, len(nodes)))
        distances: Floats = squares[block, None] - 2 * (centred[block] @ centred.T) + squares
        distances[np.arange(len(block)), block] = np.inf
        near = np.argpartition(distances, count - 1, axis=1)[:, :count] if count else np.empty((len(block), 0), int)
        rows.append(np.repeat(block, count))
        columns.append(near.ravel())
        costs.append(np.take_along_axis(distances, near, axis=1).ravel())
    cost = np.maximum(np.concatenate(costs), 1e-12) ** (POWER / 2)  # 0 would be no edge at all
    return csr_matrix((cost, (np.concatenate(rows), np.concatenate(columns))), shape=(len(nodes), len(nodes)))


KIND = Kind(
    "through the data",
    "Through the data",
    "From sample to sample: the way of least squared hops in the graph of 12 neighbours. Never far from what is known.",
    linear.KIND.lay,
    search,
    needs="samples",
)
