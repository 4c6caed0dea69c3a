"""What one post says of the part its author plays in a conversation: advice, warmth, own use, criticism. Pure.

    found = signs(posts)              # posts × 4, float64, each row sums to at most 1
    found[:, SIGNS.index("advice")]   # answers that help: by their words, by what they answer, by the thanks they got

Readings (intents, tone) are used where the table has them; without them, cues in French and English alone. A single
post never gives a role: `roles` adds many up. What is looked at: how a post relates to others (whom it answers,
whether it was thanked) and speech acts about products and service. Nothing about who the author is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from palabre.understand.tabular import Bools, Floats, Ints, author_array, lists, places, strings, text_array

SIGNS = ("advice", "warmth", "use", "criticism")
ADVICE, WARMTH, USE, CRITICISM = range(4)
READ_MAX = 2_000  # characters of a text that are looked at
ANSWER_WORDS_LEAST = 5

ADVICE_CUES = re.compile(
    r"""(?:^|[.!?:;,\n]\s*|\b(?:et|puis|then|and|just|please|alors|sinon|or)\s)
    (?:essay|essai|verifi|regard|pens|redemarr|reinstall|desinstall|debranch|rebranch|nettoi|demont|remont
    |demand|contact|appel|utilis
       |prend|chang|active|desactive|coup|tourn|serr|desserr|gard|laiss|maintien|appui|evit|ajout|pass|ecri
       |cherch|lis)
       (?:e|es|ez|s|er|ve|vez)?\s(?!moi\b)(?:de|d|a|au|la|le|les|l|en|par|si|dans|que|bien|ton|ta|tes|votre|vos
       |un|une|leur|sur|plutot|avant|avec|chez|quand)\b
    |(?:^|[.!?:;,\n]\s*)(?:mets|mettez|va|allez|fais|faites|seche|sechez|tiens|tenez|envoie|envoyez|compte
    |comptez)\s\w+
    |\b(?:tu|vous)\s(?:peux|pouvez|pourrais|pourriez|devrais|devriez|trouveras|trouverez|seras|serez)\b
    |\b(?:il\ssuffit|il\sfaut\s(?:juste|simplement|d\s?abord|passer|aller|mettre|faire|couper|attendre)
    |il\svaut\smieux|le\smieux\sest)\b
    |\b(?:je\s(?:te|vous)\s(?:conseille|recommande|suggere)|a\s(?:ta|votre)\splace|mon\sconseil
    |(?:une\s)?astuce|pas\sa\spas|ca\sdepanne)\b
    |\b(?:le\sprobleme|le\ssouci|la\spanne)\s(?:vient|venait)\b|\bc\s?est\s(?:souvent|surement|probablement
    |sans\sdoute)\b
    |\b(?:a\smarche|a\sfonctionne|a\sregle|a\sresolu)\b|\bje\s(?:t|vous|l)\s?(?:aide|ecris|ecrite|montre|explique)\b
    |\b(?:try|have\syou\stried|check|make\ssure|double[-\s]check|turn\s(?:it|off|on)|hold\s(?:both|the|down)
    |switch\s(?:it|off|on)|keep\sthe
       |take\sthe|use\s(?:a|the|an)|ask\s(?:for|them|the)|go\s(?:to|into)|look\s(?:in|at|under)|unplug|reset
       |restart|reinstall|clean\sthe)\s
    |\byou\s(?:can|could|should|need\sto|might\swant|just\shave|only\sneed|may\swant|want\sto|ll\sbe)\b
    |\b(?:i\s?d\s(?:suggest|recommend|try|go|use)|i\s(?:suggest|recommend)|my\s(?:advice|tip)|pro\stip
    |step[-\s]by[-\s]step|worked\sfor\sme
       |fixes|fixed\sit|does\sthe\strick|the\s(?:fix|trick|solution)\sis|easiest\sway|best\sway
       |if\si\swere\syou|it\s?s\s(?:usually|often|probably))\b
    |\b(?:there\s?s|here\s?s|there\sis|here\sis)\s(?:a|an|the)\s(?:\w+[-\s]){0,3}(?:guide|thread|list|video
    |walkthrough|step|setting|option|how)\b
    """,
    re.VERBOSE,
)
ADVICE_ASKED = re.compile(  # advice in the shape of a question
    r"\b(?:have you (?:tried|checked|thought|looked)|did you (?:try|check|look)|why not|(?:tu as|vous avez"
    r"|as[- ]tu|avez[- ]vous)"
    r" (?:essaye|verifie|regarde|pense|tente)|pourquoi (?:ne )?pas)"
)
THANKS_CUES = re.compile(
    r"\b(?:merci|thanks?|thx|cheers|ta\b|reconnaissant|sauve la vie|you(?: a|')?re (?:a star|the best)"
    r"|lifesaver|tu es (?:formidable|genial))"
)
QUESTION_CUES = re.compile(
    r"\?|\b(?:quelqu ?un (?:sait|a|peut|connait)|est-ce (?:que|qu)|does any(?:one|body)|any(?:one|body) know"
    r"|how (?:do|can|to)|comment (?:on|je|faire|vous)"
    r"|savez-vous|une idee\b|what(?:'s| is) the|where (?:can|do)|ou (?:puis|peut|trouver))"
)
WARMTH_CUES = re.compile(
    r"\b(?:bravo|felicitations|chapeau|j ?adore|on adore|je recommande|super|genial\w*|formidable|excellent\w*"
    r"|parfait\w*|top|ravie?s?|contente?s?|heureu\w+"
    r"|magnifique|impeccable|merci|au top|fiers?|courage|de tout coeur|bon courage|vivement"
    r"|quel(?:le)? (?:plaisir|bonheur|ambiance)|belle equipe"
    r"|love|loving|great|awesome|brilliant|amazing|fantastic|wonderful|lovely|perfect|well done|congrats"
    r"|congratulations|hats off|kudos|thank(?:s| you)"
    r"|delighted|recommended?|so happy|glad|hang in there|good luck|proud|best \w+ ever|couldn't be happier"
    r"|keep it up)\b|[❤😍🥰👏💚💙🙏]"
)
USE_CUES = re.compile(
    r"\b(?:mon|ma|mes|le mien|la mienne|les miens|chez moi|chez nous|j ?ai|j ?avais|je (?:suis|viens|roule"
    r"|cherche|compte|vais|voudrais|me)"
    r"|on (?:a|vient)|nous avons|depuis (?:que|un|deux|trois|la|le|hier)|my|mine|i (?:have|got|bought|am|was"
    r"|need|use|ordered|want|switched)|i've|i'm|we (?:have|bought|got|use)|for me|our)\b"
)
CRITICISM_CUES = re.compile(
    r"\b(?:decu\w*|decevant\w*|inadmissible|scandal\w*|honteux|honte|arnaque\w*|nul|nulle|nuls|pourri\w*"
    r"|inacceptable|lamentable|pas normal|marre|ras le bol"
    r"|penible|en panne|ne marche (?:pas|plus)|ne fonctionne (?:pas|plus)|casse\w*|trop cher|rembours\w+"
    r"|resili\w+|plus jamais|a fuir|fuyez|injoignable|aucune reponse"
    r"|sans reponse|toujours (?:pas|rien)|defectu\w+|promesse non tenue|perdre patience|dangereu\w+|mensonge\w*"
    r"|bug\w*"
    r"|disappoint\w+|unacceptable|terrible|awful|worst|useless|scam\w*|rip-?off|broken|doesn'?t work"
    r"|does not work|not working|stopped working|never again|refund"
    r"|cancel(?:led|ling|ed)?|avoid|annoying|fed up|shame\w*|ridiculous|no (?:answer|reply|response)"
    r"|still (?:no|waiting|not)|not ok|overpriced|too expensive|faulty"
    r"|poor (?:service|quality)|losing patience|nobody (?:answers|picks)|can'?t reach|dangerous|joke|lied|lies"
    r"|rubbish|crap|charged twice|sick of)\b|[😡🤬👎]"
)


def folded(text: str) -> str:
    """Lower case without accents, straight apostrophes as spaces after one letter (« l'été » → « l ete »)."""
    plain = unicodedata.normalize("NFKD", text[:READ_MAX].replace("’", "'").lower())
    return re.sub(r"\b([cdjlmnstq]|qu)'", r"\1 ", "".join(sign for sign in plain if not unicodedata.combining(sign)))


def signs(posts: pa.Table) -> Floats:
    """The signs of every post, posts × SIGNS. Reshares are somebody else's words: all 0."""
    texts = [folded(text) for text in strings(posts, "text")]
    thanked, parent, other = exchanges(posts, texts)
    intents = lists(posts, "intents")
    tones = strings(posts, "tone")
    asks = [asking(text, intent) for text, intent in zip(texts, intents, strict=True)]
    found = np.zeros((len(texts), len(SIGNS)))
    for row, text in enumerate(texts):
        helps = helping(text, bool(thanked[row]), bool(other[row]), bool(other[row]) and asks[parent[row]], asks[row])
        found[row] = one_post(text, intents[row], tones[row], helps, asks[row])
    found[np.array(strings(posts, "reshare_of"), dtype=object) != ""] = 0.0
    return found


def exchanges(posts: pa.Table, texts: Sequence[str]) -> tuple[Bools, Ints, Bools]:
    """(was thanked by the one it answers; row of what it answers or -1; answers somebody else), a post.

    A post whose parent was not heard still answers somebody, but nobody's question is known.
    """
    parent = places(text_array(posts, "parent"), text_array(posts, "uri"))
    author = places(author_array(posts), author_array(posts))
    replies = np.flatnonzero(parent >= 0)
    other = np.zeros(len(texts), bool)
    other[replies] = author[replies] != author[parent[replies]]
    thanked = np.zeros(len(texts), bool)
    for row in replies[other[replies]]:
        answer = parent[row]
        if parent[answer] >= 0 and author[parent[answer]] == author[row] and THANKS_CUES.search(texts[row]):
            thanked[answer] = True
    return thanked, parent, other


def asking(text: str, intents: Sequence[str]) -> bool:
    return "question" in intents or bool(QUESTION_CUES.search(text))


def helping(text: str, thanked: bool, other: bool, of_question: bool, asks: bool) -> float:
    """How far a post helps another: thanked 1, advice in its words 0.9, as a question 0.5, an answer to one 0.4."""
    if thanked:
        return 1.0
    if other and asks and ADVICE_ASKED.search(text):
        return 0.5
    if other and not asks and ADVICE_CUES.search(text):
        return 0.9
    long_enough = len(text.split()) >= ANSWER_WORDS_LEAST
    return 0.4 if of_question and not asks and long_enough else 0.0


def one_post(text: str, intents: Sequence[str], tone: str, helps: float, asks: bool) -> Floats:
    """The signs of one post: what it helps comes first, the rest is shared among what else it does."""
    said = set(intents)
    critical = bool(said & {"complaint", "churn"}) or bool(CRITICISM_CUES.search(text))
    warm = not critical and ("praise" in said or bool(WARMTH_CUES.search(text)))
    lived = asks or bool(said & {"question", "purchase", "suggestion"}) or bool(USE_CUES.search(text))
    rest = np.array([0.0, 0.7 * warm, 0.5 * lived, 1.0 * critical])
    if not rest.any() and tone in ("negative", "positive"):
        rest[CRITICISM if tone == "negative" else WARMTH] = 0.5
    if rest.sum() > 0:
        rest *= min(1.0 - helps, rest.sum()) / rest.sum()
    rest[ADVICE] = helps
    return rest
