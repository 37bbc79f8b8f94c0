"""``rules stats``: what each rule did in a run, which rules it met at the same places, and what it costs."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.authoring.bench import Bench, articles
from pipeline.authoring.places import base_of
from pipeline.explaining.explain import Workbench
from pipeline.output.comparison import table_of

__all__ = ["Stats", "printed", "stats"]


@dataclass(slots=True)
class Stats:
    """``rules``: rows of rules.csv with conflicts and, when timed, µs for every 1,000 characters; ``overlaps``: pairs."""

    rules: list[dict[str, Any]] = field(default_factory=list)
    overlaps: list[tuple[str, str, int]] = field(default_factory=list)  # loser, winner, how often

    def as_json(self) -> dict[str, Any]:
        return {
            "rules": self.rules,
            "overlaps": [{"loser": a, "winner": b, "times": n} for a, b, n in self.overlaps],
        }


def stats(out: Path, bench: Bench | None = None) -> Stats:
    """The statistics of an output folder; with a bench, its articles are read again and every rule is timed."""
    lost: Counter[tuple[str, str]] = Counter()
    for row in table_of(out, "rejected"):
        if row["winner"]:
            lost[row["rule"], row["winner"]] += 1
    shared: Counter[tuple[str, str]] = Counter()
    for row in table_of(out, "claims"):
        fields = sorted({part.partition("=")[2] for part in row.get("because", "").split("|")} - {""})
        shared.update((a, b) for i, a in enumerate(fields) for b in fields[i + 1 :])
    seconds = timed(bench, out) if bench else {}
    result = Stats()
    for row in table_of(out, "rules"):
        name = row["rule"]
        numbers = {key: int(row[key] or 0) for key in ("hits", "kept", "suppressed", "documents", "timeouts")}
        beaten = sum(n for (loser, _), n in lost.items() if loser == name)
        won = sum(n for (_, winner), n in lost.items() if winner == name)
        together = sum(n for pair, n in shared.items() if name in pair)
        result.rules.append(
            {
                "rule": name,
                **numbers,
                "beaten": beaten,
                "won": won,
                "together": together,
                **({"us_per_1000": seconds[name]} if name in seconds else {}),
            }
        )
    result.rules.sort(key=lambda row: (-row["hits"], row["rule"]))
    result.overlaps = [(a, b, n) for (a, b), n in lost.most_common()]
    return result


def timed(bench: Bench, out: Path) -> dict[str, int]:
    """Microseconds that every rule's search takes for 1,000 characters of the run's articles."""
    spent: Counter[str] = Counter()
    characters = 0
    sources = sorted({row["source"] for row in table_of(out, "documents") if row["status"] in ("ok", "partial")})
    for source in articles([base_of(out) / name for name in sources]):
        article, found = bench.find(source)
        table = Workbench(article, found, bench.rules)
        characters += len(article.text)
        for rule in bench.rules.rules:
            symbols = table.symbols(rule)[0]
            started = time.perf_counter()
            for _ in rule.search.finditer(symbols.text, timeout=5):
                pass
            spent[rule.id] += int((time.perf_counter() - started) * 1e9)
    return {rule: round(spent[rule] / max(characters, 1)) for rule in spent}


def printed(result: Stats, most: int) -> Iterator[str]:
    """A table of the rules, then the pairs that met most often."""
    columns = list(result.rules[0]) if result.rules else []
    yield "\t".join(columns)
    shown = [row for row in result.rules if row["hits"]]
    yield from ("\t".join(str(row.get(column, "")) for column in columns) for row in shown[:most])
    if len(shown) > most:
        yield f"... and {len(shown) - most} more rules (--limit 0 shows all)"
    silent = [row["rule"] for row in result.rules if not row["hits"]]
    yield f"{len(silent)} rules found nothing" + (f": {', '.join(silent[:most])}" if silent else "")
    if result.overlaps:
        yield "overlaps (loser, winner, times):"
        yield from (f"{loser}\t{winner}\t{times}" for loser, winner, times in result.overlaps[:most])
