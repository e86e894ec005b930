"""How often somebody may try to get in. Counted in memory: each process for itself, and anew after a start."""

from __future__ import annotations

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

PER_PAIR = RateLimitItemPerMinute(10, 15)  # of one account from one address: ten in a quarter of an hour
PER_HOST = RateLimitItemPerMinute(40, 15)  # a whole clinic may share one address
PER_ACCOUNT = RateLimitItemPerMinute(60, 15)  # from everywhere; far above, so that one stranger locks nobody out


class Attempts:
    """Thread-safe. A right password gives its pair the attempts back."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def may_try(self, login: str, host: str) -> bool:
        """Counts this attempt. One that is refused counts for nothing wider: one stranger must not lock others out."""
        login = login.strip().lower()
        return (
            self._limiter.hit(PER_HOST, "host", host)
            and self._limiter.hit(PER_PAIR, "pair", login, host)
            and self._limiter.hit(PER_ACCOUNT, "account", login)
        )

    def got_in(self, login: str, host: str) -> None:
        self._limiter.clear(PER_PAIR, "pair", login.strip().lower(), host)
