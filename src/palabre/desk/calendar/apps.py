"""The editorial calendar: publications from the idea to what they brought."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class CalendarConfig(AppConfig):
    name = "palabre.desk.calendar"
    label = "calendar"
    doors = (Door(room="answer", title="calendar.title", route="calendar:index", needs="reader", rank=45),)
