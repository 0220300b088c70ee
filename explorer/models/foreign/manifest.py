"""`NAME.latent.json`: a foreign network described layer by layer, beside its weights. Data only; without torch.

A manifest says which file it describes, the latent, the picture, and lists of layers out of the closed list of
`layers`. `key` in a layer names the module of the file that its weights come from. It can be written by hand, drafted
from shapes (`drafts`), and shared: it opens any file whose tensors fit it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from explorer.errors import CheckpointError
from explorer.models.base import Fact, Space
from explorer.models.config import fact_fields, read_fact, read_space, space_fields, write_bytes
from explorer.models.fields import Fields
from explorer.models.foreign.sidecars import sidecar_files

FORMAT = "latent-explorer manifest"
VERSION = 1
ENDING = ".latent.json"
LARGEST = 4_000_000  # bytes
DEEPEST = 40  # lists in lists
MEND = "Mend it there, or remove it: then the file opens without it."


@dataclass(frozen=True)
class Manifest:
    """A network, described. `decoder` and `encoder` are unchecked layers; building checks them.

    `unused` names modules of the file that have no part in making pictures. `choices` are those of a draft.
    """

    weights: str
    architecture: str
    space: Space
    image_shape: tuple[int, int, int]  # height, width, channels
    image_range: tuple[float, float]
    decoder: tuple[Mapping[str, object], ...]
    encoder: tuple[Mapping[str, object], ...] = ()
    posterior: str = "halves"
    network: str = ""
    sha256: str = ""  # of the weights that it was made for; '' where nobody said
    unused: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)


def manifest_path(weights: Path) -> Path:
    """Where the manifest of a file of weights lies: vae.pth, vae.latent.json."""
    return weights.with_name(weights.stem + ENDING)


def manifest_beside(weights: Path) -> Manifest | None:
    """The manifest of a file of weights; None without one, or where it is of another file. Raises CheckpointError."""
    beside = manifest_path(weights)
    if not weights.is_file() or not beside.is_file():
        return None
    found = read_manifest(beside)
    return found if found.weights == weights.name else None


def read_manifest(path: Path) -> Manifest:
    """A manifest, checked but for its layers. Raises CheckpointError."""
    raw = Fields(_json(path), path.name)
    if raw.text("format", "") != FORMAT:
        raise CheckpointError(f"{path.name} is no manifest of a network.", f"Its 'format' is not '{FORMAT}'.")
    if raw.integer("version", 1, 1_000_000) > VERSION:
        raise CheckpointError(f"{path.name} was made by a newer version.", "Install the newest Latent Explorer.")
    return manifest_of(raw)


def manifest_of(raw: Fields) -> Manifest:
    """A manifest of its fields. Raises CheckpointError."""
    weights = raw.text("weights")
    if weights != Path(weights).name or weights in ("", ".", "..") or "\\" in weights or "\0" in weights:
        raise CheckpointError(f"{raw.where}: 'weights' is no name of a file.", "It names a file beside the manifest.")
    picture, choices = raw.inner("picture"), raw.mapping("choices", {})
    low, high = picture.numbers("range", 2)
    height, width, channels = picture.integers("shape", 1, 4096, 3)
    if low >= high:
        raise CheckpointError(f"{raw.where}: the range of its pictures is empty.", "Write the smaller number first.")
    encoder = tuple(one.everything() for one in raw.inners("encoder", 0, 512, ()))
    return Manifest(
        weights,
        raw.text("architecture", "described in a manifest")[:200],
        read_space(raw.inner("latent")),
        (height, width, channels),
        (low, high),
        tuple(one.everything() for one in raw.inners("decoder", 1, 512)),
        encoder,
        raw.text("posterior", "halves"),
        raw.text("network", ""),
        raw.text("sha256", ""),
        tuple(raw.texts("unused", 4096, ())),
        tuple(read_fact(inner) for inner in raw.inners("facts", 0, 64, ())),
        {str(name): said for name, said in list(choices.items())[:1000] if isinstance(said, str)},
    )


def as_fields(manifest: Manifest) -> dict[str, object]:
    """What stands in the file."""
    encoder = {"encoder": list(manifest.encoder), "posterior": manifest.posterior} if manifest.encoder else {}
    return {
        "format": FORMAT,
        "version": VERSION,
        "weights": manifest.weights,
        "sha256": manifest.sha256,
        **({"network": manifest.network} if manifest.network else {}),
        "architecture": manifest.architecture,
        "latent": space_fields(manifest.space),
        "picture": {"shape": list(manifest.image_shape), "range": list(manifest.image_range)},
        "decoder": list(manifest.decoder),
        **encoder,
        "unused": list(manifest.unused),
        "facts": [fact_fields(fact) for fact in manifest.facts],
        **({"choices": dict(manifest.choices)} if manifest.choices else {}),
    }


def write_manifest(manifest: Manifest, path: Path) -> None:
    """Writes the file, whole or not at all. Raises StorageError."""
    write_bytes(path, (json.dumps(as_fields(manifest), indent=1, ensure_ascii=False) + "\n").encode())


def weights_beside(path: Path, manifest: Manifest) -> Path:
    """The file that a manifest describes. Raises CheckpointError where it is not there."""
    weights = path.with_name(manifest.weights)
    if not weights.is_file():
        raise CheckpointError(
            f"{path.name} describes {manifest.weights}, which is not beside it.", "Put both into one folder."
        )
    return weights


def described_by(path: Path) -> Path:
    """The file of weights of a manifest; any other file itself. Raises CheckpointError."""
    return weights_beside(path, read_manifest(path)) if path.name.endswith(ENDING) else path


def identity(said: str, path: Path) -> str:
    """A hash, hex, of weights that have the hash `said` and of the manifest and other texts beside them, if any."""
    beside = path if path.name.endswith(ENDING) else manifest_path(path)
    told = [beside] if beside.is_file() and beside.stat().st_size <= LARGEST else []
    told += sidecar_files(path)
    return hashlib.sha256(said.encode() + b"".join(one.read_bytes() for one in told)).hexdigest() if told else said


def _json(path: Path) -> object:
    try:
        if path.stat().st_size > LARGEST:
            raise CheckpointError(f"{path.name} is far too large for a manifest.", MEND)
        said = json.loads(path.read_bytes())
    except OSError as error:
        raise CheckpointError(f"{path.name} cannot be read.", f"{error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path.name} is no valid JSON.", MEND) from error
    _check_depth(said, path, 0)
    return said


def _check_depth(said: object, path: Path, depth: int) -> None:
    if depth > DEEPEST:
        raise CheckpointError(f"{path.name} holds lists in lists, {DEEPEST} deep and more.", MEND)
    for one in said.values() if isinstance(said, dict) else said if isinstance(said, list) else ():
        _check_depth(one, path, depth + 1)
