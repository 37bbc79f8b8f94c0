"""Where names of organisations may stand: candidates by the rules, with their left borders.

A rule of ``rules/institutions.yaml`` finds a right border or a known name; ``pipeline.names.borders`` walks left. What
yields nothing (医院 alone, 三甲医院) gives no candidate. ``resolve`` decides between candidates and the model.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace
from functools import cache, partial

from pipeline.match import Budget, Match, find_all
from pipeline.model import Article, Found, Mention, Reject, Token, record
from pipeline.names import contexts, evidence, lists
from pipeline.names import organisations as orgs
from pipeline.names.borders import Grown, grow
from pipeline.names.intervals import Intervals
from pipeline.names.joined import whole_before
from pipeline.names.leftward import Piece, habits, pieces_before
from pipeline.names.nameparts import classes, ends_in, is_country, is_place, word_class, words_of
from pipeline.rulekit.symbols import Symbols
from pipeline.rules import RuleSet
from pipeline.stages.ner import NerSpan

__all__ = ["Candidate", "institutions", "stage"]

NEEDS = {
    "place": "P",
    "root": "R",
    "ordinal": "O",
    "proper": "N",
    "parent": "G",
    "field": "S",
    "level": "L",
    "common": "C",
}
NO_PARENT = frozenset(
    {"institution.brand", "institution.media", "institution.centre", "institution.international", "institution.team"}
)
COUNTED = re.compile(r"(?:[0-9〇零一二两三四五六七八九十百千多数几各该这那]|余)[个家所座间支类种批](?:的|新的)?$")
COUNTED_HEAD = re.compile(r"[0-9一二两三四五六七八九十百几多各][大家所座间个]$")
COUNTED_NAME = re.compile(r"[0-9]+余?[家所座间个]")  # 36家农商行
LONG_FIELD = 8
PLACE_LENGTH = 4  # characters of a place that only the model knows
BEFORE_TITLE = frozenset("原")
BRAND_LENGTH = 12
SURE_LENGTH = 4  # a known name of so many characters is no accident
HAN = re.compile(r"[\u4e00-\u9fff]+")
BRACKETED = re.compile(r"[^\w·&.'’ -]")
NUMBERED = re.compile(r"[0-9一二两三四五六七八九十百几多]+人")
LIST_MARKS = "、和与及"
WITNESSES = frozenset('、和与及以”"」』')
CLAUSE_MARK = re.compile(r"[，,。；;：:！!？?\n]")
NOTHING_BEFORE = frozenset("，,。；;：:！!？?\n、（(《〈的了")
COUNTRY_LENGTHS = (5, 4, 3, 2)
AFTER = {"team": "队", "party": "党", "media": "台"}  # what names of a sort may add: 曼联队, 人民力量党, 八大电视台
QUOTED_MORE = 4  # characters of a quotation before a name that ends it
COINED_LENGTH = 5
COINED_TAGS = ("", "nr", "nrfg", "nrt", "nz", "nt", "eng")
QUOTED, CLOSED = ("“", '"', "「", "『"), ("”", '"', "」", "』")
NOT_IN_NAMES = ("r", "p", "c", "d", "u", "y", "x")
SUBJECT_LENGTH = 12
COMPOSED_LENGTH = 4  # characters before a head that nobody needs to describe one
REACH = 36  # characters left of a head in which its parent stands


@record(frozen=True, slots=True)
class Candidate(Mention):
    """A possible name. ``grown`` is how its border was found: known, left, brand or team; ``head`` where its head begins.

    ``kinds`` are the classes of its parts before the head (see `pipeline.names.borders`); ``firm``: it begins as names begin.
    """

    itype: str = ""
    grown: str = ""
    head: int = 0
    kinds: str = ""
    firm: bool = True
    priority: int = 50
    pieces: tuple[Piece, ...] = field(default=(), repr=False)


def stage(rules: RuleSet, ner: str) -> Callable[[Article, Found], Iterator[Mention]]:
    """The stage for a rule set; it runs after the model, whose names of people keep borders apart."""
    return partial(institutions, rules=rules)


def institutions(article: Article, found: Found, rules: RuleSet) -> Iterator[Mention]:
    """Candidates, and a ``Reject`` for a rule that ran out of time."""
    late: set[str] = set()
    symbols = Symbols(article, ())
    matches = find_all(rules.of("institution"), symbols, article, rules.lexicons, Budget(len(article.text)), late)
    view = _View(article, found, matches)
    for match in matches:
        candidate = view.candidate(match)
        if candidate is not None:
            yield candidate
    yield from (Reject(0, 0, rule=name, stage="institutions", reason="timeout") for name in sorted(late))


class _View:
    """An article with what decides borders: ends of heads, names of people, borders of tokens."""

    def __init__(self, article: Article, found: Found, matches: Sequence[Match]) -> None:
        self.article = article
        self.starts = [s.start for s in article.sentences]
        self.clauses: dict[int, tuple[Token, ...]] = {}
        self.borders = sorted({0, *self.starts, *(m.end() for m in CLAUSE_MARK.finditer(article.shadow))})
        people = {m.start: m.end for m in found.of(NerSpan) if m.label == "PER"}
        self.organisations = Intervals((m for m in found.of(NerSpan) if m.label == "ORG"), lambda m: (m.start, m.end))
        self.people = Intervals(people.items(), lambda span: span)
        self.labels = {(m.start, m.end): m.label for m in found.of(NerSpan)}
        self.known = {m.end: m.start for m in reversed(matches) if m.get("grow") == "known"}
        names = [m for m in matches if m.get("grow") == "known" and m.end - m.start >= SURE_LENGTH]
        self.sure = sorted({edge for m in names for edge in (m.start, m.end)})
        seen = {edge for m in found.of(NerSpan) if m.label != "TIME" for edge in (m.start, m.end)}
        self.soft = sorted(seen | {m.end for m in matches if m.get("itype") in ("government", "parent", "university")})
        self.ends = {
            m.end
            for m in matches
            if m.rule.id not in NO_PARENT and m.end - m.start >= 2 and word_class(m.captures["head"].text, "n") != "S"
        }
        self.sports: bool | None = None
        spans = [m for m in self.organisations if m.end - m.start >= SURE_LENGTH]
        self.owners = self.ends | {m.end for m in spans}
        self.known |= {m.end: m.start for m in spans if m.end in self.ends and m.end not in self.known}

    def sentence(self, offset: int) -> int:
        return max(0, bisect_right(self.starts, offset) - 1)

    def is_person(self, start: int, end: int) -> bool:
        return any(a <= start and end <= b for a, b in self.people.over(start, end))

    def tokens(self, offset: int) -> tuple[Token, ...]:
        """The tokens of the clause that holds the character at ``offset``: jieba ends words at these marks anyway."""
        i = bisect_right(self.borders, offset)
        if i not in self.clauses:
            stop = self.borders[i] if i < len(self.borders) else len(self.article.shadow)
            self.clauses[i] = tuple(self.split(self.borders[i - 1], stop))
        return self.clauses[i]

    def split(self, start: int, stop: int) -> list[Token]:
        """The tokens of a stretch: no word reaches over the border of a long known name.

        A word that no dictionary knows (遭新北, 署台) is cut where a head ends or the model sees a border, and all is read again.
        """
        borders = [start, *self.sure[bisect_right(self.sure, start) : bisect_left(self.sure, stop)], stop]
        tokens = self.read(borders)
        cuts = {cut for token in tokens if not token.tag for cut in self.soft_between(token.start, token.end)}
        return self.read(sorted({*borders, *cuts})) if cuts else tokens

    def read(self, borders: Sequence[int]) -> list[Token]:
        """The tokens between borders that no word may cross."""
        out = []
        for at, stop in itertools.pairwise(borders):
            for word, tag in self.article.segment(self.article.shadow[at:stop]):
                out.append(Token(at, at + len(word), word, tag))
                at += len(word)
        return out

    def soft_between(self, start: int, end: int) -> list[int]:
        return self.soft[bisect_right(self.soft, start) : bisect_left(self.soft, end)]

    def token_at(self, offset: int) -> Token | None:
        """The token that holds the character at ``offset``."""
        tokens = self.tokens(offset)
        i = bisect_right(tokens, offset, key=lambda t: t.start) - 1
        return tokens[i] if i >= 0 and tokens[i].end > offset else None

    def cuts_latin(self, start: int, end: int) -> bool:
        """Whether a border lies inside a run of Latin letters, or a name is part of a foreign person's (巴迪·戴尔)."""
        text = self.article.shadow
        pairs = ((text[start - 1 : start], text[start]), (text[end - 1], text[end : end + 1]))
        latin = any(a.isascii() and b.isascii() and a.isalnum() and b.isalnum() for a, b in pairs)
        return latin or text[start - 1 : start] == "·" or text[end : end + 1] == "·"

    def cuts_word(self, start: int, end: int, both: bool) -> bool:
        """Whether a border lies inside a word that jieba's dictionary knows."""
        last = self.token_at(end - 1)
        opening = self.token_at(start)
        if last and last.start < end < last.end and last.text[end - last.start :] in _titles():
            return False  # 系主任, 处处长, 省委书记: the head and a title
        if last and last.start == start and last.text[end - start :] == "长" and self.is_led(start, end):
            return False  # 社会局长张三, 三峡分局长张三
        if end - start < 4 and opening and opening.tag and opening.start < start and opening.end < end:
            return not (is_place(opening.text) and self.article.shadow[start] in words_of("local_level"))  # 台南市|议会
        if last and last.end > end and last.tag and not ends_in(last.text[: end - last.start], "strong_end"):
            return True
        if (
            last
            and last.start < start
            and last.end == end
            and (
                last.text in _not_heads()
                or (end - start == 1 and last.text[-2:] in _not_heads())
                or (end - start == 1 and last.text.endswith("公司"))
            )
        ):
            return True
        if last and last.start < start and last.tag[:1] in tuple("vadpcrmqtfs") and last.tag != "vn":
            return True  # 地处 is a verb, not an office
        if last and last.start < start and last.end == end and end - start == 1 and last.tag in ("ns", "nr", "nrt"):
            return True  # 莫斯科 is no section
        if last and last.start < start and last.tag == "n" and end - start == 1 and self.is_common(last.text):
            return True  # 出师, 代表团, 药厂
        if last and end - start == 1 and last.start == start and last.tag[:1] in tuple("ucpd"):
            return True  # 所, 会 as a function word
        first = self.token_at(start)
        return bool(both and first and first.start < start and first.tag)

    def is_led(self, start: int, end: int) -> bool:
        """Whether a person's name begins behind the 长 at ``end``, and the head before it isn't said twice (局局长)."""
        text = self.article.shadow
        twice = text.endswith(text[start:end], 0, start)
        return not twice and any(a == end + 1 for a, _ in self.people.over(end + 1, end + 2))

    @staticmethod
    def is_common(word: str) -> bool:
        """Whether a noun that ends as units of armies and factories do is none of them."""
        return ends_in(word, "unit_end") or (word[-1] == "厂" and len(word) == 2)

    def candidate(self, match: Match) -> Candidate | None:
        how = str(match.get("grow", "left"))
        length = match.end - match.start
        if how in ("before", "after", "inside", "members"):
            return self.proved(match, how)
        if how == "list":
            return Candidate(
                match.end, match.end + 1, rule=match.rule.id, stage="institutions", itype="company", grown="list"
            )
        if how in ("alias", "coref"):
            return self.made(match, match.start, how, None)
        if how in ("short", "shared"):  # `resolve` derives these from the names it settled on
            return None
        if length == 1 and match.get("itype") == "media" and match.end in self.known:
            return None  # 官媒新华社
        if how == "common":
            return self.common(match)
        if how == "known":
            if length <= 3 and self.article.shadow[match.start - 2 : match.start] in words_of("of_all"):
                return None  # 各国央行
            if self.cuts_latin(match.start, match.end):
                return None
            titled = (
                self.article.shadow[match.end : match.end + 1] == "长"
            )  # 健保署长: the name shares its head with the title
            begins = (length == 3 and self.article.shadow.startswith("政府", match.end)) or self.is_caucus(
                match
            )  # 保守党政府 is one word to jieba
            if length <= 3 and not titled and not begins and self.cuts_word(match.start, match.end, True):
                return None
            return self.made(match, self.country_before(match), how, None)
        if how != "team" and (self.is_alone(match) or (how == "brand" and not self.may_be_witnessed(match))):
            return None
        if self.cuts_word(match.start, match.end, False):
            return None
        if how == "team":
            return self.team(match)
        if self.is_chair(match):
            return None  # 华总|总会长
        if is_former(self.article.shadow, match.start, match.end):
            return None  # 新闻部前|司长
        if COUNTED_HEAD.search(self.article.shadow, max(0, match.start - 2), match.start):
            return None  # 三大公司, 两家医院
        joins = match.get("joins") in ("yes", "strong")
        tokens = self.tokens(match.start - 1)
        pieces = pieces_before(
            tokens,
            match.start,
            (self.owners if match.get("itype") == "parent" else self.ends).__contains__,
            habits(str(match.get("itype")), joins),
            lambda end: self.known.get(end, -1),
        )
        pieces = [self.located(piece, match) for piece in pieces]
        if any(piece.text in BEFORE_TITLE for piece in pieces[1:]):
            return None  # 财政厅 原 党组
        if match.captures["head"].text in words_of("forces") and pieces and pieces[-1].kind == "G":
            return None  # 中原军区|部队
        if match.rule.id == "institution.faculty" and orgs.is_company(
            self.article.shadow[pieces[-1].start : match.start] if pieces else ""
        ):
            return None  # 腾讯系
        if match.get("joins") == "strong" and (whole := whole_before(tokens, match.start, self.ends.__contains__)):
            kinds = "".join(piece.kind for piece in whole)
            return self.made(match, whole[0].start, how, Grown(whole[0].start, kinds, True, tuple(whole)))
        if how == "brand":
            pieces = [p for p in pieces if match.start - p.start <= BRAND_LENGTH]
        grown = grow(pieces, self.is_person, match.get("itype") == "company", match.get("itype") == "research")
        if grown and led_by_verb(grown):  # 引导|国家开发银行
            grown = Grown(grown.pieces[1].start, grown.kinds[1:], True, grown.pieces[1:])
        if grown and length == 1 and self.is_counted(grown, match.captures["head"].text):
            return None
        if (
            grown is None
            or not self.needed(match, grown)
            or COUNTED_NAME.match(self.article.shadow, grown.start, match.start)
        ):
            return None
        if length == 1 and match.get("itype") == "military" and grown.pieces[-1].kind != "O":
            return None  # 战略师
        if length == 1 and match.get("itype") == "team" and set(grown.kinds) != {"P"}:
            return None  # 上海搜救|队
        if length == 1 and match.get("itype") == "parent" and len(grown.pieces[-1].text) == 1:
            return None  # 考科蓝: a character of a coined name
        if match.get("not_parent") and self.after_hospital(grown):
            return None
        if self.counted(grown):
            return None
        return self.made(match, grown.start, how, grown)

    def located(self, piece: Piece, match: Match) -> Piece:
        """A piece as a place when the model says that it is one, or takes it for a body before a head with a level (仙游|县委)."""
        if piece.kind not in "CNS" or piece.end - piece.start > PLACE_LENGTH:
            return piece
        label = self.labels.get((piece.start, piece.end), "")
        first = self.article.shadow[match.start]
        level = first in words_of("local_level") and piece.end == match.start
        placed = label == "LOC" or (level and (label == "ORG" or is_place(piece.text + first)))
        return replace(piece, kind="P") if placed else piece

    def is_caucus(self, match: Match) -> bool:
        """Whether a known party is followed by 团: its caucus, by one 党 for two."""
        text = self.article.shadow
        return (
            match.get("itype") == "party"
            and match.end - match.start > 2
            and text.startswith("党团", match.end - 1)
            and text[match.end + 1 : match.end + 2] not in words_of("caucus_not")
        )

    def country_before(self, match: Match) -> int:
        """Where the country before a known party or ministry begins (法国国民联盟, 伊朗|外交部), else where that does."""
        ministry = match.get("itype") == "government" and self.article.shadow[match.end - 1] == "部"
        if match.get("itype") != "party" and not ministry:
            return match.start
        low = next(
            (n for n in COUNTRY_LENGTHS if is_country(self.article.shadow[max(0, match.start - n) : match.start])), 0
        )
        return match.start - low

    def is_alone(self, match: Match) -> bool:
        """Whether it is plain without any token that no name ends here: nothing before the head, or no parent near it."""
        if self.article.shadow[match.start - 1 : match.start] in NOTHING_BEFORE or match.start == 0:
            return True
        return match.get("needs") == "parent" and self.ends.isdisjoint(range(match.start - REACH, match.start + 1))

    def may_be_witnessed(self, match: Match) -> bool:
        """Whether a brand can have the witness that `settle` asks for: the model, a list, quotation marks, a known company."""
        text, low = self.article.shadow, max(0, match.start - BRAND_LENGTH)
        if self.organisations.over(match.start - 1, match.end) or text[match.end : match.end + 1] in WITNESSES:
            return True
        if any(mark in text[low : match.start] for mark in (*LIST_MARKS, *words_of("company_before"))) or speaks(
            text, match.end
        ):
            return True
        return any(orgs.is_company(text[start : match.start]) for start in range(low, match.start - 1))

    def common(self, match: Match) -> Candidate | None:
        """A name that other things share: whole words, no person, and a team where the article speaks of sports."""
        start, end = match.start, match.end
        if self.cuts_latin(start, end) or self.cuts_word(start, end, True):
            return None
        team = match.get("itype") == "team"
        if team and not self.of_sports():
            return None
        shown = evidence.is_team if team else evidence.is_company
        if self.is_person(start, end) and not shown(self.article.shadow, start, end):
            return None
        return self.made(match, start, "common", None)

    def of_sports(self) -> bool:
        """Whether the article speaks of sports, found out once."""
        if self.sports is None:
            self.sports = evidence.of_sports(self.article.shadow)
        return self.sports

    def proved(self, match: Match, side: str) -> Candidate | None:
        """A name that its context proves, or the list that holds such names."""
        head = match.captures["head"]
        if match.get("needs") == "person" and not self.person_at(head.end):
            return None
        if match.get("needs") == "coined":
            span = self.subject(head.start)
        elif side == "before":
            span = contexts.before(
                self.article, head.start, match.rule.id == "institution.stock_code_tw", orgs.is_company
            )
            if span and match.get("needs") == "proper":  # the share's class is part of the name
                span = span[0], head.end
            elif span and match.get("needs") == "person":
                span = self.titled(*span)
            elif span and match.get("needs") == "named" and not lists.looks_named(self.article, *span):
                return None
        elif side == "after":
            span = contexts.after(self.article, head.end, self.is_person, match.get("needs") == "word")
        elif side == "members":
            span = contexts.members(self.article, head.start)
        elif self.known.get(head.end, head.start) > head.start:
            return None  # 双方及民进党
        elif match.get("needs") == "named" and lists.is_quoted_source(self.article, head.start, head.end):
            span = head.start, head.end
        elif match.get("needs") == "named":
            span = (head.start, head.end) if lists.looks_named(self.article, head.start, head.end) else None
        elif match.get("needs") == "maker":
            span = (head.start, head.end) if self.is_maker(head.start, head.end) else None
        else:
            span = (head.start, head.end) if contexts.plausible(self.article, head.start, head.end) else None
        if span is None or (side != "after" and match.get("needs") != "coined" and self.is_person(*span)):
            return None
        return Candidate(
            *span,
            rule=match.rule.id,
            stage="institutions",
            itype=str(match.get("itype")),
            grown=side if side == "members" else "titled" if match.get("needs") == "named" else "proved",
        )

    def person_at(self, offset: int) -> bool:
        """Whether a person's name begins at an offset, by the model or by jieba."""
        token = self.token_at(offset)
        return any(a == offset for a, _ in self.people.over(offset, offset + 1)) or bool(
            token and token.start == offset and token.tag == "nr"
        )

    def titled(self, start: int, end: int) -> tuple[int, int] | None:
        """The body whose title stands behind a stretch: a known name at its end, or all of a coined one."""
        known = self.known.get(end, start)
        if known > start:
            return known, end  # 兼|华总
        return (start, end) if self.is_coined(start, end) else None

    def is_coined(self, start: int, end: int) -> bool:
        """Whether a short stretch is a word that no dictionary has, where names begin: 某权会副会长."""
        tokens = self.article.segment(self.article.shadow[start:end])
        joined = self.article.shadow[end - 1] in words_of("conjunction") or bool(self.people.over(start, end))
        return end - start <= COINED_LENGTH and not joined and any(not tag and len(word) > 1 for word, tag in tokens)

    def is_maker(self, start: int, end: int) -> bool:
        """Whether what a work is published by is a name and no person's."""
        tokens = self.article.segment(self.article.shadow[start:end])
        person = tokens[0][1] == "nr" and end - start <= 4
        return not person and lists.looks_named(self.article, start, end)

    def subject(self, end: int) -> tuple[int, int] | None:
        """What a sentence opens with up to an offset, when quotation marks, the model or its words say that it is a name."""
        text, start = self.article.shadow, self.starts[self.sentence(end - 1)]
        quoted = text[start] in QUOTED and text[end - 1] in CLOSED
        start, end = start + quoted, end - quoted
        if not 2 <= end - start <= SUBJECT_LENGTH or is_place(text[start:end]) or BRACKETED.search(text, start, end):
            return None
        tokens = self.article.segment(text[start:end])
        if any(tag[:1] in NOT_IN_NAMES or classes().get(word) in ("Z", "K") for word, tag in tokens):
            return None
        seen = self.organisations.over(start, end) or self.people.over(start, end)
        named = bool(seen) or any(tag in COINED_TAGS for _, tag in tokens)
        return (start, end) if quoted or named else None

    def is_chair(self, match: Match) -> bool:
        """Whether a head in 会 is the beginning of a title with a person's name behind it: 总会长张三."""
        text = self.article.shadow
        if text[match.end - 1] == "司" and match.end - match.start == 1:
            return self.person_at(match.end)  # 辅政司骆克
        return text[match.end - 1] == "会" and text[match.end : match.end + 1] == "长" and self.person_at(match.end + 1)

    def is_counted(self, grown: Grown, head: str) -> bool:
        """Whether a head of one character is a classifier behind a number: 小学121所, but 装备工业一司 and 第二处."""
        last = grown.pieces[-1]
        if last.kind != "O" or last.text.startswith("第"):
            return False
        return not (head in "司处" and len(last.text) == 1 and len(grown.pieces) > 1 and not last.text.isdigit())

    def counted(self, grown: Grown) -> bool:
        """Whether a number counts what follows (4个运输分局), or it is described and not named (自己的公共汽车公司)."""
        before = self.article.shadow[max(0, grown.start - 6) : grown.start]
        if before.endswith("某") or (
            ends_in(before.removesuffix("的"), "superlative") and not set(grown.kinds) & set("NG")
        ):
            return True
        if COUNTED.search(before):
            return not set(grown.kinds) & set("NG")
        fields = len(grown.kinds) > 1 and set(grown.kinds) <= set("SKV")  # 轰动一时的贸易投资促进局
        return before.endswith("的") and not set(grown.kinds) & set("PRNGO") and not fields

    def after_hospital(self, grown: Grown) -> bool:
        return any(
            p.kind == "G" and ends_in(self.article.shadow[max(0, p.end - 4) : p.end], "ward_parent")
            for p in grown.pieces
        )

    def needed(self, match: Match, grown: Grown) -> bool:
        """Whether one of the parts that the rule needs stands in the name."""
        wanted = str(match.get("needs", "")).split()
        if "word" in wanted and set(grown.kinds) - set("SXL") and match.start - grown.start >= 2:
            return True
        local = (
            grown.kinds[0] == "P"
            and {"S"} <= set(grown.kinds[1:]) <= {"S", "C"}
            and not is_country(grown.pieces[0].text)
        )
        if "local" in wanted and local:
            return True  # 重庆市文物考古所
        if "joined" in wanted and any(p.text in words_of("conjunction") for p in grown.pieces):
            return True
        if generic(grown, match.captures["head"].text):
            return False
        if (
            match.get("itype") == "research"
            and match.start - grown.start >= LONG_FIELD
            and set(grown.kinds) <= set("S")
        ):
            return True  # 医疗诊断发展中心临床诊断实验室: nobody describes anything at such length
        if "composed" in wanted and self.is_composed(match, grown):
            return True
        if "world" in wanted and (grown.kinds[0] in "PR" or grown.pieces[0].text.startswith(_world())):
            return True
        if match.get("grow") == "brand" and orgs.is_company(self.article.shadow[grown.start : match.start]):
            return True
        return any(NEEDS.get(name, "?") in grown.kinds for name in wanted)

    def is_composed(self, match: Match, grown: Grown) -> bool:
        """Whether common words of some length make a name: it opens a clause or list, and speaks or stands in one."""
        text, before = self.article.shadow, self.article.shadow[grown.start - 1 : grown.start]
        return (
            match.start - grown.start >= COMPOSED_LENGTH
            and len(match.captures["head"].text) > 1
            and (grown.start == 0 or before in NOTHING_BEFORE or before in LIST_MARKS)
            and "Z" not in grown.kinds
            and (text.startswith(_named_after(), match.end) or (before in LIST_MARKS and grown.start - 1 in self.ends))
        )

    def quoted(self, start: int, end: int) -> int:
        """Where a name begins that ends a quotation: with the few characters before it (「新人民阵线」, “建国湘军”)."""
        text = self.article.shadow
        if text[end : end + 1] not in CLOSED or text[start - 1 : start] in QUOTED:
            return start
        low = max(text.rfind(mark, max(0, start - QUOTED_MORE - 1), start) for mark in QUOTED)
        return low + 1 if low >= 0 and HAN.fullmatch(text, low + 1, start) else start

    def made(self, match: Match, start: int, how: str, grown: Grown | None) -> Candidate:
        end = match.end
        after = AFTER.get(str(match.get("itype")), "")
        if how == "known" and after and self.article.shadow[end : end + 1] == after != self.article.shadow[end - 1]:
            end += 1  # 曼联队, 人民力量党
        if how == "known" and self.is_caucus(match):
            end += 1  # 民众党团
        if how in ("left", "known") and match.get("itype") in ("party", "military", "association", "other"):
            start = self.quoted(start, end)
        return Candidate(
            start,
            end,
            rule=match.rule.id,
            stage="institutions",
            itype=str(match.get("itype")),
            grown=how,
            head=match.start,
            kinds=grown.kinds if grown else "",
            firm=grown.firm if grown else True,
            priority=match.rule.priority,
            pieces=grown.pieces if grown else (),
        )

    def team(self, match: Match) -> Candidate | None:
        """A person's name, then 团队 (殷浩教授团队 describes one); before them the organisation, when it stands there."""
        number = self.sentence(match.start)
        last = self.token_at(match.start - 1) if match.start > self.starts[number] else None
        if last is None or last.end != match.start or last.text in _titles():
            return None
        end = last.end
        start = next((a for a, b in self.people.over(end - 1, end) if b == end), -1)
        if start < 0:
            start = last.start if last.tag.startswith("nr") or (not last.tag and 2 <= len(last.text) <= 3) else -1
        if start < 0 or end - start < 2 or NUMBERED.fullmatch(last.text):
            return None
        pieces = pieces_before(self.tokens(start - 1), start, self.ends.__contains__)
        if pieces and pieces[-1].kind == "G" and (grown := grow(pieces, self.is_person)) is not None:
            return self.made(match, grown.start, "team", grown)
        return self.made(match, start, "team", None)


