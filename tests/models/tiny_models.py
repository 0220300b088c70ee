"""A tiny model of every family, with weights at random. Adding a family is one line in TINY."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from explorer.models import flow, gan, vae
from explorer.models.base import Part, Space
from explorer.models.checkpoint import build
from explorer.models.config import Config
from explorer.models.foreign import style, stylegan2, stylegan3
from explorer.models.network import NetworkModel
from explorer.models.word_tables import WordTable, lettered
from explorer.models.word_tables import card as word_card


def tiny_vae() -> NetworkModel:
    hyperparameters = {
        "size": 16,
        "channels": 3,
        "latent_dim": 5,
        "widths": [6, 8],
        "encoder_depth": 1,
        "decoder_depth": 1,
        "patch": 4,
        "tail": 4,
        "hidden": 7,
        "sigma": 0.1,
    }
    return build(Config(vae.new_card("tiny", hyperparameters), hyperparameters))


def tiny_gan() -> NetworkModel:
    hyperparameters = {"latent_dim": 6, "mapping_width": 8, "widths": [8, 6], "depths": [2]}
    return build(Config(gan.new_card("tiny", hyperparameters, (8, 8, 3)), hyperparameters))


def tiny_flow() -> NetworkModel:
    hyperparameters = {"steps": [1, 1, 1], "widths": [6, 6, 8], "margin": 0.01}
    return build(Config(flow.new_card("tiny", (8, 8, 1)), hyperparameters))


def tiny_layers() -> NetworkModel:
    decoder = [{"layer": "linear", "out": 8}, {"layer": "fold", "shape": [2, 2, 2]}, {"layer": "norm"}]
    decoder += [{"layer": "transposed", "out": 3, "kernel": 4, "stride": 2, "padding": 1}, {"layer": "sigmoid"}]
    encoder = [{"layer": "conv", "out": 4, "kernel": 4}, {"layer": "flatten"}, {"layer": "linear", "out": 6}]
    hyperparameters = {"decoder": decoder, "encoder": encoder, "posterior": "interleaved"}
    card = replace(vae.new_card("tiny", {"size": 8, "channels": 3, "latent_dim": 3}), family="layers")
    return build(Config(replace(card, image_shape=(4, 4, 3), likelihood="none"), hyperparameters))


def tiny_graph() -> NetworkModel:
    decoder = [
        {"op": "linear", "in": ["x", "w0", "w1"], "out": "a"},
        {"op": "reshape", "in": ["a"], "out": "b", "shape": [-1, 2, 2, 2]},
        {"op": "transposed", "in": ["b", "w2"], "out": "c", "stride": [2, 2], "dilation": [1, 1], "groups": 1}
        | {"padding": [1, 1, 1, 1], "more": [0, 0]},
        {"op": "sigmoid", "in": ["c"], "out": "d"},
    ]
    encoder = [
        {"op": "reshape", "in": ["x"], "out": "a", "shape": [-1, 48]},
        {"op": "linear", "in": ["a", "w0"], "out": "b"},
    ]
    hyperparameters = {
        "decoder": {"nodes": decoder, "weights": {"w0": [8, 3], "w1": [8], "w2": [2, 3, 4, 4]}},
        "encoder": {"nodes": encoder, "weights": {"w0": [6, 48]}},
        "posterior": "halves",
    }
    card = replace(vae.new_card("tiny", {"size": 8, "channels": 3, "latent_dim": 3}), family="graph")
    model = build(Config(replace(card, image_shape=(4, 4, 3), likelihood="none"), hyperparameters))
    for number, parameter in enumerate(model.net.parameters()):
        torch.nn.init.normal_(parameter, std=0.2, generator=torch.Generator().manual_seed(number))
    return model


def tiny_uva_flow() -> NetworkModel:
    hyperparameters = {"channels": [1, 1, 4, 8], "hidden": [4, 4, 5, 6], "blocks": 1, "leading": 1, "margin": 5e-6}
    return build(Config(replace(flow.new_card("tiny", (8, 8, 1)), family="uva-flow"), hyperparameters))


def tiny_stylegan2() -> NetworkModel:
    hyperparameters = {"z_dim": 5, "classes": 3, "embedding": 4, "mapping": [7, 6], "widths": [8, 6]}
    hyperparameters |= {"layout": "skip", "taps": 4, "clamp": 256.0}
    return style_model("stylegan2", hyperparameters, stylegan2.layer_names(2))


def tiny_stylegan3() -> NetworkModel:
    shape = {"kernel": 3, "up": 2, "down": 2, "up_taps": 4, "down_taps": 4, "radial": 0}
    layers = [{**shape, "out": 6, "size": 10}, {**shape, "out": 4, "size": 8, "radial": 1}]
    layers.append({"out": 3, "size": 8, "kernel": 1, "up": 1, "down": 1, "up_taps": 1, "down_taps": 1, "radial": 0})
    hyperparameters: dict[str, object] = {"z_dim": 5, "classes": 3, "embedding": 4, "mapping": [7, 6], "layers": layers}
    hyperparameters |= {"waves": {"size": 10, "rate": 8, "width": 6}, "bandwidth": 2.0, "clamp": 256.0, "scale": 0.25}
    return style_model("stylegan3", hyperparameters, stylegan3.layer_names([10, 8, 8]))


def style_model(family: str, hyperparameters: dict[str, object], layers: list[str]) -> NetworkModel:
    spaces = style.spaces(5, 3, 6, layers)
    card = replace(gan.new_card("tiny", {"latent_dim": 6}, (8, 8, 3)), family=family, spaces=spaces)
    return build(Config(card, hyperparameters))


def tiny_flow_steps() -> NetworkModel:
    net = [{"layer": "conv", "out": 4, "kernel": 3, "padding": 1}]
    coupling = {"step": "coupling", "kept": 2, "net": net, "form": "affine", "scale": "sigmoid", "offset": 2.0}
    rest = [{"step": "permute"}, {"step": "affine"}, {"step": "mix"}]
    prior = [{"layer": "conv", "out": 4, "kernel": 3, "padding": 1}]
    steps = [{"step": "squeeze"}, coupling, {"step": "scales", "kept": 2, "prior": prior, "steps": rest}]
    hyperparameters = {"steps": steps, "low": 0.05, "high": 0.95, "logits": 1}
    return build(Config(replace(flow.new_card("tiny", (4, 4, 1)), family="flow-steps"), hyperparameters))


def tiny_flow_classes() -> NetworkModel:
    given = {"step": "given", "net": [{"layer": "linear", "out": 32}]}
    hyperparameters = {"steps": [{"step": "squeeze"}, {"step": "mix"}, {"step": "fold", "shape": [16]}]}
    hyperparameters |= {"low": 0.05, "high": 0.95, "logits": 1, "told": [given], "classes": 3}
    card = replace(flow.new_card("tiny", (4, 4, 1)), family="flow-classes")
    parts = (Part("z", 16, "normal"), Part("class", 3, "one-hot"))
    return build(Config(replace(card, spaces=(Space("z", 19, (19,), "", parts),)), hyperparameters))


def tiny_flow_points() -> NetworkModel:
    net = [{"layer": "linear", "out": 6}, {"layer": "relu"}, {"layer": "linear", "out": 2}]
    coupling = {"step": "coupling", "kept": 1, "net": net, "form": "affine", "scale": "exp"}
    hyperparameters = {"steps": [coupling, {"step": "affine"}], "given": 1, "centre": [0.0, 0.0], "reach": 3.0}
    card = replace(vae.new_card("tiny", {"size": 96, "channels": 3, "latent_dim": 3}), family="flow-points")
    return build(Config(replace(card, image_shape=(96, 96, 3), likelihood="none"), hyperparameters))


def tiny_words() -> NetworkModel:
    random = np.random.default_rng(0)
    table = WordTable(tuple("abcdefgh"), random.standard_normal((8, 5)).astype(np.float32))
    arrays = lettered(table)
    hyperparameters = {"words": 8, "dim": 5, "large": arrays["large"].shape[1], "small": arrays["small"].shape[1]}
    model = build(Config(word_card("tiny", table), hyperparameters))
    model.net.load_state_dict({name: torch.from_numpy(np.array(values)) for name, values in arrays.items()})
    return model


def tiny_styled() -> NetworkModel:
    branch = [{"layer": "linear", "out": 4}]
    turn = {"layer": "modulate", "from": "w 1", "one": 1, "factor": branch, "shift": branch}
    layers = [
        {"layer": "constant", "shape": [4, 4, 4]},
        {"layer": "noise"},
        {"layer": "instance_norm"},
        {**turn, "from": "w 0"},
        {"layer": "upsample", "factor": 2, "mode": "nearest"},
        {"layer": "conv", "out": 4, "kernel": 3, "padding": 1},
        {"layer": "leaky", "slope": 0.2},
        turn,
        {"layer": "conv", "out": 3, "kernel": 1},
    ]
    hyperparameters: dict[str, object] = {"z_dim": 5, "classes": 3, "embedding": 4, "mapping": [7, 6]}
    hyperparameters |= {"places": 2, "synthesis": layers}
    model = style_model("styled", hyperparameters, ["4 x 4", "8 x 8"])
    for number, parameter in enumerate(model.net.parameters()):
        torch.nn.init.normal_(parameter, std=0.4, generator=torch.Generator().manual_seed(number))
    return model


TINY: dict[str, Callable[[], NetworkModel]] = {
    "vae": tiny_vae,
    "gan": tiny_gan,
    "flow": tiny_flow,
    "layers": tiny_layers,
    "graph": tiny_graph,
    "uva-flow": tiny_uva_flow,
    "styled": tiny_styled,
    "stylegan2": tiny_stylegan2,
    "stylegan3": tiny_stylegan3,
    "flow-steps": tiny_flow_steps,
    "flow-classes": tiny_flow_classes,
    "flow-points": tiny_flow_points,
    "words": tiny_words,
}


def made(name: str) -> NetworkModel:
    """A tiny model whose weights are at random, everywhere."""
    torch.manual_seed(0)
    model = TINY[name]()
    with torch.no_grad():
        for parameter in model.net.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    model.ready()
    return model
