"""Every endpoint of the X API v2 that we use, with the fields we ask for."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

API = "https://api.x.com"
RECENT = f"{API}/2/tweets/search/recent"
COUNTS = f"{API}/2/tweets/counts/recent"
STREAM = f"{API}/2/tweets/search/stream"
RULES = f"{API}/2/tweets/search/stream/rules"
LOOKUP = f"{API}/2/tweets"
USER = f"{API}/2/users/by/username/"
POST = f"{API}/2/tweets"
ME = f"{API}/2/users/me"
PAGE_MIN, PAGE_MAX = 10, 100

FIELDS = {
    "tweet.fields": "attachments,author_id,conversation_id,created_at,edit_history_tweet_ids,entities,geo,"
    "in_reply_to_user_id,lang,note_tweet,possibly_sensitive,public_metrics,referenced_tweets,withheld",
    "expansions": "author_id,referenced_tweets.id,referenced_tweets.id.author_id,attachments.media_keys,geo.place_id",
    "user.fields": "id,name,username,public_metrics,verified,verified_type,protected",
    "media.fields": "media_key,type,url,preview_image_url,alt_text",
    "place.fields": "id,full_name,country_code,place_type,name",
}


def with_query(url: str, params: Mapping[str, str]) -> str:
    return url + "?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in params.items())


def user_posts(user_id: str) -> str:
    return f"{API}/2/users/{user_id}/tweets"


def mentions(user_id: str) -> str:
    return f"{API}/2/users/{user_id}/mentions"


def post_uri(ident: str) -> str:
    """Made of the id alone, so that API v1.1, v2 and the archive agree; works as an address."""
    return f"https://x.com/i/status/{ident}"


def user_uri(ident: str) -> str:
    return f"https://x.com/i/user/{ident}"


def post_page(username: str, ident: str) -> str:
    return f"https://x.com/{username}/status/{ident}" if username else post_uri(ident)
