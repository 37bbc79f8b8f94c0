"""What sort of organisation a head noun says."""

from __future__ import annotations

from pipeline.rules import RuleSet

__all__ = ["Heads"]


class Heads:
    """The head nouns of the rules' lexicons, with their sort."""

    def __init__(self, rules: RuleSet) -> None:
        self.types: dict[str, str] = {}
        for rule in rules.of("institution"):
            kind = rule.set.get("itype")
            lexicon = rules.lexicons.get(rule.captures.get("head", "@")[1:])
            if rule.set.get("grow") == "left" and isinstance(kind, str) and lexicon and kind != "parent":
                for term in lexicon.entries:
                    self.types.setdefault(term, kind)

    def head(self, text: str) -> str:
        """The longest head noun the text ends in, "" without one."""
        return next((text[i:] for i in range(len(text)) if text[i:] in self.types), "")

    def sort(self, text: str) -> str:
        """The sort by that head: 大学 in 大学医院 says nothing."""
        return self.types.get(self.head(text), "")
