"""Tables in a text: what is below what, what the headers say, and what a figure gets of it.

A room of its own, for a table is read without a rule; the stage `cells` only puts what it finds among the mentions.
(`output.tables` are the tables that the program writes.) From the bottom up:

- layout: `grids` (lines → cells in columns; no word is read), `page` (what stands in a cell), `layout` (which rows are
  headers and which lines captions: sections), `columnheads` (the headers above a column), `rownames` (the names beside
  a row)
- words: `terms` (``rules/words/table_words.csv``), `amounts` (万元, HK$'000 → a unit and a factor), `endings` (where a
  name ends and its unit begins; captions), `labels` (what a header means), `fitting` (which unit figures of a name can
  be in)
- what a figure gets: `fields` (its subject, group, time and trend), `unit` (its unit, from which header), `values` (its
  quantity)
"""
