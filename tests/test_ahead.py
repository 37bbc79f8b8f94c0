"""Preparing ahead: in order, one item further than what is worked on, and no trouble of its own."""

from __future__ import annotations

import sys
import threading

from pipeline.engines.ahead import ahead


def test_every_item_comes_prepared_and_in_order() -> None:
    done: list[int] = []
    for item in ahead(range(20), done.append):
        assert item in done
    assert done == list(range(20))
    assert list(ahead([], done.append)) == []


def test_the_next_item_is_prepared_while_one_is_worked_on() -> None:
    """Catches a version that prepares and works in turns: it would wait here for ever."""
    begun = {1: threading.Event(), 2: threading.Event()}
    items = ahead([1, 2], lambda item: begun[item].set())
    assert next(items) == 1
    assert begun[2].wait(10)
    assert list(items) == [2]


def test_no_more_than_the_next_item_is_taken() -> None:
    """Documents that wait are memory."""
    taken = []
    items = ahead((taken.append(n) or n for n in range(9)), lambda item: None)  # type: ignore[func-returns-value]
    assert next(items) == 0
    assert taken == [0, 1]
    items.close()  # type: ignore[attr-defined]


def test_the_interpreter_is_left_as_it_was() -> None:
    before = sys.getswitchinterval()
    items = ahead([1, 2, 3], lambda item: None)
    next(items)
    assert sys.getswitchinterval() < before
    items.close()  # type: ignore[attr-defined]
    assert sys.getswitchinterval() == before


def test_what_preparing_raises_is_left_to_the_work() -> None:
    def fails(item: int) -> None:
        raise ValueError(item)

    assert list(ahead([1, 2], fails)) == [1, 2]
