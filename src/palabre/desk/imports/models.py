"""Files that somebody sent to be imported: how each is to be read, how far it is, what became of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from palabre.desk.workspaces.managers import ScopedManager
from palabre.desk.workspaces.models import Owned, User, fresh_id

ARRIVING, WAITING, QUEUED, RUNNING, DONE, FAILED, STOPPED = (
    "arriving", "waiting", "queued", "running", "done", "failed", "stopped",
)  # fmt: skip
BEGUN = (QUEUED, RUNNING)  # by the background
HELD = (ARRIVING, WAITING, *BEGUN)  # their file is on the disk


class Import(Owned):
    """name: of the file, as its sender called it; size and arrived: bytes; kind, options: how it is to be read, as
    `pipeline.import_files` takes them; header: digest of its columns, "" without; done: bytes read; posts: offered so
    far; tries: how often it was begun; said: the summary of `road.imports.Tally`, and whether it was
    resumed; faults: [name, key, values] of files inside that could not be read; error_key, error_params: why it failed.
    """

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    arrived = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, default=ARRIVING, db_index=True)
    kind = models.CharField(max_length=40, blank=True, default="")
    options = models.JSONField(default=dict)
    header = models.CharField(max_length=64, blank=True, default="")
    done = models.BigIntegerField(default=0)
    posts = models.BigIntegerField(default=0)
    tries = models.IntegerField(default=0)
    said = models.JSONField(default=dict)
    faults = models.JSONField(default=list)
    error_key = models.CharField(max_length=100, blank=True, default="")
    error_params = models.JSONField(default=dict)
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    made_ms = models.BigIntegerField()
    ended_ms = models.BigIntegerField(default=0)

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["-pk"]

    @property
    def held(self) -> bool:
        return self.state in HELD

    @property
    def under_way(self) -> bool:
        return self.state in BEGUN
