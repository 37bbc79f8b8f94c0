"""README and messages can't drift from the program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline import __version__
from pipeline.console import Code
from pipeline.docs import filled

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_made_parts_of_the_readme_are_current() -> None:
    """Columns and help texts are what the program says: run `python -m pipeline.docs` after a change."""
    assert filled(README) == README


def test_the_readme_has_its_made_parts() -> None:
    assert re.findall(r"<!-- made:(\w+) -->", README) == ["example", "tables", "help", "rooms"]


def test_every_exit_code_is_documented() -> None:
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)} == set(Code)


def test_the_changelog_knows_this_version() -> None:
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#:]+)[)#]", README))
def test_links_of_the_readme_lead_somewhere(target: str) -> None:
    assert (ROOT / target).exists()


def test_messages_print_on_a_gbk_console() -> None:
    """A Windows console in China uses GBK: a message it can't print would crash the run."""
    from pipeline.docs import help_texts

    help_texts().encode("gbk")
