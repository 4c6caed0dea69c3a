"""Many rows at once, the fast way of each database: prepared statements on SQLite, COPY on PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import BigInteger, Column, ColumnElement, Connection, Table, Text, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError

Rows = Sequence[tuple[Any, ...]]


def insert_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """Inserts rows (tuples in the order of columns). Raises IntegrityError or DataError for a row it cannot take."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(sqlite_insert("INSERT", table, columns), list(rows))
    else:
        copy_rows(connection, table.name, columns, rows)


def insert_columns(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Inserts rows given as columns of the same length, the first of which is their key. On SQLite a column that says
    the same everywhere becomes part of the statement: to bind a value costs 50 ns, and 200 for None, True and False."""
    if connection.dialect.name != "sqlite":
        copy_rows(connection, table.name, list(columns), zip(*columns.values(), strict=True))
        return
    _key, *others = columns
    constants = {name: found for name in others if (found := constant(columns[name]))}
    bound = [values for name, values in columns.items() if name not in constants]
    marks = ", ".join(constants.get(name, "?") for name in columns)
    sql = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608  # names and marks are ours
    connection.exec_driver_sql(sql, list(zip(*bound, strict=True)))


CONSTANTS = {None: "NULL", "": "''", True: "1", False: "0"}  # the numbers 1 and 0 are the same keys


def constant(values: Sequence[Any]) -> str:
    """The one value of a column as SQL; "" where it has several, or one that is not among CONSTANTS."""
    known = CONSTANTS.get(values[0], "") if values else ""
    return known if known and values.count(values[0]) == len(values) else ""


def insert_missing(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """The same for a table whose primary key may be there already: such rows are left as they are."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(sqlite_insert("INSERT OR IGNORE", table, columns), list(rows))
        return
    names, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
    sql = f"INSERT INTO {table.name} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608  # names are ours
    connection.exec_driver_sql(sql, list(rows))


def sqlite_insert(verb: str, table: Table, columns: Sequence[str]) -> str:
    return f"{verb} INTO {table.name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


def copy_rows(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """COPY … FROM STDIN on the same connection, inside its transaction; its errors become SQLAlchemy's."""
    cursor: Any = connection.connection.cursor()
    try:
        with cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    except driver_error(connection) as error:
        raise DBAPIError.instance(
            f"COPY {table}", None, error, driver_error(connection), dialect=connection.dialect
        ) from error


def driver_error(connection: Connection) -> type[Exception]:
    """The class that all errors of the database driver come from."""
    module: Any = connection.dialect.loaded_dbapi
    found: type[Exception] = module.Error
    return found


def among(connection: Connection, column: ColumnElement[Any], values: Collection[Any]) -> ColumnElement[bool]:
    """``column IN values`` with ONE bound parameter, however many values there are."""
    if connection.dialect.name == "sqlite":
        return column.in_(select(listed(connection, values).c.value))
    return column == func.any(bindparam(None, list(values), type_=ARRAY(column.type), unique=True))


def listed(connection: Connection, values: Collection[Any]) -> Any:
    """Values (all numbers, or all texts) as rows of one column, ``value``."""
    if connection.dialect.name == "sqlite":
        return func.json_each(orjson.dumps(list(values)).decode()).table_valued("value")
    kind = BigInteger() if values and isinstance(next(iter(values)), int) else Text()
    return (
        func.unnest(bindparam(None, list(values), type_=ARRAY(kind), unique=True))
        .table_valued("value")
        .render_derived()
    )


def columns_of(table: Table, names: Iterable[str]) -> list[Column[Any]]:
    return [table.c[name] for name in names]


def execute_text(connection: Connection, sql: str, **values: object) -> Any:
    """A statement of our own with bound values."""
    return connection.execute(text(sql), values)
