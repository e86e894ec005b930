"""Logs: event + ids. Exceptions are logged by class and place, never by message: a message may quote a parent."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType

# Their lines hold addresses with tokens, or messages of parents.
_QUIET = ("httpx", "httpcore", "telegram", "apscheduler", "uvicorn.access", "alembic")


class SafeFormatter(logging.Formatter):
    """Formats a traceback as places (file, line, function) and the class of the exception."""

    def formatException(
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        kind, _, trace = ei
        return "\n".join([_places(trace), kind.__name__ if kind else ""])


def places(error: BaseException) -> str:
    """Where it happened, from the outside in; the error's own message may hold what the parent wrote."""
    return _places(error.__traceback__)


def _places(trace: TracebackType | None) -> str:
    return "\n".join(f"  {f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(trace))


def configure(level: int) -> None:
    """One handler to standard error, for everything of ours."""
    handler = logging.StreamHandler()
    handler.setFormatter(SafeFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.raiseExceptions = False  # the report of a line that cannot be written would quote its error
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
