"""Candidates and the model's names → institutions: one border, one entity, its short names.

Three steps: `settle` chooses between overlapping candidates and the model's spans by rules that can be read,
`shortened` finds the short names that the text defines or derives, `Linker` says which entity each name means.
The stage replaces what it decided on: no candidate and no ORG span of the model is left in ``Found``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from pipeline import organisations as orgs
from pipeline.borders import is_country, is_place, word_class
from pipeline.model import Article, Found, Institution, Mention, Reject
from pipeline.rules import RuleSet
from pipeline.stages.institutions import COUNTRY_HEADS, Candidate
from pipeline.stages.ner import NerSpan
from pipeline.words import read_words

__all__ = ["Name", "resolve", "settle", "stage"]

STAGE = "resolve"
SPEECH = re.compile(r"表示|宣布|称|指出|介绍|公布|透露|发布|是|成立|创立|与|和|的|公告|方面|自主|研发|计划|推出|[,，、)）”\"]")
OPENERS = "“\"「『'‘《<"
CLOSERS = "”\"」』'’》>"
DEFINED = re.compile(r"[为是:：,，]?\s*[“\"「『'‘]?([^()“”\"「」『』'‘’,，;；。、:：]{2,24})[”\"」』'’]?")
BRACKETED = re.compile(r"\s?\(\s*([^()]{2,60})\)")
ACRONYM = re.compile(r"[A-Z][A-Za-z0-9&-]{1,9}")
WARDS = ("中心", "科", "病区", "实验室", "部")  # the wards of a hospital are described, not named


@dataclass(frozen=True, slots=True)
class Name:
    """A span that is a name, before it is linked."""

    start: int
    end: int
    itype: str
    rule: str
    parent: tuple[int, int] | None = None
    alias_of: tuple[int, int] | None = None


def stage(rules: RuleSet, ner: str) -> Callable[[Article, Found], Found]:
    """The stage for a rule set, with what it needs of the rules made once."""
    return partial(resolve, rules=rules, types=_Types(rules))


def resolve(article: Article, found: Found, rules: RuleSet, types: _Types | None = None) -> Found:
    """Everything found before, with institutions in place of candidates and of the model's ORG spans."""
    candidates = list(found.of(Candidate))
    spans = [m for m in found.of(NerSpan) if m.label == "ORG"]
    places = [m for m in found.of(NerSpan) if m.label == "LOC"]
    types = types or _Types(rules)
    names, rejects = settle(article, [c for c in candidates if c.grown not in ("alias", "short", "coref")], spans, places, types)
    ids = {rule.id for rule in rules.of("institution")}
    cues = [c for c in candidates if c.grown == "alias"]
    names = _with_short(names, shortened(article, names, cues, "institution.short" in ids))
    linker = Linker(article, names)
    mentions = [linker.link(name) for name in names]
    mentions += list(coreferences(article, mentions, [c for c in candidates if c.grown == "coref"]))
    kept = tuple(m for m in found.mentions if not isinstance(m, Candidate) and not (isinstance(m, NerSpan) and m.label == "ORG"))
    return Found((*kept, *sorted(mentions, key=lambda m: (m.start, m.end)), *rejects))


class _Types:
    """What sort of organisation a head noun says, from the lexicons of the rules."""

    def __init__(self, rules: RuleSet) -> None:
        self.of_head: dict[str, str] = {}
        for rule in rules.of("institution"):
            kind = rule.set.get("itype")
            lexicon = rules.lexicons.get(rule.captures.get("head", "@")[1:])
            if rule.set.get("grow") == "left" and isinstance(kind, str) and lexicon and kind != "parent":
                for term in lexicon.entries:
                    self.of_head.setdefault(term, kind)

    def of(self, text: str) -> str:
        """The sort by the longest head the name ends in, "" without one.

        Only the end decides: 大学 in 大学医院 says nothing.
        """
        return self.of_head.get(self.head(text), "")

    def head(self, text: str) -> str:
        """The longest head noun the text ends in, "" without one."""
        return next((text[i:] for i in range(len(text)) if text[i:] in self.of_head), "")


# --- borders ----------------------------------------------------------------------------------


