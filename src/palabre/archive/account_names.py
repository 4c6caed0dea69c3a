"""What accounts answer to where posts are asked by author (``author:``): found without looking at each post.

A name is folded as queries fold it (`text.facts.names_of`), and goes with its account: who changes the folding makes
all names again, by a migration. Posting lists know the accounts themselves, so a new name changes no list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection, bindparam, select

from palabre.archive.bulk import among, insert_rows
from palabre.archive.columns import NO_URI
from palabre.archive.index_keys import AUTHOR
from palabre.archive.tables import account_name, post
from palabre.model import SieveAny, SieveFact, SieveNode, SieveTerm
from palabre.text.facts import names_of

NAME_CHARS_MAX = 200  # longer names are cut: who asks for such a one has to look at posts
ACCOUNTS_MAX = 200  # asked for together; their lists are read one by one
BEHIND = "\U0010ffff"  # behind every character of a name
COLUMNS = ("workspace_id", "name", "account_id")
Said = tuple[str, str, str]  # uri, handle, name


def note_names(connection: Connection, workspace_id: int, accounts: Mapping[int, Said]) -> None:
    """Of accounts without names."""
    rows = [(workspace_id, name, account_id) for account_id, said in accounts.items() for name in names(*said)]
    insert_rows(connection, account_name, COLUMNS, sorted(rows))


def forget_names(connection: Connection, workspace_id: int, accounts: Mapping[int, Said]) -> None:
    """Of accounts of which this was said last: each name by its key, for there is no index by account."""
    own = account_name.c
    gone = [{"whose": whose, "was": name} for whose, said in accounts.items() for name in names(*said)]
    mine = own.workspace_id == workspace_id, own.name == bindparam("was"), own.account_id == bindparam("whose")
    if gone:  # a name of invisible signs alone leaves none
        connection.execute(account_name.delete().where(*mine), gone)


def names(uri: str, handle: str, name: str) -> set[str]:
    row = {"account_handle": handle, "account_name": name, "account_uri": "" if uri.startswith(NO_URI) else uri}
    return {one[:NAME_CHARS_MAX] for one in names_of(row) if one}


# asking


def author_node(connection: Connection, workspace_id: int, fact: SieveFact) -> SieveNode:
    """The keys, in posting lists, of the accounts that answer to a name; the fact as it is where these are too
    many."""
    if len(fact.value) >= NAME_CHARS_MAX:
        return fact
    name = account_name.c.name
    fits = (name >= fact.value, name < fact.value + BEHIND) if fact.prefix else (name == fact.value,)
    mine = select(account_name.c.account_id).where(account_name.c.workspace_id == workspace_id, *fits).distinct()
    found = connection.execute(mine.limit(ACCOUNTS_MAX + 1)).scalars().all()
    return fact if len(found) > ACCOUNTS_MAX else SieveAny(tuple(SieveTerm(author_key(one)) for one in found))


def author_key(account_id: int) -> str:
    return f"{AUTHOR}{account_id:x}"


def author_keys(connection: Connection, ids: Sequence[int]) -> Iterator[str]:
    """Of posts, in the order of their post_ids as they are given; "" without an author."""
    query = select(post.c.post_id, post.c.account_id).where(among(connection, post.c.post_id, ids))
    found = {post_id: author_key(by) for post_id, by in connection.execute(query) if by is not None}
    return (found.get(post_id, "") for post_id in ids)
