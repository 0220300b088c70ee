"""`latent-explorer prior`: chosen, fitted, told, and what `decode` draws from then."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from command_models import DIM, written_model, written_pictures

import explorer
from explorer import cli

Captured = pytest.CaptureFixture[str]


def decoded(model: Path, out: Path, *more: str) -> np.ndarray:
    assert cli.main(["decode", str(model), "--seed", "3", "--count", "4", "--out", str(out), *more]) == 0
    return np.load(out)


def test_a_prior_is_fitted_to_a_folder_of_pictures_and_decode_draws_from_it(tmp_path: Path, capsys: Captured) -> None:
    model, pictures = written_model(tmp_path / "one"), written_pictures(tmp_path / "mine", count=20)
    own = decoded(model, tmp_path / "own.npy")
    assert cli.main(["prior", str(model), str(pictures)]) == 0
    assert "Gaussian of full covariance, fitted to 20 pictures of mine" in capsys.readouterr().out
    fitted = decoded(model, tmp_path / "fitted.npy")
    assert np.abs(fitted - own).max() > 1e-3
    again = explorer.open(model, device="cpu")
    np.testing.assert_allclose(fitted, again.decode_float(again.sample(4, seed=3)), atol=1e-6)
    assert cli.main(["prior", str(model), "--kind", "own"]) == 0
    np.testing.assert_array_equal(decoded(model, tmp_path / "again.npy"), own)


def test_a_prior_of_so_many_gaussians_is_fitted_to_latents_and_told(tmp_path: Path, capsys: Captured) -> None:
    model = written_model(tmp_path / "one")
    np.save(tmp_path / "my.npy", np.random.default_rng(0).standard_normal((100, DIM)).astype(np.float32))
    assert cli.main(["prior", str(model), "--latents", str(tmp_path / "my.npy"), "--components", "2"]) == 0
    capsys.readouterr()
    assert cli.main(["prior", str(model)]) == 0
    assert "mixture of 2 Gaussians of full covariance, fitted to 100 latents of my.npy" in capsys.readouterr().out


def test_a_temperature_of_nothing_decodes_the_middle_of_the_prior_alone(tmp_path: Path) -> None:
    model = written_model(tmp_path / "one")
    pictures = decoded(model, tmp_path / "cold.npy", "--temperature", "0")
    middle = explorer.open(model, device="cpu").decode_float(np.zeros((1, DIM), np.float32))
    np.testing.assert_allclose(pictures, np.repeat(middle, 4, axis=0), atol=1e-6)


def test_too_few_pictures_are_told_in_one_line(tmp_path: Path, capsys: Captured) -> None:
    model, pictures = written_model(tmp_path / "one"), written_pictures(tmp_path / "mine", count=3)
    assert cli.main(["prior", str(model), str(pictures)]) == 2
    assert "3 latents are too few" in capsys.readouterr().err
