"""Trained models: the contract, the families, and their files. torch lives here and nowhere else.

Importing this package does not import torch: `base`, `config`, `companions` and `folder` are numpy only; `checkpoint`
and the families are not.
"""
