"""What belongs to the parent: first steps, language, children, privacy.

/start: language -> what the bot is -> consent -> birth date (each can be skipped)
"""

from __future__ import annotations

from dataclasses import replace

from bot.core.families.model import Child, age_in_months, born_at_age
from bot.core.language import Language
from bot.dialogue.desk import Desk
from bot.dialogue.reply import Attachment, Button, Reply, Route, Rows, rows, say
from bot.dialogue.turn import Outcome, Press, Turn
from bot.dialogue.words import age_words
from nlu.phrases.ages import ChildAge, child_age
from nlu.phrases.household_talk import born_together

LONGEST_BIRTH_DATE = 24  # characters; a longer message is about something else
OLDEST_MONTHS = 84  # an older date is more likely a slip than a question about a seven-year-old


def start(turn: Turn) -> Outcome:
    return _account(turn, Reply((say("talk.start_language"),), _language_buttons("start")))


def choose_language(turn: Turn) -> Outcome:
    return _account(turn, Reply((say("talk.language_choose"),), _language_buttons("set")))


def _language_buttons(where: str) -> Rows:
    return rows(
        Button(say("talk.language_zh"), f"lang:zh:{where}"),
        Button(say("talk.language_en"), f"lang:en:{where}"),
        width=2,
    )


def on_language(turn: Turn, press: Press, desk: Desk) -> Outcome:
    language = Language.EN if press.argument() == "en" else Language.ZH
    desk.choose_language(language)
    if press.argument(1) != "start":
        return _account(turn, Reply((say("talk.language_set"),), language=language))
    desk.welcome()
    what = Reply((say("talk.start_what"),), language=language)
    return _account(turn, what, replace(_consent(), language=language))


def _consent() -> Reply:
    return Reply(
        (say("talk.start_consent"),),
        rows(Button(say("talk.consent_yes"), "consent:yes"), Button(say("talk.consent_no"), "consent:no")),
    )


def on_consent(turn: Turn, press: Press, desk: Desk) -> Outcome:
    if press.argument() != "yes":
        return _account(turn, Reply((say("talk.consent_declined"),)))
    desk.give_consent()
    ask = ask_birth_date(turn)
    first = replace(ask.replies[0], parts=(say("talk.consent_thanks"), *ask.replies[0].parts))
    return replace(ask, replies=(first,))


def ask_birth_date(turn: Turn) -> Outcome:
    reply = Reply((say("talk.ask_birth_date"),), rows(Button(say("talk.skip"), "skip")))
    then = turn.conversation.waiting_for.get("then")  # what the parent was on the way to
    asking = turn.conversation.asking("birth_date", **({"then": then} if then else {}))
    return Outcome((reply,), asking, Route.ACCOUNT)


def on_skip(turn: Turn) -> Outcome:
    return Outcome((Reply((say("talk.skipped"),)),), turn.conversation.asked(), Route.ACCOUNT)


