"""Samples of the user's own: files of latents, tables of labels, folders of pictures. Reading never runs code."""

from __future__ import annotations

from explorer.models.bringing.brought import ENDINGS, beside, read_samples_of
from explorer.models.bringing.folders import ERROR, FOR_MANY, encoded_folder, has_pictures

__all__ = ["ENDINGS", "ERROR", "FOR_MANY", "beside", "encoded_folder", "has_pictures", "read_samples_of"]
