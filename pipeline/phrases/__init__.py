"""Chinese noun phrases beside numbers: what a ``{subject:phrase}`` capture and a subject carried over keep of a clause.

A room of its own above `rulekit`, which knows templates and symbols but no grammar, and below `match` and the stages,
which ask for phrases. From the bottom up: `roles` (what a word does, by ``rules/words/phrase_words.csv``), `pieces`
(the words of a run), `nouns` (where a noun phrase that begins here ends), `edges` (what is no part of one at its two
ends), `barriers` (where one that ends here begins), and what is asked for: `left` and `right` of a number, and
`clauses`, of one that has no number.

Only the tags of the tokenizer and signs stand in the code; every word is in ``rules/words/``.
"""
