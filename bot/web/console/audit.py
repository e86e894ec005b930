"""The audit log, read-only: filters, pages, CSV. The database itself refuses to change or delete its rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from bot.core import audit
from bot.core.audit import AuditRow
from bot.core.staff.model import Action
from bot.core.staff.store import StaffRow
from bot.web.console.csv_file import csv_response
from bot.web.console.frame import Console

_PAGE = 100
_MOST = 50_000  # rows of a file


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to show; empty: everything."""

    who: str = ""
    action: str = ""
    subject: str = ""
    since: str = ""
    until: str = ""

    def query(self, **more: object) -> str:
        """As it stands in the address."""
        fields = {"who": self.who, "action": self.action, "subject": self.subject, "since": self.since}
        return urlencode({k: v for k, v in {**fields, "until": self.until, **more}.items() if v})


def audit_pages(console: Console) -> APIRouter:
    router = APIRouter()
    zone = console.house.zone

    def conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
        found = []
        if wanted.who:
            found.append(AuditRow.actor == wanted.who)
        if wanted.action:
            found.append(AuditRow.action.startswith(wanted.action, autoescape=True))
        if wanted.subject:
            found.append(AuditRow.subject.startswith(wanted.subject, autoescape=True))
        if (day := _day(wanted.since)) is not None:
            found.append(AuditRow.at >= datetime.combine(day, time(), zone))
        if (day := _day(wanted.until)) is not None:
            found.append(AuditRow.at < datetime.combine(day + timedelta(days=1), time(), zone))
        return found

    def rows_of(session: Session, wanted: Wanted, *, skip: int, most: int) -> Sequence[AuditRow]:
        query: Select[Any] = select(AuditRow).where(*conditions(wanted)).order_by(AuditRow.at.desc(), AuditRow.id)
        return session.scalars(query.offset(skip).limit(most)).all()

    def names(session: Session) -> dict[str, str]:
        return {f"staff:{row.id}": row.name for row in session.scalars(select(StaffRow))}

    @router.get("/audit")
    def log(
        request: Request, who: Annotated[str, Query(max_length=80)] = "",
        action: Annotated[str, Query(max_length=40)] = "", subject: Annotated[str, Query(max_length=120)] = "",
        since: Annotated[str, Query(max_length=10)] = "", until: Annotated[str, Query(max_length=10)] = "",
        page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    ) -> Response:  # fmt: skip
        actor = console.require(request, Action.AUDIT_READ)
        wanted = Wanted(who, action, subject, since, until)
        with console.read() as session:
            rows = rows_of(session, wanted, skip=(page - 1) * _PAGE, most=_PAGE + 1)
            actions = session.scalars(select(AuditRow.action).distinct().order_by(AuditRow.action)).all()
            people = names(session)
        return console.page(
            request, "audit/audit.html", actor, rows=rows[:_PAGE], more=len(rows) > _PAGE, page=page, wanted=wanted,
            actions=actions, people=people, detail=_detail,
        )  # fmt: skip

    @router.get("/audit/file")
    def file(
        request: Request, who: Annotated[str, Query(max_length=80)] = "",
        action: Annotated[str, Query(max_length=40)] = "", subject: Annotated[str, Query(max_length=120)] = "",
        since: Annotated[str, Query(max_length=10)] = "", until: Annotated[str, Query(max_length=10)] = "",
    ) -> Response:  # fmt: skip
        actor = console.require(request, Action.AUDIT_READ)
        wanted = Wanted(who, action, subject, since, until)
        with console.read() as session:
            people = names(session)
            rows = [
                (r.at.astimezone(zone).isoformat(timespec="seconds"), people.get(r.actor, r.actor), r.actor, r.action,
                 r.subject, _detail(r.detail))
                for r in rows_of(session, wanted, skip=0, most=_MOST)
            ]  # fmt: skip
        with console.begin() as session:
            audit.record(session, at=console.now(), actor=actor.audit_name, action="audit.exported", rows=len(rows))
        return csv_response("audit", ("at", "name", "actor", "action", "subject", "detail"), rows)

    return router


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year < 3000 else None


def _detail(detail: dict[str, Any]) -> str:
    return json.dumps(detail, ensure_ascii=False, sort_keys=True) if detail else ""
