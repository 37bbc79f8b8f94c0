"""The command ``zhclaims``. Its help texts are the specification of its options; README prints them."""

from __future__ import annotations

import atexit
import codecs
import gc
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from tqdm import tqdm

from pipeline import __version__
from pipeline.authoring.commands import explain, review_app, rules_app
from pipeline.config import DEFAULT_NER, Config, UsageError
from pipeline.console import Code, PublishedOption, RulesOption, ends_well, say

if TYPE_CHECKING:
    from pipeline.run import Summary

__all__ = ["app", "main"]

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


class CsvStyle(StrEnum):
    excel = "excel"
    plain = "plain"


# --- options ------------------------------------------------------------------------------------


def _encoding(value: str) -> str:
    try:
        return codecs.lookup(value).name if value else ""
    except LookupError:
        raise typer.BadParameter(f"{value!a} is no encoding: try utf-8, gb18030, big5hkscs or utf-16") from None


def _version(value: bool) -> None:
    if value:
        typer.echo(f"zhclaims {__version__}")
        raise typer.Exit


InputsArgument = Annotated[
    list[Path], typer.Argument(metavar="INPUT", help="Files (.txt .md .html .htm) or folders of them.")
]
OutputOption = Annotated[
    Path, typer.Option("--output", "-o", metavar="OUT", help="Folder for the tables; made if missing.")
]
JobsOption = Annotated[
    int,
    typer.Option(min=0, metavar="N", help="Worker processes; 0 chooses. Results are the same for any number."),
]
NerOption = Annotated[
    str, typer.Option(metavar="MODEL|none", help="Name or path of a spaCy pipeline that finds names.")
]
EncodingOption = Annotated[
    str,
    typer.Option(callback=_encoding, metavar="CODEC", help="Decode every file with this codec, e.g. gb18030."),
]
OnlyOption = Annotated[
    list[str] | None,
    typer.Option(metavar="RULE", help="Use these rules only (an id, the first part of ids, a tag). Repeatable."),
]
ExceptOption = Annotated[
    list[str] | None,
    typer.Option("--except", metavar="RULE", help="Leave these rules out, named likewise. Repeatable."),
]
CsvOption = Annotated[CsvStyle, typer.Option(help="excel: BOM, CRLF, formulas guarded. plain: none of these.")]
LimitOption = Annotated[int, typer.Option(min=0, metavar="N", help="Read the first N files only; 0 reads all.")]
RestartOption = Annotated[bool, typer.Option("--restart", help="Do everything again (this version always does).")]


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
    inputs: InputsArgument,
    output: OutputOption,
    jobs: JobsOption = 0,
    rules: RulesOption = None,
    ner: NerOption = DEFAULT_NER,
    encoding: EncodingOption = "",
    published: PublishedOption = "",
    only: OnlyOption = None,
    except_: ExceptOption = None,
    csv: CsvOption = CsvStyle.excel,
    limit: LimitOption = 0,
    restart: RestartOption = False,
) -> None:
    """Read articles, write tables: claims, institutions, dates, entities, documents, rules, rejected."""
    from pipeline.run import run as work
    from pipeline.stages.read import size_limit

    size_limit()  # what the environment says is wrong is said before anything is read
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
    raise typer.Exit(Code.SOME_FAILED if summary.problems else Code.OK)


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
    from pipeline.output.verify import verify as work

    verdict = work(out, base)
    for mismatch in verdict.mismatches[:MOST_SHOWN]:
        say(str(mismatch))
    if verdict.mismatches:
        say(f"{len(verdict.mismatches)} mismatches in {verdict.rows} rows of {verdict.documents} documents.")
        raise typer.Exit(Code.MISMATCH)
    typer.echo(f"{verdict.rows} rows of {verdict.documents} documents: every one holds.")


@app.command()
@ends_well
def compare(
    outs: Annotated[
        list[Path], typer.Argument(metavar="OUT", help="Folders that runs wrote; several are compared together.")
    ],
) -> None:
    """Print what claims of different documents say about the same subject, unit and time: agree, differ, update."""
    from pipeline.output.comparison import compare as work
    from pipeline.output.comparison import lines

    for line in lines(work(outs)):
        typer.echo(line)


registry_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="A local index of organisations' identifiers."
)
app.add_typer(registry_app, name="registry")


class RegistryFormat(StrEnum):
    ror = "ror"
    csv = "csv"


@registry_app.command("import")
@ends_well
def registry_import(
    kind: Annotated[
        RegistryFormat,
        typer.Argument(
            help="ror: the JSON of a ROR dump, schema v2. csv: columns id, name, aliases (| between), country, itype."
        ),
    ],
    file: Annotated[Path, typer.Argument(metavar="FILE")],
) -> None:
    """Read identifiers of organisations into the local index, in place of what it held; later runs link to them."""
    from pipeline.names.registry import import_csv, import_ror
    from pipeline.stages.read import NoInput

    try:
        done = (import_ror if kind is RegistryFormat.ror else import_csv)(file)
    except ValueError as problem:
        raise UsageError(str(problem)) from None
    except OSError as problem:
        raise NoInput(f"{problem.filename or file}: {problem.strerror or problem}; nothing was imported") from None
    typer.echo(f"{done.records:,} organisations under {done.names:,} names: {done.version}, in {done.path}")


app.command()(explain)
app.add_typer(rules_app, name="rules")
app.add_typer(review_app, name="review")


def main() -> None:
    """Entry point of the command. Characters a console lacks are replaced, never a crash."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    atexit.register(
        gc.freeze
    )  # at the end, the collector needn't look through what is given back as a whole: half a second
    app(prog_name="zhclaims")
