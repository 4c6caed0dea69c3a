"""Understand: the questions a team asks of what was heard, one file a question in `questions/`."""
