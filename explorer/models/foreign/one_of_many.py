"""A folder with a file of weights in it, as people download and drop it: which of its files is meant. No torch here."""

from __future__ import annotations

from pathlib import Path

WEIGHTS = (".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".bin", ".safetensors", ".onnx", ".h5", ".keras", ".pt2", ".npz")
MAKERS = ("decoder", "generator", "netg", "g_ema", "ema")
OTHERS = ("discriminator", "critic", "netd", "encoder", "optim", "loss", "expected", "scheduler")


def weights_in(folder: Path) -> list[Path]:
    """The files that may be the model of a folder, in order of their names: the likely ones where some are likelier."""
    try:
        files = sorted(one for one in folder.iterdir() if one.is_file() and one.suffix.lower() in WEIGHTS)
    except OSError:
        return []
    named = [one for one in files if not any(word in one.stem.lower() for word in OTHERS)]
    makers = [one for one in named if any(word in one.stem.lower() for word in MAKERS)]
    files = makers or named or files
    no_arrays = [one for one in files if one.suffix.lower() != ".npz"]
    return no_arrays or files


def the_weights(folder: Path) -> Path | None:
    """The one file that must be meant; None where there is none, or where it could be any of several."""
    found = weights_in(folder)
    return found[0] if len(found) == 1 else None
