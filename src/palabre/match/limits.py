"""How large a query may be. Its cost is estimated and shown; these limits only stop accidents and attacks."""

from __future__ import annotations

from dataclasses import dataclass

from palabre.settings import Settings

NEAR_WORDS_MAX = 1_000  # further apart than that, two words are simply in the same post
EDITS_MAX = 2
WILD_LETTERS_MIN = 2  # letters that a word with a wildcard must still hold


@dataclass(frozen=True, slots=True)
class Limits:
    """chars: of the text; nodes, depth: of the tree without its named lists; list_nodes: what all lists may add."""

    chars: int = 2_000
    nodes: int = 200
    depth: int = 20
    list_nodes: int = 20_000

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """The limits that the settings give."""
        return cls(settings.query_chars_max, settings.query_nodes_max, settings.query_depth_max)


# For texts the house wrote or converted itself: as wide as the settings can go.
WIDE = Limits(chars=1_000_000, nodes=100_000, depth=200, list_nodes=100_000)
