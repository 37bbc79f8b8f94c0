"""Commands for people who write rules: what happens at a place of a text, which rules there are, do they pass."""

from __future__ import annotations

import difflib
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from pipeline.config import DEFAULT_NER, Config
from pipeline.console import Code, PublishedOption, RulesOption, ends_well, say
from pipeline.model import Article
from pipeline.rules import Rule, RuleSet
from pipeline.stages.convert import simplify

rules_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="List, show and check the rules.")


# --- explain ------------------------------------------------------------------------------------


@ends_well
def explain(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An article.")],
    at: Annotated[
        int | None, typer.Option(min=0, metavar="OFFSET", help="A place, as in the column `start`.")
    ] = None,
    text: Annotated[str, typer.Option(metavar="TEXT", help="The first place where this stands.")] = "",
    rules: RulesOption = None,
    ner: Annotated[str, typer.Option(metavar="MODEL|none", help="As in `run`.")] = DEFAULT_NER,
    published: PublishedOption = "",
) -> None:
    """What every rule did at a place: parts that matched, where it stopped, what vetoed it, what won.

    Without a place: everything that was found, one line each.
    """
    from pipeline.document import find, load_rules
    from pipeline.explanation import everything, explained
    from pipeline.stages.read import read

    config = Config(rules=tuple(map(str, rules or ())), ner=ner, published=published)
    source = read(file, shown=file.as_posix())
    article, found = find(replace(source, published=source.published or published), config)
    if at is None and not text:
        typer.echo("\n".join(everything(article, found)))
        return
    span = place(article, at, text)
    if span is None:
        raise typer.BadParameter(
            f"{file}: has no such place", param_hint="--at" if at is not None else "--text"
        )
    typer.echo("\n".join(explained(article, found, load_rules(config.rules), *span)))


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
    known = {rule.id: rule for rule in _load(rules).rules}
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        say(
            f"zhclaims: no rule is called {name!a}{f'; did you mean {near[0]}?' if near else ''}. `zhclaims rules list` lists them."
        )
        raise typer.Exit(Code.USAGE)
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
        raise typer.Exit(Code.TESTS_FAILED)
    typer.echo(f"{len(loaded.rules)} rules, {tests} tests: all pass.")
