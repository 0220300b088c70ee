"""What a file is, by its bytes: endings lie. Files that are no weights are named for what they are."""

from __future__ import annotations

import json
import pickletools
import zipfile
from pathlib import Path
from typing import Literal

from explorer.errors import CheckpointError
from explorer.models.foreign.limits import LARGEST_FILE, LARGEST_TEXT, MOST_ENTRIES
from explorer.models.foreign.one_of_many import the_weights

Container = Literal[
    "torch zip file",
    "torch legacy file",
    "TorchScript file",
    "torch export (.pt2)",
    "safetensors",
    "npz",
    "pickle",
    "ONNX",
    "Keras h5",
    "Keras v3 (.keras)",
    "TensorFlow.js model",
    "diffusers folder",
    "pythae folder",
    "manifest",
]
TORCH_MAGIC = 0x1950A86A20F9469CFC6C
AGAIN = "Copy or download it again."

_HEADS: tuple[tuple[bytes, str, str], ...] = (
    (b"\x93NUMPY", "is a single numpy array, not a model.", "Bring latents with `latent-explorer decode --latents`."),
    (b"\x1f\x8b", "is packed with gzip.", "Unpack it first, then open what was in it."),
    (b"BZh", "is packed with bzip2.", "Unpack it first, then open what was in it."),
    (b"\xfd7zXZ", "is packed with xz.", "Unpack it first, then open what was in it."),
    (b"(\xb5/\xfd", "is packed with zstd.", "Unpack it first, then open what was in it."),
    (b"Rar!", "is a RAR archive.", "Unpack it first, then open what was in it."),
    (b"7z\xbc\xaf", "is a 7-Zip archive.", "Unpack it first, then open what was in it."),
    (b"GGUF", "is a GGUF file, of a language model.", "Latent Explorer opens VAEs, GANs and flows."),
    (b"\x89PNG", "is a picture, not a model.", "Open a model first, then drop the picture on the window."),
    (b"\xff\xd8\xff", "is a picture, not a model.", "Open a model first, then drop the picture on the window."),
    (b"GIF8", "is a picture, not a model.", "Open a model first, then drop the picture on the window."),
    (b"%PDF", "is a PDF document, not a model.", "Choose the file with the weights."),
)
_FLAX = {*range(0x81, 0x90), 0xDE, 0xDF}


def no_model(path: Path, what: str, hint: str) -> CheckpointError:
    """'generator.pth is a picture, not a model.' and what to do."""
    return CheckpointError(f"{path.name} {what}", hint)


def sniff(path: Path) -> Container:
    """What is in a file or folder. Raises CheckpointError for what is not read, with its name and what to do."""
    try:
        if path.is_dir():
            return _sniff_folder(path)
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(4096)
            if len(head) == 4096:
                stream.seek(-64, 2)
    except OSError as error:
        raise no_model(path, "cannot be read.", f"{error.strerror or error}.") from error
    if not size:
        raise no_model(path, "is empty (0 bytes).", AGAIN)
    if size > LARGEST_FILE:
        raise no_model(path, f"is far too large ({size / 1e9:.0f} GB).", "Models of up to 64 GB are read.")
    _refuse_texts(path, head, size)
    return _sniff_bytes(path, head, size)


