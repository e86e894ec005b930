"""Sending knocks: takes rows of the channel "push" from the outbox, posts them sealed, records what became of each.

201, 2xx        -> sent                      404, 410          -> the browser is gone, and its row here
429             -> later, as long as told    5xx               -> probably not delivered: again, with a growing pause
no connection   -> later                     timeout, broken   -> nobody knows: as with the letter itself
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.families import service as families
from bot.core.key_file import kept_key
from bot.core.settings import Settings
from bot.delivery import outbox
from bot.delivery.outbox import Priority
from bot.delivery.store import OutboxRow
from bot.dialogue.reply import say
from bot.house import House
from bot.push import service
from bot.push.places import NotAllowed, checked, public_address
from bot.push.sealing import BadKey, private_key, public_key, sealed, signature, to_text
from bot.push.store import PushSubscriptionRow

log = logging.getLogger("sprout.push")

AT_ONCE = 10
SILENT = timedelta(seconds=60)  # an attempt without a result for so long belongs to a process that died
REPEATS_AFTER_SERVER_ERROR = 5
_LONGEST_WAIT = 3600  # seconds, whatever a push service says
_GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class Knock:
    """A claimed row with what its push service needs, read out of its transaction."""

    row_id: int
    subscription_id: str
    endpoint: str
    p256dh: str
    auth: str
    words: bytes
    seconds: int  # how long it is of use
    urgent: bool
    attempts: int
    doubts: int


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` of the push service, 0 without one; `error` a code; `left`: whether it may have arrived."""

    status: int
    error: str = ""
    left: bool = True
    wait: float = 0


Post = Callable[[Knock, Settings, datetime], Answer]


@cache
def _key(secret: str) -> ec.EllipticCurvePrivateKey:
    return private_key(hashlib.sha256(secret.encode()).digest())


def sender_key(settings: Settings) -> ec.EllipticCurvePrivateKey:
    """Who knocks (VAPID): of the settings, or made once and kept in data_dir, readable by its owner only."""
    if settings.push_key is not None:
        return _key(settings.push_key.get_secret_value())
    return _key(kept_key(settings.data_dir / "push_key"))


def public_name(settings: Settings) -> str:
    """The public key as a browser takes it."""
    return to_text(public_key(sender_key(settings)))


def tend(house: House) -> None:
    """Write knocks for letters that wait, and send what is due."""
    now = house.clock()
    with house.database.read() as session:
        if session.scalar(select(PushSubscriptionRow.id).limit(1)) is None:
            return
    with house.database.begin() as session:
        outbox.recover(session, service.CHANNEL, now, silent=SILENT)
        service.knock(session, now)
    while send_due(house) == AT_ONCE:
        pass


def send_due(house: House, send: Post | None = None) -> int:
    """Post what is due, the most urgent first; how many were tried."""
    now, post = house.clock(), send or posted
    with house.database.read() as session:
        if not outbox.is_due(session, service.CHANNEL, now):
            return 0
    with house.database.begin() as session:
        rows = outbox.claim(session, service.CHANNEL, now, most=AT_ONCE)
        knocks = [found for row in rows if (found := _read(house, session, row, now)) is not None]
    for knock in knocks:
        answer = post(knock, house.settings, house.clock())
        with house.database.begin() as session:
            _record(session, knock, answer, house.clock())
    return len(rows)


def _read(house: House, session: Session, row: OutboxRow, now: datetime) -> Knock | None:
    """None: the browser is gone, or all that it is for was fetched or taken back."""
    subscription = session.get(PushSubscriptionRow, row.address)
    parent = families.parent_by_id(session, subscription.parent_id) if subscription is not None else None
    if subscription is None or parent is None:
        session.delete(row)
        return None
    if not service.still_waits(session, [int(i) for i in row.payload["letters"]]):
        row.state = "cancelled"
        return None
    words = {part: house.renderer.sentence(say(f"web.push_{part}"), parent.speaks) for part in ("title", "body")}
    seconds = int(((row.expires_at or now) - now).total_seconds())
    return Knock(
        row.id, subscription.id, subscription.endpoint, subscription.p256dh, subscription.auth,
        json.dumps({**words, "lang": parent.speaks.value}, ensure_ascii=False).encode(),
        seconds, row.priority <= Priority.BOOKING, row.attempts, row.doubts,
    )  # fmt: skip


def _record(session: Session, knock: Knock, answer: Answer, now: datetime) -> None:
    row, code = knock.row_id, answer.error or str(answer.status)
    if not 200 <= answer.status < 300:
        log.warning("push.not_sent row=%s code=%s", row, code)
    if 200 <= answer.status < 300:
        outbox.sent(session, row, now)
    elif answer.status in _GONE or answer.error in ("NotAllowed", "BadKey"):
        outbox.failed(session, row, code)
        session.flush()
        service.drop(session, knock.subscription_id)
    elif answer.status == 429 or not answer.left:
        pause = answer.wait or min(600, 2 ** min(knock.attempts, 9))
        outbox.later(session, row, now, min(pause, _LONGEST_WAIT), code)
    elif answer.status >= 500:
        pause = min(300, 2 ** min(knock.doubts + 1, 8))
        outbox.ambiguous(session, row, now, code, repeats=REPEATS_AFTER_SERVER_ERROR, seconds=pause)
    elif answer.status:
        outbox.failed(session, row, code)
    else:
        outbox.ambiguous(session, row, now, code, seconds=30)


_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


def posted(knock: Knock, settings: Settings, now: datetime) -> Answer:
    """One call of the push service, straight to the public address of its host; no redirect is followed."""
    parts = urlsplit(knock.endpoint)
    near = bool(settings.push_stand_in) and knock.endpoint.startswith(f"{settings.push_stand_in}/")
    try:
        checked(knock.endpoint, stand_in=settings.push_stand_in)
        address = parts.netloc if near else _bracketed(public_address(parts.hostname or ""))
        headers, body = _call(knock, settings, now, f"{parts.scheme}://{parts.netloc}")
        url = parts._replace(netloc=address).geturl()
        with (
            httpx.Client(timeout=httpx.Timeout(10, connect=5), trust_env=not near) as client,
            client.stream(
                "POST", url, content=body, headers={**headers, "Host": parts.netloc},
                extensions={} if near else {"sni_hostname": parts.hostname},
            ) as response,
        ):  # fmt: skip
            wait = response.headers.get("retry-after", "")
            return Answer(response.status_code, wait=float(wait) if wait.isdecimal() else 0)
    except (NotAllowed, BadKey) as error:
        return Answer(0, type(error).__name__)
    except _NEVER_LEFT as error:
        return Answer(0, type(error).__name__, left=False)
    except httpx.HTTPError as error:
        return Answer(0, type(error).__name__)
    except OSError as error:  # no such host
        return Answer(0, type(error).__name__, left=False)


def _call(knock: Knock, settings: Settings, now: datetime, origin: str) -> tuple[dict[str, str], bytes]:
    once, salt = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
    contact = settings.public_url if settings.public_url.startswith("https://") else f"mailto:{settings.mail_from}"
    headers = {
        "Authorization": signature(sender_key(settings), origin=origin, contact=contact, now=now),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(max(0, knock.seconds)),
        "Urgency": "high" if knock.urgent else "normal",
        "Topic": "waiting",  # a newer one takes the place of one that the phone has not got yet
    }
    return headers, sealed(knock.words, knock.p256dh, knock.auth, one_time=once, salt=salt)


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address