def settle(
    article: Article, candidates: Sequence[Candidate], spans: Sequence[NerSpan], places: Sequence[NerSpan], types: _Types
) -> tuple[list[Name], list[Reject]]:
    """The names that stand, and a reject for every candidate that lost or was vetoed."""
    rejects: list[Reject] = []
    witnessed = []
    sure = [c for c in candidates if c.itype == "company" and c.grown != "brand"]
    for candidate in candidates:
        reason = _veto(article, candidate, spans, sure)
        if not reason and candidate.grown == "brand":
            sure.append(candidate)
        if reason:
            rejects.append(_reject(candidate, reason))
        else:
            witnessed.append(candidate)
    chosen, lost = _choose(article, witnessed)
    rejects += [_reject(loser, "lost", winner.rule) for loser, winner in lost]
    names = [_joined_rules(_named(article, c, types), c, witnessed) for c in chosen]
    for span in spans:
        names, refused = _with_model(article, names, span, types)
        if refused:
            rejects.append(_reject(span, refused))
    return names, rejects


def _veto(article: Article, candidate: Candidate, spans: Sequence[NerSpan], sure: Sequence[Candidate]) -> str:
    """Why a candidate can't stand without more evidence, "" when it can."""
    text = article.shadow
    if candidate.grown == "brand":
        if any(s.start <= candidate.start < s.end and s.start < candidate.end <= s.end for s in spans):
            return ""
        if _listed(text, candidate, sure):
            return ""
        quoted = text[candidate.start - 1 : candidate.start] in tuple("“\"「『") and text[candidate.end : candidate.end + 1] in tuple("”\"」』")
        return "" if quoted and candidate.firm else "a brand without a witness"
    if candidate.grown == "known" and candidate.end - candidate.start == 2 and not ACRONYM.match(text, candidate.start):
        return "" if _two_ok(article, candidate, spans) else "a short name without a witness"
    if _in_book(text, candidate.start, candidate.end):
        return "in a title"
    return ""


def _listed(text: str, candidate: Candidate, sure: Sequence[Candidate]) -> bool:
    """Whether a brand stands in a list with a company that is sure: 比亚迪、零跑汽车."""
    for other in sure:
        low, high = (other, candidate) if other.start < candidate.start else (candidate, other)
        if low.end < high.start and text[low.end : high.start] in ("、", "和", "与", "及", "以及"):
            return True
    return False


def _two_ok(article: Article, candidate: Candidate, spans: Sequence[NerSpan]) -> bool:
    """A name of two characters counts when the model, jieba's tag or a longer name of the entity in the text says so."""
    if any(s.start <= candidate.start and candidate.end <= s.end for s in spans):
        return True
    name = article.shadow[candidate.start : candidate.end]
    entries = orgs.known(name)
    if any(len(other) > 2 and other in article.shadow for entry in entries for other in entry.names):
        return True
    tag = article.segment(name)
    return len(tag) == 1 and tag[0][1] in ("nt", "nz", "j", "", "n", "nr", "ns", "nrt", "l")


def _in_book(text: str, start: int, end: int) -> bool:
    """Whether a span is part of a title in 《》, and not all of it."""
    low = max(text.rfind("\n", 0, start) + 1, start - 60)
    open_at, close_at = text.rfind("《", low, start), text.rfind("》", low, start)
    if open_at <= close_at:
        return False
    stop = text.find("》", end, end + 60)
    return stop >= 0 and (open_at + 1, stop) != (start, end)


def _rank(candidate: Candidate) -> tuple[int, int, int, int]:
    """The longest first, then by priority, then the longer head: 科学院 before 学院."""
    return (candidate.start - candidate.end, -candidate.priority, candidate.head, candidate.start)


def _choose(article: Article, candidates: Sequence[Candidate]) -> tuple[list[Candidate], list[tuple[Candidate, Candidate]]]:
    """The longest candidates win, but a known name beats one that only adds common words before it."""
    known = {(c.start, c.end) for c in candidates if c.grown == "known"}
    kept: list[Candidate] = []
    lost: list[tuple[Candidate, Candidate]] = []
    for candidate in sorted(candidates, key=lambda c: (_padded(candidate=c, known=known), *_rank(c))):
        winner = next((k for k in kept if k.start < candidate.end and candidate.start < k.end), None)
        if winner is None:
            kept.append(candidate)
        elif (winner.start, winner.end) != (candidate.start, candidate.end):
            lost.append((candidate, winner))
    return sorted(kept, key=lambda c: c.start), lost


