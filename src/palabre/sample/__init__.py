"""The sample: ninety days of talk about a company that does not exist, so that every screen has something true to show.

    from palabre.sample import play, truth
    lines = play(end_ms)          # some 30,000 posts in French and English, six networks, 3,000 accounts
    truth(end_ms, lines)          # the planted events, with their dates, and who plays which part

Cyclovent makes electric bicycles. A battery fails in the rain, a rumour is pushed by forty accounts, a motor begins to
whistle here and there, parents want a child seat, a promise is broken, and eight people help everybody.
"""

from palabre.sample.play import Line, play, truth

__all__ = ["Line", "play", "truth"]
