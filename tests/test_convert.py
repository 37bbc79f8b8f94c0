"""Conversion: what would shift an offset, or say other than the library it replaces."""

from __future__ import annotations

import doctest
import string
import unicodedata
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from opencc import OpenCC

from pipeline.stages import convert as module
from pipeline.stages.convert import CONFIGS, FOLDED, convert, dictionary, simplify, to_traditional

ORIGINALS = [path.read_bytes().decode("utf-8") for path in sorted(Path("corpus").glob("*.txt"))]
KEYS = sorted(
    {key for name in ("TSPhrases", "TWPhrases", "TWPhrasesRev", "HKVariantsPhrases") for key in dictionary(name)}
)
LONG_KEYS = sorted(dictionary("STPhrases"))[::37]

pieces = st.one_of(st.sampled_from(KEYS), st.sampled_from(LONG_KEYS), st.sampled_from("，。 \n-1a乾於后发里"))
chinese = st.lists(pieces, max_size=12).map("".join)


@cache
def oracle(config: str) -> OpenCC:
    return OpenCC(config)


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("text", ORIGINALS, ids=range(len(ORIGINALS)))
def test_says_what_the_library_says_of_the_corpus(config: str, text: str) -> None:
    assert convert(text, config)[0] == oracle(config).convert(text)


@pytest.mark.parametrize("config", CONFIGS)
def test_says_what_the_library_says_of_phrases(config: str) -> None:
    @given(chinese)
    @example("一目瞭然於穆乾隆年間")  # phrases side by side
    @example("乾隆年間乾隆")  # a phrase inside a longer one
    @example("衹見樹木不見森林")
    def check(text: str) -> None:
        assert convert(text, config)[0] == oracle(config).convert(text)

    check()


def test_phrases_that_overlap_are_settled_as_the_library_settles_them() -> None:
    """Leftmost-longest, the usual shortcut, is wrong when a longer phrase starts inside a shorter one."""
    keys = sorted(dictionary("TSPhrases"), key=len)
    clashes = [a + b[1:] for a in keys for b in keys if a[-1] == b[0] and len(b) > len(a)]
    assert clashes
    for text in clashes:
        assert convert(text, "t2s")[0] == oracle("t2s").convert(text)


@given(st.text(alphabet=st.characters(codec="utf-16", exclude_categories=["Cs"])))
@example("\U0002f800\U0003106c\U000323af\U0010ffff")  # beyond the table
def test_the_shadow_is_as_long_as_the_text(text: str) -> None:
    assert len(simplify(text)) == len(text)


@given(chinese, chinese)
def test_the_shadow_of_a_shadow_is_itself_for_characters(left: str, right: str) -> None:
    once = "".join(map(simplify, left + right))
    assert "".join(map(simplify, once)) == once


def test_without_the_folding_the_shadow_is_t2s() -> None:
    for text in ORIGINALS:
        plain = "".join(c for c in text if c not in FOLDED)
        assert simplify(plain) == oracle("t2s").convert(plain)


@pytest.mark.parametrize(
    ("text", "shadow"),
    [
        ("衞生署 枱 粧 敍 滙豐", "卫生署 台 妆 叙 汇丰"),  # Hong Kong glyphs that t2s leaves
        ("著名 什么 着", "著名 什么 着"),  # good simplified characters that tw2s and hk2s would spoil
        ("乾隆 干細胞 藉口", "乾隆 干细胞 借口"),
        ("\uf98e\u2f49\u2f08", "年月人"),  # compatibility ideograph, Kangxi radicals
        ("１２０例（３６．５％）～－＋ＨｂＡ１ｃ＜７", "120例(36.5%)~-+HbA1c<7"),
        ("10⁶ ① ㎡ Ⅱ −5 —", "10⁶ ① ㎡ Ⅱ −5 —"),  # no digits, no ASCII: values would change
        ("，。；：！？、“”《》", "，。；：！？、“”《》"),  # sentence punctuation stays Chinese
        ("1\u00a0280\u3000元\u2009x\t\r\n", "1 280 元 x\t\r\n"),
        ("𠮷野家👩‍⚕️", "𠮷野家👩‍⚕️"),
        ("\ud800", "\ud800"),
        ("", ""),
    ],
)
def test_shadow(text: str, shadow: str) -> None:
    assert simplify(text) == shadow


def test_folding_makes_ascii_of_what_nfkc_makes_ascii_of() -> None:
    assert all(len(a) == len(b) == 1 for a, b in FOLDED.items())
    for wide, narrow in FOLDED.items():
        if wide not in "￥￡￠":
            assert unicodedata.normalize("NFKC", wide) == narrow
    assert set(string.ascii_letters + string.digits) <= set(FOLDED.values())


@pytest.mark.parametrize("config", ["tw2sp", "s2twp"])
def test_alignment_of_phrases_that_change_length(config: str) -> None:
    """Each converted phrase points at exactly the phrase it came from, whatever stands around it."""
    changed = {"tw2sp": "TWPhrasesRev", "s2twp": "TWPhrases"}[config]
    for key, (value, *_) in list(dictionary(changed).items())[::5]:
        if len(key) == len(value):
            continue
        source = key if config == "tw2sp" else oracle("t2s").convert(key)
        text = f"１{source}２{source}３"
        out, alignment = convert(text, config)
        assert alignment.length == len(out)
        for digit in "１２３":
            at = out.index(digit)
            assert alignment.to_source(at, at + 1) == (text.index(digit), text.index(digit) + 1)
        assert alignment.to_source(out.index("１") + 1, out.index("２")) == (1, 1 + len(source))


@given(chinese, st.sampled_from(CONFIGS))
def test_alignment_covers_the_text(text: str, config: str) -> None:
    out, alignment = convert(text, config)
    assert alignment.length == len(out)
    if text:
        assert alignment.to_source(0, len(out)) == (0, len(text))


def test_to_traditional_keeps_length_and_comes_back() -> None:
    for text in ORIGINALS[1:]:
        assert len(to_traditional(text)) == len(text)
        assert simplify(to_traditional(text)) == simplify(text)


def test_unknown_conversion_is_named() -> None:
    with pytest.raises(ValueError, match=r"t2xx.*tw2sp"):
        convert("字", "t2xx")


def test_doctests() -> None:
    assert doctest.testmod(module).failed == 0
