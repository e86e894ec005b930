"""Delivering updates to the bot's webhook: in order, again until it says 2xx."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from typing import Any

from tests.telegram.emulator.cloud import Cloud


class WebhookPost:
    """A thread that posts; `twice` delivers every update a second time, as Telegram may."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._stopped = threading.Event()
        self.twice = False
        self.statuses: list[int] = []  # what the webhook answered; 0: nothing

    def start(self) -> None:
        threading.Thread(target=self._run, daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        with self._cloud.changed:
            self._cloud.changed.notify_all()

    def _run(self) -> None:
        cloud = self._cloud
        while not self._stopped.is_set():
            with cloud.changed:
                cloud.changed.wait_for(
                    lambda: self._stopped.is_set() or (bool(cloud.webhook["url"]) and bool(cloud.updates)), 1
                )
                if self._stopped.is_set() or not cloud.webhook["url"] or not cloud.updates:
                    continue
                update, hook = cloud.updates[0], dict(cloud.webhook)
            status = self.deliver(hook["url"], hook["secret"], update)
            if 200 <= status < 300:
                if self.twice:
                    self.deliver(hook["url"], hook["secret"], update)
                cloud.confirm(update["update_id"] + 1)
            else:
                self._stopped.wait(0.2)

    def deliver(self, url: str, secret: str | None, update: dict[str, Any]) -> int:
        """Post one update; returns the status, 0 when nothing answered."""
        request = urllib.request.Request(url, json.dumps(update).encode(), {"Content-Type": "application/json"})
        if secret:
            request.add_header("X-Telegram-Bot-Api-Secret-Token", secret)
        try:
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(request, timeout=10) as answer:
                status = int(answer.status)
        except urllib.error.HTTPError as error:
            status = error.code
        except OSError:
            status = 0
        self.statuses.append(status)
        return status
