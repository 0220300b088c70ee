"""The user's Python file with `build_model(weights)`: asked about, run once, told of by its own lines, kept as data."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from trusted_nets import DECODERS, Attending, Gated, Modulated, Spatial, Whole

from explorer.errors import CheckpointError
from explorer.models.foreign.contents import contents
from explorer.models.foreign.kept import Asking, keep
from explorer.models.foreign.opening import open_foreign
from explorer.models.foreign.trusted import programs, sources, word
from explorer.models.foreign.trusted.seal import TrustWantedError
from explorer.models.foreign.trusted.templates import template

NETS = Path(__file__).with_name("trusted_nets.py").read_text()
BUILD = """
def build_model(weights):
    net = NAME()
    net.load_state_dict(weights)
    return net
"""


def quiet(*_told: object) -> None:
    """No step is told."""


def laid(folder: Path, net: nn.Module, text: str) -> Path:
    """Weights, and a Python file beside them."""
    torch.save(net.eval().state_dict(), folder / "odd.pth")
    (folder / "odd.latent.py").write_text(text)
    return folder / "odd.pth"


def agreed(path: Path) -> Path:
    """The same, let run."""
    programs.agree_to(path)
    return path


def linear() -> nn.Module:
    torch.manual_seed(0)
    return nn.ModuleDict({"odd": nn.Linear(5, 768)})


SHORT = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.odd = nn.Linear(5, 768)

    def forward(self, z):
        return torch.sin(self.odd(z)).reshape(-1, 3, 16, 16)

def build_model(weights):
    net = Net()
    net.load_state_dict(weights)
    return net
"""


@pytest.mark.parametrize("name", ["gated", "spatial"])
def test_a_python_file_builds_what_no_recogniser_knows(name: str, tmp_path: Path) -> None:
    kind, shape = DECODERS[name]
    torch.manual_seed(2)
    net = kind().eval()
    path = laid(
        tmp_path,
        net,
        NETS + f"LATENT_DIM = {shape if len(shape) > 1 else shape[0]}\n" + BUILD.replace("NAME", kind.__name__),
    )
    with pytest.raises(TrustWantedError, match="was not run"):
        open_foreign(path)
    model = open_foreign(agreed(path))
    latents = np.random.default_rng(0).normal(size=(3, model.card.default_space.dim)).astype(np.float32)
    with torch.no_grad():
        theirs = net(torch.from_numpy(latents).reshape(-1, *shape)).permute(0, 2, 3, 1).numpy()
    low, high = model.card.image_range
    assert np.abs(model.decode_float(latents) - np.clip((theirs - low) / (high - low), 0, 1)).max() < 1e-4


def test_latents_range_prior_and_encoder_are_what_the_file_says(tmp_path: Path) -> None:
    said = 'IMAGE_RANGE = (-1.0, 1.0)\nPRIOR = "uniform"\n'
    model = open_foreign(agreed(laid(tmp_path, Whole(), NETS + said + BUILD.replace("NAME", "Whole"))))
    assert model.card.image_range == (-1.0, 1.0)
    assert model.card.default_space.dim == 3
    assert np.abs(model.sample(400, seed=0)).max() <= 1
    assert model.card.encodes
    assert any("odd.latent.py" in fact.text and fact.how == "read" for fact in model.card.facts)
    assert not any(fact.how == "guessed" and "prior" in fact.text for fact in model.card.facts)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SHORT.replace("self.odd(z)", "self.even(z)"), "odd.latent.py, line 11: AttributeError"),
        (SHORT.replace("net = Net()", "net = 1 / 0"), "odd.latent.py, line 14: ZeroDivisionError"),
        (SHORT.replace("return net", "pass"), "returned nothing, not a torch.nn.Module"),
        (SHORT.replace("build_model", "build"), "no function build_model"),
        (SHORT.replace("(weights):", "(weights:"), "line 13: SyntaxError"),
        (SHORT.replace("import torch\n", "import torch\nimport nowhere_at_all\n"), "nowhere_at_all"),
        (SHORT.replace("net = Net()", "raise SystemExit(3)"), "odd.latent.py, line 14: SystemExit"),
        (SHORT + "LATENT_DIM = 'five'\n", "LATENT_DIM cannot be 'five'"),
        (SHORT + "IMAGE_RANGE = (1, 0)\n", "IMAGE_RANGE cannot be"),
        (SHORT + "PRIOR = 'gauss'\n", "PRIOR cannot be"),
        (SHORT + "LATENT_DIM = 6\n", "line 11: RuntimeError"),
        (SHORT.replace("torch.sin(", "torch.cumsum(").replace("(z))", "(z), 1)"), "'CumSum' is not read"),
    ],
)
def test_mistakes_are_told_by_the_line_of_the_users_file(text: str, said: str, tmp_path: Path) -> None:
    path = agreed(laid(tmp_path, linear(), text))
    with pytest.raises(CheckpointError) as told:
        open_foreign(path)
    assert said in told.value.title
    assert told.value.hint


