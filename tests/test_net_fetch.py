"""What a connector can count on: answers whole or refused, validators, redirects, retries, counters."""

from __future__ import annotations

import gzip
import socket
import subprocess
import sys
import threading
from typing import Any

import pytest

from palabre.clock import FixedClock
from palabre.errors import BlockedError, FetchError, PalabreError, ThrottledError
from palabre.messages import say
from palabre.net import Net, Response, Validators
from palabre.net.addresses import parse_target
from palabre.net.redirects import follow
from palabre.net.response import Headers, decode
from palabre.net.transport import Answer, Call
from palabre.settings import Settings


def fails(call: Any) -> PalabreError:
    with pytest.raises(PalabreError) as caught:
        call()
    for lang in ("fr", "en"):  # every refusal has its sentence, with all its values
        sentence = say(caught.value.key, lang, **caught.value.params)
        assert sentence != caught.value.key
        assert "{" not in sentence
    return caught.value


def test_importing_the_package_loads_no_heavy_library() -> None:
    heavy = "django lxml pyarrow httpx httpcore websockets imap_tools ssl nh3"
    code = f"import sys, palabre.net; print([name for name in {heavy.split()} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_second_poll_of_an_unchanged_page_costs_a_304(web: Any, net: Net) -> None:
    page = gzip.compress(b"news " * 1000)
    web.routes["/feed"] = (
        200,
        {"ETag": '"v1"', "Last-Modified": "Sat, 21 Nov 2026 14:05:00 GMT", "Content-Encoding": "gzip"},
        page,
    )
    first = net.get(f"{web.url}/feed")
    assert (first.status, len(first.body), first.not_modified) == (200, 5000, False)
    kept = Validators.from_dict(first.validators.to_dict())
    web.routes["/feed"] = (304, {}, b"")
    assert net.get(f"{web.url}/feed", validators=kept).not_modified
    sent = web.asked[-1][2]
    assert (sent["if-none-match"], sent["if-modified-since"]) == ('"v1"', "Sat, 21 Nov 2026 14:05:00 GMT")
    counted = net.counters(web.netloc)
    assert (counted.requests, counted.not_modified, counted.bytes_received) == (3, 1, 5000)


def test_we_say_who_we_are_and_ask_for_one_coding(web: Any, clock: FixedClock) -> None:
    with Net(Settings(allowed_hosts_private=web.netloc, contact_url="https://us.example/bot"), clock) as net:
        net.get(web.url)
    sent = web.asked[-1][2]
    assert sent["user-agent"].startswith("Palabre/")
    assert sent["user-agent"].endswith("(+https://us.example/bot)")
    assert sent["accept-encoding"] == "gzip"


def test_parameters_json_and_forms_are_encoded(web: Any, net: Net) -> None:
    net.get(f"{web.url}/a?x=1#f", params={"q": "été & co", "n": None, "l": ["a", "b"], "t": True})
    assert web.paths() == ["/a?x=1&q=%C3%A9t%C3%A9+%26+co&l=a&l=b&t=true"]
    net.request("POST", f"{web.url}/b", json={"é": [1]})
    net.request("POST", f"{web.url}/b", form={"a": "b c"})
    assert web.bodies[-2:] == ['{"é": [1]}'.encode(), b"a=b+c"]
    assert [asked[2]["content-type"] for asked in web.asked[-2:]] == [
        "application/json",
        "application/x-www-form-urlencoded",
    ]


def test_404_is_news_and_check_makes_it_an_error(web: Any, net: Net) -> None:
    answer = net.get(f"{web.url}/gone")
    assert (answer.status, answer.ok) == (404, False)
    error = fails(answer.check)
    assert (error.key, error.permanent) == ("net.status_404", True)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_and_a_permanent_move_is_told(web: Any, net: Net, status: int) -> None:
    web.routes["/old"] = (status, {"Location": "/new"}, b"ignored")
    web.routes["/new"] = (200, {}, b"here")
    answer = net.get(f"{web.url}/old")
    assert (answer.body, answer.url, answer.requests) == (b"here", f"{web.url}/new", 2)
    assert answer.moved_to == (f"{web.url}/new" if status in (301, 308) else "")


