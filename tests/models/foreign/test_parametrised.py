"""Weights kept in parts are put together to those that their networks use."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import normalize
from torch.nn.utils import parametrizations, parametrize, prune, spectral_norm, weight_norm

from explorer.models.foreign.parametrised import composed

LAYERS: dict[str, Callable[[], nn.Module]] = {
    "linear": lambda: nn.Linear(7, 5),
    "conv": lambda: nn.Conv2d(4, 6, 3),
    "square conv": lambda: nn.Conv2d(6, 6, 3),
    "transposed": lambda: nn.ConvTranspose2d(4, 6, 4),
    "square transposed": lambda: nn.ConvTranspose2d(6, 6, 4),
    "table": lambda: nn.Embedding(5, 8),
}


def used(layer: nn.Module) -> Tensor:
    """The weight that a layer in eval mode uses."""
    layer.eval()
    if isinstance(layer, nn.Embedding):
        layer(torch.zeros(1, dtype=torch.long))
    elif isinstance(layer, nn.Linear):
        layer(torch.zeros(1, layer.in_features))
    else:
        layer(torch.zeros(1, int(layer.in_channels), 8, 8))  # type: ignore[arg-type]
    return torch.as_tensor(layer.weight).detach()


def trained(layer: nn.Module) -> nn.Module:
    layer.train()
    for _ in range(15):
        used_in_training(layer)
    return layer


def used_in_training(layer: nn.Module) -> None:
    if isinstance(layer, nn.Embedding):
        layer(torch.zeros(1, dtype=torch.long))
    elif isinstance(layer, nn.Linear):
        layer(torch.zeros(2, layer.in_features))
    else:
        layer(torch.zeros(1, int(layer.in_channels), 8, 8))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize(
    "norm", [spectral_norm, weight_norm, parametrizations.spectral_norm, parametrizations.weight_norm]
)
@pytest.mark.filterwarnings("ignore:.*weight_norm.*:FutureWarning")
def test_a_norm_of_torch_is_put_into_the_weight(kind: str, norm: Callable[[nn.Module], nn.Module]) -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(1, 1, 1), trained(norm(LAYERS[kind]())))
    found, said = composed(net.state_dict())
    wanted = used(net[1])
    assert list(found) == ["0.weight", "0.bias", *(["1.bias"] if "1.bias" in found else []), "1.weight"]
    assert torch.allclose(found["1.weight"], wanted, atol=1e-6)
    assert "norms of 1 layers" in said[0]


def test_a_spectral_norm_of_old_files_without_v_is_taken_by_one_step() -> None:
    torch.manual_seed(0)
    layer = trained(spectral_norm(nn.Conv2d(4, 6, 3)))
    held = {key: value for key, value in layer.state_dict().items() if not key.endswith("_v")}
    assert torch.allclose(composed(held)[0]["weight"], used(layer), atol=1e-4)


def test_pruned_weights_and_equalised_learning_rates_are_plain_weights_behind_it() -> None:
    pruned = prune.random_unstructured(nn.Linear(6, 4), "weight", 0.5)
    assert torch.equal(composed(pruned.state_dict())[0]["weight"], torch.as_tensor(pruned.weight))
    weight = torch.randn(5, 3, 3, 3)
    found, said = composed({"conv.weight_orig": weight, "conv.bias": torch.zeros(5)})
    assert torch.equal(found["conv.weight"], weight * math.sqrt(2 / 27))
    assert said == ("Equalised learning rates of 1 layers were put into the weights.",)


@pytest.mark.parametrize("spelling", ["wrapped", "counted", "kept"])
def test_spectral_norms_of_repositories_are_put_into_the_weight(spelling: str) -> None:
    torch.manual_seed(0)
    weight, u = torch.randn(6, 4, 3, 3), normalize(torch.randn(6), dim=0)
    flat = weight.flatten(1)
    v = normalize(flat.T @ u, dim=0)
    after = normalize(flat @ v, dim=0)
    sigma = after @ flat @ v
    bias = torch.zeros(6)
    held = {
        "wrapped": {
            "l.0.module.bias": bias,
            "l.0.module.weight_u": u,
            "l.0.module.weight_v": v,
            "l.0.module.weight_bar": weight,
        },
        "counted": {"l.0.weight": weight, "l.0.bias": bias, "l.0.u0": u[None], "l.0.sv0": torch.ones(1)},
        "kept": {"l.0.weight": weight, "l.0.bias": bias, "l.0.sn_u": u[None], "l.0.sn_sigma": sigma[None]},
    }[spelling]
    found, _said = composed(held)
    assert set(found) == {"l.0.weight", "l.0.bias"}
    assert torch.allclose(found["l.0.weight"], weight / sigma, atol=1e-6)


def test_plain_weights_stay_as_they_are() -> None:
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
    found, said = composed(net.state_dict())
    assert list(found) == list(net.state_dict())
    assert said == ()
    assert not any(parametrize.is_parametrized(layer) for layer in net)
