"""`latent-explorer train RECIPE`: make one of our models again, or one of your own pictures."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.commands.arguments import add_device, count
from explorer.errors import InputError

if TYPE_CHECKING:
    from explorer.models.training.recipe import Recipe

INTERRUPTED = 130


def declare(parser: argparse.ArgumentParser) -> None:
    """Which recipe, on what, and where to."""
    parser.add_argument("recipe", metavar="RECIPE", nargs="?", help="what to make; --list says which there are")
    parser.add_argument("--list", action="store_true", help="list the recipes")
    parser.add_argument(
        "--data", metavar="DIR", type=Path, help="the data of the recipe; for 'pictures' any folder of them"
    )
    parser.add_argument("--out", metavar="DIR", type=Path, help="folder for the model")
    parser.add_argument("--seed", type=int, default=0, help="one seed, the same model (default: 0)")
    parser.add_argument("--epochs", type=count, help="how often every picture is seen (VAE)")
    parser.add_argument("--steps", type=count, help="how many steps (GAN, flow)")
    parser.add_argument(
        "--resume",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="go on where an interrupted training stopped (default: yes)",
    )
    add_device(parser)


def run(options: argparse.Namespace) -> int:
    """Train, with a progress bar. Ctrl-C keeps what is done."""
    if options.list or options.recipe is None:
        return _list(asked=options.list)
    for name in ("data", "out"):
        if getattr(options, name) is None:
            raise InputError(f"--{name} is missing.", "See latent-explorer train --help.")
    from explorer.models.training import loop

    recipe = with_length(loop.known(options.recipe), options.epochs, options.steps)
    print(f"{recipe.name}: {recipe.summary}", flush=True)
    with _bar() as progress:
        trained = loop.train(
            recipe,
            options.data,
            options.out,
            seed=options.seed,
            resume=options.resume,
            progress=progress,
            device=options.device,
        )
    if not trained.finished:
        print(f"Stopped after {trained.steps:,} of {trained.total:,} steps; the state is kept in {trained.path}.")
        print("Run the same command again to go on from there.")
        return INTERRUPTED
    print(f"{trained.path}: done. See it: latent-explorer {trained.path}")
    return 0


def with_length(recipe: Recipe, epochs: int | None, steps: int | None) -> Recipe:
    """The recipe with another number of epochs or steps. Raises InputError where its family counts the other one."""
    wanted = {name: value for name, value in (("epochs", epochs), ("steps", steps)) if value is not None}
    if not wanted:
        return recipe
    plan = recipe.plan
    assert is_dataclass(plan)
    assert not isinstance(plan, type)
    known = {field.name for field in fields(plan)}
    for name in wanted:
        if name not in known:
            other = "--steps" if "steps" in known else "--epochs"
            raise InputError(f"The recipe {recipe.name} does not count {name}.", f"Give {other}.")
    return replace(recipe, plan=replace(plan, **wanted))


def _list(*, asked: bool) -> int:
    from explorer.models.recipes import RECIPES

    for name, recipe in RECIPES.items():
        print(f"{name:16s} {recipe.family:5s} data: {recipe.data:14s} {recipe.summary}")
    if asked:
        return 0
    raise InputError("No recipe was named.", "Choose one of these: latent-explorer train RECIPE --data DIR --out DIR.")


@contextmanager
def _bar() -> Iterator[Callable[[int, int, str], None]]:
    """A progress bar, and what to call after each step."""
    from tqdm import tqdm

    tqdm.monitor_interval = 0  # no thread of its own
    with tqdm(unit="step", dynamic_ncols=True, smoothing=0.05) as bar:

        def show(done: int, total: int, text: str) -> None:
            bar.total = total
            if not bar.n:
                bar.initial = bar.n = bar.last_print_n = done - 1  # a resumed training: its rate is of this sitting
            bar.set_postfix_str(text, refresh=False)
            bar.update(done - bar.n)

        yield show
