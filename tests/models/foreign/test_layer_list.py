"""Layers that keep something on the way and use it later compute what they say, and refuse what cannot be."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from explorer.errors import CheckpointError
from explorer.models.fields import Fields
from explorer.models.foreign.layer_modules import Chain
from explorer.models.foreign.layers import Shape, stacked


def built(layers: list[dict[str, object]], shape: Shape) -> tuple[Chain, Shape]:
    torch.manual_seed(0)
    net, made = stacked(Fields({"layers": layers}, "The layers"), "layers", shape)
    for value in net.parameters():
        torch.nn.init.normal_(value)
    return net.eval(), made


def test_a_class_that_is_kept_changes_a_norm_within_a_branch() -> None:
    table: list[dict[str, object]] = [{"layer": "linear", "out": 3, "bias": 0}]
    inner = [
        {"layer": "norm", "affine": 0},
        {"layer": "modulate", "from": "class", "one": 1, "factor": table, "shift": table},
    ]
    net, made = built(
        [
            {"layer": "keep", "name": "class", "of": [4, 6]},
            {"layer": "narrow", "stop": 4},
            {"layer": "linear", "out": 12},
            {"layer": "fold", "shape": [3, 2, 2]},
            {"layer": "residual", "body": inner, "skip": []},
        ],
        (6,),
    )
    assert made == (3, 2, 2)
    latents = torch.cat([torch.randn(2, 4), torch.eye(2)], 1)
    before: Tensor = net[3](net[2](latents[:, :4]))
    change = net[4].body[1]  # type: ignore[union-attr, index]
    gain, shift = (branch[0].weight.T[:, :, None, None] for branch in (change.factor, change.shift))  # type: ignore[union-attr, index]
    normal = before / (1 + 1e-5) ** 0.5
    assert torch.allclose(net(latents), before + normal * (1 + gain) + shift, atol=1e-5)


def test_ranges_are_kept_one_behind_the_other() -> None:
    net, made = built(
        [
            {"layer": "keep", "name": "some", "of": [2, 4, 0, 1]},
            {"layer": "narrow", "stop": 3},
            {"layer": "modulate", "from": "some", "shift": []},
        ],
        (5,),
    )
    assert made == (3,)
    assert torch.equal(net(torch.arange(5.0)[None]), torch.tensor([[2.0, 4.0, 2.0]]))


def test_small_features_open_and_close_the_channels_of_large_ones() -> None:
    gate: list[dict[str, object]] = [{"layer": "conv", "out": 4, "kernel": 2, "bias": 0}, {"layer": "sigmoid"}]
    net, made = built(
        [
            {"layer": "keep", "name": "small"},
            {"layer": "upsample", "factor": 2, "mode": "nearest"},
            {"layer": "conv", "out": 8, "kernel": 1},
            {"layer": "glu"},
            {"layer": "modulate", "from": "small", "factor": gate},
        ],
        (3, 2, 2),
    )
    assert made == (4, 4, 4)
    small = torch.randn(2, 3, 2, 2)
    large = torch.nn.functional.glu(net[2](net[1](small)), 1)
    assert torch.allclose(net(small), large * net[4].factor(small), atol=1e-6)  # type: ignore[operator, union-attr]


@pytest.mark.parametrize("pool", [1, 2])
def test_attention_sees_all_places_and_adds_to_them(pool: int) -> None:
    net, made = built([{"layer": "attend", "inner": 2, "values": 3, "pool": pool, "bias": 0}], (6, 4, 4))
    assert made == (6, 4, 4)
    one, picture = net[0], torch.randn(2, 6, 4, 4)
    pooled = torch.nn.MaxPool2d(pool) if pool > 1 else torch.nn.Identity()
    query, key, value = one.query(picture), pooled(one.key(picture)), pooled(one.value(picture))  # type: ignore[operator, union-attr]
    scores = torch.einsum("ncij,nckl->nijkl", query, key).flatten(3).softmax(3)
    seen = torch.einsum("nijp,ncp->ncij", scores, value.flatten(2))
    assert torch.allclose(net(picture), picture + one.gamma * one.out(seen), atol=1e-4)  # type: ignore[operator, union-attr]


def test_what_was_kept_can_be_taken_up_again() -> None:
    layers: list[dict[str, object]] = [{"layer": "keep", "name": "z"}, {"layer": "linear", "out": 5}]
    net, made = built([*layers, {"layer": "recall", "from": "z"}, {"layer": "square"}, {"layer": "rsqrt"}], (3,))
    assert made == (3,)
    assert torch.allclose(net(torch.tensor([[2.0, 4.0, -0.5]])), torch.tensor([[0.5, 0.25, 2.0]]))


def test_a_constant_begins_the_same_for_all() -> None:
    net, made = built(
        [
            {"layer": "keep", "name": "w"},
            {"layer": "constant", "shape": [2, 4, 4]},
            {"layer": "modulate", "from": "w", "shift": []},
        ],
        (2,),
    )
    assert made == (2, 4, 4)
    found = net(torch.eye(2))
    assert torch.allclose(found[0] - found[1], torch.tensor([1.0, -1.0])[:, None, None].expand(2, 4, 4), atol=1e-6)


@pytest.mark.parametrize(
    ("layers", "shape", "said"),
    [
        ([{"layer": "modulate", "from": "nothing"}], (3,), "nothing was kept"),
        ([{"layer": "keep", "name": "z", "of": [2, 1]}], (3,), "no ranges"),
        (
            [
                {"layer": "keep", "name": "z"},
                {"layer": "narrow", "stop": 2},
                {"layer": "modulate", "from": "z", "shift": []},
            ],
            (3,),
            "cannot change",
        ),
        ([{"layer": "glu"}], (3,), "no halves"),
        ([{"layer": "attend", "inner": 1, "pool": 2}], (4, 3, 3), "no attention"),
    ],
)
def test_what_cannot_be_is_refused(layers: list[dict[str, object]], shape: Shape, said: str) -> None:
    with pytest.raises(CheckpointError, match=said):
        built(layers, shape)
