"""Why a rule matched at a place, or how far it came: the question rule authors ask most.

The compiled rules say yes or no; here a template is walked part by part over the same symbols, slowly, and the
attempt that came furthest is kept with the part that stopped it. A test holds the two to the same answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import regex

from pipeline.match import Text, build, lead_run, verdict
from pipeline.model import Article, Claim, Date, Found, Institution, Mention, Numeral, Quantity, Reject, UnitWord
from pipeline.rules import Lexicon, Rule, RuleSet
from pipeline.symbols import Symbols
from pipeline.template import CLASSES, CLAUSE_END, RUN_LIMIT, Node

__all__ = ["Attempt", "Explanation", "Part", "attempt", "explain", "symbols_for"]

MAX_STEPS = 20_000


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a template and the text it matched (text offsets)."""

    template: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """How far a rule came at a place.

    ``status``: matched · vetoed (``why``: the condition) · stopped (``expected`` at ``stopped_at``) · out of budget.
    """

    rule: Rule
    status: str
    parts: tuple[Part, ...] = ()
    stopped_at: int = 0
    expected: str = ""
    why: str = ""
    start: int = 0
    end: int = 0
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything about one place of a text: what stands there, what lost, and what each rule did."""

    start: int
    end: int
    found: tuple[Mention, ...]
    rejected: tuple[Reject, ...]
    attempts: tuple[Attempt, ...]


def explain(article: Article, found: Found, rules: RuleSet, start: int, end: int, near: int = 2) -> Explanation:
    """Explain ``text[start:end]``: rules that matched there, and those that matched at least ``near`` parts."""
    standing = tuple(m for m in found.mentions if m.start < end and m.end > start and not isinstance(m, Reject | Numeral) and shown(m, found))
    rejected = tuple(m for m in found.of(Reject) if m.start < end and m.end > start)
    symbols: dict[str, Symbols] = {}
    attempts = []
    for rule in rules.rules:
        key = level(rule)
        if key not in symbols:
            symbols[key] = symbols_for(rule, article, found)
        best = attempt(rule, symbols[key], article, rules.lexicons, start, end)
        if best and (best.status != "stopped" or len(best.parts) >= near):
            attempts.append(best)
    rank = {"matched": 0, "vetoed": 1, "out of budget": 2, "stopped": 3}
    attempts.sort(key=lambda a: (rank[a.status], -len(a.parts), -a.rule.priority, a.rule.order))
    return Explanation(start, end, standing, rejected, tuple(attempts))


def shown(mention: Mention, found: Found) -> bool:
    """A quantity that became a claim is shown once, as the claim."""
    return not isinstance(mention, Quantity) or not any(c.start == mention.start and c.end == mention.end for c in found.of(Claim))


FIGURES = frozenset({"quantity", "percentage", "money", "duration", "age", "fraction", "multiple", "measurement", "count", "date"})


def level(rule: Rule) -> str:
    if rule.plain:
        return "plain"
    if rule.extracts in ("claim", "attribution"):
        return "frames"
    if rule.extracts == "institution":
        return "names"
    if rule.types & FIGURES:
        return "figures"
    return "units" if rule.types & {"unit", "currency"} else "numbers"


def symbols_for(rule: Rule, article: Article, found: Found) -> Symbols:
    """The symbols a rule of this kind runs on, rebuilt from what was found."""
    numerals = list(found.of(Numeral))
    match level(rule):
        case "plain":
            return Symbols(article, (), plain=True)
        case "frames":
            people = [m for m in found.mentions if getattr(m, "label", "") == "PER"]
            return Symbols(article, [*found.of(Quantity), *found.of(Date), *found.of(Institution), *people])
        case "units":
            return Symbols(article, [*numerals, *found.of(UnitWord)])
        case "figures":
            figures = [*found.of(Quantity), *found.of(Date)]
            taken = {(m.start, m.end) for m in figures}
            return Symbols(article, [*figures, *(n for n in numerals if (n.start, n.end) not in taken)])
        case _:
            return Symbols(article, numerals)


def attempt(rule: Rule, symbols: Symbols, article: Article, lexicons: dict[str, Lexicon] | object, start: int, end: int) -> Attempt | None:
    """The best attempt of a rule that touches ``text[start:end]``: a match, a vetoed match, or the furthest try."""
    low, high = symbols.position(start), symbols.position(max(start, end - 1)) + 1
    line = symbols.text.rfind("\n", 0, low) + 1
    best: Attempt | None = None
    for found in rule.search.finditer(symbols.text, line, overlapped=True):
        if found.start() >= high:
            break
        run = lead_run(symbols, found.start()) if rule.lead else None
        if found.end() <= low and not (run and run[0] < high <= found.start()):
            continue
        match = build(rule, found, symbols, Text(article, lexicons))  # type: ignore[arg-type]
        if match is None or match.whole[1] <= start or match.whole[0] >= end:
            continue
        why = verdict(match, symbols, article)
        parts = walked(rule, symbols, found.start(), found.end(), lexicons)
        fields = {name: str(value) for name in {**match.captures, **match.given} if (value := match.get(name)) not in ("", None)}
        tried = Attempt(rule, "vetoed" if why else "matched", parts, why=why, start=match.start, end=match.end, fields=fields)
        if not why:
            return tried
        best = best or tried
    if best or rule.tree is None:
        return best
    return furthest(rule, symbols, lexicons, low, high)


def walked(rule: Rule, symbols: Symbols, start: int, end: int, lexicons: object) -> tuple[Part, ...]:
    if rule.tree is None:
        span = symbols.span(start, end)
        return (Part(rule.source, *span, symbols.shadow[span[0] : span[1]]),)
    walk = Walk(symbols, lexicons)
    for stop in walk.steps(body_of(rule), start):
        if stop == end:
            return walk.parts()
    return ()


def body_of(rule: Rule) -> Node:
    assert rule.tree is not None
    if rule.lead:
        return Node("seq", rule.tree.at, items=rule.tree.items[1:])
    return rule.tree


def furthest(rule: Rule, symbols: Symbols, lexicons: object, low: int, high: int) -> Attempt | None:
    """The try that matched most before a part failed, among those that touch the place."""
    best: Walk | None = None
    first = max(symbols.text.rfind("\n", 0, low) + 1, low - RUN_LIMIT)
    for position in range(first, high):
        walk = Walk(symbols, lexicons)
        if any(True for _ in walk.steps(body_of(rule), position)):
            continue
        if walk.far > low and walk.far > position and (best is None or (len(walk.far_parts), walk.far) > (len(best.far_parts), best.far)):
            best = walk
    if best is None or not best.far_parts:
        return None
    at = symbols.offset(min(best.far, len(symbols.text) - 1))
    status = "out of budget" if best.left <= 0 else "stopped"
    return Attempt(rule, status, best.spelled(best.far_parts), stopped_at=at, expected=best.expected)


class Walk:
    """One attempt to match a tree from a position: every way through it, and how far the best one came."""

    def __init__(self, symbols: Symbols, lexicons: object) -> None:
        self.symbols, self.text, self.lexicons = symbols, symbols.text, lexicons
        self.trail: list[tuple[Node, int, int]] = []
        self.far, self.far_parts, self.expected, self.left = -1, (), "", MAX_STEPS

    def parts(self) -> tuple[Part, ...]:
        return self.spelled(tuple(self.trail))

    def spelled(self, trail: Sequence[tuple[Node, int, int]]) -> tuple[Part, ...]:
        out = []
        for node, start, end in trail:
            span = self.symbols.span(start, end) if end > start else (self.symbols.offset(start),) * 2
            out.append(Part(spell(node), span[0], span[1], self.symbols.shadow[span[0] : span[1]]))
        return tuple(out)

    def fail(self, node: Node, position: int) -> None:
        if position > self.far or (position == self.far and len(self.trail) > len(self.far_parts)):
            self.far, self.far_parts, self.expected = position, tuple(self.trail), spell(node)

    def steps(self, node: Node, position: int) -> Iterator[int]:
        """Every position where a match of the node that starts here can end."""
        self.left -= 1
        if self.left <= 0:
            return
        match node.kind:
            case "seq":
                yield from self.sequence(node.items, position)
            case "alt":
                for item in node.items:
                    yield from self.steps(item, position)
            case "opt":
                yield from self.steps(node.items[0], position)
                yield position
            case "capture" if node.items:
                yield from self.steps(node.items[0], position)
            case _:
                yield from self.leaf(node, position)

    def sequence(self, items: Sequence[Node], position: int) -> Iterator[int]:
        if not items:
            yield position
            return
        for middle in self.steps(items[0], position):
            yield from self.sequence(items[1:], middle)

    def leaf(self, node: Node, position: int) -> Iterator[int]:
        ends = self.ends(node, position)
        if not ends:
            self.fail(node, position)
        for end in ends:
            self.trail.append((node, position, end))
            yield end
            self.trail.pop()

    def ends(self, node: Node, position: int) -> list[int]:
        match node.kind:
            case "literal":
                return [position + len(node.text)] if self.text.startswith(node.text, position) else []
            case "lexicon":
                entries = self.lexicons[node.name].entries  # type: ignore[index]
                longest = max(map(len, entries))
                return [position + n for n in range(longest, 0, -1) if self.text[position : position + n] in entries and position + n <= len(self.text)]
            case "gap":
                line = self.text.find("\n", position)
                return list(range(position, min(position + node.size, line if line >= 0 else len(self.text)) + 1))
            case _:
                return self.typed(node, position)

    def typed(self, node: Node, position: int) -> list[int]:
        here = self.text[position : position + 1]
        if node.type in ("text", "phrase"):
            stop = position
            while stop < len(self.text) and stop - position < RUN_LIMIT and self.text[stop] not in CLAUSE_END:
                stop += 1
            return list(range(position + 1, stop + 1))
        return [position + 1] if here and regex.match(CLASSES[node.type], here) else []


def spell(node: Node) -> str:
    """A part as its author wrote it."""
    if node.kind == "lexicon":
        return "@" + node.name
    if node.kind == "gap":
        return f"...{node.size}"
    if node.kind == "capture":
        return "{" + f"{node.name}:{node.type}" + "}"
    return node.text
