"""What a rule is: the keys a file may hold, and the record that the engine runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import regex

from pipeline.rulekit import template
from pipeline.rulekit.expr import Expression
from pipeline.rulekit.hazards import ways
from pipeline.rulekit.later import later
from pipeline.rulekit.lexicons import Lexicon
from pipeline.rulekit.narrow import narrow, on_document, settled
from pipeline.rulekit.template import SYMBOLS, Node

__all__ = [
    "CONTEXT_KEYS",
    "FILE_KEYS",
    "FORMAT",
    "KINDS",
    "RULE_KEYS",
    "TEST_KEYS",
    "TEST_KINDS",
    "Context",
    "Rule",
    "RuleSet",
    "RuleTest",
]

FORMAT = "zhclaims-rules/1"

KINDS: Mapping[str, str] = {
    "quantity": "a number with its unit",
    "date": "a calendar time",
    "institution": "a named organisation",
    "attribution": "who says what follows or precedes",
    "claim": "fields of a numeric claim: subject, trend, comparator, modality, time",
    "reject": "a number or name that is none of the above; `reason` says why",
}
"""What a rule may extract."""

FILE_KEYS: Mapping[str, str] = {
    "format": f"always {FORMAT}",
    "doc": "what the file is about",
    "lexicons": "sets of terms, used as @name: a list, {map: {term: code}} or {file: words/name.csv}",
    "patterns": "templates used as {name} in other templates",
    "rules": "the rules, each after '- '",
}
RULE_KEYS: Mapping[str, str] = {
    "id": "words joined by dots, such as claim.level; printed in the CSV, never reused",
    "extracts": "what the rule finds: " + ", ".join(KINDS),
    "doc": "one line: what it catches",
    "match": "the template",
    "regex": "instead of match: a regular expression, its named groups are the captures",
    "unless": "what must not stand around it: before, after, inside, sentence, within",
    "needs": "what must stand around it, likewise",
    "where": "conditions on what was captured, such as value <= 100",
    "set": "fields with a fixed value, or '= an expression'",
    "priority": "which rule wins where two overlap: the higher one; 50 when left out",
    "tags": "names for --only and --except",
    "tests": "sentences it must hit, with ⟦ ⟧ around what it finds, and sentences it must miss; todo: can't do yet",
    "extends": "the id of a rule whose other keys it takes over",
    "version": "counts up when you change what the rule means",
}
CONTEXT_KEYS: Mapping[str, str] = {
    "before": "templates right before the match, or within `within` characters before it",
    "after": "likewise, behind the match",
    "inside": "templates inside the match",
    "sentence": "templates anywhere in its sentence",
    "within": "how many characters away before and after may be",
    "start": "line: the match begins its line, behind nothing but spaces, marks and opening brackets; sentence: or its sentence",
}
TEST_KEYS: Mapping[str, str] = {
    "hit": "a sentence in which the rule finds what ⟦ ⟧ mark",
    "miss": "a sentence in which it must find nothing",
    "todo": "a sentence it can't do yet; with ⟦ ⟧ it fails as soon as it can",
    "get": "of a hit: columns with the values they must have",
}
NEAR = 30  # characters that a bounded rule looks around
WAYS = (
    20_000  # ... and ways through its template, as `hazards.ways` counts them: of these few are open at any one place
)
OPEN_ENDED = regex.compile(r"[*+]|\{\d*,\}|\{(?:\d*,)?\d{3,}\}")  # a repeat in a regex that may go on for long
LONG = regex.compile(r"(?<!\\)[{*+]")  # a repeat in a pattern
END = "\\Z"  # how a pattern that must stand right before a match ends
FIRST = regex.compile(r"\(\?=(\[(?:[^\\\]]|\\.)+\])\)|\(\?P<\w+>(\[[^\]]+\]|[^()\[\\.*+?|])\)")
TEST_KINDS = ("hit", "miss", "todo")


@dataclass(frozen=True, slots=True)
class Context:
    """What must (`needs`) or must not (`unless`) stand around a match.

    ``before``/``after``: within ``within`` characters of the match (0 = directly), in its sentence;
    ``inside``: in the match; ``sentence``: anywhere in its sentence; ``start`` says ``line`` or ``sentence``: the match begins its
    line, or that or its sentence.
    """

    before: regex.Pattern[str] | None = None
    after: regex.Pattern[str] | None = None
    inside: regex.Pattern[str] | None = None
    sentence: regex.Pattern[str] | None = None
    within: int = 0
    start: str = ""
    source: str = ""

    def guard_after(self, sign: str) -> str:
        """A look-ahead that says the same (``=`` needed, ``!`` unwanted), "" where none says quite the same."""
        if (
            self.after is None
            or self.before
            or self.inside
            or self.sentence
            or self.start
            or (self.within and sign == "!")
        ):
            return ""
        gap = f"[^\n]{{0,{self.within}}}?" if self.within else ""
        return f"(?{sign}{gap}(?:{self.after.pattern}))"

    def guard_before(self, sign: str) -> str:
        """Likewise a look-behind."""
        if (
            self.before is None
            or self.after
            or self.inside
            or self.sentence
            or self.start
            or (self.within and sign == "!")
        ):
            return ""
        gap = f"[^\n]{{0,{self.within}}}" if self.within else ""
        return f"(?<{sign}(?:{self.before.pattern.removesuffix(END)}){gap})"


@dataclass(frozen=True, slots=True)
class RuleTest:
    """A sentence a rule must hit (``span`` of the ⟦⟧, ``get`` fields), must miss, or can't do yet (todo)."""

    kind: str
    text: str
    span: tuple[int, int] | None
    get: Mapping[str, str]
    line: int
    column: int


