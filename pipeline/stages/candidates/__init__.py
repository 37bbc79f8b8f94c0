"""How a match of a rule becomes a candidate: a stretch that may be the name of an organisation.

``candidate``   the record that all of them make
``view``        what the article says about borders: words, people, known names, ends of heads
``wordborders`` whether a name would cut a word in two
``known``       names that stand in the tables
``grown``       names that a head ends (医院, 公司): how far they reach to the left, and teams named after a person
``vetoes``      what looks like such a name and is none: counted, described, a title
``needs``       what such a name must hold, by its rule
``contextual``  names without an ending of their own that what stands beside them proves

`pipeline.stages.institutions` is the stage that asks them; `pipeline.stages.settle` chooses between the candidates.
"""
