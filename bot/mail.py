"""E-mail to staff: takes rows of the channel "email" from the outbox and hands them to the mail server of the setting.

Plain smtplib in a thread of its own: a few notices a day need no more.
"""

from __future__ import annotations

import contextlib
import logging
import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from bot.delivery import outbox
from bot.delivery.letters import from_payload
from bot.delivery.store import OutboxRow
from bot.house import House
from bot.notices import EMAIL

log = logging.getLogger("sprout.mail")
_TRIES = 5
_SECONDS = 10  # for the server to answer


def send_due(house: House) -> int:
    """Send what is due; returns how many arrived. One connection for all of them."""
    url = house.settings.smtp_url
    now = house.clock()
    with house.database.read() as session:
        if url is None or not outbox.is_due(session, EMAIL, now):
            return 0
    with house.database.begin() as session:
        rows = outbox.claim(session, EMAIL, now, most=20)
    if not rows:
        return 0
    try:
        server = _server(url.get_secret_value())
    except (OSError, smtplib.SMTPException) as error:
        log.warning("mail.no_server error=%s", type(error).__name__)
        for row in rows:
            _not_sent(house, row, type(error).__name__)
        return 0
    try:
        return sum(_send(house, server, row) for row in rows)
    finally:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            server.quit()


def recover(house: House) -> None:
    """After a crash: what was being sent may or may not have arrived."""
    with house.database.begin() as session:
        outbox.recover(session, EMAIL, house.clock())


def _server(url: str) -> smtplib.SMTP:
    """smtp://user:password@host:587 (STARTTLS where the server offers it) or smtps://host:465."""
    parts = urlsplit(url)
    host, secure = parts.hostname or "localhost", ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=_SECONDS, context=secure)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=_SECONDS)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=secure)
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _send(house: House, server: smtplib.SMTP, row: OutboxRow) -> bool:
    mail = EmailMessage()
    subject, _, body = from_payload(row.payload).plain.partition("\n")
    mail["Subject"], mail["To"], mail["From"] = subject, row.address, house.settings.mail_from
    mail.set_content(body.strip() or subject)
    now = house.clock()
    try:
        server.send_message(mail)
    except smtplib.SMTPRecipientsRefused:
        with house.database.begin() as session:
            outbox.failed(session, row.id, "recipient_refused")
        return False
    except smtplib.SMTPResponseException as error:
        _not_sent(house, row, f"smtp_{error.smtp_code}")
        return False
    except (OSError, smtplib.SMTPException) as error:
        with house.database.begin() as session:
            outbox.ambiguous(session, row.id, now, type(error).__name__, repeats=1, seconds=60)
        return False
    with house.database.begin() as session:
        outbox.sent(session, row.id, now)
    return True


def _not_sent(house: House, row: OutboxRow, error: str) -> None:
    """Try again in a minute, then two, four, eight; then give up."""
    with house.database.begin() as session:
        if row.attempts >= _TRIES:
            outbox.failed(session, row.id, error[:40])
        else:
            outbox.later(session, row.id, house.clock(), 60 * 2 ** (row.attempts - 1), error[:40])
