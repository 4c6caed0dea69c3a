"""Who lives in the sample: an organisation, its rivals and partners, and three thousand accounts on six networks.

Everything is invented; every address ends in ``.example`` so that none can belong to anybody.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from palabre.model import Account

US = "Cyclovent"
PRODUCTS = ("Zéphyr", "Mistral")
RIVALS = ("Pédalis", "Roulia", "Northwheel")
PARTNERS = ("Atelier des Deux Roues", "Ville de Saint-Orvan")
BOSS = "Hélène Marsac"
SLOGAN = "Le vent en poche"
SITE = "https://cyclovent.example"

NETWORKS = {"mastodon": 0.24, "bluesky": 0.26, "reddit": 0.18, "youtube": 0.12, "forum": 0.14, "web": 0.06}
HOSTS = {
    "mastodon": "piaf.example",
    "bluesky": "ciel.example",
    "reddit": "fils.example",
    "youtube": "ecran.example",
    "forum": "forum-velo.example",
    "web": "gazette.example",
}
CITIES = (
    "Nantes",
    "Lyon",
    "Lille",
    "Bordeaux",
    "Strasbourg",
    "Rennes",
    "Grenoble",
    "Bruxelles",
    "Genève",
    "Leeds",
    "Bristol",
    "Dublin",
)
PLACES = {
    "fr": ("la gare", "l'école", "la bibliothèque", "la mairie", "le marché", "la piscine"),
    "en": ("the station", "the school", "the library", "the town hall", "the market", "the pool"),
}
WEATHER = {
    "fr": ("la pluie", "le vent", "la neige fondue", "un grand soleil", "le brouillard"),
    "en": ("the rain", "strong wind", "sleet", "bright sun", "fog"),
}
MONTHS = {
    "fr": ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
FIRST = (
    "Léa", "Hugo", "Chloé", "Malik", "Inès", "Jules", "Aya", "Théo", "Zoé", "Noé", "Anaïs", "Yanis", "Maël", "Élise", "Gaël", "Awa", "Rémi",
    "Olivia", "Jack", "Amelia", "Noah", "Isla", "Oscar", "Priya", "Liam", "Grace", "Callum", "Niamh", "Ewan", "Tessa", "Marek", "Sofia", "Björn",
)  # fmt: skip
LAST = (
    "Martin", "Lefèvre", "Moreau", "Garnier", "Diallo", "Nguyen", "Rousseau", "Benali", "Perrin", "Chevalier", "Gauthier", "Le Goff", "Da Silva",
    "Smith", "Jones", "Taylor", "Walsh", "Murphy", "Patel", "Clarke", "Hughes", "Okafor", "Novak", "Lindqvist", "Romano", "Keller",
)  # fmt: skip
PLAIN = str.maketrans("éèêëàâçîïôöùûüÉ ", "eeeeaaciioouuuE_")


@dataclass(frozen=True, slots=True)
class Actor:
    """An account with the part it plays. role: person, official, adviser, amplifier, press, promoter."""

    account: Account
    network: str
    lang: str
    role: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody, by part."""

    people: tuple[Actor, ...]
    officials: tuple[Actor, ...]
    advisers: tuple[Actor, ...]
    amplifiers: tuple[Actor, ...]
    press: tuple[Actor, ...]
    promoters: tuple[Actor, ...]


def make_account(network: str, handle: str, name: str, followers: int, *, verified: bool = False) -> Account:
    """An account whose uri and url follow from its network and handle."""
    url = f"https://{HOSTS[network]}/@{handle}"
    return Account(uri=url, handle=handle, name=name, url=url, followers=followers, verified=verified)


def make_person(rng: random.Random, number: int, role: str = "person", network: str = "") -> Actor:
    """One private person; followers are log-normal, as they are on real networks."""
    first, last = rng.choice(FIRST), rng.choice(LAST)
    chosen = network or rng.choices(list(NETWORKS), list(NETWORKS.values()))[0]
    handle = f"{first}_{last}".translate(PLAIN).lower() + str(number)
    lang = "fr" if rng.random() < 0.6 else "en"
    followers = int(rng.lognormvariate(4.6, 1.3))
    return Actor(make_account(chosen, handle, f"{first} {last}", followers), chosen, lang, role)


def make_official(network: str, lang: str) -> Actor:
    handle = "cyclovent" if lang == "fr" else "cyclovent_en"
    return Actor(make_account(network, handle, US, 18_400, verified=True), network, lang, "official")


def make_press(number: int) -> Actor:
    names = (
        "La Gazette du Guidon",
        "Le Courrier de Saint-Orvan",
        "The Daily Spoke",
        "Roues Libres",
        "Pedal Post",
        "Ville & Vélo",
    )
    lang = "en" if names[number].startswith(("The", "Pedal")) else "fr"
    handle = names[number].translate(PLAIN).lower().replace("&", "et")
    return Actor(
        make_account("web", handle, names[number], 5_000 + 3_000 * number, verified=True), "web", lang, "press"
    )


def make_cast(rng: random.Random, size: int) -> Cast:
    """``size`` accounts in all."""
    advisers = tuple(make_person(rng, n, "adviser", ("forum", "reddit", "mastodon")[n % 3]) for n in range(8))
    amplifiers = tuple(make_person(rng, 100 + n, "amplifier", "bluesky") for n in range(40))
    promoters = tuple(make_person(rng, 200 + n, "promoter") for n in range(12))
    officials = tuple(
        make_official(network, lang) for network in ("mastodon", "bluesky", "youtube", "forum") for lang in ("fr", "en")
    )
    press = tuple(make_press(n) for n in range(6))
    rest = size - len(advisers) - len(amplifiers) - len(promoters) - len(officials) - len(press)
    people = tuple(make_person(rng, 1_000 + n, network="" if n % 50 else "forum") for n in range(rest))
    return Cast(people, officials, advisers, amplifiers, press, promoters)
