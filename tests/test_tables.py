"""CSV bytes, guards, number format, data package: what a spreadsheet or a program would stumble over."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.output.columns import TABLES
from pipeline.output.tables import cell, entities, frame, guard, read_csv, unguard, write_csv, write_datapackage

SPEC_COLUMNS = {
    "claims": "claim_id, source, start, end, text, value, value_low, value_high, unit, unit_text, kind, comparator, "
    "subject, subject_start, subject_end, trend, basis, modality, attribution, attribution_id, time, time_value, "
    "date_id, sentence, section, line, rule, stage, doc_id, report_link",
    "institutions": "mention_id, source, start, end, text, canonical, itype, entity_id, ror_id, link_method, parent_id, "
    "sentence, section, line, rule, stage, doc_id, report_link",
    "dates": "date_id, source, start, end, text, value, earliest, latest, granularity, calendar, relative, anchor, "
    "sentence, section, line, rule, stage, doc_id, report_link",
    "entities": "entity_id, canonical, itype, aliases, mentions, documents, claims, ror_id, jurisdiction, parent_id",
    "agreements": "group_id, subject, unit, time_value, values, documents, verdict",
    "documents": "doc_id, source, sha256, bytes, media_type, encoding, encoding_source, encoding_confidence, script, "
    "chars, title, author, publisher, published, url, claims, institutions, dates, duplicate_of, status, error_code, error",
    "rules": "rule, file, line, version, hits, kept, suppressed, documents, timeouts",
    "rejected": "source, start, end, text, value, value_low, value_high, unit, comparator, rule, reason, winner",
}
AWKWARD = [
    '=HYPERLINK("x")',
    "+1-1",
    "-5℃",
    "@SUM(1)",
    "\tx",
    "'=1",
    "''",
    'a"b,c',
    "一\r\n二",
    "一\r二",
    "",
    "-5",
    "3%",
]


@pytest.mark.parametrize("name", SPEC_COLUMNS)
def test_columns_of_the_specification_come_first(name: str) -> None:
    """A column that is renamed, moved or inserted breaks every reader of the CSVs."""
    wanted = SPEC_COLUMNS[name].split(", ")
    assert list(TABLES[name].names)[: len(wanted)] == wanted


def test_keys_point_at_ids() -> None:
    """A foreign key to a column that does not identify rows could never be checked."""
    for table in TABLES.values():
        assert len(set(table.names)) == len(table.names)
        for key in table.keys:
            assert key.column in table.names
            assert TABLES[key.table].id == key.target


def rejected(text: str, start: int = 0, source: str = "a.txt", value: Decimal | None = None) -> dict[str, object]:
    return {"source": source, "start": start, "end": start + 1, "text": text, "value": value, "rule": "r"}


def test_a_spreadsheet_gets_bom_crlf_and_no_formula(tmp_path: Path) -> None:
    """Without the BOM Excel shows mojibake; an unguarded cell runs."""
    write_csv(tmp_path / "t.csv", "rejected", [rejected("=1+1", value=Decimal("-5"))])
    raw = (tmp_path / "t.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfsource,start,")
    assert raw.endswith(b"\r\n")
    row = next(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert (row["text"], row["value"]) == ("'=1+1", "-5")


def test_plain_has_none_of_it(tmp_path: Path) -> None:
    write_csv(tmp_path / "t.csv", "rejected", [rejected("=1+1")], plain=True)
    raw = (tmp_path / "t.csv").read_bytes()
    assert raw.startswith(b"source,")
    assert b"\r" not in raw
    assert b",=1+1," in raw


@pytest.mark.parametrize("plain", [False, True])
def test_what_is_written_is_read_back(tmp_path: Path, plain: bool) -> None:
    """`verify` compares texts: quoting, newlines and guards must be undone exactly."""
    rows = [rejected(text, start) for start, text in enumerate(AWKWARD)]
    write_csv(tmp_path / "t.csv", "rejected", rows, plain=plain)
    assert [row["text"] for row in read_csv(tmp_path / "t.csv", plain=plain)] == AWKWARD


@given(st.text(alphabet="'=+-@\t1.%x例"))
def test_a_guard_is_undone_exactly_and_leaves_nothing_to_run(text: str) -> None:
    assert unguard(guard(text)) == text
    assert guard(text)[:1] not in tuple("=@\t")


@given(st.decimals(allow_nan=False, allow_infinity=False, places=None, min_value=-(10**30), max_value=10**30))
def test_numbers_are_plain_and_exact(number: Decimal) -> None:
    """1e+18 in a cell is text to a spreadsheet; a lost digit is a wrong claim."""
    printed = cell(number)
    assert "e" not in printed.lower()
    assert Decimal(printed) == number


def test_rows_are_sorted_by_number_and_their_order_leaves_no_trace(tmp_path: Path) -> None:
    """Sorting offsets as text puts 10 before 9; unsorted ties would differ between workers."""
    rows = [rejected("b", 10), rejected("a", 9), rejected("c", 9), rejected("z", 1, "b.txt")]
    write_csv(tmp_path / "1.csv", "rejected", rows)
    write_csv(tmp_path / "2.csv", "rejected", rows[::-1])
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()
    assert list(frame("rejected", rows)["text"]) == ["a", "c", "b", "z"]


def test_an_empty_table_keeps_its_header() -> None:
    assert list(frame("dates", []).columns) == list(TABLES["dates"].names)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk or Ctrl-C must not leave half a table, nor a temporary file."""
    path = tmp_path / "t.csv"
    write_csv(path, "rejected", [rejected("old")])
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="disk full"):
        write_csv(path, "rejected", [rejected("new")])
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]


def mention(text: str, doc: str, entity: str = "e1", canonical: str = "国家药品监督管理局") -> dict[str, object]:
    return {
        **{"entity_id": entity, "canonical": canonical, "itype": "government", "text": text, "doc_id": doc},
        **{"ror_id": "", "jurisdiction": "CN", "parent_id": ""},
    }


def test_entities_count_mentions_documents_claims_and_aliases() -> None:
    found = [
        mention("国家药监局", "a"),
        mention("国家药监局", "b"),
        mention("NMPA", "b"),
        mention("x", "a", "e2", "y"),
    ]
    first, second = entities(found, [{"attribution_id": "e1"}, {"attribution_id": ""}])
    assert (first["mentions"], first["documents"], first["claims"]) == (3, 2, 1)
    assert first["aliases"] == "国家药监局|NMPA"
    assert second["entity_id"] == "e2"
    assert entities([], []) == []


def test_the_data_package_describes_every_column_and_hashes_every_file(tmp_path: Path) -> None:
    for name in TABLES:
        write_csv(tmp_path / f"{name}.csv", name, [])
    write_datapackage(tmp_path)
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    resources = {resource["name"]: resource for resource in package["resources"]}
    assert set(resources) == set(TABLES)
    for name, resource in resources.items():
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == list(TABLES[name].names)
        assert all(field["description"] for field in fields)
        assert resource["hash"].startswith("sha256:")
    assert resources["claims"]["schema"]["foreignKeys"][0]["reference"] == {
        "fields": ["doc_id"],
        "resource": "documents",
    }
    assert resources["entities"]["schema"]["foreignKeys"][0]["reference"] == {"fields": ["entity_id"]}
