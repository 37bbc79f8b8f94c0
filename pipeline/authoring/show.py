"""``rules list`` and ``rules show``: the rules there are, and everything about one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.rulekit.template import walk
from pipeline.rules import KINDS, Rule, RuleSet

__all__ = ["listed", "shown"]

MOST_TERMS = 20


def listed(rules: Sequence[Rule]) -> Iterator[str]:
    """One line a rule, by tabs: id, what it extracts, priority, tests, place, what it is for."""
    for rule in rules:
        yield f"{rule.id}\t{rule.extracts}\t{rule.priority}\t{len(rule.tests)}\t{rule.file}:{rule.line}\t{rule.doc}"


def shown(rule: Rule, rules: RuleSet) -> Iterator[str]:
    """A rule with its lexicons and tests."""
    yield f"{rule.id} ({rule.extracts}: {KINDS[rule.extracts]}) {rule.file}:{rule.line}"
    if rule.doc:
        yield f"  {rule.doc}"
    yield f"  {'regex' if rule.plain else 'match'}: {rule.source}"
    if rule.captures:
        yield f"  captures: {', '.join(f'{name}:{kind}' for name, kind in rule.captures.items())}"
    yield from (f"  unless: {context.source}" + within(context.within) for context in rule.unless)
    yield from (f"  needs: {context.source}" + within(context.within) for context in rule.needs)
    yield from (f"  where: {source}" for source, _ in rule.where)
    constant = [
        f"{name}: {value}" if isinstance(value, str) else f"{name} (worked out)" for name, value in rule.set.items()
    ]
    if constant:
        yield f"  set: {', '.join(constant)}"
    yield f"  priority: {rule.priority}"
    if rule.tags:
        yield f"  tags: {', '.join(rule.tags)}"
    yield f"  version: {rule.version}"
    for name in dict.fromkeys(node.name for node in walk(rule.tree) if node.kind == "lexicon") if rule.tree else ():
        yield f"  @{name}: {terms(rules, name)}"
    for test in rule.tests:
        given = f"  {dict(test.get)}" if test.get else ""
        yield f"  {test.kind}: {marked(test.text, test.span)}{given}"


def within(characters: int) -> str:
    """How far away a context may stand, as `rules show` says it."""
    return f" (within {characters} characters)" if characters else ""


def terms(rules: RuleSet, name: str) -> str:
    """The first terms of a lexicon, and where the others stand."""
    lexicon = rules.lexicons[name]
    own = list(dict.fromkeys(entry["term"] for entry in lexicon.entries.values()))
    more = (
        f" ... {len(own)} terms, {lexicon.file}:{lexicon.line}"
        if len(own) > MOST_TERMS
        else f" ({lexicon.file}:{lexicon.line})"
    )
    return ", ".join(own[:MOST_TERMS]) + more


def marked(text: str, span: tuple[int, int] | None) -> str:
    """The sentence of a test with its marks."""
    return f"{text[: span[0]]}⟦{text[span[0] : span[1]]}⟧{text[span[1] :]}" if span else text
