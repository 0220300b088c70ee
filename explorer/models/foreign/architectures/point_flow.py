"""Flows that model a few numbers and not pictures: named for what they are."""

from __future__ import annotations

from explorer.errors import CheckpointError
from explorer.models.foreign.architectures import Recognised
from explorer.models.foreign.reading import Reading

FEWEST = 16  # numbers: 4 x 4 pixels


def recognise(reading: Reading) -> Recognised | None:
    """Raises CheckpointError for a flow of nflows over fewer numbers than any picture has."""
    tensors = reading.tensors
    permutations = [key for key in tensors if key.endswith("._permutation")]
    first = next((key for key in tensors if key.endswith("autoregressive_net.initial_layer.weight")), None)
    if first is None or not key_of_flow(first):
        return None
    features = tensors[first].shape[1]
    if features >= FEWEST:
        return None
    context = next((value.shape[1] for key, value in tensors.items() if "context_layer.weight" in key), 0)
    given = f", given {context} numbers as context" if context else ""
    steps = sum("autoregressive_net.initial_layer.weight" in key for key in tensors)
    raise CheckpointError(
        f"A masked autoregressive flow of nflows ({steps} steps, {len(permutations)} permutations) over {features} "
        f"numbers{given}: points, not pictures.",
        "Latent Explorer shows models that make pictures.",
    )


def key_of_flow(key: str) -> bool:
    """Whether a key is one of an nflows `Flow`."""
    return key.startswith("_transform.")
