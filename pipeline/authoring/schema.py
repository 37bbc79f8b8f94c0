"""``python -m pipeline.authoring.schema`` writes rules/schema.json, so that editors complete and check rule files."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pipeline.rules import CONTEXT_KEYS, FILE_KEYS, FORMAT, KINDS, RULE_KEYS, TEST_KEYS
from pipeline.words import RULES

__all__ = ["schema", "written"]

NAME = "^[a-z][a-z0-9_]*$"
TEXT: dict[str, Any] = {"type": ["string", "number", "boolean"]}
TEXTS: dict[str, Any] = {"anyOf": [TEXT, {"type": "array", "items": TEXT}]}


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a rule file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "zhclaims rules",
        **record(
            FILE_KEYS,
            {"format": {"const": FORMAT}, "doc": TEXT, "lexicons": named(LEXICON), "patterns": named(TEXT)}
            | {"rules": {"type": "array", "items": RULE}},
        ),
        "required": ["format"],
    }


def written() -> str:
    """The content of rules/schema.json."""
    return json.dumps(schema(), ensure_ascii=False, indent=1) + "\n"


def record(keys: Any, shapes: dict[str, Any]) -> dict[str, Any]:
    """An object of the given keys only, each with what it means."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {key: {"description": about, **shapes.get(key, TEXT)} for key, about in keys.items()},
    }


def named(shape: dict[str, Any]) -> dict[str, Any]:
    """The schema of keys that the author names: lexicons, patterns."""
    return {"type": ["object", "null"], "patternProperties": {NAME: shape}, "additionalProperties": False}


CONTEXT = record(
    CONTEXT_KEYS,
    {**dict.fromkeys(CONTEXT_KEYS, TEXTS), "within": {"type": "integer", "minimum": 0, "maximum": 999}},
)
CONTEXTS = {"anyOf": [CONTEXT, {"type": "array", "items": CONTEXT}]}
LEXICON = {
    "anyOf": [
        {"type": "array", "items": TEXT, "minItems": 1},
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "file": TEXTS,
                "words": TEXTS,
                "map": {"type": "object", "additionalProperties": TEXT},
            },
        },
    ]
}
TEST = {
    **record(TEST_KEYS, {"get": {"type": "object", "additionalProperties": TEXT}}),
    "oneOf": [{"required": [kind]} for kind in ("hit", "miss", "todo")],
}
RULE = {
    **record(
        RULE_KEYS,
        {
            "id": {"type": "string", "pattern": "^[a-z][a-z0-9_]*(\\.[a-z0-9_]+)+$"},
            "extracts": {"enum": list(KINDS)},
            "unless": CONTEXTS,
            "needs": CONTEXTS,
            "where": TEXTS,
            "set": named(TEXT),
            "priority": {"type": "integer", "minimum": -9999, "maximum": 9999},
            "tags": TEXTS,
            "tests": {"type": "array", "items": TEST, "minItems": 2},
        },
    ),
    "required": ["id", "tests"],
}


def main() -> None:
    """Write the schema beside the rules."""
    path = Path(RULES) / "schema.json"
    path.write_text(written(), encoding="utf-8")
    sys.stdout.write(f"{path.name} written\n")


if __name__ == "__main__":
    main()
