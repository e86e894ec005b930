"""/reminders: what comes next, and one tap for each kind; 'stop' in words; the day after urgent advice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.dialogue import danger
from bot.dialogue.desk import Desk
from bot.dialogue.reminders.words import known_sign, moment_words, times_words
from bot.dialogue.reply import Button, Reply, Route, Rows, Say, block, rows, say
from bot.dialogue.turn import Outcome, Press, Turn
from knowledge.triage.model import Level
from nlu.phrases.reminder_talk import is_only_stop, refuses, stops
from scheduler.reminders.choice import CHOSEN, MOST_TIPS_A_WEEK, Choice
from scheduler.reminders.model import Kind
from scheduler.reminders.quiet import QuietHours

SHOWN = 5
_QUIETS = (QuietHours(), QuietHours(20 * 60, 9 * 60), QuietHours(22 * 60, 7 * 60), QuietHours(23 * 60, 6 * 60))
_TOGGLES = (Kind.BOOKING, Kind.PLAN, Kind.FOLLOW_UP, Kind.OWN)


def show(turn: Turn, desk: Desk) -> Outcome:
    """/reminders."""
    return _said(turn, screen(turn, desk))


def missed(turn: Turn, desk: Desk) -> Outcome:
    """'You did not remind me': sorry, and where to see whether it is turned off or falls into quiet hours."""
    found = screen(turn, desk)
    return _said(turn, replace(found, parts=(say("reminders.missed"), *found.parts)))


def screen(turn: Turn, desk: Desk, *, replaces: bool = False) -> Reply:
    choice, coming = desk.reminder_choice(), desk.coming_reminders(SHOWN)
    lines: list[Say] = [say("reminders.title")]
    if coming:
        lines.append(say("reminders.next", lines=block([_line(turn, desk, kind, at, own) for kind, at, own in coming])))
    else:
        lines.append(say("reminders.nothing_next"))
    quiet = choice.quiet or QuietHours()
    lines.append(
        say("reminders.quiet_never") if quiet.start == quiet.end else say("reminders.quiet_now", **_span(quiet))
    )
    lines.append(say("reminders.how_to"))
    return Reply(tuple(lines), (*_toggles(choice), (Button(say("reminders.quiet_change"), "remquiet"),
                 Button(say("reminders.mine"), "remown"))), replaces=replaces)  # fmt: skip


def _line(turn: Turn, desk: Desk, kind: Kind, at: datetime, own_id: str) -> Say:
    own = desk.own_reminder(own_id) if own_id else None
    what: object = own.words if own is not None else Say(f"reminders.kind_{kind.value}")
    if own is not None and own.rule:
        return say("reminders.next_line", when=times_words(own), what=what)
    return say("reminders.next_line", when=moment_words(at, turn.zone), what=what)


def _toggles(choice: Choice) -> Rows:
    buttons = []
    for kind in _TOGGLES:
        on = kind not in choice.off
        label = say("reminders.is_on" if on else "reminders.is_off", kind=Say(f"reminders.kind_{kind.value}"))
        buttons.append(Button(label, f"rem:{kind.value}:{'off' if on else 'on'}"))
    tips = choice.tips_a_week if choice.wants(Kind.TIP) else 0
    following = (tips + 1) % (MOST_TIPS_A_WEEK + 1)
    label = say("reminders.tips_off") if tips == 0 else say("reminders.tips_a_week", count=tips)
    return rows(*buttons, Button(label, f"remtips:{following}"), width=2)


def on_toggle(turn: Turn, press: Press, desk: Desk) -> Outcome:
    kind = next((k for k in CHOSEN if k.value == press.argument()), None)
    if kind is not None:
        desk.turn_reminders(kind, on=press.argument(1) == "on")
    return _said(turn, screen(turn, desk, replaces=True))


def on_tips(turn: Turn, press: Press, desk: Desk) -> Outcome:
    if press.argument().isdigit():
        desk.set_tips(int(press.argument()))
    return _said(turn, screen(turn, desk, replaces=True))


def on_quiet(turn: Turn, press: Press, desk: Desk) -> Outcome:
    """Without an argument: which hours; with one: these."""
    said = press.argument()
    if not said:
        buttons = [Button(say("reminders.span", **_span(q)), f"remquiet:{q.start}-{q.end}") for q in _QUIETS]
        buttons.append(Button(say("reminders.never_quiet"), "remquiet:0-0"))
        return _said(turn, Reply((say("reminders.quiet_which"),), rows(*buttons, width=2), replaces=True))
    start, _, end = said.partition("-")
    if start.isdigit() and end.isdigit() and int(start) < 1440 and int(end) < 1440:
        desk.set_quiet(QuietHours(int(start), int(end)))
    return _said(turn, screen(turn, desk, replaces=True))


def _span(quiet: QuietHours) -> dict[str, str]:
    return {
        "start": "{:02d}:{:02d}".format(*divmod(quiet.start, 60)),
        "end": "{:02d}:{:02d}".format(*divmod(quiet.end, 60)),
    }


def own_list(turn: Turn, desk: Desk) -> Outcome:
    """The parent's own reminders, each with a button to end it."""
    mine = desk.own_reminders()
    if not mine:
        return _said(turn, Reply((say("reminders.none_own"),), rows(Button(say("reminders.all"), "reminders"))))
    lines = [say("reminders.own_line", when=times_words(own), words=own.words) for own in mine[:10]]
    buttons = [Button(say("reminders.end_one", words=own.words[:16]), f"unown:{own.id}") for own in mine[:10]]
    return _said(turn, Reply((say("reminders.your_own"), block(lines)), rows(*buttons)))