def _padded(candidate: Candidate, known: set[tuple[int, int]]) -> bool:
    """Whether a grown name is a known one with common words before it."""
    if candidate.grown == "known":
        return False
    for start, end in known:
        if end == candidate.end and start > candidate.start:
            before = [p.kind for p in candidate.pieces if p.end <= start]
            return bool(before) and not set(before) & set("PRGNO")
    return False


def _joined_rules(name: Name, chosen: Candidate, candidates: Sequence[Candidate]) -> Name:
    """The name with all rules that found exactly it."""
    for other in candidates:
        if other is not chosen and (other.start, other.end) == (chosen.start, chosen.end):
            name = replace(name, rule=_joined(name.rule, other.rule))
    return name


def _named(article: Article, candidate: Candidate, types: _Types) -> Name:
    text = article.shadow[candidate.start : candidate.end]
    itype, parent = candidate.itype, None
    end_of_parent = max((p.end for p in candidate.pieces if p.kind == "G"), default=0)
    if end_of_parent > candidate.start:
        parent = (candidate.start, end_of_parent)
    inner = types.of(article.shadow[candidate.start : end_of_parent]) if parent else ""
    if itype == "parent":
        itype = inner or _by_words(text)
    elif candidate.rule == "institution.centre" and inner:
        itype = inner
    if candidate.grown == "known" and (entries := orgs.known(text)):
        itype = entries[0].itype
    return Name(candidate.start, candidate.end, itype, candidate.rule, parent)


def _by_words(text: str) -> str:
    if text.endswith(("校区", "分校")):
        return "university"
    if text.endswith(("院区", "分院")):
        return "hospital"
    if text.endswith(("分局", "分署", "支队", "总队")):
        return "government"
    if text.endswith(("支部", "党委")):
        return "party"
    return "company" if text.endswith(("公司", "行", "营业部")) else "association" if text.endswith("分会") else "other"


def _with_model(article: Article, names: list[Name], span: NerSpan, types: _Types) -> tuple[list[Name], str]:
    """The names after one span of the model is taken in; why it was refused, "" when it wasn't."""
    start, end = _trimmed(article, span.start, span.end)
    over = [n for n in names if n.start < end and start < n.end]
    if not over:
        text = article.shadow[start:end]
        entries = orgs.known(text) or [e for e in orgs.shorts().get(text, ()) if e.jurisdiction in ("", "CN", article.region)]
        if not entries and (reason := _implausible(article, start, end, types)):
            return names, reason
        itype = entries[0].itype if entries else types.of(text) or _model_type(text)
        return sorted([*names, Name(start, end, itype, span.rule)], key=lambda n: n.start), ""
    if len(over) == 1:
        merged = _merged(article, over[0], start, end, span.rule, types)
        return [merged if n is over[0] else n for n in names], ""
    return [replace(n, rule=_joined(n.rule, span.rule)) if n in over else n for n in names], ""


def _joined(rule: str, more: str) -> str:
    return rule if more in rule.split("+") else f"{rule}+{more}"


def _merged(article: Article, name: Name, start: int, end: int, rule: str, types: _Types) -> Name:
    """A rule's name and the model's span over it: who is right about each border."""
    both = replace(name, rule=_joined(name.rule, rule))
    left, right = min(start, name.start), max(end, name.end)
    if start < name.start and not _can_extend(article, start, name.start):
        left = name.start
    ward = name.itype == "hospital" and article.shadow[left:end].endswith(WARDS)
    if end > name.end and not (not ward and _can_follow(article, name.end, end) and len(types.head(article.shadow[left:end])) >= 2):
        right = name.end
    if (left, right) == (name.start, name.end):
        return both
    itype = name.itype if right == name.end else types.of(article.shadow[left:right]) or name.itype
    return replace(both, start=left, end=right, itype=itype)


def _kinds(article: Article, start: int, end: int) -> str:
    return "".join(word_class(word, tag) for word, tag in article.segment(article.shadow[start:end]))


