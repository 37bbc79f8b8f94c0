"""The commands for people who write rules: ``explain``, ``rules …`` and ``review import``. What they do is next door."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.config import DEFAULT_NER, Config, UsageError
from pipeline.console import Code, PublishedOption, RulesOption, ends_well, say
from pipeline.model import Article
from pipeline.stages.convert import simplify

if TYPE_CHECKING:
    from pipeline.authoring.bench import Bench
    from pipeline.authoring.places import Place

__all__ = ["explain", "review_app", "rules_app"]

rules_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Look at, check, try, begin and compare rules."
)
review_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Bring back what a reviewer wrote into the tables."
)

FilesArgument = Annotated[
    list[Path] | None,
    typer.Argument(metavar="FILE", help="Rule files; all rules when none is named.", show_default=False),
]
CorpusOption = Annotated[
    list[Path] | None,
    typer.Option("--corpus", metavar="DIR", help="Articles to run on: a file or folder. Repeatable."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
LimitOption = Annotated[int, typer.Option(min=0, metavar="N", help="Show at most so many; 0 shows all.")]
NerOption = Annotated[str, typer.Option(metavar="MODEL|none", help="As in `run`; none is quicker.")]
TextOption = Annotated[str, typer.Option(metavar="TEXT", help="A sentence to run on.")]


def out(lines: Iterable[str]) -> None:
    """Print lines where output goes, so that it can be piped."""
    for line in lines:
        typer.echo(line)


def unlimited(limit: int) -> int:
    """The limit of an option in which 0 means all."""
    return limit or 10**9


# --- explain ------------------------------------------------------------------------------------


@ends_well
def explain(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An article.")],
    at: Annotated[int | None, typer.Option(min=0, metavar="OFFSET", help="A place, as in the column `start`.")] = None,
    text: Annotated[str, typer.Option(metavar="TEXT", help="The first place where this stands.")] = "",
    rules: RulesOption = None,
    ner: Annotated[str, typer.Option(metavar="MODEL|none", help="As in `run`.")] = DEFAULT_NER,
    published: PublishedOption = "",
    rule: Annotated[
        list[str] | None,
        typer.Option(metavar="RULE", help="Ask about this rule, however little of it matched. Repeatable."),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Show every rule that came further than its first part.")
    ] = False,
) -> None:
    """What every rule did at a place: parts that matched, where it stopped, what vetoed it, what won.

    Without a place: everything that was found, one line each.
    """
    from pipeline.authoring.bench import Bench
    from pipeline.document import find, load_rules
    from pipeline.explaining.explanation import MOST, everything, explained
    from pipeline.stages.read import read

    if at is not None and text:
        raise typer.BadParameter("say --at or --text, not both: each names the place")
    config = Config(rules=tuple(map(str, rules or ())), ner=ner, published=published)
    source = read(file, shown=file.as_posix())
    article, found = find(replace(source, published=source.published or published), config)
    if at is None and not text:
        out(everything(article, found))
        return
    span = place(article, at, text)
    if span is None:
        raise typer.BadParameter(f"{file}: has no such place", param_hint="--at" if at is not None else "--text")
    loaded = load_rules(config.rules)
    only = [Bench(loaded, ()).rule(name).id for name in rule or ()]
    out(explained(article, found, loaded, *span, only, unlimited(0) if every else MOST))


def place(article: Article, at: int | None, text: str) -> tuple[int, int] | None:
    """The span of the text that an offset of the original or some words stand for."""
    if at is None:
        start = article.shadow.find(simplify(text))
        return (start, start + len(text)) if start >= 0 else None
    if at >= len(article.source.original):
        return None
    alignment = article.source.alignment
    start, end = alignment.to_text(at, at + 1) if alignment is not None else (at, at + 1)
    return (start, end) if start < end else None


# --- rules: look, check, try --------------------------------------------------------------------


@rules_app.command("list")
@ends_well
def rules_list(
    rules: RulesOption = None,
    tag: Annotated[
        str, typer.Option(metavar="NAME", help="Only rules with this tag, id or first part of the id.")
    ] = "",
) -> None:
    """One line a rule: id, what it extracts, priority, tests, where it stands, what it is for."""
    from pipeline.authoring.show import listed
    from pipeline.document import load_rules

    loaded = load_rules(tuple(map(str, rules or ())))
    chosen = loaded.only([tag]).rules if tag else loaded.rules
    if not chosen:
        raise UsageError(f"no rule has the id, the tag or the first part {tag!a}; `zhclaims rules list` lists them")
    out(listed(chosen))


@rules_app.command("show")
@ends_well
def rules_show(
    name: Annotated[str, typer.Argument(metavar="RULE", help="The id of a rule.")], rules: RulesOption = None
) -> None:
    """Everything about one rule: template, conditions, fields, its lexicons, its tests."""
    from pipeline.authoring.bench import open_bench
    from pipeline.authoring.show import shown

    bench = open_bench(rules or ())
    out(shown(bench.rule(name), bench.rules))


@rules_app.command("check")
@ends_well
def rules_check(
    files: FilesArgument = None,
    rules: RulesOption = None,
    cover: Annotated[
        bool, typer.Option("--coverage", help="Name rules, alternatives and terms that nothing uses.")
    ] = False,
    corpus: CorpusOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compile all rules and run the tests they carry, in both scripts and all variants."""
    from pipeline.authoring.check import check
    from pipeline.authoring.coverage import printed

    result = check(files or (), rules or (), corpus or (), cover or bool(corpus))
    if as_json:
        typer.echo(json.dumps(result.as_json(), ensure_ascii=False, indent=1))
    else:
        for problem in (*result.errors[:200], *result.failures, *result.notes):
            say(str(problem))
        if result.coverage:
            out(printed(result.coverage))
    if result.errors:
        say(f"{len(result.errors)} errors in the rules; nothing was run.")
        raise typer.Exit(Code.BAD_CONFIG)
    if result.failures:
        say(f"{len(result.failures)} of {result.tests} rule tests failed.")
        raise typer.Exit(Code.TESTS_FAILED)
    if not as_json:
        typer.echo(f"{result.rules} rules, {result.tests} tests: all pass.")


