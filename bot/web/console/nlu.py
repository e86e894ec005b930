"""Understanding in the console: unsure messages with one click to correct them, training, swapping, rolling back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from bot.core.staff.model import Action, Actor
from bot.web.console.frame import CheckedForm, Console, Waiting
from nlu.correcting import job, models, service, trainings
from nlu.correcting.service import INTENTS, MessageSettled
from nlu.correcting.trainings import TrainingBusy

STATES = ("open", "corrected", "dismissed")
OFFERED = 3  # intents as buttons of their own


def nlu_pages(console: Console) -> APIRouter:
    router = APIRouter()
    data_dir = console.house.settings.data_dir
    console.conflict(MessageSettled, TrainingBusy)

    def state_of_training() -> dict[str, Any]:
        with console.read() as session:
            rows = trainings.newest(session)
            taught = service.listed(session, state="corrected").total
        running = next((row for row in rows if row.state == "running"), None)
        told = job.progress(trainings.folder_of(data_dir, running.id)) if running is not None else {}
        current, previous = models.in_service()
        return {
            "rows": rows,
            "running": running,
            "told": told,
            "current": current,
            "previous": previous,
            "taught": taught,
        }

    @router.get("/nlu")
    def understanding(request: Request, state: str = "open", page: int = 1) -> Response:
        actor = console.require(request, Action.NLU_CORRECT)
        state = state if state in STATES else "open"
        with console.read() as session:
            found = service.listed(session, state=state, page=page)
        return console.page(
            request, "nlu/nlu.html", actor, found=found, state=state, states=STATES, intents=INTENTS,
            offered=OFFERED, **state_of_training(),
        )  # fmt: skip

    @router.get("/nlu/training")
    def training(request: Request) -> Response:
        """How far it is: asked for every few seconds while one runs."""
        actor = console.require(request, Action.NLU_CORRECT)
        with console.begin() as session:
            trainings.follow(session, data_dir, console.now())
        return console.page(request, "nlu/training.html", actor, **state_of_training())

    @router.post("/nlu/messages/{message_id}")
    def correct(request: Request, message_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.NLU_CORRECT)
        with console.begin() as session:
            if form["do"] == "dismiss":
                service.dismiss(session, actor, message_id, console.now())
            else:
                service.correct(session, actor, message_id, form["intent"], console.now())
        if request.headers.get("HX-Request") == "true":
            return Response(status_code=200)  # the card goes
        words = "dismissed" if form["do"] == "dismiss" else "corrected"
        return console.redirect("/console/nlu", f"console_nlu.{words}", request=request)

    @router.post("/nlu/train")
    def train(request: Request, form: CheckedForm) -> Response:
        actor = console.require(request, Action.NLU_TRAIN)
        with console.begin() as session:
            row_id = trainings.begin(session, actor, data_dir, console.now()).id
        trainings.launch(row_id, data_dir, with_rasa=console.house.settings.rasa)
        return console.redirect("/console/nlu#training", "console_nlu.training_begun", request=request)

    @router.post("/nlu/trainings/{row_id}")
    def decide(request: Request, row_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.NLU_TRAIN)
        with console.begin() as session:
            if form["do"] == "drop":
                trainings.drop(session, actor, row_id, console.now())
            else:
                trainings.put_into_service(session, actor, row_id, data_dir, console.now())
        words = "dropped" if form["do"] == "drop" else "swapped"
        return console.redirect("/console/nlu#training", f"console_nlu.{words}", request=request)

    @router.post("/nlu/roll-back")
    def roll_back(request: Request, form: CheckedForm) -> Response:
        actor = console.require(request, Action.NLU_TRAIN)
        with console.begin() as session:
            trainings.roll_back(session, actor, data_dir, console.now())
        return console.redirect("/console/nlu#training", "console_nlu.rolled_back", request=request)

    console.waits(_waiting)
    return router


def _waiting(session: Session, actor: Actor, now: datetime) -> Sequence[Waiting]:
    if not actor.may(Action.NLU_CORRECT):
        return []
    total = service.listed(session).total
    return [Waiting("console_nlu.waits", total, "/console/nlu")] if total else []
