"""How candidates of the rules and spans of the model become names; `pipeline.stages.settle` asks these modules in turn.

``name``        the record of a name, before it is linked, and of what lost
``heads``       what sort of organisation a head noun says
``spans``       what the text says about a stretch, whoever found it
``witnesses``   which candidates may stand at all: a brand or a short name needs evidence
``overlaps``    which of overlapping candidates stands
``modelled``    what a span of the model adds to a name, or makes one alone
``implausible`` why a span that only the model found is no name
``proved``      every use of a name that a context proved once
``shortnames``  short names of the names that stand, defined by the text or derived

`pipeline.stages.resolve` is the stage; `pipeline.stages.linking` says which entity each name means.
"""
