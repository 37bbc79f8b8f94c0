"""``rules watch``: on every save of a rule file its errors, its tests, and what it finds in a sample."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pipeline.authoring.bench import articles, open_bench
from pipeline.authoring.check import check
from pipeline.authoring.try_rule import printed, try_rules
from pipeline.config import ConfigError
from pipeline.stages.read import from_text

__all__ = ["look", "watch"]

PAUSE = 0.3  # seconds between two looks at the file


def look(file: Path, folders: Sequence[Path], corpus: Sequence[Path], text: str, most: int = 5) -> Iterator[str]:
    """One round: what is wrong, or that all is well and what the rules find."""
    result = check([file], folders)
    for problem in (*result.errors, *result.failures):
        yield str(problem)
    if result.errors:
        yield f"{len(result.errors)} errors"
        return
    yield f"{result.rules} rules, {result.tests} tests, {len(result.failures)} failed ({result.seconds:.1f} s)"
    if not corpus and not text:
        return
    bench = open_bench(folders, files=[file])
    sources = [from_text(text)] if text else articles(corpus)
    yield from printed(list(try_rules(bench, bench.of_file(file), sources)), most)


def watch(
    file: Path,
    folders: Sequence[Path],
    corpus: Sequence[Path],
    text: str,
    show: Callable[[str], None],
    rounds: int = 0,
) -> None:
    """Look now and after every save, ``rounds`` times or until interrupted. Raises ConfigError when there is no such file."""
    if not file.is_file():
        raise ConfigError(f"{file}: there is no such rule file; `zhclaims rules new --to {file}` begins one")
    seen: int | None = None
    done = 0
    while not rounds or done < rounds:
        stamp = file.stat().st_mtime_ns if file.exists() else 0
        if stamp == seen:
            time.sleep(PAUSE)
            continue
        seen = stamp
        done += 1
        show(f"--- {file} {time.strftime('%H:%M:%S')}")
        for line in look(file, folders, corpus, text):
            show(line)
