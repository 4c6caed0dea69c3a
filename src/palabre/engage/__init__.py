"""Answering as people: the pure decisions behind the desk. No Django, no I/O, no clock: the desk brings the facts.

What may be the same person, what comes first in the inbox and why, what a rule would do, what a reply still lacks, what
fits into the minutes of a day. Machines rank and draft here; a human sends.
"""
