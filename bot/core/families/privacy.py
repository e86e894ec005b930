"""A family's right to see, take along and delete what is kept about it.

Tables are found by their columns `parent_id`, `family_id` and `child_id`, so that a new one cannot be left out.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import RowMapping, Select, Table, delete, select
from sqlalchemy.orm import Session

from bot.core.db import Base
from bot.core.families.model import Parent

_FAMILY_KEYS = {"family_id": "family", "parent_id": "parent"}


def _tables_about(key: str) -> list[Table]:
    """Tables with this column, children before parents, so that deleting never meets a foreign key."""
    return [t for t in reversed(Base.metadata.sorted_tables) if key in t.columns and t.name != "parent"]


def export(session: Session, parent: Parent) -> dict[str, Any]:
    """Everything kept about this parent and the family's children, by table."""
    found: dict[str, Any] = {}
    for key, value in (("parent_id", parent.id), ("family_id", parent.family_id)):
        for table in _tables_about(key):
            rows = session.execute(select(table).where(table.c[key] == value)).mappings()
            found.setdefault(table.name, []).extend(dict(r) for r in rows)
    children = select(Base.metadata.tables["child"].c.id).where(
        Base.metadata.tables["child"].c.family_id == parent.family_id
    )
    for table in _tables_about("child_id"):
        if not _FAMILY_KEYS.keys() & set(table.columns.keys()):
            rows = session.execute(select(table).where(table.c.child_id.in_(children))).mappings()
            found[table.name] = [dict(r) for r in rows]
    own = Base.metadata.tables["parent"]
    found["parent"] = [dict(r) for r in session.execute(select(own).where(own.c.id == parent.id)).mappings()]
    for name in ("inbox", "outbox"):
        post = Base.metadata.tables.get(name)
        if post is not None:
            mine = (post.c.channel == parent.channel) & (post.c.address == parent.address)
            found[name] = [_without_files(r) for r in session.execute(select(post).where(mine)).mappings()]
    lines = Base.metadata.tables["hand_off_line"]
    found["hand_off_line"] = [
        dict(r) for r in session.execute(select(lines).where(lines.c.hand_off_id.in_(_hand_offs(parent)))).mappings()
    ]
    return found


def _without_files(row: RowMapping) -> dict[str, Any]:
    """A sent file by name only: an earlier export within an export would double it every time."""
    payload = row["payload"]
    if "attachment" not in payload:
        return dict(row)
    attachment = {key: value for key, value in payload["attachment"].items() if key != "content"}
    return {**row, "payload": {**payload, "attachment": attachment}}


def _hand_offs(parent: Parent) -> Select[tuple[str]]:
    offs = Base.metadata.tables["hand_off"]
    return select(offs.c.id).where(offs.c.parent_id == parent.id)


def withdraw(session: Session, parent: Parent) -> None:
    """Take consent back: what is known of the children goes, the chat can go on."""
    own = Base.metadata.tables["parent"]
    session.execute(own.update().where(own.c.id == parent.id).values(consent_at=None))
    for name in ("child", "question", "unsure_message"):
        table = Base.metadata.tables[name]
        key, value = ("family_id", parent.family_id) if "family_id" in table.c else ("parent_id", parent.id)
        session.execute(delete(table).where(table.c[key] == value))


def forget(session: Session, parent: Parent) -> None:
    """Delete the parent, and the family with its children when no other parent is left."""
    _delete_lines(session, parent)
    for table in _tables_about("parent_id"):
        session.execute(delete(table).where(table.c.parent_id == parent.id))
    own = Base.metadata.tables["parent"]
    session.execute(delete(own).where(own.c.id == parent.id))
    for name in ("inbox", "outbox", "pace"):
        post = Base.metadata.tables.get(name)
        if post is not None:
            session.execute(delete(post).where((post.c.channel == parent.channel) & (post.c.address == parent.address)))
    forget_empty_family(session, parent.family_id)


def forget_empty_family(session: Session, family_id: str) -> None:
    """Delete what is kept about a family that no parent belongs to any more."""
    own = Base.metadata.tables["parent"]
    if session.execute(select(own.c.id).where(own.c.family_id == family_id)).first() is None:
        for table in _tables_about("family_id"):
            session.execute(delete(table).where(table.c.family_id == family_id))
        family = Base.metadata.tables["family"]
        session.execute(delete(family).where(family.c.id == family_id))


def _delete_lines(session: Session, parent: Parent) -> None:
    """The lines of handed-over chats hang on the hand-off, not on the parent."""
    lines = Base.metadata.tables["hand_off_line"]
    session.execute(delete(lines).where(lines.c.hand_off_id.in_(_hand_offs(parent))))
