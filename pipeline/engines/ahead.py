"""Prepare what comes next in a thread while what came before is worked on; results in input order.

Knows nothing of texts. It pays when preparing leaves the interpreter to others, as the ONNX runtime does.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

__all__ = ["ahead"]

Item = TypeVar("Item")

SWITCH = 0.001  # seconds: how long a thread that comes back from native code waits for the interpreter; 0.005 halves its work


def ahead(items: Iterable[Item], prepare: Callable[[Item], object]) -> Iterator[Item]:
    """Yield each item when ``prepare(item)`` has ended, while the next one is being prepared.

    What ``prepare`` raises is dropped: the work on the item then meets the same trouble in its own place.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(min(before, SWITCH))
    try:
        with ThreadPoolExecutor(max_workers=1) as pool:
            jobs = ((item, pool.submit(prepare, item)) for item in items)
            for now, _ in itertools.pairwise(itertools.chain(jobs, [None])):  # takes the next before it gives this one
                if now:
                    item, job = now
                    wait([job])
                    yield item
    finally:
        sys.setswitchinterval(before)
