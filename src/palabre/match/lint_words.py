"""Small word lists of the linter. They only decide whether a remark is made, never what a query finds."""

from __future__ import annotations

# Words of other languages and habits that people type for an operator.
OPERATOR_WORDS = {"and": "AND", "or": "OR", "not": "NOT", "et": "AND", "ou": "OR", "sauf": "NOT", "near": "NEAR/5"}

# Folded words so frequent in French or English that alone they find most posts.
WORDS = """
    a ai ainsi alors apres au aussi autre aux avant avec avoir bien bon ca car ce cela ces cet cette ceux chez comme
    comment contre dans de depuis des deux dit doit donc dont du elle elles en encore entre est et etait etre eu eux
    faire fait faut fois font il ils jamais je jour la le les leur leurs lui ma mais me meme mes moi mon monde ne ni
    nos notre nous on ont ou par parce pas peu peut plus pour pourquoi qu quand que quel quelle qui quoi rien sa sans
    se sera ses si son sont sous sur ta te tes toi ton toujours tous tout toute toutes tres trop tu un une va vers
    voir vos votre vous
    about after again all also am an and any are as at back be because been before being but by can could day did do
    does down even ever for from get go going good got had has have he her here him his how i if in into is it its
    just know like make many me more most much my new no not now of off one only or other our out over people really
    right said same say see she so some still such than that the their them then there these they thing this those
    time to today too two up us very want was way we well were what when where which while who why will with would
    yes you your
"""
COMMON = frozenset(WORDS.split())

# Folded brand words that are also everyday words: the other meaning, "French / English".
HOMONYMS = {
    "amazon": "fleuve / river",
    "apple": "pomme / fruit",
    "atlas": "montagnes, recueil de cartes / mountains, maps",
    "boss": "patron / chief",
    "boulanger": "métier / baker",
    "bouygues": "nom de famille / surname",
    "bull": "taureau / animal",
    "carrefour": "croisement / crossroads",
    "casino": "salle de jeu / gambling house",
    "caterpillar": "chenille / larva",
    "celio": "prénom / first name",
    "dove": "colombe / bird",
    "elle": "pronom / pronoun",
    "express": "rapide / fast",
    "fox": "renard / animal",
    "free": "gratuit, libre / at no cost",
    "galaxy": "galaxie / stars",
    "gap": "ville, écart / interval",
    "jaguar": "félin / animal",
    "kiwi": "fruit, oiseau / fruit, bird",
    "leclerc": "nom de famille / surname",
    "liberation": "délivrance / release",
    "lotus": "fleur / flower",
    "mars": "mois, planète / month of March, planet",
    "meta": "préfixe / prefix",
    "mini": "petit / small",
    "monde": "terre, gens / world",
    "next": "suivant / following",
    "nous": "pronom / pronoun",
    "oracle": "devin / seer",
    "orange": "fruit, couleur / fruit, colour",
    "pages": "feuilles / sheets",
    "picard": "de Picardie / from Picardy",
    "polo": "sport, vêtement / sport, shirt",
    "puma": "félin / animal",
    "samaritaine": "habitante de Samarie / woman of Samaria",
    "shell": "coquille, terminal / sea shell, terminal",
    "signal": "signe / sign",
    "smart": "intelligent / clever",
    "target": "cible / aim",
    "tesla": "inventeur, unité / inventor, unit",
    "threads": "fils / strings",
    "total": "somme / sum",
    "twin": "jumeau / sibling",
    "uber": "préfixe / prefix",
    "vanish": "disparaître / disappear",
    "vinci": "Léonard de Vinci / Leonardo",
    "virgin": "vierge / maiden",
    "visa": "titre d'entrée / travel document",
    "wish": "souhait / desire",
    "zoom": "agrandissement / enlargement",
}
