"""``zhclaims compare OUT…``: the agreements of several runs, read back from their tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.output import tables
from pipeline.output.agreements import agreements
from pipeline.output.folder import FolderError, read_run
from pipeline.output.scopes import with_scopes
from pipeline.stages.convert import simplify

__all__ = ["compare", "lines", "table_of"]


def compare(outs: Sequence[Path]) -> list[dict[str, str]]:
    """Rows of agreements.csv over the claims of all the folders; documents are named by their source.

    Raises `FolderError` for a folder that no finished run wrote.
    """
    claims: list[Mapping[str, Any]] = []
    published: dict[str, str] = {}
    names: dict[str, str] = {}
    for out in outs:
        documents, institutions, stated = (table_of(out, name) for name in ("documents", "institutions", "claims"))
        for document in documents:
            if not document["duplicate_of"]:
                published[document["source"]] = document["published"]
        names |= {simplify(row["text"]): row["canonical"] for row in institutions}
        own, about, named = (
            [{**row, "doc_id": row["source"]} for row in rows if row["source"] in published]
            for rows in (stated, documents, institutions)
        )
        claims += with_scopes(own, about, named, simplify)
    return agreements(claims, published, names, simplify)


def table_of(out: Path, name: str) -> list[dict[str, str]]:
    """The rows of a table of a finished run. Raises `FolderError`."""
    run = read_run(out)
    if run is None:
        raise FolderError(f"{out}: no run wrote this folder; make one with: zhclaims run INPUT -o {out}")
    try:
        return tables.read_csv(out / f"{name}.csv", plain=run.get("csv") == "plain")
    except FileNotFoundError:
        raise FolderError(f"{out}: has no {name}.csv: the run did not finish, or it was removed; run again") from None


def lines(rows: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """What to print: a line a group, its documents below it."""
    found = list(rows)
    for row in found:
        time = f", {row['time_value']}" if row["time_value"] else ""
        yield f"{row['verdict']:7} {row['subject']} ({row['unit'] or 'count'}{time}): {row['values'].replace('|', ' | ')}"
        yield from (f"        {document}" for document in row["documents"].split("|"))
    yield (
        f"{len(found)} groups of claims on the same subject, unit and time."
        if found
        else "No two documents state the same subject, unit and time."
    )
