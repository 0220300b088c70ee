"""From the object in a file to one network's tensors and plain hints: which dict, which of several, which prefix."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from explorer.models.foreign.limits import DEEPEST, MOST_TENSORS
from explorer.models.foreign.pickles import Damaged
from explorer.models.foreign.stand_ins import Array
from explorer.models.foreign.values import Stored, Thing

Tensors = dict[str, Stored]
ASIDE = ("optim", "opt_", "scheduler", "callbacks", "loops", "scaler", "rng", "amp", "sampler")
"""Parts of a training state that hold tensors and are no network."""
PREFIXES = (
    "module.",
    "_orig_mod.",
    "netG.",
    "generator.",
    "G.",
    "gen.",
    "g_ema.",
    "ema_model.",
    "online_model.",
    "G_ema.",
    "generator_ema.",
    "netG_ema.",
)
FIRST_STAGES = ("first_stage_model.",)
LATER_COPY = "model_ema."  # before the names of an averaged copy, which have no dots there
OWNERS = ("model.", "vae.", "autoencoder.", "ae.", "net.", "network.", "_model.", "self.")
"""What the attribute of a training module is called that holds the network, with named parts below."""
JUDGES = (
    "d",
    "netd",
    "disc",
    "discriminator",
    "discrminator",  # so FactorVAE in the PyTorch-VAE collection
    "critic",
    "d_ema",
    "discr",
    "model_d",
    "dis",
    "loss",
    "lpips",
    "perceptual_loss",
    "feature_network",
    "vgg",
)
MAKERS = ("g", "netg", "gen", "generator", "decoder", "vae", "model", "state_dict", "params", "model_state_dict")
ENCODERS, DECODERS = ("encoder", "enc", "e"), ("decoder", "dec", "generator", "g")
AVERAGED = ("ema", "shadow", "avgg", "g_running", "smooth")  # in the name of an averaged copy
COPIES = ("g_ema", "ge", "se", "generator_ema", "gen_ema", "netg_ema", "ema_generator")
"""What averaged copies are called that stand beside the trained ones in one dict of tensors."""
MEAN = "latent_avg"
_SHORT = 2_000  # letters of a text that is a hint


@dataclass
class Unwrapped:
    """One network's tensors, in order; plain hints; what a person should know; the names where there are several."""

    tensors: Tensors
    hints: dict[str, object] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    networks: tuple[str, ...] = ()


def unwrapped(root: object, wanted: str = "") -> Unwrapped:
    """Finds the network called `wanted`, or the one that people mean. Without any tensor the result is empty."""
    if isinstance(root, Stored):
        return Unwrapped({})
    found: dict[str, Tensors] = {}
    _find(root, "", found, set(), 0)
    found = {name: tensors for name, tensors in found.items() if tensors}
    hints = plain(root)
    result = Unwrapped({}, hints if isinstance(hints, dict) else {})
    if found:
        _choose(found, wanted, result)
        result.tensors = _first_stage(result.tensors, result)
        result.tensors = _split(_stripped(_split(result.tensors, result), result), result)
        _add_mean(found, result)
    return result


def _find(value: object, path: str, found: dict[str, Tensors], seen: set[int], depth: int) -> None:
    """Collects every dict of tensors, by the keys that lead there."""
    if isinstance(value, Thing):
        value = value.attributes()
    if not isinstance(value, Mapping) or id(value) in seen or depth > DEEPEST:
        return
    seen.add(id(value))
    own = {str(key): one for key, one in ((key, _stored(one)) for key, one in value.items()) if one is not None}
    if sum(len(tensors) for tensors in found.values()) + len(own) > MOST_TENSORS:
        raise Damaged("it holds too many tensors")
    if own:
        found[path] = own
    for key, one in value.items():
        if not any(word in str(key).lower() for word in ASIDE):
            _find(one, f"{path}.{key}" if path else str(key), found, seen, depth + 1)


def _stored(value: object) -> Stored | None:
    if isinstance(value, Array):
        return value.stored
    return value if isinstance(value, Stored) else None


def _choose(found: dict[str, Tensors], wanted: str, result: Unwrapped) -> None:
    names = list(found)
    if wanted and wanted in found:
        result.tensors, result.networks = found[wanted], tuple(names) if len(names) > 1 else ()
        return
    ema = [name for name in names if any(word in name.lower().replace("schema", "") for word in AVERAGED)]
    left = [name for name in ema or names if _last(name) not in JUDGES] or names
    left = [name for name in left if _weighs(found[name])] or left
    if pair := _pair(left):
        result.tensors = {f"{kind}.{key}": value for kind, name in pair.items() for key, value in found[name].items()}
        result.notes.append(f"Took '{pair['encoder']}' and '{pair['decoder']}' together.")
        return
    chosen = min(left, key=lambda name: (MAKERS.index(_last(name)) if _last(name) in MAKERS else 99, names.index(name)))
    result.tensors = found[chosen]
    if len(names) > 1:
        what = "the averaged (EMA) copy" if ema else f"'{chosen}'"
        result.notes.append(
            f"Took {what} of {len(names)} networks: {', '.join(name or 'the top' for name in names[:6])}."
        )
    if len(left) > 1:
        result.networks = tuple(left)


