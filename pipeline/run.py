"""One document → its rows (`process`); many documents → an output folder (`run`).

`process` never raises: what goes wrong with a file is a row of documents.csv, and the run goes on. Nothing here
depends on how many processes work or which engine runs them.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from pipeline import tables
from pipeline.columns import TABLES
from pipeline.config import Config, rule_folders, rules_hashes, versions
from pipeline.engines import local
from pipeline.folder import hold, write_run
from pipeline.model import Article, Found, Reject, Result, Source
from pipeline.rows import rows
from pipeline.rules import RuleSet, load
from pipeline.ruletests import Failure, run_tests
from pipeline.stages import build
from pipeline.stages.article import make_article
from pipeline.stages.convert import simplify, to_traditional
from pipeline.stages.read import ReadError, discover, from_text, read

__all__ = [
    "Machine",
    "NoInput",
    "Summary",
    "doc_id",
    "extract_source",
    "find",
    "load_rules",
    "machine",
    "process",
    "rule_failures",
    "run",
    "shown",
]

ROW_TABLES = ("claims", "institutions", "dates", "rejected")
TIMEOUT = "timeout"  # the reason a stage gives when a rule ran out of its time budget
SKIPPED = {"unsupported", "readme"}  # error codes that are no failure
SMALL = 400_000  # bytes of input below which starting processes costs more than it saves


class NoInput(Exception):
    """Nothing to read; the message says where was looked."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run found, for the message at its end."""

    out: Path
    counts: dict[str, int]
    statuses: dict[str, int]
    problems: tuple[tuple[str, str], ...]  # error code, error (which names its file)
    seconds: float


# --- one document -------------------------------------------------------------------------------


def process(path: Path, config: Config, named: frozenset[Path] = frozenset()) -> Result:
    """The rows of one file; a file that can't be read or breaks a stage is a ``Result`` that says so.

    ``named`` are the paths the user gave: a README among them is an article, one met in a folder is not.
    """
    name = shown(path)
    document: dict[str, Any] = {"doc_id": doc_id(name), "source": name, "status": "failed"}
    started = time.perf_counter()
    try:
        if path.stem.lower() == "readme" and path not in named:
            raise ReadError(
                "readme",
                f"{name}: describes its folder; name it on the command line to read it as an article",
            )
        source = replace(read(path, shown=name, encoding=config.encoding), doc_id=document["doc_id"])
        seconds = {"read": time.perf_counter() - started}
        result = extract_source(source, config)
        return replace(result, seconds={**seconds, **result.seconds})
    except ReadError as error:
        document |= _identity(path)
        document |= {"error_code": error.code, "error": error.message}
        document["status"] = "skipped" if error.code in SKIPPED else "failed"
    except Exception as error:
        document |= _identity(path)
        what = f"{type(error).__name__}: {error}".strip()
        document |= {
            "error_code": "internal",
            "error": f"{name}: a mistake of zhclaims, please report it: {what}",
        }
    return Result(document=document, seconds={"read": time.perf_counter() - started})


def extract_source(source: Source, config: Config) -> Result:
    """The rows of a document that has been read. Raises what a stage raises."""
    clock = _Clock()
    article, found = find(source, config, clock.lap)
    timeouts = [m.rule for m in found.of(Reject) if m.reason == TIMEOUT]
    written = rows(article, found)
    written["rejected"] = [row for row in written["rejected"] if row["reason"] != TIMEOUT]
    clock.lap("rows")
    return Result(
        document=_described(article, written, timeouts),
        rule_counts=_rule_counts(written, timeouts),
        seconds=clock.laps,
        **written,
    )


def find(
    source: Source, config: Config, lap: Callable[[str], None] = lambda name: None
) -> tuple[Article, Found]:
    """Everything the stages find in a document, in text offsets; ``lap`` hears when each has finished."""
    stages = machine(config.rules, config.only, config.drop, config.ner).stages
    article = make_article(source, published=config.published or None, region=config.region or None)
    lap("article")
    found = Found()
    for name, stage in stages:
        more = stage(article, found)
        found = more if isinstance(more, Found) else found.plus(more)
        lap(name)
    return article, found