def _can_extend(article: Article, start: int, end: int) -> bool:
    """Whether what the model adds on the left may be part of the name."""
    return not set(_kinds(article, start, end)) & set(".KX")


def _can_follow(article: Article, start: int, end: int) -> bool:
    """Whether what the model adds on the right may be part of the name."""
    return not set(_kinds(article, start, end)) & set(".K")


def _trimmed(article: Article, start: int, end: int) -> tuple[int, int]:
    """The model's span without a leading verb or preposition and without a title behind."""
    tokens = article.segment(article.shadow[start:end])
    while len(tokens) > 1 and word_class(*tokens[0]) in ".K" and len(tokens[0][0]) <= 2:
        start += len(tokens.pop(0)[0])
    titles = {row["term"] for row in read_words("org_words") if row["class"] == "title"}
    while len(tokens) > 1 and tokens[-1][0] in titles:
        end -= len(tokens.pop()[0])
    return start, end


def _implausible(article: Article, start: int, end: int, types: _Types) -> str:
    """Why a span that only the model found is no name."""
    text = article.shadow[start:end]
    if end - start < 2:
        return "too short"
    if _in_book(article.shadow, start, end):
        return "in a title"
    if is_place(text):
        return "a place"
    tokens = article.segment(text)
    kinds = "".join(word_class(*t) for t in tokens)
    kinds = re.sub("[C.]{2,}", "N", kinds) if _coined(tokens) else kinds
    if not set(kinds) & set("PRGNOS") or set(kinds) <= set("X.CL"):
        return "common words"
    if len(text) == 2 and "\u4e00" <= text[0] and article.shadow.count(text) < 2 and tokens[0][1] not in ("nt", "nz", "j"):
        return "two characters, once"
    head = types.head(text)
    if head and text.removesuffix(head) in ("省", "市", "县", "区", "州", "镇", "乡") and types.of(text) == "government" and "政府" in head:
        return "a government without its place"
    if head and is_country(text.removesuffix(head)) and (head in COUNTRY_HEADS or text.startswith(("中央", "国立"))):
        return "generic"
    if article.shadow[start - 1 : start] == "某":
        return "anonymous"
    if text in types.of_head or (kinds[0] == "X" and not set(kinds) & set("PRGN")):
        return "generic"
    if len(tokens) == 1 and tokens[0][1] in ("n", "v", "vn", "a", "nr", "l", "i", "m"):
        return "a common word"
    if kinds == "S" * len(kinds):
        return "a field of work"
    return ""


def _coined(tokens: Sequence[tuple[str, str]]) -> bool:
    """Whether two single characters stand together, as in names that the dictionary doesn't know (裕廊)."""
    singles = [len(word) == 1 and "\u4e00" <= word and tag not in ("uj", "p", "c", "d", "r", "ul") for word, tag in tokens]
    return any(a and b for a, b in zip(singles, singles[1:], strict=False))


def _model_type(text: str) -> str:
    """The sort of a name that only the model found, by its ending."""
    endings = {row["term"]: row["itype"] for row in read_words("org_endings")}
    return next((endings[text[i:]] for i in range(len(text)) if text[i:] in endings), "company")


def _reject(mention: Mention, reason: str, winner: str = "") -> Reject:
    return Reject(mention.start, mention.end, rule=mention.rule, stage=STAGE, reason=reason, winner=winner)


def _without_overlap(names: Iterable[Name]) -> list[Name]:
    kept: list[Name] = []
    for name in sorted(names, key=lambda n: (n.start - n.end, n.start)):
        if not any(k.start < name.end and name.start < k.end for k in kept):
            kept.append(name)
    return sorted(kept, key=lambda n: n.start)


def _with_short(names: Sequence[Name], short: Iterable[Name]) -> list[Name]:
    """Short names beside the others; where one is a name already, that name gets its meaning."""
    by_span = {(n.start, n.end): n for n in names}
    extra = []
    for name in short:
        here = by_span.get((name.start, name.end))
        if here is None:
            extra.append(name)
        elif here.alias_of is None:
            by_span[(name.start, name.end)] = replace(here, alias_of=name.alias_of, rule=_joined(here.rule, name.rule))
    return _without_overlap([*by_span.values(), *extra])


# --- short names ------------------------------------------------------------------------------


