"""What a form of this section says, as values; NotAllowed names the field that cannot be read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData

from bot.web.console.forms import Form
from scheduler.care.model.errors import NotAllowed
from scheduler.care.model.times import Span, read_span


def day(form: Form, name: str) -> date:
    try:
        return date.fromisoformat(form[name].strip())
    except ValueError:
        raise NotAllowed("days") from None


def clock(form: Form, name: str) -> time:
    """`09:30`."""
    try:
        return time.fromisoformat(form[name].strip()[:5])
    except ValueError:
        raise NotAllowed("time") from None


def moment(form: Form, name: str, on: date, zone: str) -> datetime:
    """The wall clock of the day."""
    return datetime.combine(on, clock(form, name), ZoneInfo(zone))


def part(form: Form, begins: str = "begins", ends: str = "ends") -> Span:
    """Two times of one day, in minutes; `00:00` as the end is midnight."""
    first, last = clock(form, begins), clock(form, ends)
    low, high = first.hour * 60 + first.minute, last.hour * 60 + last.minute or 24 * 60
    if low >= high:
        raise NotAllowed("time")
    return low, high


def spans(text: str) -> tuple[Span, ...]:
    """`08:00-12:00 13:30-18:00`, also with other dashes and commas; empty: closed."""
    plain = text.replace("–", "-").replace("—", "-").replace("：", ":").replace("，", " ").replace(",", " ")
    try:
        found = sorted(read_span(word) for word in plain.replace(" - ", "-").split())
    except ValueError:
        raise NotAllowed("time") from None
    if any(later[0] < earlier[1] for earlier, later in pairwise(found)):
        raise NotAllowed("time")
    return tuple(found)


def number(form: Form, name: str, *, missing: int | None = None) -> int:
    text = form[name].strip()
    if not text and missing is not None:
        return missing
    if not (text.isascii() and text.removeprefix("-").isdigit()) or len(text) > 7:
        raise NotAllowed("number")
    return int(text)


def cents(form: Form, name: str) -> int | None:
    """An amount such as 35 or 35.50 in the smallest unit; None when empty."""
    text = form[name].strip().removeprefix("¥")
    if not text:
        return None
    whole, _, rest = text.partition(".")
    if not (whole + rest).isdigit() or not (whole + rest).isascii() or len(rest) > 2 or len(whole) > 6:
        raise NotAllowed("price")
    return int(whole or 0) * 100 + int(rest.ljust(2, "0"))


def lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def words(text: str) -> tuple[str, ...]:
    """Separated by commas of either kind, or by lines."""
    return tuple(
        w.strip() for w in text.replace("，", ",").replace("、", ",").replace("\n", ",").split(",") if w.strip()
    )


def later_times(now: datetime, closes: datetime | None, zone: str, hours: Iterable[int] = (1, 2, 3, 4)) -> list[str]:
    """So many hours from now, at the next half hour, to choose from; none after closing."""
    half = datetime.fromtimestamp(-(-now.timestamp() // 1800) * 1800, UTC).astimezone(ZoneInfo(zone))
    found = [half + timedelta(hours=n) for n in hours]
    return [f"{m:%H:%M}" for m in found if m.date() == half.date() and (closes is None or m <= closes)]


def filled(**values: str | list[str]) -> Form:
    """A form as if it had been sent with these values."""
    return Form(FormData([(k, v) for k, vs in values.items() for v in (vs if isinstance(vs, list) else [vs])]))
