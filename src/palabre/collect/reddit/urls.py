"""Every endpoint of Reddit that we use."""

from __future__ import annotations

from urllib.parse import quote

SITE = "https://www.reddit.com"
API = "https://oauth.reddit.com"
TOKEN = f"{SITE}/api/v1/access_token"
PAGE = 100


def subreddit_new(name: str) -> str:
    return f"{API}/r/{quote(name, safe='+')}/new"


def subreddit_comments(name: str) -> str:
    return f"{API}/r/{quote(name, safe='+')}/comments"


def user(name: str) -> str:
    return f"{API}/user/{quote(name, safe='')}/overview"


def search(subreddit: str = "") -> str:
    return f"{API}/r/{quote(subreddit, safe='+')}/search" if subreddit else f"{API}/search"


def forest(submission: str) -> str:
    """The comments of a submission."""
    return f"{API}/comments/{quote(submission, safe='')}"


def more() -> str:
    """What a "more" token of a forest stands for."""
    return f"{API}/api/morechildren"


def info() -> str:
    """?id=t3_…,t1_…: the present state of up to 100 things."""
    return f"{API}/api/info"


def me() -> str:
    return f"{API}/api/v1/me"


def comment() -> str:
    return f"{API}/api/comment"


def submit() -> str:
    return f"{API}/api/submit"


def edit() -> str:
    return f"{API}/api/editusertext"


def delete() -> str:
    return f"{API}/api/del"


def user_comments(name: str) -> str:
    return f"{API}/user/{quote(name, safe='')}/comments"


def user_submitted(name: str) -> str:
    return f"{API}/user/{quote(name, safe='')}/submitted"


def submission_uri(ident: str) -> str:
    """Works as an address too."""
    return f"{SITE}/comments/{ident}/"


def comment_uri(submission: str, ident: str) -> str:
    return f"{SITE}/comments/{submission}/_/{ident}/"


def profile(name: str) -> str:
    return f"{SITE}/user/{name}"


def feed(subreddit: str) -> str:
    """What can be heard without a key, by the feed connector."""
    return f"{SITE}/r/{subreddit}/new/.rss"
