"""Which column holds what: a guess from names in French and English, checked against the values.

A field is a name of `POSTS`, or one of three that are not: ``id`` (an id inside its network), ``time`` (the hour,
where the date is apart) and ``reshare`` (a flag).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from palabre.collect.files.values import looks_like_count, looks_like_date, looks_like_flag, looks_like_language

# In order of preference. Written as `plain` makes them: lower case, no accents, words joined by "_".
ALIASES: Mapping[str, tuple[str, ...]] = {
    "uri": ("uri", "post_uri", "at_uri", "urn", "guid"),
    "id": (
        "id", "post_id", "tweet_id", "status_id", "message_id", "comment_id", "item_id", "mention_id", "resource_id", "document_id",
        "doc_id", "article_id", "video_id", "review_id", "native_id", "external_id", "id_str", "identifiant", "id_message", "id_tweet",
        "id_publication", "query_mention_id", "reference", "uuid", "key", "cle", "num", "numero",
    ),
    "url": (
        "url", "link", "lien", "permalink", "post_url", "tweet_url", "status_url", "message_url", "original_url", "full_url",
        "article_url", "source_url", "web_url", "href", "permanent_link", "adresse", "url_du_message", "lien_du_message", "page_url",
    ),
    "text": (
        "text", "full_text", "fulltext", "content", "contenu", "message", "body", "tweet", "tweet_text", "post", "comment", "commentaire",
        "texte", "full_content", "post_text", "post_content", "post_message", "message_text", "comment_text", "text_content", "content_text",
        "raw_text", "review", "review_text", "avis", "verbatim", "reponse", "corps", "snippet", "hit_sentence", "opening_text", "extrait",
        "description", "caption", "legende", "summary", "resume", "selftext", "data", "sentence", "phrase", "tweet_content",
        "texte_du_message", "contenu_du_message", "publication", "temoignage", "feedback", "commentary", "transcript",
    ),
    "title": (
        "title", "titre", "headline", "subject", "objet", "sujet", "title_video", "video_title", "post_title", "article_title",
        "review_title", "titre_de_l_article", "heading", "thread_title", "titre_avis",
    ),
    "html": ("html", "content_html", "body_html", "text_html", "post_html"),
    "lang": (
        "lang", "language", "langue", "language_code", "lang_code", "post_lang", "tweet_lang", "detected_language", "ori_lang",
        "language_detected", "code_langue",
    ),
    "published_ms": (
        "published_ms", "published", "published_at", "publish_date", "created_at", "date", "published_date", "publication_date", "created",
        "created_utc", "created_time", "creation_date", "timestamp", "datetime", "date_time", "posted_at", "post_date", "tweet_created",
        "published_at_video", "created_at_ms", "date_published", "pub_date", "pubdate", "date_de_publication", "date_publication", "publie_le",
        "date_de_creation", "date_creation", "cree_le", "horodatage", "time_posted", "date_posted", "date_utc", "timestamp_utc", "unix_timestamp",
        "timestamp_unix", "upload_date", "review_date", "date_avis", "sent_at", "date_du_message", "date_et_heure", "publication_time", "indexed",
    ),
    "time": ("time", "heure", "hour_minute", "time_of_day", "heure_de_publication"),
    "edited_ms": ("edited_ms", "edited_at", "edited", "updated_at", "modified_at", "date_modified", "last_modified", "modifie_le"),
    "account_uri": ("account_uri", "author_uri", "user_uri"),
    "account_id": (
        "account_id", "author_id", "user_id", "userid", "from_user_id", "from_id", "channel_id", "external_author_id", "id_auteur",
        "author_did", "did",
    ),
    "account_handle": (
        "account_handle", "handle", "username", "user_name", "screen_name", "user_screen_name", "author_username", "author_handle",
        "author_screen_name", "from_user_name", "from_user", "account", "compte", "pseudo", "nom_d_utilisateur", "login", "nickname",
        "author_user_name", "influencer", "user_handle", "twitter_screen_name",
    ),
    "account_name": (
        "account_name", "author", "auteur", "author_name", "name", "display_name", "full_name", "fullname", "user", "from_user_realname",
        "nom", "nom_de_l_auteur", "utilisateur", "sender", "expediteur", "from", "title_channel", "channel_title", "author_display_name",
        "author_full_name", "real_name", "by", "reviewer", "author_fullname", "user_display_name",
    ),
    "account_url": ("account_url", "author_url", "profile_url", "user_url", "channel_url", "url_de_l_auteur", "url_auteur"),
    "followers": (
        "followers", "followers_count", "follower_count", "author_followers", "user_followers", "user_followers_count", "abonnes",
        "nombre_d_abonnes", "subscribers", "subscriber_count", "twitter_followers", "author_followers_count", "from_user_followercount",
        "account_followers", "fans",
    ),
    "verified": ("verified", "is_verified", "account_verified", "author_verified", "user_verified", "verifie", "compte_verifie", "twitter_verified"),
    "parent": (
        "parent", "parent_uri", "parent_id", "in_reply_to", "in_reply_to_id", "in_reply_to_status_id", "in_reply_to_tweet_id",
        "in_response_to", "in_response_to_tweet_id", "reply_to", "reply_to_id", "replied_to", "reponse_a", "parent_url", "thread_parent",
    ),
    "root": ("root", "root_uri", "thread_id", "conversation_id", "thread", "id_conversation", "id_du_fil", "thread_url"),
    "reshare_of": ("reshare_of", "retweeted_id", "retweeted_status_id", "reblog_of_id", "retweet_of", "repost_of", "retweet_id"),
    "quote_of": ("quote_of", "quoted_id", "quoted_status_id", "quote_tweet_id", "quoted_tweet_id"),
    "reshare": ("reshare", "retweet", "is_retweet", "is_reshare", "is_repost", "is_reblog", "est_un_retweet"),
    "links": ("links", "urls", "expanded_urls", "liens", "external_urls", "url_expanded", "outlinks"),
    "tags": ("tags", "hashtags", "hashtag", "mots_diese", "etiquettes", "keywords", "mots_cles"),
    "mentions": ("mentions", "user_mentions", "mentioned_users", "mentioned_authors", "mentionnes", "comptes_cites"),
    "country": ("country", "country_code", "pays", "author_country", "location_country", "code_pays", "extra_author_attributes_world_data_country"),
    "region": ("region", "state", "province", "departement", "county", "region_name", "etat"),
    "city": ("city", "ville", "commune", "city_name", "town", "author_city"),
    "rating": ("rating", "note", "score", "stars", "etoiles", "star_rating", "note_sur_5", "review_rating", "notation"),
    "sensitive": ("sensitive", "possibly_sensitive", "nsfw", "over_18", "sensible"),
    "media": ("media", "media_url", "media_urls", "images", "image_url", "image_urls", "image", "photo", "photos", "thumbnail_url", "videos"),
    "likes": (
        "likes", "like_count", "likes_count", "favorite_count", "favourites_count", "favourite_count", "favorites", "favoris", "j_aime",
        "nb_likes", "nombre_de_j_aime", "reactions", "reaction_count", "thumbs_up_count", "upvotes", "ups", "points", "facebook_likes",
        "digg_count", "jaime", "engagement_likes", "twitter_likes", "likes_post", "instagram_likes",
    ),
    "replies": (
        "replies", "reply_count", "replies_count", "comments", "comment_count", "comments_count", "num_comments", "commentaires",
        "nb_commentaires", "nombre_de_commentaires", "reponses", "nb_reponses", "facebook_comments", "twitter_replies",
        "instagram_comments",
    ),
    "reshares": (
        "reshares", "retweet_count", "retweets", "shares", "share_count", "shares_count", "reblogs", "reblogs_count", "reposts",
        "repost_count", "partages", "nb_partages", "nombre_de_partages", "twitter_retweets", "facebook_shares", "forward_count",
    ),
    "views": (
        "views", "view_count", "views_count", "impressions", "play_count", "plays", "vues", "nb_vues", "nombre_de_vues",
        "view_count_video", "impression_count", "video_views", "impressions_count",
    ),
    "network": ("network", "platform", "plateforme", "reseau", "reseau_social", "social_network", "page_type", "source_type", "media_type",
                "content_source", "content_source_name", "source_category", "type_de_source", "medium", "canal", "channel"),
    "kind": ("kind", "post_kind", "type", "post_type", "content_type", "type_de_contenu", "type_de_message"),
}  # fmt: skip

FIELDS = tuple(ALIASES)
COUNTS = ("followers", "likes", "replies", "reshares", "views")
Check = Callable[[str], bool]
CHECKS: Mapping[str, Check] = {
    "published_ms": looks_like_date,
    "edited_ms": looks_like_date,
    "lang": looks_like_language,
    "verified": looks_like_flag,
    "reshare": looks_like_flag,
    "sensitive": looks_like_flag,
    "url": lambda value: value.startswith(("http://", "https://", "www.")),
    "account_url": lambda value: value.startswith(("http://", "https://", "www.")),
    "time": lambda value: bool(re.match(r"\d{1,2}[:h]\d{2}", value)),
    "rating": lambda value: looks_like_count(value) and 0 <= float(value.replace(",", ".")) <= 5,
    **dict.fromkeys(COUNTS, looks_like_count),
}


@dataclass(frozen=True, slots=True)
class Guess:
    """field is in column; confidence from 0 to 1; samples: at most three values, shortened."""

    field: str
    column: str
    confidence: float
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a table's columns mean. network: of every post whose row does not say; day_first: 03/04 is 3 April."""

    columns: Mapping[str, str]
    network: str = ""
    day_first: bool = True
    guesses: tuple[Guess, ...] = field(default=())


