"""``rules new``: a rule skeleton made of one place: what varies becomes captures and lexicons, the rest stays words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.authoring.bench import Bench
from pipeline.authoring.places import Place
from pipeline.config import UsageError
from pipeline.model import Claim, Date, Institution, Mention, Numeral, Quantity
from pipeline.phrases.left import left_phrase
from pipeline.rulekit.ruleerrors import did_you_mean
from pipeline.rulekit.ruletests import fields
from pipeline.rulekit.symbols import Symbols
from pipeline.rulekit.template import CLAUSE_END, SPECIAL
from pipeline.rules import FORMAT, RULE_ID, RuleSet

__all__ = ["Skeleton", "add_to_file", "skeleton"]

FILES = {
    "claim": "claims.yaml",
    "institution": "institutions.yaml",
    "date": "dates.yaml",
    "quantity": "quantities.yaml",
    "attribution": "attribution.yaml",
    "reject": "rejects.yaml",
}
FAMILIES = {
    "claim": ("claim", "attribution"),
    "attribution": ("claim", "attribution"),
    "date": ("date",),
    "quantity": ("quantit",),
    "reject": ("quantit", "reject"),
}
TESTED = (
    "subject",
    "value",
    "value_low",
    "value_high",
    "unit",
    "trend",
    "basis",
    "modality",
    "itype",
    "canonical",
)
USUAL = {"modality": "asserted"}
MOST_TERMS = 400  # a lexicon with more terms is no set of synonyms
MAX_LINK = 12  # characters between a subject and its number that a skeleton keeps


@dataclass(slots=True)
class Skeleton:
    """A rule in the making. ``notes`` say what to look at."""

    id: str
    extracts: str
    match: str
    hit: str
    get: dict[str, str]
    set: dict[str, str] = field(default_factory=dict)
    priority: int = 50
    notes: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """The rule as YAML, without indentation."""
        yield f"- id: {self.id}"
        yield f"  extracts: {self.extracts}"
        yield f"  doc: {quoted('say in one line what it catches')}"
        yield from (f"  # {note}" for note in self.notes)
        yield f"  match: {quoted(self.match)}"
        if self.set:
            yield f"  set: {flow(self.set)}"
        yield f"  priority: {self.priority}"
        yield "  tests:"
        yield f"    - hit: {quoted(self.hit)}"
        if self.get:
            yield f"      get: {flow(self.get)}"
        yield "    - miss:   # a sentence that looks alike and must not match"


def check_id(bench: Bench, name: str) -> None:
    """Raises UsageError for an id that rules can't have, or that a rule has."""
    if not RULE_ID.fullmatch(name):
        raise UsageError(f"--id {name!a}: an id is words joined by dots, such as claim.level (a-z, 0-9 and _)")
    known = next((rule for rule in bench.rules.rules if rule.id == name), None)
    if known:
        raise UsageError(f"--id {name}: is the id of the rule at {known.file}:{known.line}; choose another")


def quoted(text: str) -> str:
    """A text as YAML keeps it, in single quotes."""
    return "'" + text.replace("'", "''").replace("\n", " ") + "'"


def flow(values: dict[str, str]) -> str:
    """Fields as YAML keeps them on one line, each value in double quotes."""
    return "{" + ", ".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()) + "}"


def skeleton(bench: Bench, place: Place, name: str = "", extracts: str = "") -> Skeleton:
    """A rule that finds the place. Raises UsageError when nothing that rules can find stands there."""
    if extracts and extracts not in FILES:
        raise UsageError(f"--extracts {extracts!a}: allowed are {', '.join(FILES)}{did_you_mean(extracts, FILES)}")
    here = [m for m in place.found.mentions if m.start < place.end and m.end > place.start]
    claim = next((m for m in here if isinstance(m, Claim)), None)
    kind = extracts or ("claim" if claim else "date" if any(isinstance(m, Date) for m in here) else "")
    if not kind:
        kind = (
            "quantity"
            if re.search(r"\d|[零一二两三四五六七八九十百千万亿半]", place.article.shadow[place.start : place.end])
            else "institution"
        )
    if kind == "claim" and claim is None:
        raise UsageError(
            f"'{place.article.text[place.start : place.end]}' is no number that was found: name the number with --span, or say --extracts quantity"
        )
    if name:
        check_id(bench, name)
    number = sum(rule.id.startswith(f"{kind}.new") for rule in bench.rules.rules) + 1
    made = claim_skeleton(bench, place, claim) if kind == "claim" and claim else plain_skeleton(bench, place, kind)
    made.id = name or f"{kind}.new_{number}"
    made.extracts = kind
    made.notes.append(
        "rename it, make the template as general as it may be, fill in the miss, then: zhclaims rules check FILE"
    )
    return made


