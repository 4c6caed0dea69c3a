"""Understand: one door a question that says it wants one."""

from __future__ import annotations

from django.apps import AppConfig

from palabre.desk.design.rooms import Door


class InsightConfig(AppConfig):
    name = "palabre.desk.insight"
    label = "insight"

    @property
    def doors(self) -> tuple[Door, ...]:
        from palabre.desk.insight.pages import pages

        return tuple(
            Door(page.room, page.title, f"insight:{page.name}", page.needs, page.rank) for page in pages() if page.rank
        )
