"""Four colleagues label one case at the same time; prints, as JSON, the labels it shows and those its events say."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor

from palabre.desk.config import start

COLLEAGUES, LABELS = 4, 10


def main() -> None:
    start.django()
    start.tables()
    start.workspaces()
    from django.db import connection

    from palabre.desk.inbox import access, folding
    from palabre.desk.inbox.models import Case
    from palabre.desk.workspaces.models import Workspace
    from palabre.desk.workspaces.people import local_owner
    from palabre.engage.cases import folded

    workspace = Workspace.objects.get()
    case = access.by_hand(workspace, "A broken lamp", local_owner())

    def label(colleague: int) -> None:
        for number in range(LABELS):
            access.happened(Case.objects.of(workspace).get(pk=case.pk), "labelled", label=f"{colleague}-{number}")
        connection.close()

    with ThreadPoolExecutor(COLLEAGUES) as pool:
        list(pool.map(label, range(COLLEAGUES)))
    kept = Case.objects.of(workspace).get(pk=case.pk)
    sys.stdout.write(json.dumps([sorted(kept.labels), sorted(folded(folding.tape(kept)).labels)]))


main()
