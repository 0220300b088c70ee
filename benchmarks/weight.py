"""Peak memory of opening a model, over the size of its weights, beyond what the bare imports take.

Each model is opened, and decodes one latent, in a process of its own: the peak (as the kernel counts it) after the
imports is taken from the peak at the end. The imports are those that opening any model of the family makes, so a tiny
one is opened first. Besides the bundled models a large one is made for the purpose.

    python benchmarks/weight.py [MODEL ...]
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path


def vae(widths: list[int], **others: object) -> dict[str, object]:
    """Hyper-parameters of a VAE."""
    parameters = {"size": 8, "channels": 1, "latent_dim": 2, "widths": widths, "patch": 4, "tail": 2, "sigma": 0.1}
    return parameters | {"encoder_depth": 1, "decoder_depth": 2} | others


LARGE = [160, 320, 640]  # widths: about 40 million parameters
TINY: Mapping[str, tuple[dict[str, object], int, tuple[str, ...]]] = {
    "vae": (vae([2]), 2, ("z",)),
    "gan": ({"latent_dim": 4, "mapping_width": 4, "widths": [4, 4], "depths": [1]}, 4, ("z", "w")),
    "flow": ({"steps": [1, 1, 1], "widths": [4, 4, 4], "margin": 0.002}, 64, ("z",)),
}
"""Hyper-parameters, latent dimension and spaces of a tiny model of each family, of 8 x 8 grey pixels."""


def main() -> None:
    """Print the figures as one line of JSON."""
    if sys.argv[1:2] == ["--peak"]:
        print(json.dumps(peak(sys.argv[2], Path(sys.argv[3]))))
        return
    from explorer.models.folder import bundled

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for family, (parameters, dim, spaces) in TINY.items():
            make(folder / family, family, parameters, dim, spaces, (8, 8, 1))
        make(folder / "large", "vae", vae(LARGE, size=64, channels=3), 2, ("z",), (64, 64, 3))
        names = sys.argv[1:] or [*bundled(), str(folder / "large")]
        found = {Path(name).name: measure(name, folder) for name in names}
    print(json.dumps({"ratio": max(one["ratio"] for one in found.values())} | found))


def measure(name: str, folder: Path) -> dict[str, float]:
    """Megabytes of the weights, of the peak beyond the imports, and their ratio."""
    command = [sys.executable, __file__, "--peak", name, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def peak(name: str, folder: Path) -> dict[str, float]:
    """In a process of its own."""
    from explorer.models.checkpoint import open_model
    from explorer.models.folder import WEIGHTS, read_card, resolve

    weights = (resolve(name) / WEIGHTS).stat().st_size / 1e6
    first = open_model(folder / read_card(name).family, device="cpu")
    first.decode(first.sample(1, seed=0))
    before = _peak_mb()
    model = open_model(name, device="cpu")
    model.decode(model.sample(1, seed=0))
    extra = _peak_mb() - before
    return {"ratio": round(extra / weights, 3), "weights_mb": round(weights, 1), "extra_mb": round(extra, 1)}


def make(
    folder: Path,
    family: str,
    parameters: dict[str, object],
    dim: int,
    spaces: tuple[str, ...],
    shape: tuple[int, int, int],
) -> None:
    """A model with weights at random."""
    from explorer.models.base import Card, Space
    from explorer.models.checkpoint import build, save_model
    from explorer.models.config import Config

    rooms = tuple(Space(space, dim, (dim,), "") for space in spaces)
    card = Card(folder.name, family, "", 0, rooms, shape, (0.0, 1.0), "", "", "none")
    save_model(build(Config(card, parameters)), folder)


def _peak_mb() -> float:
    status = Path("/proc/self/status")
    if not status.is_file():
        raise SystemExit("This benchmark reads what Linux counts.")  # getrusage counts the parent's peak as the child's
    line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / 1e6


if __name__ == "__main__":
    main()
