"""Tables in a text: what is below what, what the headers say, and what a figure gets of it.

A room of its own, for a table is read without a rule; the stage `cells` only puts what it finds among the mentions.
(`output.tables` are the tables that the program writes.) From the bottom up:

- layout: `cell`, `spacing` (cells parted by spaces alone), `grids` (lines → cells in columns; no word is read), `page`
  (what stands in a cell), `columnheads` (the headers above a column), `rownames` (the names beside a row), `layout`
  (which rows are headers and which lines captions: sections)
- words: `terms` (``rules/words/table_words.csv``), `amounts` (万元, HK$'000 → a unit and a factor), `endings` (where a
  name ends and its unit begins; captions), `labels` (what a header means), `fitting` (which unit figures of a name can
  be in)
- what a figure gets: `place` (its headers), `fields` (its subject, group, time and trend), `unit` (its unit, from which header), `values` (its
  quantity)
"""
