"""Whether a reply answers what was asked, and says the same as we said before. Heuristics, and said to be. Pure.

A question counts as answered when the reply shares one of its content words (by the first five letters), or brings what
its question word asks for: a moment for "when", a number for "how much", a place for "where", a reason for "why", a yes
or no for the rest. An earlier reply is about the same when it shares at least three content words and a fifth of those
of the shorter one; it differs where both give a number of the same unit, a day, or a yes or no, and not the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from palabre.engage.advice_remarks import Draft, Earlier, Remark, flat, sentences, unlinked

STEM, SHARED_MIN, SHARED_SHARE, EARLIER_SHOWN = 5, 3, 0.2, 3
WORD = re.compile(r"[^\W\d_]{4,}")
COMMON = frozenset(
    """avec pour dans vous nous votre notre vos nos plus mais donc comme cela cette ceux celle être avoir fait faire
    quand combien pourquoi comment quel quelle quels quelles est-ce bonjour bonsoir merci cordialement aussi encore très
    bien tout tous toute toutes sont était avez avons serait peut peux pouvez pouvons sans sous chez vers depuis
    this that with your from have will what when where which there their they them then than would could should about
    hello dear thank thanks regards please been being were does just also more some into over only very""".split()  # noqa: SIM905
)
MONTHS = "janv|févr|fevr|mars|avri|mai|juin|juil|août|aout|sept|octo|nove|déce|dece|janu|febr|marc|apri|may|june|july"
WEEKDAYS = (
    "lundi mardi mercredi jeudi vendredi samedi dimanche monday tuesday wednesday thursday friday saturday sunday"
)
DAY = re.compile(
    rf"(?<!\w)(?:sunday|{WEEKDAYS.replace(' ', '|')})(?!\w)|\d{{1,2}}/\d{{1,2}}(?:/\d+)?|"
    rf"\d{{1,2}}(?:er|st|nd|rd|th)?[ /.](?:of )?(?:{MONTHS})\w*|(?:{MONTHS})\w* \d{{1,2}}(?!\d)"
)
MOMENT = re.compile(
    rf"{DAY.pattern}|\d{{1,2}} ?h(?!\w)|\d{{1,2}}:\d\d|demain|aujourd|hier|tomorrow|today|tonight|ce soir|semaine|"
    r"jours?|mois|heures?|week|days?|month|hours?|matin|bientôt|soon|déjà|already"
)
NUMBER = re.compile(r"\d|gratuit|free|aucun|none|zéro|un[e]?\b|deux|trois|two|three|one\b")
PLACE = re.compile(
    r"\b(?:à|au|aux|chez|dans|rue|place|avenue|ici|page|rubrique|menu|at|in|on|here|street|road|under)\b|https?:"
)
REASON = re.compile(r"parce|car |à cause|puisque|raison|because|since|due to|as we|faute|erreur|mistake|error|en effet")
YES_NO = re.compile(r"(?<!\w)(?:oui|non|si|yes|no|nope|bien sûr|of course|certainement|not|pas|(?:im)?possible)(?!\w)")
WANTS = (
    (re.compile(r"\bquand\b|à quelle (?:heure|date)|quel jour|\bwhen\b|what (?:time|day|date)"), MOMENT),
    (re.compile(r"how long|combien de temps|quel délai"), MOMENT),
    (re.compile(r"\bcombien\b|quel (?:prix|tarif|montant)|how (?:much|many)|what price"), NUMBER),
    (re.compile(r"(?<!\w)où(?!\w)|\bwhere\b"), PLACE),
    (re.compile(r"\bpourquoi\b|\bwhy\b"), REASON),
)
OPEN = re.compile(r"\b(?:comment|quel(?:le)?s?|qui|quoi|lequel|laquelle|how|what|which|who)\b")
QUANTITY = re.compile(
    r"(?<!\d)(\d++(?:[ \u00a0\u202f]\d{3})*(?:[.,]\d+)?) ?(€|\$|£|%|euros?|dollars?|pounds?|h\b|heures?|hours?|"
    r"jours?|days?|semaines?|weeks?|mois|months?|ans?\b|années?|years?|kg|km|cm|mo\b|go\b|mb\b|gb\b)"
)
UNITS = {"euro": "€", "dollar": "$", "pound": "£", "heure": "h", "hour": "h", "day": "jour", "week": "semaine",
         "month": "mois", "année": "an", "year": "an"}  # fmt: skip
POLAR = re.compile(r"^\W*(?:bonjour|bonsoir|hello|hi|dear|cher|chère)?[^.!?\n]{0,30}?(?<!\w)(oui|non|yes|no)(?!\w)")


def stems(text: str) -> frozenset[str]:
    """The first letters of the content words."""
    return frozenset(word[:STEM] for word in WORD.findall(unlinked(flat(text))) if word not in COMMON)


def unanswered(draft: Draft, asked: str) -> Iterator[Remark]:
    """The questions of a post that the reply seems to leave aside."""
    said, ours = flat(draft.text), stems(draft.text)
    for start, end in sentences(asked[:20_000]):
        question = asked[start:end].strip()
        if question.rstrip("!").endswith("?") and not _answered(flat(question), stems(question), said, ours):
            yield Remark("unanswered", 0, 0, question)


def _answered(question: str, words: frozenset[str], said: str, ours: frozenset[str]) -> bool:
    if not words and not any(asks.search(question) for asks, _ in WANTS):
        return True  # "Really?" asks for nothing that could be looked for
    for asks, wanted in WANTS:
        if asks.search(question):
            return wanted.search(said) is not None
    if words & ours:
        return True
    return not OPEN.search(question) and YES_NO.search(said) is not None


def nearest(draft: Draft, earlier: Sequence[Earlier]) -> list[Earlier]:
    """Those of our earlier replies that seem to be about the same, the nearest first."""
    ours = stems(draft.text)
    near = sorted(((nearness(ours, stems(one.text)), -place, one) for place, one in enumerate(earlier)), reverse=True)
    return [one for score, _, one in near[:EARLIER_SHOWN] if score]


def contradictions(draft: Draft, earlier: Sequence[Earlier]) -> Iterator[Remark]:
    """Where the nearest of our earlier replies said something else."""
    for one in nearest(draft, earlier):
        yield from _differences(draft, one)


def nearness(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of the content words of the shorter text that both have; 0 below the bar."""
    shared, shorter = len(one & other), min(len(one), len(other))
    return shared / shorter if shared >= SHARED_MIN and shared >= SHARED_SHARE * shorter else 0.0


