"""Catches: mojibake taken for text, a codec name that doesn't reproduce the text, silent replacement."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.encoding import Undecodable, codec_of, declared_label, decode

SIMPLIFIED = "据国家卫生健康委员会数据，我国糖尿病患者超1.4亿，同比增长5%。\r\n治疗组总缓解率达到67.5%。"
TRADITIONAL = "據衛生福利部統計，國內糖尿病患者超過230萬人，較去年增加5%。\r\n治療組總緩解率達到67.5%。"
UNICODE = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
CASES = [
    *[(SIMPLIFIED, codec) for codec in (*UNICODE, "gb2312", "gbk", "gb18030")],
    *[(TRADITIONAL, codec) for codec in (*UNICODE, "gbk", "gb18030", "big5", "big5hkscs", "cp950")],
]


@pytest.mark.parametrize(("text", "codec"), CASES)
@pytest.mark.parametrize("length", [None, 24, 12])
def test_text_comes_back_and_the_codec_reproduces_it(text: str, codec: str, length: int | None) -> None:
    data = text[:length].encode(codec)
    decoded = decode(data)
    assert decoded.text == text[:length]
    assert data.decode(decoded.encoding) == text[:length]
    assert 0 <= float(decoded.confidence) <= 1


@pytest.mark.parametrize("text", ["增长", "糖尿病", "臺灣", "患者120例", "2024年\n"])
@pytest.mark.parametrize("codec", ["gb18030", "utf-8", "utf-16"])
def test_a_few_characters_are_enough_or_refused_with_two_guesses(text: str, codec: str) -> None:
    # Short GBK may be Big5 too: then it says so, with both names, and doesn't guess.
    try:
        found = decode(text.encode(codec)).text
    except Undecodable as error:
        found = text if "gb18030" in str(error) and " and " in str(error) else str(error)
    assert found == text


@given(st.binary(max_size=60))
def test_any_bytes_decode_reproducibly_or_are_refused(data: bytes) -> None:
    try:
        decoded = decode(data, html=True)
    except Undecodable:
        return
    assert data.decode(decoded.encoding) == decoded.text


@pytest.mark.parametrize(
    ("data", "how"),
    [
        ("增".encode("utf-8-sig"), "bom"),
        ("增长".encode(), "utf-8"),
        (SIMPLIFIED.encode("gb18030"), "scored"),
        (b"plain ASCII 5%", "utf-8"),
    ],
)
def test_how_it_was_found(data: bytes, how: str) -> None:
    assert decode(data).source == how


def test_option_wins_over_guesses_but_not_over_a_byte_order_mark() -> None:
    assert decode("增長".encode("big5"), "BIG5").source == "option"
    assert decode("增长".encode("utf-8-sig"), "gbk").source == "bom"


@pytest.mark.parametrize(
    ("label", "written"),
    [("gb2312", "gb18030"), ("GBK", "gb18030"), ("big5", "big5hkscs"), ("utf-8", "utf-8")],
)
def test_html_label_is_believed_and_widened(label: str, written: str) -> None:
    page = f'<html><head><meta charset="{label}"></head><body>{TRADITIONAL}'
    decoded = decode(page.encode(written), html=True)
    assert (decoded.text, decoded.encoding, decoded.source) == (page, written, "label")


@pytest.mark.parametrize("label", ["gb2312", "iso-8859-1", "big5", "klingon", "utf-16", "rot13"])
def test_html_label_that_lies_is_not_believed(label: str) -> None:
    page = f'<meta charset="{label}"><p>{SIMPLIFIED}{TRADITIONAL}'
    assert decode(page.encode(), html=True).text == page


def test_label_is_not_looked_for_in_plain_text() -> None:
    text = f"<meta charset=iso-8859-1>{SIMPLIFIED}"
    assert decode(text.encode("gb18030")).text == text


def test_label_search_is_linear_and_limited() -> None:
    assert declared_label(b"<meta " * 100_000) == ""
    assert declared_label(b" " * 5000 + b"<meta charset=gbk>") == ""


@pytest.mark.parametrize(
    ("data", "option", "code", "says"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0", None, "binary", "PNG"),
        (b"PK\x03\x04\x14\0", None, "binary", "ZIP"),
        (b"%PDF-1.7", None, "binary", "PDF"),
        (b"abc\0def", None, "binary", "NUL"),
        (bytes(range(256)) * 4, None, "", ""),
        ("增长".encode(), "utf9", "encoding-unknown", "utf-8"),
        ("增长".encode(), "rot13", "encoding-unknown", "utf-8"),
        ("增长".encode("gbk"), "utf-8", "encoding-wrong", "byte 0 (line 1, 0xD4)"),
        (b"\xef\xbb\xbf\xff\xff", None, "encoding-wrong", "byte-order mark"),
        ("增长".encode() + b"\xff" * 3, None, "encoding-unclear", "utf-8"),
    ],
)
def test_what_is_refused_and_what_it_says(data: bytes, option: str | None, code: str, says: str) -> None:
    with pytest.raises(Undecodable) as caught:
        decode(data, option)
    assert code in caught.value.code
    assert says in str(caught.value)


def test_codec_names_are_text_encodings() -> None:
    assert codec_of("") is None
    assert codec_of("hex") is None
    assert codec_of(" UTF8 ") == "utf-8"
    assert codec_of("a\0b") is None