# --- claims -----------------------------------------------------------------------------------


def claim_skeleton(bench: Bench, place: Place, claim: Claim) -> Skeleton:
    """A frame: the noun phrase before the number, the words between, the number by its kind, a word behind it."""
    article, quantity = place.article, claim.quantity
    assert quantity is not None
    others = [
        m
        for m in place.found.mentions
        if isinstance(m, Date | Institution | Quantity) and not (m.start < claim.end and m.end > claim.start)
    ]
    symbols = Symbols(article, [quantity, *others])
    at = symbols.position(claim.start)
    low = at
    while low > 0 and symbols.text[low - 1] not in CLAUSE_END:
        low -= 1
    phrase = next((found for link in range(at, low, -1) if (found := left_phrase(article, symbols, low, link))), None)
    subject = ""
    if phrase is not None:
        start, behind = symbols.position(phrase[0]), symbols.position(phrase[1] - 1) + 1
        behind = noun_end(article.segment, symbols.text[start:behind]) + start
        left = "{subject:phrase}" + general(bench.rules, symbols, behind, at, "claim")
        subject = article.text[phrase[0] : symbols.span(start, behind)[1]]
    else:
        left = general(bench.rules, symbols, max(low, at - MAX_LINK), at, "claim")
    right = general(bench.rules, symbols, at + 1, word_behind(place, symbols, at + 1), "claim")
    given = tested(place, claim)
    if subject:
        given["subject"] = subject
    made = Skeleton(
        "", "claim", f"{left}{{value:{quantity.kind}}}{right}", marked(place, claim.start, claim.end), given
    )
    if not left and not right:
        made.notes.append("no words stand beside the number: add what makes this a claim")
    if right:
        made.notes.append(f"'{right}' behind the number: drop it when it says nothing")
    made.notes.append("fields a claim rule can give: subject, trend, basis, modality, comparator (set: {trend: up_by})")
    return made


def noun_end(segment: Callable[[str], list[tuple[str, str]]], text: str) -> int:
    """Where the last noun of a text ends: verbs behind it lead to the number. The whole text when it has none."""
    at, end = 0, 0
    for word, tag in segment(text):
        at += len(word)
        if tag[:1] in ("n", "l", "j", "r") or tag in ("vn", "an", "eng", "s") or "\ue000" <= word[-1] <= "\ue03f":
            end = at
    return end or len(text)


def word_behind(place: Place, symbols: Symbols, at: int) -> int:
    """The end of the word right behind the number, when it is one that frames use (以上, 左右), not a noun."""
    stop = at
    while (
        stop < len(symbols.text)
        and symbols.text[stop] not in CLAUSE_END
        and stop not in symbols.mentions
        and stop - at < 6
    ):
        stop += 1
    for word, tag in place.article.segment(symbols.text[at:stop])[:1]:
        if tag[:1] in ("f", "m", "v") and word.strip():
            return at + len(word)
    return at


# --- other kinds ------------------------------------------------------------------------------


def plain_skeleton(bench: Bench, place: Place, kind: str) -> Skeleton:
    """The place itself: its numbers, dates and names as captures, the rest as words."""
    article = place.article
    inner = [
        m
        for m in place.found.mentions
        if place.start <= m.start
        and m.end <= place.end
        and (m.start, m.end) != (place.start, place.end)
        and isinstance(m, Numeral if kind in ("date", "quantity", "reject") else Mention)
    ]
    symbols = Symbols(article, inner)
    first, last = symbols.position(place.start), symbols.position(place.end - 1) + 1
    made = Skeleton(
        "",
        kind,
        general(bench.rules, symbols, first, last, kind),
        marked(place, place.start, place.end),
        {},
        priority=55,
    )
    if kind == "institution":
        tokens = place.article.segment(symbols.text[first:last])
        head = tokens[-1][0] if tokens else symbols.text[first:last]
        made.match, made.set = f"{{head:({escaped(head)})}}", {"itype": "company", "grow": "left"}
        made.notes.append(
            "the head noun; the name grows to the left of it. itype: see README, section institutions.csv"
        )
    elif kind == "reject":
        made.set = {"reason": "say why it is no claim"}
    return made


# --- what is general about words --------------------------------------------------------------


def general(rules: RuleSet, symbols: Symbols, first: int, last: int, kind: str) -> str:
    """A template for symbol positions ``first:last``: mentions by type, words of a lexicon as @lexicon."""
    out, at = [], first
    names: dict[str, int] = {}
    while at < last:
        if mention := symbols.mentions.get(at):
            out.append("{" + field_name(names, name_of(rules, symbols, at, kind)) + ":" + type_of(mention) + "}")
            at += 1
            continue
        stop = at
        while stop < last and stop not in symbols.mentions:
            stop += 1
        out += list(words(rules, symbols.text[at:stop], kind))
        at = stop
    return "".join(out)


