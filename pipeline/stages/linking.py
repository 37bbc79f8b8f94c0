"""Which organisation a name of an article means: its official name, sort, jurisdiction, identity.

A short form means its full name. Any other name asks, in this order: the parties of its name, the tables, a local authority by
place and pattern, the tables without the country before it, a part of a known body, the short names of the article's
jurisdiction, a longer name of the article, the ministry the article is about. Else it is itself.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from pipeline.model import Article, Institution
from pipeline.names import organisations as orgs
from pipeline.names.endings import added_endings
from pipeline.names.nameparts import ends_in, is_country, one_of, shape, the_word, word_class
from pipeline.names.registry import HAN, Link, Registry
from pipeline.stages.settling.name import STAGE, Name, span_of
from pipeline.stages.settling.spans import subsequence

__all__ = ["Linker"]

OFTEN = 3
ABROAD = ("university", "hospital", "company", "media")  # sorts whose names may have their country before them

Meaning = tuple[str, str, str, str]  # canonical name, itype, jurisdiction, link_method


class Linker:
    """Links the names of one article."""

    def __init__(self, article: Article, names: Sequence[Name], registry: Registry | None = None) -> None:
        self.registry = registry
        self.article = article
        self.names = {span_of(n): n for n in names}
        self.texts = {span: name.reads or self.plain(*span) for span, name in self.names.items()}
        votes = Counter(
            entries[0].jurisdiction
            for text in self.texts.values()
            if len(entries := orgs.known(text)) == 1 and entries[0].jurisdiction
        )
        self.region = article.region or (votes.most_common(1)[0][0] if votes else "")
        self.by_end: dict[str, set[str]] = defaultdict(set)
        for text in self.texts.values():
            self.by_end[text[-1]].add(text)
        self.seen: dict[tuple[str, str], Meaning] = {}
        self.ministry = self.one_ministry()

    def plain(self, start: int, end: int) -> str:
        """The name as written, simplified, without typesetting spaces between Chinese characters."""
        return re.sub(r"(?<![A-Za-z])\s+|\s+(?![A-Za-z])", "", self.article.shadow[start:end])

    def link(self, name: Name) -> Institution:
        canonical, itype, jurisdiction, method = self.meaning(name)
        record = self.record(self.texts[span_of(name)], canonical, jurisdiction)
        if record.id and not method and HAN.search(record.name):
            canonical = record.name  # all names of a record are one entity
        return Institution(
            name.start,
            name.end,
            rule=name.rule,
            stage=STAGE,
            canonical=canonical,
            itype=itype,
            entity_id=orgs.entity_id(canonical, jurisdiction),
            ror_id=record.id,
            link_method=method or record.method,
            jurisdiction=jurisdiction,
            parent=name.parent,
            alias_of=name.alias_of,
            candidates=record.candidates,
        )

    def record(self, text: str, canonical: str, jurisdiction: str) -> Link:
        """The registry's record, by the official name, else by the name as written; empty without a registry."""
        if self.registry is None:
            return Link()
        found = self.registry.link(canonical, jurisdiction)
        return found if found.id or text == canonical else self.registry.link(text, jurisdiction)

    def meaning(self, name: Name) -> Meaning:
        if name.alias_of in self.names:
            full = self.names[name.alias_of]
            return (*self.meaning(replace(full, alias_of=None))[:3], "alias")
        text = self.texts[span_of(name)]
        key = (text, name.itype)
        if key not in self.seen:
            self.seen[key] = self.looked_up(text, name.itype)
        return self.seen[key]

    def looked_up(self, text: str, itype: str) -> Meaning:
        """The meaning of a name by its text alone: the first way that knows one."""
        bare = text.removesuffix(added_endings()["team"])
        if bare != text and not orgs.known(text) and any(e.itype == "team" for e in orgs.known(bare)):
            text = bare  # 曼联队
        ways = (self.namesake, self.known, self.local, self.abroad, self.part, self.short, self.ending, self.department)
        found = next((meaning for way in ways if (meaning := way(text, itype))), None)
        return found or (text, itype, orgs.place_of(text)[2] or self.region, "")

    def namesake(self, text: str, itype: str) -> Meaning | None:
        """The party of the article of which several have the name: 民主党 in an article on 新加坡民主党."""
        longer = self.longer(text, itype) if itype == "party" and len(orgs.known(text)) > 1 else ""
        return (longer, itype, self.region, "alias") if longer else None

    def known(self, text: str, itype: str) -> Meaning | None:
        """The organisation of the tables, of the article's jurisdiction when several have the name."""
        entries = tuple(e for e in orgs.known(text) if self.may_mean(text, e))
        if not entries:
            return None
        entry = next((e for e in entries if e.jurisdiction == self.region), entries[0])
        return entry.canonical, entry.itype, entry.jurisdiction, "exact" if text == entry.canonical else "alias"

    def local(self, text: str, itype: str) -> Meaning | None:
        """The local authority that a place and a pattern make."""
        full_name = orgs.local_authority(text) if self.region in ("CN", "") else ""
        return (full_name, itype, "CN", "exact" if full_name == text else "variant") if full_name else None

    def abroad(self, text: str, itype: str) -> Meaning | None:
        """The known organisation behind a country."""
        place = orgs.place_of(text)[0]
        rest = text.removeprefix(place)
        if itype not in ABROAD or len(rest) <= 3 or not is_country(place) or not orgs.known(rest):
            return None
        entry = orgs.known(rest)[0]
        return entry.canonical, entry.itype, entry.jurisdiction, "variant"

    def part(self, text: str, itype: str) -> Meaning | None:
        """The part of a known body."""
        full_name = self.below(text)
        return (full_name, itype, orgs.place_of(text)[2] or self.region, "variant") if full_name else None

    def short(self, text: str, itype: str) -> Meaning | None:
        """The only body of the article's jurisdiction with that short name."""
        own = [e for e in orgs.shorts().get(text, ()) if e.jurisdiction == self.region]
        return (own[0].canonical, own[0].itype, own[0].jurisdiction, "alias") if len(own) == 1 else None

    def ending(self, text: str, itype: str) -> Meaning | None:
        """The longer name of the article."""
        longer = self.longer(text, itype)
        return (longer, itype, orgs.place_of(longer)[2] or self.region, "alias") if longer else None

    def department(self, text: str, itype: str) -> Meaning | None:
        """The department of the ministry that the article is about."""
        own = self.ministry and itype == "government" and self.is_department(text)
        return (self.ministry + text, itype, self.region, "variant") if own else None

    # --- how they know --------------------------------------------------------------------------

    def below(self, text: str) -> str:
        """The official name of a part of a known body (中科院物理所 → 中国科学院物理研究所); "" when no body is known."""
        for cut in range(len(text) - 2, 1, -1):
            entries = [e for e in orgs.known(text[:cut]) if self.may_mean(text[:cut], e)]
            whole = {e.canonical for e in entries}
            if len(whole) == 1 and ends_in(text[:cut], "whole_end") and not whole.pop().startswith(text[:cut]):
                rest = text[cut:]
                if entries[0].itype == "research":
                    rest = shape("short_institute").sub(the_word("institute"), rest)
                return entries[0].canonical + rest
        return ""

    def one_ministry(self) -> str:
        """The ministry an article is about: the only one it names three times; "" without such."""
        ministries = (span for span, name in self.names.items() if name.itype == "government")
        counts = Counter(text for text in map(self.texts.__getitem__, ministries) if ends_in(text, "ministry_end"))
        often = {text for text, count in counts.items() if count >= OFTEN}
        return often.pop() if len(often) == 1 else ""

    def is_department(self, text: str) -> bool:
        """Whether a name is a body below a ministry by its form: a field of work or a number, and 司, 处, 局 (农业司)."""
        head = re.search(f"(?:{one_of('department_end')})$", text)
        if head is None or orgs.known(text) or orgs.place_of(text)[0] or text.startswith(self.ministry):
            return False
        return all(word_class(*t) in "SLOCK" for t in self.article.segment(text[: head.start()]))

    def may_mean(self, text: str, entry: orgs.Organisation) -> bool:
        """Whether a name without a place, made of fields of work (交通局), can be the one of another jurisdiction."""
        if (
            entry.jurisdiction in ("", "CN", self.region)
            or (entry.jurisdiction == "TW" and not self.region)
            or len(text) < 3
            or orgs.place_of(text)[0]
        ):
            return True
        return not all(word_class(*t) in "SLCX" for t in self.article.segment(text[:-1]))

    def longer(self, text: str, itype: str) -> str:
        """A longer name of the article of which this one is the end, or keeps characters in order."""
        if len(text) < 3:
            return ""
        others = {t for t in self.by_end[text[-1]] if len(t) > len(text)}
        place = orgs.place_of(text)[0]
        if ends_in(text, "campus_end"):
            found = {t for t in others if t.endswith(text)}
            return found.pop() if len(found) == 1 else ""
        around = {t for t in others if t.endswith(text) and orgs.place_of(t)[0] == t[: len(t) - len(text)]}
        if place and len(around) == 1:
            return around.pop()  # 石狮同乡总会 of 澳门石狮同乡总会
        if place:  # 广州局 is 广州铁路局; 湖北大学 is not 湖北医科大学
            found = {t for t in others if t.startswith(place) and len(text) <= len(place) + 1}
            return min(found, key=lambda t: (len(t), t)) if found else ""
        placed = {t for t in others if orgs.place_of(t)[0]}
        found = {t for t in placed if t.endswith(text)}
        if not found and itype in ("government", "company"):
            found = {t for t in placed if subsequence(text, t)}
        return found.pop() if len(found) == 1 else ""
