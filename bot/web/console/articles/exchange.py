"""Articles in and out as files, and the library of sources."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.core import audit
from bot.core.staff.model import Action
from bot.web.console.forms import number
from bot.web.console.frame import CheckedForm, Console
from knowledge.content_rules import check_source
from knowledge.editing import exchange
from knowledge.model import Domain, Source
from knowledge.store import ArticleRow, SourceRow

_KINDS = {
    "json": ("articles.json", "application/json; charset=utf-8"),
    "csv": ("phrasings.csv", "text/csv; charset=utf-8"),
    "zip": ("content.zip", "application/zip"),
}


def pages(console: Console) -> APIRouter:
    router = APIRouter()

    @router.get("/articles/exchange")
    def page(request: Request) -> Response:
        actor = console.require(request, Action.ARTICLES_READ)
        return console.page(request, "articles/exchange.html", actor, domains=list(Domain), brought=None, wrong="")

    @router.get("/articles/export/{kind}")
    def export(request: Request, kind: str, domain: str = "", drafts: str = "") -> Response:
        console.require(request, Action.ARTICLES_READ)
        if kind not in _KINDS:
            return console.redirect("/console/articles/exchange", request=request)
        with console.read() as session:
            articles = exchange.stored_articles(session, drafts=bool(drafts))
            sources = exchange.stored_sources(session)
        articles = [a for a in articles if not domain or a.domain == domain]
        if kind == "zip":
            content = exchange.to_zip(articles, sources)
        else:
            text = exchange.to_json(articles, sources) if kind == "json" else exchange.to_csv(articles)
            content = text.encode()
        name, media_type = _KINDS[kind]
        return Response(
            content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )

    @router.post("/articles/import")
    def bring_in(request: Request, form: CheckedForm) -> Response:
        actor = console.require(request, Action.ARTICLES_MOVE)
        file = form.file("file")
        brought, wrong = None, ""
        if file is None:
            wrong = console.texts(console.language(request))("console_articles.no_file")
        else:
            content = file.file.read()
            try:
                with console.begin() as session:
                    known = {a.id: a for a in exchange.stored_articles(session, drafts=True)}
                    articles, sources = exchange.read_any(file.filename or "", content, known)
                    brought = exchange.bring_in(session, actor, articles, sources, console.now())
            except exchange.NotReadable as error:
                wrong = str(error)
        return console.page(
            request, "articles/exchange.html", actor, status=400 if wrong else 200, domains=list(Domain),
            brought=brought, wrong=wrong,
        )  # fmt: skip

    @router.get("/articles/sources")
    def sources(request: Request, text: str = "") -> Response:
        actor = console.require(request, Action.ARTICLES_READ)
        return listed(request, actor, text, Source("", "", "", ""), {})

    @router.post("/articles/sources")
    def add(request: Request, form: CheckedForm) -> Response:
        actor = console.require(request, Action.ARTICLES_WRITE)
        year = number(form["year"]) or None
        source = Source(
            "-".join(form["id"].lower().split()), form["title"].strip(), form["publisher"].strip(),
            form["url"].strip(), year, form["title_translated"].strip(),
        )  # fmt: skip
        wrong = {remark.field: remark.code for remark in check_source(source)}
        with console.begin() as session:
            if not wrong and session.get(SourceRow, source.id) is not None:
                wrong = {"id": "source_exists"}
            if not wrong:
                exchange.add_source(session, source)
                audit.record(
                    session, at=console.now(), actor=actor.audit_name, action="source.added", subject=source.id
                )
        if wrong:
            return listed(request, actor, "", source, wrong, status=400)
        return console.redirect(
            f"/console/articles/sources?text={source.id}", "console_articles.source_added", request=request
        )

    def listed(
        request: Request, actor: object, text: str, entered: Source, wrong: dict[str, str], *, status: int = 200
    ) -> Response:
        person = console.require(request, Action.ARTICLES_READ)
        words = " ".join(text.lower().split())
        with console.read() as session:
            known = exchange.stored_sources(session)
            total = session.query(ArticleRow).count()
        found = [s for s in known if words in f"{s.id} {s.title} {s.title_translated} {s.publisher} {s.url}".lower()]
        return console.page(
            request, "articles/sources.html", person, status=status, sources=found, text=text, entered=entered,
            wrong=wrong, total=total,
        )  # fmt: skip

    return router
