"""Dates below `timex.py`: calendars, parts, EDTF. No text is read here."""
