"""``rules diff``: the rows that edited rules add, lose and change over a corpus."""

from __future__ import annotations

import html
import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.authoring.bench import Bench, articles, open_bench
from pipeline.config import UsageError
from pipeline.output.rows import rows
from pipeline.words import RULES

__all__ = ["Change", "Difference", "base_rules", "difference", "page", "printed"]

TABLES = ("claims", "institutions", "dates")
IGNORED = {
    "claim_id",
    "mention_id",
    "date_id",
    "entity_id",
    "attribution_id",
    "parent_id",
    "report_link",
    "doc_id",
    "stage",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One row: ``kind`` added, lost or changed; ``fields``: column → (before, after)."""

    kind: str
    table: str
    row: Mapping[str, Any]
    fields: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class Difference:
    """All changes over a corpus; ``same`` counts rows that stayed."""

    changes: list[Change] = field(default_factory=list)
    same: int = 0
    articles: int = 0

    def count(self, kind: str) -> int:
        return sum(change.kind == kind for change in self.changes)


def difference(before: Bench, after: Bench, corpus: Sequence[Path]) -> Difference:
    """Run both sets of rules over the corpus; rows are the same row when table, source, start and end are."""
    out = Difference()
    for source in articles(corpus):
        out.articles += 1
        old, new = rows(*before.find(source)), rows(*after.find(source))
        for table in TABLES:
            compare(table, old[table], new[table], out)
    return out


def compare(table: str, old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]], out: Difference) -> None:
    """Add what became of the rows of one table: lost, added, changed, the same. A row is known by its place."""

    def keyed(all_rows: Sequence[Mapping[str, Any]]) -> dict[tuple[int, int], Mapping[str, Any]]:
        return {(row["start"], row["end"]): row for row in all_rows}

    was, now = keyed(old), keyed(new)
    for key in sorted({*was, *now}):
        if key not in now:
            out.changes.append(Change("lost", table, was[key]))
        elif key not in was:
            out.changes.append(Change("added", table, now[key]))
        else:
            names = [n for n in now[key] if n not in IGNORED and str(was[key].get(n) or "") != str(now[key][n] or "")]
            if names:
                out.changes.append(
                    Change(
                        "changed",
                        table,
                        now[key],
                        {n: (str(was[key].get(n) or ""), str(now[key][n] or "")) for n in names},
                    )
                )
            else:
                out.same += 1


@contextmanager
def base_rules(base: str, folders: Sequence[Path], ner: str = "none") -> Iterator[Bench]:
    """The rules to compare with: a folder, a git revision of the built-in rules, or, for further folders, the built-in ones alone."""
    if not base and folders:
        yield open_bench(ner=ner)
    elif base and Path(base).is_dir():
        yield open_bench(folders, ner, builtin=Path(base))
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield open_bench(folders, ner, builtin=at_revision(base or "HEAD", Path(folder)))


def at_revision(revision: str, folder: Path) -> Path:
    """The built-in rules as git has them. Raises UsageError when it hasn't."""
    if revision.startswith("-"):
        raise UsageError(f"{revision!a} is no revision")
    try:
        ran = subprocess.run(
            ["git", "-C", str(RULES), "archive", "--format=tar", revision, "."],
            capture_output=True,
            check=False,
        )
    except OSError as problem:
        raise UsageError(
            f"--base {revision}: git can't be run ({problem.strerror}): name a folder of rules instead"
        ) from None
    if ran.returncode:
        raise UsageError(
            f"--base {revision}: {ran.stderr.decode(errors='replace').strip()}; name a revision or a folder of rules"
        )
    with tarfile.open(fileobj=io.BytesIO(ran.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


# --- as lines, as a page ----------------------------------------------------------------------


def printed(result: Difference, most: int) -> Iterator[str]:
    """A line a row, changed fields below it."""
    yield f"{result.count('added')} added, {result.count('lost')} lost, {result.count('changed')} changed, {result.same} the same, in {result.articles} articles"
    signs = {"added": "+", "lost": "-", "changed": "~"}
    for change in result.changes[:most]:
        yield f"{signs[change.kind]} {title(change)}"
        yield from (f"    {name}: {before!r} -> {after!r}" for name, (before, after) in change.fields.items())
    if len(result.changes) > most:
        yield f"... and {len(result.changes) - most} more (--limit 0 shows all, --html FILE writes a page)"


def title(change: Change) -> str:
    """A changed row in a line: its text and the fields a reader looks at."""
    row = change.row
    said = [
        f"{name} {row[name]}"
        for name in ("value", "unit", "subject", "trend", "canonical", "itype")
        if row.get(name) not in ("", None)
    ]
    return f"{change.table} {row['source']}:{row['line']} {row['start']} '{row['text']}' by {row['rule']}: {', '.join(said)}"


def page(result: Difference) -> str:
    """The same as a small HTML page, without scripts."""
    parts = [
        "<!doctype html><meta charset=utf-8><title>rules diff</title>",
        "<style>body{font:15px/1.5 sans-serif;max-width:70em;margin:2em auto;padding:0 1em}table{border-collapse:collapse;width:100%}",
        "td,th{border-bottom:1px solid #ddd;padding:.3em .5em;text-align:left;vertical-align:top}mark{background:#fe8}",
        ".added{background:#efe}.lost{background:#fee}.changed{background:#ffd}</style>",
        f"<h1>{result.count('added')} added, {result.count('lost')} lost, {result.count('changed')} changed</h1>",
        f"<p>{result.same} rows the same, {result.articles} articles.</p><table><tr><th>what<th>table<th>where<th>sentence<th>fields",
    ]
    for change in result.changes:
        row = change.row
        sentence = html.escape(str(row["sentence"])).replace(
            html.escape(row["text"]), f"<mark>{html.escape(row['text'])}</mark>", 1
        )
        names = change.fields or {
            n: ("", str(row[n]))
            for n in ("value", "unit", "subject", "trend", "canonical", "value")
            if row.get(n) not in ("", None)
        }
        said = "<br>".join(f"{html.escape(n)}: <s>{html.escape(a)}</s> {html.escape(b)}" for n, (a, b) in names.items())
        where = html.escape(f"{row['source']}:{row['line']}")
        parts.append(
            f"<tr class={change.kind}><td>{change.kind}<td>{change.table}<td>{where}<br>{html.escape(row['rule'])}<td>{sentence}<td>{said}"
        )
    return "\n".join([*parts, "</table>\n"])
