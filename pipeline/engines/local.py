"""Run a function over runs of items on this machine, in one process or several; results in input order.

Knows nothing of texts. Worker processes are spawned, never forked (the ONNX runtime has threads), and one that dies
takes only its own item with it: pebble reports the loss, and the rest of its chunk runs again one by one.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from typing import TypeVar

from pebble import ProcessExpired, ProcessPool

__all__ = ["Lost", "collect_seldom", "run"]

Item = TypeVar("Item")
Out = TypeVar("Out")

CHUNK_ITEMS = 64
CHUNK_WEIGHT = 1_000_000
SELDOM = (50_000, 20, 50)  # new objects before the collector looks for cycles: results are many, and have none


class Lost(Exception):
    """A worker process died on this item; the message says how."""


def run(
    function: Callable[[Sequence[Item]], Iterable[Out]],
    items: Sequence[Item],
    jobs: int = 1,
    weigh: Callable[[Item], int] = lambda item: 0,
) -> Iterator[Out | Lost]:
    """Yield what ``function`` makes of the items, one for each, in order; a ``Lost`` stands for one whose process died.

    One process gives it all items at once, several give it chunks. ``function`` and items must pickle when ``jobs``
    > 1. ``weigh`` (bytes, say) bounds what goes into one chunk.
    """
    if jobs <= 1 or len(items) <= 1:
        with collect_seldom():
            yield from function(items)
        return
    chunks = _chunks(items, jobs, weigh)
    pool = ProcessPool(
        max_workers=min(jobs, len(chunks)),
        initializer=_begin,
        context=multiprocessing.get_context("spawn"),
    )
    try:
        futures = [pool.schedule(_each, args=(function, chunk)) for chunk in chunks]
        for chunk, future in zip(chunks, futures, strict=True):
            yield from _collect(pool, function, chunk, future)
        pool.close()  # type: ignore[no-untyped-call]
    except BaseException:
        pool.stop()  # type: ignore[no-untyped-call]
        raise
    finally:
        pool.join()


def _collect(
    pool: ProcessPool,
    function: Callable[[Sequence[Item]], Iterable[Out]],
    chunk: Sequence[Item],
    future: Future[list[Out]],
) -> Iterator[Out | Lost]:
    try:
        yield from future.result()
    except ProcessExpired as death:
        if len(chunk) == 1:
            yield Lost(f"its worker process died ({death})")
            return
        for item in chunk:
            yield from _collect(pool, function, [item], pool.schedule(_each, args=(function, [item])))


def _each(function: Callable[[Sequence[Item]], Iterable[Out]], chunk: Sequence[Item]) -> list[Out]:
    return list(function(chunk))


def _begin() -> None:
    """Ctrl-C reaches every process of the terminal; only the parent decides what to do about it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(*SELDOM)


@contextlib.contextmanager
def collect_seldom() -> Iterator[None]:
    """Let the collector look for cycles less often than it does by itself: a tenth of a run's time."""
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _chunks(items: Sequence[Item], jobs: int, weigh: Callable[[Item], int]) -> list[list[Item]]:
    """Cut items into runs small enough that every worker gets several.

    >>> _chunks("abcdef", 2, lambda item: 0)
    [['a'], ['b'], ['c'], ['d'], ['e'], ['f']]
    """
    most = max(1, min(CHUNK_ITEMS, len(items) // (jobs * 4)))
    chunks: list[list[Item]] = [[]]
    weight = 0
    for item in items:
        if chunks[-1] and (len(chunks[-1]) >= most or weight + weigh(item) > CHUNK_WEIGHT):
            chunks.append([])
            weight = 0
        chunks[-1].append(item)
        weight += weigh(item)
    return chunks