def shortened(article: Article, names: Sequence[Name], cues: Sequence[Candidate], derive: bool) -> Iterator[Name]:
    """Uses of short names: defined by the text itself, derived from full names, short ones of known organisations."""
    text = article.shadow
    short: dict[str, tuple[Name, str]] = {}
    for name in names:
        for alias in _defined(article, name, cues):
            short.setdefault(alias, (name, "institution.alias"))
    if derive:
        for name in names:
            for alias in orgs.short_forms(text[name.start : name.end], name.itype):
                if alias not in text or _common(article, alias):
                    continue
                short.setdefault(alias, (name, "institution.short"))
        for alias, entries in orgs.shorts().items():
            if alias in text:
                full = next((n for n in names if any(text[n.start : n.end] in e.names for e in entries)), None)
                if full:
                    short.setdefault(alias, (full, "institution.short"))
    for alias, (name, rule) in short.items():
        for start in _uses(article, alias):
            if not (name.start <= start < name.end):
                yield Name(start, start + len(alias), name.itype, rule, alias_of=(name.start, name.end))


def _common(article: Article, alias: str) -> bool:
    """Whether a derived short form is a common noun: 公共汽车."""
    tokens = article.segment(alias)
    return not is_place(alias) and all(word_class(*t) in "SCXZL." for t in tokens) and all(tag for _, tag in tokens) and len(alias) > 2


def _defined(article: Article, name: Name, cues: Sequence[Candidate]) -> Iterator[str]:
    """The short names in brackets or after 简称 behind a name."""
    text = article.shadow
    bracket = BRACKETED.match(text, name.end)
    stop = bracket.end() if bracket else name.end + 12
    for cue in cues:
        if name.end <= cue.start < stop and "。" not in text[name.end : cue.start] and (bracket or cue.start - name.end <= 2):
            if (m := DEFINED.match(text, cue.end)) and not is_place(m.group(1)):
                yield m.group(1).strip()
    if bracket:
        inner = bracket.group(1).strip()
        full = text[name.start : name.end]
        if 2 <= len(inner) < len(full) and inner[-1] == full[-1] and _subsequence(inner, full) and "\u4e00" <= inner[0]:
            yield inner
        for part in re.split(r"[,，;；、/]", inner):
            part = part.strip().strip(OPENERS + CLOSERS)
            if ACRONYM.fullmatch(part) or (inner[0] in OPENERS and 2 <= len(part) <= 12 and "\u4e00" <= part[0]):
                yield part


def _uses(article: Article, alias: str) -> Iterator[int]:
    """Where a short name stands as a word of its own."""
    text = article.shadow
    latin = alias.isascii()
    for m in re.finditer(re.escape(alias), text):
        before, after = text[m.start() - 1 : m.start()], text[m.end() : m.end() + 1]
        if latin and ((before.isascii() and before.isalnum()) or (after.isascii() and after.isalnum())):
            continue
        if not latin and len(alias) <= 2 and _cuts(article, m.start(), m.end()):
            continue
        yield m.start()


def _cuts(article: Article, start: int, end: int) -> bool:
    """Whether the span cuts a word of the dictionary or is one."""
    low, high = max(0, start - 4), end + 4
    at = low
    for word, tag in article.segment(article.shadow[low:high]):
        stop = at + len(word)
        if at < end and start < stop and tag and ((at < start or stop > end) or tag in ("d", "a", "v", "ad", "n")):
            return True
        at = stop
    return False


# --- entities ---------------------------------------------------------------------------------