def _refuse_texts(path: Path, head: bytes, size: int) -> None:
    """What comes when a download goes wrong."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"version https://git-lfs"):
        raise no_model(
            path, f"is a git-LFS pointer ({size} bytes), not the weights.", "In that clone run: git lfs pull."
        )
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
        raise no_model(
            path,
            "is a web page, not the weights.",
            "The download brought the page around them: use its 'download' or 'raw' link.",
        )
    for magic, what, hint in _HEADS:
        if head.startswith(magic):
            raise no_model(path, what, hint)


def _sniff_bytes(path: Path, head: bytes, size: int) -> Container:  # noqa: PLR0911 - one line a kind
    if head.startswith(b"PK"):
        return _sniff_zip(path)
    if head.startswith(b"\x89HDF\r\n\x1a\n"):
        return "Keras h5"
    if _is_safetensors(head, size):
        return "safetensors"
    if head[257:262] == b"ustar":
        raise no_model(
            path,
            "is a tar archive (torch before 0.1.10 wrote such).",
            "Unpack it, or load and save it with a newer torch.",
        )
    if head[:1] == b"\x80" and size > 1 and head[1] <= 5:
        return "torch legacy file" if _starts_with_magic(head) else "pickle"
    if head[:1] == b"\x08" and size > 2 and head[1] < 32:
        return "ONNX"
    if head.lstrip()[:1] == b"{":
        return _sniff_json(path, size)
    if head[0] in _FLAX:
        raise no_model(
            path,
            "looks like flax weights (msgpack), which are not read.",
            "Save them as safetensors: safetensors.flax.",
        )
    if head[:1] in b"(]}ciIFVSLN" and _is_old_pickle(path, size):
        return "pickle"
    raise _unknown(path, head, size)


def _unknown(path: Path, head: bytes, size: int) -> CheckpointError:
    if b"\0" not in head and all(byte >= 9 for byte in head[:200]):
        return no_model(path, "is a text, not a model.", "Choose the file with the weights.")
    said = int.from_bytes(head[:8], "little")
    if head[8:9] == b"{" and said < 2**40:
        return no_model(path, f"is a safetensors file that is cut short ({size:,} bytes).", AGAIN)
    return no_model(
        path,
        f"is damaged, or of a kind that is not known ({size:,} bytes).",
        "Read are torch, safetensors, npz, ONNX and Keras files, and folders of diffusers and pythae.",
    )


def _is_safetensors(head: bytes, size: int) -> bool:
    length = int.from_bytes(head[:8], "little")
    return head[8:9] == b"{" and 2 <= length <= size - 8


def _starts_with_magic(head: bytes) -> bool:
    try:
        for code, argument, _place in pickletools.genops(head[:64]):
            if code.name in ("LONG1", "LONG"):
                return argument == TORCH_MAGIC
            if code.name != "PROTO":
                return False
    except ValueError:
        pass
    return False


def _is_old_pickle(path: Path, size: int) -> bool:
    """Protocols 0 and 1 have no head: they are what can be followed to the end."""
    if size > LARGEST_TEXT:
        return False
    try:
        with path.open("rb") as stream:
            return any(code.name == "STOP" for code, _argument, _place in pickletools.genops(stream))
    except Exception:  # not a pickle
        return False


def _sniff_json(path: Path, size: int) -> Container:
    if size > LARGEST_TEXT:
        raise no_model(path, "is a far too large JSON.", AGAIN)
    try:
        said = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise no_model(path, "is no model, and no valid JSON.", "Choose the file with the weights.") from error
    if isinstance(said, dict) and "weightsManifest" in said:
        return "TensorFlow.js model"
    if isinstance(said, dict) and said.get("format") == "latent-explorer manifest":
        return "manifest"
    raise no_model(path, "is a JSON of settings, not the weights.", "Choose the file with the weights beside it.")


def zip_names(path: Path) -> list[str]:
    """The entries of a zip file. Raises CheckpointError where it is cut short, or has far too many.

    And where one says to be larger than the file: whoever reads it would ask for that much memory first.
    """
    size = path.stat().st_size
    try:
        with zipfile.ZipFile(path) as opened:
            entries = opened.infolist()
    except Exception as error:  # zipfile raises many kinds for damage
        raise no_model(path, f"is damaged or cut short ({size:,} bytes).", AGAIN) from error
    if len(entries) > MOST_ENTRIES:
        raise no_model(path, f"holds {len(entries):,} files.", "No model has so many parts.")
    if any(entry.compress_size > size for entry in entries):
        raise no_model(path, f"is damaged or cut short ({size:,} bytes).", AGAIN)
    return [entry.filename for entry in entries]


def _sniff_zip(path: Path) -> Container:
    names = zip_names(path)
    below = {name.partition("/")[2] if "/" in name else name for name in names}
    if "model.weights.h5" in names and "config.json" in names:
        return "Keras v3 (.keras)"
    if "archive_format" in below or "serialized_exported_program.json" in names or "serialized_state_dict.pt" in names:
        return "torch export (.pt2)"
    if "data.pkl" in below:
        return "TorchScript file" if any(name.startswith("code/") for name in below) else "torch zip file"
    if names and all(name.endswith(".npy") for name in names):
        return "npz"
    raise no_model(path, f"is a zip of {len(names)} files, none of which is a model by itself.", "Unpack it first.")


def _sniff_folder(path: Path) -> Container:
    if (path / "model_index.json").is_file() or _says(path / "config.json", "_class_name"):
        return "diffusers folder"
    if (path / "model_config.json").is_file():
        return "pythae folder"
    if (path / "model.json").is_file():
        return "TensorFlow.js model"
    if (path / "saved_model.pb").is_file():
        raise no_model(
            path, "is a TensorFlow SavedModel, whose graph is not read.", "Save it as Keras: model.save('NAME.keras')."
        )
    inside = sorted(child.name for child in path.iterdir())[:4]
    raise no_model(
        path,
        "is no model folder: it has no config.json that is known.",
        f"It holds {', '.join(inside)}. Open one of the files." if inside else "It is empty.",
    )


def _says(path: Path, key: str) -> bool:
    if not path.is_file() or path.stat().st_size > LARGEST_TEXT:
        return False
    try:
        said = json.loads(path.read_bytes())
    except (ValueError, RecursionError, OSError):
        return False
    return isinstance(said, dict) and key in said


ENDINGS = frozenset(
    {".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".bin", ".npz", ".safetensors", ".onnx", ".h5", ".keras", ".pt2"}
)
_TEXTS = frozenset({".md", ".txt", ".csv", ".tsv", ".vec"})


def holds_weights(path: Path) -> bool:
    """Whether an .npz holds the weights of a network, by the names of its arrays, and no samples."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name.removesuffix(".npy") for name in archive.namelist()]
    except (OSError, zipfile.BadZipFile):
        return False
    return any(name.endswith(("weight", "bias", "running_mean", "kernel")) for name in names)