def led_by_verb(grown: Grown) -> bool:
    """Whether a field of work stands before a known parent, which is whole."""
    if not grown.kinds.startswith("SG"):
        return False
    parent = grown.pieces[1].text
    return len(parent) >= SURE_LENGTH and bool(orgs.known(parent))


def is_former(text: str, start: int, end: int) -> bool:
    """Whether a head is the beginning of a title behind 前, 原 or 副: 前司长, 副支队长."""
    return text[start - 1 : start] in words_of("before_title") and text[end : end + 1] == "长"


def generic(grown: Grown, head: str) -> bool:
    """Whether nothing but a country stands before a common head: 美国公司, 欧洲医院 (but 韩国银行, 北京大学)."""
    before = "".join(p.text for p in grown.pieces)
    return (head in words_of("common_head") and is_country(before)) or (
        head in words_of("named_by_place") and set(grown.kinds) <= set("PL")
    )


def speaks(text: str, end: int) -> bool:
    """Whether what stands behind a name is said of companies only: 副总裁, 股价, 宣布."""
    return text.startswith(_company_words(), end)


def owned(text: str, start: int) -> bool:
    """Whether what stands before a name says that it is a company: 子公司, 旗下."""
    return text.endswith(tuple(words_of("company_before")), 0, start)


@cache
def _company_words() -> tuple[str, ...]:
    return tuple(words_of("company_after"))


@cache
def _named_after() -> tuple[str, ...]:
    """What stands behind a body that is named: a title, what it says, the next of a list, its short name."""
    return (*words_of("title", "company_after"), "、", "(")


@cache
def _world() -> tuple[str, ...]:
    return tuple(words_of("world"))


@cache
def _not_heads() -> frozenset[str]:
    """Words that end as heads do: 全局, 公司, 内部."""
    return words_of("not_head")


@cache
def _titles() -> frozenset[str]:
    return words_of("title")
