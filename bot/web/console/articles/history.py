"""What became of an article: every revision and edit, what changed between two, and bringing one back."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from bot.core.staff.model import Action
from bot.web.console.articles.one import found_row
from bot.web.console.articles.show import names_of
from bot.web.console.forms import number
from bot.web.console.frame import CheckedForm, Console
from knowledge.editing import catalogue, drafting
from knowledge.editing.difference import changes
from knowledge.editing.fields import to_fields
from knowledge.editing.store import EditRow
from knowledge.model import Status, article_from_json
from knowledge.store import RevisionRow


def pages(console: Console) -> APIRouter:
    router = APIRouter()

    @router.get("/articles/{article_id}/history")
    def history(request: Request, article_id: str, of: str = "", against: str = "") -> Response:
        """`of` and `against`: ids of revisions or edits; without them the newest and the one before it."""
        actor = console.require(request, Action.ARTICLES_READ)
        with console.read() as session:
            row = found_row(session, article_id)
            revisions = catalogue.revisions(session, article_id)
            edits = catalogue.edits(session, article_id)
            states: dict[str, RevisionRow | EditRow] = {r.id: r for r in revisions}
            states.update((e.id, e) for e in edits)
            names = names_of(session, [p for r in revisions for p in (*r.writers, r.reviewer)])
        if not revisions:
            raise HTTPException(404)
        new = states.get(of, revisions[0])
        old = states.get(against) or _before(new, list(revisions), list(edits))
        compared = changes(
            to_fields(article_from_json(old.body)) if old is not None else {}, to_fields(article_from_json(new.body))
        )
        by_revision = {r.id: [e for e in edits if e.revision_id == r.id] for r in revisions}
        return console.page(
            request, "articles/history.html", actor, row=row, revisions=revisions, by_revision=by_revision, new=new,
            old=old, changes=compared, names=names,
            open_is_draft=any(r.id == row.open_revision_id and r.status == Status.DRAFT.value for r in revisions),
            label=lambda row: _label(row, {r.id: r.number for r in revisions}),
        )  # fmt: skip

    @router.post("/articles/{article_id}/restore")
    def restore(request: Request, article_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.ARTICLES_WRITE)
        version = number(form["version"])
        with console.begin() as session:
            row = found_row(session, article_id)
            edit = session.get(EditRow, form["id"])
            if edit is not None and edit.article_id == row.id:
                drafting.restore(session, actor, edit.id, console.now(), version=version)
            else:
                revision = session.get(RevisionRow, form["id"])
                if revision is None or revision.article_id != row.id:
                    raise HTTPException(404)
                drafting.restore_revision(session, actor, revision.id, console.now(), version=version)
        return console.redirect(f"/console/articles/{article_id}/edit", "console_articles.restored", request=request)

    return router


def _label(row: RevisionRow | EditRow, numbers: dict[str, int]) -> str:
    """`3` for a revision, `3.12` for an edit in it."""
    return str(row.number) if isinstance(row, RevisionRow) else f"{numbers[row.revision_id]}.{row.number}"


def _before(
    new: RevisionRow | EditRow, revisions: list[RevisionRow], edits: list[EditRow]
) -> RevisionRow | EditRow | None:
    """The edit before an edit, the revision before a revision."""
    if isinstance(new, EditRow):
        older: list[EditRow] = [e for e in edits if e.revision_id == new.revision_id and e.number < new.number]
        return max(older, key=lambda e: e.number, default=None)
    return max((r for r in revisions if r.number < new.number), key=lambda r: r.number, default=None)
