"""The room of persons."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class PeopleConfig(AppConfig):
    name = "palabre.desk.people"
    label = "people"
    doors = (
        Door(room="people", title="people.title", route="people:index", rank=10),
        Door(room="people", title="people.same.door", route="people:suggestions", needs="agent", rank=20),
        Door(room="people", title="people.lists.title", route="people:lists", rank=30),
    )
