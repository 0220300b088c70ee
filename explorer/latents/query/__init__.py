"""Asking for samples in words: `smile = 1 and glasses != none`.

    or      smile = yes or "long hair" = yes        not     not (beard = full)
    =  !=   shirt = open; everything else           ~       hair ~ bla (the text is in it)
    <  >    age >= 12.5, and <= and <               in      shirt in (open, crew); not in (...)

Names and values with spaces or signs stand in quotes. A class may be named by its number, from 0. `sample` is the
number of a sample. A subset alone is a condition: `selected and not "group A"`.
"""

from __future__ import annotations

from explorer.latents.query.completing import Completion, completed
from explorer.latents.query.parsing import QueryError, found, quoted
from explorer.latents.query.vocabulary import Vocabulary, vocabulary

__all__ = ["Completion", "QueryError", "Vocabulary", "completed", "found", "quoted", "vocabulary"]
