"""The engine: order kept, and a worker that dies costs one item, not the run."""

from __future__ import annotations

import gc
from functools import partial

import pytest

from pipeline.engines.local import CHUNK_WEIGHT, Lost, _chunks, run

DIE = "__import__('os')._exit(9)"
EVAL = partial(map, eval)  # a function over several items that pickles


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_input_order(jobs: int) -> None:
    items = ["1", "__import__('time').sleep(0.2) or 2", "3", "4"]
    assert list(run(EVAL, items, jobs)) == [1, 2, 3, 4]


def test_a_worker_that_dies_loses_its_item_only() -> None:
    """mp.Pool waits for ever here, concurrent.futures fails everything behind it."""
    before, lost, after = run(EVAL, ["1", DIE, "3"], 2)
    assert (before, after) == (1, 3)
    assert isinstance(lost, Lost)


def test_the_rest_of_a_dead_workers_chunk_is_done_again() -> None:
    items = [str(n) for n in range(24)]
    items[5] = DIE
    results = list(run(EVAL, items, 2))
    assert [n for n, result in enumerate(results) if isinstance(result, Lost)] == [5]
    assert results[6:] == list(range(6, 24))


def test_an_exception_of_the_function_reaches_the_caller() -> None:
    """Only processes that die are survived here; errors of a document are `process`'s business."""
    with pytest.raises(ZeroDivisionError):
        list(run(EVAL, ["1", "1/0"], 2))


def test_heavy_items_get_chunks_of_their_own() -> None:
    chunks = _chunks(list(range(200)), 2, lambda item: CHUNK_WEIGHT if item == 7 else 1)
    assert [7] in chunks
    assert [item for chunk in chunks for item in chunk] == list(range(200))


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_collector_runs_as_before_when_a_run_is_over(jobs: int) -> None:
    """A notebook that calls us keeps its own habits."""
    before = gc.get_threshold()
    during = list(run(EVAL, ["__import__('gc').get_threshold()", "1"], jobs))
    assert during[0][0] > before[0] == gc.get_threshold()[0]