def foreign(name_or_path: str | Path) -> Path | None:
    """The file or folder that this names, where it is there and is no model folder of ours, nor a part of one.

    Of a folder with one file of weights: that file.
    """
    path = Path(name_or_path).expanduser()
    if path.is_dir():
        if is_ours(path):
            return None
        return path if _is_known_folder(path) else the_weights(path)
    if not path.is_file() or path.suffix.lower() in _TEXTS or _is_word_table(path):
        return None
    part = is_ours(path.parent) and (path.name in OURS or path.suffix.lower() not in ENDINGS)
    if part or (path.suffix.lower() == ".json" and not _is_json_model(path)):
        return None
    return path


def _is_word_table(path: Path) -> bool:
    from explorer.models.word_tables import is_table

    return path.suffix.lower() == ".npz" and is_table(path)


OURS = ("config.json", "model.safetensors", "samples.safetensors", "concepts.safetensors")


def is_ours(folder: Path) -> bool:
    """Whether a folder is in our format, whole or damaged: a config.json that is no other program's."""
    config = folder / "config.json"
    return config.is_file() and (_says(config, "format") or not (_says(config, "_class_name") or _is_json(config)))


def _is_json(path: Path) -> bool:
    try:
        json.loads(path.read_bytes()[:LARGEST_TEXT])
    except (ValueError, RecursionError, OSError):
        return False
    return True


def _is_known_folder(path: Path) -> bool:
    try:
        sniff(path)
    except CheckpointError:
        return False
    return True


def _is_json_model(path: Path) -> bool:
    try:
        return _sniff_json(path, path.stat().st_size) in ("manifest", "TensorFlow.js model")
    except CheckpointError:
        return False
