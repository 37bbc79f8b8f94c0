"""Why a rule matched at a place, or how far it came: the question rule authors ask most.

The compiled rules say yes or no; here a template is walked part by part over the same symbols, slowly, and the
attempt that came furthest is kept with everything that would have let it go on. A test holds the two to the same answers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.explaining.sight import level, rounds, symbols_for
from pipeline.explaining.standing import Standing
from pipeline.explaining.walk import Part, Walk, spell
from pipeline.match import Match, Text, build, lead_run, order, verdict
from pipeline.model import (
    Article,
    Claim,
    Found,
    Mention,
    Numeral,
    Quantity,
    Reject,
    UnitWord,
)
from pipeline.rulekit.symbols import Symbols
from pipeline.rulekit.template import RUN_LIMIT, Node
from pipeline.rules import Lexicon, Rule, RuleSet
from pipeline.stages.claims import rank

__all__ = [
    "Attempt",
    "Explanation",
    "Part",
    "Workbench",
    "attempt",
    "explain",
    "furthest",
    "outcome",
    "spell",
    "tried_match",
    "used_parts",
    "without_phrase",
]

LAST = {
    "claim": 0,
    "reject": 2,
}  # of rules that came equally far, people ask for frames first and for rejects last
RANKS = {"matched": 0, "vetoed": 1, "out of budget": 2, "stopped": 3}


@dataclass(frozen=True, slots=True)
class Attempt:
    """How far a rule came at a place.

    ``status``: matched · vetoed (``why``: the condition) · stopped (``expected``: any of these at ``stopped_at``
    would have let it go on) · out of budget. ``outcome`` of a match: what became of it, and why.
    """

    rule: Rule
    status: str
    parts: tuple[Part, ...] = ()
    stopped_at: int = 0
    expected: tuple[str, ...] = ()
    why: str = ""
    start: int = 0
    end: int = 0
    fields: Mapping[str, str] = field(default_factory=dict)
    outcome: str = ""
    key: tuple[int, ...] = ()  # its place in the order of overlapping matches


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything about one place of a text: what stands there, what lost, and what each rule did."""

    start: int
    end: int
    found: tuple[Mention, ...]
    rejected: tuple[Reject, ...]
    attempts: tuple[Attempt, ...]


def explain(
    article: Article,
    found: Found,
    rules: RuleSet,
    start: int,
    end: int,
    near: int = 2,
    only: Collection[str] = (),
) -> Explanation:
    """Explain ``text[start:end]``: rules that matched there, and those that matched at least ``near`` parts.

    ``only``: ids of the rules that are asked about, however little of them matched.
    """
    standing = tuple(
        m
        for m in found.mentions
        if m.start < end and m.end > start and not isinstance(m, Reject | Numeral | UnitWord) and shown(m, found)
    )
    rejected = tuple(m for m in found.of(Reject) if m.start < end and m.end > start)
    bench = Workbench(article, found, rules)
    attempts = []
    for rule in rules.rules:
        if only and rule.id not in only:
            continue
        best = bench.attempt(rule, start, end)
        if best is None and only:
            best = Attempt(rule, "stopped", stopped_at=start, expected=("its first part",))
        if best and (only or best.status != "stopped" or len(best.parts) >= near):
            attempts.append(best)
    rivals = attempts + (others(bench, found, start, end, only) if only else [])
    all_found = Standing(found)
    attempts = [replace(a, outcome=outcome(a, all_found, rivals)) if a.status == "matched" else a for a in attempts]
    attempts.sort(
        key=lambda a: (
            RANKS[a.status],
            a.key if a.status == "matched" else (),
            LAST.get(a.rule.extracts, 1),
            -len(a.parts),
            -a.rule.priority,
            a.rule.order,
        )
    )
    return Explanation(start, end, standing, rejected, tuple(attempts))


def others(bench: Workbench, found: Found, start: int, end: int, only: Collection[str]) -> list[Attempt]:
    """The attempts of the rules that made what stands there, to say why they won."""
    here = [m for m in found.mentions if m.start < end and m.end > start and not isinstance(m, Numeral | UnitWord)]
    names = {name for m in here for name in named_by(m)} - set(only)
    tries = (bench.attempt(rule, start, end) for rule in bench.rules.rules if rule.id in names)
    return [attempt for attempt in tries if attempt]