@dataclass(frozen=True)
class Rule:
    """A compiled rule. ``search`` runs on `Symbols.text`; ``lead`` is a run before the match that the engine adds."""

    id: str
    extracts: str
    doc: str
    file: str
    line: int
    order: int
    source: str
    tree: Node | None
    search: regex.Pattern[str]
    plain: bool  # a regex: rule, matches the shadow without symbols
    lead: tuple[str, str] | None  # (field, text|phrase) captured before the search match, back to the clause start
    captures: Mapping[str, str]  # field -> type, "@lexicon", or "(…)"
    types: frozenset[str]  # mention types it needs
    unless: tuple[Context, ...]
    needs: tuple[Context, ...]
    where: tuple[tuple[str, Expression], ...]
    set: Mapping[str, str | Expression]
    priority: int
    tags: tuple[str, ...]
    tests: tuple[RuleTest, ...]
    version: str
    path: str = ""  # the file, as it can be opened

    @cached_property
    def ready(self) -> bool:
        """Compiles everything that the rule searches with; True."""
        around = (p for c in (*self.unless, *self.needs) for p in (c.before, c.after, c.inside, c.sentence) if p)
        return all(pattern.search is not None for pattern in (self.guarded, *around))  # a Later compiles when asked

    @cached_property
    def unconditional(self) -> bool:
        """Whether every match of `guarded` counts."""
        return not (self.unseen_where or self.unseen_unless or self.unseen_needs)

    @cached_property
    def computes(self) -> bool:
        """Whether a value of `set:` is an expression."""
        return any(callable(value) for value in self.set.values())

    @cached_property
    def bounded(self) -> bool:
        """Whether an attempt at one place takes little time whatever stands there: short gaps and runs, few choices."""
        if self.tree is None:
            return not OPEN_ENDED.search(self.search.pattern)
        around = max((context.within for context in (*self.unless, *self.needs)), default=0)
        return around <= NEAR and ways(self.tree) <= WAYS

    @cached_property
    def sees_units(self) -> bool:
        """Whether the rule speaks of unit words, in its template or around it."""
        patterns = (p for c in (*self.unless, *self.needs) for p in (c.before, c.after, c.inside, c.sentence) if p)
        marks = {SYMBOLS["unit"], SYMBOLS["currency"]}
        return bool(self.types & {"unit", "currency"}) or any(marks & set(p.pattern) for p in patterns)

    @cached_property
    def gate(self) -> tuple[Expression, ...]:
        """The conditions on the document alone (``region == "TW"``): asked once for all matches."""
        return tuple(run for source, run in self.where if on_document(source))

    @cached_property
    def narrowed(self) -> Mapping[str, str]:
        """Captured numbers → the symbols that can meet the rule's conditions; the conditions still decide."""
        return narrow(self.captures, [source for source, _ in self.where])

    @cached_property
    def guarded(self) -> regex.Pattern[str]:
        """``search`` with what an expression can check built in: numbers by their symbols, neighbours by looking.

        Most vetoes then cost no Python. Never matches less than ``search`` and `match.verdict` together allow;
        the verdict still decides.
        """
        ahead = "".join(guard for context in self.needs if (guard := context.guard_after("=")))
        ahead += "".join(guard for context in self.unless if (guard := context.guard_after("!")))
        behind = "" if self.lead else "".join(guard for c in self.needs if (guard := c.guard_before("=")))
        behind += "" if self.lead else "".join(guard for c in self.unless if (guard := c.guard_before("!")))
        if self.plain or not (ahead or behind or self.narrowed):
            return self.search
        source = self.search.pattern
        for name, chars in self.narrowed.items():
            source = source.replace(f"(?P<{name}>{template.CLASSES[self.captures[name]]})", f"(?P<{name}>[{chars}])")
        first = FIRST.match(source)
        look = f"(?={first[1] or first[2]})" if first else ""
        return later(f"{look}{behind}(?>{source}){ahead}")

    @cached_property
    def unseen_where(self) -> tuple[tuple[str, frozenset[str], tuple[Expression, ...]], ...]:
        """The conditions but those of `gate`, by the number they are about, with the symbols of it for which all of them hold."""
        groups: dict[str, list[tuple[frozenset[str], Expression]]] = {}
        for source, run in self.where:
            if not on_document(source):
                name, sure = settled(self.captures, source)
                groups.setdefault(name, []).append((sure, run))
        return tuple(
            (name, frozenset.intersection(*(sure for sure, _ in group)), tuple(run for _, run in group))
            for name, group in groups.items()
        )

    @cached_property
    def unseen_unless(self) -> tuple[Context, ...]:
        """The vetoes that `guarded` doesn't answer for good."""
        return tuple(c for c in self.unless if not self.answers(c, "!"))

    @cached_property
    def unseen_needs(self) -> tuple[Context, ...]:
        """The needs that `guarded` doesn't answer for good."""
        return tuple(c for c in self.needs if not self.answers(c, "="))

    def answers(self, context: Context, sign: str) -> bool:
        """Whether a look around says all that a context asks: what stands right there, and of a bounded length."""
        if self.plain or context.within or self.guarded is self.search:
            return False
        if context.guard_after(sign):
            return True
        return (
            not self.lead
            and bool(context.guard_before(sign))
            and not LONG.search(context.before.pattern if context.before else "")
        )

    @cached_property
    def own(self) -> str:
        """The capture that is the mention, "" when the whole match is."""
        if "span" in self.captures:
            return "span"
        return "value" if self.extracts == "claim" and "value" in self.captures else ""

    @cached_property
    def counts_groups(self) -> bool:
        """Whether the groups of the expression are the captures, all of them and nothing else."""
        pattern = self.search
        return (
            not self.lead
            and pattern.groups == len(pattern.groupindex)
            and pattern.groupindex.keys() == self.captures.keys()
        )

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        """The phrase captures that the search itself finds (the lead is the engine's)."""
        return tuple(
            name
            for name, kind in self.captures.items()
            if kind == "phrase" and not (self.lead and name == self.lead[0])
        )


@dataclass(frozen=True)
class RuleSet:
    """All rules in file order, the lexicons they share, and a hash of every byte that made them."""

    rules: tuple[Rule, ...]
    lexicons: Mapping[str, Lexicon]
    sha256: str
    files: tuple[str, ...]
    _of: dict[tuple[str, ...], tuple[Rule, ...]] = field(default_factory=dict, repr=False, compare=False)

    def of(self, *kinds: str) -> tuple[Rule, ...]:
        """The rules that extract one of these kinds; the same tuple each time it is asked."""
        if kinds not in self._of:
            self._of[kinds] = tuple(rule for rule in self.rules if rule.extracts in kinds)
        return self._of[kinds]

    def only(self, only: Sequence[str] = (), but: Sequence[str] = ()) -> RuleSet:
        """The rules whose id (or a dotted prefix of it, or a tag) is in ``only`` and not in ``but``."""

        def named(rule: Rule, names: Sequence[str]) -> bool:
            return any(rule.id == n or rule.id.startswith(n + ".") or n in rule.tags for n in names)

        kept = tuple(r for r in self.rules if (not only or named(r, only)) and not named(r, but))
        return RuleSet(kept, self.lexicons, self.sha256, self.files)
