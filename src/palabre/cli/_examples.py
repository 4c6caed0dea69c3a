"""Examples of the commands that need more than their name and give none; for `--help` and the reference."""

from __future__ import annotations

import click

from palabre.messages import say

EXAMPLES: dict[str, tuple[str, ...]] = {
    "advise": ("palabre advise replies.ndjson", "palabre advise --lang fr --json - < replies.ndjson"),
    "ask": ("palabre ask overview --since 2026-01-01", "palabre ask voice --watch Acme --watch Rival --json"),
    "audit draw": ("palabre audit draw tone --n 40 > sample.ndjson",),
    "audit label": ("palabre audit label 1 labels.ndjson --who Ada",),
    "audit show": ("palabre audit show 1", "palabre audit show 1 --json"),
    "backup": ("palabre backup /srv/backups",),
    "cases": ("palabre cases", "palabre cases --queue unassigned --json", "palabre cases --events | palabre sla"),
    "erase": ("palabre erase @someone@example.social --network mastodon", "palabre erase https://example.org/@someone"),
    "evaluate": ("palabre evaluate", "palabre evaluate --data public-data --json"),
    "experiment": (
        "palabre experiment volume.csv --changed 2026-03-01",
        "palabre experiment - --changed 2026-03-01 --scale difference --json < tone.csv",
    ),
    "manage": ("palabre manage link", "palabre manage check --deploy"),
    "match": (
        "palabre match --watches watches.ndjson posts.ndjson",
        "zcat posts.ndjson.gz | palabre match --watches watches.ndjson - --json",
    ),
    "mcp": ("PALABRE_TOKEN=… palabre mcp", "palabre mcp --workspace shop --lang fr"),
    "persons": ("palabre persons import book.vcf --dry-run", "palabre persons export --reason 'move to the new CRM'"),
    "persons export": (
        "palabre persons export --format csv -o press.csv --segment Press --reason 'invitations to the fair'",
    ),
    "persons import": (
        "palabre persons import book.vcf --dry-run",
        "palabre persons import book.vcf cards.csv --purpose answer --basis consent --json",
    ),
    "persons push": ("palabre persons push --dry-run",),
    "report": ("palabre report", "palabre report 'Monthly report' --format pdf -o march.pdf --lang fr"),
    "outbox list": ("palabre outbox list", "palabre outbox list --all --json"),
    "outbox settle": (
        "palabre outbox settle 0123456789abcdef0123456789abcdef there --url https://social.example/@us/1",
    ),
    "promises": (
        "palabre promises replies.ndjson",
        "palabre promises --tz Europe/Paris --holidays be - < replies.ndjson",
    ),
    "quarantine drop": ("palabre quarantine drop 12 13",),
    "quarantine list": ("palabre quarantine list", "palabre quarantine list --state all --json"),
    "quarantine replay": ("palabre quarantine replay", "palabre quarantine replay 12 13"),
    "quarantine show": ("palabre quarantine show 12",),
    "read": (
        "palabre read posts.ndjson",
        "zcat posts.ndjson.gz | palabre read --only tone,intent --explain -",
    ),
    "reference": ("palabre reference docs",),
    "restore": ("palabre restore /srv/backups/palabre-20261121T060000.000000Z", "palabre restore --forget"),
    "sla": (
        "palabre sla events.ndjson",
        'palabre sla events.ndjson --hours "mon-fri 09:00-18:00" --tz Europe/Paris --holidays fr --json',
    ),
    "sources add": (
        "palabre sources add feed url=https://example.org/feed.xml --check",
        "palabre sources add mastodon server=https://mastodon.social timeline=hashtag value=velo",
        "palabre sources add mail host=imap.example.org user=listen@example.org password=@/run/secrets/mail",
    ),
    "sources check": ("palabre sources check 3",),
    "sources export-opml": ("palabre sources export-opml > feeds.opml",),
    "sources health": ("palabre sources health", "palabre sources health --json"),
    "sources import-opml": ("palabre sources import-opml feeds.opml",),
    "sources pause": ("palabre sources pause 3",),
    "sources remove": ("palabre sources remove 3 --yes",),
    "sources resume": ("palabre sources resume 3",),
    "sources show": ("palabre sources show 3",),
    "spikes": ("palabre spikes volume.csv", "palabre spikes volume.csv --threshold 2"),
    "stories": ("palabre stories posts.ndjson", "zcat posts.ndjson.gz | palabre stories --window 300"),
    "suppress": (
        "palabre suppress @someone@example.social --network mastodon",
        "palabre suppress @someone@example.social --network mastodon --lift",
    ),
    "today": ("palabre today", "palabre today --minutes 10 --lang fr", "palabre today --json"),
    "train": (
        "palabre train --data public-data --only tone,emotion",
        "palabre train --labels labels.ndjson --name my_topic",
    ),
    "up": ("palabre up", "palabre up --no-browser --port 8421", "palabre up --sample"),
    "watch": ("palabre watch lint 'velo or bike'",),
    "watch change": ("palabre watch change Cyclovent 'cyclovent OR #cyclovent' --why 'the hashtag too'",),
    "watch convert": ("palabre watch convert --from brandwatch 'bike NEAR/5 broken'",),
    "watch lint": ("palabre watch lint 'velo or bike'", "palabre watch lint --json - < query.txt"),
    "watch preview": ("palabre watch preview 'cyclovent AND (noise OR whistl*)'",),
    "watch restore": ("palabre watch restore Cyclovent 1",),
    "watch retire": ("palabre watch retire Cyclovent",),
    "watch test": ("palabre watch test", "palabre watch test Cyclovent"),
    "watch versions": ("palabre watch versions Cyclovent",),
}


def plain_call(command: click.Command, name: str) -> tuple[str, ...]:
    """The call without anything else, where that is a call; else the way to learn more."""
    needs = isinstance(command, click.Group) or any(one.required for one in command.params)
    return (f"palabre {name} --help" if needs else f"palabre {name}",)


def with_examples(command: click.Command, name: str) -> click.Command:
    """The command, and those inside it, with examples at the end of their help."""
    lines = EXAMPLES.get(name) or plain_call(command, name)
    if not command.epilog:
        command.epilog = say("verbs.examples", None, n=len(lines), lines=" · ".join(lines))
    if isinstance(command, click.Group):
        for inner in command.commands:
            with_examples(command.commands[inner], f"{name} {inner}")
    return command
