"""Folders of other programs: which file in them holds the weights, and what their settings say. No torch here.

diffusers: `config.json` with a `_class_name`, weights `diffusion_pytorch_model.*`; a whole pipeline has them in `vae/`.
pythae: `model_config.json`, `environment.json`, `model.pt`; networks of the user's own as `encoder.pkl`, `decoder.pkl`,
which are pickled code and stay closed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from explorer.errors import CheckpointError
from explorer.models.foreign.limits import LARGEST_TEXT
from explorer.models.foreign.sniff import no_model
from explorer.models.foreign.unwrap import plain

AUTOENCODERS = ("AutoencoderKL", "AutoencoderTiny", "AsymmetricAutoencoderKL")
_WEIGHTS = "diffusion_pytorch_model"
_ENDINGS = (".safetensors", ".fp16.safetensors", ".bin", ".fp16.bin")


@dataclass(frozen=True)
class Folder:
    """The file of the weights, plain settings, what a person should know, and code that stays closed."""

    weights: Path
    hints: Mapping[str, object]
    notes: tuple[str, ...]
    named: tuple[str, ...] = ()


def read_settings(path: Path) -> dict[str, object]:
    """A JSON object, as plain data. Raises CheckpointError."""
    try:
        said = json.loads(path.read_bytes()) if path.stat().st_size < LARGEST_TEXT else None
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path.parent.name}/{path.name} is no valid JSON.", "Copy the folder again.") from error
    if not isinstance(said, dict):
        raise CheckpointError(f"{path.parent.name}/{path.name} is no JSON object.", "Copy the folder again.")
    found = plain(said)
    return found if isinstance(found, dict) else {}


def diffusers_folder(path: Path) -> Folder:
    """The autoencoder of a folder, or of a pipeline. Raises CheckpointError."""
    if (path / "model_index.json").is_file():
        if not (path / "vae" / "config.json").is_file():
            raise no_model(
                path, "is a pipeline of diffusers without an autoencoder.", "Latent Explorer opens its 'vae' folder."
            )
        inner = diffusers_folder(path / "vae")
        return Folder(inner.weights, inner.hints, ("A whole pipeline: its autoencoder was taken.", *inner.notes))
    config = read_settings(path / "config.json")
    kind = str(config.get("_class_name"))[:60]
    if kind not in AUTOENCODERS:
        raise no_model(
            path,
            f"is a {kind} of diffusers, which makes no pictures from a latent by itself.",
            f"Read are {', '.join(AUTOENCODERS)}: the folder 'vae' of a pipeline.",
        )
    weights = next((one for ending in _ENDINGS if (one := path / f"{_WEIGHTS}{ending}").is_file()), None)
    if weights is None:
        split = f"{_WEIGHTS}.safetensors.index.json"
        what = "has its weights in several files" if (path / split).is_file() else f"has no {_WEIGHTS}.safetensors"
        raise no_model(path, f"{what}.", "Save it again with diffusers: save_pretrained(FOLDER).")
    activation = config.get("act_fn", "silu" if kind == "AutoencoderKL" else "relu")
    if activation not in (("silu", "swish") if "KL" in kind else ("relu",)):
        raise no_model(path, f"uses the activation '{str(activation)[:20]}', which is not read.", "Draft it instead.")
    return Folder(weights, config, tuple(_of_config(kind, config)))


def _of_config(kind: str, config: Mapping[str, object]) -> list[str]:
    blocks = config.get("block_out_channels") or config.get("decoder_block_out_channels")
    widths = f", widths {', '.join(map(str, blocks))}" if isinstance(blocks, list) else ""
    notes = [f"config.json: {kind}{widths}."]
    if isinstance(scale := config.get("scaling_factor"), float) and scale != 1:
        notes.append(f"Latents are the encoder's own; a diffusion model sees them {scale:g} times as large.")
    return notes


def pythae_folder(path: Path) -> Folder:
    """Weights and settings of a pythae model. Raises CheckpointError."""
    config = read_settings(path / "model_config.json")
    weights = path / "model.pt"
    if not weights.is_file():
        raise no_model(path, "is a pythae folder without its model.pt.", "Copy the whole folder again.")
    code = tuple(sorted(f"{one.name} (pickled code of its author's)" for one in path.glob("*.pkl")))
    kind = str(config.get("name", "")).removesuffix("Config").removesuffix("_Config")
    dim = config.get("latent_dim")
    notes = [f"model_config.json: {kind or 'a model'} of pythae, {dim} latents."]
    if code:
        notes.append("Its networks are its author's own code, which stayed closed; they are told by their weights.")
    return Folder(weights, {**config, "pythae": config}, tuple(notes), code)
