"""The list of articles, and a new one."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.core.language import Language
from bot.core.staff.model import Action
from bot.web.console.articles.show import names_of, today_of
from bot.web.console.frame import CheckedForm, Console
from knowledge.editing import catalogue, drafting
from knowledge.model import Domain, KnowledgeError

_SHOWN = ("domain", "state", "missing", "text", "mine")


def pages(console: Console) -> APIRouter:
    router = APIRouter()

    @router.get("/articles")
    def articles(
        request: Request, domain: str = "", state: str = "", missing: str = "", text: str = "", mine: str = "",
        page: int = 1,
    ) -> Response:  # fmt: skip
        actor = console.require(request, Action.ARTICLES_READ)
        today = today_of(console)
        domain = domain if domain in set(Domain) else ""
        filters = catalogue.Filters(domain, state, missing, text[:200], actor.id if mine else "")
        with console.read() as session:
            found = catalogue.listed(session, filters, today, page=page)
            counts = catalogue.counts(session, today, staff_id=actor.id)
            names = names_of(session, (line.owner for line in found.lines))
        asked = {"domain": domain, "state": state, "missing": missing, "text": text, "mine": mine}
        kept = urlencode({key: asked[key] for key in _SHOWN if asked[key]})
        return console.page(
            request, "articles/list.html", actor, found=found, asked=asked, kept=kept, today=today, counts=counts,
            names=names, domains=list(Domain), states=catalogue.STATES, languages=list(Language),
        )  # fmt: skip

    @router.get("/articles/new")
    def new(request: Request, question: str = "") -> Response:
        actor = console.require(request, Action.ARTICLES_WRITE)
        return console.page(
            request,
            "articles/new.html",
            actor,
            domains=list(Domain),
            entered={"id": "", "domain": "", "question": question[:500]},
            wrong="",
        )

    @router.post("/articles/new")
    def begin(request: Request, form: CheckedForm) -> Response:
        actor = console.require(request, Action.ARTICLES_WRITE)
        key = "-".join(form["id"].lower().split())
        try:
            with console.begin() as session:
                domain = Domain(form["domain"]) if form["domain"] in set(Domain) else Domain.HEALTH
                drafting.new_article(
                    session, actor, article_id=key, domain=domain, now=console.now(), question=form["question"]
                )
        except KnowledgeError as error:
            wrong = "exists" if isinstance(error, drafting.ArticleExists) else "not_an_id"
            return console.page(
                request, "articles/new.html", actor, status=400, domains=list(Domain), entered=form, wrong=wrong
            )
        return console.redirect(f"/console/articles/{key}/edit", request=request)

    return router
