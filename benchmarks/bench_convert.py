"""Speed of what every document goes through, beside the library that conversion replaces.

Run ``python benchmarks/bench_convert.py [FILE…]`` (default: the corpus). Millions of characters a second of CPU
time, best of five; documents are read one by one, as in a run.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from opencc import OpenCC

from pipeline.model import Source
from pipeline.stages.article import make_article, sentences
from pipeline.stages.convert import convert, simplify
from pipeline.stages.script import script
from pipeline.stages.segment import segmenter

ROUNDS = 5


def speed(work: Callable[[str], object], texts: list[str]) -> float:
    """Millions of characters a second, after a first run that loads tables."""
    best = float("inf")
    for text in texts:
        work(text)
    for _ in range(ROUNDS):
        started = time.process_time()
        for text in texts:
            work(text)
        best = min(best, time.process_time() - started)
    return sum(map(len, texts)) / max(best, 1e-9) / 1e6


def main(paths: list[str]) -> None:
    files = [Path(path) for path in paths] or sorted(Path("corpus").glob("*.txt"))
    texts = [file.read_bytes().decode("utf-8") for file in files]
    for config in ("t2s", "tw2sp", "s2twp"):
        ours, theirs = speed(lambda text, c=config: convert(text, c), texts), speed(OpenCC(config).convert, texts)
        print(f"{config:10} {ours:7.2f}   library {theirs:5.2f}   {ours / theirs:4.0f} x")
    works: dict[str, Callable[[str], object]] = {
        "simplify": simplify,
        "script": script,
        "sentences": sentences,
        "all three": lambda text: (simplify(text), script(text), sentences(text)),
        "article": lambda text: make_article(Source("d", "d", text, text)),
        "jieba": segmenter("jieba"),
        "rjieba": segmenter("rjieba"),
    }
    for name, work in works.items():
        print(f"{name:10} {speed(work, texts):7.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
