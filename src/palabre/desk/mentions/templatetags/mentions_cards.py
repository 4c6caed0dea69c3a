"""Parts of a post's card. A page has twenty-five of them: as templates they took half of its time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from urllib.parse import quote

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from palabre.desk.design.templatetags.desk import when
from palabre.desk.design.words import speak
from palabre.desk.mentions.cards import Card
from palabre.desk.mentions.templatetags.mentions_words import network
from palabre.model import Account

register = template.Library()
COUNTS = ("likes", "replies", "reshares", "views")
BYLINE = '<p class="post-head">{} {} {} <span>{}</span> <span>{}</span> {}</p>'
AUTHOR = '<a class="author" href="{}?scope=all&amp;account={}"><bdi>{}</bdi></a>'
UNKNOWN_AUTHOR = '<b class="author"><bdi>{}</bdi></b>'
HANDLE = '<span class="handle"><bdi>@{}</bdi></span>'
VERIFIED = '<span class="verified" title="{0}"><span aria-hidden="true">✓</span><span class="off">{0}</span></span>'
WATCH = '<li><a class="chip" href="{}?watch={}">{}</a></li>'
TEACHING = (
    '<label class="pick"><input type="checkbox" name="post" value="{id}" form="many" data-pick><span>{pick}</span>'
    '</label> <a href="{base}/{id}" data-act="correct" hx-get="{base}/{id}" hx-target="#drawer-body"'
    ' hx-swap="innerHTML">{correct}</a> <button type="submit" class="as-link act-case" form="open-case" name="post_id"'
    ' value="{id}">{case}</button>'
)
TAUGHT = {"pick": "teach.pick", "correct": "teach.act", "case": "inbox.open_from_post"}
SHOWN = {"thread": "mentions.act.thread", "provenance": "mentions.act.provenance"}
ORIGINAL = '<a href="{}" rel="noopener nofollow ugc" target="_blank" data-act="open">{}</a>'
ACTS = (
    '<p class="acts">{teaching} {original} <a href="{here}/{id}/thread" data-act="thread">{thread}</a> '
    '<a href="{here}/{id}" data-act="provenance" hx-get="{here}/{id}" hx-target="#drawer-body" hx-swap="innerHTML">'
    "{provenance}</a></p>"
)


def cut(text: str, chars: int) -> str:
    return text if len(text) <= chars else Truncator(text).chars(chars)


def lang_in(context: Context) -> str:
    return str(context.get("lang") or "en")


@register.simple_tag(takes_context=True)
def byline(context: Context, card: Card) -> SafeString:
    """``{% byline card %}``: who wrote a post, where and when."""
    account, lang = card.post.account, lang_in(context)
    name = cut(card.author, 60)
    author = format_html(UNKNOWN_AUTHOR, name)
    if account and account.uri:
        author = format_html(AUTHOR, context.get("here", ""), quote(account.uri, safe=""), name)
    verified = format_html(VERIFIED, speak("mentions.post.verified", lang)) if account and account.verified else ""
    told = network(context, card.post.network), when(context, card.row.sort_ms)
    return format_html(BYLINE, author, verified, handle(account, card.author), *told, followers(account, lang))


def handle(account: Account | None, author: str) -> SafeString | str:
    """Where it is not the name already."""
    known = account is not None and account.handle and account.handle != author
    return format_html(HANDLE, cut(account.handle, 40)) if account and known else ""


def followers(account: Account | None, lang: str) -> SafeString | str:
    if account is None or account.followers is None:
        return ""
    return format_html('<span class="extra">{}</span>', speak("mentions.post.followers", lang, n=account.followers))


@register.simple_tag(takes_context=True)
def counts(context: Context, card: Card) -> SafeString:
    """``{% counts card %}``: whose mention a post is, what its platform counted, how often it was edited."""
    return format_html(
        '<ul class="tags">{}</ul>', format_html_join(" ", "{}", ((one,) for one in counted(context, card)))
    )


def counted(context: Context, card: Card) -> Iterator[SafeString]:
    lang, metrics = lang_in(context), card.post.metrics
    for watch in card.watches:
        yield format_html(WATCH, context.get("here", ""), watch.watch_id, cut(watch.name, 40))
    for name in COUNTS:
        if n := getattr(metrics, name):
            yield format_html("<li>{}</li>", speak(f"mentions.post.{name}", lang, n=n))
    if n := card.row.revisions:
        yield format_html('<li><span class="chip warn">{}</span></li>', speak("mentions.post.edited", lang, n=n))


@register.simple_tag(takes_context=True)
def acts(context: Context, card: Card) -> SafeString:
    """``{% acts card %}``: what can be done with a post."""
    lang, link = lang_in(context), card.original
    base = str(context.get("teach_base", "")) if context.get("may_teach") else ""
    original = format_html(ORIGINAL, link.url, speak("mentions.act.open", lang)) if link else ""
    return format_html(acts_of(lang, str(context.get("here", "")), base), id=card.row.post_id, original=original)


@lru_cache(maxsize=1_000)
def acts_of(lang: str, here: str, teach_base: str) -> SafeString:
    """The same with {id} and {original} still open. teach_base: "" for those who may not correct."""
    teaching = format_html(TEACHING, id="{id}", base=teach_base, **said(TAUGHT, lang)) if teach_base else ""
    return format_html(ACTS, id="{id}", original="{original}", here=here, teaching=teaching, **said(SHOWN, lang))


def said(keys: Mapping[str, str], lang: str) -> dict[str, str]:
    return {name: speak(key, lang) for name, key in keys.items()}