def test_weights_that_do_not_fit_are_told_as_a_table_of_keys(tmp_path: Path) -> None:
    text = SHORT.replace("nn.Linear(5, 768)", "nn.Linear(6, 768)").replace(
        "        super().__init__()\n", ("        super().__init__()\n        self.more = nn.Linear(2, 2)\n")
    )
    net = linear()
    net["left"] = nn.Linear(3, 3)  # type: ignore[operator, index]
    with pytest.raises(CheckpointError, match=r"2 missing .*; 2 not expected .*; 1 another shape") as told:
        open_foreign(agreed(laid(tmp_path, net, text)))
    rows = [" ".join(row.split()) for row in told.value.details]
    assert "missing more.weight" in rows
    assert "not expected left.bias" in rows
    assert "another shape odd.weight: [768, 5] in the file, [768, 6] in the network" in rows


def test_a_payload_does_not_run_before_a_word_nor_after_a_change(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    text = f"from os import mkdir\nmkdir({str(marker)!r})\n{SHORT}"
    path = laid(tmp_path, linear(), text)
    asked = keep(path, step=quiet)
    assert isinstance(asked, Asking)
    assert any("import os" in alarm for alarm in asked.inside.alarms)
    programs.agree_to(path)
    (tmp_path / "odd.latent.py").write_text(f"{text} ")
    with pytest.raises(TrustWantedError):
        open_foreign(path)
    assert not marker.exists()
    open_foreign(agreed(path))  # so this test can fail
    assert marker.exists()


def test_files_beside_it_can_be_imported_when_they_were_agreed_to_as_well(tmp_path: Path) -> None:
    (tmp_path / "nets").mkdir()
    (tmp_path / "nets" / "parts.py").write_text("from .wide import WIDE\nimport torch\nturn = torch.sin\n")
    (tmp_path / "nets" / "wide.py").write_text("WIDE = 768\n")
    text = SHORT.replace("import torch\n", "import torch\nfrom nets.parts import WIDE, turn\n", 1)
    path = laid(tmp_path, linear(), text.replace("768", "WIDE").replace("torch.sin", "turn"))
    files = sources.bundle(tmp_path / "odd.latent.py")
    assert sorted(one.path.name for one in files) == ["odd.latent.py", "parts.py", "wide.py"]
    word.agree({files[0].sha256: "the first alone"})
    with pytest.raises(TrustWantedError):
        open_foreign(path)
    assert open_foreign(agreed(path)).card.default_space.dim == 5
    (tmp_path / "nets" / "wide.py").write_text("WIDE = 768 \n")
    with pytest.raises(TrustWantedError):
        open_foreign(path)
    assert "nets.parts" not in sys.modules


def test_only_what_was_read_is_run(tmp_path: Path) -> None:
    """A file that changes between the question and the run does not come in: its bytes were taken before."""
    path = laid(tmp_path, linear(), SHORT)
    programs.agree_to(path)
    files = programs.program_of(path)
    (tmp_path / "odd.latent.py").write_text("raise RuntimeError")
    from explorer.models.foreign.opening import convert

    assert convert(path, tmp_path / "ours", program=files).card.default_space.dim == 5


@pytest.mark.parametrize("kind", [Gated, Attending, Modulated, Spatial, Whole, nn.TransformerEncoderLayer])
def test_a_template_loads_the_weights_that_it_was_written_for(kind: type[nn.Module], tmp_path: Path) -> None:
    net = kind(8, 2) if kind is nn.TransformerEncoderLayer else kind()
    torch.save(net.state_dict(), tmp_path / "a.pth")
    text = template(contents(tmp_path / "a.pth"))
    names: dict[str, object] = {}
    exec(compile(text, "a.latent.py", "exec"), names)
    built = names["build_model"](net.state_dict())  # type: ignore[operator]
    assert set(built.state_dict()) == set(net.state_dict())
    with pytest.raises(NotImplementedError):
        built(torch.zeros(1, 4))


def test_a_template_that_was_not_filled_in_says_where_to_write(tmp_path: Path) -> None:
    torch.save(linear().state_dict(), tmp_path / "odd.pth")
    (tmp_path / "odd.latent.py").write_text(template(contents(tmp_path / "odd.pth")))
    with pytest.raises(CheckpointError, match=r"odd.latent.py, line \d+: NotImplementedError: write here how z goes"):
        open_foreign(agreed(tmp_path / "odd.pth"))


def ours(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "explorer", *words], capture_output=True, text=True, check=False)


