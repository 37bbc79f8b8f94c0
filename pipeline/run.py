"""Many documents → an output folder: discover, process, write. Results don't depend on how many processes work."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.config import Config, rules_hashes, versions
from pipeline.document import chosen_rules, failed, machine, process_all
from pipeline.engines import local
from pipeline.model import Result
from pipeline.names.registry import default_path, opened
from pipeline.output import tables
from pipeline.output.agreements import agreements
from pipeline.output.columns import TABLES
from pipeline.output.folder import hold, read_run, write_run
from pipeline.output.scopes import with_scopes
from pipeline.rulekit.later import keep
from pipeline.rules import RuleSet
from pipeline.stages.convert import simplify
from pipeline.stages.read import MEDIA_TYPES, NoInput, discover, is_supported

__all__ = ["Summary", "run"]

ROW_TABLES = ("claims", "institutions", "dates", "rejected")
SMALL = 1_500_000  # bytes of input that one process is done with before several have loaded


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run found, for the message at its end."""

    out: Path
    counts: dict[str, int]
    statuses: dict[str, int]
    problems: tuple[tuple[str, str], ...]  # error code, error (which names its file)
    seconds: float


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
    with ``update()``. Raises NoInput, FolderError, RuleErrors, NerError before any table is written.
    """
    started = time.perf_counter()
    paths = _paths(inputs, out)
    paths = paths[:limit] if limit else paths
    jobs = jobs or _jobs(paths)
    if jobs == 1:  # workers load their own, and with them the model
        machine(config.rules, config.only, config.drop, config.ner)
    loaded = chosen_rules(config.rules, config.only, config.drop)
    with hold(out):
        work = partial(process_all, config=config, named=frozenset(map(Path, inputs)), beside=jobs == 1)
        results = _results(paths, work, jobs, progress)
        counts = _write(out, results, loaded, plain)
        seconds = time.perf_counter() - started
        write_run(out, _run_record(out, results, config, counts, seconds, plain, command))
    keep()
    documents = [r.document for r in results]
    problems = tuple((d["error_code"], d["error"]) for d in documents if d["status"] in ("failed", "partial"))
    return Summary(out, counts, dict(Counter(d["status"] for d in documents)), problems, seconds)


def _paths(inputs: Sequence[str | Path], out: Path) -> list[Path]:
    """All input files, those that will be skipped or fail too, as long as there is one to read."""
    ours = out.resolve() if read_run(out) else None  # tables of an earlier run are no articles
    paths = [path for path in discover(inputs) if ours not in path.absolute().parents]
    if any(is_supported(path) for path in paths) and any(os.path.lexists(path) for path in inputs):
        return paths
    where = ", ".join(map(str, inputs))
    missing = "" if any(os.path.lexists(path) for path in inputs) else " (no such file or folder)"
    raise NoInput(f"nothing to read in {where}{missing}: name {' '.join(MEDIA_TYPES)} files, or folders of them")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _jobs(paths: Sequence[Path]) -> int:
    return 1 if sum(map(_size, paths)) < SMALL else os.cpu_count() or 1


def _results(
    paths: Sequence[Path],
    work: Callable[[Sequence[Path]], Iterable[Result]],
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
    error = f"{path}: {why}; the other files went on. Run this file alone to see whether it happens again"
    return failed(path, "worker_died", error)


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
    content["agreements"] = _agreements(content)
    content["rules"] = _rule_rows(results, rules)
    counts = {name: tables.write_csv(out / f"{name}.csv", name, content[name], plain=plain) for name in TABLES}
    tables.write_datapackage(out, plain=plain)
    return counts


def _agreements(content: dict[str, list[dict[str, Any]]]) -> list[dict[str, str]]:
    """Claims of several documents on one subject; a copy of a document says nothing of its own."""
    originals = {d["doc_id"]: str(d.get("published") or "") for d in content["documents"] if not d.get("duplicate_of")}
    names = {simplify(row["text"]): row["canonical"] for row in content["institutions"]}
    claims = [row for row in content["claims"] if row["doc_id"] in originals]
    scoped = with_scopes(claims, content["documents"], content["institutions"], simplify)
    return agreements(scoped, originals, names, simplify)


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
    """run.json: what was run on what, every time measured, and where in the program a mistake happened."""
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
        "registry": registry.version if (registry := opened(default_path())) else "",
        "inputs": {r.document["source"]: r.document.get("sha256", "") for r in results},
        "counts": counts,
        "errors": {r.document["source"]: "".join(r.errors).splitlines() for r in results if r.errors},
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
