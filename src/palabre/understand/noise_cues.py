"""Cues of spam and of promotion in French and English, each with its weight. Pure.

    promotion("Code promo ETE20, -20 % sur tout, lien en bio")      # Found(score=0.9…, words=("code promo", …))
    spam("Double your ETH, write me on WhatsApp")

Cues are joined as 1 − Π(1 − weight): several weak ones make a strong one, none exceeds 1. What somebody complains of
or asks about is not what they sell: a first-person complaint or a question about an offer halves the score of
promotion.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from palabre.understand.signs import folded


@dataclass(frozen=True, slots=True)
class Found:
    """score: 0 to 1; words: what of the text carried it."""

    score: float
    words: tuple[str, ...] = ()


def cues(table: str) -> tuple[tuple[float, re.Pattern[str]], ...]:
    """Lines « weight pattern » as compiled patterns; a line that begins with « | » goes on with the one above."""
    rows = (line.split(None, 1) for line in re.sub(r"\n\s*\|", "|", table).strip().splitlines())
    return tuple((float(weight), re.compile(pattern.strip())) for weight, pattern in rows)


PROMOTION = cues(
    r"""
    0.55 \bcode (?:promo|reduc|avantage|parrain\w*)\b|\b(?:promo|discount|coupon|voucher|referral) codes?\b
    0.55 \b(?:avec|with|use|utilisez)(?: le| notre| our| my| mon| the)? code\b|\bcode [a-z]{3,}\d{1,3}\b
    0.45 [-–−]\s?\d\d\s?%|\b\d\d\s?% (?:off|de (?:reduction|remise)|discount)|\b(?:up to|jusqu a|to) -?\d\d\s?%
    |\bat -?\d\d ?%
    0.45 \b(?:profitez|beneficiez|decouvrez|shoppez|foncez|reservez|inscrivez-vous|participez|abonnez-vous
    |commandez|achetez|craquez|prenez rendez-vous|demandez votre|venez vite)\b
    0.45 \b(?:shop (?:now|the)|order (?:now|today|before|yours)|buy now|book (?:your|now|today)|sign up
    |register now|discover our|subscribe to|get your free|grab yours|enter (?:our|to win|for)|hurry|visit us
    |join now)\b
    0.60 \b(?:lien en bio|lien dans (?:la|ma|notre) bio|link in (?:the |my |our )?bio|affiliat\w+
    |lien d affiliation)\b
    0.70 \b(?:jeu[- ]?concours|concours|giveaway|contest|tirage au sort|prize draw|sweepstakes?
    |tombola)\b.*\b(?:rt\b|retweet\w*|follow\w*|abonne\w*|like\w*|taggu?e\w*|identifie\w*|tag|gagner|remport\w+
    |win|chance)
    0.45 \b(?:en (?:vous )?abonnant|en (?:nous )?suivant|en likant|by (?:following|subscribing|liking))\b
    0.45 \b(?:tentez|pour tenter|tenter) de (?:gagner|remporter)|\bfor a chance to win\b|\b(?:remportez|gagnez
    |win) (?:un|une|des|a|an|the|your)\b
    0.45 \b(?:livraison (?:gratuite|offerte)|free (?:shipping|delivery))\b
    0.50 \b(?:offre (?:de lancement|exclusive|speciale|limitee|flash|valable)|(?:launch|exclusive|special
    |limited|flash) offer|offer ends|ventes? (?:privees?|flash)|flash sale|members-only|deal of the day
    |bon plan du jour|nos bons plans|never miss a deal)\b
    0.45 \b(?:stocks? limites?|while stocks? last|places limitees|limited (?:spots|places|seats|time)
    |derniere chance|last chance|tout doit disparaitre|everything must go|avant rupture|before they sell out
    |(?:20|50|100) (?:premiers|first)|first \d+ (?:bookings|customers|orders|buyers))\b
    0.40 \b(?:soldes|destockage|black friday|cyber monday|prix (?:imbattables?|casses?)|petits prix
    |tarif preferentiel|special rate|clearance|mega sale|unbeatable prices?|huge sale)\b
    0.45 \b(?:sans engagement|no commitment|sans carte bancaire|no credit card|essai gratuit de|day free trial
    |devis gratuit|free quote|paiement en \d|pay later|interest-free|satisfait ou rembourse|money[- ]back)\b
    0.45 \b(?:dropshipping|webinaires?|webinar|e-?book|formation en ligne|online course|masterclass
    |chiffre d affaires en|your revenue)\b
    0.40 \b(?:au lieu de|instead of) [$€£]?\s?\d|\b\d+ ?[€$£] au lieu|\bnow [$€£]\d+
    0.40 \b(?:un achete,? un offert|buy one,? get one|(?:\d|trois|deux|un) mois offerts?|months? (?:for )?free
    |deuxieme (?:paire|article)|second pair|premiere (?:seance|commande)|first (?:session|order))\b
    0.45 \b(?:nouvelle collection (?:disponible|en ligne)|new collection (?:just|is|now)|notre (?:gamme
    |boutique|nouvelle collection)|our (?:range|new collection|store|shop|handmade)|de retour en (?:boutique
    |stock)|back in stock|en magasin ou sur|in store or at)\b
    0.45 \b(?:je vends|selling|vends)\b.*\b(?:tailles|sizes|prix|prices?|mp|dm|message prive|neuves?|brand new)\b
    0.70 \b(?:touchez|gagnez|earn) \d+ ?% (?:de |in )?commissions?|\bcommissions? (?:sur chaque|on every)
    0.40 \b(?:comparez gratuitement|compare for free|economisez|save) (?:[$€£]?\d+|and|et|\d+ ?%)|\b(?:des|from
    |starting at|a partir de) [$€£]?\d+(?:[.,]\d+)?\s?(?:€|\$|£|a month|par mois)?
    0.35 \b(?:cliquez|clique|click) (?:ici|vite|here|now|dessus)|👉|➜|🛍|🎁
    0.40 \b\d+ (?:€|euros?|\$) de reduction|\b[$€£]\d+ off\b|\boffer(?:te)?s? (?:aux|to our)\b
    """
)
SPAM = cues(
    r"""
    0.45 \b(?:whats ?app|telegram|signal group)\b
    0.45 \b(?:en dm|dm (?:direct|fast|me)|in dm|inbox me|ecri\w+ en prive|en prive, |contactez[- ](?:moi|nous)
    |contact (?:me|us))\b
    0.70 \b(?:gagnez|gagner|earn|make|verse|pays me)\b.{0,20}\d[\d.,]*\s?(?:€|\$|euros?
    |dollars?)?.{0,12}\b(?:par (?:jour|semaine|mois)|a (?:day|week|month)|per (?:day|week))\b|\b(?:earn|make
    |pays me) [$€£]\d
    0.50 \b(?:depuis chez vous|sans rien faire|from home doing nothing|work from home|doing nothing)\b
    0.65 \b(?:multiplie|turned) (?:mon|my|mes|ses) (?:bitcoin|btc|eth|crypto)\w*|\b(?:doublez|double) (?:vos
    |your|tes) (?:eth|btc|bitcoins?|crypto\w*|money|argent)|\bsend 1 get 2|envoyez 1 recu
    0.60 \b(?:airdrop|presale|prevente|100x|x100|wallet|token \$|\$[a-z]{3,8} token|jetons maintenant|tokens now)\b
    0.50 \b(?:investissez|invest) \W?\d|\b100 ?% (?:garanti|guaranteed|bonus)|\bbonus 100 ?%
    0.60 \b(?:forex|signaux|trading automatique|automated trading|robot de paris|betting bot|cotes sures
    |sure odds|win rate|de reussite)\b
    0.65 \b(?:casino|jackpot|tours gratuits|free spins|sans depot|no deposit)\b.*\b(?:bonus|gratuits?|free
    |sans depot|no deposit)\b
    0.70 \b(?:rencontre coquine|plan cul|hot singles|singles near|nude|cam nue|video privee complete
    |full private video|xxx|sexcam|escort\w*)\b|🔞
    0.60 \b(?:pret entre particuliers|private loans?|sans justificatif|no paperwork|credit (?:immediat|facile
    |eclair)|instant credit|meme fiche|bad history|flash loan|loan in \d+ minutes|en \d+ minutes sans)\b
    0.60 \b(?:colis est (?:bloque|en attente)|parcel is (?:on hold|blocked))\b.*(?:https?:|frais|fee)
    0.60 \b(?:compte (?:bancaire )?sera suspendu|account will be suspended|confirmez vos (?:informations
    |coordonnees)|confirm your (?:details|identity|account)|a utiliser avant expiration|claim before
    |you are eligible|mon compte cpf|compte cpf)\b
    0.60 \b(?:abonnes reels|real followers|followers? for [$€£]?\d|likes? et vues|likes and views
    |\d+ (?:abonnes|followers|vues|views)\b.{0,16}(?:€|\$|pour|for)|cheap tiktok|pas chers? !)
    0.70 \b(?:voyant|marabout|medium africain|retour de l etre aime|spell caster|lost lover|love spell)\b
    0.55 \b(?:f4f|l4l|follow back|follow me i follow|je rends tout)\b
    0.55 \b(?:comptes? netflix|netflix accounts?|a vie \d|lifetime .{0,20}accounts?|paypal only|paiement paypal)\b
    0.65 \b(?:gelule|pilule|pill|miracle|sans sport|without exercise|maigrir de \d+|lose \d+ (?:pounds|kg
    |lbs))\b.*(?:miracle|kg|pounds|https?:)
    0.65 \b(?:vous avez ete (?:selectionne|tire)|you have been selected|cliquez pour (?:reclamer|recuperer)
    |click to claim|iphone gratuit|free iphone)\b
    0.60 \b(?:hackers? professionnel|professional hacker|espionne un telephone|spy on any|recupere vos comptes
    |recover locked)\b
    0.65 \b(?:diplomes?|permis|passports?|diplomas?|licences?|payslips?|fiches de paie)\b.*\b(?:sans passer
    |without taking|nous faisons tout|we make them|whats ?app|telegram)\b
    0.60 \b(?:partage ma fortune|sharing my fortune|god bless you|dieu vous benisse)\b
    0.35 (?:[🔥🚀💰💸🤑❤😱😍⭐‼]\ufe0f?){3,}
    0.30 !!|\b(?:cliquez|clique|click) (?:ici|here|vite|now)\b
    0.30 🤑|💸|💰
    0.55 \bregarde ce que|\blook what your\b
    """
)
HASHTAGS_MANY = 5
# Who asks about an offer, complains of one, or tells of their own purchase does not sell.
NOT_SELLING = re.compile(
    r"\b(?:ne marche|ne fonctionne|doesn t work|doesn't work|arnaque|scams?|fake|faux|attention a|beware"
    r"|mensong\w+|false advertising|marre|sick of|fed up|plus jamais"
    r"|never again|cher\b|expensive|steep|vexant|it stings|mais |but |resili\w+|cancel\w*|mon ancien"
    r"|mon ancienne|my old|j ai (?:teste|recu|eu)|i (?:tried|got|received|had)"
    r"|influenceurs?|influencers?|m a facture|ecoeurant|sickening|on en a profite|made the most)"
)


def promotion(text: str, links: int = 0) -> Found:
    """How far a text sells something."""
    return sold(folded(text), links)


def spam(text: str, links: int = 0) -> Found:
    """How far a text is what nobody asked for: fraud, bought numbers, bait."""
    return baited(folded(text), links)


def sold(plain: str, links: int) -> Found:
    """Promotion of a folded text."""
    return judged(plain, joined(plain, PROMOTION), bool(links) or "http" in plain, 0.75)


def baited(plain: str, links: int) -> Found:
    """Spam of a folded text."""
    found, tags = joined(plain, SPAM), plain.count("#")
    if tags >= HASHTAGS_MANY:
        found = Found(1 - (1 - found.score) * 0.5, (*found.words, f"{tags} #"))
    return judged(plain, found, bool(links) or "http" in plain, 0.8)


def judged(plain: str, found: Found, linked: bool, left: float) -> Found:
    """A link adds to what is found (``left``: of what was missing); asking or complaining halves it.

    A question that leads to a link is the seller's own.
    """
    if found.score and linked:
        found = Found(1 - (1 - found.score) * left, found.words)
    asks = "?" in plain and not linked
    return Found(found.score / 2, found.words) if asks or NOT_SELLING.search(plain) else found


def joined(plain: str, table: tuple[tuple[float, re.Pattern[str]], ...]) -> Found:
    """The cues that hold in a folded text, joined."""
    left, words = 1.0, []
    for weight, pattern in table:
        match = pattern.search(plain)
        if match:
            left *= 1 - weight
            words.append(match.group().strip()[:60])
    return Found(1 - left, tuple(words))
