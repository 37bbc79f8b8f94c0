"""Between the scripts, one pass over the text, with offsets that stay true.

The dictionaries are those of opencc-python-reimplemented; its own ``convert`` is the oracle in the tests. It
looks for the longest phrase anywhere in a run, then left and right of it. That is the same as: take all phrases
that occur by dictionary, length (longest first) and place, and keep each that overlaps none kept before. So
phrases are found in one pass, and characters go through one table.

>>> simplify("國家衞健委２０２５年４月公佈：約３０％")
'国家卫健委2025年4月公布：约30%'
>>> convert("這個軟體的資料庫", "tw2sp")[0]
'这个软件的数据库'
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from pipeline.align import Alignment
from pipeline.words import read_words

__all__ = ["CONFIGS", "FOLDED", "convert", "dictionary", "simplify", "to_traditional"]

CONFIGS = ("hk2s", "s2hk", "s2t", "s2tw", "s2twp", "t2hk", "t2s", "t2tw", "tw2s", "tw2sp")

FOLDED = {
    **{chr(0xFEE0 + ord(c)): c for c in "0123456789%$+-./<>=()*^#&@~[]_"},
    **{chr(0xFEE0 + ord(c)): c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"},
    **dict(zip("￥￡￠", "¥£¢", strict=True)),
    **dict.fromkeys("\u00a0\u202f\u205f\u3000", " "),
    **dict.fromkeys(map(chr, range(0x2000, 0x200B)), " "),  # en, em, thin, figure … spaces
}
"""What ``simplify`` folds beside the script: full-width digits, letters and ``％＄＋－．／＜＞＝（）＊＾＃＆＠～［］＿``,
``￥￡￠``, and spaces that are no ASCII space. Punctuation of Chinese sentences (``，。；：！？、``) stays, so do
superscripts (``10⁶`` is not 106), ``①``, ``Ⅱ``, ``㎡``, dashes and the minus sign U+2212."""

_COMPATIBLE = (*range(0x2F00, 0x2FD6), *range(0xF900, 0xFADA), *range(0x2F800, 0x2FA1E))
"""Kangxi radicals (PDFs have ⽇ for 日) and compatibility ideographs (U+F98E for 年): one character in NFKC."""

_UNCHANGED = tuple(range(0x323B0))
"""A table for ``str.translate`` by code point, up to extension H: more than twice as fast as a dict."""


def simplify(text: str) -> str:
    """The shadow that rules match: simplified, half-width, character n of it is character n of ``text``.

    t2s, then the glyphs of Hong Kong and Taiwan that t2s leaves alone (衞 枱 粧), ``rules/words/glyphs.csv``,
    compatibility ideographs, and ``FOLDED``. Simplified text passes through.

    >>> simplify("乾隆年間，乾燥３天")
    '乾隆年间，干燥3天'
    """
    if text.isascii():
        return text
    shadow = _shadow().apply(text)[0]
    if len(shadow) != len(text):  # a dictionary entry changed length: every offset behind it would lie
        raise AssertionError(f"shadow has {len(shadow)} characters, text {len(text)}")
    return shadow


def convert(text: str, config: str) -> tuple[str, Alignment]:
    """Converts as the OpenCC configuration says; the alignment maps the result to ``text``.

    ``tw2sp`` and ``s2twp`` change lengths, the others don't. Run ``tw*`` and ``hk*`` only on text known to be
    traditional: they make 什幺 of 什么. Raises ``ValueError`` for an unknown configuration.

    >>> converted, alignment = convert("我的U盘", "s2twp")
    >>> converted, alignment.to_source(2, 5)
    ('我的隨身碟', (2, 4))
    """
    if config not in CONFIGS:
        raise ValueError(f"no conversion '{config}'; there are {', '.join(CONFIGS)}")
    alignment = Alignment.identity(len(text))
    for step in _chain(config):
        text, changed = step.apply(text)
        if changed is not None:
            alignment = changed.then(alignment)
    return text, alignment


def to_traditional(text: str) -> str:
    """s2t, 1:1, for trying a rule's tests in the other script.

    >>> to_traditional("患者干细胞治疗后")
    '患者幹細胞治療後'
    """
    return convert(text, "s2t")[0]


@cache
def dictionary(name: str) -> dict[str, tuple[str, ...]]:
    """A dictionary of the library, such as ``TSCharacters``: key to its conversions, the usual one first."""
    lines = (files("opencc") / "dictionary" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if line)
    return {key: tuple(values.strip().split(" ")) for key, values in pairs}


@dataclass(frozen=True)
class _Step:
    """A group of dictionaries that is applied together: phrases first, the rest by character."""

    table: list[int]
    phrases: dict[str, tuple[int, str]]  # key: (rank of its dictionary, replacement)
    lengths: dict[str, tuple[int, ...]]  # first two characters (or a key of one): lengths of keys so begun
    starts: re.Pattern[str] | None  # characters that begin a key

    def apply(self, text: str) -> tuple[str, Alignment | None]:
        """The converted text; the alignment is ``None`` while each character stays in its place."""
        plain = text.translate(self.table)
        chosen = self._choose(text) if self.starts else []
        if not chosen:
            return plain, None
        parts: list[str] = []
        at = 0
        for start, end, new in chosen:
            parts += plain[at:start], new
            at = end
        parts.append(plain[at:])
        same = all(len(new) == end - start for start, end, new in chosen)
        return "".join(parts), None if same else Alignment.from_pieces(_pieces(chosen, len(text)))

    def _choose(self, text: str) -> list[tuple[int, int, str]]:
        found = sorted(self._occurrences(text))
        taken, chosen = bytearray(len(text)), []
        for _, shortness, start, new in found:
            end = start - shortness
            if taken.find(1, start, end) < 0:
                taken[start:end] = b"\1" * (end - start)
                chosen.append((start, end, new))
        return sorted(chosen)

    def _occurrences(self, text: str) -> Iterator[tuple[int, int, int, str]]:
        assert self.starts is not None
        for match in self.starts.finditer(text):
            start = match.start()
            for length in self.lengths.get(text[start : start + 2]) or self.lengths.get(text[start], ()):
                key = text[start : start + length]
                if key in self.phrases and len(key) == length:  # shorter at the end of the text
                    rank, new = self.phrases[key]
                    yield rank, -length, start, new


def _pieces(chosen: list[tuple[int, int, str]], length: int) -> Iterator[tuple[int, int, int, int]]:
    at = out = 0
    for start, end, new in [*chosen, (length, length, "")]:
        yield out, out + start - at, at, start
        out += start - at
        yield out, out + len(new), start, end
        at, out = end, out + len(new)


def _step(groups: Iterable[dict[str, tuple[str, ...]]], extra: dict[str, str] | None = None) -> _Step:
    table = list(_UNCHANGED)
    phrases: dict[str, tuple[int, str]] = {}
    for rank, entries in enumerate(groups):
        one_by_one = all(len(key) == len(values[0]) == 1 for key, values in entries.items())
        for key, values in entries.items():
            if one_by_one:  # only ever the last of its group
                table[ord(key)] = ord(values[0])
            elif not _SEPARATOR.search(key):
                phrases.setdefault(key, (rank, values[0]))
    for char, new in (extra or {}).items():
        table[ord(char)] = ord(new)
    lengths: dict[str, set[int]] = {}
    for key in phrases:
        lengths.setdefault(key[:2], set()).add(len(key))
    for head, found in lengths.items():
        if len(head) == 2 and head[0] in phrases:
            found.add(1)
    starts = _starts(lengths) if phrases else None
    return _Step(table, phrases, {head: tuple(found) for head, found in lengths.items()}, starts)


def _starts(heads: Iterable[str]) -> re.Pattern[str]:
    """Where a phrase may begin: a few heads by both characters, thousands faster by the first alone."""
    seconds: dict[str, set[str]] = {}
    for head in heads:
        seconds.setdefault(head[0], set()).add(head[1:])
    if len(seconds) > 500:
        return re.compile(f"[{_escaped(seconds)}]")
    return re.compile(
        "|".join(
            re.escape(first) + ("" if "" in after else f"(?=[{_escaped(after)}])") for first, after in seconds.items()
        )
    )


def _escaped(chars: Iterable[str]) -> str:
    return re.escape("".join(sorted(chars)))


_SEPARATOR = re.compile(r"[\s,.?!*，。、；：？！…“”‘’『』「」—－（）《》〈〉～．／＼【】-]")
"""The library cuts the text at these before it looks for phrases, so phrases that hold one never match."""


@cache
def _chain(config: str) -> tuple[_Step, ...]:
    settings = json.loads((files("opencc") / "config" / f"{config}.json").read_text(encoding="utf-8"))
    return tuple(_step(_group(link["dict"])) for link in settings["conversion_chain"])


def _group(node: dict[str, Any]) -> list[dict[str, tuple[str, ...]]]:
    if node["type"] == "group":
        return [entries for child in node["dicts"] for entries in _group(child)]
    return [dictionary(node["file"].removesuffix(".txt"))]


@cache
def _shadow() -> _Step:
    simple = {key: values[0] for key, values in dictionary("TSCharacters").items()}
    extra = dict(FOLDED)
    for variants in ("HKVariantsRev", "TWVariantsRev"):
        for glyph, (standard, *_) in dictionary(variants).items():
            if glyph not in simple and not _in_gb2312(glyph):  # 著 and 么 are good simplified characters
                extra[glyph] = simple.get(standard, standard)
    extra |= {row["char"]: row["simplified"] for row in read_words("glyphs")}
    for code in _COMPATIBLE:
        plain = unicodedata.normalize("NFKC", chr(code))
        if len(plain) == 1:
            extra[chr(code)] = extra.get(plain, simple.get(plain, plain))
    return _step([dictionary("TSPhrases"), dictionary("TSCharacters")], extra)


def _in_gb2312(char: str) -> bool:
    try:
        return bool(char.encode("gb2312"))
    except UnicodeEncodeError:
        return False
