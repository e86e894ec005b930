"""/plan: the picture, what comes next, and one row of buttons for each.

/plan -> no child yet -> consent, birth date -> the plan
      -> the plan -> mark | everything | calendar | details | another child
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core.families.model import Child
from bot.dialogue.desk import Desk
from bot.dialogue.plan.picture import picture
from bot.dialogue.plan.words import SIGNS, age, line, number_of, numbered, text_of, title, when_words
from bot.dialogue.reply import Button, Reply, Route, Rows, Say, block, rows, say
from bot.dialogue.turn import Conversation, Outcome, Press, Turn
from bot.dialogue.words import age_words
from nlu.phrases.plan_talk import asks_for_plan
from scheduler.reminders.plan.model import Entry, Plan
from scheduler.reminders.plan.reminding import TOO_VAGUE
from scheduler.reminders.plan.schedule import ItemKind

NEXT = 3
IN_LIST = ":l"
AT_ONCE = 5  # items that are marked one by one on one screen


def show(turn: Turn, desk: Desk, child_id: str = "") -> Outcome:
    """The plan of a child, the youngest if none is named."""
    parent = desk.parent()
    if not parent.consented:
        agree = rows(Button(say("talk.privacy_agree"), "consent:yes"), Button(say("talk.consent_no"), "consent:no"))
        return Outcome((Reply((say("plan.needs_consent"),), agree),), _then_plan(turn), Route.PLAN)
    if not parent.children:
        ask = Reply((say("plan.needs_child"), say("talk.ask_birth_date")), rows(Button(say("talk.skip"), "skip")))
        return Outcome((ask,), _then_plan(turn, "birth_date"), Route.PLAN)
    youngest = min((c for c in parent.children if c.birth_date == parent.children[0].birth_date), key=lambda c: c.id)
    child = next((c for c in parent.children if c.id == child_id), youngest)
    plan = desk.plan(child.id)
    if plan is None:
        return said(turn, Reply((say("plan.no_child"),)))
    return said(turn, _screen(turn, desk, child.id, plan))


def _then_plan(turn: Turn, waiting: str = "consent") -> Conversation:
    return turn.conversation.asking(waiting, then="plan")


def after_account(turn: Turn, desk: Desk, outcome: Outcome) -> Outcome:
    """A birth date was told because the plan needed it: on with the plan."""
    asked_for_plan = turn.conversation.waiting_for.get("then") == "plan"
    if not asked_for_plan or outcome.conversation.waiting or not desk.parent().children:
        return outcome
    return show(replace(turn, conversation=outcome.conversation), desk)


def _screen(turn: Turn, desk: Desk, child_id: str, plan: Plan) -> Reply:
    number = number_of(child_id, desk.parent().children)
    parts = [title(plan, number), *summary(turn, plan)]
    parts.append(say("plan.footnote", title=plan.schedule.whole.title[turn.language], version=plan.schedule.version))
    return Reply(
        tuple(parts),
        (*next_buttons(turn, child_id, plan), *_more_buttons(turn, desk, child_id, plan)),
        picture=picture(plan, turn.language, NEXT, number=number),
    )


def summary(turn: Turn, plan: Plan, *, brief: bool = False) -> list[Say]:
    """What comes next, and what was never marked; `brief`: without what the family has just read."""
    parts: list[Say] = []
    if brief:
        pass
    elif plan.birth.precision == TOO_VAGUE:
        parts.append(say("plan.too_vague"))
    elif plan.is_approximate:
        parts.append(say("plan.approximate"))
    coming = plan.next(NEXT)
    if coming:
        parts.append(say("plan.next", lines=block([line(e, plan, turn.language) for e in coming])))
    earlier = plan.earlier()
    if earlier and not brief:
        many = len(earlier) > 1
        parts.append(say("plan.earlier", count=len(earlier)) if many else say("plan.earlier_one"))
    if not coming and not earlier:
        parts.append(say("plan.nothing_next"))
    return parts


def next_buttons(turn: Turn, child_id: str, plan: Plan) -> Rows:
    return tuple(mark_row(turn, child_id, e) for e in plan.next(NEXT))


def mark_row(turn: Turn, child_id: str, entry: Entry, *, in_list: bool = False) -> tuple[Button, ...]:
    """Done, later, not wanted. `in_list`: the list goes on below the answer."""
    of = f"{child_id}:{entry.item.id}{IN_LIST if in_list else ''}"
    return (
        Button(say("plan.done", name=text_of(entry.item.short, turn.language)), f"pdone:{of}"),
        Button(say("plan.later"), f"plater:{of}"),
        Button(say("plan.unwanted"), f"pnot:{of}"),
    )


def _more_buttons(turn: Turn, desk: Desk, child_id: str, plan: Plan) -> Rows:
    found: list[tuple[Button, ...]] = []
    if plan.earlier():
        found.append(
            (
                Button(say("plan.earlier_done"), f"pearlier:{child_id}"),
                Button(say("plan.earlier_each"), f"peach:{child_id}"),
            )
        )
    found.append((Button(say("plan.everything"), f"pall:{child_id}"), Button(say("plan.calendar"), f"pcal:{child_id}")))
    found.append(
        (
            Button(say("plan.details"), f"pset:{child_id}"),
            Button(say("plan.source_button"), url=plan.schedule.whole.url),
        )
    )
    family = desk.parent().children
    found += [
        (Button(say("plan.other_child", age=_age_of(turn, c, family)), f"plan:{c.id}"),)
        for c in [c for c in family if c.id != child_id][:3]
    ]
    return tuple(found)


def _age_of(turn: Turn, child: Child, family: Sequence[Child]) -> Say:
    return numbered(age_words(child.months(turn.today)), number_of(child.id, family))


def everything(turn: Turn, press: Press, desk: Desk) -> Outcome:
    """All items by kind, each with its day or what became of it."""
    child_id = press.argument()
    plan = desk.plan(child_id)
    if plan is None:
        return said(turn, Reply((say("plan.no_child"),)))
    parts: list[Say] = [say("plan.all_title", age=age(plan, number_of(child_id, desk.parent().children)))]
    for kind in ItemKind:
        entries = [e for e in plan.entries if e.item.kind is kind]
        if entries:
            parts.append(block([Say(f"plan.all_kind_{kind.value}"), *_lines(turn, plan, entries)]))
    return said(turn, Reply(tuple(parts), rows(Button(say("plan.show"), f"plan:{child_id}"))))


def _lines(turn: Turn, plan: Plan, entries: list[Entry]) -> list[Say]:
    return [
        say("plan.all_line", sign=SIGNS[e.status], name=text_of(e.item.name, turn.language), when=when_words(e, plan))
        for e in entries
    ]


def one_by_one(turn: Turn, press: Press, desk: Desk) -> Outcome:
    """What was never marked, a few at a time."""
    child_id = press.argument()
    plan = desk.plan(child_id)
    if plan is None:
        return said(turn, Reply((say("plan.no_child"),)))
    start = int(press.argument(1)) if press.argument(1).isdigit() else 0
    return said(turn, earlier_list(turn, child_id, plan, start))


def earlier_list(turn: Turn, child_id: str, plan: Plan, start: int = 0, *, noted: Say | None = None) -> Reply:
    """A few of those that were never marked, below what was just `noted`."""
    earlier = plan.earlier()
    shown = earlier[start : start + AT_ONCE]
    first = (noted,) if noted is not None else ()
    if not shown:
        return Reply((*first, say("plan.each_none")), rows(Button(say("plan.show"), f"plan:{child_id}")))
    buttons = [mark_row(turn, child_id, e, in_list=True) for e in shown]
    if len(earlier) > start + AT_ONCE:
        buttons.append((Button(say("plan.more"), f"peach:{child_id}:{start + AT_ONCE}"),))
    buttons.append((Button(say("plan.show"), f"plan:{child_id}"),))
    lines = block([line(e, plan, turn.language, detail=not first) for e in shown])
    return Reply((*first, say("plan.each", lines=lines)), tuple(buttons))


def asked(turn: Turn, desk: Desk) -> Outcome | None:
    """'When is the next vaccine?', 疫苗时间表: of a child we know, the plan itself; None for another question."""
    if turn.understood.age is not None or not asks_for_plan(turn.text) or not desk.parent().children:
        return None
    return show(turn, desk)


def offered(outcome: Outcome) -> Outcome:
    """Below an answer about vaccines: the own plan."""
    if not outcome.replies:
        return outcome
    *before, last = outcome.replies
    with_offer = replace(last, buttons=(*last.buttons, (Button(say("plan.offer"), "plan"),)))
    return replace(outcome, replies=(*before, with_offer))


def said(turn: Turn, *replies: Reply) -> Outcome:
    return Outcome(replies, turn.conversation.asked(), Route.PLAN)
