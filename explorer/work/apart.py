"""One function in a process of its own, for the command line: no Qt, no progress; what it raises is raised here."""

from __future__ import annotations

import multiprocessing
import pickle
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import cast

from explorer.errors import CheckpointError, ExplorerError

PATIENCE_S = 5.0  # for a process that has answered to end by itself


def done_apart(function: Callable[..., object], *arguments: object) -> object:
    """What the function of a module answers. Raises what it raises, and CheckpointError where its process was ended."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(theirs, function, arguments), name="latent-explorer job", daemon=True)
    try:
        process.start()
        theirs.close()
        how, told = cast(tuple[str, object], ours.recv())
        process.join(PATIENCE_S)
    except EOFError:
        process.join()
        raise CheckpointError(
            "The program was ended: it took more memory or time than it may, or crashed.",
            f"Its process ended with code {process.exitcode}. Nothing was kept.",
        ) from None
    finally:
        process.kill()
        process.join()
        ours.close()
    if isinstance(told, Exception) and how == "raised":
        raise told
    return told


def _run(pipe: Connection, function: Callable[..., object], arguments: tuple[object, ...]) -> None:
    try:
        pipe.send(("done", function(*arguments)))
    except ExplorerError as error:
        pipe.send(("raised", error))
    except Exception as error:
        pipe.send(("raised", error if _travels(error) else RuntimeError(f"{type(error).__name__}: {error}")))


def _travels(error: Exception) -> bool:
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # pickling raises whatever it likes
        return False
    return True