def _pair(names: list[str]) -> dict[str, str]:
    encoder = next((name for name in names if _last(name) in ENCODERS), None)
    decoder = next((name for name in names if _last(name) in DECODERS), None)
    return {"encoder": encoder, "decoder": decoder} if encoder is not None and decoder is not None else {}


def _weighs(tensors: Tensors) -> bool:
    """Whether there is a layer in it, and not just some statistics."""
    return any(len(one.shape) >= 2 for one in tensors.values())


def _last(name: str) -> str:
    above, _dot, short = name.lower().rpartition(".")
    short = above.rpartition(".")[2] if short == "state_dict" and above else short
    for ending in ("_state_dict", "_state", "_weights", "_params", "_model", "_dict"):
        if short != ending[1:] and short.endswith(ending):
            return short.removesuffix(ending)
    return short


def _add_mean(found: dict[str, Tensors], result: Unwrapped) -> None:
    """The mean of w that stands beside a style-based generator."""
    mean = next((tensors[MEAN] for tensors in found.values() if MEAN in tensors), None)
    if mean is not None and MEAN not in result.tensors and "style.1.weight" in result.tensors:
        result.tensors = {**result.tensors, MEAN: mean}
        result.notes.append(f"Took '{MEAN}' beside it.")


def _first_stage(tensors: Tensors, result: Unwrapped) -> Tensors:
    """The autoencoder in a checkpoint of latent diffusion, alone; with the averaged copy where it has one of itself."""
    for stage in FIRST_STAGES:
        found = {key.removeprefix(stage): one for key, one in tensors.items() if key.startswith(stage)}
        if found and len(found) < len(tensors):
            result.notes.append(f"Took the autoencoder '{stage}' out of a model of {len(tensors):,} tensors.")
            tensors = found
            break
    rest = {key: one for key, one in tensors.items() if not key.startswith(LATER_COPY)}
    if not rest or len(rest) == len(tensors):
        return tensors
    copies = {key: f"{LATER_COPY}{key.replace('.', '')}" for key in rest}
    if any(copy in tensors for copy in copies.values()):
        result.notes.append("Took the averaged (EMA) copy.")
    return {key: tensors.get(copies[key], one) for key, one in rest.items()}


def _split(tensors: Tensors, result: Unwrapped) -> Tensors:
    """Leaves out a discriminator that stands beside a generator in one dict, and what has an averaged copy there."""
    heads = {key.partition(".")[0] for key in tensors}
    copies = {head for head in heads if head.lower() in COPIES}
    if copies and len(heads) > len(copies):
        result.notes.append(f"Took the averaged (EMA) copy '{', '.join(sorted(copies))}' of what is trained beside it.")
        return {key: value for key, value in tensors.items() if key.partition(".")[0] in copies}
    judges = {head for head in heads if head.lower() in JUDGES}
    if judges and len(heads) > len(judges):
        result.notes.append(f"Left out {', '.join(sorted(judges))}: no part of making pictures.")
        return {key: value for key, value in tensors.items() if key.partition(".")[0] not in judges}
    return tensors


def _stripped(tensors: Tensors, result: Unwrapped) -> Tensors:
    """Without the prefixes that wrappers add: DataParallel, torch.compile, Lightning, averaged models."""
    tensors = {key: value for key, value in tensors.items() if key not in ("n_averaged", "_metadata")}
    while tensors and (prefix := _prefix(tensors) or _owned(tensors)):
        tensors = {key.removeprefix(prefix): value for key, value in tensors.items()}
        result.notes.append(f"Left out '{prefix}' before every name.")
    return tensors


def _prefix(tensors: Tensors) -> str:
    return next((one for one in PREFIXES if all(key.startswith(one) for key in tensors)), "")


def _owned(tensors: Tensors) -> str:
    """The prefix of an owner of named parts: 'vae.' of 'vae.encoder.0' and 'vae.decoder.0', but not of 'vae.0'."""
    for owner in OWNERS:
        if all(key.startswith(owner) for key in tensors):
            parts = {key.removeprefix(owner).partition(".")[0] for key in tensors}
            return owner if len(parts) > 1 and not any(part.isdigit() for part in parts) else ""
    return ""


def plain(value: object, depth: int = 0) -> object:
    """What of a value is plain data: numbers, texts, lists and dicts; of a thing what it would have held. Or None."""
    if value is None or isinstance(value, bool | int | float):
        return value if not isinstance(value, float) or math.isfinite(value) else None
    if isinstance(value, str):
        return value[:_SHORT]
    if depth >= 6 or isinstance(value, Stored | Array | bytes):
        return None
    if isinstance(value, Thing):
        value = value.attributes()
    if isinstance(value, Mapping):
        held = {str(key)[:200]: plain(one, depth + 1) for key, one in list(value.items())[:2000]}
        return {key: one for key, one in held.items() if one is not None and one != {}}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one, depth + 1) for one in list(value)[:2000]]
    return None
