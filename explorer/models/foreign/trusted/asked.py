"""Whether a file brings a program of its own, and what is asked before it is run."""

from __future__ import annotations

from pathlib import Path

from explorer.errors import CheckpointError
from explorer.models.base import Fact
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.contents import told
from explorer.models.foreign.hashes import file_hash
from explorer.models.foreign.lowering import LoweringError
from explorer.models.foreign.reading import Reading
from explorer.models.foreign.sniff import no_model, sniff
from explorer.models.foreign.trusted.archives import PROGRAMS, look
from explorer.models.foreign.trusted.seal import Sealed, TrustWantedError, sealed
from explorer.models.foreign.trusted.word import is_agreed

RUN = "latent-explorer trust"


def program_in(path: Path) -> Sealed | None:
    """The bytes of a file that brings its own program; None for others. Raises CheckpointError."""
    return sealed(path) if path.is_file() and sniff(path) in PROGRAMS else None


def wanted(file: Sealed) -> TrustWantedError:
    """That a program would have to be run, and what is in it. Raises CheckpointError for a damaged file."""
    with told(file.path):
        inside = look(file, sniff(file.path))
    name = file.path.name
    return TrustWantedError(
        f"{name} brings its own program ({inside.kind}). Nothing was run.",
        f"No known architecture fits its tensors, so to open it, it has to be run. If you know where it comes from: "
        f"{RUN} {name}",
        inside,
    )


def run(file: Sealed) -> Recognised:
    """The model that a program makes, kept as data. Raises CheckpointError, TrustWantedError."""
    if not is_agreed([file]):
        raise wanted(file)
    from explorer.models.foreign.trusted import scripts
    from explorer.models.foreign.trusted.running import Parts, understood

    container = sniff(file.path)
    fact = Fact(f"its own program was run once, on your word for exactly this file ({file.sha256[:12]}…)", "read")
    reading = Reading(file.path, container, {}, file_hash=file_hash(file.path))
    try:
        if container == "TorchScript file":
            script = scripts.loaded_script(file.content)
            encoders = [one.call for one in scripts.parts_of(script, scripts.ENCODERS, whole=False)]
            parts = Parts("TorchScript", scripts.parts_of(script), encoders, facts=[fact])
        else:
            parts = Parts("torch.export", [scripts.exported_candidate(file.content)], facts=[fact])
    except LoweringError as error:
        raise no_model(file.path, f"is no decoder: {error}.", "Export the decoder alone: a latent in.") from error
    except CheckpointError:
        raise
    except Exception as error:  # torch raises many kinds for programs that do not load
        said = " ".join(str(error).split())[:200]
        raise no_model(file.path, f"cannot be loaded by this torch: {said}", "Save it again, with its newest.") from error
    return understood(reading, parts)
