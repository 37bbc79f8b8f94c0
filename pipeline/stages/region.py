"""The jurisdiction a text speaks from or about: it decides which money a bare 元 is and which 部 a 教育部.

Script says nothing about it (Taiwanese news comes in simplified too). Terms do: ``rules/words/region.csv`` gives each
a region and a weight, 3 for what belongs to one place (港元, 立法院), 2 for its names, 1 for a city that anybody
mentions. A row whose term starts with a dot is the end of a host name.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from urllib.parse import urlsplit

from pipeline.words import read_words

__all__ = ["REGIONS", "region_of"]

REGIONS = ("CN", "TW", "HK", "MO", "SG")

_LOOKED_AT = 20_000  # characters from the start
_REPEATS = 3  # a term counts so often at most: a subject repeated is one subject
_ENOUGH = 4
_MARGIN = 1.5  # times the runner-up


def region_of(shadow: str, url: str = "") -> str:
    """``CN TW HK MO SG``, or ``""`` when the text doesn't say clearly.

    >>> region_of("据香港入境事务处的数字，超过50万人来港，费用约3万港元")
    'HK'
    >>> region_of("患者平均年龄为59岁"), region_of("发言人介绍了国务院的方案，并提到台湾，费用以人民币计")
    ('', 'CN')
    """
    pattern, terms = _terms()
    scores: Counter[str] = Counter()
    for term, count in Counter(pattern.findall(shadow[:_LOOKED_AT])).items():
        region, weight = terms[term]
        scores[region] += weight * min(count, _REPEATS)
    host = _host(url)
    for term, (region, weight) in terms.items():
        if term.startswith(".") and host.endswith(term):
            scores[region] += weight
    ranked = [*scores.most_common(2), ("", 0), ("", 0)]
    (best, first), (_, second) = ranked[:2]
    return best if first >= _ENOUGH and first >= _MARGIN * second else ""


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # [ without ]
        return ""


@cache
def _terms() -> tuple[re.Pattern[str], dict[str, tuple[str, int]]]:
    terms = {row["term"]: (row["region"], int(row["weight"])) for row in read_words("region")}
    heads: dict[str, list[str]] = {}
    for term in sorted(terms, key=lambda term: (-len(term), term)):
        if not term.startswith("."):
            heads.setdefault(term[0], []).append(re.escape(term[1:]))
    groups = (f"{re.escape(head)}(?:{'|'.join(tails)})" for head, tails in heads.items())
    return re.compile("|".join(groups)), terms
