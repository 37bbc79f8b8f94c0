"""Where a name of an organisation begins: from its head noun leftwards over what a name may hold.

The head (大学, 有限公司, 管理局) is found by the rules in ``rules/institutions.yaml``; it is the right border. The
walk to the left gives each token the letter of its kind (`pipeline.names.nameparts`), and stops at what ends a name.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pipeline.model import Token, record
from pipeline.names.nameparts import (
    LATIN,
    classes,
    ends_in,
    is_country,
    is_place,
    is_province,
    place_prefix,
    places,
    word_class,
    words_of,
)

__all__ = ["Grown", "Piece", "grow", "pieces_before"]

VERB_TAGS = ("v", "vd", "vi", "vq", "vg")
LINKS = ("·", "•", "-", "—", "&", " ", "\u3000", "\u00a0")
MAX_LENGTH = 36
MAX_BRACKET = 12


@record(frozen=True, slots=True)
class Piece:
    """A stretch of the sentence left of a head, with its class."""

    start: int
    end: int
    text: str
    kind: str


@record(frozen=True, slots=True)
class Grown:
    """A left border: ``kinds`` are the classes inside from left to right, ``firm`` says that it starts as names start."""

    start: int
    kinds: str
    firm: bool
    pieces: tuple[Piece, ...]


def pieces_before(
    tokens: Sequence[Token],
    position: int,
    ends_name: Callable[[int], bool],
    joins: bool = False,
    loose: bool = False,
    college: bool = False,
    begins: Callable[[int], int] = lambda end: -1,
    members: bool = False,
    verbs: bool = False,
) -> list[Piece]:
    """The pieces left of ``position`` up to what no name can hold, left to right; ``tokens`` are those of its clause.

    ``ends_name`` says whether an organisation's head ends at an offset. ``joins``: 和 may stand inside. ``loose``: single
    characters that no list knows may be part of a coined name (讯联), whatever their tag. ``college``: any word may stand
    between a parent and the head (福州大学至诚学院). ``begins``: where a known name that ends at an offset begins, or -1.
    ``members``: what people are may stand before the head (校长联盟). ``verbs``: verbs that no list knows may stand inside
    (土木工程拓展署), never at the left end.
    """
    walk = _Walk(tokens, position, ends_name, joins, loose, college, begins, members, verbs)
    walk.go()
    return walk.out[::-1]


@dataclass(slots=True)
class _Walk:
    """The way left from a head, token by token; ``out`` has the pieces, the nearest first."""

    tokens: Sequence[Token]
    position: int
    ends_name: Callable[[int], bool]
    joins: bool
    loose: bool
    college: bool
    begins: Callable[[int], int]
    members: bool = False
    verbs: bool = False
    index: int = 0
    out: list[Piece] = field(default_factory=list)

    def go(self) -> None:
        self.index = self.holding(self.position - 1)
        while self.index >= 0 and self.position - self.tokens[self.index].start <= MAX_LENGTH and self.step():
            pass

    def holding(self, offset: int) -> int:
        return bisect_right(self.tokens, offset, key=lambda t: t.start) - 1

    def before(self) -> Token | None:
        return self.tokens[self.index - 1] if self.index > 0 else None

    def step(self) -> bool:
        """Takes in the token at ``index``; false when the name can't reach further."""
        token = self.tokens[self.index]
        end = min(token.end, self.position)
        text = token.text[: end - token.start]
        if text == ")":
            inner = _bracket(self.tokens, self.index)
            if inner is None:
                return False
            self.out.append(inner)
            self.index = self.holding(inner.start - 1)
            return True
        if text in LINKS:
            return self.take(token.start, end, text, "N" if _links(self.tokens, self.index, text, self.out) else ".")
        before = self.before()
        if text == "法人" and before and before.text in words_of("legal_person"):
            self.index -= 1
            return self.take(before.start, end, before.text + text, "R")
        known = self.begins(end)
        if 0 <= known < token.start and (text in words_of("sub_end") or (len(text) > 1 and self.is_broken(known, end))):
            return self.whole(known, end)
        single = bool(self.out) and len(self.out[-1].text) == 1
        if text in words_of("conjunction") and single and (before := self.before()) and before.text == "、":
            self.take(token.start, end, text, "N")  # 、和泰: a list has its 和 behind the last 、
            return False
        if len(text) == 2 and text[0] in words_of("conjunction") and single and word_class(text, token.tag) == "N":
            self.take(token.start + 1, end, text[1:], "N")  # 和丰 树: the second of two names begins behind 和
            return False
        if not token.tag and len(text) > 2 and text[0] in words_of("never_opens"):
            self.take(token.start + 1, end, text[1:], "N")  # 及港加 商会
            return False
        return self.take(token.start, end, text, self.kind(token, text, end))

    def is_broken(self, start: int, end: int) -> bool:
        """Whether the tokens of a known name would stop the walk inside it (主计, a verb, in 主计总处)."""
        inside = [t for t in self.tokens[self.holding(start) : self.index + 1] if t.start >= start]
        broken = any(word_class(t.text, t.tag) in (".Z" if t is inside[-1] else ".ZX") for t in inside)
        return bool(inside) and inside[0].start == start and broken

    def whole(self, start: int, end: int) -> bool:
        """Takes in a known name as one piece, the parent."""
        inside = self.tokens[self.holding(start) : self.index + 1]
        self.out.append(Piece(start, end, "".join(t.text for t in inside)[: end - start], "G"))
        self.index = self.holding(start - 1) if start > self.tokens[0].start else -1
        return self.index >= 0

    def take(self, start: int, end: int, text: str, kind: str) -> bool:
        if kind == ".":
            return False
        before = self.before()
        if kind == "O" and text.isdigit() and before and before.text == "第":
            start, text = before.start, "第" + text  # 第 8 军团
            self.index -= 1
        if (
            kind == "O"
            and self.out
            and self.out[-1].kind == "O"
            and self.out[-1].start == end
            and "〇" in text + self.out[-1].text
        ):
            last = self.out.pop()
            end, text = last.end, text + last.text  # 第二 〇 〇 师
        prefix = place_prefix(text) if kind in "NC" and len(text) > 3 else ""
        if prefix:  # 福建医科 of 福建医科大学 is one word to jieba
            rest = text[len(prefix) :]
            listed = classes().get(rest, "")
            self.out.append(Piece(start + len(prefix), end, rest, listed if listed in ("S", "L", "O") else "N"))
            end, text, kind = start + len(prefix), prefix, "P" if prefix in places() else "R"
        self.out.append(Piece(start, end, text, kind))
        self.index -= 1
        return True

    def kind(self, token: Token, text: str, end: int) -> str:
        """The letter of a token in its place: the class of the word, and what its neighbours make of it."""
        if self.members and text in words_of("society_trade") and self.joined_here():
            return "S"  # 证券 及 期货 专业 总会
        if self.ends_name(end) and (classes().get(text) != "." if len(text) > 1 else text in words_of("head_tail")):
            return "G"
        if self.out and self.out[-1].kind == "L" and len(text) == 1 and self.out[-1].text.startswith(text):
            return "G"  # 保安 司 司长 办公室
        if self.out and token.tag == "nt" and end == token.end and len(text) > 2 and ends_in(text, "sub_end"):
            return "G"  # 卫生局 疾病 预防 及 控制中心
        if self.members and not self.out and text in words_of("title"):
            return "S"  # 校长 联盟
        if (
            not self.out
            and text in words_of("title")
            and self.tokens[self.holding(self.position)].text in words_of("led_office")
        ):
            return "L"  # 社会文化司 司长 办公室
        if text in words_of("school_kind") and self.is_named_school():
            return "L"  # 郑观应 公立 学校, 私立 培正 中学
        if text in words_of("domestic") and self.out and (before := self.before()) and is_place(before.text):
            return "L"  # 新加坡 国内 税务 局
        kind = word_class(text, token.tag if end == token.end or token.tag in ("nt", "nz") else "n")
        if self.out and self.out[-1].text in words_of("side_of") and text in words_of("side"):
            return "P"  # 中 区, 东 部
        if (
            self.out
            and self.out[-1].kind == "P"
            and text in words_of("side")
            and text != "中"
            and token.tag[:1] in ("n", "f")
        ):
            return "P"  # 东 日本 旅客铁道
        if text == "中" and self.loose and self.out and len(self.out[-1].text) == 1 and self.opens():
            return "N"  # 中 天, 中 金: a brand, where 中 follows no noun
        if text == "驻" and self.out and self.out[-1].kind == "P":
            return "L"  # 驻 澳门 联络办公室
        if token.tag == "k" and len(text) == 1:
            return "C"  # C 型 肝炎
        if kind == "V":
            return "S" if not self.out or self.out[-1].kind in "SCV" else "."
        if (
            token.tag in ("", "t")
            and len(text) == 2
            and (classes().get(text[-1], "") in tuple(".K") or text[0] in "一两几")
        ):
            return "."  # 局及, 局为: the end of one name and a function word; 一波
        if kind == "K" or text == "、":
            joined = self.joins and self.out and _between_fields(self.tokens, self.index, self.out, text)
            return "S" if joined or (self.joins and text != "、" and self.joins_below_parent()) else "."
        if not token.tag and len(text) == 2 and text[0] in words_of("never_opens"):
            return "."  # 及前|飞图
        if text not in classes() and self.is_coined(token, text, kind):
            return "N"
        if (
            kind == "."
            and self.college
            and text not in classes()
            and token.tag[:1] in ("v", "a", "d")
            and self.below_university()
        ):
            return "S"  # 昆山科技大学 视觉 传达 设计 系
        plain = self.verbs and len(text) == 2 and token.tag in VERB_TAGS and text not in classes()
        if plain and (not self.out or self.out[-1].kind in "SCX"):
            return "V"
        return "." if kind == "C" and token.tag in VERB_TAGS else kind

    def is_named_school(self) -> bool:
        """Whether a name stands before 公立 or behind 私立, which alone say only what sort of school it is."""
        if self.out:
            return self.out[-1].kind in "PN"
        before = self.before()
        return before is not None and word_class(before.text, before.tag) == "N"

    def joined_here(self) -> bool:
        """Whether 和 stands before or behind the token at ``index``."""
        before = self.before()
        behind = self.tokens[self.index + 1].text if self.index + 1 < len(self.tokens) else ""
        return behind in words_of("conjunction") or (before is not None and before.text in words_of("conjunction"))

    def joins_below_parent(self) -> bool:
        """Whether 和 joins two nouns of which the first follows a parent: 卫生局 疾病 预防 及 控制中心, 总局 联络 及 公共关系 处."""
        head = self.tokens[self.holding(self.position)].text
        if (self.out and self.out[-1].kind not in "SLC") or (
            not self.out and classes().get(head[:-2]) not in ("S", "V")
        ):
            return False
        for i in range(self.index - 1, max(-1, self.index - 5), -1):
            token = self.tokens[i]
            if len(token.text) > 1 and (
                self.ends_name(token.end) or (token.tag == "nt" and ends_in(token.text, "sub_end"))
            ):
                return i < self.index - 1
            if word_class(token.text, token.tag) not in "SCVX" or not token.tag:
                return False
        return False

    def below_university(self) -> bool:
        """Whether a department's head is grown from, and a few nouns before the token at ``index`` a university ends."""
        if (
            self.tokens[self.holding(self.position)].text[
                self.position - self.tokens[self.holding(self.position)].start :
            ][:1]
            != "系"
        ):
            return False
        for token in self.tokens[max(0, self.index - 3) : self.index][::-1]:
            if token.text.endswith(("大学", "学院")):
                return True
            if token.tag[:1] not in ("n", "v", "b", "l"):
                return False
        return False

    def opens(self) -> bool:
        """Whether nothing stands before the token at ``index`` that it could be said of (市场中)."""
        before = self.before()
        return before is None or before.tag[:1] not in tuple("nvarmqstfl") or before.text in words_of("list_link")

    def is_coined(self, token: Token, text: str, kind: str) -> bool:
        """Whether a word that is none of a name's by its tag is one by its place."""
        before = self.before()
        if kind not in ".C" or not "\u4e00" <= text[0] <= "\u9fff":
            return False
        if text == "有" and not self.opens():
            return False  # 嘉宾 有 绿动 资本
        if len(text) == 1 and self.loose:
            single = bool(self.out) and len(self.out[-1].text) == 1
            return token.tag[:1] in tuple("nvazsfbigt") or (token.tag == "m" and (single or text == "零"))
        if not self.college or kind != "." or not token.tag or before is None:
            return False
        if len(text) == 1:  # 澳大利亚莫纳什大学
            return bool(self.out) and word_class(before.text, before.tag) == "P"
        return not self.out and len(text) <= 4 and token.tag[0] in "vdan" and self.ends_name(token.start)