def _differences(draft: Draft, earlier: Earlier) -> Iterator[Remark]:
    now, then = flat(draft.text), flat(earlier.text)
    known = {"uid": earlier.uid, "at_ms": earlier.at_ms}
    mine, theirs = quantities(now), quantities(then)
    for unit in mine.keys() & theirs.keys():
        if not mine[unit].keys() & theirs[unit].keys():
            start, end = next(iter(mine[unit].values()))
            before = then[slice(*next(iter(theirs[unit].values())))]
            yield Remark(
                "contradiction", start, end, draft.text[start:end], {"case": "number", "then": before, **known}
            )
    days, days_then = list(DAY.finditer(now)), list(DAY.finditer(then))
    if days and days_then and not {one[0] for one in days} & {one[0] for one in days_then}:
        found = {"case": "day", "then": days_then[0][0], **known}
        yield Remark("contradiction", *days[0].span(), draft.text[slice(*days[0].span())], found)
    said, said_then = POLAR.search(now), POLAR.search(then)
    if said and said_then and (said[1] in ("oui", "yes")) != (said_then[1] in ("oui", "yes")):
        found = {"case": "yes_no", "then": said_then[1], **known}
        yield Remark("contradiction", *said.span(1), draft.text[slice(*said.span(1))], found)


def quantities(said: str) -> dict[str, dict[float, tuple[int, int]]]:
    """unit -> value -> where it is said."""
    found: dict[str, dict[float, tuple[int, int]]] = {}
    for match in QUANTITY.finditer(said):
        unit = match[2].rstrip("s") if len(match[2]) > 1 and match[2] != "mois" else match[2]
        value = float(re.sub(r"\s", "", match[1]).replace(",", "."))
        found.setdefault(UNITS.get(unit, unit), {}).setdefault(value, match.span())
    return found
