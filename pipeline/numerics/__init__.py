"""Numbers below `numerals.py`: scale words, digit strings, fractions."""
