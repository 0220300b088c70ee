"""Trained models: the contract, the families, and their files. torch lives here and nowhere else.

Importing this package does not import torch: `base` and `folder` are numpy only, `checkpoint`, `vae`, `gan` and `flow` are not.
"""
