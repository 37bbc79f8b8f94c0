"""``rules gaps``: numbers without a subject and names without a rule, by what stands beside them, most frequent first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.authoring.bench import articles
from pipeline.authoring.places import base_of
from pipeline.authoring.tokens import beside
from pipeline.model import Source
from pipeline.output.comparison import table_of
from pipeline.stages.convert import simplify
from pipeline.stages.segment import segment

__all__ = ["Gap", "gaps", "printed"]

NO_UNIT = "no unit"  # the reason that rules/rejects.yaml gives
NAME_TAIL = 2  # characters at the end of a name that say what kind of body it is


@dataclass(slots=True)
class Gap:
    """A context pattern, and where it occurs: (table, line of the table, sentence)."""

    kind: str
    pattern: str
    places: list[tuple[str, int, str]] = field(default_factory=list)


def gaps(out: Path) -> list[Gap]:
    """The gaps of an output folder, the most frequent first."""
    found: dict[tuple[str, str], Gap] = {}
    for kind, pattern, place in [*numbers(out), *bare(out), *names(out)]:
        found.setdefault((kind, pattern), Gap(kind, pattern)).places.append(place)
    return sorted(found.values(), key=lambda gap: (-len(gap.places), gap.kind, gap.pattern))


def numbers(out: Path) -> Iterator[tuple[str, str, tuple[str, int, str]]]:
    """Numbers that no frame gave a subject: the word before, the kind, the word behind."""
    for line, row in enumerate(table_of(out, "claims"), 2):
        given = {part.partition("=")[0] for part in row.get("because", "").split("|")}
        if "subject" in given or row.get("subject"):
            continue
        sentence, at = row["sentence"], row["sentence"].find(row["text"])
        if at < 0:
            continue
        left, right = beside(segment, simplify(sentence), at, at + len(row["text"]))
        yield (
            "number",
            f"{left}{{{row['kind']}}}{right}",
            ("claims.csv", line, around(sentence, at, at + len(row["text"]))),
        )


def bare(out: Path) -> Iterator[tuple[str, str, tuple[str, int, str]]]:
    """Numbers without a unit that nothing else wanted, from rejected.csv: it names places, the files have the words."""
    texts: dict[str, Source | None] = {}
    for line, row in enumerate(table_of(out, "rejected"), 2):
        if row["winner"] or row["reason"] != NO_UNIT:
            continue
        if row["source"] not in texts:
            texts[row["source"]] = next(articles([base_of(out) / row["source"]]), None)
        source = texts[row["source"]]
        if source is None:
            continue
        start, end = int(row["start"]), int(row["end"])
        if source.alignment is not None:
            start, end = source.alignment.to_text(start, end)
        window = source.text[max(0, start - 40) : end + 40]
        at = start - max(0, start - 40)
        left, right = beside(segment, simplify(window), at, at + end - start)
        place = ("rejected.csv", line, around(window, at, at + end - start))
        yield "no claim", f"{left}{{number}}{right}", place


def names(out: Path) -> Iterator[tuple[str, str, tuple[str, int, str]]]:
    """Names that only the model found: by their last characters."""
    for line, row in enumerate(table_of(out, "institutions"), 2):
        if any(rule.startswith("institution.") for rule in row["rule"].split("+")):
            continue
        at = row["sentence"].find(row["text"])
        yield (
            "name",
            f"...{simplify(row['text'])[-NAME_TAIL:]}",
            ("institutions.csv", line, around(row["sentence"], max(at, 0), max(at, 0) + len(row["text"]))),
        )


def around(sentence: str, start: int, end: int, width: int = 16) -> str:
    """A place marked in its sentence, on one line."""
    return f"{sentence[max(0, start - width) : start]}⟦{sentence[start:end]}⟧{sentence[end : end + width]}".replace(
        "\n", " "
    ).replace("\r", " ")


def printed(found: Sequence[Gap], out: Path, most: int, examples: int = 2) -> Iterator[str]:
    """The gaps with examples and the command that begins a rule for each."""
    total = sum(len(gap.places) for gap in found)
    yield f"{total} gaps in {len(found)} patterns"
    for gap in found[:most]:
        yield f"{len(gap.places):>5}  {gap.kind}  {gap.pattern}"
        yield from (f"       {table}:{line}  {text}" for table, line, text in gap.places[:examples])
        table, line, _ = gap.places[0]
        yield f"       zhclaims rules new --from {(out / table).as_posix()}:{line}"
    if len(found) > most:
        yield f"       ... and {len(found) - most} more patterns (--limit 0 shows all)"
