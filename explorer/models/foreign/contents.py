"""What is in a file, before any number is loaded: the step from a path to named, unloaded tensors. No torch here."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from explorer.errors import CheckpointError
from explorer.models.foreign.arrays import read_npz, read_safetensors
from explorer.models.foreign.folders import Folder, diffusers_folder, pythae_folder
from explorer.models.foreign.manifest import Manifest, manifest_beside, read_manifest, weights_beside
from explorer.models.foreign.negatives import UnknownArchitectureError
from explorer.models.foreign.pairs import halves_beside, paired
from explorer.models.foreign.pickles import Damaged
from explorer.models.foreign.programs import Program
from explorer.models.foreign.sidecars import sidecar_files
from explorer.models.foreign.sniff import AGAIN, no_model, sniff
from explorer.models.foreign.stand_ins import PERSISTENT
from explorer.models.foreign.torch_files import read_pickle, read_torch_legacy, read_torch_zip
from explorer.models.foreign.unwrap import Tensors, Unwrapped, plain, unwrapped
from explorer.models.foreign.values import DTYPES, Thing

PAIRED = ("torch zip file", "torch legacy file", "pickle", "safetensors")
_USUAL = (
    "torch._utils",
    "torch.storage",
    "torch.nn.parameter",
    "collections",
    "numpy",
    "_codecs",
    "copyreg",
    "copy_reg",
)
UNRUN = "The file brings the source text of its networks: it was not run, and not read."
_PLAIN = {"torch.Size", "torch.device", "torch.Tensor", "torch._tensor._rebuild_from_type_v2", "__builtin__.set"}


@dataclass(frozen=True, eq=False)
class Contents:
    """A file, described. `tensors` are one network's, unloaded; `root` is the object in it, of placeholders."""

    path: Path
    container: str
    tensors: Tensors
    hints: dict[str, object] = field(default_factory=dict)
    named: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    root: object = None
    manifest: Manifest | None = None
    programs: dict[str, Program] = field(default_factory=dict)

    @property
    def parameters(self) -> int:
        return sum(one.count for one in self.tensors.values())

    @property
    def size(self) -> int:
        """Bytes of its tensors."""
        return sum(one.count * DTYPES[one.dtype] for one in self.tensors.values())


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """Around reading: whatever goes wrong with a file comes out as CheckpointError."""
    try:
        yield
    except CheckpointError:
        raise
    except Damaged as error:
        raise no_model(path, f"is damaged: {error}.", AGAIN) from error
    except OSError as error:
        if error.errno is None:  # not the system's: HDF5 has no other error for damage
            raise no_model(path, "is damaged, or not what it says it is.", AGAIN) from error
        raise no_model(path, "cannot be read.", f"{error.strerror or error}.") from error
    except MemoryError as error:
        raise no_model(
            path, "does not fit into the memory it may take.", "Close other programs, or use a smaller model."
        ) from error
    except Exception as error:  # the border for files: a damaged one raises whatever it likes
        raise no_model(path, "is damaged, or not what it says it is.", AGAIN) from error


def contents(path: Path, network: str = "") -> Contents:
    """What is in a file or folder. Raises CheckpointError, with what it is where it is no model."""
    container = sniff(path)
    if container == "manifest":
        described = read_manifest(path)
        return replace(contents(weights_beside(path, described), described.network), manifest=described)
    with told(path):
        manifest = manifest_beside(path)
        network = network or (manifest.network if manifest else "")
        held = replace(_READERS[container](path, container, network), manifest=manifest)
        return paired(held, _alone) if container in PAIRED else held


def _alone(path: Path) -> Contents:
    """A file of plain weights without what lies beside it."""
    container = sniff(path)
    if container not in PAIRED:
        raise CheckpointError(f"{path.name} is no file of weights.", AGAIN)
    return _READERS[container](path, container, "")


def _pickled(reader: Callable[[Path], tuple[object, tuple[str, ...]]]) -> Callable[[Path, str, str], Contents]:
    def read(path: Path, container: str, network: str) -> Contents:
        from explorer.models.foreign.trees import find_module, module_tensors

        root, names = reader(path)
        module = find_module(root)
        if module is None:
            found = unwrapped(root, network)
        else:
            note = "A whole module: its parts were read as data, and are built anew."
            notes = [note, *([UNRUN] if PERSISTENT in names else [])]
            found, root = Unwrapped(module_tensors(module), _beside(root), notes), module
        if not found.tensors:
            raise _no_tensors(path, root, names)
        return _made(path, container, found, unusual(names), root)

    return read


def _beside(root: object) -> dict[str, object]:
    """Plain data beside a module in a dict."""
    hints = plain(
        {key: one for key, one in root.items() if not isinstance(one, Thing)} if isinstance(root, dict) else {}
    )
    return hints if isinstance(hints, dict) else {}


def _arrays(path: Path, container: str, network: str) -> Contents:
    root: object
    if container == "safetensors":
        root, metadata = read_safetensors(path)
    else:
        root, metadata = read_npz(path), {}
    found = unwrapped(root, network)
    if metadata:
        found.hints["metadata"] = dict(metadata)
    if not found.tensors:
        raise no_model(path, "holds no tensors.", "Choose the file with the weights.")
    return _made(path, container, found, (), root)


