"""URLs: two addresses of the same page become the same string.

Only what is known not to change the page goes: tracking parameters, the fragment, default ports, the case of scheme and
host, dot segments. ``http`` and ``https`` stay apart, and so do ``www.`` and the bare domain: some sites need one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, unquote, urljoin, urlsplit

PORTS = {"http": 80, "https": 443}
# Families of parameters, then single ones: campaigns, ad networks, newsletters, and the French press's Xiti and AT.
TRACKING_PREFIXES = (
    "utm_",
    "mtm_",
    "pk_",
    "piwik_",
    "hsa_",
    "at_",
    "fb_",
    "oly_",
    "ns_",
    "wt_",
    "guce_",
    "mkt_",
    "_hs",
    "trk",
)
TRACKING = set(
    """
    xtor xtref xts xtmc estat_svc cmpid cmpredirect ito smid smtyp smprod echobox fbclid gclid gclsrc dclid gbraid
    wbraid msclkid yclid twclid ttclid igshid igsh li_fat_id mc_cid mc_eid vero_id s_kwcid ef_id epik scid spref
    guccounter srsltid __twitter_impression _ga _gl ref_src ref_url __tn__ __cft__ sr_share origin_campaign ga_source
    ga_medium ga_campaign ga_term ga_content xtcr m_medium m_campaign nlid amp_js_v wt.mc_id feature_share
    """.split()  # noqa: SIM905
)
TRACKING_VALUES = {
    "ref": {"rss", "twitter", "facebook", "newsletter", "share", "fb", "tw", "nl"},
    "source": {"rss", "twitter", "facebook", "newsletter"},
    "from": {"rss", "twitter", "facebook", "newsletter"},
    "rss": {"", "1", "true"},
    "amp": {"", "1", "true"},
    "outputtype": {"amp"},
}
ONLY_ON = {"si": ("youtube.com", "youtu.be", "spotify.com"), "feature": ("youtube.com",), "s": ("x.com", "twitter.com")}
ONLY_ON |= {"t": ("x.com", "twitter.com"), "pp": ("youtube.com",)}
JUNK = " \t\r\n\f\v<>\"'`«»“”‘’\u00a0\u200b\u200e\u200f\u2060\ufeff"
PAIRS = {")": "(", "]": "[", "}": "{"}
KEPT_IN_PATH = "/:@!$&'()*+,;=~-._"
ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


def canonical(url: str) -> str:
    """The one form of a web URL; anything else comes back stripped. Idempotent; never raises."""
    found = one_form(url)
    while (again := one_form(found)) != found:  # what a dropped fragment leaves bare may be junk in its turn
        found = again
    return found


def one_form(url: str) -> str:
    bare = strip_junk(url)
    try:
        parts = urlsplit(f"https:{bare}" if bare.startswith("//") else bare)
        name, port = ascii_name(parts.hostname or ""), parts.port
    except ValueError:
        return bare
    scheme = parts.scheme.lower()
    if scheme not in PORTS or not name:
        return bare
    place = f"[{name}]" if ":" in name else name
    place += "" if port in (None, PORTS[scheme]) else f":{port}"
    query, path = kept_query(parts.query, name), normal_path(parts.path)
    fragment = f"#{parts.fragment}" if parts.fragment.startswith("!") else ""  # #! names another page
    return f"{scheme}://{place}{path}{'?' if query else ''}{query}{fragment}"


def absolute(base: str, link: str) -> str:
    """A link as found on the page ``base``, canonical; "" when it is not one of the web."""
    try:
        found = canonical(urljoin(base, strip_junk(link)))
    except ValueError:
        return ""
    return found if found.startswith(("http://", "https://")) else ""


def host(url: str) -> str:
    """The host in lower case, as ASCII (IDNA); "" when the URL has none."""
    try:
        return ascii_name(urlsplit(url.strip()).hostname or "")
    except ValueError:
        return ""


def site(url: str) -> str:
    """The host without ``www.``, ``m.`` or ``amp.``: what ``site:`` in a query is compared with."""
    return re.sub(r"^(www\d?|m|mobile|amp)\.(?=[^.]+\.)", "", host(url))


@lru_cache(maxsize=10_000)
def registrable(url_or_host: str) -> str:
    """The domain somebody registered (``lemonde.fr`` of ``https://www.lemonde.fr/…``); the host where there is none.

    From the Public Suffix List that the package ``tld`` brings; nothing is fetched.
    """
    name = host(url_or_host) if "://" in url_or_host else safe_name(url_or_host)
    if not name or ":" in name or name.replace(".", "").isdecimal():
        return name
    from tld import get_fld

    return str(get_fld(name, fix_protocol=True, fail_silently=True) or name)


def safe_name(text: str) -> str:
    try:
        return ascii_name(text.strip())
    except ValueError:
        return ""


def ascii_name(name: str) -> str:
    """A host name in lower case, IDNA (UTS 46), without a final dot. ValueError when it is none."""
    if not name.isascii():
        import idna

        name = idna.encode(name, uts46=True).decode("ascii")
    if re.search(r"[\x00-\x20\x7f/\\?#@<>%]", name):
        raise ValueError(name)
    return name.lower().removesuffix(".")


def strip_junk(url: str) -> str:
    """A URL as people paste it: without quotes, invisible signs, and the punctuation of the sentence around it."""
    bare = re.sub(r"[\t\r\n]", "", url.strip(JUNK))
    while bare:
        last = bare[-1]
        lone = last in PAIRS and bare.count(last) > bare.count(PAIRS[last])
        if last not in ".,;:!…" and last not in JUNK and not lone:
            break
        bare = bare[:-1]
    return bare


def normal_path(path: str) -> str:
    """Escapes in one form, non-ASCII escaped, dot segments resolved (RFC 3986 §6.2.2); "" is "/"."""
    plain = ESCAPE.sub(one_escape, quote(path, safe=KEPT_IN_PATH + "%"))
    return resolved(plain) if "/." in plain else plain or "/"


def one_escape(match: re.Match[str]) -> str:
    char = chr(int(match[1], 16))
    return char if UNRESERVED.fullmatch(char) else f"%{match[1].upper()}"


def resolved(path: str) -> str:
    kept: list[str] = []
    for part in path.split("/")[1:]:
        if part == "..":
            kept = kept[:-1]
        elif part != ".":
            kept.append(part)
    end = "/" if path.endswith(("/.", "/..")) else ""
    return "/" + "/".join(kept) + (end if kept else "")


def kept_query(query: str, name: str) -> str:
    """The query without what only tracks; order and the rest as they were, since a server may care."""
    kept = [part for part in query.split("&") if part and not tracks(part, name)]
    return ESCAPE.sub(one_escape, quote("&".join(kept), safe=KEPT_IN_PATH + "%?[]|&=+"))


def tracks(part: str, name: str) -> bool:
    """Whether one ``name=value`` of a query only says where the reader came from."""
    key, _, value = part.partition("=")
    key, value = unquote(key).lower(), unquote(value).lower()
    if key in ONLY_ON:
        return any(name == known or name.endswith(f".{known}") for known in ONLY_ON[key])
    return key in TRACKING or key.startswith(TRACKING_PREFIXES) or value in TRACKING_VALUES.get(key, ())
