"""Where the program's own files are (in a checkout beside the package, in a wheel inside it), and the user's own."""

from __future__ import annotations

from pathlib import Path

import platformdirs

PACKAGE = Path(__file__).resolve().parent


def _shipped(name: str) -> Path:
    beside = PACKAGE.parent / name
    return beside if (PACKAGE.parent / "pyproject.toml").is_file() and beside.is_dir() else PACKAGE / name


def resources() -> Path:
    """Icons, texts, themes."""
    return _shipped("resources")


def pretrained() -> Path:
    """The bundled models, one folder each."""
    return _shipped("pretrained")


def cache() -> Path:
    """What can be made again: exported twins. Made when missing."""
    return Path(platformdirs.user_cache_dir("latent-explorer", appauthor=False, ensure_exists=True))


def data() -> Path:
    """What the user made: concepts of models. Made when missing."""
    return Path(platformdirs.user_data_dir("latent-explorer", appauthor=False, ensure_exists=True))


def config() -> Path:
    """What the user chose: layout, theme, device, recent files. Made when missing."""
    return Path(platformdirs.user_config_dir("latent-explorer", appauthor=False, ensure_exists=True))
