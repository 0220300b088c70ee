"""Whether a file is opened by a program, its own or the user's Python file, and what is asked before that is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from torch import Tensor

from explorer.errors import CheckpointError
from explorer.models.base import Fact
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.contents import told
from explorer.models.foreign.negatives import UnknownArchitectureError
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.sniff import no_model
from explorer.models.foreign.trusted.programs import has_program, is_python, look
from explorer.models.foreign.trusted.seal import Sealed, TrustWantedError, sealed
from explorer.models.foreign.trusted.word import is_agreed

if TYPE_CHECKING:
    from explorer.models.foreign.trusted.running import Parts

ASK = "latent-explorer trust"


def wanted(path: Path, files: Sequence[Sealed]) -> TrustWantedError:
    """That a program would have to be run to open `path`, and what is in it. Raises CheckpointError where damaged."""
    first = files[0].path
    with told(first):
        inside = look(files)
    if is_python(files):
        return TrustWantedError(
            f"{path.name} would be opened by {first.name}, a Python file. It was not run.",
            f"If you wrote it, or know who did and have read it, let it run: {ASK} {first.name}",
            inside,
        )
    return TrustWantedError(
        f"{path.name} brings its own program ({inside.kind}). Nothing was run.",
        "No known architecture fits its tensors: to open it, it has to be run. If you know where it comes from: "
        f"{ASK} {path.name}",
        inside,
    )


def wanted_of(path: Path, error: CheckpointError) -> CheckpointError:
    """The same error; that of a program that would have to be run where nobody knows an architecture otherwise."""
    if not isinstance(error, UnknownArchitectureError) or not has_program(path):
        return error
    return wanted(path, [sealed(path)])


def run(reading: Reading, files: Sequence[Sealed], weights: Mapping[str, Tensor]) -> Recognised:
    """The model that a program makes of a file, kept as data. Raises CheckpointError, TrustWantedError.

    `weights`: for a Python file, by the names that they have in the file.
    """
    if not is_agreed(files):
        raise wanted(reading.path, files)
    from explorer.models.foreign.trusted import adapters
    from explorer.models.foreign.trusted.running import understood

    if is_python(files):
        with adapters.of_the_user(files):
            return understood(reading, adapters.parts_of(files, weights))
    return understood(reading, _own_parts(files[0], reading.container))


def _own_parts(file: Sealed, container: str) -> Parts:
    from explorer.models.foreign.trusted import scripts
    from explorer.models.foreign.trusted.running import Parts

    fact = Fact(f"its own program was run once, on your word for exactly this file ({file.sha256[:12]}…)", "read")
    try:
        if container == "TorchScript file":
            script = scripts.loaded_script(file.content)
            whole, decoders, language = script, scripts.parts_of(script), "TorchScript"
        else:
            program = scripts.loaded_export(file.content)
            whole, decoders, language = scripts.unflattened(program), scripts.exported_parts(program), "torch.export"
    except Exception as error:  # torch raises many kinds for programs that do not load
        said = " ".join(str(error).split())[:200]
        raise no_model(file.path, f"cannot be loaded by this torch: {said}", "Save it with a newer one.") from error
    encoders = [one.call for one in scripts.parts_of(whole, scripts.ENCODERS, whole=False)]
    return Parts(language, decoders, encoders, facts=[fact])
