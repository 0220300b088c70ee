"""What the README says is true: its ten lines run, its commands exist, and nothing it points at is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from explorer.commands.table import COMMANDS
from explorer.ui.deeds import DEEDS

README = Path(__file__).resolve().parent.parent / "README.md"
TEXT = README.read_text(encoding="utf-8")


def test_the_ten_lines_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
    assert (tmp_path / "walk.gif").stat().st_size > 1000


def test_every_command_in_it_exists_and_every_command_is_in_it() -> None:
    said = set(re.findall(r"^latent-explorer (\w+) ", TEXT, re.MULTILINE))
    assert said == set(COMMANDS)


def test_every_key_of_the_window_is_in_it() -> None:
    table = TEXT.partition("| key | does |")[2].partition("\n\n")[0]
    keys = [deed.keys or deed.key_text for deed in DEEDS]
    assert [key for key in keys if key and key not in table and key != "Ctrl+Q"] == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "benchmarks/README.md"])
def test_what_it_links_to_is_there(name: str) -> None:
    page = README.parent / name
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link and not link.endswith("window.png")]
    assert [link for link in local if not (page.parent / link).exists()] == []
