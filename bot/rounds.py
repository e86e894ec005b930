"""Everything that time does by itself, hung into the clockwork: what is looked at, and how often."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from bot import article_news, centre_mornings, mail, notices, plan_rounds, reminding, team
from bot.care_news import open_days, sweep
from bot.core.counting import store as counting
from bot.house import House
from bot.push import sending as push
from knowledge.danger_rules import serving
from nlu.correcting import service as correcting
from nlu.correcting import trainings
from scheduler.clockwork import Clockwork

REMINDER_SECONDS = 1
TENDING_SECONDS = 15
CARE_SECONDS = 20  # between two looks at holds, offers and the waiting line
TRAINING_SECONDS = 5  # between two looks how far a training is
COUNTS_SECONDS = 6 * 3600  # between two foldings of what was counted on past days
QUESTION_SECONDS = 3  # between two looks for questions to be grouped
ANSWER_SECONDS = 60  # between two looks for answers to questions that waited
NOTICE_SECONDS = 10  # between two looks for chats that wait for a person
MAIL_SECONDS = 10
PUSH_SECONDS = 3
MORNING_SECONDS = 300  # between two looks whether a centre is about to open
PLAN_SECONDS = 3600  # between two looks for a new edition of the schedule, and for the tips of the coming weeks


def clockwork(house: House) -> Clockwork:
    """All rounds of one process; several processes do no harm, each takes what is free."""
    ticking = Clockwork()
    ticking.every(REMINDER_SECONDS, "reminders", lambda: reminding.look(house, stop=ticking.is_stopping))
    ticking.every(TENDING_SECONDS, "reminders_tended", lambda: reminding.tend(house))
    ticking.every(CARE_SECONDS, "care", _care(house))
    ticking.every(ANSWER_SECONDS, "answers", lambda: team.tell_families(house))
    ticking.every(QUESTION_SECONDS, "questions", lambda: team.group_new_questions(house))
    ticking.every(article_news.LOOK_SECONDS, "danger_rules", _danger_rules(house))
    ticking.every(TRAINING_SECONDS, "trainings", lambda: _follow_trainings(house))
    ticking.every(COUNTS_SECONDS, "counts", lambda: _fold_counts(house))
    ticking.every(article_news.LOOK_SECONDS, "articles", lambda: article_news.keep_current(house))
    ticking.every(article_news.ROUND_SECONDS, "articles_due", lambda: article_news.publish_due(house))
    ticking.every(NOTICE_SECONDS, "notices", lambda: notices.of_waiting_chats(house))
    ticking.every(MORNING_SECONDS, "mornings", lambda: centre_mornings.of_the_day(house))
    ticking.every(PLAN_SECONDS, "plans", lambda: plan_rounds.keep_up(house))
    ticking.every(PUSH_SECONDS, "push", lambda: push.tend(house))
    if house.settings.smtp_url is not None:
        mail.recover(house)
        ticking.every(MAIL_SECONDS, "mail", lambda: mail.send_due(house))
    return ticking


def _danger_rules(house: House) -> Callable[[], None]:
    """Danger rules that were published anywhere are served here within a second."""
    watch = serving.Watch()

    def look() -> None:
        with house.database.read() as session:
            watch.look(session, house.triage)

    return look


def _follow_trainings(house: House) -> None:
    """What trainings have told, also those that were begun before a restart."""
    with house.database.read() as session:
        if not trainings.is_any_running(session):
            return
    with house.database.begin() as session:
        trainings.follow(session, house.settings.data_dir, house.clock())


def _fold_counts(house: House) -> None:
    today = house.clock().astimezone(house.zone).date()
    with house.database.begin() as session:
        counting.fold(session, today)
        correcting.forget_old(session, house.clock())


def _care(house: House) -> Callable[[], None]:
    """Holds and offers that lapse, the waiting line, and once a day the places of the coming weeks."""
    opened: list[date] = []

    def look() -> None:
        today = house.clock().astimezone(house.zone).date()
        if opened != [today]:
            open_days(house)
            opened[:] = [today]
        sweep(house)

    return look
