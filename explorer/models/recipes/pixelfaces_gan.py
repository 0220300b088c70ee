"""Faces of 16 x 16 pixels by a GAN with a mapping network: spaces z and w, truncation."""

from __future__ import annotations

from explorer.models.training.recipe import Direction, Recipe
from explorer.models.training_gan import GanPlan

ATTRIBUTES = ("happy", "glasses", "dark glasses", "beard", "hat", "long hair")

NOTES = {
    "Labels": """\
The samples are pictures of the prior, so nobody labelled them. A small classifier, trained on the labelled
pictures, reads them; its balanced accuracy on held-out pictures stands above. The Fréchet distance is taken in that
classifier's features, each in units of its deviation over the data: it is no FID, and only comparable with itself.""",
    "How the concepts were found": """\
In the later part of its training the generator is taught to let these attributes lie along straight lines in w, by a
classifier of its own. Each concept is the better of two directions in w: the difference of means, or one learned by
gradient through generator and classifier, so that the attribute changes, the others stay and few pixels move. One
that does too little, or that the classifier cannot read well, is left out.""",
}

RECIPE = Recipe(
    name="pixelfaces-gan",
    family="gan",
    data="pixelfaces16",
    summary="Pixel-art faces, 16 x 16 pixels in colour. A mapping network makes w of z; edits happen in w.",
    hyperparameters={"latent_dim": 64, "mapping_width": 128, "widths": [128, 96, 48], "depths": [2, 1]},
    plan=GanPlan(
        steps=6_500, critic_widths=(32, 64, 128), critic_hidden=192, penalty=2.0, lesson_from=2_000, lesson_weight=0.3
    ),
    directions=tuple(Direction(name, name, ("yes",)) for name in ATTRIBUTES),
    trained_on="20,000 faces drawn with the DiceBear library (style 'pixel-art'), 18,000 of them learned from.",
    licence="Apache-2.0 for the weights; the art is CC0 1.0",
    attribution="Pixel Art by DiceBear, CC0 1.0.",
    notes=NOTES,
)
