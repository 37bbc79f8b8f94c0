"""Documents → their rows. `process_all` is what an engine runs: it never raises, and what it returns is small.

What goes wrong with a file is the error of its row in documents.csv; the run goes on.
"""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import os
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from pipeline.config import Config, ConfigError, rule_folders, rules_dir
from pipeline.engines.ahead import ahead
from pipeline.model import Article, Found, Reject, Result, Source
from pipeline.output.rows import rows
from pipeline.rulekit.later import keep
from pipeline.rulekit.ruletests import Failure, run_tests
from pipeline.rules import RuleSet, loaded
from pipeline.stages import build
from pipeline.stages.article import make_article
from pipeline.stages.convert import simplify, to_traditional
from pipeline.stages.ner import Names
from pipeline.stages.read import ReadError, dateline_labels, from_text, read

__all__ = [
    "Machine",
    "chosen_rules",
    "doc_id",
    "extract_source",
    "failed",
    "find",
    "load_rules",
    "machine",
    "process",
    "process_all",
    "rule_failures",
    "shown",
]

TIMEOUT = "timeout"  # the reason a stage gives when a rule ran out of its time budget
WARM_UP = 1_000  # code points
GROUP = 20_000  # code points of text that the model reads together
LONG = 200_000  # code points of a document that the model doesn't read ahead: it would forget the beginning
SKIPPED = {"unsupported", "readme"}  # error codes that are no failure


def process(path: Path, config: Config, named: frozenset[Path] = frozenset()) -> Result:
    """The rows of one file, see `process_all`."""
    (result,) = process_all([path], config, named)
    return result


def process_all(
    paths: Sequence[Path], config: Config, named: frozenset[Path] = frozenset(), beside: bool = False
) -> Iterator[Result]:
    """The rows of each file, in order; a file that can't be read or breaks a stage is a ``Result`` that says so.

    ``named`` are the paths the user gave: a README among them is an article, one met in a folder is not. The model
    reads the sentences of several documents together; ``beside`` lets it do so in a thread, while the rules work on
    those before (for one process that has two cores to itself). Nothing of that changes a row. Raises, before the
    first file, what loading rules and model raises.
    """
    works = machine(config.rules, config.only, config.drop, config.ner)

    def prepare(group: Sequence[_Opened]) -> None:
        started = time.perf_counter()
        works.prepare([one.article for one in group if one.article])
        group[0].laps["ahead"] = time.perf_counter() - started

    groups = _groups(_open(path, config, named) for path in paths)
    for group in ahead(groups, prepare) if beside else _each_after(groups, prepare):
        for one in group:
            yield one.failure or _finish(one, config)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file that was read, or what is said of one that can't be; ``laps`` are the times taken so far."""

    path: Path
    article: Article | None = None
    failure: Result | None = None
    laps: dict[str, float] = field(default_factory=dict)


def _open(path: Path, config: Config, named: frozenset[Path]) -> _Opened:
    name, clock = shown(path), _Clock()
    try:
        if path.stem.lower() == "readme" and path not in named:
            raise ReadError("readme", f"{name}: describes its folder; to read it as an article, name it itself")
        source = read(path, shown=name, encoding=config.encoding, labels=publication_labels())
        source = replace(source, doc_id=doc_id(name), published=source.published or config.published)
        clock.lap("read")
        article = make_article(source, region=config.region or None)
        clock.lap("article")
        return _Opened(path, article, laps=clock.laps)
    except ReadError as error:
        return _Opened(path, failure=failed(path, error.code, error.message))
    except Exception as error:
        return _Opened(path, failure=_broken(path, error))


def _finish(opened: _Opened, config: Config) -> Result:
    assert opened.article is not None
    try:
        return _extracted(opened.article, config, _Clock(opened.laps))
    except Exception as error:
        return _broken(opened.path, error)


def _broken(path: Path, error: Exception) -> Result:
    """The result of a file on which a stage failed, with the traceback for run.json."""
    what = f"{type(error).__name__}: {error}".strip(": ")
    result = failed(
        path, "internal", f"{shown(path)}: a mistake of zhclaims, please report it with what run.json says: {what}"
    )
    return replace(result, errors=traceback.format_exception(error))


