"""Taking over the shipped articles: one screen each, accept, correct or reject, and on to the next."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from bot.core.language import Language
from bot.core.staff.model import Action
from bot.web.console.articles.one import found_row
from bot.web.console.articles.review import serve
from bot.web.console.articles.show import chat_words, letter, said, sources_of, today_of
from bot.web.console.forms import number
from bot.web.console.frame import CheckedForm, Console
from knowledge.editing import catalogue, drafting, reviewing
from knowledge.model import Domain, Published, article_from_json
from knowledge.store import RevisionRow


def pages(console: Console) -> APIRouter:
    router = APIRouter()

    @router.get("/articles/takeover")
    def takeover(request: Request, domain: str = "", after: str = "", id: str = "") -> Response:
        actor = console.require(request, Action.ARTICLES_REVIEW)
        domain = domain if domain in set(Domain) else ""
        with console.read() as session:
            progress = catalogue.progress(session)
            key = id or catalogue.next_to_take_over(session, domain=domain, after=after)
            shared: dict[str, Any] = {"progress": progress, "domain": domain}
            if key is None:
                return console.page(request, "articles/taken_over.html", actor, **shared)
            row = found_row(session, key)
            revision = session.get(RevisionRow, row.live_revision_id) if row.live_revision_id else None
            if revision is None:
                raise HTTPException(404)
            article = article_from_json(revision.body)
            published = Published(article, revision.id, True, sources=sources_of(session, article.sources))
            remarks = reviewing.remarks_on(session, article, today_of(console))
        return console.page(
            request, "articles/takeover.html", actor, row=row, article=article, sources=published.sources,
            said=said(remarks, console.texts(console.language(request))), **shared,
            letters=[(lang, letter(console, published, lang)) for lang in Language], **chat_words(console),
        )  # fmt: skip

    @router.post("/articles/takeover")
    def decide(request: Request, form: CheckedForm) -> Response:
        actor = console.require(request, Action.ARTICLES_REVIEW)
        key, version, now = form["id"], number(form["version"]), console.now()
        onward = f"/console/articles/takeover?domain={quote(form['domain'])}&after={quote(key)}"
        with console.begin() as session:
            match form["step"]:
                case "accept":
                    reviewing.accept_seed(session, actor, key, version=version, now=now)
                    notice = "accepted_now"
                case "reject":
                    reviewing.retire(session, actor, key, version=version, reason=form["reason"], now=now)
                    notice = "rejected_now"
                case "correct":
                    drafting.draft(session, actor, key, now)
                    onward, notice = f"/console/articles/{quote(key)}/edit", "correct_now"
                case _:
                    raise HTTPException(400)
        if form["step"] != "correct":
            serve(console)
        return console.redirect(onward, f"console_articles.{notice}", request=request)

    return router