def birth_date_told(turn: Turn, desk: Desk) -> Outcome:
    """The parent answered 'when was your child born'."""
    age = birth_date_in(turn)
    skip = rows(Button(say("talk.skip"), "skip"))
    if age is None:
        words = "talk.child_future" if _names_a_coming_day(turn) else "talk.child_unclear"
        return _account(turn, Reply((say(words),), skip))
    born = age.birth_date or born_at_age(age.months, turn.today)
    months = age_in_months(born, turn.today)
    if months > OLDEST_MONTHS:
        return _account(turn, Reply((say("talk.child_too_old", years=int(months // 12)),), skip))
    several = born_together(turn.text) if not turn.parent.children else 1
    for _ in range(several):
        desk.add_child(born, "day" if age.birth_date else age.precision)
    saved = Reply((say("talk.child_saved", age=age_words(months)),), rows(Button(say("plan.show"), "plan")))
    return Outcome((saved,), turn.conversation.asked(), Route.ACCOUNT)


def keep_stated_age(turn: Turn, desk: Desk, age: ChildAge) -> None:
    """An age said while booking is enough to know the child by; not for a child who is too old for us."""
    born = age.birth_date or born_at_age(age.months, turn.today)
    if age_in_months(born, turn.today) <= OLDEST_MONTHS and born <= turn.today:
        desk.add_child(born, "day" if age.birth_date else age.precision)


def _names_a_coming_day(turn: Turn) -> bool:
    when = turn.understood.when
    day = when.day or (when.start.date() if when.start else None) if when else None
    return day is not None and day > turn.today


def birth_date_in(turn: Turn) -> ChildAge | None:
    """The age or birth date of a short message; a bare date is a birth date here."""
    if len(turn.text) > LONGEST_BIRTH_DATE:
        return None
    return turn.understood.age or child_age(f"出生日期 {turn.text}", today=turn.today)


def children(turn: Turn) -> Outcome:
    """/child: who is known, add, remove."""
    if not turn.parent.consented:
        return _account(
            turn,
            Reply(
                (say("talk.child_needs_consent"),),
                rows(Button(say("talk.privacy_agree"), "consent:yes"), Button(say("talk.menu_ask"), "menu")),
            ),
        )
    if not turn.parent.children:
        ask = ask_birth_date(turn)
        return replace(ask, replies=(replace(ask.replies[0], parts=(say("talk.child_none"), *ask.replies[0].parts)),))
    lines = [say("talk.child_line", age=_age(turn, c), birth=c.birth_date.isoformat()) for c in turn.parent.children]
    remove = [
        Button(say("talk.child_remove", age=_age(turn, c), birth=c.birth_date.isoformat()), f"unchild:{c.id}")
        for c in turn.parent.children
    ]
    return _account(
        turn, Reply((say("talk.child_list"), *lines), rows(Button(say("talk.child_add"), "child"), *remove))
    )


def _age(turn: Turn, child: Child) -> object:
    return age_words(child.months(turn.today))


def on_remove_child(turn: Turn, press: Press, desk: Desk) -> Outcome:
    desk.remove_child(press.argument())
    return _account(turn, Reply((say("talk.child_removed"),)))


def privacy(turn: Turn) -> Outcome:
    consent = say("talk.consent_given" if turn.parent.consented else "talk.consent_missing")
    change = (
        Button(say("talk.privacy_withdraw"), "privacy:withdraw")
        if turn.parent.consented
        else Button(say("talk.privacy_agree"), "consent:yes")
    )
    buttons = rows(
        Button(say("talk.privacy_export"), "privacy:export"),
        change,
        Button(say("talk.privacy_delete"), "privacy:delete"),
    )
    return _account(turn, Reply((say("talk.privacy", consent=consent),), buttons))


def on_privacy(turn: Turn, press: Press, desk: Desk) -> Outcome:
    match press.argument():
        case "export":
            file = Attachment("document", "sprout-data.json", "application/json", desk.export())
            return _account(turn, Reply((say("talk.privacy_exported"),), attachment=file))
        case "withdraw":
            desk.withdraw_consent()
            return Outcome((Reply((say("talk.privacy_withdrawn"),)),), turn.conversation.without_child(), Route.ACCOUNT)
        case "delete":
            buttons = rows(
                Button(say("talk.privacy_delete_yes"), "privacy:forget"),
                Button(say("talk.privacy_keep"), "privacy:keep"),
            )
            return _account(turn, Reply((say("talk.privacy_sure"),), buttons))
        case "forget":
            desk.forget()
            return Outcome((Reply((say("talk.privacy_deleted"),)),), type(turn.conversation)(), Route.ACCOUNT)
        case _:
            return _account(turn, Reply((say("talk.privacy_kept"),)))


def _account(turn: Turn, *replies: Reply) -> Outcome:
    return Outcome(replies, turn.conversation, Route.ACCOUNT)
