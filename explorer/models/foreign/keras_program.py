"""The config of a Keras model as a program: every call of a layer is a step, models in models are written out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from explorer.models.foreign.keras_files import Config, is_model, layers_of, models_in, name_of
from explorer.models.foreign.pickles import Damaged
from explorer.models.foreign.programs import Port, Program, Step

MOST_STEPS = 4096
DEEPEST = 16  # models in models
MAKERS, READERS = ("decod", "generator", "netg"), ("encod",)


def programs_of(model: Config, version: int) -> tuple[dict[str, Program], tuple[str, ...]]:
    """The decoder and perhaps the encoder among the models of a file, by name; and layers that are code of others."""
    models = dict(models_in(model))
    decoder = _called(models, MAKERS) or ""
    encoder = _called(models, READERS)
    found = {"decoder": _Writer(models[decoder], decoder, version).program()}
    if decoder and encoder:
        found["encoder"] = _Writer(models[encoder], encoder, version).program()
    foreign = dict.fromkeys(
        f"{one.get('class_name')} '{name_of(one)}'"
        for part in models.values()
        for one in layers_of(part)
        if one.get("class_name") == "Lambda" or _package(one) not in ("", "keras", "tensorflow.keras", "keras_core")
    )
    return found, tuple(foreign)


def _called(models: Mapping[str, Config], words: Sequence[str]) -> str | None:
    return next((place for place in models if place and any(word in place.lower() for word in words)), None)


def _package(layer: Config) -> str:
    module = layer.get("module")
    registered = layer.get("registered_name")
    if isinstance(module, str):
        return module.split(".")[0]
    return "custom" if isinstance(registered, str) and registered.startswith("Custom>") else ""


class _Writer:
    def __init__(self, model: Config, prefix: str, version: int) -> None:
        self.model, self.prefix, self.version = model, prefix, version
        self.steps: list[Step] = []

    def program(self) -> Program:
        """Of the whole model. Raises Damaged."""
        inputs = [Port(f"{self.prefix}{name}", "float32", shape) for name, shape in _inputs(self.model)]
        outputs = self._write(self.model, self.prefix, [port.name for port in inputs], f"{self.prefix}", 0)
        ports = tuple(Port(name, "float32", ()) for name in outputs)
        return Program("Keras", self.version, tuple(inputs), ports, tuple(self.steps))

    def _write(self, model: Config, prefix: str, given: list[str], call: str, depth: int) -> list[str]:
        """The steps of a model that is given values by name; the names of what it makes."""
        if depth > DEEPEST:
            raise Damaged("it is nested too deeply")
        if model.get("class_name") == "Sequential":
            return self._row(model, prefix, given, call, depth)
        config = model["config"]
        known: dict[tuple[str, int, int], str] = {}
        for (name, _node, _place), value in zip(_ends(config.get("input_layers")), given, strict=False):
            known[name, 0, 0] = value
        self._calls(model, prefix, call, depth, known)
        ends = _ends(config.get("output_layers"))
        if not ends or any(end not in known for end in ends):
            raise Damaged("what it makes is missing")
        return [known[end] for end in ends]

    def _row(self, model: Config, prefix: str, given: list[str], call: str, depth: int) -> list[str]:
        values = given
        for layer in layers_of(model):
            if layer.get("class_name") != "InputLayer":
                values = self._layer(layer, prefix, values, f"{call}{name_of(layer)}:0", depth)
        return values

    def _calls(self, model: Config, prefix: str, call: str, depth: int, known: dict[tuple[str, int, int], str]) -> None:
        waiting = [
            (layer, node, takes)
            for layer in layers_of(model)
            for node, takes in enumerate(_nodes(layer.get("inbound_nodes")))
        ]
        while waiting:
            ready = [one for one in waiting if all(end in known for end in one[2])]
            if not ready:
                raise Damaged("its layers wait for each other")
            for layer, node, takes in ready:
                name = name_of(layer)
                made = self._layer(layer, prefix, [known[end] for end in takes], f"{call}{name}:{node}", depth)
                known.update({(name, node, place): value for place, value in enumerate(made)})
            waiting = [one for one in waiting if one not in ready]

    def _layer(self, layer: Config, prefix: str, takes: list[str], call: str, depth: int) -> list[str]:
        if len(self.steps) > MOST_STEPS:
            raise Damaged("it has far too many layers")
        name = name_of(layer)
        if is_model(layer):
            return self._write(layer, f"{prefix}{name}/", takes, f"{call}/", depth + 1)
        config = layer.get("config")
        settings = {"config": config if isinstance(config, Mapping) else {}, "key": f"{prefix}{name}", "name": name}
        package = _package(layer)
        kind = (
            str(layer.get("class_name"))
            if package in ("", "keras", "tensorflow")
            else f"{package}>{layer['class_name']}"
        )
        self.steps.append(Step(kind, "", tuple(takes), (call,), settings))
        return [call]


def _ends(said: Any) -> list[tuple[str, int, int]]:
    """[["z", 0, 0], ...], or ["z", 0, 0] alone, or by name."""
    if isinstance(said, Mapping):
        return _ends(list(said.values()))
    if isinstance(said, list) and said and isinstance(said[0], str):
        said = [said]
    return [(str(one[0]), int(one[1]), int(one[2])) for one in said] if isinstance(said, list) else []


def _nodes(said: Any) -> Iterator[list[tuple[str, int, int]]]:
    """What each call of a layer takes: lists (Keras 2) or tensors in arguments (Keras 3)."""
    for node in said if isinstance(said, list) else ():
        if isinstance(node, Mapping):
            yield list(_tensors(node.get("args")))
        elif node and isinstance(node[0], str):
            yield _ends([node])
        else:
            yield _ends(node)


def _tensors(value: Any) -> Iterator[tuple[str, int, int]]:
    if isinstance(value, Mapping):
        if value.get("class_name") == "__keras_tensor__":
            yield from _ends([value["config"]["keras_history"]])
    elif isinstance(value, list):
        for one in value:
            yield from _tensors(one)


def _inputs(model: Config) -> list[tuple[str, tuple[int | None, ...]]]:
    """What a model takes: names, and shapes with the batch first."""
    layers = layers_of(model)
    if model.get("class_name") != "Sequential":
        names = [end[0] for end in _ends(model["config"].get("input_layers"))]
        layers = [layer for name in names for layer in layers if name_of(layer) == name]
    else:
        names, layers = ["z"], layers[:1]
    shapes = [_taken(layer) for layer in layers]
    if not shapes or any(shape is None for shape in shapes):
        built = model.get("build_config")
        config = model.get("config")
        said = built.get("input_shape") if isinstance(built, Mapping) else None
        said = said or (config.get("build_input_shape") if isinstance(config, Mapping) else None)
        names, shapes = names[:1] or ["z"], [_shape(said)]
    if any(shape is None for shape in shapes):
        raise Damaged("it does not say what its first layer takes")
    return [(name, shape) for name, shape in zip(names, shapes, strict=True) if shape is not None]


def _taken(layer: Config) -> tuple[int | None, ...] | None:
    config = layer.get("config")
    if not isinstance(config, Mapping):
        return None
    if is_model(layer):
        return _inputs(layer)[0][1]
    for name in ("batch_input_shape", "batch_shape"):
        if (shape := _shape(config.get(name))) is not None:
            return shape
    built = layer.get("build_config")
    return _shape(built.get("input_shape")) if isinstance(built, Mapping) else None


def _shape(said: Any) -> tuple[int | None, ...] | None:
    if not isinstance(said, list) or len(said) < 2:
        return None
    return (None, *(side if isinstance(side, int) else None for side in said[1:]))
