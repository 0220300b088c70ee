"""The table of figures: every benchmark is there, and gives what its goals ask for."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

import pytest

from explorer.commands import bench
from explorer.commands.bench import GOALS, Goal


def test_every_goal_has_its_benchmark(checkout: Path) -> None:
    assert [name for name in GOALS if not (checkout / "benchmarks" / f"{name}.py").is_file()] == []


@pytest.mark.parametrize(("at_least", "value", "reached"), [(False, 2, True), (False, 4, False), (True, 4, True)])
def test_a_goal_knows_when_it_is_reached(at_least: bool, value: float, reached: bool) -> None:
    assert Goal("what", "measure", "key", 3, at_least=at_least).is_reached(value) is reached


def test_a_missed_goal_ends_with_code_one(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def figures(_script: Path) -> Mapping[str, object]:
        return {"ratio": 99.0}

    monkeypatch.setattr(bench, "figures_of", figures)
    assert bench.run(argparse.Namespace(only="map", markdown=True)) == 1
    said = capsys.readouterr().out
    assert "| missed |" in said
    assert "cores" in said


def test_a_benchmark_that_prints_nothing_is_a_defect(tmp_path: Path) -> None:
    script = tmp_path / "silent.py"
    script.write_text("raise SystemExit('no figures today')")
    with pytest.raises(RuntimeError, match="no figures today"):
        bench.figures_of(script)
