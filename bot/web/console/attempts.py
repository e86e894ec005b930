"""How often somebody may try to get in. Counted in memory: each process for itself, and anew after a start."""

from __future__ import annotations

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

PER_ACCOUNT = RateLimitItemPerMinute(10, 15)  # ten in a quarter of an hour
PER_HOST = RateLimitItemPerMinute(40, 15)  # a whole clinic may share one address


class Attempts:
    """Thread-safe. A right password gives the account its attempts back."""

    def __init__(self, account: RateLimitItem = PER_ACCOUNT, host: RateLimitItem = PER_HOST) -> None:
        self._account, self._host = account, host
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def may_try(self, login: str, host: str) -> bool:
        """Counts this attempt."""
        by_host = self._limiter.hit(self._host, "host", host)
        return self._limiter.hit(self._account, "account", login.strip().lower()) and by_host

    def got_in(self, login: str) -> None:
        self._limiter.clear(self._account, "account", login.strip().lower())
