"""Our format on disk, without torch: texts, encoded samples and concepts. Weights are read in `checkpoint`.

A model is a folder, in the manner of model hubs::

    config.json              {"format": "latent-explorer", "version": 1, "name", "family", "architecture",
                              "hyperparameters": {...}, "spaces": [{"name", "dim", "shape", "prior"}],
                              "image": {"shape": [h, w, c], "range": [lo, hi]}, "likelihood", "trained_on", "licence",
                              "attribution", "summary", "parameters", "measures": {...}}
    model.safetensors        weights
    README.md                the model card for people
    samples.safetensors      for each space S: "S.mean" (n, d), "S.log_variance" (n, d)?, "S.effect" (d,)?;
                             "label.NAME" int16 codes or float32 numbers (n,); "log_likelihood" (n,)?;
                             metadata {"labels": JSON {NAME: [names] or []}, "provenance": text}
    concepts.safetensors     "NAME" float32 (d,);
                             metadata {"concepts": JSON [{"name", "space", "sigma", "centre", ...provenance}]}

Reading never runs code, and whatever is wrong with a file comes out as `CheckpointError`.
"""

from __future__ import annotations

from explorer.models.companions import read_concepts, read_samples, write_concepts, write_samples
from explorer.models.config import (
    CONCEPTS,
    CONFIG,
    README,
    SAMPLES,
    WEIGHTS,
    Config,
    bundled,
    card_fields,
    fingerprint,
    read_card,
    read_config,
    resolve,
    write_bytes,
    write_config,
)

__all__ = [
    "CONCEPTS",
    "CONFIG",
    "README",
    "SAMPLES",
    "WEIGHTS",
    "Config",
    "bundled",
    "card_fields",
    "fingerprint",
    "read_card",
    "read_concepts",
    "read_config",
    "read_samples",
    "resolve",
    "write_bytes",
    "write_concepts",
    "write_config",
    "write_samples",
]
