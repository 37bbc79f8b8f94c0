"""Bytes to text: which encoding, how it was found, how sure.

In this order: byte-order mark, the encoding that the user gave, the label inside an HTML file, strict
UTF-8, and then GB18030, Big5 and UTF-16 by how common the characters are that come out. A label is
believed when the bytes decode strictly, unless what comes out is no Chinese and another encoding gives
Chinese (pages labelled iso-8859-1 or gb2312 that are UTF-8 are everyday).

Codes of ``Undecodable``:

=================  ==========================================================================
binary             the bytes are no text: an image, an archive, NUL characters
encoding-unknown   ``--encoding`` names no text encoding
encoding-wrong     the bytes aren't what ``--encoding`` or the byte-order mark says
encoding-unclear   no encoding gives plausible text, or two give equally plausible text
=================  ==========================================================================
"""

from __future__ import annotations

import codecs
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

__all__ = ["Decoded", "Undecodable", "declared_label", "decode", "share_of_common"]

COMMON_CHARACTERS = Path(__file__).parents[1] / "data" / "common_characters.txt"

SAMPLE = 200_000  # bytes that are scored; a file doesn't change its encoding half way

# The longer marks first: FF FE starts both UTF-32 and UTF-16.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# Labels are widened to the superset that files so labelled really use (as the WHATWG standard does).
WIDENED = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "ascii": "utf-8",
}

ALIASES = {"x-gbk": "gb18030", "gb_2312-80": "gb18030", "x-x-big5": "big5hkscs", "cn-big5": "big5hkscs"}

SCORED = ("gb18030", "big5hkscs", "cp950", "utf-16-le", "utf-16-be")

SIGNATURES = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive (or docx, xlsx, epub)"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document (doc, xls, ppt)"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "a program"),
)

_LABEL = re.compile(
    rb"<meta[^>]{1,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]+)"
    rb"|\A\s*<\?xml[^>]{1,200}?encoding\s*=\s*[\"']([A-Za-z0-9_:.\-]+)",
    re.IGNORECASE,
)

_PUNCTUATION = frozenset("，。、；：？！“”‘’（）《》〈〉「」『』【】…—～·％　")

# Mean log-likelihoods: of a character no table lists, of a Chinese one beyond the table, of what no
# Chinese text holds (private use, unassigned, controls, Hangul, Arabic …).
_RARE, _STRANGE = -11.5, -15.0


