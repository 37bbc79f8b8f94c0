"""What rules saw: the symbols of each level of rules, rebuilt from what was found."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.match import Budget, find_all, resolve
from pipeline.model import Article, Date, Found, Institution, Numeral, Quantity, UnitWord
from pipeline.rulekit.symbols import Symbols
from pipeline.rules import Rule, RuleSet
from pipeline.stages.claims import outermost, persons
from pipeline.stages.figures import MAX_ROUNDS, Levels, mention_of, second_round, sentences_of, uncovered

__all__ = ["level", "rounds", "symbols_for"]

FIGURES = frozenset(
    {
        "quantity",
        "percentage",
        "money",
        "duration",
        "age",
        "fraction",
        "multiple",
        "measurement",
        "count",
        "date",
    }
)


def level(rule: Rule) -> str:
    """The round of the pipeline in which a rule runs; it decides which symbols the rule sees."""
    if rule.plain:
        return "plain"
    if rule.extracts in ("claim", "attribution"):
        return "frames"
    if rule.extracts == "institution":
        return "names"
    if rule.types & FIGURES:
        return "figures"
    return "units" if rule.sees_units else "numbers"


def symbols_for(key: str, article: Article, found: Found) -> Symbols:
    """The symbols that rules of a level run on, rebuilt from what was found."""
    match key:
        case "plain":
            return Symbols(article, (), plain=True)
        case "frames":
            return Symbols(
                article,
                [*found.of(Quantity), *found.of(Date), *outermost(found.of(Institution)), *persons(article, found)],
            )
        case "names":
            return Symbols(article, ())
        case "units":
            return Symbols(article, [*found.of(Numeral), *found.of(UnitWord)])
        case _:
            return Symbols(article, list(found.of(Numeral)))


def rounds(article: Article, found: Found, rules: RuleSet) -> Iterator[Symbols]:
    """What the rules over dates and quantities saw in each of their rounds."""
    levels, numerals, late = Levels.of(rules), list(found.of(Numeral)), set[str]()
    budget = Budget(len(article.text))
    candidates = find_all(levels.first, Symbols(article, numerals), article, rules.lexicons, budget, late)
    candidates += find_all(
        levels.units,
        Symbols(article, [*numerals, *found.of(UnitWord)]),
        article,
        rules.lexicons,
        budget,
        late,
    )
    mentions = [m for match in resolve(candidates)[0] if (m := mention_of(match, article)) is not None]
    where = sentences_of(article, mentions)
    for _ in range(MAX_ROUNDS):
        yield Symbols(article, [*mentions, *uncovered(numerals, mentions)])
        mentions, _, changed = second_round(article, rules, levels, numerals, mentions, budget, late, where)
        where = sentences_of(article, changed)
        if not changed:
            break
