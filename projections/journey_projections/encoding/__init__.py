"""Touchpoints as fixed-width records of numbers, the only form that rules get, in two steps.

`mentions` encodes what a touchpoint says by itself: its numbers, and the names that it mentions. `numbering` then counts names up
per relationship in the order of touchpoints, so that what comes later never changes how the past is encoded. The names may be
strings, for one history, or codes from a dictionary, for millions (see `columns`): the source is the same.
"""