def _onnx(path: Path, container: str, _network: str) -> Contents:
    from explorer.models.foreign.onnx_files import read_onnx

    decoder, encoder = halves_beside(path)
    program, tensors = read_onnx(decoder)
    programs, notes = {"decoder": program}, []
    if encoder is not None:
        programs["encoder"], more = read_onnx(encoder, "encoder/")
        tensors |= more
        notes.append(f"Took {decoder.name} and {encoder.name} together.")
    return Contents(path, container, tensors, sidecars(path), (), tuple(notes), programs=programs)


def _keras(path: Path, container: str, _network: str) -> Contents:
    from explorer.models.foreign import keras_files
    from explorer.models.foreign.keras_program import programs_of

    readers = {"Keras h5": keras_files.read_h5, "Keras v3 (.keras)": keras_files.read_keras}
    config, tensors, version = readers.get(container, keras_files.read_tfjs)(path)
    programs, code = programs_of(config, version)
    if not tensors:
        raise no_model(path, "holds no weights.", "Save the model after training it.")
    return Contents(path, container, tensors, {}, code, (), programs=programs)


def _folder(read: Callable[[Path], Folder]) -> Callable[[Path, str, str], Contents]:
    def read_folder(path: Path, container: str, network: str) -> Contents:
        found = read(path)
        inner = contents(found.weights, network)
        hints = {**inner.hints, **found.hints}
        named, notes = (*found.named, *inner.named), (*found.notes, *inner.notes)
        whole = f"{container} ({inner.container})"
        return replace(inner, path=path, container=whole, hints=hints, named=named, notes=notes)

    return read_folder


def _script(path: Path, container: str, _network: str) -> Contents:
    from explorer.models.foreign.scripted import operations, script_tensors

    root, _names = read_torch_zip(path)
    tensors = script_tensors(root)
    if not tensors:
        raise UnknownArchitectureError(
            f"{path.name} is TorchScript without weights of its own.", "Save the network's state_dict() instead."
        )
    texts, used = operations(path)
    named = (f"TorchScript code ({texts} texts)",)
    note = f"Its code was looked at and not run; it names {', '.join(used[:12]) or 'nothing of torch'}."
    return Contents(path, container, tensors, {"operations": list(used), **sidecars(path)}, named, (note,))


def _exported(path: Path, container: str, _network: str) -> Contents:
    from explorer.models.foreign.exported import read_exported

    tensors = read_exported(path)
    if not tensors:
        raise UnknownArchitectureError(
            f"{path.name} is a torch export without weights of its own.", "Save the state_dict() instead."
        )
    note = "Its graph was not run; the architecture is told by the weights."
    return Contents(path, container, tensors, sidecars(path), ("a graph of torch.export",), (note,))


def _made(path: Path, container: str, found: Unwrapped, named: tuple[str, ...], root: object) -> Contents:
    hints = {**found.hints, **sidecars(path)}
    return Contents(path, container, found.tensors, hints, named, tuple(found.notes), found.networks, root)


def unusual(names: tuple[str, ...]) -> tuple[str, ...]:
    """What of the names in a file is code of its own: not torch's way of writing tensors, nor plain containers."""
    return tuple(
        name
        for name in names
        if not name.startswith(_USUAL) and name not in _PLAIN and not name.endswith(("Storage", ".OrderedDict"))
    )


def sidecars(path: Path) -> dict[str, object]:
    """Plain data of small JSON files beside the weights, by the name of the file without its ending."""
    found: dict[str, object] = {}
    with contextlib.suppress(OSError):
        for beside in sidecar_files(path):
            with contextlib.suppress(OSError, ValueError, RecursionError):
                found[beside.stem] = plain(json.loads(beside.read_bytes()))
    return found


def _no_tensors(path: Path, root: object, names: tuple[str, ...]) -> CheckpointError:
    if isinstance(root, list | tuple) and root and all(isinstance(one, int | float | list | tuple) for one in root):
        return no_model(
            path, f"is a list of {len(root):,} numbers, not a model: losses, perhaps.", "Open the file of the weights."
        )
    if any(name.startswith("joblib") for name in names):
        return no_model(path, "was written by joblib, which is not read.", "Save the arrays with numpy.savez.")
    if any(name.startswith("dnnlib.tflib") for name in names):
        return no_model(
            path,
            "is a StyleGAN of NVIDIA's TensorFlow code, which is not read.",
            "Nothing in it was run. Convert it with legacy.py of their PyTorch code: a .pkl that opens here.",
        )
    named = unusual(names)
    what = f" It names {named[0]}, which was not created." if named else ""
    return no_model(path, f"holds no tensors.{what}", "Nothing in it was run. Open the file of the weights.")


_READERS: dict[str, Callable[[Path, str, str], Contents]] = {
    "torch zip file": _pickled(read_torch_zip),
    "torch legacy file": _pickled(read_torch_legacy),
    "pickle": _pickled(read_pickle),
    "safetensors": _arrays,
    "npz": _arrays,
    "ONNX": _onnx,
    "TorchScript file": _script,
    "diffusers folder": _folder(diffusers_folder),
    "pythae folder": _folder(pythae_folder),
    **dict.fromkeys(("Keras h5", "Keras v3 (.keras)", "TensorFlow.js model"), _keras),
    "torch export (.pt2)": _exported,
}
