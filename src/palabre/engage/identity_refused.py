"""What may not be kept of a person: opinions, religion, health, origin, sexual life, union membership, criminal records
(GDPR art. 9 and 10). Fields and labels are held to a list of words; what a person says of themselves in public stays
their post and becomes no field of ours. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping

from palabre.engage.identity_names import latin, words

# Beginnings of words; those of EXACT are whole words.
POLITICS = """politi vote votant elect parti party gauchi droiti conservat republicain socialist communis ecologist
militant lfi macronist lepenist trotsk anarchi royalist opinion syndic union unionist cgt cfdt"""
RELIGION = """relig catholi chretien christian musulm muslim islam juif juive jew jewish bouddh buddh hindou hindu athe
laic croyan protestan evangeli orthodox mormon halal casher kosher foi faith ramadan voile"""
HEALTH = """sante health malad ill illness disease handicap disab cancer diabet sida hiv vih enceint pregnan depress
psychiat medica traitement allerg vaccin covid grossesse bipolair autis alcoolique addict"""
ORIGIN = """ethni race racial origine origin arabe arab noir black blanc white asiat asian africain maghreb rom tsigan
gipsy gypsy immigr etranger foreigner caste couleur skin nationalite nationality migrant"""
SEXUALITY = "sexu sexe homo gay lesb bisex hetero trans queer lgbt orientation"
OFFENCES = "condamn convict casier crimin prison delit"
WHOLE = """parti party vote ill foi faith race noir black blanc white rom arab arabe trans homo gay athe union jew islam
skin elect couleur opinion origin hiv vih sida lfi cgt cfdt voile hindu"""
GOOD = "transport transfert romain rome electricien electricite electric electro partenaire racine partie parties"
STEMS: Mapping[str, tuple[str, ...]] = {
    name: tuple(stems.split())
    for name, stems in (
        ("politics", POLITICS), ("religion", RELIGION), ("health", HEALTH), ("origin", ORIGIN),
        ("sexuality", SEXUALITY), ("offences", OFFENCES),
    )
}  # fmt: skip
EXACT, KNOWN_GOOD = frozenset(WHOLE.split()), frozenset(GOOD.split())
ENDINGS = ("", "s", "e", "es", "x")


def refused(text: str) -> str:
    """The subject that a field's name, a label or a value speaks of: of STEMS; "" when it may be kept."""
    for word in words(latin(text)):
        if word in KNOWN_GOOD:
            continue
        for subject, stems in STEMS.items():
            if any(speaks_of(word, stem) for stem in stems):
                return subject
    return ""


def speaks_of(word: str, stem: str) -> bool:
    """A stem begins the word; a short or ambiguous one is the whole word."""
    if stem in EXACT or len(stem) < 4:
        return word in {stem + ending for ending in ENDINGS}
    return word.startswith(stem)
