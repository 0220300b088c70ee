"""A demo that was saved in one process opens in another one, whose home and cache are others, to the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).with_name("demo_elsewhere.py")
HOMES = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")


def run(what: str, demo: Path, home: Path) -> list[str]:
    """The hashes that the process prints."""
    elsewhere = os.environ | {name: str(home / name) for name in HOMES} | {"QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, str(SCRIPT), what, str(demo)]
    done = subprocess.run(command, env=elsewhere, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_a_demo_opens_elsewhere_to_the_same_picture_bit_for_bit(tmp_path: Path) -> None:
    demo = tmp_path / "mine.latent"
    here = run("save", demo, tmp_path / "here")
    there = run("open", demo, tmp_path / "there")
    assert len(here) == 2, here
    assert there == here