def test_a_ring_of_redirects_ends(web: Any, net: Net) -> None:
    web.routes["/a"] = (302, {"Location": "/a"}, b"")
    assert fails(lambda: net.get(f"{web.url}/a")).key == "net.redirects"
    assert len(web.paths()) == 6


def call(url: str, method: str = "GET", content: bytes = b"", **headers: str) -> Call:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return Call(method, parse_target(url), {"user-agent": "x", "accept": "*/*", **fields}, content)


def moved(to: str, status: int = 302) -> Answer:
    return Answer(status, Headers({"location": to}))


def test_a_secret_never_leaves_its_origin() -> None:
    asked = call("https://a.example/x", authorization="Bearer s", cookie="c", x_api_key="k")
    assert dict(follow(asked, moved("/y")).headers) == dict(asked.headers)
    for other in ("https://b.example/", "https://a.example:8443/", "https://sub.a.example/"):
        assert set(follow(asked, moved(other)).headers) == {"user-agent", "accept"}


def test_a_call_with_a_secret_never_leaves_encryption() -> None:
    assert (
        fails(lambda: follow(call("https://a.example/", authorization="s"), moved("http://a.example/"))).key
        == "net.downgrade"
    )
    assert follow(call("https://a.example/"), moved("http://a.example/")).target.scheme == "http"


@pytest.mark.parametrize("status", [301, 302, 303])
def test_what_was_sent_is_answered_by_the_redirect_itself(web: Any, net: Net, status: int) -> None:
    web.routes["/send"] = (status, {"Location": "http://127.0.0.1:1/nobody-is-there"}, b"")
    answer = net.request("POST", f"{web.url}/send", json={"text": "once"})
    assert (answer.status, answer.requests, web.paths()) == (status, 1, ["/send"])


def test_a_body_never_goes_elsewhere() -> None:
    post = call("https://a.example/", "POST", b"body", content_type="text/plain")
    assert fails(lambda: follow(post, moved("https://b.example/", 307))).key == "net.body_elsewhere"
    assert follow(post, moved("/again", 308)).content == b"body"


@pytest.mark.parametrize("headers", [{"A\r\nB": "x"}, {"A": "x\r\nB: y"}, {"A": "x\ny"}, {"": "x"}, {"A b": "x"}])
def test_a_header_that_would_split_the_request_is_refused(web: Any, net: Net, headers: dict[str, str]) -> None:
    assert fails(lambda: net.get(web.url, headers=headers)).key == "net.bad_header"
    assert web.asked == []


BROKEN = [
    (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "net.broken_answer"),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", "net.broken_answer"),
    (b"garbage\r\n\r\n", "net.broken_answer"),
    (b"", "net.broken_answer"),
    (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"abc" * 100)[:-9], "net.truncated"),
    (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot gzip at all", "net.broken_gzip"),
    (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 300_000 + b"\r\n\r\n", "net.broken_answer"),
]


@pytest.mark.parametrize(("raw", "key"), BROKEN, ids=[key + str(n) for n, (_, key) in enumerate(BROKEN)])
def test_a_broken_answer_is_an_error_with_a_sentence(web: Any, net: Net, raw: bytes, key: str) -> None:
    web.routes["/x"] = raw
    error = fails(lambda: net.get(f"{web.url}/x"))
    assert error.key == key
    web.routes["/y"] = (200, {}, b"next")
    assert net.get(f"{web.url}/y").body == b"next"


def test_a_kept_connection_that_the_server_closes_is_made_anew(clock: FixedClock) -> None:
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    with socket.create_server(("127.0.0.1", 0)) as server:
        dialled: list[int] = []

        def serve() -> None:
            for answers in ([whole, b""], [whole, whole]):  # the first closes at its second request
                connection, _ = server.accept()
                dialled.append(len(answers))
                with connection:
                    for answer in answers:
                        connection.recv(65_536)
                        connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        netloc = f"127.0.0.1:{server.getsockname()[1]}"
        with Net(Settings(allowed_hosts_private=netloc), clock) as net:
            assert [net.get(f"http://{netloc}/", robots=False).body for _ in range(2)] == [b"ok"] * 2
            assert (net.counters().requests, net.counters().retries, len(dialled)) == (2, 0, 2)


