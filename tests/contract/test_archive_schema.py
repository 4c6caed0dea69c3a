"""Migrations: the tables are what the code says, from every released schema, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
import zstandard
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from tests.contract.deliveries import delivery, note, texts

from palabre.archive import Archive, open_archive
from palabre.archive.migrate import known_versions, migrate
from palabre.archive.tables import account_name, metadata
from palabre.clock import FixedClock
from palabre.errors import ArchiveError
from palabre.settings import Settings, load

ENDING = ".sqlite3.zst"
SCHEMAS = Path(__file__).parent / "schemas"
RELEASED = sorted(path.name.removesuffix(ENDING) for path in SCHEMAS.glob(f"*{ENDING}"))
BESIDE = {"alembic_version", "post_fts", "post_token"}  # the index is not in `tables`


def test_migrations_build_the_tables_of_the_code(archive: Archive) -> None:
    def ours(_object: object, name: str | None, kind: str, _reflected: bool, _compared: object) -> bool:
        return not (kind == "table" and name is not None and (name in BESIDE or name.startswith("post_fts")))

    with archive.ledger.read() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours})
        assert compare_metadata(context, metadata) == []


def test_every_version_but_the_newest_has_its_dump() -> None:
    assert set(RELEASED) >= set(known_versions()[:-1])


@pytest.mark.parametrize("version", RELEASED)
def test_an_archive_of_a_released_version_opens_with_all_it_holds(
    version: str, tmp_path: Path, clock: FixedClock
) -> None:
    """The databases were made by tests/contract/schemas/make.py with the code of that version."""
    stored = (SCHEMAS / f"{version}{ENDING}").read_bytes()
    (tmp_path / "palabre.sqlite3").write_bytes(zstandard.decompress(stored))
    (tmp_path / "secret.key").write_text((SCHEMAS / f"{version}.key").read_text("utf-8"))
    with open_archive(load(tmp_path, {}), clock) as archive:
        assert texts(archive, "released") == ["released post"]
        assert archive.mentions(1, archive.watches.all(1)[0].watch_id)[0].post.text == "released post"
        with archive.ledger.read() as connection:
            names = {row.name for row in connection.execute(account_name.select())}
        assert names == {"ada", "https://example.org/u/ada"}
        assert archive.sources.secrets(archive.sources.all(1)[0].source_id) == {"token": "s3cret"}
        assert archive.write(delivery([note(500, "new post")])).stored == 1


def test_migrating_twice_does_nothing(archive: Archive) -> None:
    assert migrate(archive.ledger) is False


def test_a_ledger_of_a_newer_palabre_is_refused_and_left_alone(settings: Settings, clock: FixedClock) -> None:
    with open_archive(settings, clock) as archive, archive.ledger.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(ArchiveError) as refused:
        open_archive(settings, clock)
    assert (refused.value.key, refused.value.params["found"]) == ("archive.newer_schema", "9999")