def stopped(turn: Turn, desk: Desk) -> Outcome | None:
    """'Stop', '别再提醒了': off at once, with the way back; None when the message ends nothing.

    'Do not remind me of the nappies' ends one of the parent's own, or a kind: which one is chosen there.
    """
    kinds = stops(turn.text)
    if kinds is None and refuses(turn.text):
        return own_list(turn, desk) if desk.own_reminders() else show(turn, desk)
    if kinds is None:
        return None
    if not kinds:
        if desk.own_reminders() and turn.text.strip().lower().startswith(("取消", "cancel")):
            return own_list(turn, desk)
        for each in CHOSEN:
            desk.turn_reminders(each, on=False)
        buttons = rows(
            Button(say("reminders.only_bookings"), "rem:booking:on"), Button(say("reminders.all"), "reminders")
        )
        return _said(turn, Reply((say("reminders.all_stopped"),), buttons))
    for kind in kinds:
        desk.turn_reminders(Kind(kind), on=False)
    named = [Say(f"reminders.kind_{kind}") for kind in sorted(kinds)]
    buttons = rows(
        *(Button(say("reminders.turn_on", kind=Say(f"reminders.kind_{k}")), f"rem:{k}:on") for k in sorted(kinds)),
        Button(say("reminders.all"), "reminders"),
    )
    return _said(turn, Reply((say("reminders.some_stopped", kinds=named),), buttons))


def stopped_in_between(turn: Turn, desk: Desk) -> Outcome | None:
    """The same in the middle of something else, where a bare 'stop' gives up only that."""
    return None if is_only_stop(turn.text) else stopped(turn, desk)


def stopped_beside_a_person(turn: Turn, desk: Desk) -> Outcome | None:
    """The same while the health team has the chat, which goes on."""
    outcome = stopped(turn, desk)
    if outcome is None:
        return None
    first, *others = outcome.replies
    going_on = replace(first, parts=(*first.parts, say("person.still_here")))
    return replace(outcome, replies=(going_on, *others))


# The day after urgent advice


def on_ask_me(turn: Turn, press: Press, desk: Desk) -> Outcome:
    """'Ask me tomorrow how he is.'"""
    if known_sign(desk, press.argument()) is None:
        return _said(turn, Reply((say("talk.old_button"),)))
    due_at = desk.follow_up(press.argument())
    when = moment_words(due_at, turn.zone)
    undo = rows(Button(say("reminders.no_need"), "unask"))
    return Outcome((Reply((say("reminders.will_ask", when=when),), undo),), turn.conversation, Route.REMINDERS)


def on_no_need(turn: Turn, desk: Desk) -> Outcome:
    desk.no_follow_up()
    return Outcome((Reply((say("reminders.will_not_ask"),)),), turn.conversation, Route.REMINDERS)


def on_how_is(turn: Turn, press: Press, desk: Desk) -> Outcome:
    """The answer to 'how is your child today?': worse is danger again."""
    how, sign = press.argument(), press.argument(1)
    if how == "worse":
        first = Reply((say("reminders.worse_now"),), alarm=Level.URGENT_TODAY)
        if known_sign(desk, sign) is None:
            return Outcome((first,), turn.conversation, Route.DANGER)
        again = danger.on_danger(turn, Press("danger", (sign,)), desk)
        return replace(again, replies=(first, *again.replies))
    if how != "better":
        buttons = rows(
            Button(say("reminders.ask_again"), f"askme:{sign}"), Button(say("guidance.person"), "person"), width=2
        )
        return Outcome((Reply((say("reminders.still_the_same"),), buttons),), turn.conversation, Route.REMINDERS)
    return Outcome((Reply((say("reminders.glad"),)),), turn.conversation, Route.REMINDERS)


def _said(turn: Turn, *replies: Reply) -> Outcome:
    return Outcome(replies, turn.conversation, Route.REMINDERS)
