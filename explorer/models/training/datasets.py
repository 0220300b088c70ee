"""What there is to train on: named .npz files in a folder, or any folder of pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.errors import InputError
from explorer.latents.arrays import Images
from explorer.latents.samples import Labels

HELD_OUT = 0.1  # of the pictures, or of the groups
SPLIT_SEED = 0  # the split is the same for every training seed


@dataclass(frozen=True, eq=False)
class Dataset:
    """Pictures uint8 (n, h, w, c) with labels; `held_out` bool (n,) marks those not learned from.

    `grouped_by` names the labels of pictures that belong together (the letters of one font), held out together.
    """

    name: str
    images: Images
    held_out: NDArray[np.bool_]
    labels: tuple[Labels, ...]
    sha256: str
    grouped_by: str = ""
    skipped: int = 0  # files that are no pictures

    def __len__(self) -> int:
        return len(self.images)

    @property
    def learned(self) -> Images:
        """The pictures to learn from."""
        return self.images[~self.held_out]

    @property
    def tested(self) -> Images:
        """The held-out pictures."""
        return self.images[self.held_out]


def load(name: str, folder: str | Path) -> Dataset:
    """The data set called `name` in `folder`. Raises InputError."""
    where = Path(folder).expanduser()
    if not where.is_dir():
        raise InputError(f"There is no folder '{folder}'.", "Give the folder that holds the training data.")
    if name == "pictures":
        from explorer.models.training.pictures import pictures

        return pictures(where)
    return _named(name, where)


def _named(name: str, folder: Path) -> Dataset:
    path = folder / f"{name}.npz"
    if not path.is_file():
        raise InputError(
            f"'{folder}' has no {path.name}.", "This recipe needs it. For pictures of your own: `train pictures`."
        )
    try:
        with path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
            stream.seek(0)
            with np.load(stream, allow_pickle=False) as opened:
                arrays = {key: opened[key] for key in opened.files}
        return NAMED[name](arrays, sha256)
    except InputError:
        raise
    except Exception as error:  # a damaged archive raises many kinds
        raise InputError(
            f"{path.name} cannot be read.", f"It is damaged, or another data set: {error}"[:300]
        ) from error


Arrays = Mapping[str, NDArray[np.generic]]


def _faces(name: str) -> Callable[[Arrays, str], Dataset]:
    def read(arrays: Arrays, sha256: str) -> Dataset:
        images = _images(arrays["images"])
        return Dataset(name, images, split(len(images)), _labels(arrays, len(images)), sha256)

    return read


def _labels(arrays: Arrays, n: int) -> tuple[Labels, ...]:
    """Every array of codes with its names; `smile` comes first, as words."""
    smile = arrays.get("smile")
    named = [
        Labels(_worded(key), codes.astype(np.int64), tuple(str(one) for one in arrays[f"{key}_names"]))
        for key, codes in arrays.items()
        if f"{key}_names" in arrays and codes.shape == (n,)
    ]
    flags = [
        Labels(_worded(key), arrays[key].astype(np.int64), ("no", "yes"))
        for key in ("happy", "long_hair", "dark_glasses")
        if key in arrays
    ]
    if "glasses_color" in arrays:
        flags.append(_frames(arrays))
    if smile is not None:
        flags.insert(0, Labels("smile", smile.astype(np.int64) + 1, ("sad", "neutral", "smiling")))
    return (*flags, *named)


def _frames(arrays: Arrays) -> Labels:
    """Glasses by their colour: in a latent space, dark and light ones lie on different sides of none."""
    worn = np.where(arrays["glasses"].astype(bool), arrays["glasses_color"].astype(np.int64) + 1, 0)
    colours = {"#000000": "black", "#9287ff": "violet", "#f4d150": "yellow", "#ffffff": "white"}
    names = tuple(colours.get(str(one), str(one)) for one in arrays["glasses_color_names"])
    return Labels("frames", worn, ("none", *names))


def _worded(key: str) -> str:
    """'hair_color' and 'facialHair' as people write them."""
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in key)
    return spaced.replace("_", " ").replace("color", "colour")


def _digits(arrays: Arrays, sha256: str) -> Dataset:
    images = _images(np.concatenate([arrays["x_train"], arrays["x_test"]]))
    codes = np.concatenate([arrays["y_train"], arrays["y_test"]]).astype(np.int64)
    held_out = np.arange(len(images)) >= len(arrays["x_train"])
    labels = (Labels("digit", codes, tuple("0123456789")), *strokes(images))
    return Dataset("mnist", images, held_out, labels, sha256)


def _glyphs(arrays: Arrays, sha256: str) -> Dataset:
    """The capitals of every face; faces of one family are held out together."""
    letters = np.array([str(char).isupper() for char in arrays["chars"]])
    chars = [str(char) for char in arrays["chars"][letters]]
    images = _images(arrays["images"][:, letters].reshape(-1, *arrays["images"].shape[2:]))
    times = len(chars)
    families, family = np.unique(arrays["family"], return_inverse=True)
    known = arrays["weight_consistent"].astype(bool)
    weight = arrays["weight"].astype(np.int64)
    weights = np.select([~known, weight >= 600, weight <= 300, (weight >= 350) & (weight <= 450)], [0, 3, 1, 2], 0)
    categories = tuple(str(one) for one in arrays["category_names"])
    category = arrays["category"].astype(np.int64)
    labels = (
        Labels("character", np.tile(np.arange(times), len(family)), tuple(chars)),
        Labels("weight", np.repeat(weights, times), ("other", "light", "regular", "bold")),
        Labels("italic", np.repeat(arrays["italic"].astype(np.int64), times), ("upright", "italic")),
        Labels("category", np.repeat(category, times), categories),
        Labels("mono", np.repeat(arrays["mono"].astype(np.int64), times), ("proportional", "mono")),
        Labels("stroke", np.repeat(arrays["stroke_px"].astype(np.float32), times)),
        Labels("family", np.repeat(family.astype(np.int64), times), tuple(str(one) for one in families)),
    )
    return Dataset("glyphs64", images, split(len(images), labels[-1].values), labels, sha256, grouped_by="family")


NAMED: dict[str, Callable[[Arrays, str], Dataset]] = {
    "toonfaces64": _faces("toonfaces64"),
    "pixelfaces16": _faces("pixelfaces16"),
    "mnist": _digits,
    "glyphs64": _glyphs,
}


def _images(values: NDArray[np.generic]) -> Images:
    if values.dtype != np.uint8 or values.ndim not in (3, 4):
        raise InputError("The pictures of this data set are not 8-bit.", "It is another data set than its name says.")
    return np.ascontiguousarray(values if values.ndim == 4 else values[..., None], dtype=np.uint8)


def split(n: int, groups: NDArray[np.generic] | None = None) -> NDArray[np.bool_]:
    """Which of n pictures are held out, bool (n,): a tenth of them, or of the groups; at least one."""
    units = np.arange(n) if groups is None else np.unique(groups)
    chosen = np.random.default_rng(SPLIT_SEED).permutation(units)[: max(1, round(HELD_OUT * len(units)))]
    return np.isin(units if groups is None else groups, chosen)


def strokes(images: Images) -> tuple[Labels, Labels]:
    """Measured from grey pictures of strokes: thickness in pixels (2 ink / outline) and slant in degrees.

    The outline is the total variation of the picture; the slant is that of the second moments of its ink (m11 / m02).
    """
    ink = images[..., 0].astype(np.float32) / 255
    height, width = ink.shape[1:]
    mass = ink.sum((1, 2)) + 1e-6
    across, down = np.zeros_like(ink), np.zeros_like(ink)
    across[:, :, :-1], down[:, :-1] = np.diff(ink, axis=2), np.diff(ink, axis=1)
    outline = np.hypot(across, down).sum((1, 2)) + 1e-6
    x, y = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)[:, None]
    dx = x - ((ink * x).sum((1, 2)) / mass)[:, None, None]
    dy = y - ((ink * y).sum((1, 2)) / mass)[:, None, None]
    shear = (ink * dx * dy).sum((1, 2)) / ((ink * dy * dy).sum((1, 2)) + 1e-6)
    slant = np.degrees(np.arctan(-shear)).astype(np.float32)
    return Labels("thickness", (2 * mass / outline).astype(np.float32)), Labels("slant", slant)
