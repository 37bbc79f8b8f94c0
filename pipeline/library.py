"""What ``pipeline.extract`` does: one text or file → data frames."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.config import Config
from pipeline.document import extract_source, publication_labels, shown
from pipeline.model import Result
from pipeline.output import tables
from pipeline.stages.read import from_text, is_supported, read

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Extracted", "extract"]

LONGEST_PATH = 1024
_SHOWN = {
    "claims": (
        "text",
        "value",
        "value_low",
        "value_high",
        "unit",
        "comparator",
        "subject",
        "trend",
        "time_value",
        "rule",
    ),
    "institutions": ("text", "canonical", "itype", "rule"),
    "dates": ("text", "value", "rule"),
}


@dataclass(frozen=True)
class Extracted:
    """What was found in one document: frames with the columns of the CSVs, every cell text, unknown empty."""

    result: Result

    @property
    def claims(self) -> pd.DataFrame:
        return tables.frame("claims", self.result.claims)

    @property
    def institutions(self) -> pd.DataFrame:
        return tables.frame("institutions", self.result.institutions)

    @property
    def dates(self) -> pd.DataFrame:
        return tables.frame("dates", self.result.dates)

    @property
    def rejected(self) -> pd.DataFrame:
        return tables.frame("rejected", self.result.rejected)

    def __repr__(self) -> str:
        counts = (f"{len(getattr(self.result, name))} {name}" for name in (*_SHOWN, "rejected"))
        return f"<zhclaims: {', '.join(counts)}>"

    def _repr_html_(self) -> str:
        return "".join(_html(name, getattr(self.result, name), columns) for name, columns in _SHOWN.items())


def _html(name: str, rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> str:
    cells = [[html.escape(tables.cell(row.get(c))) for c in columns] for row in rows]
    head = "".join(f"<th>{c}</th>" for c in columns)
    body = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in cells)
    return f"<h4>{name} ({len(rows)})</h4><table><tr>{head}</tr>{body}</table>"


def _names_a_file(text: str) -> bool:
    """Whether a string is the path of an existing file we read: one line with one of our endings."""
    return len(text) < LONGEST_PATH and "\n" not in text and is_supported(Path(text)) and Path(text).is_file()


def extract(
    text_or_path: str | Path,
    published: str | None,
    region: str | None,
    ner: str | None,
    rules: str | Path | None,
) -> Extracted:
    """See ``pipeline.extract``."""
    config = Config(
        rules=(str(rules),) if rules else (),
        ner=ner or "none",
        published=published or "",
        region=region or "",
    )
    if isinstance(text_or_path, Path) or _names_a_file(text_or_path):
        path = Path(text_or_path)
        source = read(path, shown=shown(path), labels=publication_labels())
    else:
        source = from_text(text_or_path, config.published)
    return Extracted(extract_source(source, config))
