"""How reminders are doing: sent, waiting, late, in doubt, expired; as a page and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from bot.core.staff.model import Action
from bot.web.console.frame import Console
from scheduler.reminders.model import Kind, State
from scheduler.reminders.service import listing

_COLUMNS = {
    "sent": (State.SENT,),
    "waiting": (State.PENDING, State.CLAIMED),
    "leaving": (State.HANDED,),
    "suspended": (State.SUSPENDED,),
    "in_doubt": (State.AMBIGUOUS,),
    "expired": (State.EXPIRED,),
    "cancelled": (State.CANCELLED,),
    "failed": (State.FAILED,),
}


def reminder_pages(console: Console) -> APIRouter:
    router = APIRouter()

    @router.get("/reminders")
    def reminders(request: Request) -> Response:
        actor = console.require(request, Action.REMINDERS_READ)
        with console.read() as session:
            counts = listing.counts(session, console.now())
        kinds = [kind.value for kind in Kind if kind.value in counts.states]
        table = [(kind, [_sum(counts.states[kind], states) for states in _COLUMNS.values()]) for kind in kinds]
        whole = [sum(numbers[i] for _, numbers in table) for i in range(len(_COLUMNS))]
        return console.page(
            request, "reminders/reminders.html", actor, columns=list(_COLUMNS), table=table, whole=whole, counts=counts
        )

    @router.get("/reminders.json")
    def numbers(request: Request) -> Response:
        console.require(request, Action.REMINDERS_READ)
        with console.read() as session:
            counts = listing.counts(session, console.now())
        said: dict[str, Any] = asdict(counts)
        said["oldest_due"] = counts.oldest_due.isoformat() if counts.oldest_due else None
        said["totals"] = {
            name: sum(_sum(by_state, states) for by_state in counts.states.values())
            for name, states in _COLUMNS.items()
        }
        return JSONResponse(said)

    return router


def _sum(by_state: dict[str, int], states: tuple[State, ...]) -> int:
    return sum(by_state.get(state.value, 0) for state in states)
