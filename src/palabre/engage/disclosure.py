"""Compensated speech must say so: does a post carry such words, and which thanks oblige to it? Pure.

    tag("Superbe vélo ! #collaborationcommerciale")      # "#collaborationcommerciale"
    obliges("financial", 30.0)                              # True

Rules: France, loi 2023-451 du 9 juin 2023, article 5 (« Publicité » or « Collaboration commerciale », clear and
legible); European Union, directive 2005/29/EC, annex I, points 11 and 22; United Kingdom, CAP Code 2 (« Ad »). A tag
is looked for in the words of the post; what a picture alone says is not found: a human looks before a reminder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

KINDS = ("thanks", "credit", "early_access", "meeting", "reward")
NATURES = ("intellectual", "notoriety", "financial")
USUAL: Mapping[str, str] = {
    "thanks": "notoriety", "credit": "notoriety", "early_access": "intellectual", "meeting": "intellectual",
    "reward": "financial",
}  # fmt: skip
TAG = re.compile(
    r"#(?:ad|ads|advert|pub|publicit[ée]|sponsored|sponsoris[ée]e?|partenariat(?:r[ée]mun[ée]r[ée])?"
    r"|collab(?:oration)?commerciale|paidpartnership|gifted|produitoffert|employ[ée]e?|employee|ambassad(?:eur|rice|or))\b"
    r"|\b(?:collaboration commerciale|partenariat (?:r[ée]mun[ée]r[ée]|commercial)|contenu sponsoris[ée]"
    r"|communication commerciale|produit offert|(?:offert|pr[êe]t[ée])e?s? par"
    r"|paid partnership|sponsored (?:post|content|by)|advertisement|gifted by|(?:was|were) given (?:this|it|to me) by"
    r"|je travaille (?:chez|pour)|i work (?:for|at)|salari[ée]e? (?:de|chez)|as an employee of)\b"
    r"|\bpublicit[ée]\s*[:|–]",
    re.IGNORECASE,
)


def tag(text: str) -> str:
    """The words that disclose, "" when there are none."""
    found = TAG.search(text)
    return found[0].strip() if found else ""


def obliges(nature: str, high: float | None) -> bool:
    """Whether a recognition makes speech compensated: money, or anything with a price."""
    return nature == "financial" or bool(high)