@rules_app.command("try")
@ends_well
def rules_try(
    rule: Annotated[str, typer.Argument(metavar="RULE|FILE", help="The id of a rule, or a rule file.")],
    text: TextOption = "",
    corpus: CorpusOption = None,
    rules: RulesOption = None,
    limit: LimitOption = 10,
    ner: NerOption = "none",
) -> None:
    """What one rule finds: hits with their fields, what vetoed others, near misses and where they stopped."""
    from pipeline.authoring.bench import articles, open_bench
    from pipeline.authoring.try_rule import printed, try_rules
    from pipeline.stages.read import from_text

    if not text and not corpus:
        raise typer.BadParameter("say --text TEXT or --corpus DIR: on what should the rule be tried?")
    is_file = Path(rule).suffix == ".yaml"
    bench = open_bench(rules or (), ner, [Path(rule)] if is_file else [])
    chosen = bench.of_file(Path(rule)) if is_file else [bench.rule(rule)]
    sources = [from_text(text)] if text else articles(corpus or ())
    out(printed(list(try_rules(bench, chosen, sources)), unlimited(limit)))


@rules_app.command("watch")
@ends_well
def rules_watch(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A rule file.")],
    rules: RulesOption = None,
    corpus: CorpusOption = None,
    text: TextOption = "",
    rounds: Annotated[int, typer.Option(min=0, metavar="N", help="Stop after N rounds; 0 goes on until Ctrl-C.")] = 0,
) -> None:
    """On every save of a rule file: its errors, its tests, and what it finds in a sample."""
    from pipeline.authoring.watch import watch

    watch(file, rules or (), corpus or (), text, typer.echo, rounds)


# --- rules: begin, find gaps, compare -----------------------------------------------------------


@rules_app.command("new")
@ends_well
def rules_new(
    row: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="TABLE:ROW",
            help="A row of OUT/claims.csv, rejected.csv … as a spreadsheet numbers it.",
        ),
    ] = "",
    text: TextOption = "",
    span: Annotated[str, typer.Option(metavar="WORDS", help="With --text: the number or name to find.")] = "",
    rules: RulesOption = None,
    name: Annotated[str, typer.Option("--id", metavar="ID", help="The rule's id, such as claim.crop_yield.")] = "",
    extracts: Annotated[
        str,
        typer.Option(metavar="KIND", help="claim, institution, date, quantity or reject; guessed when left out."),
    ] = "",
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The rule file; chosen by kind when left out.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the rule, write nothing.")] = False,
    ner: NerOption = "none",
) -> None:
    """Begin a rule from a place: what varies becomes captures and lexicons, the sentence its first test."""
    from pipeline.authoring.bench import open_bench
    from pipeline.authoring.new import add_to_file, skeleton
    from pipeline.authoring.places import from_words
    from pipeline.config import rules_dir

    if bool(row) == bool(text):
        raise typer.BadParameter("say --from TABLE:ROW, or --text with --span")
    folders = [folder for folder in rules or () if folder.is_dir() and any(folder.glob("*.yaml"))]
    bench = open_bench(folders, ner)
    made = skeleton(bench, of_row(bench, row) if row else from_words(bench, text, span), name, extracts)
    if dry_run:
        out(made.lines())
        return
    path, at = add_to_file(made, (rules or [rules_dir()])[0], to)
    typer.echo(
        f"{path.as_posix()}:{at}: {made.id} written; fill in the miss, then: zhclaims rules check {path.as_posix()}"
    )
    out(f"  {line}" for line in made.lines())