def words(rules: RuleSet, text: str, kind: str) -> Iterator[str]:
    """The longest terms of small lexicons, the smallest lexicon of those that know a term; other characters as they are."""
    at = 0
    while at < len(text):
        known = next(
            (
                (n, name)
                for n in range(min(8, len(text) - at), 0, -1)
                if (name := synonyms(rules, text[at : at + n], kind))
            ),
            None,
        )
        if known:
            yield "@" + known[1]
            at += known[0]
        else:
            yield escaped(text[at])
            at += 1


def synonyms(rules: RuleSet, term: str, kind: str) -> str:
    """The smallest lexicon of the kind's files, or of the author's own, that holds a term beside others; "" if none does.

    Of dates and quantities single characters stay as they are: 年 is no synonym of 月.
    """
    if len(term) == 1 and kind not in ("claim", "attribution"):
        return ""
    files = FAMILIES.get(kind, ())
    fitting = [
        lexicon
        for lexicon in rules.lexicons.values()
        if term in lexicon.entries
        and 1 < len(lexicon.entries) <= MOST_TERMS
        and ("/" in lexicon.file or lexicon.file.startswith(files))
    ]
    return min(fitting, key=lambda lexicon: len(lexicon.entries)).name if fitting else ""


def escaped(text: str) -> str:
    """Characters that a template would read as its syntax, made to stand for themselves."""
    return "".join("\\" + char if char in SPECIAL else char for char in text)


def name_of(rules: RuleSet, symbols: Symbols, at: int, kind: str) -> str:
    """What stages call a mention: the value of a quantity, the part of a date by the word behind the number."""
    mention = symbols.mentions[at]
    if isinstance(mention, Numeral):
        units = rules.lexicons["time_unit"].entries if kind == "date" and "time_unit" in rules.lexicons else {}
        return units.get(symbols.text[at + 1 : at + 2], {}).get("code") or ("value" if kind == "quantity" else "n")
    return "time" if isinstance(mention, Date) else "name" if isinstance(mention, Institution) else "other"


def field_name(names: dict[str, int], base: str) -> str:
    """The name, numbered when there are several."""
    names[base] = names.get(base, 0) + 1
    return base if names[base] == 1 else f"{base}_{names[base]}"


def type_of(mention: Mention) -> str:
    """The type that captures a mention in a template."""
    if isinstance(mention, Date):
        return "date"
    if isinstance(mention, Institution):
        return "institution"
    return mention.kind if isinstance(mention, Quantity) else "number"


def tested(place: Place, mention: Mention) -> dict[str, str]:
    """The fields worth testing, as they are now: the author corrects them."""
    got = fields(mention, place.article)
    return {
        name: str(got[name]) for name in TESTED if got.get(name) not in ("", None) and str(got[name]) != USUAL.get(name)
    }


def marked(place: Place, start: int, end: int) -> str:
    """The sentence with ⟦⟧ around the place."""
    sentence, text = place.sentence, place.article.text
    return f"{text[sentence.start : start]}⟦{text[start:end]}⟧{text[end : sentence.end]}".strip()


# --- into the file ----------------------------------------------------------------------------


def add_to_file(made: Skeleton, folder: Path, file: Path | None = None) -> tuple[Path, int]:
    """Put the rule at the end of the rules of its file; every other byte stays. Returns the file and the rule's line."""
    path = file or (folder / FILES[made.extracts])
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"format: {FORMAT}\n\nrules:\n", encoding="utf-8")
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    heading = next((i for i, line in enumerate(lines) if re.match(r"rules:\s*(\[\s*\])?\s*(#.*)?$", line)), None)
    if heading is None:
        lines += ["", "rules:"]
        heading = len(lines) - 1
    lines[heading] = re.sub(r"\[\s*\]", "", lines[heading]).rstrip()
    end = next((i for i in range(heading + 1, len(lines)) if re.match(r"[A-Za-z_]+:", lines[i])), len(lines))
    while end > heading + 1 and not lines[end - 1].strip():
        end -= 1
    dash = next((match.group(1) for line in lines[heading + 1 : end] if (match := re.match(r"( *)- id:", line))), "  ")
    new = ["", *(dash + line for line in made.lines())] if end > heading + 1 else [dash + line for line in made.lines()]
    lines[end:end] = new
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path, end + len(new) - len(list(made.lines())) + 1