def test_the_command_line_asks_looks_agrees_lists_and_forgets(tmp_path: Path) -> None:
    path, out = laid(tmp_path, linear(), SHORT), tmp_path / "a.npy"
    refused = ours("decode", str(path), "--out", str(out))
    assert refused.returncode == 2
    assert "odd.latent.py" in refused.stderr
    assert "imports" in refused.stderr
    assert "latent-explorer trust" in refused.stderr
    assert ours("trust", str(path)).returncode == 2  # nobody is there to say yes
    assert ours("trust", str(path), "--yes").returncode == 0
    done = ours("decode", str(path), "--out", str(out))
    assert (done.returncode, done.stderr) == (0, "")
    assert np.load(out).shape == (16, 16, 16, 3)
    assert "odd.latent.py" in ours("trust", "--list").stdout
    assert ours("trust", "--forget", "odd.latent.py").returncode == 0
    assert "odd.latent.py" not in ours("trust", "--list").stdout


def test_a_program_that_ends_its_process_or_makes_a_mistake_ends_in_one_line(tmp_path: Path) -> None:
    path, out = laid(tmp_path, linear(), SHORT.replace("net = Net()", "import os; os._exit(7)")), tmp_path / "a.npy"
    ended = ours("decode", str(path), "--out", str(out), "--trust")
    assert ended.returncode == 2
    assert "ended with code 7" in ended.stderr
    (tmp_path / "odd.latent.py").write_text(SHORT.replace("net = Net()", "print('hello'); net = None.more"))
    wrong = ours("decode", str(path), "--out", str(out), "--trust")
    assert wrong.returncode == 2
    assert "line 14: AttributeError" in wrong.stderr
    assert "Traceback" not in wrong.stderr
    assert wrong.stdout == ""


def test_inspect_writes_a_template_and_an_adapter_converts(tmp_path: Path) -> None:
    torch.save(linear().state_dict(), tmp_path / "odd.pth")
    own = tmp_path / "own.py"
    assert ours("inspect", str(tmp_path / "odd.pth"), "--template", str(own)).returncode == 0
    assert "nn.Linear(5, 768)" in own.read_text()
    assert ours("inspect", str(tmp_path / "odd.pth"), "--template", str(own)).returncode == 2  # it is there already
    own.write_text(SHORT)
    words = ("convert", str(tmp_path / "odd.pth"), str(tmp_path / "ours"), "--adapter", str(own))
    assert ours(*words).returncode == 2
    done = ours(*words, "--trust")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "ours" / "config.json").is_file()