def named_by(mention: Mention) -> Iterator[str]:
    """The rules that made a mention, gave it a field, or won over it."""
    yield from mention.rule.split("+")
    if isinstance(mention, Claim):
        yield from mention.because.values()
    elif isinstance(mention, Reject):
        yield mention.winner


def shown(mention: Mention, found: Found) -> bool:
    """A quantity that became a claim is shown once, as the claim."""
    return not isinstance(mention, Quantity) or not any(
        c.start == mention.start and c.end == mention.end for c in found.of(Claim)
    )


# --- what rules run on ------------------------------------------------------------------------


class Workbench:
    """The symbols of an article for every level of rules, each made once.

    Rules over dates and quantities run in rounds, each on what the one before made: they have several.
    """

    def __init__(self, article: Article, found: Found, rules: RuleSet) -> None:
        self.article, self.found, self.rules = article, found, rules
        self.made: dict[str, tuple[Symbols, ...]] = {}

    def symbols(self, rule: Rule) -> tuple[Symbols, ...]:
        key = level(rule)
        if key not in self.made:
            self.made[key] = (
                tuple(rounds(self.article, self.found, self.rules))
                if key == "figures"
                else (symbols_for(key, self.article, self.found),)
            )
        return self.made[key]

    def attempt(self, rule: Rule, start: int, end: int) -> Attempt | None:
        """The best attempt of a rule at ``text[start:end]``, over all rounds."""
        tries = [
            t
            for symbols in self.symbols(rule)
            if (t := attempt(rule, symbols, self.article, self.rules.lexicons, start, end))
        ]
        return min(tries, key=lambda t: (RANKS[t.status], -len(t.parts)), default=None)


# --- one rule at one place --------------------------------------------------------------------


def attempt(
    rule: Rule, symbols: Symbols, article: Article, lexicons: Mapping[str, Lexicon], start: int, end: int
) -> Attempt | None:
    """The best attempt of a rule that touches ``text[start:end]``: a match, a vetoed match, or the furthest try."""
    low, high = symbols.position(start), symbols.position(max(start, end - 1)) + 1
    line = symbols.text.rfind("\n", 0, low) + 1
    stop = symbols.text.find("\n", high - 1)
    text = Text(article, lexicons)
    best: Attempt | None = None
    for found in rule.search.finditer(symbols.text, line, stop if stop >= 0 else None, overlapped=True):
        run = lead_run(symbols, found.start()) if rule.lead else None
        if found.start() >= high and not (run and run[0] < high):
            break
        if found.end() <= low:
            continue
        match = build(rule, found, symbols, text)
        if match is None:
            best = best or without_phrase(rule, symbols, lexicons, found.start(), found.end(), run)
            continue
        why = verdict(match, symbols)
        tried = tried_match(match, symbols, lexicons, why)
        if not why:
            return tried
        if best is None or best.status != "vetoed":
            best = tried
    if best or rule.tree is None:
        return best
    return furthest(rule, symbols, lexicons, low, high)


def tried_match(match: Match, symbols: Symbols, lexicons: Mapping[str, Lexicon], why: str) -> Attempt:
    """A match, vetoed if ``why`` says so, with its parts and fields."""
    rule, found = match.rule, match.found
    fields = {
        name: str(value) for name in {**match.captures, **match.given} if (value := match.get(name)) not in ("", None)
    }
    lead = (
        [Part(spell(rule.tree.items[0]), c.start, c.end, c.text)]
        if rule.lead and rule.tree and (c := match.capture(rule.lead[0]))
        else []
    )
    return Attempt(
        rule,
        "vetoed" if why else "matched",
        (*lead, *walked(rule, symbols, found.start(), found.end(), lexicons)),
        why=why,
        start=match.start,
        end=match.end,
        fields=fields,
        key=rank(match) if rule.extracts == "claim" else order(match),
    )


def without_phrase(
    rule: Rule,
    symbols: Symbols,
    lexicons: Mapping[str, Lexicon],
    start: int,
    end: int,
    run: tuple[int, int] | None,
) -> Attempt:
    """The words are there, but a run or noun phrase that the rule captures isn't."""
    parts = walked(rule, symbols, start, end, lexicons)
    names = [f"{{{name}:{kind}}}" for name, kind in rule.captures.items() if kind in ("phrase", "text")]
    where = symbols.offset(run[0] if run else start)
    return Attempt(rule, "stopped", parts, stopped_at=where, expected=tuple(names))