def test_a_closed_port_is_an_error_with_a_sentence(web: Any, clock: FixedClock) -> None:
    web.server.server_close()
    with Net(Settings(allowed_hosts_private=web.netloc), clock) as net:
        assert fails(lambda: net.get(web.url)).key == "net.unreachable"


def test_a_server_that_says_nothing_is_given_up(web: Any, clock: FixedClock) -> None:
    import time

    web.routes["/slow"] = lambda: time.sleep(0.5) or (200, {}, b"")
    with Net(Settings(allowed_hosts_private=web.netloc, read_seconds=0.1), clock) as net:
        assert fails(lambda: net.request("POST", f"{web.url}/slow", content=b"x")).key == "net.timeout"
    assert len(web.paths()) == 1  # a POST is never sent twice


def test_temporary_failures_are_tried_again_and_a_post_is_not(web: Any, net: Net, clock: FixedClock) -> None:
    replies = iter([(503, {}, b""), (502, {}, b""), (200, {}, b"well")] + [(503, {}, b"")] * 9)
    web.routes["/x"] = lambda: next(replies)
    answer = net.get(f"{web.url}/x")
    assert (answer.body, answer.requests, len(clock.slept)) == (b"well", 3, 2)
    assert all(pause <= 2 for pause in clock.slept)
    error = fails(lambda: net.request("POST", f"{web.url}/x", json={}))
    assert (error.key, error.params["status"]) == ("net.status", 503)
    assert len(web.paths()) == 4


def test_nothing_is_asked_before_the_time_a_429_gave(web: Any, net: Net, clock: FixedClock) -> None:
    web.routes["/x"] = (429, {"Retry-After": "120", "Date": "Thu, 01 Jan 2026 00:00:00 GMT"}, b"")
    error = fails(lambda: net.get(f"{web.url}/x"))
    assert isinstance(error, ThrottledError)
    assert error.retry_after == 120
    web.routes["/x"] = (200, {}, b"well")
    clock.ms += 100_000
    assert isinstance(fails(lambda: net.get(f"{web.url}/x")), ThrottledError)
    assert len(web.paths()) == 1
    clock.ms += 19_000  # what is left is short: waited for, not refused
    assert net.get(f"{web.url}/x").body == b"well"


def test_a_storm_of_5xx_costs_ten_percent_of_retries_at_most_and_opens_the_breaker(
    web: Any, net: Net, clock: FixedClock
) -> None:
    web.routes["/x"] = (500, {}, b"")
    keys = []
    for _ in range(200):
        keys.append(fails(lambda: net.get(f"{web.url}/x", robots=False)).key)
        clock.ms += 1_000
    assert set(keys) == {"net.status", "net.breaker"}
    assert len(web.paths()) <= 12
    assert net.counters(web.netloc).retries <= 200 * 0.1 + 2


def test_the_breaker_lets_one_probe_through_and_closes_when_the_host_is_well(
    web: Any, net: Net, clock: FixedClock
) -> None:
    web.routes["/x"] = (500, {}, b"")
    for _ in range(5):
        fails(lambda: net.get(f"{web.url}/x", robots=False))
    spent = len(web.paths())
    assert fails(lambda: net.get(f"{web.url}/x", robots=False)).key == "net.breaker"
    clock.ms += 61_000
    assert fails(lambda: net.get(f"{web.url}/x", robots=False)).key == "net.status"
    assert len(web.paths()) == spent + 1
    assert fails(lambda: net.get(f"{web.url}/x", robots=False)).key == "net.breaker"
    clock.ms += 241_000
    web.routes["/x"] = (200, {}, b"well")
    assert net.get(f"{web.url}/x", robots=False).ok
    assert net.get(f"{web.url}/x", robots=False).ok


