"""What a tap means: a button by its verb, a command by its name."""

from __future__ import annotations

from collections.abc import Callable

from bot.dialogue import account, danger, grief, guidance, person, small_talk, tips
from bot.dialogue.care import (
    booking,
    centres,
    changing,
    choices,
    confirming,
    free_week,
    groups,
    health,
    household,
    my_bookings,
    talk,
)
from bot.dialogue.care import reminders as care_reminders
from bot.dialogue.care import waiting as waiting_line
from bot.dialogue.desk import Desk
from bot.dialogue.plan import calendar, details, marking
from bot.dialogue.plan import showing as plan
from bot.dialogue.reminders import asking, choosing
from bot.dialogue.turn import Outcome, Press, Turn

_BUTTONS: dict[str, Callable[[Turn, Press, Desk], Outcome]] = {
    "art": guidance.on_article,
    "age": guidance.on_age,
    "none": lambda turn, press, desk: guidance.on_none_of_these(turn, desk),
    "help": guidance.on_feedback,
    "danger": danger.on_danger,
    "safe": lambda turn, press, desk: danger.on_safe(turn, desk),
    "notloss": lambda turn, press, desk: grief.on_not_meant(turn, desk),
    "call": lambda turn, press, desk: danger.on_call(turn, press),
    "dangerlist": lambda turn, press, desk: danger.the_list(turn),
    "person": lambda turn, press, desk: person.hand_over(turn, desk),
    "unperson": person.on_take_back,
    "lang": account.on_language,
    "consent": lambda turn, press, desk: talk.after_account(turn, desk, account.on_consent(turn, press, desk)),
    "skip": lambda turn, press, desk: account.on_skip(turn),
    "child": lambda turn, press, desk: account.ask_birth_date(turn),
    "unchild": account.on_remove_child,
    "privacy": account.on_privacy,
    "menu": lambda turn, press, desk: small_talk.menu(turn),
    "plan": lambda turn, press, desk: plan.show(turn, desk, press.argument()),
    "pall": plan.everything,
    "peach": plan.one_by_one,
    "pdone": marking.on_done,
    "pday": marking.on_day,
    "plater": marking.on_later,
    "pnot": marking.on_not_wanted,
    "pundo": marking.on_undo,
    "pearlier": marking.on_earlier_done,
    "prem": marking.on_reminder,
    "pset": details.on_details,
    "pcal": calendar.on_calendar,
    "tip": tips.on_tip,
    "reminders": lambda turn, press, desk: choosing.show(turn, desk),
    "rem": choosing.on_toggle,
    "remtips": choosing.on_tips,
    "remquiet": choosing.on_quiet,
    "remown": lambda turn, press, desk: choosing.own_list(turn, desk),
    "remat": asking.on_time,
    "unown": asking.on_undo,
    "snooze": asking.on_snooze,
    "askme": choosing.on_ask_me,
    "unask": lambda turn, press, desk: choosing.on_no_need(turn, desk),
    "howis": choosing.on_how_is,
    "coming": care_reminders.on_coming,
    "ask": lambda turn, press, desk: small_talk.simple(turn, "talk.ask_away"),
    "book": lambda turn, press, desk: booking.start(turn, desk),
    "day": booking.on_day,
    "hours": booking.on_hours,
    "kids": booking.on_children,
    "take": booking.on_take,
    "ok": confirming.on_confirm,
    "other": lambda turn, press, desk: booking.another_centre(turn, desk),
    "when": lambda turn, press, desk: booking.another_time(turn, desk),
    "again": lambda turn, press, desk: booking.start(turn, desk),
    "stopbook": lambda turn, press, desk: booking.stop(turn, desk),
    "backto": lambda turn, press, desk: talk.back(turn, desk),
    "centres": centres.on_list,
    "centre": centres.on_centre,
    "at": centres.on_book_here,
    "week": free_week.on_week,
    "bookings": lambda turn, press, desk: my_bookings.show_all(turn, desk),
    "mine": my_bookings.on_mine,
    "papers": my_bookings.on_papers,
    "dayof": my_bookings.on_day_look,
    "shift": changing.on_shift,
    "moveto": changing.on_move_to,
    "uncare": my_bookings.on_cancel,
    "undo": my_bookings.on_undo,
    "away": my_bookings.on_away,
    "late": my_bookings.on_late,
    "wait": waiting_line.on_wait,
    "decline": waiting_line.on_decline,
    "groups": lambda turn, press, desk: groups.show(turn, desk),
    "seat": groups.on_seat,
    "gwait": groups.on_wait,
    "card": health.begin,
    "cardnone": health.on_none,
    "household": lambda turn, press, desk: household.show(turn, desk),
    "invite": lambda turn, press, desk: household.on_invite(turn, desk),
    "havecode": lambda turn, press, desk: household.on_have_code(turn),
    "join": household.on_join,
}


def press(turn: Turn, pressed: Press, desk: Desk) -> Outcome:
    """A button; an unknown or outdated one says so and changes nothing."""
    handler = _BUTTONS.get(pressed.verb)
    if handler is None:
        return small_talk.simple(turn, "talk.old_button", menu=True)
    return choices.remembered(talk.after_press(turn, desk, handler(turn, pressed, desk)))


_COMMANDS: dict[str, Callable[[Turn, Desk], Outcome]] = {
    "start": lambda turn, desk: account.start(turn),
    "help": lambda turn, desk: small_talk.simple(turn, "talk.help", menu=True),
    "menu": lambda turn, desk: small_talk.menu(turn),
    "language": lambda turn, desk: account.choose_language(turn),
    "child": lambda turn, desk: account.children(turn),
    "privacy": lambda turn, desk: account.privacy(turn),
    "person": person.hand_over,
    "danger": lambda turn, desk: danger.the_list(turn),
    "book": booking.start,
    "bookings": my_bookings.show_all,
    "groups": groups.show,
    "centres": centres.nearby,
    "household": household.show,
    "reminders": choosing.show,
    "plan": plan.show,
}


def command(turn: Turn, name: str, desk: Desk) -> Outcome:
    """/start, /help, ..."""
    handler = _COMMANDS.get(name)
    if handler is None:
        return small_talk.simple(turn, "talk.unknown_command", menu=True)
    return choices.remembered(handler(turn, desk))
