"""`latent-explorer train RECIPE`: make one of our models again, or one of your own pictures."""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from explorer.commands.arguments import add_device, count
from explorer.errors import InputError

if TYPE_CHECKING:
    from tqdm import tqdm

    from explorer.models.training.recipe import Recipe

INTERRUPTED = 130
MANY = 10**9
"""Steps in an epoch: more than there are."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Which recipe, on what, and where to."""
    parser.add_argument("recipe", metavar="RECIPE", nargs="?", help="what to make; --list says which there are")
    parser.add_argument("--list", action="store_true", help="list the recipes")
    parser.add_argument(
        "--data", metavar="DIR", type=Path, help="the data of the recipe; for 'pictures' any folder of them"
    )
    parser.add_argument("--out", metavar="DIR", type=Path, help="folder for the model")
    parser.add_argument("--seed", type=int, default=0, help="one seed, the same model (default: 0)")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--epochs", type=count, help="how often every picture is seen (VAE)")
    length.add_argument("--steps", type=count, help="how many steps, in the place of epochs")
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
    with closing(Bar()) as progress:
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
    """The recipe with as many epochs or steps as were asked for. Raises InputError where its family knows no epochs."""
    plan = recipe.plan
    assert is_dataclass(plan)
    assert not isinstance(plan, type)
    known = {field.name for field in fields(plan)}
    if epochs is not None and "epochs" not in known:
        raise InputError(f"The recipe {recipe.name} does not count epochs.", "Give --steps.")
    wanted: dict[str, int] = {}
    if epochs is not None:
        wanted = {"epochs": epochs, "least_steps": 1, "most_steps": epochs * MANY}
    if steps is not None:
        wanted = {"steps": steps} if "steps" in known else {"least_steps": steps, "most_steps": steps}
    return replace(recipe, plan=replace(plan, **{name: value for name, value in wanted.items() if name in known}))


def _list(*, asked: bool) -> int:
    from explorer.models.recipes import RECIPES

    for name, recipe in RECIPES.items():
        print(f"{name:16s} {recipe.family:5s} data: {recipe.data:14s} {recipe.summary}")
    if asked:
        return 0
    raise InputError("No recipe was named.", "Choose one of these: latent-explorer train RECIPE --data DIR --out DIR.")


class Bar:
    """A progress bar that appears with the first step, so that a mistake is told without it."""

    def __init__(self) -> None:
        self._bar: tqdm[NoReturn] | None = None

    def __call__(self, done: int, total: int, text: str) -> None:
        """Show how far the training is; `text` are its figures."""
        if self._bar is None:
            self._bar = _drawn(done - 1, total)
        self._bar.set_postfix_str(text, refresh=False)
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """Leave the bar as it stands."""
        if self._bar is not None:
            self._bar.close()


def _drawn(done: int, total: int) -> tqdm[NoReturn]:
    from tqdm import tqdm

    tqdm.monitor_interval = 0  # no thread of its own
    return tqdm(total=total, initial=done, unit="step", dynamic_ncols=True, smoothing=0.05)
