"""Rows, tables, the output folder, and the check of all of it."""
