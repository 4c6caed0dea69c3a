"""Persons, what is known of them with its source and its purpose, what they agreed to, and how persons were joined."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from palabre.desk.workspaces.managers import ScopedManager
from palabre.desk.workspaces.models import Owned, User, fresh_id

PROOFS = ("verified", "reviewed", "alone")  # proved by the person, confirmed by a member, the account it began with
KINDS = ("human", "organisation")
RELATIONS = ("customer", "partner", "employee", "press", "authority", "public")
CORE = ("name", "kind", "relation", "lang", "addressed")  # what a person has one of
PURPOSES = ("answer", "follow_up", "thank", "invite", "news", "contract", "legal")
BASES = ("consent", "contract", "legitimate_interest", "legal_obligation", "public_task")
AGREED = ("given", "refused", "withdrawn")


class Person(Owned):
    """kind: of KINDS; relation: of RELATIONS or "" (not known);
    addressed: how they wish to be spoken to ("tu", "vous", a name …), in their own words; lang: fr, en or "";
    merged_into: not None when this one was merged; the row stays, so that an unmerge gives back exactly what was.
    own: values of CORE that a merge covers, as they were; search: folded words to be found by; seen_ms: their last
    post; notoriety, legitimacy, role: as last reckoned, None and "" where not known; grounds: [input, value] of what
    weighs most in the legitimacy; reckoned_ms: when."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    name = models.CharField(max_length=200, blank=True, default="")
    kind = models.CharField(max_length=12, default="human")
    relation = models.CharField(max_length=12, blank=True, default="")
    lang = models.CharField(max_length=2, blank=True, default="")
    addressed = models.CharField(max_length=80, blank=True, default="")
    merged_into = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="merged")
    made_ms = models.BigIntegerField()
    changed_ms = models.BigIntegerField()
    own = models.JSONField(default=dict)
    search = models.TextField(blank=True, default="")
    seen_ms = models.BigIntegerField(default=0)
    notoriety = models.FloatField(null=True)
    legitimacy = models.FloatField(null=True)
    grounds = models.JSONField(default=list)
    role = models.CharField(max_length=12, blank=True, default="")
    reckoned_ms = models.BigIntegerField(default=0)

    objects = ScopedManager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["workspace", "changed_ms"], name="person_by_change"),
            models.Index(fields=["workspace", "seen_ms"], name="person_by_seen"),
        ]

    def __str__(self) -> str:
        return self.name


class Handle(Owned):
    """An account or an address of a person. network and uri: as in the archive's accounts; for e-mail "mail" and
    ``mailto:…``; handle, name, url: as last heard. proof: of PROOFS; proof_how: rel_me, code or ""; proof_ms: when."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="handles")
    network = models.CharField(max_length=40)
    uri = models.CharField(max_length=500)
    handle = models.CharField(max_length=300, blank=True, default="")
    name = models.CharField(max_length=300, blank=True, default="")
    url = models.CharField(max_length=1000, blank=True, default="")
    proof = models.CharField(max_length=10, default="alone")
    proof_how = models.CharField(max_length=10, blank=True, default="")
    proof_ms = models.BigIntegerField(default=0)
    linked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    linked_ms = models.BigIntegerField()

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["linked_ms", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "network", "uri"], name="one_person_a_handle")
        ]


class Challenge(Owned):
    """Somebody says that an account is theirs; they show it by posting ``code`` from it. person: whose it then is."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="challenges")
    network = models.CharField(max_length=40)
    uri = models.CharField(max_length=500)
    code = models.CharField(max_length=20)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    made_ms = models.BigIntegerField()
    met_ms = models.BigIntegerField(default=0)

    objects = ScopedManager()
    pending = models.Manager()  # every workspace's: for the beat alone


class Fact(Owned):
    """One thing known of a person. name: of CORE, or a word ("email", "city", "tag" …); source: where it is from;
    purpose: of PURPOSES; basis: of BASES; since_ms; until_ms: forgotten then, 0 for as long as the person is kept."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="facts")
    name = models.CharField(max_length=40)
    value = models.CharField(max_length=500)
    source = models.CharField(max_length=200)
    purpose = models.CharField(max_length=20)
    basis = models.CharField(max_length=20)
    since_ms = models.BigIntegerField()
    until_ms = models.BigIntegerField(default=0)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)

    objects = ScopedManager()
    due = models.Manager()  # every workspace's: for the beat that forgets

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        indexes: ClassVar = [models.Index(fields=["workspace", "name", "value"], name="fact_by_value")]


class Consent(Owned):
    """What a person agreed to, or not: the newest of a purpose counts. state: of AGREED; words: how it was said."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20)
    state = models.CharField(max_length=10)
    words = models.CharField(max_length=300)
    at_ms = models.BigIntegerField()
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["-at_ms", "-pk"]


class Note(Owned):
    """What a member wrote about a person, for the house alone."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField()
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    at_ms = models.BigIntegerField()

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["-at_ms", "-pk"]


class Suggestion(Owned):
    """Two accounts that are perhaps one person's, ``left`` before ``right`` in order. reasons: [name, points, value];
    state: open, accepted or refused; a refused one never comes again."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    left_network = models.CharField(max_length=40)
    left_uri = models.CharField(max_length=500)
    left_name = models.CharField(max_length=300, blank=True, default="")
    right_network = models.CharField(max_length=40)
    right_uri = models.CharField(max_length=500)
    right_name = models.CharField(max_length=300, blank=True, default="")
    score = models.FloatField()
    bar = models.FloatField()
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=8, default="open")
    made_ms = models.BigIntegerField()
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    decided_ms = models.BigIntegerField(default=0)

    objects = ScopedManager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "state", "-score", "-id"], name="suggestion_by_score")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "left_network", "left_uri", "right_network", "right_uri"],
                name="one_suggestion_a_pair",
            )
        ]


class Merge(Owned):
    """``gone`` became part of ``kept``. taken: names of CORE whose value is that of ``gone``; undone_ms: 0 while it
    holds; why: confirmed by hand, a suggestion, or a proof."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    kept = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="took_in")
    gone = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="went_into")
    taken = models.JSONField(default=list)
    why = models.CharField(max_length=40, blank=True, default="")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    at_ms = models.BigIntegerField()
    undone_ms = models.BigIntegerField(default=0)

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["pk"]


class Home(Owned):
    """The journal of merges: the person that a row belonged to before it was moved to the one who took them in.
    model: "app.model"; row: its primary key."""

    model = models.CharField(max_length=80)
    row = models.BigIntegerField()
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    objects = ScopedManager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "model", "row"], name="one_home_a_row")]


class PersonList(Owned):
    """conditions: None: made by hand, its members are in ``ListMember``; else a segment: who fulfils them is in it."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    name = models.CharField(max_length=120)
    conditions = models.JSONField(null=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    made_ms = models.BigIntegerField()

    objects = ScopedManager()

    class Meta:
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class ListMember(Owned):
    list = models.ForeignKey(PersonList, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="lists")
    at_ms = models.BigIntegerField()

    objects = ScopedManager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["list", "person"], name="once_in_a_list")]


class Intake(Owned):
    """A file of persons that was read and waits for a yes. rows: as read, with what would become of each; it goes when
    it is taken in or left, or after a day."""

    uid = models.CharField(max_length=32, unique=True, default=fresh_id, editable=False)
    name = models.CharField(max_length=200)
    rows = models.JSONField(default=list)
    faults = models.JSONField(default=list)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    made_ms = models.BigIntegerField()

    objects = ScopedManager()
    waiting = models.Manager()  # every workspace's: for the beat that forgets