def _bracket(tokens: Sequence[Token], index: int) -> Piece | None:
    """A place (or 集团, 控股) in brackets that ends at a token, as one piece of a name."""
    text = ""
    for i in range(index - 1, max(-1, index - 6), -1):
        if tokens[i].text == "(":
            known = is_place(text) or text in words_of("legal_group") or classes().get(text) in ("R", "L")
            return (
                Piece(tokens[i].start, tokens[index].end, f"({text})", "L")
                if known and len(text) <= MAX_BRACKET and i > 0
                else None
            )
        text = tokens[i].text + text
    return None


def _links(tokens: Sequence[Token], index: int, text: str, after: Sequence[Piece]) -> bool:
    """Whether a dot, hyphen, ampersand or space joins two parts of a foreign name."""
    if index == 0 or not after:
        return False
    left, right = tokens[index - 1].text, after[-1].text
    if text in "·•":
        return True
    if text == "-" and after[-1].kind == "P":  # 中国-东盟中心, 北约-俄罗斯理事会
        return index > 0 and (is_place(left) or tokens[index - 1].tag in ("ns", "nt"))
    return bool(LATIN.fullmatch(left)) and bool(LATIN.fullmatch(right))


def _between_fields(tokens: Sequence[Token], index: int, after: Sequence[Piece], text: str) -> bool:
    """Whether 和 (、) joins two fields of work (科学及技术) and not two names."""
    if index == 0 or after[-1].kind not in ("SLC" if text == "暨" else "SL"):
        return False
    before = word_class(tokens[index - 1].text, tokens[index - 1].tag)
    if tokens[index - 1].text in words_of("society_trade") and any(p.text in words_of("society_trade") for p in after):
        return True
    if text == "暨":
        return before in "SC"
    if text == "、":
        return before == "S" and any(piece.text in words_of("conjunction") for piece in after)
    return before == "S" and not re.search(r"(?:[局署处厅司院所部]|(?<!社)会)$", tokens[index - 1].text)