@cache
def plain(name: str) -> str:
    """A column name without case, accents, camel case and signs: "Publié le" and "publieLe" are publie_le."""
    spaced = re.sub(r"(?<=[a-zé0-9])(?=[A-Z])", "_", name.strip())
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", spaced) if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", "_", bare.casefold()).strip("_")


def name_score(field_name: str, column: str) -> float:
    """How much a column's name speaks for a field: 1 to 0.8 for a known name, 0.5 for one that ends with it."""
    names = ALIASES[field_name]
    if column in names:
        return 1.0 - 0.2 * names.index(column) / len(names)
    ends = field_name in COUNTS and any(column.endswith("_" + name) for name in names[:8])
    return 0.5 if ends else 0.0


def value_score(field_name: str, samples: Sequence[str]) -> float:
    """Share of the samples that look like the field; 1 where nothing can be checked."""
    check = CHECKS.get(field_name)
    filled = [sample for sample in samples if sample]
    if check is None or not filled:
        return 1.0
    return sum(map(check, filled)) / len(filled)


def candidates(samples: Mapping[str, Sequence[str]]) -> list[Guess]:
    """Every (field, column) pair that is possible, the best first."""
    found = []
    for column, values in samples.items():
        shown = tuple(value[:60] for value in values if value)[:3]
        for name in FIELDS:
            by_name = name_score(name, plain(column))
            by_value = value_score(name, values) if by_name else 0.0
            if by_name and by_value >= 0.5:
                found.append(Guess(name, column, round(by_name * by_value, 2), shown))
    return sorted(found, key=lambda guess: -guess.confidence)