@dataclass(frozen=True, slots=True)
class Machine:
    """What extraction needs besides the article: the rules and the stages made from them."""

    rules: RuleSet
    stages: tuple[tuple[str, Callable[[Article, Found], Any]], ...]


@lru_cache(maxsize=4)
def machine(rules: tuple[str, ...], only: tuple[str, ...], drop: tuple[str, ...], ner: str) -> Machine:
    """Load rules and models once a process. Raises RuleErrors, or what loading the model raises."""
    loaded = load_rules(rules).only(only, drop)
    return Machine(loaded, build(loaded, ner))


def load_rules(more: Sequence[str] = ()) -> RuleSet:
    """The built-in rules and those of further folders. Raises RuleErrors with all that is wrong."""
    return load(rule_folders(more), simplify)


def rule_failures(more: Sequence[str] = ()) -> Iterator[Failure]:
    """What fails of the tests that the rules carry, without a model; every rule takes part in each test."""
    config = Config(rules=tuple(more), ner="none")

    def extract(text: str) -> tuple[Article, Found]:
        return find(from_text(text), config)

    return run_tests(load_rules(more).rules, extract, to_traditional, simplify)


class _Clock:
    """Wall time of each step since the one before."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = self.laps.get(name, 0.0) + now - self._last
        self._last = now


def _described(
    article: Article, written: dict[str, list[dict[str, Any]]], timeouts: Sequence[str]
) -> dict[str, Any]:
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


def _rule_counts(
    written: dict[str, list[dict[str, Any]]], timeouts: Sequence[str]
) -> dict[str, dict[str, int]]:
    kept = Counter(rule for name in ROW_TABLES[:3] for row in written[name] for rule in _rules_of(row))
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


# --- many documents -----------------------------------------------------------------------------


def run(
    inputs: Sequence[str | Path],
    out: Path,
    config: Config,
    *,
    jobs: int = 0,
    plain: bool = False,
    limit: int = 0,
    command: Sequence[str] = (),
    progress: Callable[[Sequence[Path]], Any] | None = None,
) -> Summary:
    """Read ``inputs`` (files, folders), write the tables to ``out``.

    ``jobs`` 0 chooses: one process for little input, else one a core. ``progress(paths)`` gives a context manager
    with ``update()``. Raises NoInput, FolderError, RuleErrors before anything is written.
    """
    started = time.perf_counter()
    paths = [path for path in discover(inputs) if not _inside(path, out)]
    if not paths:
        raise NoInput(
            f"nothing to read in {', '.join(map(str, inputs))}: name .txt, .md or .html files, or folders of them"
        )
    paths = paths[:limit] if limit else paths
    loaded = machine(config.rules, config.only, config.drop, config.ner).rules
    with hold(out):
        work = partial(process, config=config, named=frozenset(map(Path, inputs)))
        results = _results(paths, work, jobs or _jobs(paths), progress)
        counts = _write(out, results, loaded, plain)
        seconds = time.perf_counter() - started
        write_run(out, _run_record(out, results, config, counts, seconds, plain, command))
    documents = [r.document for r in results]
    problems = tuple((d["error_code"], d["error"]) for d in documents if d["status"] in ("failed", "partial"))
    return Summary(out, counts, dict(Counter(d["status"] for d in documents)), problems, seconds)


def _inside(path: Path, out: Path) -> bool:
    """Tables of an earlier run are no articles, even when the output folder lies in the input."""
    return out.resolve() in path.absolute().parents


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _jobs(paths: Sequence[Path]) -> int:
    return 1 if sum(map(_size, paths)) < SMALL else os.cpu_count() or 1


def _results(
    paths: Sequence[Path],
    work: Callable[[Path], Result],
    jobs: int,
    progress: Callable[[Sequence[Path]], Any] | None,
) -> list[Result]:
    """Results by source, duplicates marked: the order of the arguments leaves no trace."""
    results = []
    with (progress or _Silent)(paths) as bar:
        for path, outcome in zip(paths, local.run(work, paths, jobs, _size), strict=True):
            results.append(_lost(path, outcome) if isinstance(outcome, local.Lost) else outcome)
            bar.update()
    results.sort(key=lambda r: str(r.document["source"]))
    first: dict[str, str] = {}
    for result in results:
        digest = result.document.get("sha256")
        if digest and first.setdefault(digest, result.document["doc_id"]) != result.document["doc_id"]:
            result.document["duplicate_of"] = first[digest]
    return results


def _lost(path: Path, why: local.Lost) -> Result:
    name = shown(path)
    error = f"{name}: {why}; the other files went on. Run this file alone to see whether it happens again"
    row = {
        "doc_id": doc_id(name),
        "source": name,
        "status": "failed",
        "error_code": "worker_died",
        "error": error,
    }
    return Result(document=row | _identity(path))


class _Silent:
    def __init__(self, paths: Sequence[Path]) -> None: ...

    def __enter__(self) -> _Silent:
        return self

    def __exit__(self, *_: object) -> None: ...

    def update(self) -> None: ...


def _write(out: Path, results: Sequence[Result], rules: RuleSet, plain: bool) -> dict[str, int]:
    content = {name: [row for r in results for row in getattr(r, name)] for name in ROW_TABLES}
    content["documents"] = [r.document for r in results]
    content["entities"] = tables.entities(content["institutions"], content["claims"])
    content["rules"] = _rule_rows(results, rules)
    counts = {
        name: tables.write_csv(out / f"{name}.csv", name, content[name], plain=plain) for name in TABLES
    }
    tables.write_datapackage(out, plain=plain)
    return counts


def _rule_rows(results: Sequence[Result], rules: RuleSet) -> list[dict[str, Any]]:
    """Every rule, those that found nothing too, and the models that found something."""
    total: dict[str, Counter[str]] = {rule.id: Counter() for rule in rules.rules}
    for result in results:
        for rule, counts in result.rule_counts.items():
            total.setdefault(rule, Counter()).update(counts)
            total[rule]["documents"] += counts["kept"] > 0
    known = {rule.id: {"file": rule.file, "line": rule.line, "version": rule.version} for rule in rules.rules}
    columns = ("hits", "kept", "suppressed", "documents", "timeouts")
    return [
        {"rule": rule, **known.get(rule, {}), **{name: counts[name] for name in columns}}
        for rule, counts in total.items()
    ]


def _run_record(
    out: Path,
    results: Sequence[Result],
    config: Config,
    counts: dict[str, int],
    seconds: float,
    plain: bool,
    command: Sequence[str],
) -> dict[str, Any]:
    """run.json: what was run on what, and every time measured."""
    stages: Counter[str] = Counter()
    for result in results:
        stages.update(result.seconds)
    return {
        "state": "finished",
        "command": list(command),
        "base": _relative(Path.cwd(), out),
        "csv": "plain" if plain else "excel",
        "configuration": config.as_json(),
        "versions": versions(),
        "rules": rules_hashes(config.rules),
        "inputs": {r.document["source"]: r.document.get("sha256", "") for r in results},
        "counts": counts,
        "seconds": {
            "total": round(seconds, 3),
            "stages": {name: round(value, 3) for name, value in stages.items()},
            "documents": {r.document["source"]: round(sum(r.seconds.values()), 3) for r in results},
        },
    }


def _relative(folder: Path, out: Path) -> str:
    """The folder that sources are relative to, as seen from ``out``: both can move together."""
    try:
        return Path(os.path.relpath(folder, out)).as_posix()
    except ValueError:  # another drive
        return folder.as_posix()
