"""Every endpoint of the YouTube Data API v3 that we use, and what one call costs in quota units."""

from __future__ import annotations

API = "https://www.googleapis.com/youtube/v3"
COST_LIST = 1
COST_SEARCH = 100
QUOTA_PER_DAY = 10_000
PAGE = 100  # comments; videos, playlists and searches give 50
PAGE_VIDEOS = 50

SIGN_IN = "https://oauth2.googleapis.com/token"
THREADS = f"{API}/commentThreads"
COMMENTS = f"{API}/comments"
VIDEOS = f"{API}/videos"
CHANNELS = f"{API}/channels"
PLAYLIST_ITEMS = f"{API}/playlistItems"
SEARCH = f"{API}/search"


def cost(url: str) -> int:
    """Quota units of one call."""
    return COST_SEARCH if url == SEARCH else COST_LIST


def video_uri(ident: str) -> str:
    """The id YouTube's own feeds give a video."""
    return f"yt:video:{ident}"


def comment_uri(ident: str) -> str:
    return f"yt:comment:{ident}"


def video_page(ident: str) -> str:
    return f"https://www.youtube.com/watch?v={ident}"


def comment_page(video: str, ident: str) -> str:
    """Empty where the answer does not say under which video the comment stands."""
    return f"{video_page(video)}&lc={ident}" if video else ""


def channel_page(ident: str) -> str:
    return f"https://www.youtube.com/channel/{ident}"
