"""The command line: a command of the table, or the window.

Exit codes: 0 done, 1 a defect of the program, 2 something the user can mend, 130 interrupted. Nothing heavy is
imported here.
"""

from __future__ import annotations

import argparse
import errno
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from explorer import __version__
from explorer.commands.programs import add_program
from explorer.commands.table import COMMANDS, load
from explorer.errors import ExplorerError, StorageError

PROGRAM = "latent-explorer"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program with these arguments (those of the process when None); the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    words = [word for word in words if word != "--debug"]
    return guarded(lambda: _run(words), debug=debug)


def _run(words: list[str]) -> int:
    if words and words[0] in COMMANDS:
        command = load(words[0])
        parser = argparse.ArgumentParser(
            prog=f"{PROGRAM} {words[0]}", description=f"{COMMANDS[words[0]].capitalize()}."
        )
        command.declare(parser)
        return command.run(parser.parse_args(words[1:]))
    return _window(_window_parser().parse_args(words))


def _window_parser() -> argparse.ArgumentParser:
    listing = "\n".join(f"  {name:10s}{summary}" for name, summary in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="See what a generative model has learned. Without a command, the window opens.",
        epilog=f"commands:\n{listing}\n\n{PROGRAM} COMMAND --help says more; --debug shows the traceback of a defect.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("model", nargs="?", help="a model folder, or the name of a bundled model")
    parser.add_argument("--samples", metavar="FILE", type=Path, help="latents, or a folder of pictures, for the map")
    parser.add_argument("--labels", metavar="FILE", type=Path, help="a table of labels for the samples")
    add_program(parser)
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    parser.add_argument("--or-tour", metavar="DIR", type=Path, help="without a display, write the tour to DIR instead")
    parser.add_argument("--measure-start", action="store_true", help="print the seconds to the first picture, and quit")
    return parser


def _window(options: argparse.Namespace) -> int:
    from explorer.commands import window

    return window.run(options)


def guarded(action: Callable[[], int], *, debug: bool) -> int:
    """The exit code of `action`; what went wrong goes to stderr, as one line."""
    try:
        return action()
    except ExplorerError as error:
        return _say(error)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output has gone, as in `| head`
        sys.stderr.close()
        return 0
    except Exception as error:
        trouble = storage_trouble(error)
        if trouble is not None:
            return _say(trouble)
        if debug:
            raise
        return _say_defect(error)


def _say(error: ExplorerError) -> int:
    for line in error.details:
        print(line, file=sys.stderr)
    print(f"{PROGRAM}: {' '.join(str(error).split())}", file=sys.stderr)
    return 2


def storage_trouble(error: BaseException) -> StorageError | None:
    """The user's error that an OSError stands for: a full disk, a place that cannot be written. None for others."""
    if not isinstance(error, OSError):
        return None
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageError(
            f"The disk is full{where}.", "Make room and run it again; nothing half written is left behind."
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StorageError(
            f"This place may not be written or read{where}.", "Choose another folder, or change its permissions."
        )
    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST) and error.filename:
        return StorageError(f"{error.strerror}{where}.", "Check the path.")
    return None


def _say_defect(error: Exception) -> int:
    from explorer.commands import report

    print(f"{PROGRAM}: a fault of the program, not yours: {type(error).__name__}: {error}", file=sys.stderr)
    print(f"The report is in {report.written(error)}; --debug shows it here.", file=sys.stderr)
    return 1
