"""Small JSON files that lie beside weights and say more of them."""

from __future__ import annotations

from pathlib import Path

from explorer.models.foreign.limits import LARGEST_TEXT

NAMES = (
    *("specs.json", "config.json", "hparams.json", "args.json", "params.json", "model_config.json"),
    *("class_names.json", "id2label.json"),
)


def sidecar_files(path: Path) -> list[Path]:
    """Those beside a file of weights, or in a folder of some."""
    folder = path if path.is_dir() else path.parent
    files = (folder / name for name in NAMES)
    return [file for file in files if file.is_file() and file.stat().st_size < LARGEST_TEXT]
