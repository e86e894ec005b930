"""One article: what is live, what is being worked on, who said what; retiring, confirming, commenting, printing."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from bot.core.language import Language
from bot.core.staff.model import Action
from bot.web.console.articles.show import chat_words, letter, names_of, sources_of, today_of
from bot.web.console.forms import number
from bot.web.console.frame import CheckedForm, Console
from knowledge.editing import catalogue, drafting, exchange, reviewing
from knowledge.editing.revisions import newest, open_revision
from knowledge.model import Article, Domain, Published, article_from_json
from knowledge.store import ArticleRow, RevisionRow


def found_row(session: Session, article_id: str) -> ArticleRow:
    row = session.get(ArticleRow, article_id)
    if row is None:
        raise HTTPException(404)
    return row


def pages(console: Console) -> APIRouter:
    router = APIRouter()

    @router.get("/articles/{article_id}")
    def article(request: Request, article_id: str) -> Response:
        actor = console.require(request, Action.ARTICLES_READ)
        today = today_of(console)
        with console.read() as session:
            row = found_row(session, article_id)
            line = catalogue.line(session, article_id)
            live = session.get(RevisionRow, row.live_revision_id) if row.live_revision_id else None
            opened = open_revision(session, row)
            revision = live or opened or newest(session, article_id)
            if revision is None or line is None:
                raise HTTPException(404)
            shown = article_from_json(revision.body)
            published = Published(
                shown, revision.id, revision.approved_locally, sources=sources_of(session, shown.sources)
            )
            comments = catalogue.comments(session, article_id)
            refused = catalogue.refused_edits(session, article_id, actor.id)
            revisions = catalogue.revisions(session, article_id)
            people = [row.owner, *(p for r in revisions for p in (*r.writers, r.reviewer))]
            names = names_of(session, people)
        signs = [s for s in console.house.triage.signs() if s.topic == article_id]
        return console.page(
            request, "articles/article.html", actor, row=row, line=line, live=live, opened=opened, shown=shown,
            revision=revision, comments=comments, refused=refused, names=names, today=today, signs=signs,
            revisions=revisions[:8], letters=[(lang, letter(console, published, lang)) for lang in Language],
            sources=published.sources, related=_titles(console, shown), **chat_words(console),
        )  # fmt: skip

    @router.post("/articles/{article_id}/draft")
    def draft(request: Request, article_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.ARTICLES_WRITE)
        with console.begin() as session:
            drafting.draft(session, actor, article_id, console.now())
        return console.redirect(f"/console/articles/{article_id}/edit", request=request)

    @router.post("/articles/{article_id}/comment")
    def comment(request: Request, article_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.ARTICLES_READ)
        with console.begin() as session:
            reviewing.comment(session, actor, article_id, form["text"], console.now())
        back = "/review" if form["back"] == "review" else ""
        return console.redirect(f"/console/articles/{article_id}{back}#comments", request=request)

    @router.post("/articles/{article_id}/retire")
    def retire(request: Request, article_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.ARTICLES_RETIRE)
        with console.begin() as session:
            reviewing.retire(
                session, actor, article_id, version=number(form["version"]), reason=form["reason"], now=console.now()
            )
        return console.redirect(f"/console/articles/{article_id}", "console_articles.retired_now", request=request)

    @router.post("/articles/{article_id}/right")
    def still_right(request: Request, article_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.ARTICLES_REVIEW)
        try:
            review_by = date.fromisoformat(form["review_by"])
        except ValueError as error:
            raise reviewing.DayMissing(article_id) from error
        with console.begin() as session:
            reviewing.still_right(
                session, actor, article_id, version=number(form["version"]), review_by=review_by,
                now=console.now(), today=today_of(console),
            )  # fmt: skip
        return console.redirect(f"/console/articles/{article_id}", "console_articles.right_now", request=request)

    @router.get("/articles/{article_id}/print")
    def printed(request: Request, article_id: str) -> Response:
        actor = console.require(request, Action.ARTICLES_READ)
        with console.read() as session:
            row = found_row(session, article_id)
            key = row.live_revision_id or row.open_revision_id
            revision = session.get(RevisionRow, key) if key else newest(session, article_id)
            if revision is None:
                raise HTTPException(404)
            articles = [article_from_json(revision.body)]
            sources = {s.id: s for s in exchange.stored_sources(session)}
        return console.page(
            request, "articles/print.html", actor, articles=articles, sources=sources, domain="",
            languages=list(Language), today=today_of(console), texts_of=console.texts,
        )  # fmt: skip

    @router.get("/articles-print/{domain}")
    def printed_domain(request: Request, domain: Domain) -> Response:
        actor = console.require(request, Action.ARTICLES_READ)
        with console.read() as session:
            articles = [a for a in exchange.stored_articles(session) if a.domain is domain]
            sources = {s.id: s for s in exchange.stored_sources(session)}
        return console.page(
            request, "articles/print.html", actor, articles=articles, sources=sources, domain=domain,
            languages=list(Language), today=today_of(console), texts_of=console.texts,
        )  # fmt: skip

    return router


def _titles(console: Console, article: Article) -> list[tuple[str, Article | None]]:
    found = ((key, console.house.library.article(key)) for key in article.related)
    return [(key, p.article if p else None) for key, p in found]
