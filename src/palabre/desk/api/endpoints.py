"""The API, put together: its operations are in `listening`, `answering`, `registers`, and by room in `rooms/`."""

from __future__ import annotations

from ninja import NinjaAPI

from palabre.desk.api import answering, listening, registers, rooms  # noqa: F401  # they register their operations
from palabre.desk.api.operations import router
from palabre.desk.api.refusals import install
from palabre.messages import say

api = NinjaAPI(
    title="Palabre", version="1", urls_namespace="v1", docs_url=None, openapi_url=None,
    description=say("api.about", "en"),
)  # fmt: skip
api.add_router("", router)
install(api)
