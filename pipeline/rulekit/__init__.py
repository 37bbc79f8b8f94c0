"""The rule engine below `rules.py` and `match.py`: the template language, the files, the symbols, the tests."""
