"""An installed wheel carries the models and the resources, and starts outside the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this checkout, unpacked as pip would."""
    folder = tmp_path_factory.mktemp("wheel")
    root = Path(__file__).resolve().parent.parent
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=root,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


def run(installed: Path, *arguments: str) -> str:
    """What the installed program says, run in a folder that is no checkout."""
    environment = {**os.environ, "PYTHONPATH": str(installed), "QT_QPA_PLATFORM": "offscreen", "PYTHONSAFEPATH": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=installed.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_is_what_runs(installed: Path) -> None:
    said = run(installed, "-c", "import explorer.places as p; print(p.PACKAGE, p.resources(), p.pretrained())")
    assert all(Path(place).is_relative_to(installed) for place in said.split())


def test_the_bundled_models_come_along(installed: Path) -> None:
    names = sorted(path.parent.name for path in (Path(__file__).parent.parent / "pretrained").glob("*/config.json"))
    assert names
    said = run(installed, "-m", "explorer", "models")
    assert sorted(line.split()[0] for line in said.splitlines()) == names
    assert "64 x 64" in run(installed, "-m", "explorer", "inspect", "toonfaces-vae")


def test_a_bundled_model_decodes(installed: Path, tmp_path: Path) -> None:
    out = tmp_path / "faces.png"
    run(installed, "-m", "explorer", "decode", "toonfaces-vae", "--count", "2", "--out", str(out))
    assert out.stat().st_size > 1000


def test_the_window_of_the_wheel_paints(installed: Path) -> None:
    assert "first paint" in run(installed, "-m", "explorer", "--measure-start")


def test_the_wheel_holds_the_licence_and_no_waste(installed: Path) -> None:
    files = {str(path.relative_to(installed)) for path in installed.rglob("*") if path.is_file()}
    assert any(name.endswith("licenses/LICENSE") for name in files)
    assert "explorer/py.typed" in files
    assert not [name for name in files if name.endswith((".pyc", ".part", ".state")) or name.startswith("tests")]
