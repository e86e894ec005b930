"""Reviewing one article on one screen: what changed, the cards, the remarks; approve, send back, correct."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from bot.core.language import Language
from bot.core.staff.model import Action
from bot.web.console.articles.one import found_row
from bot.web.console.articles.show import as_published, chat_words, letter, names_of, said, today_of
from bot.web.console.forms import number
from bot.web.console.frame import CheckedForm, Console
from knowledge.editing import catalogue, drafting, reviewing
from knowledge.editing.difference import changes
from knowledge.editing.fields import to_fields
from knowledge.editing.revisions import open_revision
from knowledge.model import article_from_json
from knowledge.store import RevisionRow


def pages(console: Console) -> APIRouter:
    router = APIRouter()

    @router.get("/articles/{article_id}/review")
    def review(request: Request, article_id: str) -> Response:
        actor = console.require(request, Action.ARTICLES_READ)
        with console.read() as session:
            row = found_row(session, article_id)
            revision = open_revision(session, row)
            if revision is None:
                return console.redirect(f"/console/articles/{article_id}", request=request)
            article = article_from_json(revision.body)
            live = session.get(RevisionRow, row.live_revision_id) if row.live_revision_id else None
            before = to_fields(article_from_json(live.body)) if live is not None else {}
            published = as_published(session, article)
            remarks = reviewing.remarks_on(session, article, today_of(console))
            comments = catalogue.comments(session, article_id)
            names = names_of(session, [*revision.writers, revision.reviewer])
        return console.page(
            request, "articles/review.html", actor, row=row, revision=revision, article=article, live=live,
            changes=changes(before, to_fields(article)), comments=comments, names=names,
            own=actor.id in revision.writers, said=said(remarks, console.texts(console.language(request))),
            mistakes=sum(r.is_error for r in remarks), sources=published.sources,
            letters=[(lang, letter(console, published, lang)) for lang in Language], **chat_words(console),
        )  # fmt: skip

    @router.post("/articles/{article_id}/review")
    def decide(request: Request, article_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.ARTICLES_READ)
        here, now, version = f"/console/articles/{article_id}", console.now(), number(form["version"])
        with console.begin() as session:
            match form["step"]:
                case "approve":
                    publish_at = _moment(form["publish_at"], console)
                    reviewing.approve(
                        session, actor, article_id, version=version, now=now, today=today_of(console),
                        publish_at=publish_at, comment=form["comment"],
                    )  # fmt: skip
                    path, notice = here, "scheduled_now" if publish_at else "published_now"
                case "send_back":
                    reviewing.send_back(session, actor, article_id, version=version, comment=form["comment"], now=now)
                    path, notice = "/console/articles?state=in_review", "sent_back_now"
                case "withdraw" | "correct":
                    reviewing.withdraw(session, actor, article_id, version=version, now=now)
                    path, notice = f"{here}/edit", "withdrawn_now"
                case "submit":
                    reviewing.submit(
                        session, actor, article_id, version=version, now=now, today=today_of(console),
                        note=form["comment"],
                    )  # fmt: skip
                    path, notice = here, "submitted_now"
                case "set_aside":
                    drafting.set_aside(session, actor, article_id, version=version, now=now)
                    path, notice = here, "set_aside_now"
                case _:
                    raise HTTPException(400)
        if form["step"] == "approve":
            serve(console)
        return console.redirect(path, f"console_articles.{notice}", request=request)

    return router


def serve(console: Console) -> None:
    """In this process at once; the others look a few times a second."""
    with console.read() as session:
        console.house.library.refresh(session, today=today_of(console))


def _moment(entered: str, console: Console) -> datetime | None:
    """What a datetime-local input sends, on the deployment's wall clock."""
    if not entered:
        return None
    try:
        return datetime.fromisoformat(entered).replace(tzinfo=console.house.zone)
    except ValueError as error:
        raise reviewing.DayMissing(entered) from error