class Linker:
    """Which organisation a name of one article means."""

    def __init__(self, article: Article, names: Sequence[Name]) -> None:
        self.article = article
        self.names = names
        self.texts = {(n.start, n.end): self.plain(n.start, n.end) for n in names}
        votes = Counter(
            entries[0].jurisdiction for text in self.texts.values() if len(entries := orgs.known(text)) == 1 and entries[0].jurisdiction
        )
        self.region = article.region or (votes.most_common(1)[0][0] if votes else "")

    def plain(self, start: int, end: int) -> str:
        """The name as written, simplified, without typesetting spaces between Chinese characters."""
        return re.sub(r"(?<![A-Za-z])\s+|\s+(?![A-Za-z])", "", self.article.shadow[start:end])

    def link(self, name: Name) -> Institution:
        text = self.texts[(name.start, name.end)]
        canonical, itype, jurisdiction, method = self.meaning(name, text)
        return Institution(
            name.start,
            name.end,
            rule=name.rule,
            stage=STAGE,
            canonical=canonical,
            itype=itype,
            entity_id=orgs.entity_id(canonical, jurisdiction),
            link_method=method,
            jurisdiction=jurisdiction,
            parent=name.parent,
            alias_of=name.alias_of,
        )

    def meaning(self, name: Name, text: str) -> tuple[str, str, str, str]:
        """Canonical name, type, jurisdiction and how they were found: exact → alias → variant."""
        if name.alias_of and name.alias_of in self.texts:
            full = next(n for n in self.names if (n.start, n.end) == name.alias_of)
            canonical, itype, jurisdiction, _ = self.meaning(replace(full, alias_of=None), self.texts[name.alias_of])
            return canonical, itype, jurisdiction, "alias"
        entries = tuple(e for e in orgs.known(text) if self.may_mean(text, e))
        if entries:
            entry = next((e for e in entries if e.jurisdiction == self.region), entries[0])
            return entry.canonical, entry.itype, entry.jurisdiction, "exact" if text == entry.canonical else "alias"
        jurisdiction = orgs.place_of(text)[2] or self.region
        if (full_name := orgs.local_authority(text)) and self.region in ("CN", ""):
            return full_name, name.itype, "CN", "exact" if full_name == text else "variant"
        place = orgs.place_of(text)[0]
        if place and is_country(place):
            rest = text.removeprefix(place)
            if (entries := orgs.known(rest)) and len(rest) > 3 and name.itype in ("university", "hospital", "company", "media"):
                return entries[0].canonical, entries[0].itype, entries[0].jurisdiction, "variant"
        own = [e for e in orgs.shorts().get(text, ()) if e.jurisdiction == self.region]
        if len(own) == 1:
            return own[0].canonical, own[0].itype, own[0].jurisdiction, "alias"
        if longer := self.longer(text, name.itype):
            return longer, name.itype, orgs.place_of(longer)[2] or self.region, "alias"
        return text, name.itype, jurisdiction, ""

    def may_mean(self, text: str, entry: orgs.Organisation) -> bool:
        """Whether a name without a place, made of fields of work (交通局), can be the one of another jurisdiction."""
        if entry.jurisdiction in ("", "CN", self.region) or (entry.jurisdiction == "TW" and not self.region) or orgs.place_of(text)[0]:
            return True
        return not all(word_class(*t) in "SLCX" for t in self.article.segment(text))

    def longer(self, text: str, itype: str) -> str:
        """A longer name of the article of which this one is the end, or keeps characters in order."""
        if len(text) < 3:
            return ""
        others = {t for (s, e), t in self.texts.items() if len(t) > len(text) and t[-1] == text[-1]}
        place = orgs.place_of(text)[0]
        if place:  # 广州局 is 广州铁路局; 湖北大学 is not 湖北医科大学
            found = {t for t in others if t.startswith(place) and len(text) <= len(place) + 1}
        else:
            ends = {t for t in others if t.endswith(text) and orgs.place_of(t)[0]}
            found = ends or {t for t in others if orgs.place_of(t)[0] and itype in ("government", "company") and _subsequence(text, t)}
        return min(found, key=len) if len(found) == 1 or (place and found) else ""


def _subsequence(short: str, full: str) -> bool:
    it = iter(full)
    return all(c in it for c in short)


def coreferences(article: Article, mentions: Sequence[Institution], words: Sequence[Candidate]) -> Iterator[Institution]:
    """该院 and the like, with the entity of the last mention of their sort before them."""
    for word in words:
        if any(m.start < word.end and word.start < m.end for m in mentions):
            continue
        if article.shadow[word.start - 1 : word.start] == "应":
            continue
        before = [m for m in mentions if m.end <= word.start and (m.itype == word.itype or word.itype == "any")]
        if before:
            last = max(before, key=lambda m: m.end)
            yield replace(last, start=word.start, end=word.end, rule=word.rule, link_method="coref", parent=None, alias_of=(last.start, last.end))
