"""Peak memory of opening a model, over the size of its weights, beyond what the bare imports take.

Each model is opened, and decodes one latent, in a process of its own: the peak (as the kernel counts it) after the
imports is taken from the peak at the end. The imports are those that opening any model makes, so a tiny model of the
same family is opened first. Besides the bundled models a large one is made for the purpose.

    python benchmarks/weight.py [MODEL ...]
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

LARGE = [160, 320, 640]  # widths: about 30 million parameters
TINY = [2]


def main() -> None:
    """Print the figures as one line of JSON."""
    if sys.argv[1:2] == ["--peak"]:
        print(json.dumps(peak(sys.argv[2], Path(sys.argv[3]))))
        return
    from explorer.models.folder import bundled

    with tempfile.TemporaryDirectory() as folder:
        tiny, large = Path(folder) / "tiny", Path(folder) / "large"
        make(tiny, TINY)
        make(large, LARGE)
        names = sys.argv[1:] or [*bundled(), str(large)]
        found = {Path(name).name: measure(name, tiny) for name in names}
    print(json.dumps({"ratio": max(one["ratio"] for one in found.values())} | found))


def measure(name: str, tiny: Path) -> dict[str, float]:
    """Megabytes of the weights, of the peak beyond the imports, and their ratio."""
    command = [sys.executable, __file__, "--peak", name, str(tiny)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def peak(name: str, tiny: Path) -> dict[str, float]:
    """In a process of its own."""
    from explorer.models.checkpoint import open_model
    from explorer.models.folder import WEIGHTS, resolve

    weights = (resolve(name) / WEIGHTS).stat().st_size / 1e6
    first = open_model(tiny, device="cpu")
    first.decode(first.sample(1, seed=0))
    before = _peak_mb()
    model = open_model(name, device="cpu")
    model.decode(model.sample(1, seed=0))
    extra = _peak_mb() - before
    return {"ratio": round(extra / weights, 3), "weights_mb": round(weights, 1), "extra_mb": round(extra, 1)}


def make(folder: Path, widths: list[int]) -> None:
    """A VAE with weights at random."""
    from explorer.models.checkpoint import build, save_model
    from explorer.models.config import Config
    from explorer.models.vae import new_card

    parameters: dict[str, object] = {"size": 64, "channels": 3, "latent_dim": 32, "widths": widths, "patch": 4}
    parameters |= {"encoder_depth": 1, "decoder_depth": 2, "tail": 2, "sigma": 0.1}
    save_model(build(Config(new_card(folder.name, parameters), parameters)), folder)


def _peak_mb() -> float:
    status = Path("/proc/self/status")
    if not status.is_file():
        raise SystemExit("This benchmark reads what Linux counts.")  # getrusage counts the parent's peak as the child's
    line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / 1e6


if __name__ == "__main__":
    main()
