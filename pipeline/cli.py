"""The command ``zhclaims``. Its help texts are the specification of its options; README prints them.

Exit codes: 0 all documents processed, 1 finished with failed or partial ones, 2 usage, 3 rules or configuration
invalid, 4 rule tests failed, 5 verify found a mismatch, 6 output folder locked or foreign, 7 no input, 130 interrupted.
"""

from __future__ import annotations

import codecs
import functools
import re
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from tqdm import tqdm

from pipeline import __version__
from pipeline.config import DEFAULT_NER, Config, ConfigError
from pipeline.folder import FolderError
from pipeline.rules import Rule, RuleErrors, RuleSet

if TYPE_CHECKING:
    from pipeline.run import Summary

__all__ = ["app", "main"]

OK, SOME_FAILED, USAGE, BAD_CONFIG, TESTS_FAILED, MISMATCH, FOLDER, NO_INPUT, INTERRUPTED = (
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    130,
)
MOST_SHOWN = 20

app = typer.Typer(
    name="zhclaims",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # boxes and colours that a GBK console can't print
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="Numeric claims, institutions and dates in Chinese articles, as tables that point at the characters.",
)
rules_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="List, show and check the rules.")
app.add_typer(rules_app, name="rules")

Command = TypeVar("Command", bound=Callable[..., None])


class CsvStyle(StrEnum):
    excel = "excel"
    plain = "plain"


def say(message: str) -> None:
    """What went wrong or is going on: the error stream, so that output can be piped."""
    typer.echo(message, err=True)


def ends_well(command: Command) -> Command:
    """Turn what a command raises into a message and the exit code it has in the specification."""

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        from pipeline.run import NoInput
        from pipeline.stages.ner import NerError

        codes: dict[type[BaseException], int] = {
            ConfigError: BAD_CONFIG,
            NerError: BAD_CONFIG,
            FolderError: FOLDER,
            NoInput: NO_INPUT,
        }
        try:
            command(*args, **kwargs)
        except RuleErrors as problem:
            say(str(problem))
            say(f"{len(problem.errors)} errors in the rules; nothing was run.")
            raise typer.Exit(BAD_CONFIG) from None
        except tuple(codes) as problem:
            say(f"zhclaims: {problem}")
            raise typer.Exit(codes[type(problem)]) from None
        except KeyboardInterrupt:
            say("zhclaims: interrupted; tables of an earlier run are as they were.")
            raise typer.Exit(INTERRUPTED) from None

    return wrapped  # type: ignore[return-value]


# --- options ------------------------------------------------------------------------------------


def _published(value: str) -> str:
    if value and not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", value, re.ASCII):
        raise typer.BadParameter(f"{value!a} is no date: write 2025, 2025-04 or 2025-04-29")
    return value


def _encoding(value: str) -> str:
    try:
        return codecs.lookup(value).name if value else ""
    except LookupError:
        raise typer.BadParameter(
            f"{value!a} is no encoding: try utf-8, gb18030, big5hkscs or utf-16"
        ) from None


def _version(value: bool) -> None:
    if value:
        typer.echo(f"zhclaims {__version__}")
        raise typer.Exit


RulesOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--rules",
        metavar="DIR",
        help="Folder of rules to read after the built-in ones; may redefine them. Repeatable.",
    ),
]


@app.callback()
def _zhclaims(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None: ...


# --- run, verify --------------------------------------------------------------------------------


@app.command()
@ends_well
def run(
    inputs: Annotated[
        list[Path], typer.Argument(metavar="INPUT", help="Files (.txt .md .html .htm) or folders of them.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="OUT", help="Folder for the tables; made if missing.")
    ],
    jobs: Annotated[
        int,
        typer.Option(
            min=0, metavar="N", help="Worker processes; 0 chooses. Results are the same for any number."
        ),
    ] = 0,
    rules: RulesOption = None,
    ner: Annotated[
        str, typer.Option(metavar="MODEL|none", help="Name or path of a spaCy pipeline that finds names.")
    ] = DEFAULT_NER,
    encoding: Annotated[
        str,
        typer.Option(
            callback=_encoding, metavar="CODEC", help="Decode every file with this codec, e.g. gb18030."
        ),
    ] = "",
    published: Annotated[
        str,
        typer.Option(callback=_published, metavar="DATE", help="Day of publication of files that give none."),
    ] = "",
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RULE", help="Use this rule only (an id, or the part before a dot). Repeatable."
        ),
    ] = None,
    except_: Annotated[
        list[str] | None, typer.Option("--except", metavar="RULE", help="Leave this rule out. Repeatable.")
    ] = None,
    csv: Annotated[
        CsvStyle, typer.Option(help="excel: BOM, CRLF, formulas guarded. plain: none of these.")
    ] = CsvStyle.excel,
    limit: Annotated[
        int, typer.Option(min=0, metavar="N", help="Read the first N files only; 0 reads all.")
    ] = 0,
    restart: Annotated[
        bool, typer.Option("--restart", help="Do everything again (this version always does).")
    ] = False,
) -> None:
    """Read articles, write tables: claims, institutions, dates, entities, documents, rules, rejected."""
    from pipeline.run import run as work

    config = Config(
        rules=tuple(map(str, rules or ())),
        only=tuple(only or ()),
        drop=tuple(except_ or ()),
        ner=ner,
        encoding=encoding,
        published=published,
    )
    summary = work(
        inputs,
        output,
        config,
        jobs=jobs,
        plain=csv is CsvStyle.plain,
        limit=limit,
        command=sys.argv[1:],
        progress=_bar,
    )
    _report(summary)
    raise typer.Exit(SOME_FAILED if summary.problems else OK)