class Undecodable(ValueError):
    """The bytes are no text that we can be sure of; ``code`` is stable, the message names no file."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Decoded:
    """``text == data.decode(encoding)``; ``source`` is bom, option, label, utf-8 or scored."""

    text: str
    encoding: str
    source: str
    confidence: str  # decimal between 0 and 1, as text


def decode(data: bytes, encoding: str | None = None, html: bool = False) -> Decoded:
    r"""Decodes a file. ``encoding`` is the user's word; ``html`` allows a label inside the file.

    >>> decode("增长5%".encode("gb18030"))
    Decoded(text='增长5%', encoding='gb18030', source='scored', confidence='1.00')
    >>> decode(b"\xef\xbb\xbf5%").encoding
    'utf-8-sig'

    Raises ``Undecodable``.
    """
    for signature, what in SIGNATURES:
        if data.startswith(signature):
            raise Undecodable("binary", f"is {what}, not text. Convert it to txt, md or html first")
    found = _marked(data) or _given(data, encoding) or (_labelled(data) if html else None)
    found = found or _utf8(data) or _scored(data)
    if "\0" in found.text:
        at = found.text.index("\0")
        raise Undecodable("binary", f"isn't text: it holds a NUL character at offset {at}. Remove it")
    return found


def _marked(data: bytes) -> Decoded | None:
    for mark, codec in BYTE_ORDER_MARKS:
        if not data.startswith(mark):
            continue
        text = _strictly(data, codec)
        if text is not None:
            return Decoded(text, codec, "bom", "1.00")
        if codec == "utf-8-sig":
            why = "starts with a UTF-8 byte-order mark, but"
            raise Undecodable("encoding-wrong", _broken(data, codec, why))
        # FF FE … may also be UTF-16 whose first character is U+0000, or chance: let the others try.
    return None


def _given(data: bytes, encoding: str | None) -> Decoded | None:
    if not encoding:
        return None
    codec = codec_of(encoding)
    if codec is None:
        advice = "Use a name such as utf-8, gb18030, big5hkscs or utf-16"
        raise Undecodable("encoding-unknown", f"can't be read: {encoding!r} names no text encoding. {advice}")
    text = _strictly(data, codec)
    if text is None:
        why = f"isn't {codec}, which --encoding asks for:"
        raise Undecodable("encoding-wrong", _broken(data, codec, why))
    return Decoded(text, codec, "option", "1.00")


def _labelled(data: bytes) -> Decoded | None:
    codec = codec_of(declared_label(data))
    if codec is None or codec.startswith("utf-16") or codec.startswith("utf-32"):
        return None  # a label that ASCII can read contradicts UTF-16
    text = _strictly(data, codec)
    if text is None or "\0" in text:
        return None
    share = share_of_common(text[:SAMPLE])
    if codec != "utf-8" and share < 0.6:
        others = [_strictly(data, rival) for rival in ("utf-8", *SCORED[:2])]
        if any(other is not None and share_of_common(other[:SAMPLE]) > share + 0.25 for other in others):
            return None
    return Decoded(text, codec, "label", "1.00")


def declared_label(data: bytes) -> str:
    """The encoding that an HTML file declares in its first 4 KB, or "".

    >>> declared_label(b'<meta http-equiv=Content-Type content="text/html; charset=GB2312">')
    'GB2312'
    """
    match = _LABEL.search(data[:4096])
    return (match[1] or match[2]).decode("ascii") if match else ""


def codec_of(label: str) -> str | None:
    """Python's name of a text encoding, widened; ``None`` if there is none.

    >>> codec_of("GB2312"), codec_of("UTF8"), codec_of("rot13"), codec_of("gbk2")
    ('gb18030', 'utf-8', None, None)
    """
    label = label.strip().lower()
    try:
        info = codecs.lookup(ALIASES.get(label, label))
        "".encode(info.name)  # raises for rot13, base64, zip …
        b"".decode(info.name)
    except (LookupError, ValueError, TypeError):
        return None
    return WIDENED.get(info.name, info.name)


def _utf8(data: bytes) -> Decoded | None:
    text = _strictly(data, "utf-8")
    if text is None or ("\0" in text and _is_utf16(data)):
        return None
    return Decoded(text, "utf-8", "utf-8", "1.00")


def _is_utf16(data: bytes) -> bool:
    """NULs at every second place: Latin text in UTF-16 is valid UTF-8 too."""
    sample = data[:1000]
    return len(data) % 2 == 0 and max(sample[::2].count(0), sample[1::2].count(0)) * 4 > len(sample)


def _scored(data: bytes) -> Decoded:
    guesses = []
    for codec in SCORED:
        if codec.startswith("utf-16") and len(data) % 2:
            continue
        text = _strictly(data, codec)
        if text is not None and "\0" not in text:
            guesses.append((*_likelihood(text[:SAMPLE]), codec, text))
    # cp950 is another Big5: it competes only where Big5-HKSCS can't decode.
    if any(guess[2] == "big5hkscs" for guess in guesses):
        guesses = [guess for guess in guesses if guess[2] != "cp950"]
    guesses.sort(key=lambda guess: -guess[0])
    if not guesses:
        raise _undecodable(data)
    (best, count, codec, text), second = guesses[0], guesses[1] if len(guesses) > 1 else None
    confidence = 1.0
    if second is not None:
        # How much likelier the text is as the best than as the second, capped for exp().
        confidence = 1 / (1 + math.exp(-min(50.0, (best - second[0]) * min(count, second[1]))))
    share = share_of_common(text[:SAMPLE])
    if share < 0.5 or confidence < 0.9:
        raise _unclear(guesses)
    return Decoded(text, codec, "scored", f"{min(confidence, share + 0.5):.2f}")


def _undecodable(data: bytes) -> Undecodable:
    if data.count(b"\0") * 50 > len(data):
        return Undecodable("binary", "holds NUL bytes: it isn't text. Convert it to txt, md or html first")
    sample = data[:SAMPLE]
    shares = {codec: share_of_common(sample.decode(codec, "replace")) for codec in ("utf-8", *SCORED[:2])}
    best, second, *_ = sorted(shares, key=lambda codec: -shares[codec])
    what = f"is in no encoding we know. Nearest are {best} and {second}, but as {best}"
    return Undecodable("encoding-unclear", _broken(data, best, what))


def _unclear(guesses: list[tuple[float, int, str, str]]) -> Undecodable:
    shares = [(codec, share_of_common(text[:SAMPLE])) for _, _, codec, text in guesses]
    shown = [f"{codec} ({share:.0%} common characters)" for codec, share in shares]
    best = " and ".join(shown[:2]) if len(shown) > 1 else f"{shown[0]} and none other"
    return Undecodable(
        "encoding-unclear",
        f"could be in several encodings; best guesses: {best}. "
        f"Say which with --encoding {guesses[0][2]}, or save the file as UTF-8",
    )


def _broken(data: bytes, codec: str, why: str) -> str:
    """A sentence that says where strict decoding stops."""
    try:
        data.decode(codec)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        place = f"{why} byte {error.start} (line {line}, 0x{data[error.start]:02X}) can't be decoded"
    except UnicodeError as error:
        place = f"{why} it can't be decoded ({error})"
    else:
        place = f"{why} it decodes"
    return f"{place}. Save the file as UTF-8, or name its encoding with --encoding"


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError):
        return None


@lru_cache(maxsize=1)
def _weights() -> dict[str, float]:
    """Log-likelihood of each common character, by its rank (frequency falls about as 1/(rank + 30))."""
    weights = dict.fromkeys(_PUNCTUATION, -math.log(40.0))
    rank = 0
    for line in COMMON_CHARACTERS.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        rank += 1
        for form in line:
            weights.setdefault(form, -math.log(rank + 30.0) - 1.5)
    return weights


def _telling(text: str) -> list[str]:
    """The characters that tell encodings apart: all but ASCII, and none of a leading mark."""
    return [c for c in text.lstrip("\ufeff") if c > "\x7f"]


def _likelihood(text: str) -> tuple[float, int]:
    """Mean log-likelihood of the telling characters, and how many there are."""
    weights = _weights()
    telling = _telling(text) or list(text)
    total = sum(weights.get(c) or _unlisted(c) for c in telling)
    return total / max(1, len(telling)), len(telling)


def _unlisted(char: str) -> float:
    if char < "\x7f" and (char.isprintable() or char.isspace()):
        return -4.0
    if "\u4e00" <= char <= "\u9fff" or "\uff01" <= char <= "\uff5e":
        return _RARE
    if "\u3000" <= char <= "\u33ff" or "\u00a0" <= char <= "\u04ff" or "\u2010" <= char <= "\u27bf":
        return _RARE  # kana, Latin, Greek, Cyrillic letters, symbols
    return _STRANGE


def share_of_common(text: str) -> float:
    """The share of common Chinese characters among those that aren't ASCII (1.0 when all are).

    >>> share_of_common("增长5%"), share_of_common("鎿曘")
    (1.0, 0.0)
    """
    telling = _telling(text)
    if not telling:
        return 1.0
    weights = _weights()
    common = sum(c in weights or "\uff01" <= c <= "\uff5e" or c in "·—…±℃°" for c in telling)
    return common / len(telling)
