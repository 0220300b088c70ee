"""The recipes of our VAEs."""

from __future__ import annotations

from explorer.models.training.recipe import Direction, Recipe
from explorer.models.training_vae import VaePlan

WEIGHTS = "Apache-2.0 for the weights"

TOONFACES = Recipe(
    name="toonfaces-vae",
    family="vae",
    data="toonfaces64",
    summary="Cartoon faces, 64 x 64 in colour. Move smile, glasses, beard, hair and skin tone.",
    hyperparameters={
        "size": 64,
        "channels": 3,
        "latent_dim": 32,
        "widths": [64, 128],
        "encoder_depth": 1,
        "decoder_depth": 2,
        "patch": 4,
        "tail": 32,
    },
    plan=VaePlan(
        epochs=22,
        batch=32,
        rate=1.2e-3,
        beta=300.0,
        sigma=0.1,
        contours=2.0,
        warm_up=0.75,
        taught=("earrings", "facial hair", "frames"),
        lesson=400.0,
        parting=0.6,
    ),
    directions=(
        Direction("smile", "mouth", ("smile", "laughing"), ("sad", "frown")),
        Direction("glasses", "frames", ("black",), ("none",)),
        Direction("white glasses", "frames", ("white",), ("none",)),
        Direction("beard", "facial hair", ("beard",), ("none",)),
        Direction("long hair", "hair", ("full",), ("fonze", "mrClean", "mrT", "dougFunny")),
        Direction("laughing", "mouth", ("laughing",), ("sad", "frown", "pucker", "smirk", "smile")),
        Direction("surprised", "mouth", ("surprised",)),
        Direction("dark skin", "skin", ("#77311d",), ("#f9c9b6",)),
        Direction("earrings", "earrings", ("hoop", "stud")),
        Direction("bald", "hair", ("mrClean", "dougFunny")),
        Direction("turban", "hair", ("turban",)),
        Direction("closed eyes", "eyes", ("smiling", "smilingShadow")),
        Direction("light hair", "hair colour", ("#ffffff", "#f4d150"), ("#000000", "#77311d")),
        Direction("stubble", "facial hair", ("scruff",), ("none",)),
    ),
    trained_on="10,000 cartoon faces drawn with the DiceBear library (style 'micah'), 9,000 of them learned from.",
    notes={
        "Taught by labels": "Earrings, stubble and coloured glasses are a dozen pixels each: without help the model "
        "leaves them out. So while it learned, a linear layer had to read earrings, facial hair and the colour "
        "of the glasses from its latents, by the labels of the pictures it learned from. The layer was thrown away. "
        "The figures of the concepts are those of samples of which a quarter was held out."
    },
    licence=f"{WEIGHTS}; the art is CC BY 4.0",
    attribution="Avatar Illustration System by Micah Lanier, CC BY 4.0, adapted.",
)

DIGITS = Recipe(
    name="digits-vae-2d",
    family="vae",
    data="mnist",
    summary="Handwritten digits, 28 x 28, with two latents only: the map is the whole latent space.",
    hyperparameters={
        "size": 28,
        "channels": 1,
        "latent_dim": 2,
        "widths": [64],
        "encoder_depth": 1,
        "decoder_depth": 2,
        "patch": 4,
        "tail": 32,
        "hidden": 128,
    },
    plan=VaePlan(epochs=5, batch=64, beta=6.0, sigma=0.2, contours=0.25, warm_up=0.7),
    trained_on="MNIST: 60,000 handwritten digits of LeCun, Cortes and Burges; tested on its 10,000 test digits.",
    licence=f"{WEIGHTS}; the authors of MNIST publish no formal licence",
    attribution="MNIST by Yann LeCun, Corinna Cortes and Christopher J. C. Burges.",
)

GLYPHS = Recipe(
    name="glyphs-vae",
    family="vae",
    data="glyphs64",
    summary="Capital letters of 893 open fonts, 64 x 64. Move bold, italic, serif and mono.",
    hyperparameters={
        "size": 64,
        "channels": 1,
        "latent_dim": 32,
        "widths": [48, 96],
        "encoder_depth": 1,
        "decoder_depth": 2,
        "patch": 4,
        "tail": 32,
    },
    plan=VaePlan(
        epochs=8,
        batch=32,
        rate=1e-3,
        beta=200.0,
        sigma=0.1,
        contours=1.0,
        cross_entropy=True,
        quiet=0.05,
        warm_up=0.75,
        bend=2.0,
        taught=("mono", "mono", "category", "weight", "italic"),
        lesson=800.0,
        parting=0.4,
    ),
    directions=(
        Direction("bold", "weight", ("bold",), ("light", "regular")),
        Direction("italic", "italic", ("italic",), ("upright",)),
        Direction("serif", "category", ("serif", "slab"), ("sans",)),
        Direction("mono", "mono", ("mono",), ("proportional",)),
        Direction("script", "category", ("script",), ("sans", "serif")),
        Direction("thick strokes", "stroke", ("high",)),
    ),
    trained_on=(
        "The capitals A-Z of 893 open font faces of 269 families (Debian's font packages), drawn at 64 x 64; "
        "a tenth of the families was held out."
    ),
    notes={
        "Taught by labels": "That a letter is of a typewriter's width, or has serifs, is little of its ink: by pixels "
        "alone the latents tell it badly (mono 0.79, serif 0.89). So while it learned, a linear layer had to read "
        "mono, category, weight and italic from its latents, by the labels of the fonts it learned from. The layer "
        "was thrown away. The figures of the concepts hold out whole font families, but three quarters of these "
        "samples are of families that it learned from, with their labels; among families that it never saw, a "
        "logistic regression ranks mono at 0.84, serif at 0.93, bold at 0.98 and italic at 1.00."
    },
    licence=f"{WEIGHTS}; the fonts: OFL-1.1, Apache-2.0, GUST, Vera, ParaType Free, MIT, BSD-3-Clause, public domain",
    attribution="Only renderings of letters were learned from; no font is part of the weights.",
)

PICTURES = Recipe(
    name="pictures",
    family="vae",
    data="pictures",
    summary="A VAE of your own pictures, 64 x 64 in colour.",
    hyperparameters={**TOONFACES.hyperparameters, "latent_dim": 64},
    plan=VaePlan(
        epochs=40, batch=32, beta=20.0, sigma=0.1, contours=0.5, warm_up=0.5, least_steps=3000, most_steps=20_000
    ),
    trained_on="Pictures of your own.",
    licence="that of the pictures",
)

RECIPES = (TOONFACES, DIGITS, GLYPHS, PICTURES)
