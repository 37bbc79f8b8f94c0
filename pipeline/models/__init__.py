"""The model LAC and its place in spaCy."""
