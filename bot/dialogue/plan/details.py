"""What a plan rests on: the birth date, and the week of pregnancy of a child born early."""

from __future__ import annotations

from dataclasses import replace

from bot.core.families.model import age_in_months, born_at_age
from bot.dialogue.account import OLDEST_MONTHS, birth_date_in
from bot.dialogue.desk import Desk
from bot.dialogue.plan.showing import said, show
from bot.dialogue.reply import Button, Reply, Route, rows, say
from bot.dialogue.turn import Outcome, Press, Turn
from nlu.phrases.plan_talk import is_date_like, weeks_of_pregnancy

FULL_TERM, DUE = 37, 40  # weeks
POSSIBLE = range(22, 43)
LONGEST_WEEKS = 20  # characters


def on_details(turn: Turn, press: Press, desk: Desk) -> Outcome:
    child_id, what = press.argument(), press.argument(1)
    plan = desk.plan(child_id)
    if plan is None:
        return said(turn, Reply((say("plan.no_child"),)))
    match what:
        case "birth":
            asking = turn.conversation.asking("plan_birth", child=child_id)
            return Outcome((Reply((say("plan.ask_birth"),)),), asking, Route.PLAN)
        case "weeks":
            asking = turn.conversation.asking("plan_weeks", child=child_id)
            return Outcome((Reply((say("plan.ask_weeks"),)),), asking, Route.PLAN)
        case "term":
            desk.born_early(child_id, 0)
            return _shown(turn, desk, child_id, Reply((say("plan.weeks_term"),)))
    early = plan.birth.weeks_early
    what_it_rests_on = say(
        "plan.details_what",
        birth=plan.birth.day.isoformat(),
        about=say("plan.details_about") if plan.is_approximate else "",
        early=say("plan.details_early", weeks=early) if early else say("plan.details_term"),
    )
    buttons = [Button(say("plan.change_birth"), f"pset:{child_id}:birth"),
               Button(say("plan.change_early"), f"pset:{child_id}:weeks")]  # fmt: skip
    if early:
        buttons.append(Button(say("plan.set_term"), f"pset:{child_id}:term"))
    buttons.append(Button(say("plan.show"), f"plan:{child_id}"))
    return said(turn, Reply((what_it_rests_on,), rows(*buttons, width=2)))


def is_answer(turn: Turn) -> bool:
    """Whether the message is nothing but the date or week that was asked for."""
    match turn.conversation.waiting:
        case "plan_weeks":
            return weeks_of_pregnancy(turn.text) is not None
        case "plan_birth" | "plan_day":
            return is_date_like(turn.text)
    return False


def told(turn: Turn, desk: Desk) -> Outcome | None:
    """The birth date or the week that was asked for; None when the message is about something else."""
    child_id = str(turn.conversation.waiting_for.get("child", ""))
    match turn.conversation.waiting:
        case "plan_birth":
            return _birth_told(turn, desk, child_id)
        case "plan_weeks":
            return _weeks_told(turn, desk, child_id)
    return None


def _birth_told(turn: Turn, desk: Desk, child_id: str) -> Outcome | None:
    age = birth_date_in(turn)
    if age is None:
        return Outcome((Reply((say("talk.child_unclear"),)),), turn.conversation, Route.PLAN) if _short(turn) else None
    born = age.birth_date or born_at_age(age.months, turn.today)
    months = age_in_months(born, turn.today)
    if months > OLDEST_MONTHS:
        too_old = Reply((say("talk.child_too_old", years=int(months // 12)),))
        return Outcome((too_old,), turn.conversation, Route.PLAN)
    desk.correct_birth(child_id, born, "day" if age.birth_date else age.precision)
    return _shown(turn, desk, child_id, Reply((say("plan.birth_changed", birth=born.isoformat()),)))


def _weeks_told(turn: Turn, desk: Desk, child_id: str) -> Outcome | None:
    if len(turn.text) > LONGEST_WEEKS:
        return None
    weeks = weeks_of_pregnancy(turn.text)
    if weeks is None or weeks not in POSSIBLE:
        unclear = Outcome((Reply((say("plan.weeks_unclear"),)),), turn.conversation, Route.PLAN)
        return unclear if weeks is not None or _short(turn) else None
    early = DUE - weeks if weeks < FULL_TERM else 0
    desk.born_early(child_id, early)
    words = say("plan.weeks_set", weeks=early) if early else say("plan.weeks_term")
    return _shown(turn, desk, child_id, Reply((words,)))


def _short(turn: Turn) -> bool:
    return any(c.isdigit() for c in turn.text) and len(turn.text) <= LONGEST_WEEKS


def _shown(turn: Turn, desk: Desk, child_id: str, first: Reply) -> Outcome:
    shown = show(replace(turn, conversation=turn.conversation.asked()), desk, child_id)
    return replace(shown, replies=(first, *shown.replies))
