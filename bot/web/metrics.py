"""/metrics for Prometheus: reminders and letters by state. Counts only; no names, no addresses."""

from __future__ import annotations

import hmac
from collections.abc import Iterator

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from bot.delivery.store import OutboxRow
from bot.house import House
from scheduler.reminders.service import listing

_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class _Counts(Collector):
    """Read from the rows when asked: they are the truth for all processes together."""

    def __init__(self, house: House) -> None:
        self._house = house

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = self._house.clock()
        with self._house.database.read() as session:
            counts = listing.counts(session, now)
            letters = session.execute(
                select(OutboxRow.channel, OutboxRow.state, func.count()).group_by(OutboxRow.channel, OutboxRow.state)
            ).all()
        states = GaugeMetricFamily("sprout_reminders", "Reminders by kind and state.", labels=("kind", "state"))
        for kind, by_state in counts.states.items():
            for state, count in by_state.items():
                states.add_metric((kind, state), count)
        yield states
        yield GaugeMetricFamily("sprout_reminders_late", "Due for more than five minutes.", value=counts.late)
        waited = (now - counts.oldest_due).total_seconds() if counts.oldest_due else 0
        yield GaugeMetricFamily("sprout_reminders_oldest_seconds", "Longest wait of a late one.", value=waited)
        yield GaugeMetricFamily("sprout_reminders_attempting", "Being sent now.", value=counts.attempting)
        yield GaugeMetricFamily(
            "sprout_reminders_in_doubt", "Being repeated after an unknown fate.", value=counts.in_doubt
        )
        by_channel = GaugeMetricFamily("sprout_letters", "Rows of the outbox.", labels=("channel", "state"))
        for channel, state, count in letters:
            by_channel.add_metric((channel, state), count)
        yield by_channel


def metrics(house: House) -> APIRouter:
    """With SPROUT_METRICS_TOKEN for whoever sends it as a bearer token; without, for this machine only."""
    router = APIRouter(include_in_schema=False)
    registry = CollectorRegistry()
    registry.register(_Counts(house))

    @router.get("/metrics", name="public:metrics")
    def numbers(request: Request) -> Response:
        if not _may_ask(house, request):
            return Response("not for you\n", 404, media_type="text/plain")
        return Response(generate_latest(registry), media_type=_TYPE)

    return router


def _may_ask(house: House, request: Request) -> bool:
    token = house.settings.metrics_token
    if token is not None:
        said = request.headers.get("authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(said.encode(), token.get_secret_value().encode())
    # Behind a proxy everybody comes from this machine.
    came_through = "x-forwarded-for" in request.headers or "forwarded" in request.headers
    return request.client is not None and request.client.host in _LOOPBACK and not came_through
