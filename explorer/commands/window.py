"""Opening the window, with a sentence for each reason why there can be none."""

from __future__ import annotations

import argparse
import ctypes
import difflib
import os
import socket
import sys
from pathlib import Path

from explorer import places
from explorer.commands.programs import check_program
from explorer.commands.table import COMMANDS
from explorer.errors import CheckpointError, ExplorerError, InputError

NO_DISPLAY = "This machine has no display, so no window can be opened here."


def run(options: argparse.Namespace) -> int:
    """Open the window; with `--or-tour` and no display, say so and write the tour."""
    check_model(options.model)
    check_program(options, None)
    if not has_display():
        return _without_display(options)
    check_libraries()
    try:
        from explorer import app
    except ImportError as error:
        raise libraries_error(str(error)) if ".so" in str(error) else error from error
    brought = [path for path in (options.samples, options.labels) if path is not None]
    adapter = options.adapter.expanduser().resolve() if options.adapter is not None else None
    return app.run(options.model, measure_start=options.measure_start, brought=check_brought(brought), adapter=adapter)


def check_brought(paths: list[Path]) -> list[Path]:
    """The paths; raises for one that is not there, before the window opens."""
    for path in paths:
        if not path.expanduser().exists():
            raise InputError(f"There is no file {path}.", "Check the path.")
    return [path.expanduser().resolve() for path in paths]


def _without_display(options: argparse.Namespace) -> int:
    if options.or_tour is None:
        raise ExplorerError(NO_DISPLAY, "Run `latent-explorer tour --out DIR` to see the same as pictures.")
    from explorer.commands import tour

    print(f"{NO_DISPLAY} Here is the tour as pictures instead, in {options.or_tour}:", flush=True)
    return tour.run(argparse.Namespace(model=options.model, out=options.or_tour, seed=0, device=None))


def check_model(model: str | None) -> None:
    """Raise for a name that is neither a path nor a bundled model: it may be a command that was mistyped."""
    if model is None or Path(model).expanduser().exists() or (places.pretrained() / model).is_dir():
        return
    bundled = [folder.name for folder in places.pretrained().glob("*/")] if places.pretrained().is_dir() else []
    near = difflib.get_close_matches(model, [*COMMANDS, *bundled], 1)
    hint = f"Did you mean {near[0]}?" if near else "Give a model folder, or see `latent-explorer models`."
    raise CheckpointError(f"There is no model and no command called {model}.", hint)


def has_display() -> bool:
    """Whether a window can be shown: on Linux, where a display answers or Qt's platform was chosen."""
    if sys.platform in ("darwin", "win32"):
        return True
    if os.environ.get("QT_QPA_PLATFORM") or os.environ.get("WAYLAND_DISPLAY"):
        return True
    return _answers(os.environ.get("DISPLAY", ""))


def _answers(display: str) -> bool:
    """Whether the X server behind ':0' or 'host:10.0' takes a connection. Qt would end the program with a core dump."""
    host, colon, rest = display.rpartition(":")
    number = rest.partition(".")[0]
    if not colon or not number.isdigit():
        return False
    try:
        if host in ("", "unix"):
            return any(_connects(place + f"/tmp/.X11-unix/X{number}") for place in ("", "\0"))
        with socket.create_connection((host.strip("[]"), 6000 + int(number)), timeout=3):
            return True
    except OSError:
        return False


def _connects(address: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(address) == 0


def check_libraries() -> None:
    """Raise when Qt's window system library is missing under X, where Qt would abort instead of raising."""
    chosen = os.environ.get("QT_QPA_PLATFORM", "")
    on_x = sys.platform.startswith("linux") and chosen in ("", "xcb") and not os.environ.get("WAYLAND_DISPLAY")
    if on_x:
        try:
            ctypes.CDLL("libxcb-cursor.so.0")
        except OSError as error:
            raise libraries_error(str(error)) from error


def libraries_error(detail: str) -> ExplorerError:
    """What to install when a library of the system that Qt needs is missing."""
    return ExplorerError(
        f"A system library that the window needs is missing ({detail}).",
        "On Debian and Ubuntu: sudo apt-get install libgl1 libegl1 libxkbcommon0 libdbus-1-3 libfontconfig1 "
        "libglib2.0-0 libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0",
    )
