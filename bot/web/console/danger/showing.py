"""The list of danger rules, and one rule: patterns, fixed words, sources, sentences, who approved it."""

from __future__ import annotations

import time

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import select

from bot.core.staff.model import Action
from bot.web.console.frame import CheckedForm, Console
from knowledge.danger_rules import content, service
from knowledge.danger_rules.service import Line
from knowledge.store import SourceRow
from knowledge.triage.model import Level
from knowledge.triage.signs import families

STATES = ("not_approved", "changed", "drafts")
LEVELS = tuple(level.value for level in Level if level is not Level.CHECK)


def pages(console: Console) -> APIRouter:
    router = APIRouter()

    @router.get("/danger")
    def rules(request: Request, words: str = "", level: str = "", state: str = "") -> Response:
        actor = console.require(request, Action.DANGER_READ)
        with console.read() as session:
            lines = service.listed(session)
            proposed = service.new_drafts(session, lines) if state in ("", "drafts") else []
        shown = [line for line in lines if _fits(line, words.strip().lower()[:100], level, state)]
        groups: dict[str, list[Line]] = {}
        for line in shown:
            groups.setdefault(families()[line.sign.id], []).append(line)
        return console.page(
            request, "danger/list.html", actor, groups=groups, shown=len(shown), counts=service.counts(lines),
            words=words, level=level, state=state, levels=LEVELS, states=STATES, proposed=proposed,
        )  # fmt: skip

    @router.get("/danger/{rule_id}")
    def rule(request: Request, rule_id: str, run: str = "") -> Response:
        actor = console.require(request, Action.DANGER_READ)
        with console.read() as session:
            line = service.line(session, rule_id)
            examples = service.examples_of(session, rule_id)
            ids = line.sign.sources
            sources = session.scalars(select(SourceRow).where(SourceRow.id.in_(ids)).order_by(SourceRow.title)).all()
            published, history = service.published_change(session, rule_id), service.history(session, rule_id)
        started = time.perf_counter()
        outcome = {example: content.fires(line.rule, example) for example in examples} if run else {}
        return console.page(
            request, "danger/rule.html", actor, line=line, examples=examples, outcome=outcome, run=bool(run),
            took=round((time.perf_counter() - started) * 1000), sources=sources,
            missing=sorted(set(ids) - {source.id for source in sources}),
            fields=content.to_fields(line.body), published=published, history=history,
            wrong=sum(example.fires is not did for example, did in outcome.items()),
        )  # fmt: skip

    @router.post("/danger/{rule_id}/approve")
    def approve(request: Request, rule_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.DANGER_APPROVE)
        with console.begin() as session:
            service.approve(session, actor, rule_id, form["digest"], console.now(), form["note"])
        return console.redirect(f"/console/danger/{rule_id}", "console_danger.approved_now", request=request)

    return router


def _fits(line: Line, words: str, level: str, state: str) -> bool:
    if level and line.rule.level.value != level:
        return False
    if state == "not_approved" and line.approval is not None:
        return False
    if state == "changed" and line.origin != "changed":
        return False
    if state == "drafts" and line.draft is None:
        return False
    if not words:
        return True
    names = [sign_words.name for sign_words in line.sign.words.values()]
    patterns = [*line.body.get("zh", ()), *line.body.get("en", ())]
    return any(words in str(text).lower() for text in (line.rule.id, line.sign.id, *names, *patterns))
