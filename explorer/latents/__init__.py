"""Numpy only: what a latent is, and what may be done to it."""
