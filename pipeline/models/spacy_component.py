"""``nlp.add_pipe("zhclaims")``: the whole extraction behind any spaCy tokenizer.

The component finds what `pipeline.extract` finds in ``doc.text``. The records, with exact offsets, are in
``doc._.zhclaims``; ``doc.spans`` holds the same places widened to whole tokens, since no tokenizer agrees with them.
"""

from __future__ import annotations

from collections.abc import Callable

from spacy.language import Language
from spacy.tokens import Doc, SpanGroup

from pipeline.library import extract

__all__ = ["make_zhclaims"]

GROUPS = ("claims", "institutions", "dates")


@Language.factory("zhclaims", default_config={"ner": None, "published": None, "region": None, "rules": None})
def make_zhclaims(
    nlp: Language, name: str, ner: str | None, published: str | None, region: str | None, rules: str | None
) -> Callable[[Doc], Doc]:
    """The component; its options are those of `pipeline.extract`, with rules alone by default.

    >>> import spacy
    >>> nlp = spacy.blank("zh")
    >>> _ = nlp.add_pipe("zhclaims")
    >>> doc = nlp("2024年产值增长5.3%。")
    >>> doc._.zhclaims.claims["text"].tolist(), [span.text for span in doc.spans["dates"]]
    (['5.3%'], ['2024年'])
    """
    if not Doc.has_extension("zhclaims"):
        Doc.set_extension("zhclaims", default=None)

    def component(doc: Doc) -> Doc:
        found = extract(doc.text, published, region, ner, rules)
        doc._.zhclaims = found
        for group in GROUPS:
            rows = getattr(found.result, group)
            spans = [
                doc.char_span(row["start"], row["end"], label=row["rule"], alignment_mode="expand") for row in rows
            ]
            doc.spans[group] = SpanGroup(doc, name=group, spans=[span for span in spans if span is not None])
        return doc

    return component
