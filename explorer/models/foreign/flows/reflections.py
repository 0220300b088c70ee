"""Matrices of nflows that are made of reflections: x - 2 (x . q) q / |q|^2 for each q, one after the other."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from explorer.models.foreign.flows.writing import Flowing

EPS = 1e-3  # of a singular value


def householder(flowing: Flowing, key: str) -> Tensor:
    """Rows x to rows x M: float64 (d, d)."""
    vectors = flowing.take(f"{key}.q_vectors").double()
    made = torch.eye(vectors.shape[1], dtype=torch.float64)
    for vector in vectors:
        made = made - 2 / vector.square().sum() * torch.outer(made @ vector, vector)
    return made


def singular_values(flowing: Flowing, key: str) -> Tensor:
    """The matrix W of W x + b (SVDLinear): a reflection, a scale each, a reflection."""
    first, last = householder(flowing, f"{key}.orthogonal_2"), householder(flowing, f"{key}.orthogonal_1")
    scale = functional.softplus(flowing.take(f"{key}.unconstrained_diagonal").double()) + EPS
    return (first * scale @ last).t()


def triangular(flowing: Flowing, key: str) -> Tensor:
    """The matrix W of W x + b (QRLinear): an upper triangle, then reflections."""
    diagonal = torch.exp(flowing.take(f"{key}.log_upper_diag").double())
    upper, size = torch.diag(diagonal), len(diagonal)
    above = torch.triu_indices(size, size, 1)
    upper[above[0], above[1]] = flowing.take(f"{key}.upper_entries").double()
    return (upper.t() @ householder(flowing, f"{key}.orthogonal")).t()