def test_a_dead_host_costs_at_most_twelve_calls_a_day_once_known(web: Any, net: Net, clock: FixedClock) -> None:
    web.routes["/x"] = (500, {}, b"")
    start = clock.ms
    second_day = 0
    while clock.ms < start + 2 * 86_400_000:
        before = len(web.asked)
        with pytest.raises(FetchError):
            net.get(f"{web.url}/x", robots=False)
        second_day += (len(web.asked) - before) * (clock.ms > start + 86_400_000)
        clock.ms += 600_000
    assert 4 <= second_day <= 12


def test_calls_to_one_host_keep_their_distance(web: Any, clock: FixedClock) -> None:
    settings = Settings(host_interval_seconds=2.0)
    from palabre.net.hosts import Hosts

    hosts = Hosts(clock, settings.host_interval_seconds)
    for _ in range(3):
        with hosts.turn(hosts.of("a.example")):
            pass
    with hosts.turn(hosts.of("b.example")):
        pass
    assert clock.slept == [2.0, 2.0]


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("été".encode(), "text/html", "été"),
        ("été".encode("latin-1"), "text/html", "été"),
        ("été".encode("latin-1"), "text/html; charset=iso-8859-1", "été"),
        ("l’été".encode("cp1252"), "text/html; charset=iso-8859-1", "l’été"),
        ("été".encode(), "text/html; charset=iso-8859-1", "été"),
        ("été".encode("utf-16"), "text/html", "été"),
        (b"\xef\xbb\xbf\xc3\xa9", "", "é"),
        ("привет".encode("koi8-r"), "text/plain; charset=koi8-r", "привет"),
        ('<meta charset="shift_jis">日本'.encode("shift_jis"), "text/html", '<meta charset="shift_jis">日本'),
        ('<?xml encoding="iso-8859-15"?>€'.encode("iso-8859-15"), "", '<?xml encoding="iso-8859-15"?>€'),
        (b"\xff\xfe\xfa", "text/html; charset=nonsense", None),
        (b"abc", "text/html; charset=idna", "abc"),
        (b"abc", "text/html; charset=zlib", "abc"),
        (b"\x81\x8d", "text/html; charset=utf-8", "��"),
        (b"", "", ""),
    ],
)  # fmt: skip
def test_text_is_read_in_the_charset_it_is_in(body: bytes, content_type: str, text: str | None) -> None:
    found = decode(body, content_type)
    assert text is None or found == text


def test_json_that_is_not_is_an_error() -> None:
    for body in (b"<html>", b"", b"[" * 100_000, b"\xff"):
        assert fails(Response(200, "https://a.example/x?token=s", Headers(), body).json).params == {"host": "a.example"}


def test_no_message_shows_the_query_of_a_url(web: Any, net: Net) -> None:
    web.routes["/x"] = (500, {}, b"")
    for url in (
        f"{web.url}/x?token=canary",
        "http://10.0.0.1/?token=canary",
        "http://user:canary@10.0.0.1/",
        "ftp://h/?canary",
    ):
        error = fails(lambda url=url: net.get(url, robots=False))
        assert "canary" not in str(error) + repr(error.params)


def test_headers_are_found_in_any_case_and_doubles_are_joined() -> None:
    headers = Headers([("Link", "<a>"), ("LINK", "<b>")])
    assert headers["link"] == headers["Link"] == headers.get("LINK") == "<a>, <b>"
    assert "lInK" in headers
    assert headers.get("x") is None


def test_quota_left_is_read_where_it_is_said() -> None:
    for value, left in (("12", 12), ("3.0", 3), ("-1", 0), ("x", None)):
        assert Response(200, "", Headers({"X-RateLimit-Remaining": value})).quota_left == left


def test_a_blocked_call_is_not_tried_again(web: Any, net: Net) -> None:
    web.routes["/x"] = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"
    with pytest.raises(BlockedError):
        net.get(f"{web.url}/x", cap_bytes=10)
    assert len(web.paths()) == 1