def _groups(files: Iterable[_Opened]) -> Iterator[list[_Opened]]:
    """The first file alone, since nothing can be done meanwhile; then ever more together, as fill the model's batches."""
    group: list[_Opened] = []
    full = size = 0
    for one in files:
        group.append(one)
        size += len(one.article.text) if one.article else 0
        if size >= full:
            yield group
            group, size, full = [], 0, min(GROUP, max(2 * full, GROUP // 8))
    if group:
        yield group


def _each_after(groups: Iterable[list[_Opened]], prepare: Callable[[list[_Opened]], None]) -> Iterator[list[_Opened]]:
    for group in groups:
        with contextlib.suppress(Exception):  # a stage meets it again, and then it is that document's error
            prepare(group)
        yield group


@cache
def publication_labels() -> frozenset[str]:
    """The words that stand before a date of publication in plain text."""
    return dateline_labels(rules_dir() / "words" / "dateline.csv")


def failed(path: Path, code: str, error: str) -> Result:
    """The result of a file that gave no rows, with what can still be said about it."""
    name = shown(path)
    status = "skipped" if code in SKIPPED else "failed"
    row = {"doc_id": doc_id(name), "source": name, "status": status, "error_code": code, "error": error}
    return Result(document=row | _identity(path))


def extract_source(source: Source, config: Config) -> Result:
    """The rows of a document that has been read. Raises what a stage raises."""
    clock = _Clock()
    article = make_article(source, region=config.region or None)
    clock.lap("article")
    return _extracted(article, config, clock)


def _extracted(article: Article, config: Config, clock: _Clock) -> Result:
    found = machine(config.rules, config.only, config.drop, config.ner).find(article, clock.lap)
    timeouts = [m.rule for m in found.of(Reject) if m.reason == TIMEOUT]
    written = rows(article, found)
    written["rejected"] = [row for row in written["rejected"] if row["reason"] != TIMEOUT]
    clock.lap("rows")
    return Result(
        document=_described(article, written, timeouts),
        claims=written["claims"],
        institutions=written["institutions"],
        dates=written["dates"],
        rejected=written["rejected"],
        rule_counts=_rule_counts(written, timeouts),
        seconds=clock.laps,
    )


def find(source: Source, config: Config, lap: Callable[[str], None] = lambda name: None) -> tuple[Article, Found]:
    """Everything the stages find in a document, in text offsets; ``lap`` hears when each has finished."""
    article = make_article(source, region=config.region or None)
    lap("article")
    return article, machine(config.rules, config.only, config.drop, config.ner).find(article, lap)


@dataclass(frozen=True, slots=True)
class Machine:
    """What extraction needs besides the article: the rules and the stages made from them."""

    rules: RuleSet
    stages: tuple[tuple[str, Callable[[Article, Found], Any]], ...]

    def find(self, article: Article, lap: Callable[[str], None] = lambda name: None) -> Found:
        """What all stages find; each sees what those before it found."""
        found = Found()
        for name, stage in self.stages:
            more = stage(article, found)
            found = more if isinstance(more, Found) else found.plus(more)
            lap(name)
        return found

    def prepare(self, articles: Sequence[Article]) -> None:
        """Work on articles to come that is cheaper done together: the model's. Very long ones wait for their turn."""
        for _, stage in self.stages:
            if isinstance(stage, Names):
                stage.prepare([article for article in articles if len(article.text) <= LONG])


@lru_cache(maxsize=4)
def machine(rules: tuple[str, ...], only: tuple[str, ...], drop: tuple[str, ...], ner: str) -> Machine:
    """Load rules and models once a process. Raises RuleErrors, or what loading the model raises."""
    loaded = chosen_rules(rules, only, drop)
    works = Machine(loaded, build(loaded, ner))
    # Dictionaries and models load on first use: sentences of the rules' own tests take that time here, so that
    # it is not taken from the time budget of whichever rule comes first.
    sample = "\n".join(test.text for rule in load_rules(rules).rules for test in rule.tests[:1])
    works.find(make_article(from_text(sample[:WARM_UP])))
    keep()
    return works


def chosen_rules(rules: tuple[str, ...], only: tuple[str, ...], drop: tuple[str, ...]) -> RuleSet:
    """The rules of a configuration. Raises RuleErrors, or ConfigError for a name that no rule has."""
    everything = load_rules(rules)
    for name in (*only, *drop):
        _check_named(name, everything)
    return everything.only(only, drop)


def _check_named(name: str, rules: RuleSet) -> None:
    """A misspelt rule would leave all or none of the rules, silently."""
    if not rules.only([name]).rules:
        near = difflib.get_close_matches(name, [rule.id for rule in rules.rules], 1)
        hint = f"; did you mean {near[0]}?" if near else "; `zhclaims rules list` lists them"
        raise ConfigError(f"no rule is called {name!a}{hint}")


def load_rules(more: Sequence[str] = ()) -> RuleSet:
    """The built-in rules and those of further folders. Raises RuleErrors with all that is wrong."""
    return loaded(rule_folders(more), simplify)


def rule_failures(more: Sequence[str] = ()) -> Iterator[Failure]:
    """What fails of the tests that the rules carry, without a model; every rule takes part in each test."""
    config = Config(rules=tuple(more), ner="none")

    def extract(text: str) -> tuple[Article, Found]:
        return find(from_text(text), config)

    return run_tests(load_rules(more).rules, extract, to_traditional, simplify)


class _Clock:
    """Wall time of each step since the one before; ``laps`` are those measured earlier."""

    def __init__(self, laps: dict[str, float] | None = None) -> None:
        self.laps: dict[str, float] = {} if laps is None else laps
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = self.laps.get(name, 0.0) + now - self._last
        self._last = now


def _described(article: Article, written: dict[str, list[dict[str, Any]]], timeouts: Sequence[str]) -> dict[str, Any]:
    """The documents.csv row of a document that was read."""
    source = article.source
    copied = (
        *("doc_id", "sha256", "bytes", "media_type", "encoding", "encoding_source", "encoding_confidence"),
        *("title", "author", "publisher", "published", "url"),
    )
    row = {name: getattr(source, name) for name in copied}
    row |= {name: len(written[name]) for name in ("claims", "institutions", "dates")}
    row |= {"source": source.path, "chars": len(source.original), "script": article.script}
    row |= {"converted": article.converted, "region": article.region, "status": "ok"}
    if timeouts:
        named = ", ".join(sorted(set(timeouts)))
        row |= {"status": "partial", "error_code": "rule_timeout"}
        row["error"] = (
            f"{source.path}: ran out of time: {named}; other rules went on. Simplify the rule: `zhclaims rules check` shows where"
        )
    return row


def _rule_counts(written: dict[str, list[dict[str, Any]]], timeouts: Sequence[str]) -> dict[str, dict[str, int]]:
    kept = Counter(
        rule for name in ("claims", "institutions", "dates") for row in written[name] for rule in _rules_of(row)
    )
    lost = Counter(row["rule"] for row in written["rejected"] if row["rule"])
    late = Counter(timeouts)
    return {
        rule: {
            "hits": kept[rule] + lost[rule],
            "kept": kept[rule],
            "suppressed": lost[rule],
            "timeouts": late[rule],
        }
        for rule in sorted({*kept, *lost, *late})
    }


def _rules_of(row: dict[str, Any]) -> set[str]:
    """Every rule that gave the row something: the ones that found it and the ones that filled its fields."""
    fields = {part.partition("=")[2] for part in row.get("because", "").split("|")}
    return ({*row["rule"].split("+")} | fields) - {""}


def doc_id(name: str) -> str:
    """A short id made of the shown path: the letter in front keeps spreadsheets from reading a number.

    >>> doc_id("corpus/a.txt") == doc_id("corpus/a.txt") != doc_id("corpus/b.txt")
    True
    """
    return "d" + hashlib.sha256(name.encode("utf-8", "backslashreplace")).hexdigest()[:10]


def shown(path: Path) -> str:
    """The path as the tables print it: forward slashes, bytes that are no UTF-8 as ``\\xNN``."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


def _identity(path: Path) -> dict[str, Any]:
    """Size and hash of a file that could not be used, as far as it is a plain file that opens."""
    try:
        if not path.is_file():
            return {}
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return {"bytes": path.stat().st_size, "sha256": digest}
    except (OSError, ValueError):
        return {}
