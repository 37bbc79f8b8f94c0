"""What a reader sees of HTML, every character with its place in the source.

One pass, linear whatever the input (``html.parser`` needs 40 s for 60 KB of ``<a ``): each pattern is
possessive, and what isn't closed is consumed to the end once. The rules are those of the HTML standard's
tokenizer, simplified: tags with quoted attributes, comments, raw text (script, style), entities through
``html.unescape``, white space collapsed. Block-level tags become newlines, table cells tabs; neither
exists in the source. A row of a table of data is one line with a tab for every column before a cell, so that
cells below each other have as many tabs before them; lines within a cell are parted by `BREAK`. A line break
between two Chinese characters is no space. ``10<sup>6</sup>`` reads ``10⁶``, for ``106`` would be another number.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from html.entities import html5

from pipeline.tabular.cell import BREAK

__all__ = ["BOILERPLATE", "Block", "Page", "parse", "visible"]

Piece = tuple[str, int, int]
"""Visible text, start and end of the source it stands for."""

Cell = tuple[int, int, int]
"""Table, row, column."""

BOILERPLATE = frozenset({"nav", "header", "footer", "aside", "form", "button", "hidden", "named"})

_BLOCK = frozenset(
    "address article aside blockquote body br caption center dd details dialog dir div dl dt "  # noqa: SIM905
    "fieldset "
    "figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li listing "
    "main menu nav ol optgroup option p plaintext pre search section summary table tbody tfoot thead tr ul "
    "iframe title textarea template".split()
)
_CELL = frozenset({"td", "th"})
_VOID = frozenset(
    "area base br col embed frame hr img input link meta param source track wbr".split()  # noqa: SIM905
)
_IMPLIED_END = frozenset(
    "p li dd dt td th tr tbody thead tfoot option optgroup body html head".split()  # noqa: SIM905
)
# Their content is no markup; the standard swallows it to the end of the file when they aren't closed.
_RAW = frozenset("script style title textarea iframe noembed noframes noscript xmp".split())  # noqa: SIM905
# Their content is markup that nobody sees as text.
_SKIPPED = frozenset("template svg select datalist object rt rp audio video canvas".split())  # noqa: SIM905

_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]*+)")
_ATTRIBUTE = re.compile(
    r"""[\s/]*+(?:(>)|([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:"([^"]*+)(?:"|\Z)|'([^']*+)(?:'|\Z)|([^\s>]*+)))?)"""
)
_TOKEN = re.compile(
    r"[ \t\n\r\f]++|[^ \t\n\r\f&]++|&(?:\#[0-9]++;?|\#[xX][0-9a-fA-F]++;?|[A-Za-z][A-Za-z0-9]{0,31}+;?)|&"
)
_SUPERSCRIPT = str.maketrans("0123456789+-−–n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻ⁿ")
_WHITE = " \t\n\r\f"
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_INLINE = frozenset("span font i b em strong u s small sub sup ins del code label a".split())  # noqa: SIM905
_WATCHED = frozenset((*_HEADINGS, *BOILERPLATE - {"hidden", "named"}, "a", "pre", "article", "main"))
_ATTRIBUTES = frozenset(
    "property name itemprop content rel href datetime hidden style class id colspan rowspan".split()  # noqa: SIM905
)
_COLUMNS = 100  # of a table of data
_ROWS = 1_000  # that a cell may span
_LONG_CELL = 300  # characters: a table with longer cells lays out a page
_CELL_LINES = 8
_NAMED = frozenset({"breadcrumb", "breadcrumbs", "copyright", "foot", "footer", "nav", "navbar", "sidebar"})
_NAMED_LIKE = re.compile(r"(?<!\bhas)(?<!\bwith)(?<!\bno)[-_](?:footer|copyright|breadcrumbs?)\Z")
_RUBY_END = re.compile(r"<(?:/(?:rt|rp|ruby)|rt|rp|rb)(?=[\s/>])", re.IGNORECASE)
_SUP = re.compile(
    r"<sup(?:\s[^<>]*+)?>(?:\s|<[a-z][^<>]*+>){0,4}+([-0-9+−–n]{1,9}+)(?:\s|</[a-z]+>){0,4}?</sup>",
    re.IGNORECASE,
)
_UNSEEN_STYLE = re.compile(r"display\s*:\s*none", re.IGNORECASE)


@dataclass(slots=True)
class Block:
    """Text between two block-level tags."""

    lead: str  # what parts it from the block before: newline, or tab between cells
    tag: str  # the innermost block-level tag
    inside: frozenset[str]  # the BOILERPLATE elements around it
    pieces: list[Piece] = field(default_factory=list)
    linked: int = 0  # characters that are link text
    cell: Cell | None = None  # where it stands in a table of data

    @property
    def text(self) -> str:
        return "".join(piece[0] for piece in self.pieces)


@dataclass(slots=True)
class Page:
    """The blocks of a page, its meta tags (lower-case names) and how deep its elements nest."""

    blocks: list[Block]
    meta: dict[str, str]
    depth: int


@dataclass(slots=True)
class _Table:
    """A table that is open: where its next cell goes, and the last row that cells from above reach down to, by column."""

    number: int
    row: int = -1
    column: int = 0
    reach: dict[int, int] = field(default_factory=dict)

    def next_row(self) -> None:
        self.row, self.column = self.row + 1, 0

    def next_cell(self, width: int, height: int) -> Cell:
        row = self.row = max(self.row, 0)
        while self.reach.get(self.column, -1) >= row:
            self.column += 1
        column = self.column
        self.column += width
        if height > 1:
            self.reach.update(dict.fromkeys(range(column, self.column), row + height - 1))
        return self.number, row, column


def visible(source: str, media_type: str = "text/html") -> str:
    r"""What a reader sees of a slice of a source: markup dropped, entities decoded. Other types as they are.

    >>> visible("3</b>&nbsp;万")
    '3\xa0万'
    >>> visible("<p>第一</p><p>第二"), visible("10<sup>6</sup>/L"), visible("a<b", "text/plain")
    ('第一\n第二', '10⁶/L', 'a<b')
    """
    if media_type not in ("text/html", "application/xhtml+xml"):
        return source
    blocks = parse(source).blocks
    return "".join((block.lead if n else "") + block.text for n, block in enumerate(blocks))


def parse(source: str) -> Page:
    """Reads the whole source; never raises."""
    parser = _Parser(source)
    page = parser.run()
    _set_rows(page.blocks, parser.layouts)
    lengths = [len(block.text) for block in page.blocks]
    for mark in ("form", "named"):
        # Some systems wrap the whole page in a form, some name its frame "sidebar": then it says nothing.
        within = sum(n for n, block in zip(lengths, page.blocks, strict=True) if mark in block.inside)
        if 2 * within > sum(lengths):
            for block in page.blocks:
                block.inside -= {mark}
    return page


class _Parser:
    """State of one pass. Offsets are those of the source, everywhere."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0  # where the tag being read starts
        self.page = Page([], {}, 0)
        self.block: Block | None = None
        self.lead = "\n"
        self.tag = ""
        self.space: tuple[int, int] | None = None  # white space that may become one space
        self.open: dict[str, int] = {}  # watched elements that are open
        self.inside: frozenset[str] = frozenset()
        self.depth = 0
        # Elements marked by an attribute, hidden or named: their tag, and how many of it are open in them.
        self.marked: dict[str, tuple[str, int]] = {}
        self.last_close: dict[str, int] = {}
        self.tables: list[_Table] = []  # those that are open
        self.count = 0  # of all tables
        self.layouts: set[int] = set()  # tables that hold tables
        self.cell: Cell | None = None

    def run(self) -> Page:
        source, at, end = self.source, 0, len(self.source)
        while at < end:
            less = source.find("<", at)
            if less != at:
                self.text(at, less if less >= 0 else end)
            at = self.construct(less) if less >= 0 else end
        return self.page

    def construct(self, at: int) -> int:
        """Handles what starts with ``<`` at an offset; returns where it ends."""
        source = self.source
        raised = _SUP.match(source, at)
        if raised:  # one piece with its tags: any slice that holds a part of it shows that it is raised
            self.emit(raised[1].translate(_SUPERSCRIPT), at, raised.end())
            return raised.end()
        tag = _TAG.match(source, at)
        if tag:
            return self.element(tag)
        if source.startswith("<!--", at):
            if source.startswith(("<!-->", "<!--->"), at):
                return source.index(">", at) + 1
            return self.after("-->", at + 4)
        if source.startswith(("<!", "<?", "</"), at):
            return self.after(">", at + 2)
        self.text(at, at + 1)  # a plain less-than sign: HbA1c<7.0%
        return at + 1

    def after(self, what: str, at: int) -> int:
        end = self.source.find(what, at)
        return len(self.source) if end < 0 else end + len(what)

    # --- tags ---------------------------------------------------------------------------------

    def element(self, match: re.Match[str]) -> int:
        name, self.at = match[2].lower(), match.end()
        attributes, end, closed = self.attributes(match.end())
        if match[1]:
            self.close(name)
        elif name in _RAW:
            self.separate(name)
            end = self.skip_raw(name, end)
        elif not closed and (name in _SKIPPED or (name in _INLINE and _unseen(attributes))):
            self.separate(name)
            end = self.skip(name, end)
        else:
            self.start(name, attributes)
        return end

    def attributes(self, at: int) -> tuple[dict[str, str], int, bool]:
        """Attributes of a tag, the offset after its ``>``, and whether it ends in ``/>``."""
        found: dict[str, str] = {}
        while match := _ATTRIBUTE.match(self.source, at):
            if match[1]:
                return found, match.end(), self.source[match.end() - 2] == "/"
            if match[2].lower() in _ATTRIBUTES:
                value = match[3] or match[4] or match[5] or ""
                found.setdefault(match[2].lower(), _unescape(value).strip())
            at = match.end()
        return found, len(self.source), False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.remember(name, attributes)
        self.separate(name)
        if name in _VOID:
            return
        if name in _CELL or name in ("table", "tr"):
            self.tabulate(name, attributes)
        if name not in _IMPLIED_END:
            self.depth += 1
            self.page.depth = max(self.page.depth, self.depth)
        if name in _HEADINGS:
            self.open.update(dict.fromkeys(_HEADINGS, 0))
        if name in _WATCHED and self.closes_after(name):
            self.open[name] = 1 if name == "a" else self.open.get(name, 0) + 1
        for mark, (tag, depth) in self.marked.items():
            if tag == name:
                self.marked[mark] = (tag, depth + 1)
        if name in _BLOCK - _IMPLIED_END:
            for mark in _marks(attributes):
                if mark not in self.marked and self.closes_after(name):
                    self.marked[mark] = (name, 1)
        self.place()

    def tabulate(self, name: str, attributes: dict[str, str]) -> None:
        """Keeps count of tables, rows and cells."""
        self.cell = None
        if name == "table":
            self.layouts.update(table.number for table in self.tables[-1:])
            self.tables.append(_Table(self.count))
            self.count += 1
        elif self.tables and name == "tr":
            self.tables[-1].next_row()
        elif self.tables and self.tables[-1].column <= _COLUMNS:
            width, height = _span(attributes.get("colspan"), _COLUMNS), _span(attributes.get("rowspan"), _ROWS)
            self.cell = self.tables[-1].next_cell(width, height)
        elif self.tables:
            self.layouts.add(self.tables[-1].number)  # nobody reads so many columns

    def close(self, name: str) -> None:
        self.separate(name)
        if name in _CELL or name in ("table", "tr"):
            self.cell = None
            if name == "table" and self.tables:
                self.tables.pop()
        self.tag = "" if name in _BLOCK else self.tag
        if name not in _IMPLIED_END and name not in _VOID:
            self.depth = max(0, self.depth - 1)
        if self.open.get(name):
            self.open[name] -= 1
        for mark, (tag, depth) in list(self.marked.items()):
            if tag == name:
                self.marked[mark] = (tag, depth - 1)
                if depth == 1:
                    del self.marked[mark]
        self.place()

    def remember(self, name: str, attributes: dict[str, str]) -> None:
        """Keeps what meta, link and time tags say; the first of a name counts."""
        if name == "meta":
            key = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
            value = attributes.get("content")
        elif name == "link" and attributes.get("rel", "").lower() == "canonical":
            key, value = "canonical", attributes.get("href")
        elif name == "time" and (self.open.get("article") or self.open.get("main")):
            key, value = "time", attributes.get("datetime")
        else:
            return
        if key and value:
            self.page.meta.setdefault(key.lower(), value)

    def place(self) -> None:
        """Which boilerplate surrounds what comes now. The header of an article is its headline."""
        now = {name for name in BOILERPLATE if self.open.get(name)}
        if self.open.get("article") or self.open.get("main"):
            now.discard("header")
        now.update(self.marked)
        if now != self.inside:
            self.inside = frozenset(now)

    def separate(self, name: str) -> None:
        """A block-level tag ends the line."""
        if name in _CELL or name in _BLOCK:
            self.block, self.space = None, None
            if self.lead != "\n":
                self.lead = "\t" if name in _CELL else "\n"
            if name != "br":
                self.tag = name

    def closes_after(self, name: str) -> bool:
        """Whether an end tag comes somewhere: what is never closed mustn't swallow the page."""
        if name not in self.last_close:
            last = max(self.source.rfind(f"</{name}"), self.source.rfind(f"</{name.upper()}"))
            self.last_close[name] = last
        return self.last_close[name] >= self.at

    def skip_raw(self, name: str, at: int) -> int:
        end = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(self.source, at)
        return end.start() if end else len(self.source)

    def skip(self, name: str, at: int) -> int:
        """The end of an element nobody sees; ``at`` when it is never closed."""
        if name in ("rt", "rp"):  # their end tags may be left out
            end = _RUBY_END.search(self.source, at)
            return end.start() if end else at
        if not self.closes_after(name):
            return at
        depth, last = 1, at
        for tag in re.compile(rf"<(/?){name}(?=[\s/>])", re.IGNORECASE).finditer(self.source, at):
            depth += -1 if tag[1] else 1
            if tag[1]:
                last = self.after(">", tag.end())
            if not depth:
                break
        return last

    # --- text ---------------------------------------------------------------------------------

    def text(self, start: int, end: int) -> None:
        for token in _TOKEN.finditer(self.source, start, end):
            first = self.source[token.start()]
            if first in _WHITE:
                self.white(token.start(), token.end(), token[0])
            elif first == "&":
                self.entity(token[0], token.start(), token.end())
            else:
                self.emit(token[0], token.start(), token.end())

    def white(self, start: int, end: int, what: str) -> None:
        if self.open.get("pre") and ("\n" in what or "\r" in what):
            self.separate("br")
        elif self.space is None:
            self.space = (start, end)

    def entity(self, written: str, start: int, end: int) -> None:
        decoded = _unescape(written)
        if decoded != written and written[1] != "#" and not (written[-1] == ";" and written[1:] in html5):
            # `&copy2024` is `&copy` and then text: the standard's longest known name.
            known = next(n for n in range(len(written), 1, -1) if written[1:n] in html5)
            self.emit(html5[written[1:known]], start, start + known)
            if known < len(written):
                self.emit(written[known:], start + known, end)
        elif decoded and not decoded.strip(_WHITE):
            self.white(start, end, decoded)
        elif decoded:
            self.emit(decoded, start, end)

    def emit(self, text: str, start: int, end: int) -> None:
        if self.block is None:
            heading = next((name for name in _HEADINGS if self.open.get(name)), "")
            self.block = Block(self.lead, heading or self.tag, self.inside, cell=self.cell)
            self.page.blocks.append(self.block)
            self.lead, self.space = "", None
        elif self.space:
            before = self.block.pieces[-1][0][-1]
            gap = self.source[self.space[0] : self.space[1]]
            if not (("\n" in gap or "\r" in gap) and _is_wide(before) and _is_wide(text[0])):
                self.block.pieces.append((" ", *self.space))
            self.space = None
        self.block.pieces.append((text, start, end))
        self.block.linked += len(text) if self.open.get("a") else 0


def _set_rows(blocks: Sequence[Block], layouts: Collection[int]) -> None:
    """Makes each row of a table of data one line; cells of other tables are what they were, text between tags."""
    tables: dict[int, list[Block]] = {}
    for block in blocks:
        if block.cell:
            tables.setdefault(block.cell[0], []).append(block)
    for number, inside in tables.items():
        if number in layouts or not _is_data(inside):
            for block in inside:
                block.cell = None
            continue
        width = max(block.cell[2] for block in inside if block.cell)
        row, column = -1, width
        for block in inside:
            assert block.cell
            _, here, there = block.cell
            if here != row:  # the row before is filled up: one of a single cell is still a row
                block.lead = "\t" * (width - column) + "\n" + "\t" * there
            else:
                block.lead = "\t" * (there - column) if there > column else BREAK
            row, column = here, there


def _is_data(blocks: Sequence[Block]) -> bool:
    """Whether the cells of a table are those of data: several columns and rows, none with much text."""
    lengths: Counter[Cell | None] = Counter()
    for block in blocks:
        lengths[block.cell] += len(block.text)
    lines = Counter(block.cell for block in blocks)
    return (
        max(lengths.values()) <= _LONG_CELL
        and max(lines.values()) <= _CELL_LINES
        and any(block.cell[1] for block in blocks if block.cell)
        and any(block.cell[2] for block in blocks if block.cell)
    )


def _span(written: str | None, most: int) -> int:
    """The number of a colspan or rowspan; what is none is 1."""
    return min(int(written), most) or 1 if written and written.isdecimal() and len(written) < 6 else 1


def _marks(attributes: dict[str, str]) -> list[str]:
    """What the attributes of a block-level element say: that it is hidden, that it is named boilerplate."""
    names = f"{attributes.get('class', '')} {attributes.get('id', '')}".lower().split()
    named = not _NAMED.isdisjoint(names) or any(_NAMED_LIKE.search(name) for name in names)
    return ["hidden"] * _unseen(attributes) + ["named"] * named


def _unseen(attributes: dict[str, str]) -> bool:
    return "hidden" in attributes or bool(_UNSEEN_STYLE.search(attributes.get("style", "")))


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def _unescape(text: str) -> str:
    try:
        return html.unescape(text)
    except ValueError:  # &#111…: more digits than int() takes; no such character anyway
        return "\ufffd"
