"""What stands at a place is found without looking at everything that was found."""

from __future__ import annotations

import random
import time

from pipeline.explaining.standing import AROUND, Standing
from pipeline.model import Claim, Found, Institution, Mention, Numeral, Quantity


def some(number: int, length: int) -> Found:
    chance = random.Random(7)
    out: list[Mention] = []
    for _ in range(number):
        start = chance.randrange(length)
        kind = chance.choice((Quantity, Institution, Numeral))
        out.append(kind(start, start + chance.choice((1, 5, 40, 300))))
    return Found(tuple(out))


def test_it_finds_what_overlaps_in_the_order_it_was_found() -> None:
    found = some(400, 3000)
    standing = Standing(found)
    for start in range(0, 3000, 7):
        for end in (start + 1, start + 90, start + 500):
            here = [m for m in found.mentions if m.start < end and m.end > start and type(m) is not Numeral]
            assert list(map(id, standing.at(start, end))) == list(map(id, here))
    assert [m.end for m in Standing(Found((Quantity(3, 5), Institution(2, 6)))).at(3, 4)] == [5, 6]


def test_a_cue_has_given_fields_to_claims_around_it_only() -> None:
    near, far = (Claim(at, at + 2, because={"modality": "claim.cue"}) for at in (20, 30 + AROUND))
    standing = Standing(Found((far, near)))
    assert standing.claims_by("claim.cue", 0, 2) == [near]
    assert standing.claims_by("claim.other", 0, 2) == []


def test_many_lookups_in_a_long_document_take_no_time() -> None:
    standing = Standing(some(20_000, 300_000))
    began = time.perf_counter()
    for start in range(0, 300_000, 30):
        standing.at(start, start + 10)
    assert time.perf_counter() - began < 2  # 0.05; looking through all mentions takes 15
