"""`latent-explorer inspect MODEL`: what a model is, read without torch and without running code."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.commands.arguments import check_out
from explorer.commands.facts import fact_lines, part_lines, space_in_words
from explorer.commands.programs import add_program, check_program, write_template
from explorer.errors import InputError
from explorer.models.words import bytes_in_words, size_in_words, value_in_words

if TYPE_CHECKING:
    from explorer.latents.concepts import Concept
    from explorer.latents.samples import LatentSet
    from explorer.models.base import Card


def declare(parser: argparse.ArgumentParser) -> None:
    """The model, and how to print."""
    parser.add_argument(
        "model", metavar="MODEL", help="a model folder, a checkpoint of others, or the name of a bundled model"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    foreign = parser.add_argument_group("of a checkpoint of others")
    foreign.add_argument("--network", default="", help="which network of a file with several")
    foreign.add_argument("--samples", metavar="SHEET.png", type=Path, help="write 16 samples of its prior")
    add_program(foreign)
    foreign.add_argument(
        "--template", metavar="FILE.py", type=Path, help="write a Python file to begin an adapter with, its keys in it"
    )
    foreign.add_argument("--draft", action="store_true", help="propose layers from the shapes of its tensors")
    foreign.add_argument(
        "--choose", metavar="NAME=VALUE", action="append", default=[], help="answer a question of the draft"
    )
    foreign.add_argument("--keep", action="store_true", help="write the draft beside the file, as a manifest")


def run(options: argparse.Namespace) -> int:
    """Print the card, the samples and the concepts. Raises CheckpointError for damage in any file of the model."""
    from explorer.models.folder import read_card, read_concepts, read_samples, resolve
    from explorer.models.foreign.sniff import foreign
    from explorer.models.weights import check_weights

    if options.samples:
        check_out(options.samples, (".png",))
    if (options.choose or options.keep) and not options.draft:
        raise InputError("--choose and --keep are about a draft.", "Add --draft.")
    if (stranger := foreign(options.model)) is not None:
        from explorer.commands import draft_report, foreign_report

        if options.template is not None:
            return write_template(stranger, options.template, options.network)
        check_program(options, options.network)
        return draft_report.report(stranger, options) if options.draft else foreign_report.report(stranger, options)
    if options.draft or options.samples or options.network or options.template or options.adapter:
        raise InputError(
            f"{options.model} is a model of ours: there is nothing to draft.",
            "Draw pictures with `latent-explorer decode`.",
        )
    folder = resolve(options.model)
    card = read_card(folder)
    check_weights(folder, card)
    samples, concepts = read_samples(folder, card), read_concepts(folder, card)
    if options.json:
        print(json.dumps(as_mapping(folder, card, samples, concepts), indent=2, ensure_ascii=False))
    else:
        print("\n".join(lines(folder, card, samples, concepts)))
    return 0


def as_mapping(
    folder: Path, card: Card, samples: Mapping[str, LatentSet], concepts: tuple[Concept, ...]
) -> dict[str, object]:
    """Everything `inspect` knows, for JSON."""
    from explorer.models.folder import card_fields
    from explorer.models.prior_files import kept_prior

    return {
        "path": str(folder),
        **card_fields(card),
        "weights_bytes": weights_size(folder),
        "sha256": card.fingerprint,
        "chosen_prior": chosen.words if (chosen := kept_prior(card)) is not None else None,
        "samples": {
            name: {"count": len(one), "provenance": one.provenance, "labels": [labels.name for labels in one.labels]}
            for name, one in samples.items()
        },
        "concepts": [
            {"name": one.name, "space": one.space, "sigma": float(one.sigma), **one.provenance} for one in concepts
        ],
    }


def weights_size(folder: Path) -> int:
    """Bytes of the weights file; 0 when there is none."""
    from explorer.models.folder import WEIGHTS

    weights = folder / WEIGHTS
    return weights.stat().st_size if weights.is_file() else 0


def lines(folder: Path, card: Card, samples: Mapping[str, LatentSet], concepts: tuple[Concept, ...]) -> Iterator[str]:
    """The same for a person."""
    from explorer.models.prior_files import kept_prior

    yield f"{card.name}  ({folder})"
    if card.summary:
        yield card.summary
    yield ""
    size, chosen = bytes_in_words(weights_size(folder)), kept_prior(card)
    rows = [
        ("family", f"{card.family} ({card.architecture})" if card.architecture else card.family),
        ("parameters", f"{card.parameters:,} ({size}, sha256 {card.fingerprint[:12] or 'none'})"),
        ("picture", size_in_words(card.image_shape)),
        *((f"latent {space.name}", space_in_words(space)) for space in card.spaces),
        ("drawn from", f"{chosen.words} (you chose it)" if chosen is not None else ""),
        ("container", card.container),
        ("likelihood", card.likelihood),
        ("trained on", card.trained_on),
        ("licence", card.licence),
        ("attribution", card.attribution),
        *((name.replace("_", " "), value_in_words(value)) for name, value in card.measures.items()),
    ]
    rows += [(f"samples {name}", f"{len(one):,} ({one.provenance})") for name, one in samples.items()]
    first = next(iter(samples.values()), None)
    if first is not None:
        rows.append(("labels", ", ".join(labels.name for labels in first.labels)))
    rows.append(("concepts", ", ".join(one.name for one in concepts)))
    yield from (f"  {name:22s} {text}" for name, text in rows if text)
    for space in card.spaces:
        yield from part_lines(space)
    yield from fact_lines(card.facts)