def chosen(guesses: Sequence[Guess]) -> dict[str, Guess]:
    """One column a field and one field a column, the surest first."""
    taken: dict[str, Guess] = {}
    used: set[str] = set()
    for guess in guesses:
        if guess.field not in taken and guess.column not in used:
            taken[guess.field] = guess
            used.add(guess.column)
    return taken


def by_content(samples: Mapping[str, Sequence[str]], used: set[str]) -> Guess | None:
    """The column of the longest prose, for a table whose names say nothing."""
    best: Guess | None = None
    longest = 12.0
    for column, values in samples.items():
        prose = [value for value in values if value.count(" ") >= 2 and value[0] not in "[{" and not looks_like_date(value)]
        mean = sum(map(len, prose)) / len(prose) if prose else 0.0
        if column not in used and len(prose) * 2 >= len(values) and mean > longest:
            longest, best = mean, Guess("text", column, 0.4, tuple(value[:60] for value in prose[:3]))
    return best


def date_by_content(samples: Mapping[str, Sequence[str]], used: set[str]) -> Guess | None:
    """The first column whose every sample is a written date."""
    for column, values in samples.items():
        filled = [value for value in values if value]
        if column not in used and filled and all(len(v) > 7 and not v.isdigit() and looks_like_date(v) for v in filled):
            return Guess("published_ms", column, 0.4, tuple(filled[:3]))
    return None


def guess(samples: Mapping[str, Sequence[str]]) -> tuple[Guess, ...]:
    """The meaning of a table's columns. samples: some values of each column, as text."""
    taken = chosen(candidates(samples))
    used = {found.column for found in taken.values()}
    for name, fallback in (("text", by_content), ("published_ms", date_by_content)):
        found = None if name in taken or (name == "text" and "title" in taken) else fallback(samples, used)
        if found is not None:
            taken[name] = found
            used.add(found.column)
    return tuple(sorted(taken.values(), key=lambda one: FIELDS.index(one.field)))


def asked(options: Mapping[str, str]) -> dict[str, str]:
    """The columns that the user named: option ``map.text = Contenu`` is field text in column Contenu."""
    return {key.removeprefix("map."): column for key, column in options.items() if key.startswith("map.")}


def network_hint(columns: Sequence[str]) -> str:
    """A network that the names of the columns give away."""
    names = {plain(column) for column in columns}
    if any(name.startswith(("tweet", "retweet")) or name.endswith("tweet_id") for name in names):
        return "x"
    return "youtube" if {"video_id", "channel_id"} <= names else ""


def is_day_first(samples: Sequence[str], default: bool = True) -> bool:
    """Whether 03/04/2026 is 3 April in these samples: a number above 12 decides, else the default."""
    pairs = [(int(found[1]), int(found[2])) for s in samples if (found := re.match(r"(\d{1,2})[/.\-](\d{1,2})[/.\-]\d", s))]
    if any(first > 12 for first, _ in pairs):
        return True
    return False if any(second > 12 for _, second in pairs) else default


def mapped(samples: Mapping[str, Sequence[str]], options: Mapping[str, str]) -> Mapped:
    """The mapping of a table: what the user said, then the guess."""
    wanted = asked(options)
    free = {column: values for column, values in samples.items() if column not in wanted.values()}
    guesses = tuple(found for found in guess(free) if found.field not in wanted) if options.get("guess") != "no" else ()
    sure = tuple(Guess(name, column, 1.0, tuple(samples.get(column, ()))[:3]) for name, column in wanted.items())
    columns = {found.field: found.column for found in (*guesses, *sure)}
    dates = samples.get(columns.get("published_ms", ""), ())
    network = options.get("network") or network_hint(list(samples))
    return Mapped(columns, network, is_day_first(dates, options.get("delimiter") != ","), sure + guesses)
