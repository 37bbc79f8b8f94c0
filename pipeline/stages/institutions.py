"""Where names of organisations may stand: candidates by the rules, with their left borders.

A rule of ``rules/institutions.yaml`` finds a right border, a known name or a context; its ``grow`` says which way the name
is found (`pipeline.stages.candidates`). What yields nothing (医院 alone, 三甲医院) gives no candidate. `resolve` decides
between candidates and the model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from pipeline.match import Budget, Match, find_all
from pipeline.model import Article, Found, Mention, Reject
from pipeline.rulekit.symbols import Symbols
from pipeline.rules import RuleSet
from pipeline.stages.candidates import contextual, grown, known
from pipeline.stages.candidates.candidate import STAGE, Candidate, made
from pipeline.stages.candidates.view import View

__all__ = ["institutions", "stage"]

LATER = ("short", "shared")  # ways that `resolve` goes, from the names it settled on


def stage(rules: RuleSet, ner: str) -> Callable[[Article, Found], Iterator[Mention]]:
    """The stage for a rule set; it runs after the model, whose names of people keep borders apart."""
    return partial(institutions, rules=rules)


def institutions(article: Article, found: Found, rules: RuleSet) -> Iterator[Mention]:
    """Candidates, and a ``Reject`` for a rule that ran out of time."""
    late: set[str] = set()
    symbols = Symbols(article, ())
    matches = find_all(rules.of("institution"), symbols, article, rules.lexicons, Budget(len(article.text)), late)
    view = View(article, found, matches)
    for match in matches:
        candidate = _candidate(view, match)
        if candidate is not None:
            yield candidate
    yield from (Reject(0, 0, rule=name, stage=STAGE, reason="timeout") for name in sorted(late))


def _candidate(view: View, match: Match) -> Candidate | None:
    """What a match gives, the way its rule says."""
    how = str(match.get("grow", "left"))
    if how in contextual.SIDES:
        return contextual.proved(view, match, how)
    if how == "list":  # begins behind the match
        return Candidate(match.end, match.end + 1, rule=match.rule.id, stage=STAGE, itype="company", grown=how)
    if how in ("alias", "coref"):
        return made(match, match.start, match.end, how)
    if how in LATER:
        return None
    if match.end - match.start == 1 and match.get("itype") == "media" and match.end in view.known:
        return None  # 官媒新华社
    if how == "common":
        return known.shared(view, match)
    if how == "known":
        return known.known(view, match)
    return grown.team(view, match) if how == "team" else grown.grown(view, match, how)
