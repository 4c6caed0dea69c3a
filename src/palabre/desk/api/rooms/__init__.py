"""Operations by room: what its pages read, and what they do. Each file registers its own when it is imported."""

from __future__ import annotations

from palabre.desk.api.rooms import (  # noqa: F401  # they register their operations
    addressbook,
    ambassadors,
    calendar,
    cases,
    hooks,
    house,
    imports,
    known,
    objectives,
    outreach,
    panel,
    persons,
    promises,
    proof,
    replies,
    reports,
    rules,
    service,
    sources,
    teams,
    today,
    trust,
    understand,
    views,
)