def grow(
    pieces: Sequence[Piece], person: Callable[[int, int], bool], company: bool = False, research: bool = False
) -> Grown | None:
    """The left border among the pieces before a head; ``None`` when nothing is left. ``person`` knows names of people.

    Going left, a place or root ends the walk unless what stands before it belongs: another place, a parent's end,
    附属. Without any of them the name begins at its first proper word; common words before it are not part of it.
    """
    first = len(pieces)
    while first > 0 and _may_precede(pieces, first, company, research):
        if (
            first < len(pieces)
            and pieces[first].kind in "PRGLO"
            and person(pieces[first - 1].start, pieces[first - 1].end)
        ):
            break
        first -= 1
    run = list(pieces[first:])
    while run and run[0].kind in "XZ" and not _coined(run):
        run.pop(0)
    while run and run[0].kind == "G" and classes().get(run[0].text) == "X":
        run.pop(0)  # 公司 北京…: a bare head without its name is no parent
    kinds = [i for i, piece in enumerate(run[:-1]) if piece.kind in "GX" and piece.text in words_of("kind_before")]
    if company and kinds and any(_unknown(piece) for piece in run[kinds[-1] + 1 :]):
        run = run[kinds[-1] + 1 :]  # 电商公司冬海集团
    bodies = [i for i, piece in enumerate(run[:-2]) if piece.text in words_of("body_before")]
    if bodies and not any(piece.kind in "PRGN" for piece in run[: bodies[-1]]):
        run = run[bodies[-1] + 1 :]  # 环保团体河川保护联盟
    while run and (run[0].kind == "V" or (len(run) > 1 and run[1].kind == "V" and person(run[0].start, run[0].end))):
        run.pop(0)
    if not run or any(piece.kind == "Z" for piece in run):
        return None
    firm = run[0].kind in "PRGLO" or (run[0].kind == "N" and len(run[0].text) > 1)
    if not firm:
        firm_at = next((i for i, piece in enumerate(run) if piece.kind in "NPRG"), None)
        if research and firm_at == len(run) - 1 and run[-1].text == "国家":
            firm_at = None  # 光电物理国家重点实验室
        if firm_at is not None and run[firm_at].kind == "G" and len(run[firm_at].text) <= 2:
            firm_at = None  # 世卫 组织 驻华代表处: the parent is a bare head, what stands before it is its name
        if (
            firm_at is not None and run[0].kind in "CXS" and len(run[firm_at].text) > 1 and run[firm_at].kind in "PR"
        ) or (firm_at is not None and run[0].kind in "CX" and not _coined(run)):
            run = run[firm_at:]
            firm = True
    while run and (run[0].text in "·•-— ，" or (run[0].kind in "XZ" and not _coined(run))):
        run.pop(0)
    if not run:
        return None
    return Grown(run[0].start, "".join(piece.kind for piece in run), firm, tuple(run))


