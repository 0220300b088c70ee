"""From the steps of a Keras program to a graph of ours."""

from __future__ import annotations

from collections.abc import Mapping

from explorer.models.foreign.keras_call import Call
from explorer.models.foreign.keras_layers import LAYERS
from explorer.models.foreign.lowering import Broken, Constant, Given, LoweringError, Result, Value, Writer
from explorer.models.foreign.programs import Program, Step


def write_keras(
    writer: Writer, program: Program, constants: Mapping[str, Constant], starts: Mapping[str, Given]
) -> list[Result]:
    """Writes the program, from what it takes; its results, in order, pictures with their channels last."""
    known: dict[str, Result] = {
        name: writer.transpose(start, 0, 3, 1, 2) if isinstance(start, Value) and len(start.shape) == 4 else start
        for name, start in starts.items()
    }
    for step in program.steps:
        takes = [known[name] for name in step.takes]
        broken = next((one for one in takes if isinstance(one, Broken)), None)
        values = [one for one in takes if isinstance(one, Value)]
        known[step.gives[0]] = broken or _made(writer, program, step, values, constants)
    return [_as_keras(writer, known[port.name]) for port in program.outputs]


def _made(
    writer: Writer, program: Program, step: Step, takes: list[Value], constants: Mapping[str, Constant]
) -> Result:
    name, config = str(step.settings["name"]), step.settings["config"]
    if step.name == "Lambda" or ">" in step.name or step.name not in LAYERS:
        kind = step.name.rpartition(">")[2]
        is_code = step.name == "Lambda" or ">" in step.name or step.name.startswith("TFOp")
        why = "is code of its author's, which was not run" if is_code else "is of a kind that is not read"
        return Broken(f"the layer '{name[:40]}' ({kind[:40]}) {why}")
    assert isinstance(config, Mapping)
    try:
        return LAYERS[step.name](
            Call(writer, step.name, takes, config, str(step.settings["key"]), constants, program.version)
        )
    except LoweringError as error:
        return Broken(str(error))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:  # a config of any shape
        return Broken(f"the config of the layer '{name[:40]}' makes no sense ({type(error).__name__})")


def _as_keras(writer: Writer, value: Result) -> Result:
    is_picture = isinstance(value, Value) and len(value.shape) == 4
    return writer.transpose(value, 0, 2, 3, 1) if is_picture and isinstance(value, Value) else value