def _report(summary: Summary) -> None:
    """What failed, what was found, where it is."""
    for code, error in summary.problems[:MOST_SHOWN]:
        say(f"{error} [{code}]")
    if (more := len(summary.problems) - MOST_SHOWN) > 0:
        say(f"... and {more} more; all of them are in {summary.out / 'documents.csv'}")
    statuses = ", ".join(f"{n} {status}" for status, n in sorted(summary.statuses.items()))
    found = ", ".join(_counted(summary.counts, name) for name in ("claims", "institutions", "dates"))
    say(f"{_counted(summary.counts, 'documents')} ({statuses}) in {summary.seconds:.1f} s: {found}.")
    say(f"Tables are in {summary.out}; check them with: zhclaims verify {summary.out}")


def _counted(counts: dict[str, int], name: str) -> str:
    return f"{counts[name]:,} {name if counts[name] != 1 else name.removesuffix('s')}"


def _bar(paths: Sequence[Path]) -> Any:
    """A progress bar, on a terminal only, of characters any console has."""
    return tqdm(
        total=len(paths),
        unit="file",
        file=sys.stderr,
        disable=not sys.stderr.isatty(),
        ascii=True,
        leave=False,
    )


@app.command()
@ends_well
def verify(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder that a run wrote.")],
    base: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder the sources lie in now, if they moved.")
    ] = None,
) -> None:
    """Check every row against its source: offsets, text, hashes, ids, links between tables."""
    from pipeline.verify import verify as work

    verdict = work(out, base)
    for mismatch in verdict.mismatches[:MOST_SHOWN]:
        say(str(mismatch))
    if verdict.mismatches:
        say(f"{len(verdict.mismatches)} mismatches in {verdict.rows} rows of {verdict.documents} documents.")
        raise typer.Exit(MISMATCH)
    typer.echo(f"{verdict.rows} rows of {verdict.documents} documents: every one holds.")


# --- rules --------------------------------------------------------------------------------------


def _load(rules: list[Path] | None) -> RuleSet:
    from pipeline.document import load_rules

    return load_rules(tuple(map(str, rules or ())))


@rules_app.command("list")
@ends_well
def rules_list(rules: RulesOption = None) -> None:
    """One line a rule: id, what it extracts, priority, tests, where it stands, what it is for."""
    for rule in _load(rules).rules:
        typer.echo(
            f"{rule.id}\t{rule.extracts}\t{rule.priority}\t{len(rule.tests)}\t{rule.file}:{rule.line}\t{rule.doc}"
        )


@rules_app.command("show")
@ends_well
def rules_show(
    name: Annotated[str, typer.Argument(metavar="RULE", help="The id of a rule.")], rules: RulesOption = None
) -> None:
    """Everything about one rule: template, conditions, fields, tests."""
    import difflib

    known = {rule.id: rule for rule in _load(rules).rules}
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        say(
            f"zhclaims: no rule is called {name!a}{f'; did you mean {near[0]}?' if near else ''}. `zhclaims rules list` lists them."
        )
        raise typer.Exit(USAGE)
    typer.echo(_described(known[name]))


def _described(rule: Rule) -> str:
    lines = [
        f"{rule.id} ({rule.extracts}) {rule.file}:{rule.line}",
        f"  {rule.doc}",
        f"  match: {rule.source}",
    ]
    lines += (
        [f"  captures: {', '.join(f'{field}:{kind}' for field, kind in rule.captures.items())}"]
        if rule.captures
        else []
    )
    lines += [f"  unless: {context.source}" for context in rule.unless]
    lines += [f"  needs: {context.source}" for context in rule.needs]
    lines += [f"  where: {source}" for source, _ in rule.where]
    lines += [f"  priority: {rule.priority}", f"  version: {rule.version}"]
    return "\n".join(lines + [f"  {test.kind}: {test.text}" for test in rule.tests])


@rules_app.command("check")
@ends_well
def rules_check(rules: RulesOption = None) -> None:
    """Compile all rules and run the tests they carry, in both scripts and all variants."""
    from pipeline.document import rule_failures

    loaded = _load(rules)
    failed = list(rule_failures(tuple(map(str, rules or ()))))
    for failure in failed:
        say(str(failure))
    tests = sum(len(rule.tests) for rule in loaded.rules)
    if failed:
        say(f"{len(failed)} of {tests} rule tests failed.")
        raise typer.Exit(TESTS_FAILED)
    typer.echo(f"{len(loaded.rules)} rules, {tests} tests: all pass.")


def main() -> None:
    """Entry point of the command. Characters a console lacks are replaced, never a crash."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app(prog_name="zhclaims")
