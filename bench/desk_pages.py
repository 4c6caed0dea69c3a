"""Server time and weight of the stream's pages, asked one after the other of a desk that holds the sample.

    PALABRE_HOME=$(mktemp -d) sh -c 'palabre sample --load && python -m bench.desk_pages'

Each page is asked 50 times by Django's test client, in this process: routing, session, SQL and template are counted,
the network is not. "cold" is the first request of a summary, before anything is kept. CPU: processor time of this
process a request, which does not depend on what else the machine does.
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import Any

REQUESTS = 50
BUDGET_MS = 100.0


def browser() -> Any:
    """A signed-in test client, and a desk that is ready."""
    from palabre.desk.config import start

    start.django()
    start.tables()
    start.workspaces()
    from django.conf import settings
    from django.test import Client

    from palabre.desk.workspaces.models import Membership, User, Workspace

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    user = User.objects.filter(email="bench@desk.example").first() or User.objects.create_user("bench@desk.example")
    place = Workspace.objects.get(slug="default")
    if not Membership.objects.of(place).filter(user=user).exists():
        Membership.objects.add(place, user=user, role="owner", since_ms=1)
    made = Client(headers={"accept-language": "fr"})
    made.force_login(user)
    return made


def pages() -> dict[str, str]:
    """Name -> address."""
    from palabre.desk.engine import archive

    newest = archive().search(1, limit=400)
    talked = next((row.post_id for row in newest if row.post.parent), newest[0].post_id)
    base = "/w/default/stream"
    return {
        "stream": base,
        "stream, everything": f"{base}?scope=all",
        "stream, one word": f"{base}?q=batterie",
        "stream, NEAR": f"{base}?q=batterie+NEAR/5+pluie",
        "stream, filters": f"{base}?network=mastodon&lang=fr&days=30",
        "stream, page 2": f"{base}?before={newest[-1].post_id}",
        "more": f"{base}/more?before={newest[-1].post_id}",
        "summary, kept": f"{base}/summary",
        "fresh": f"{base}/fresh?after=1",
        "check": f"{base}/check?q=batterie+OR",
        "provenance": f"{base}/{talked}",
        "thread": f"{base}/{talked}/thread",
    }


def measured(client: Any, url: str) -> tuple[list[float], list[float], int]:
    """Milliseconds of each request, on the wall and of the processor, sorted; and the bytes of the last body."""
    times, cpu = [], []
    size = 0
    for _ in range(REQUESTS):
        start, spent = time.perf_counter(), time.process_time()
        answer = client.get(url)
        times.append((time.perf_counter() - start) * 1000)
        cpu.append((time.process_time() - spent) * 1000)
        assert answer.status_code in {200, 400}, (url, answer.status_code)
        size = len(answer.content)
    return sorted(times), sorted(cpu), size


def first_summaries(client: Any) -> dict[str, float]:
    """Milliseconds of summaries that nobody asked for before."""
    base = "/w/default/stream/summary"
    asked = {"mentions": base, "everything": f"{base}?scope=all", "one word": f"{base}?q=batterie"}
    found = {}
    for name, url in asked.items():
        start = time.perf_counter()
        client.get(url)
        found[name] = (time.perf_counter() - start) * 1000
    return found


def main() -> int:
    client = browser()
    client.get("/w/default/stream/check")  # templates and connections
    for name, ms in first_summaries(client).items():
        print(f"summary, cold, {name:14} {ms:8.1f} ms")
    worst = 0.0
    at = int(0.95 * (REQUESTS - 1))
    print(f"{'page':22} {'median':>8} {'p95':>8} {'CPU p95':>8} {'bytes':>9}")
    for name, url in pages().items():
        times, cpu, size = measured(client, url)
        worst = max(worst, times[at])
        print(f"{name:22} {statistics.median(times):8.1f} {times[at]:8.1f} {cpu[at]:8.1f} {size:9,}")
    print(f"worst p95: {worst:.1f} ms (budget {BUDGET_MS:.0f})")
    return 0 if worst <= BUDGET_MS else 1


if __name__ == "__main__":
    sys.exit(main())
