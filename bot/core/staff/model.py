"""Who may do what: roles, actions, one table, and the question `permit(actor, action)` that every use case asks.

Nobody gets children's data or parents' chats by being an admin: an admin who needs them takes the role, which the
audit log shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.core.language import Language


class Role(StrEnum):
    AUTHOR = "author"
    REVIEWER = "reviewer"
    NURSE_ON_CALL = "nurse_on_call"
    CENTRE_STAFF = "centre_staff"  # at their centres only
    CITY_VIEWER = "city_viewer"
    ADMIN = "admin"


class Action(StrEnum):
    ACCOUNT = "account"  # the own account; everybody who is in
    ARTICLES_READ = "articles_read"
    ARTICLES_WRITE = "articles_write"
    ARTICLES_REVIEW = "articles_review"  # approve, send back; four eyes is the service's rule
    ARTICLES_RETIRE = "articles_retire"
    ARTICLES_MOVE = "articles_move"  # import; export needs only reading
    TRY_IT = "try_it"
    QUESTIONS_READ = "questions_read"
    QUESTIONS_SETTLE = "questions_settle"
    DANGER_READ = "danger_read"
    DANGER_PROPOSE = "danger_propose"
    DANGER_APPROVE = "danger_approve"
    NLU_CORRECT = "nlu_correct"
    NLU_TRAIN = "nlu_train"
    INBOX = "inbox"  # read and answer chats that parents handed over
    TEAM_HOURS = "team_hours"
    CENTRE_DAY = "centre_day"  # children, arrivals, health forms of a centre
    CENTRE_CHANGE = "centre_change"  # hours, staff on duty, prices, profile, group sessions
    CITY_READ = "city_read"
    REMINDERS_READ = "reminders_read"  # counts to the last one, without small groups hidden: for whoever runs it
    STAFF_MANAGE = "staff_manage"
    AUDIT_READ = "audit_read"
    TABLES_EDIT = "tables_edit"


_HEALTH = frozenset({Action.ACCOUNT, Action.ARTICLES_READ, Action.TRY_IT, Action.QUESTIONS_READ, Action.DANGER_READ})

ROLES: Mapping[Role, frozenset[Action]] = {
    Role.AUTHOR: _HEALTH
    | {Action.ARTICLES_WRITE, Action.QUESTIONS_SETTLE, Action.DANGER_PROPOSE, Action.NLU_CORRECT, Action.ARTICLES_MOVE},
    Role.REVIEWER: _HEALTH
    | {
        Action.ARTICLES_WRITE, Action.ARTICLES_REVIEW, Action.ARTICLES_RETIRE, Action.QUESTIONS_SETTLE,
        Action.DANGER_PROPOSE, Action.DANGER_APPROVE, Action.NLU_CORRECT,
    },
    Role.NURSE_ON_CALL: _HEALTH | {Action.INBOX, Action.TEAM_HOURS, Action.QUESTIONS_SETTLE},
    Role.CENTRE_STAFF: frozenset({Action.ACCOUNT, Action.CENTRE_DAY, Action.CENTRE_CHANGE}),
    Role.CITY_VIEWER: frozenset({Action.ACCOUNT, Action.CITY_READ}),
    Role.ADMIN: _HEALTH
    | {
        Action.ARTICLES_WRITE, Action.ARTICLES_REVIEW, Action.ARTICLES_RETIRE, Action.ARTICLES_MOVE,
        Action.NLU_CORRECT, Action.NLU_TRAIN, Action.TEAM_HOURS, Action.CITY_READ, Action.REMINDERS_READ,
        Action.STAFF_MANAGE, Action.AUDIT_READ, Action.TABLES_EDIT,
    },
}  # fmt: skip

INVITED_FOR = timedelta(days=7)
IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=12)
SHORTEST_PASSWORD = 12  # characters (NIST SP 800-63B-4 asks for 15 without, 8 with a second factor)


class StaffError(Exception):
    """Something that the rules of staff accounts do not allow."""


class NotPermitted(StaffError):
    """This person's roles do not hold this action, or not at this centre."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person at work. `centre_ids` are ids of care centres, as text; they limit CENTRE_STAFF only."""

    id: str
    name: str
    roles: frozenset[Role]
    centre_ids: frozenset[str] = frozenset()
    language: Language = Language.ZH

    def may(self, action: Action, *, centre_id: str | int | None = None) -> bool:
        """Without a centre: whether it may be done anywhere."""
        for role in self.roles:
            if action not in ROLES[role]:
                continue
            if role is not Role.CENTRE_STAFF or action is Action.ACCOUNT:
                return True
            if self.centre_ids if centre_id is None else str(centre_id) in self.centre_ids:
                return True
        return False

    @property
    def audit_name(self) -> str:
        """How the audit log names this person."""
        return f"staff:{self.id}"


def permit(actor: Actor, action: Action, *, centre_id: str | int | None = None) -> None:
    """Raises NotPermitted. Give the centre whenever the action is about one."""
    if not actor.may(action, centre_id=centre_id):
        raise NotPermitted(action.value)