def _unknown(piece: Piece) -> bool:
    return piece.kind == "N" or (piece.kind == "P" and piece.text not in places())


def _coined(run: Sequence[Piece]) -> bool:
    """Whether single characters stand together, as in 新韩: a name, not an adjective."""
    return len(run) > 1 and len(run[0].text) == len(run[1].text) == 1 and run[0].kind == "X" and run[1].kind == "N"


def _may_precede(pieces: Sequence[Piece], first: int, company: bool, research: bool) -> bool:
    """Whether the piece before ``first`` may belong to a name that so far begins at ``first``."""
    if first == len(pieces):
        return True
    before, here = pieces[first - 1], pieces[first]
    if here.kind in "PR":
        if here.text.endswith("法人"):
            return before.kind == "G"
        if here.text in words_of("root_inside") and before.kind == "N" and len(before.text) > 1:
            return True  # 关丹中华中学, 格林威治皇家天文台
        if here.text in ("中国", "国家") and before.kind not in "PG":
            if research and first == len(pieces) - 1 and here.text == "国家":
                return before.kind in "SCN"  # 红外物理国家重点实验室
            return before.text in ("中华人民共和国",) or ((company or research) and before.kind == "N")
        if before.kind == "P" and is_province(here.text) and not is_country(before.text):
            return False  # 邯郸市河北…公司: where it is, and its name
        latin = bool(LATIN.fullmatch(before.text))
        numbered = before.kind == "O" and before.text.startswith("第") and here.text not in places()  # 第三河川分署
        cut = company and before.kind == "N" and len(before.text) == 1 and here.text not in places()  # 兴|登堡
        return before.kind in "PRLG" or latin or numbered or cut or (company and before.kind == "N" and latin)
    if here.kind == "G" or (here.kind == "L" and here.text in words_of("attached")):
        return before.kind in "PRLNGOS" or (before.kind == "C" and len(here.text) <= 2)
    return True
