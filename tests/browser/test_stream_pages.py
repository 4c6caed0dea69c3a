"""The stream in a real browser: scrolling, keys, the side panel, and accessibility of every state of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.browser.test_desk_pages import Desk, desk, expect, no_faults, served, violations  # noqa: F401  # fixtures

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
LOOKS = [("fr", "light", 1440), ("en", "dark", 360), ("fr", "dark", 360), ("en", "light", 1440)]
STREAM = "/w/default/stream"


def opened(desk: Desk, look: tuple[str, str, int], path: str = STREAM) -> Any:  # noqa: F811
    page = desk.page(*look)
    desk.open(page, path)
    return page


def fits(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_axe_finds_nothing_on_stream_thread_and_provenance(desk: Desk, look: tuple[str, str, int]) -> None:  # noqa: F811
    page = opened(desk, look)
    page.locator("#volume img").wait_for()
    assert violations(page) == []
    assert fits(page)
    for act in ("thread", "provenance"):
        desk.open(page, page.locator(f"[data-act={act}]").first.get_attribute("href") if act == "thread" else STREAM)
        if act == "provenance":
            page.locator("[data-act=provenance]").first.click()
            page.locator("#drawer[open] #drawer-title").wait_for()
        assert violations(page) == []
        assert fits(page)
    desk.open(page, page.locator("[data-act=provenance]").first.get_attribute("href"))
    assert violations(page) == []
    assert fits(page)
    page.context.close()


def test_older_posts_come_while_one_scrolls_each_once(desk: Desk) -> None:  # noqa: F811
    page = opened(desk, ("en", "light", 1440), f"{STREAM}?scope=all")
    first = page.locator("[data-post]").count()
    page.locator("[data-more]").scroll_into_view_if_needed()
    page.locator("[data-post]").nth(first).wait_for()
    ids = page.eval_on_selector_all("[data-post]", "all => all.map(one => Number(one.id.slice(5)))")
    assert ids == sorted(set(ids), reverse=True)
    page.context.close()


def test_the_stream_is_read_with_the_keyboard_alone(desk: Desk) -> None:  # noqa: F811
    page = opened(desk, ("en", "light", 1440))
    posts = page.eval_on_selector_all("[data-post]", "all => all.map(one => one.id)")
    for key, expected in (("j", 0), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        expect(page.locator(f"#{posts[expected]}")).to_be_focused()
    page.keyboard.press("p")
    page.locator("#drawer[open] #drawer-title").wait_for()
    page.locator("#drawer-title:focus").wait_for()
    page.keyboard.press("Escape")
    page.locator("[data-act=provenance]:focus").wait_for()
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("jk?(batterie")
    assert page.locator("#q").input_value() == "jk?(batterie"
    page.locator("#fault .remark").wait_for()
    page.locator("#q").blur()
    page.keyboard.press("f")
    expect(page.locator("#filters:focus-within")).to_have_count(1)
    page.keyboard.press("s")
    page.keyboard.type("Monday")
    page.keyboard.press("Enter")
    page.get_by_text("“Monday” is saved").wait_for()
    page.locator(".views a", has_text="Monday").first.wait_for()
    page.keyboard.press("j")
    page.keyboard.press("t")
    page.wait_for_url(re.compile(r"/thread$"))
    page.context.close()


def follow(page: Any, link: Any) -> str:
    """Clicks a link, waits for the whole page behind it, and returns its address."""
    with page.expect_navigation():
        link.click()
    return page.url


def test_everything_works_without_scripts(desk: Desk) -> None:  # noqa: F811
    context = desk.browser.new_context(java_script_enabled=False, storage_state=desk.state, locale="en")
    page = context.new_page()
    page.goto(desk.address + STREAM)
    older = follow(page, page.locator("[data-older]"))
    assert "before=" in older
    assert page.locator("[data-post]").count() > 0
    page.goto(f"{desk.address}{STREAM}?all=1")
    assert "=" in follow(page, page.locator(".facet a").first)
    follow(page, page.locator("[data-act=provenance]").first)
    assert page.locator("h1").inner_text() == "Why this post is here"
    context.close()


def test_the_page_is_light_and_stays_at_home(desk: Desk) -> None:  # noqa: F811
    page = desk.page("fr")
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length") or len(answer.body()))))
    desk.open(page, f"{STREAM}?scope=all")
    assert sum(sizes) < 250_000
    page.context.close()