def of_row(bench: Bench, named: str) -> Place:
    """The place of a row, named as ``TABLE:ROW``."""
    from pipeline.authoring.places import from_row

    table, _, line = named.rpartition(":")
    if not (line.isascii() and line.isdigit() and table):
        raise typer.BadParameter(
            f"{named!a}: write the table and the row, such as out/claims.csv:17", param_hint="--from"
        )
    return from_row(bench, Path(table), int(line))


@rules_app.command("gaps")
@ends_well
def rules_gaps(
    folder: Annotated[Path, typer.Argument(metavar="OUT", help="Folder that a run wrote.")],
    limit: LimitOption = 20,
    as_json: JsonOption = False,
) -> None:
    """Numbers without a subject and names no rule finds, by what stands beside them, most frequent first."""
    from pipeline.authoring.gaps import gaps, printed

    found = gaps(folder)
    if as_json:
        typer.echo(
            json.dumps(
                [{"kind": g.kind, "pattern": g.pattern, "places": g.places} for g in found],
                ensure_ascii=False,
                indent=1,
            )
        )
        return
    out(printed(found, folder, unlimited(limit)))


@rules_app.command("stats")
@ends_well
def rules_stats(
    folder: Annotated[Path, typer.Argument(metavar="OUT", help="Folder that a run wrote.")],
    time: Annotated[bool, typer.Option("--time", help="Read the articles again and time every rule.")] = False,
    rules: RulesOption = None,
    limit: LimitOption = 30,
    as_json: JsonOption = False,
) -> None:
    """What each rule did in a run: hits, kept, suppressed, conflicts won and lost; which rules overlap."""
    from pipeline.authoring.bench import open_bench
    from pipeline.authoring.stats import printed, stats

    result = stats(folder, open_bench(rules or ()) if time else None)
    if as_json:
        typer.echo(json.dumps(result.as_json(), ensure_ascii=False, indent=1))
        return
    out(printed(result, unlimited(limit)))


@rules_app.command("diff")
@ends_well
def rules_diff(
    corpus: Annotated[list[Path], typer.Argument(metavar="CORPUS", help="Articles: files or folders.")],
    base: Annotated[
        str,
        typer.Option(
            metavar="REV|DIR",
            help="A git revision of the built-in rules, or a folder. Left out: HEAD, or with --rules the built-in rules alone.",
        ),
    ] = "",
    rules: RulesOption = None,
    page: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write the changes as a page too.")
    ] = None,
    limit: LimitOption = 40,
    ner: NerOption = "none",
) -> None:
    """Which rows of a corpus the rules as they are now add, lose and change."""
    from pipeline.authoring.bench import open_bench
    from pipeline.authoring.diff import base_rules, difference, printed
    from pipeline.authoring.diff import page as as_page

    with base_rules(base, rules or (), ner) as before:
        result = difference(before, open_bench(rules or (), ner), corpus)
    out(printed(result, unlimited(limit)))
    if page:
        page.write_text(as_page(result), encoding="utf-8")
        typer.echo(f"{page} written")


# --- review -------------------------------------------------------------------------------------


@review_app.command("import")
@ends_well
def review_import(
    table: Annotated[
        Path,
        typer.Argument(
            metavar="EDITED",
            help="claims.csv, institutions.csv or dates.csv (or .xlsx) with a column review_status.",
        ),
    ],
    rules: RulesOption = None,
) -> None:
    """Rows marked wrong or right (column review_status) become tests of the rule that made them.

    review_note is kept as a comment; `subject=总缓解率` there says what a field should be.
    """
    from pipeline.authoring.bench import open_bench
    from pipeline.authoring.review import import_review

    result = import_review(table, open_bench(rules or ()).rules)
    for rule, path, line in result.added:
        typer.echo(f"{path}: {rule}: {line}")
    for line in result.skipped:
        say(line)
    typer.echo(f"{len(result.added)} tests added, {len(result.skipped)} rows skipped. Next: zhclaims rules check")
