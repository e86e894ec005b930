"""A change of a rule: the form, the trial run, publishing by a second person, taking back."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.core.staff.model import Action
from bot.web.console.danger.showing import LEVELS
from bot.web.console.forms import Form, number
from bot.web.console.frame import CheckedForm, Console
from knowledge.danger_rules import content, service, serving
from knowledge.danger_rules.content import Fault
from knowledge.danger_rules.store import RuleChangeRow
from knowledge.danger_rules.trying import with_words
from knowledge.triage.rules import RULES_FILE, written
from knowledge.triage.signs import DataError, load, read_signs

NEW = "new"


def pages(console: Console) -> APIRouter:
    router = APIRouter()

    def serve_now() -> None:
        """In this process at once; the others look by themselves within a second."""
        with console.read() as session:
            serving.serve(session, console.house.triage)

    def form_page(
        request: Request, rule_id: str, fields: dict[str, str], version: int, *, faults: list[Fault] | None = None,
        theirs: RuleChangeRow | None = None, status: int = 200,
    ) -> Response:  # fmt: skip
        """`theirs`: a colleague's proposal that was kept while this one was written."""
        actor = console.require(request, Action.DANGER_PROPOSE)
        with console.read() as session:
            served = any(line.rule.id == rule_id for line in service.listed(session))
        return console.page(
            request, "danger/change.html", actor, status=status, rule_id=rule_id, fields=fields, version=version,
            levels=LEVELS, signs=read_signs(), concepts=load(RULES_FILE)["concepts"], faults=faults or [],
            served=served, theirs=theirs,
        )  # fmt: skip

    @router.get("/danger/{rule_id}/change")
    def change(request: Request, rule_id: str) -> Response:
        console.require(request, Action.DANGER_PROPOSE)
        if rule_id == NEW:
            return form_page(request, NEW, {**content.to_fields({}), **content.sentences_as_fields(()), "note": ""}, 0)
        with console.read() as session:
            draft = service.draft_of(session, rule_id)
            if draft is None:
                body, version, note = service.line(session, rule_id).body, 0, ""
                examples = service.examples_of(session, rule_id)
            elif not draft.body:
                return console.redirect(f"/console/danger-change/{draft.id}", request=request)
            else:
                body, version, note = draft.body, draft.version, draft.note
                examples = content.examples_from_json(draft.examples)
        fields = {**content.to_fields(body), **content.sentences_as_fields(examples), "note": note}
        return form_page(request, rule_id, fields, version)

    @router.post("/danger/{rule_id}/change")
    def propose(request: Request, rule_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.DANGER_PROPOSE)
        own_id = form["new_id"].strip().lower() if rule_id == NEW else rule_id
        version = number(form["version"])
        with console.read() as session:
            known = {line.rule.id: line for line in service.listed(session)}
            draft = service.draft_of(session, own_id)
        line = known.get(own_id)
        base: dict[str, Any] = draft.body if draft is not None else line.body if line is not None else {}
        try:
            if rule_id == NEW and line is not None:
                raise service.RuleIdOdd(own_id)
            body = content.from_fields(form, base if rule_id != NEW else {})
            with console.begin() as session:
                row = service.propose(
                    session, actor, own_id, body, content.sentences(form), console.now(), version=version,
                    note=form["note"],
                )  # fmt: skip
        except DataError as error:
            found = [Fault("unreadable", str(error))]
            return form_page(request, rule_id, _given(form), version, faults=found, status=400)
        except service.RuleIdOdd:
            return form_page(request, rule_id, _given(form), version, faults=[Fault("odd_id", own_id)], status=400)
        except service.RuleChangedMeanwhile:  # what was typed stays on the page; the next save knows of the other
            with console.read() as session:
                other = service.draft_of(session, own_id) if rule_id != NEW else None
            found = [Fault("odd_id", own_id)] if rule_id == NEW else [] if other is not None else [Fault("changed")]
            version = other.version if other is not None else 0
            return form_page(request, rule_id, _given(form), version, faults=found, theirs=other, status=409)
        return console.redirect(f"/console/danger-change/{row.id}", "console_danger.kept", request=request)

    @router.get("/danger-change/{change_id}")
    def one(request: Request, change_id: str) -> Response:
        actor = console.require(request, Action.DANGER_READ)
        with console.read() as session:
            row = service.change(session, change_id)
            line = next((found for found in service.listed(session) if found.rule.id == row.rule_id), None)
            before_examples = service.examples_of(session, row.rule_id)
            trial = with_words(session, row.trial) if row.trial else None
        examples, body = content.examples_from_json(row.examples), row.body
        if not body:  # back to the shipped rule, or to none
            body, examples = written().get(row.rule_id, {}), content.shipped_examples().get(row.rule_id, ())
        before = content.to_fields(line.body) if line else {}
        after = content.to_fields(body) if body else dict.fromkeys(before, "")
        sentences = (content.sentences_as_fields(before_examples), content.sentences_as_fields(examples))
        changed = [(key, before.get(key, ""), after[key]) for key in after if before.get(key, "") != after[key]]
        changed += [(key, sentences[0][key], sentences[1][key]) for key in sentences[1]
                    if sentences[0][key] != sentences[1][key]]  # fmt: skip
        return console.page(
            request, "danger/one.html", actor, row=row, line=line, changed=changed, trial=trial,
            current=row.trial_digest == row.digest, own=actor.id in row.writers, signs=read_signs(),
        )  # fmt: skip

    @router.post("/danger-change/{change_id}/try")
    def try_(request: Request, change_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.DANGER_PROPOSE)
        with console.read() as session:
            report = service.try_change(session, actor, change_id, console.house.triage)
        with console.begin() as session:
            service.keep_trial(session, actor, change_id, report)
        words = "console_danger.tried_faults" if report["faults"] else "console_danger.tried_well"
        return console.redirect(f"/console/danger-change/{change_id}#trial", words, request=request)

    @router.post("/danger-change/{change_id}/publish")
    def publish(request: Request, change_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.DANGER_APPROVE)
        with console.begin() as session:
            service.publish(
                session, actor, change_id, console.now(), note=form["note"],
                version=number(form["version"]),
            )  # fmt: skip
            rule_id = service.change(session, change_id).rule_id
            left = any(line.rule.id == rule_id for line in service.listed(session))
        serve_now()
        path = f"/console/danger/{rule_id}" if left else "/console/danger"
        return console.redirect(path, "console_danger.published_now", request=request)

    @router.post("/danger-change/{change_id}/withdraw")
    def withdraw(request: Request, change_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.DANGER_PROPOSE)
        with console.begin() as session:
            service.withdraw(session, actor, change_id, console.now())
        return console.redirect("/console/danger", "console_danger.withdrawn_now", request=request)

    @router.post("/danger/{rule_id}/take-back")
    def take_back(request: Request, rule_id: str, form: CheckedForm) -> Response:
        actor = console.require(request, Action.DANGER_PROPOSE)
        with console.begin() as session:
            row = service.propose_taking_back(session, actor, rule_id, console.now(), form["note"])
        return console.redirect(f"/console/danger-change/{row.id}", "console_danger.kept", request=request)

    return router


def _given(form: Form) -> dict[str, str]:
    names = [*content.to_fields({}), *content.sentences_as_fields(()), "note", "new_id"]
    return {name: form[name] for name in names}
