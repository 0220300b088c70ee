"""Checkpoints that other people trained: read without running anything of them, recognised, and rebuilt as ours."""
