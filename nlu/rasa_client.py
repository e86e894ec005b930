"""Understanding by a Rasa server over HTTP: one deadline, and a pause after it has been missed.

The pause:  closed --2 failures in a row--> open --after pause_seconds--> one message tries --ok--> closed
                                                 ^---------------------------failed---|
While open, `parse` fails at once, so that a stuck Rasa costs a parent one deadline and not one a message.
"""

from __future__ import annotations

import time
from threading import BoundedSemaphore, Lock
from typing import Any

import httpx

from bot.core.language import detect
from nlu.interpreter import Entity, Intent, Parse
from nlu.nearest import nothing_said, says_something
from nlu.traditional import to_simplified

DEADLINE_SECONDS = 1.0
LONGEST = 2000  # characters sent
AT_ONCE = 4  # Rasa works through its requests one by one; more would only wait there
FAILURES_BEFORE_PAUSE = 2


class RasaUnavailable(Exception):
    """Rasa is down, late, pausing, not trained, or answered something that is no understanding."""


class RasaInterpreter:
    """`parse` raises RasaUnavailable within `deadline_seconds`; safe to share between threads."""

    def __init__(
        self, url: str, token: str, *, deadline_seconds: float = DEADLINE_SECONDS, pause_seconds: float = 5.0
    ) -> None:
        self._deadline = deadline_seconds
        self._pause = pause_seconds
        self._token = token
        # No proxy of the environment is asked for what runs next door.
        self._http = httpx.Client(base_url=url, timeout=deadline_seconds, trust_env=False)
        self._lock = Lock()
        self._failures = 0
        self._closed_until = 0.0  # perf_counter seconds
        self._turns = BoundedSemaphore(AT_ONCE)

    def parse(self, text: str) -> Parse:
        language = detect(text)
        simplified = to_simplified(text)[:LONGEST]
        if not says_something(simplified):
            return nothing_said(text, language, "rasa")  # Rasa itself reads a blank as a confident intent
        answer = self._ask(simplified)
        try:
            ranking = tuple((Intent(r["name"]), float(r["confidence"])) for r in answer["intent_ranking"])
            intent, confidence = Intent(answer["intent"]["name"]), float(answer["intent"]["confidence"])
            if intent is Intent.FALLBACK:  # its own figure is the threshold; the doubt is about the best real one
                ranking = tuple(r for r in ranking if r[0] is not Intent.FALLBACK)
                confidence = ranking[0][1] if ranking else 0.0
            entities = tuple(
                Entity(e["entity"], str(e["value"]), e["start"], e["end"]) for e in answer.get("entities", ())
            )
        except (KeyError, TypeError, ValueError) as error:
            raise RasaUnavailable("no model is loaded, or another project's") from error
        return Parse(text, language, intent, confidence, ranking, entities, "rasa")

    def answer(self, text: str) -> dict[str, Any]:
        """Rasa's own JSON for a message, of whatever pipeline; raises as `parse` does."""
        return self._ask(to_simplified(text)[:LONGEST])

    def status(self, timeout_seconds: float | None = None) -> dict[str, Any]:
        """Rasa's /status, among it `model_file`; RasaUnavailable when it does not answer with one."""
        return self._call("GET", "/status", None, timeout_seconds or self._deadline)

    def swap_model(self, model_file: str, timeout_seconds: float = 60.0) -> None:
        """Serve another model file from now on; on RasaUnavailable the old one goes on serving."""
        self._call("PUT", "/model", {"model_file": model_file}, timeout_seconds)

    def try_again_now(self) -> None:
        """Forget earlier failures: the caller knows that Rasa has just come up."""
        with self._lock:
            self._failures, self._closed_until = 0, 0.0

    def close(self) -> None:
        self._http.close()

    def _ask(self, text: str) -> dict[str, Any]:
        start = time.perf_counter()
        with self._lock:
            if start < self._closed_until:
                raise RasaUnavailable("pausing after failures")
            if self._failures >= FAILURES_BEFORE_PAUSE:  # this message tries; the others do not queue behind it
                self._closed_until = start + self._pause
        if not self._turns.acquire(timeout=self._deadline):
            raise RasaUnavailable("too many messages at once")
        try:
            left = max(self._deadline - (time.perf_counter() - start), 0.05)
            answer = self._call("POST", "/model/parse", {"text": text}, left)
        except RasaUnavailable:
            self._note_failure()
            raise
        finally:
            self._turns.release()
        self.try_again_now()
        return answer

    def _note_failure(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= FAILURES_BEFORE_PAUSE:
                self._closed_until = time.perf_counter() + self._pause

    def _call(self, method: str, path: str, body: dict[str, Any] | None, timeout: float) -> dict[str, Any]:
        try:
            answer = self._http.request(method, path, json=body, params={"token": self._token}, timeout=timeout)
        except httpx.HTTPError as error:
            # `from None`: the request in httpx's error holds the token
            raise RasaUnavailable(type(error).__name__) from None
        if not answer.is_success:
            raise RasaUnavailable(f"status {answer.status_code}")
        if answer.status_code == httpx.codes.NO_CONTENT:
            return {}
        try:
            read = answer.json()
        except ValueError:
            raise RasaUnavailable("answer is not JSON") from None
        if not isinstance(read, dict):
            raise RasaUnavailable("answer is not an object")
        return read
