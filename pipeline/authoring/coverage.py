"""``rules check --coverage``: rules, alternatives and lexicon entries that no test and no article of a corpus uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.authoring.bench import Bench, articles
from pipeline.explaining.explain import Workbench, spell, used_parts
from pipeline.match import Budget, find
from pipeline.model import Article, Found
from pipeline.rulekit.template import Node, walk
from pipeline.rules import Rule

__all__ = ["Coverage", "coverage", "printed"]


@dataclass(slots=True)
class Coverage:
    """What nothing exercises: rule ids, (rule, alternative), lexicon → terms."""

    rules: list[str] = field(default_factory=list)
    alternatives: list[tuple[str, str]] = field(default_factory=list)
    terms: dict[str, list[str]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)  # lexicon -> all its terms
    articles: int = 0
    hits: dict[str, int] = field(default_factory=dict)  # rule -> matches in the corpus

    def as_json(self) -> dict[str, Any]:
        return {
            "rules": self.rules,
            "alternatives": [{"rule": rule, "alternative": part} for rule, part in self.alternatives],
            "lexicons": {name: {"terms": self.sizes[name], "unused": terms} for name, terms in self.terms.items()},
            "articles": self.articles,
            "corpus_hits": self.hits,
        }


def coverage(bench: Bench, rules: Sequence[Rule], corpus: Sequence[Path]) -> Coverage:
    """Run every rule over all tests of these rules and over a corpus; what took part in no match is uncovered."""
    seen = Seen(bench, rules)
    for text in dict.fromkeys(test.text for rule in rules for test in rule.tests if test.kind == "hit"):
        seen.take(*bench.extract(text))
    out = Coverage()
    for source in articles(corpus):
        out.articles += 1
        for rule, count in seen.take(*bench.find(source)).items():
            out.hits[rule] = out.hits.get(rule, 0) + count
    return seen.missing(out)


class Seen:
    """The leaves of the templates and the terms that took part in a match so far."""

    def __init__(self, bench: Bench, rules: Sequence[Rule]) -> None:
        self.bench, self.rules = bench, rules
        self.fired: set[str] = set()
        self.leaves: dict[str, set[Node]] = {rule.id: set() for rule in rules}
        self.terms: dict[str, set[str]] = {}

    def take(self, article: Article, found: Found) -> dict[str, int]:
        """Matches by rule in one article."""
        table, budget, lexicons = (
            Workbench(article, found, self.bench.rules),
            Budget(len(article.text)),
            self.bench.rules.lexicons,
        )
        counts: dict[str, int] = {}
        for rule in self.rules:
            with suppress(TimeoutError):
                for match in (
                    m for symbols in table.symbols(rule) for m in find(rule, symbols, article, lexicons, budget)
                ):
                    counts[rule.id] = counts.get(rule.id, 0) + 1
                    for node, text in used_parts(match, lexicons):
                        self.leaves[rule.id].add(node)
                        if node.kind == "lexicon":
                            self.terms.setdefault(node.name, set()).add(text)
        self.fired |= counts.keys()
        return counts

    def missing(self, out: Coverage) -> Coverage:
        used: set[str] = set()
        for rule in self.rules:
            if rule.id not in self.fired:
                out.rules.append(rule.id)
            if rule.tree is None:
                continue
            used |= {node.name for node in walk(rule.tree) if node.kind == "lexicon"}
            if rule.id in self.fired:
                out.alternatives += [(rule.id, text) for text in unused_branches(rule.tree, self.leaves[rule.id])]
        for name in sorted(used):
            lexicon = self.bench.rules.lexicons[name]
            known = self.terms.get(name, set())
            unused = [entry["term"] for surface, entry in lexicon.entries.items() if surface not in known]
            if unused:
                out.terms[name], out.sizes[name] = unused, len(lexicon.entries)
        return out


def printed(found: Coverage, examples: int = 5) -> Iterator[str]:
    """What nothing uses, as lines."""
    where = "no test" + (f" and none of {found.articles} articles" if found.articles else "")
    yield f"coverage: {where} uses"
    yield from (f"  rule {rule}" for rule in found.rules)
    parts: dict[str, list[str]] = {}
    for rule, part in found.alternatives:
        parts.setdefault(rule, []).append(part)
    yield from (f"  alternatives of {rule}: {'  '.join(unused)}" for rule, unused in parts.items())
    for name, terms in found.terms.items():
        more = f" ... (--json lists all {len(terms)})" if len(terms) > examples else ""
        yield f"  {len(terms)} of {found.sizes[name]} terms of @{name}: {', '.join(terms[:examples])}{more}"
    if not (found.rules or found.alternatives or found.terms):
        yield "  everything is used"


def unused_branches(tree: Node, leaves: set[Node]) -> Iterator[str]:
    """The source of every alternative and optional part none of whose leaves took part, outermost first."""
    for node in tree.items:
        if tree.kind in ("alt", "opt") and not any(part in leaves for part in walk(node) if not part.items):
            yield node.text or spell(node)
        else:
            yield from unused_branches(node, leaves)
