"""Numbers as a person reads them."""

from __future__ import annotations

from explorer.models.base import Card, Space

LIBRARIES = ("nflows", "normflows", "zuko", "pythae")  # names that are written small


def size_in_words(image_shape: tuple[int, int, int]) -> str:
    """'64 x 64 colour' for (height, width, channels)."""
    height, width, channels = image_shape
    return f"{width} x {height} {'grey' if channels == 1 else 'colour'}"


def latents_in_words(space: Space) -> str:
    """'100 latents', or '100 latents, 10 classes': what is one 1 among zeros is no latent to a reader."""
    if space.classes is None:
        return f"{space.dim:,} latents"
    classes = space.classes.stop - space.classes.start
    return f"{space.dim - classes:,} latents, {classes:,} classes"


def bytes_in_words(size: int) -> str:
    """'3.1 MB' for bytes."""
    if size >= 1e9:
        return f"{size / 1e9:.3g} GB"
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"


def value_in_words(value: object) -> str:
    """A measure of a card: four digits are enough."""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {value_in_words(inner)}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(value_in_words(inner) for inner in value)
    return str(value)


def time_left(seconds: float, share: float) -> str:
    """'40 s left' of something of which a share in 0..1 took so many seconds."""
    left = seconds * (1 - share) / max(share, 1e-6)
    return f"{left / 60:.0f} min left" if left >= 90 else f"{left:.0f} s left"


def architecture_in_words(architecture: str) -> str:
    """'Convolutional autoencoder' for 'convolutional autoencoder, 64 latents': the numbers are said elsewhere."""
    name = architecture.partition(", ")[0]
    if name.startswith(LIBRARIES):
        return name
    return f"{name[:1].upper()}{name[1:]}"


def kind_in_words(card: Card) -> str:
    """'VAE' of a model of ours; of one that others trained, whose family is ours alone, what it is: 'JointVAE'."""
    if card.container:
        return _cut(architecture_in_words(card.architecture))
    return card.family.upper() if len(card.family) <= 3 else card.family


def _cut(text: str, most: int = 40) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}\N{HORIZONTAL ELLIPSIS}"


def sentence(text: str) -> str:
    """With a capital, but where it begins with a name such as 'config.json'."""
    first = text.partition(" ")[0].rstrip(",:")
    return f"{text[:1].upper()}{text[1:]}" if first.isalpha() else text
