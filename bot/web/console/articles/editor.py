"""The editor: save, autosave, who else is there, and putting two people's texts together."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from bot.core.ids import new_id
from bot.core.language import Language
from bot.core.staff.model import Action, Actor
from bot.web.console.articles import form as forms
from bot.web.console.articles.one import found_row
from bot.web.console.articles.show import as_published, chat_words, counts, letter, said, today_of
from bot.web.console.forms import Form, number
from bot.web.console.frame import CheckedForm, Console
from knowledge.editing import catalogue, drafting, exchange, nearness, presence, reviewing
from knowledge.editing.difference import clashes
from knowledge.editing.fields import from_fields, to_fields
from knowledge.editing.revisions import article_row, newest, newest_edit, open_revision, text_before
from knowledge.editing.store import EditRow
from knowledge.model import Article, Domain, Status, article_from_json
from knowledge.store import RevisionRow


def pages(console: Console) -> APIRouter:
    router = APIRouter()
    editor = Editor(console)

    @router.get("/articles/{article_id}/edit")
    def edit(request: Request, article_id: str) -> Response:
        actor = console.require(request, Action.ARTICLES_WRITE)
        with console.read() as session:
            row = found_row(session, article_id)
            revision = open_revision(session, row)
            if revision is None:
                return console.redirect(f"/console/articles/{article_id}", request=request)
            if revision.status != Status.DRAFT.value:
                return console.redirect(
                    f"/console/articles/{article_id}/review", "console_articles.in_review_now", request=request
                )
            shown = editor.context(session, actor, revision, article_from_json(revision.body), new_id(), request)
        return console.page(request, "articles/edit.html", actor, **shown)

    @router.post("/articles/{article_id}/save")
    def save(request: Request, article_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.ARTICLES_WRITE)
        saved, _, _ = editor.save(actor, article_id, form, kind="saved")
        here = f"/console/articles/{article_id}"
        if saved.refused:
            return editor.merging(request, actor, article_id, saved.refused, status=409)
        if form["then"] != "submit":
            return console.redirect(f"{here}/edit", "console_articles.saved", request=request)
        try:
            with console.begin() as session:
                row = found_row(session, article_id)
                reviewing.submit(
                    session, actor, article_id, version=row.version, now=console.now(), today=today_of(console),
                    note=form["note"],
                )  # fmt: skip
        except reviewing.NotReady:
            return console.redirect(f"{here}/edit#mistakes", "console_articles.not_ready", request=request)
        return console.redirect(here, "console_articles.submitted_now", request=request)

    @router.post("/articles/{article_id}/autosave")
    def autosave(request: Request, article_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.ARTICLES_WRITE)
        saved, article, before = editor.save(actor, article_id, form, kind="autosaved")
        if saved.refused:
            return console.page(request, "articles/refused.html", actor, status=409, saved=saved, article_id=article_id)
        with console.read() as session:
            shown = editor.live_parts(session, article, request, form["preview_age"])
        asked_again = article.phrasings != before.phrasings
        shown["pulls"] = nearness.pulls(console.house.library, article) if asked_again else None
        return console.page(request, "articles/autosaved.html", actor, saved=saved, article_id=article_id, **shown)

    @router.post("/articles/{article_id}/presence")
    def here(request: Request, article_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.ARTICLES_WRITE)
        with console.begin() as session:
            names = presence.here(session, actor, article_id, form["tab"][:32], console.now())
        return console.page(request, "articles/presence.html", actor, names=names)

    @router.get("/articles/{article_id}/merge/{edit_id}")
    def merge(request: Request, article_id: str, edit_id: str) -> Response:
        actor = console.require(request, Action.ARTICLES_WRITE)
        return editor.merging(request, actor, article_id, edit_id)

    @router.post("/articles/{article_id}/merge/{edit_id}")
    def merged(request: Request, article_id: str, edit_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.ARTICLES_WRITE)
        here = f"/console/articles/{article_id}"
        with console.begin() as session:
            refused = _edit(session, article_id, edit_id)
            if form["then"] == "drop":
                drafting.settle(session, actor, edit_id)
                return console.redirect(f"{here}/edit", "console_articles.dropped", request=request)
            revision = drafting.draft(session, actor, article_id, console.now())
            based_on = number(form["based_on"])
            fields = to_fields(article_from_json(revision.body))
            for clash in clashes({}, fields, to_fields(article_from_json(refused.body))):
                choice = form[f"choice.{clash.field}"]
                fields[clash.field] = {"mine": clash.mine, "own": form[f"own.{clash.field}"]}.get(choice, clash.theirs)
            article = from_fields(article_id, fields)
            saved = drafting.merge(session, actor, edit_id, article, based_on=based_on, now=console.now())
        if saved.refused:
            return editor.merging(request, actor, article_id, saved.refused, status=409)
        return console.redirect(f"{here}/edit", "console_articles.merged", request=request)

    return router


class Editor:
    def __init__(self, console: Console) -> None:
        self._console = console

    def save(self, actor: Actor, article_id: str, form: Form, *, kind: str) -> tuple[drafting.Saved, Article, Article]:
        """What was kept; the article as entered; the draft as it was."""
        with self._console.begin() as session:
            found_row(session, article_id)
            row = article_row(session, article_id)  # locked before anything of it is read
            revision = open_revision(session, row) or newest(session, article_id)
            if revision is None:
                raise HTTPException(404)
            before = article_from_json(revision.body)
            article = forms.read(form, before)
            saved = drafting.save(
                session, actor, article_id, article, revision_id=form["revision"], based_on=number(form["based_on"]),
                now=self._console.now(), tab=form["tab"][:32], kind=kind,
            )  # fmt: skip
        return saved, article, before

    def context(
        self, session: Session, actor: Actor, revision: RevisionRow, article: Article, tab: str, request: Request
    ) -> dict[str, Any]:
        last = newest_edit(session, revision.id)
        return {
            "revision": revision,
            "article": article,
            "values": forms.texts_of(article),
            "bands": forms.band_rows(article),
            "claims": forms.claim_rows(article),
            "checks": forms.CHECKS,
            "domains": list(Domain),
            "tab": tab,
            "based_on": last.number if last else 0,
            "all_sources": exchange.stored_sources(session),
            "all_titles": [
                (p.article.id, p.article.texts[self._console.language(request)].title)
                for p in self._console.house.library.articles()
                if p.article.id != article.id
            ],
            "refused": catalogue.refused_edits(session, article.id, actor.id),
            "comments": catalogue.comments(session, article.id),
            "pulls": nearness.pulls(self._console.house.library, article),
            "signs": [s for s in self._console.house.triage.signs() if s.topic == article.id],
            "presence_every": presence.EVERY,
            **self.live_parts(session, article, request, ""),
        }

    def live_parts(self, session: Session, article: Article, request: Request, age: str) -> dict[str, Any]:
        """What changes with every autosave: remarks, counts, the cards."""
        remarks = reviewing.remarks_on(session, article, today_of(self._console))
        published = as_published(session, article)
        months = float(age) if age.replace(".", "", 1).isdecimal() else None
        return {
            "said": said(remarks, self._console.texts(self._console.language(request))),
            "mistakes": sum(r.is_error for r in remarks),
            "counts": counts(article),
            "letters": [(language, letter(self._console, published, language, months)) for language in Language],
            "titles": {s.id: s for s in published.sources},
            "preview_bands": article.bands(),
            "preview_age": age,
            **chat_words(self._console),
        }

    def merging(self, request: Request, actor: Actor, article_id: str, edit_id: str, *, status: int = 200) -> Response:
        """Both texts, field by field, with what each changed."""
        with self._console.read() as session:
            row = found_row(session, article_id)
            refused = _edit(session, article_id, edit_id)
            revision = open_revision(session, row) or newest(session, article_id)
            if revision is None:
                raise HTTPException(404)
            last = newest_edit(session, revision.id)
            base = to_fields(text_before(session, refused))
            theirs, mine = to_fields(article_from_json(revision.body)), to_fields(article_from_json(refused.body))
        return self._console.page(
            request, "articles/merge.html", actor, status=status, article_id=article_id, refused=refused, last=last,
            clashes=clashes(base, theirs, mine), open=revision.status == Status.DRAFT.value, row=row,
        )  # fmt: skip


def _edit(session: Session, article_id: str, edit_id: str) -> EditRow:
    row = session.get(EditRow, edit_id)
    if row is None or row.article_id != article_id:
        raise HTTPException(404)
    return row
