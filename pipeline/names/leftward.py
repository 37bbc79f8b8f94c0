"""What stands left of the head of a name, part by part, as far as a name may reach.

The walk goes from the head (大学, 有限公司, 管理局) token by token to the left, gives each the letter of its kind
(`pipeline.names.nameparts`) and stops at what ends a name. Which of the parts belong to it decides `pipeline.names.borders`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache

from pipeline.model import Token, record
from pipeline.names.nameparts import (
    HAN,
    LATIN,
    classes,
    ends_in,
    is_place,
    place_prefix,
    places,
    shape,
    word_class,
    words_of,
)

__all__ = ["Habits", "Piece", "habits", "pieces_before"]

PAIR_TAGS = tuple("nvazgq")
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
class Habits:
    """What names of a sort may hold left of their head, beyond what all may.

    ``joins``: 和 may stand inside. ``loose``: single characters that no list knows may be part of a coined name (讯联),
    whatever their tag. ``college``: any word may stand between a parent and the head (福州大学至诚学院). ``members``: what
    people are may stand before the head (校长联盟). ``verbs``: verbs that no list knows may stand inside (土木工程拓展署),
    never at the left end. ``pairs``: two characters that form no word may stand right before the head (道群中学).
    """

    joins: bool = False
    loose: bool = False
    college: bool = False
    members: bool = False
    verbs: bool = False
    pairs: bool = False


PLAIN = Habits()


@cache
def habits(itype: str, joins: bool) -> Habits:
    """The habits of a sort of organisation; ``joins`` is what the rule says that found the head."""
    return Habits(
        joins,
        loose=itype in ("company", "foundation"),
        college=itype == "university",
        members=itype == "association",
        verbs=itype in ("government", "association", "research", "foundation", "party"),
        pairs=itype == "school",
    )


def pieces_before(
    tokens: Sequence[Token],
    position: int,
    ends_name: Callable[[int], bool],
    may: Habits = PLAIN,
    begins: Callable[[int], int] = lambda end: -1,
) -> list[Piece]:
    """The pieces left of ``position`` up to what no name can hold, left to right; ``tokens`` are those of its clause.

    ``ends_name`` says whether an organisation's head ends at an offset, ``begins`` where a known name that ends at an
    offset begins, or -1.
    """
    walk = _Walk(tokens, position, ends_name, may, begins)
    walk.go()
    return walk.out[::-1]


@dataclass(slots=True)
class _Walk:
    """The way left from a head, token by token; ``out`` has the pieces, the nearest first."""

    tokens: Sequence[Token]
    position: int
    ends_name: Callable[[int], bool]
    may: Habits
    begins: Callable[[int], int]
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

    def head(self) -> str:
        """The head noun, to the end of its token."""
        token = self.tokens[self.holding(self.position)]
        return token.text[self.position - token.start :]

    # --- one step -----------------------------------------------------------------------------

    def step(self) -> bool:
        """Takes in the token at ``index``; false when the name can't reach further."""
        token = self.tokens[self.index]
        end = min(token.end, self.position)
        text = token.text[: end - token.start]
        if text == ")":
            return self.bracket()
        if text in LINKS:
            return self.take(token.start, end, text, "N" if _links(self.tokens, self.index, text, self.out) else ".")
        before = self.before()
        if text in words_of("legal_body") and before and before.text in words_of("legal_person"):
            self.index -= 1
            return self.take(before.start, end, before.text + text, "R")
        known = self.begins(end)
        if 0 <= known < token.start and (text in words_of("sub_end") or (len(text) > 1 and self.is_broken(known))):
            return self.whole(known, end)
        glued = self.glued(token, text)
        if glued >= 0:
            self.take(token.start + glued, end, text[glued:], "N")
            return False
        return self.take(token.start, end, text, self.kind(token, text, end))

    def bracket(self) -> bool:
        """Takes in what stands in brackets that end at the token at ``index``."""
        inner = _bracket(self.tokens, self.index)
        if inner is None:
            return False
        self.out.append(inner)
        self.index = self.holding(inner.start - 1)
        return True

    def is_broken(self, start: int) -> bool:
        """Whether the tokens of a known name would stop the walk inside it (主计, a verb, in 主计总处)."""
        inside = [t for t in self.tokens[self.holding(start) : self.index + 1] if t.start >= start]
        broken = any(word_class(t.text, t.tag) in (".Z" if t is inside[-1] else ".ZXV") for t in inside)
        return bool(inside) and inside[0].start == start and broken

    def whole(self, start: int, end: int) -> bool:
        """Takes in a known name as one piece, the parent."""
        inside = self.tokens[self.holding(start) : self.index + 1]
        self.out.append(Piece(start, end, "".join(t.text for t in inside)[: end - start], "G"))
        self.index = self.holding(start - 1) if start > self.tokens[0].start else -1
        return self.index >= 0

    def glued(self, token: Token, text: str) -> int:
        """How many characters of a token stand before the name that it begins; -1 when it begins none."""
        single = bool(self.out) and len(self.out[-1].text) == 1
        before = self.before()
        if text in words_of("conjunction") and single and before and before.text == "、":
            return 0  # 、和泰: a list has its 和 behind the last 、
        if len(text) == 2 and text[0] in words_of("conjunction") and single and word_class(text, token.tag) == "N":
            return 1  # 和丰 树: the second of two names begins behind 和
        if not token.tag and len(text) > 2 and text[0] in words_of("never_opens"):
            return 1  # 及港加 商会
        return -1

    def take(self, start: int, end: int, text: str, kind: str) -> bool:
        if kind == ".":
            return False
        if kind == "O":
            start, end, text = self.number(start, end, text)
        prefix = place_prefix(text) if kind in "NC" and len(text) > 3 else ""
        if prefix:  # 福建医科 of 福建医科大学 is one word to jieba
            rest = text[len(prefix) :]
            listed = classes().get(rest, "")
            self.out.append(Piece(start + len(prefix), end, rest, listed if listed in ("S", "L", "O") else "N"))
            end, text, kind = start + len(prefix), prefix, "P" if prefix in places() else "R"
        self.out.append(Piece(start, end, text, kind))
        self.index -= 1
        return True

    def number(self, start: int, end: int, text: str) -> tuple[int, int, str]:
        """A number with the parts that jieba cuts off."""
        before = self.before()
        if text.isdigit() and before and before.text in words_of("ordinal_mark"):
            start, text = before.start, before.text + text  # 第 8 军团
            self.index -= 1
        last = self.out[-1] if self.out else None
        if last and last.kind == "O" and last.start == end and not words_of("zero_sign").isdisjoint(text + last.text):
            self.out.pop()
            end, text = last.end, text + last.text  # 第二 〇 〇 师
        return start, end, text

    # --- the letter of a token ------------------------------------------------------------------

    def kind(self, token: Token, text: str, end: int) -> str:
        """The letter of a token in its place: what its neighbours make of it, else the class of the word."""
        if self.may.members and text in words_of("society_trade") and self.joined_here():
            return "S"  # 证券 及 期货 专业 总会
        if self.is_parent(token, text, end):
            return "G"
        if not self.out and text in words_of("title"):
            if self.may.members:
                return "S"  # 校长 联盟
            if self.tokens[self.holding(self.position)].text in words_of("led_office"):
                return "L"  # 社会文化司 司长 办公室
        if self.is_level(text):
            return "L"
        kind = word_class(text, token.tag if end == token.end or token.tag in ("nt", "nz") else "n")
        return self.beside_place(token, text) or self.by_word(token, text, kind)

    def is_parent(self, token: Token, text: str, end: int) -> bool:
        """Whether another organisation's name ends with a token, of which this one is a part."""
        if self.ends_name(end) and (classes().get(text) != "." if len(text) > 1 else text in words_of("head_tail")):
            return True
        if not self.out:
            return False
        if self.out[-1].kind == "L" and len(text) == 1 and self.out[-1].text.startswith(text):
            return True  # 保安 司 司长 办公室
        # 卫生局 疾病 预防 及 控制中心
        return token.tag == "nt" and end == token.end and len(text) > 2 and ends_in(text, "sub_end")

    def is_level(self, text: str) -> bool:
        """Whether a word that names hold only in their middle stands there."""
        if text in words_of("school_kind") and self.is_named_school():
            return True  # 郑观应 公立 学校, 私立 培正 中学
        before = self.before() if text in words_of("domestic") and self.out else None
        return before is not None and is_place(before.text)  # 新加坡 国内 税务 局

    def beside_place(self, token: Token, text: str) -> str:
        """The letter of a character that is part of a place, a brand or a name because of what stands behind it; else ""."""
        behind = self.out[-1] if self.out else None
        if behind is None:
            return ""
        if text in words_of("side"):
            if behind.text in words_of("side_of"):
                return "P"  # 中 区, 东 部
            if behind.kind == "P" and text not in words_of("middle") and token.tag[:1] in ("n", "f"):
                return "P"  # 东 日本 旅客铁道
        if text in words_of("middle") and self.may.loose and len(behind.text) == 1 and self.opens():
            return "N"  # 中 天, 中 金: a brand, where 中 follows no noun
        return "L" if text in words_of("stationed") and behind.kind == "P" else ""  # 驻 澳门 联络办公室

    def by_word(self, token: Token, text: str, kind: str) -> str:
        """The letter of a token by the class of its word, ``kind``, and by its tag."""
        if token.tag == "k" and len(text) == 1:
            return "C"  # C 型 肝炎
        if kind == "V":
            return "S" if not self.out or self.out[-1].kind in "SCV" else "."
        if len(text) == 2 and self.is_cut_wrong(token, text):
            return "."
        if kind == "K" or text == "、":
            return self.joint(text)
        listed = text in classes()
        if not listed and self.is_coined(token, text, kind):
            return "N"
        if kind == "." and self.may.college and not listed and token.tag[:1] in ("v", "a", "d") and self.in_faculty():
            return "S"  # 昆山科技大学 视觉 传达 设计 系
        plain = self.may.verbs and len(text) == 2 and token.tag in VERB_TAGS and not listed
        if plain and (not self.out or self.out[-1].kind in "SCX"):
            return "V"
        return "." if kind == "C" and token.tag in VERB_TAGS else kind

    def is_cut_wrong(self, token: Token, text: str) -> bool:
        """Whether a word of two characters is none, but the end of one name and a function word, or the reverse."""
        if token.tag not in ("", "t"):
            return False
        if classes().get(text[-1], "") in (".", "K") or text[0] in words_of("small_number"):
            return True  # 局及, 局为, 一波
        return not token.tag and text[0] in words_of("never_opens")  # 及前|飞图

    def joint(self, text: str) -> str:
        """The letter of 和 or a mark that may join fields of work."""
        joined = self.may.joins and self.out and _between_fields(self.tokens, self.index, self.out, text)
        return "S" if joined or (self.may.joins and text != "、" and self.joins_below_parent()) else "."

    # --- what stands around a token -------------------------------------------------------------

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
        if self.out[-1].kind not in "SLC" if self.out else classes().get(head[:-2]) not in ("S", "V"):
            return False
        for i in range(self.index - 1, max(-1, self.index - 5), -1):
            token = self.tokens[i]
            part = token.tag == "nt" and ends_in(token.text, "sub_end")
            if len(token.text) > 1 and (part or self.ends_name(token.end)):
                return i < self.index - 1
            if word_class(token.text, token.tag) not in "SCVX" or not token.tag:
                return False
        return False

    def in_faculty(self) -> bool:
        """Whether a department's head is grown from, and a few nouns before the token at ``index`` a university ends."""
        if self.head()[:1] not in words_of("faculty"):
            return False
        for token in self.tokens[max(0, self.index - 3) : self.index][::-1]:
            if ends_in(token.text, "university_end"):
                return True
            if token.tag[:1] not in ("n", "v", "b", "l"):
                return False
        return False

    def opens(self) -> bool:
        """Whether nothing stands before the token at ``index`` that it could be said of (市场中)."""
        before = self.before()
        return before is None or before.tag[:1] not in tuple("nvarmqstfl") or before.text in words_of("list_link")

    def in_pair(self) -> bool:
        """Whether the token at ``index`` is one of two characters right before the head that form no word: 道 群 中学."""
        last = self.holding(self.position - 1)
        pair = self.tokens[max(0, last - 1) : last + 1]
        whole = len(pair) == 2 and pair[1].end == self.position and self.index >= last - 1
        return whole and pair[1].tag != "v" and all(len(t.text) == 1 and t.tag[:1] in PAIR_TAGS for t in pair)

    def is_legal(self) -> bool:
        """Whether the head, or a parent before it, says what a company is in law: nothing but its name stands before that."""
        if any(piece.kind == "G" and ends_in(piece.text, "legal_form") for piece in self.out):
            return True  # 陕西 延长 石油有限公司 研究院
        first = self.holding(self.position)
        text = "".join(token.text for token in self.tokens[first : first + 3])
        return bool(shape("legal_head").match(text, self.position - self.tokens[first].start))

    def is_coined(self, token: Token, text: str, kind: str) -> bool:
        """Whether a word that is none of a name's by its tag is one by its place."""
        before = self.before()
        if kind not in ".C" or not HAN <= text[0] <= "\u9fff":
            return False
        if text in words_of("having") and not self.opens():
            return False  # 嘉宾 有 绿动 资本
        if len(text) == 2 and kind == "." and token.tag[:1] in "vad" and self.is_legal():
            return before is not None and is_place(before.text)  # 香港 起步 国际集团有限公司
        if len(text) == 1 and self.may.loose:
            single = bool(self.out) and len(self.out[-1].text) == 1
            figure = token.tag == "m" and (single or text in words_of("zero"))
            return figure or token.tag[:1] in tuple("nvazsfbigt")
        if len(text) == 1 and self.may.pairs and self.in_pair():
            return True  # 道 群 中学
        if not self.may.college or kind != "." or not token.tag or before is None:
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
            fits = known and len(text) <= MAX_BRACKET and i > 0
            return Piece(tokens[i].start, tokens[index].end, f"({text})", "L") if fits else None
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
        return is_place(left) or tokens[index - 1].tag in ("ns", "nt")
    return bool(LATIN.fullmatch(left)) and bool(LATIN.fullmatch(right))


def _between_fields(tokens: Sequence[Token], index: int, after: Sequence[Piece], text: str) -> bool:
    """Whether 和 (、) joins two fields of work (科学及技术) and not two names."""
    common = text in words_of("joins_common")
    if index == 0 or after[-1].kind not in ("SLC" if common else "SL"):
        return False
    last = tokens[index - 1]
    before = word_class(last.text, last.tag)
    if last.text in words_of("society_trade") and any(p.text in words_of("society_trade") for p in after):
        return True
    if common:
        return before in "SC"
    if text == "、":
        return before == "S" and any(piece.text in words_of("conjunction") for piece in after)
    return before == "S" and not shape("authority_end").search(last.text)