def walked(rule: Rule, symbols: Symbols, start: int, end: int, lexicons: Mapping[str, Lexicon]) -> tuple[Part, ...]:
    """The parts of a match of the search from ``start`` to ``end`` (symbol positions)."""
    if rule.tree is None:
        span = symbols.span(start, end)
        return (Part(rule.source, *span, symbols.shadow[span[0] : span[1]]),)
    walk = Walk(symbols, lexicons)
    for stop in walk.steps(body_of(rule), start):
        if stop == end:
            return walk.parts()
    return ()


def used_parts(match: Match, lexicons: Mapping[str, Lexicon]) -> list[tuple[Node, str]]:
    """The leaves of the template that took part in a match, each with what it matched: for coverage."""
    if match.rule.tree is None:
        return []
    walk = Walk(match.symbols, lexicons)
    for stop in walk.steps(body_of(match.rule), match.found.start()):
        if stop == match.found.end():
            return [(node, match.symbols.text[start:end]) for node, start, end in walk.trail]
    return []


def body_of(rule: Rule) -> Node:
    """The template without the leading phrase, which is looked for leftwards once the rest has matched."""
    assert rule.tree is not None
    if rule.lead:
        return Node("seq", rule.tree.at, items=rule.tree.items[1:])
    return rule.tree


def furthest(rule: Rule, symbols: Symbols, lexicons: Mapping[str, Lexicon], low: int, high: int) -> Attempt | None:
    """The try that matched most before a part failed, among those that touch the place."""
    best: Walk | None = None
    first = max(symbols.text.rfind("\n", 0, low) + 1, low - RUN_LIMIT)
    for position in range(first, high):
        walk = Walk(symbols, lexicons)
        if any(True for _ in walk.steps(body_of(rule), position)):
            continue
        if walk.far >= low and walk.far > position and (best is None or walk.reached() > best.reached()):
            best = walk
    if best is None or not best.far_parts:
        return None
    at = symbols.offset(min(best.far, len(symbols.text) - 1))
    status = "out of budget" if best.left <= 0 else "stopped"
    return Attempt(rule, status, best.spelled(best.far_parts), stopped_at=at, expected=tuple(best.expected))


# --- what became of a match -------------------------------------------------------------------


def outcome(mine: Attempt, found: Standing, attempts: Sequence[Attempt]) -> str:
    """What a match led to: the row it made, the fields it gave, or the rule that won and why."""
    if mine.rule.extracts in ("claim", "attribution"):
        return fields_given(mine, found, attempts)
    name = mine.rule.id
    here = found.at(mine.start, mine.end)
    if any(name in m.rule.split("+") and not (isinstance(m, Reject) and m.winner) for m in here):
        return "stands"
    winner = next((m.winner for m in here if isinstance(m, Reject) and m.rule == name and m.winner), "")
    winner = winner or next((m.rule for m in here if m.rule and not isinstance(m, Reject)), "")
    if not winner:
        return "gave nothing: its parts make no value"
    return f"lost to {winner}{because(mine, winner, attempts)}"


def fields_given(mine: Attempt, found: Standing, attempts: Sequence[Attempt]) -> str:
    """Which fields of the claims there come from a frame, and from where those come that it gave in vain."""
    given: dict[str, None] = {}
    instead: dict[str, str] = {}
    claims = [m for m in found.at(mine.start, mine.end) if isinstance(m, Claim)]
    if "value" not in mine.rule.captures:  # a cue speaks of numbers around it
        claims += found.claims_by(mine.rule.id, mine.start, mine.end)
    for claim in claims:
        for name, rule in claim.because.items():
            if rule == mine.rule.id:
                given[name] = None
            elif name in mine.fields:
                instead[name] = rule
    says = [f"gave {', '.join(given)}"] if given else ["gave nothing"]
    says += [
        f"{name} came from {rule}{because(mine, rule, attempts)}" for name, rule in instead.items() if name not in given
    ]
    return "; ".join(says)


def because(loser: Attempt, winner: str, attempts: Sequence[Attempt]) -> str:
    """In which respect another rule's match goes before this one: the first in which the two differ."""
    other = next((a for a in attempts if a.rule.id in winner.split("+") and a.key), None)
    if other is None:
        return ""
    names = ("priority", "length", "captured fields", "start", "order in the files")
    for name, mine, theirs in zip(names, loser.key, other.key, strict=True):
        if mine != theirs:
            return f": {name} {abs(theirs)} against {abs(mine)}"
    return ""
